"""The planner: what has come due becomes deliveries and messages, each local date of a reminder once (R5, R6)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from webapp.actions.outbox import domain_of
from webapp.domain.errors import Invalid
from webapp.domain.reminders import STALE, Channel, step
from webapp.models import Delivery, OutboxMessage, Reminder
from webapp.models.base import new_public_id, table_of
from webapp.models.engine import AnySession, upserting
from webapp.queries.reminders import Asked, Hearer, asked_of, people_due, reminders_due, speaking

MOST_PEOPLE = 200
PUT_OFF = timedelta(hours=12)
_MOVE = (
    update(table_of(Reminder))
    .where(table_of(Reminder).c.id == bindparam("reminder"))
    .values(next_day=bindparam("day"), next_at=bindparam("at"))
)
_MESSAGES = insert(table_of(OutboxMessage))


class _Planned(NamedTuple):
    hearer: Hearer
    asked: Asked
    at: datetime
    stale: bool


def plan_due(session: AnySession, now: datetime, *, most: int = MOST_PEOPLE) -> int:
    """What is due of some people's reminders is planned, and each says when to look again; returns how many were looked
    at. No event: nothing was done to anybody's things.

    All that is due of one person at the time leaves as one message for each channel, so that after a long stop there is
    one, not a flood. What could not come within two hours is only written down.
    """
    hearers = {hearer.id: hearer for hearer in people_due(session, now, most)}
    if not hearers:
        return 0
    planned, moves = [], []
    for row in reminders_due(session, hearers.values(), now):
        hearer = hearers[row.person_id]
        came, move = _look(hearer, row, now)
        planned += came
        moves.append(move)
    still = {id(asked) for asked in speaking(session, [one.asked for one in planned])}
    _write(session, [one for one in planned if id(one.asked) in still], now)
    if moves:
        session.execute(_MOVE, moves)
    return len(moves)


def put_off(session: AnySession, now: datetime) -> None:
    """Whoever's turn it is waits: something about them is such that nothing can be planned."""
    first = select(Reminder.person_id).where(Reminder.next_at <= now).order_by(Reminder.next_at).limit(1)
    theirs = update(Reminder).where(Reminder.person_id == first.scalar_subquery(), Reminder.next_at <= now)
    session.execute(theirs.values(next_at=now + PUT_OFF), execution_options={"synchronize_session": False})


def _look(hearer: Hearer, row: Any, now: datetime) -> tuple[list[_Planned], dict[str, Any]]:
    """What has come of one reminder, and its next look; a person whose clock cannot be read stops nobody else's."""
    move: dict[str, Any] = {"reminder": row.reminder_id, "day": row.next_day, "at": None}
    if not hearer.here:  # should they come back, they begin with what is to come then
        return [], move | {"day": row.next_day if row.once else None, "at": now + PUT_OFF}
    try:
        next_day = row.next_day or hearer.clock.first_day(row.wall, now)
        next_ = step(row.wall, next_day, row.next_at, hearer.clock, now)
    except Invalid:
        return [], move | {"at": now + PUT_OFF}
    came = [_Planned(hearer, asked_of(row, day), at, stale) for day, at, stale in next_.came]
    if row.once is not None and came:
        return came[:1], move
    return came, move | {"day": next_.next_day, "at": next_.next_at}


def _write(session: AnySession, planned: Sequence[_Planned], now: datetime) -> None:
    """Deliveries stand, those for mail and push with one message for each person and channel."""
    groups: dict[tuple[int, Channel], list[_Planned]] = defaultdict(list)
    rows = []
    for one in planned:
        for channel in one.hearer.channels(one.asked.row.about):
            if one.stale or channel is Channel.PAGE:
                rows.append(_delivery(one, channel))
            else:
                groups[(one.hearer.id, channel)].append(one)
    if groups:
        messages = [_message(channel, several[0].hearer, now) for (_, channel), several in groups.items()]
        session.execute(_MESSAGES, messages)
        numbers = _numbers(session, [message["public_id"] for message in messages])
        for message, ((_, channel), several) in zip(messages, groups.items(), strict=True):
            rows += [_delivery(one, channel, numbers[message["public_id"]]) for one in several]
    if rows:
        session.execute(upserting(session, table_of(Delivery)).on_conflict_do_nothing(), rows)


def _numbers(session: AnySession, public_ids: Sequence[str]) -> dict[str, int]:
    """Of the messages just written: returned in order, SQLite would write them one by one."""
    statement = select(OutboxMessage.public_id, OutboxMessage.id).where(OutboxMessage.public_id.in_(public_ids))
    return {row.public_id: row.id for row in session.execute(statement)}


def _message(channel: Channel, hearer: Hearer, now: datetime) -> dict[str, Any]:
    public_id = new_public_id()
    return {
        "public_id": public_id,
        "person_id": hearer.id,
        "channel": channel.value,
        "domain": domain_of(hearer.email) if channel is Channel.MAIL else None,
        "dedupe_key": f"remind:{public_id}",  # what must not happen twice are its deliveries
        "created_at": now,
        "due_at": now,
        "expires_at": now + STALE,
        "attempts": 0,
    }


def _delivery(one: _Planned, channel: Channel, message_id: int | None = None) -> dict[str, Any]:
    return {
        "reminder_id": one.asked.row.reminder_id,
        "local_date": one.asked.day,
        "due": one.asked.due,
        "channel": channel,
        "message_id": message_id,
        "stale": one.stale,
        "at": one.at,
    }
