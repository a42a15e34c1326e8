"""What came of the viewer's reminders, and how they want to be reminded."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import and_, select

from webapp.domain.people import Viewer
from webapp.domain.reminder_settings import Wishes
from webapp.domain.reminders import About, Channel, Quiet
from webapp.models import Delivery, Goal, OutboxMessage, Person, Reminder, ReminderSetting
from webapp.models.engine import AnySession
from webapp.queries.reminders import OF_WISHES, wishes_of

SHOWN = 20
SHOWN_FOR = timedelta(days=7)
TEST_KEY = "reminder-test:"
"""How the keys of test messages begin."""
TEST_SHOWN_FOR = timedelta(hours=1)
_LEFT = (OutboxMessage.sent_at, OutboxMessage.failed_at, OutboxMessage.failure)


class Fate(StrEnum):
    """What became of a reminder by one channel."""

    WAITING = "waiting"
    SENT = "sent"
    STALE = "stale"
    SILENT = "silent"
    FAILED = "failed"
    SHOWN = "shown"
    PUT_AWAY = "put_away"


@dataclass(frozen=True, slots=True)
class Told:
    """One reminder by one channel, and what became of it; `title` and `goal_id` are of a goal's."""

    about: About
    channel: Channel
    fate: Fate
    at: datetime
    title: str | None
    goal_id: str | None


class Stands(NamedTuple):
    """How somebody wants to be reminded, when of what is not about a goal, and the version of it: 0 while they never
    said anything."""

    wishes: Wishes
    walls: dict[About, time]
    version: int


def stands(session: AnySession, viewer: Viewer) -> Stands:
    """How the viewer wants to be reminded."""
    own = and_(Reminder.person_id == Person.id, Reminder.goal_id.is_(None))
    statement = (
        select(*OF_WISHES, ReminderSetting.version, Reminder.about, Reminder.wall)
        .select_from(Person)
        .outerjoin(ReminderSetting, ReminderSetting.person_id == Person.id)
        .outerjoin(Reminder, own)
        .where(Person.id == viewer.id)
    )
    rows = session.execute(statement).all()
    walls = {row.about: row.wall for row in rows if row.about is not None}
    return Stands(wishes_of(rows[0]), walls, rows[0].version or 0)


def quiet_of(session: AnySession, viewer: Viewer) -> Quiet | None:
    """The viewer's quiet hours."""
    columns = (ReminderSetting.quiet_since, ReminderSetting.quiet_until)
    row = session.execute(select(*columns).where(ReminderSetting.person_id == viewer.id)).one_or_none()
    return Quiet(row.quiet_since, row.quiet_until) if row and row.quiet_since is not None else None


def latest(session: AnySession, viewer: Viewer) -> list[Told]:
    """What came of the viewer's reminders in the last seven days, the latest first."""
    statement = (
        select(Reminder.about, Delivery.channel, Delivery.stale, Delivery.seen_at, Delivery.at, *_LEFT)
        .add_columns(Goal.title, Goal.public_id)
        .join(Reminder, Reminder.id == Delivery.reminder_id)
        .outerjoin(Goal, Goal.id == Reminder.goal_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(Reminder.person_id == viewer.id, Delivery.at >= viewer.now - SHOWN_FOR, Goal.deleted_at.is_(None))
        .order_by(Delivery.at.desc(), Delivery.id.desc())
        .limit(SHOWN)
    )
    return [
        Told(row.about, row.channel, _fate(row), row.at, _title(viewer, row), row.public_id)
        for row in session.execute(statement)
    ]


def tests_of(session: AnySession, viewer: Viewer) -> list[tuple[Channel, Fate]]:
    """What became of the test messages of the last hour, the latest first, one for each channel."""
    statement = (
        select(OutboxMessage.channel, *_LEFT)
        .where(OutboxMessage.person_id == viewer.id, OutboxMessage.dedupe_key.startswith(TEST_KEY))
        .where(OutboxMessage.created_at >= viewer.now - TEST_SHOWN_FOR)
        .order_by(OutboxMessage.id.desc())
        .limit(SHOWN)
    )
    found: dict[Channel, Fate] = {}
    for row in session.execute(statement):
        found.setdefault(Channel(row.channel), _left(row))
    return list(found.items())


def _fate(row: Any) -> Fate:
    if row.stale:
        return Fate.STALE
    if row.channel is Channel.PAGE:
        return Fate.PUT_AWAY if row.seen_at else Fate.SHOWN
    return _left(row)


def _left(row: Any) -> Fate:
    if row.sent_at:
        return Fate.SENT
    if not row.failed_at:
        return Fate.WAITING
    return Fate.SILENT if row.failure == "nothing to say" else Fate.FAILED


def _title(viewer: Viewer, row: Any) -> str | None:
    return viewer.words.open("goal.title", row.title) if row.title else None
