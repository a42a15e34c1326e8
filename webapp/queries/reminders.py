"""What reminders are due and whether they still have something to say: asked when planned, and again when sent."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, exists, or_, select, tuple_

from webapp.domain.days import local_day, shifted
from webapp.domain.goals import Kind, Lifecycle
from webapp.domain.people import Viewer
from webapp.domain.reminder_settings import Wishes
from webapp.domain.reminders import About, Channel, Clock, Facts, Quiet, is_day_to_remind, speaks
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState
from webapp.models import (
    Delivery,
    Goal,
    Occurrence,
    Person,
    PlannedPause,
    PushSubscription,
    Reminder,
    ReminderSetting,
    ScheduleVersion,
)
from webapp.models.engine import AnySession
from webapp.models.goals import SCHEDULE_COLUMNS
from webapp.queries import nudges
from webapp.queries.quotas import quota_counts

MOST_PAIRS = 1_000
HERE = (Person.disabled_at.is_(None), Person.deleted_at.is_(None), Person.erase_at.is_(None))
"""Who may be reminded: nobody shut out, gone, or on the way to be erased."""

_current = and_(ScheduleVersion.goal_id == Reminder.goal_id, ScheduleVersion.is_current)
OF_GOAL = (
    Goal.id,
    Goal.public_id,
    Goal.title,
    Goal.kind,
    Goal.lifecycle,
    Goal.archived_at,
    Goal.deleted_at,
    Goal.reminds,
    Goal.reminder_date,
    Goal.remind_anyway,
    *SCHEDULE_COLUMNS,
)
OF_REMINDER = (
    Reminder.id.label("reminder_id"),
    Reminder.person_id,
    Reminder.about,
    Reminder.goal_id,
    Reminder.wall,
    Reminder.days.label("days_after"),
    Reminder.once,
    Reminder.next_day,
    Reminder.next_at,
)
_of_day = (
    Occurrence.state,
    Occurrence.paused,
    or_(Occurrence.reminder_date.is_not(None), Occurrence.reminder_time.is_not(None)).label("has_own"),
)
OF_WISHES = (
    ReminderSetting.channels,
    ReminderSetting.detail,
    ReminderSetting.quiet_since,
    ReminderSetting.quiet_until,
)
_has_push = exists().where(PushSubscription.person_id == Person.id)

_WHO = (
    select(Reminder.person_id)
    .join(Person, Person.id == Reminder.person_id)
    .where(Reminder.next_at <= bindparam("now"))
    .order_by(Reminder.next_at)
    .limit(bindparam("most"))
    .with_for_update(key_share=True, of=[Person, Reminder], skip_locked=True)
)
_PEOPLE = (
    select(Person.id, Person.zone, Person.day_start, Person.email, _has_push.label("has_push"), *OF_WISHES)
    .outerjoin(ReminderSetting, ReminderSetting.person_id == Person.id)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .add_columns(and_(*HERE).label("here"))
    .order_by(Person.id)
    .with_for_update(key_share=True, of=Person, skip_locked=True)
)
_DUE = (
    select(*OF_REMINDER, *OF_GOAL)
    .outerjoin(Goal, Goal.id == Reminder.goal_id)
    .outerjoin(ScheduleVersion, _current)
    .where(Reminder.person_id.in_(bindparam("people", expanding=True)), Reminder.next_at <= bindparam("now"))
    .order_by(Reminder.person_id, Reminder.id)
    .with_for_update(of=Reminder, skip_locked=True)
)
_ROWS = select(Occurrence.goal_id, Occurrence.local_date, *_of_day).where(
    tuple_(Occurrence.goal_id, Occurrence.local_date).in_(bindparam("days", expanding=True)),
    Occurrence.deleted_at.is_(None),
)
_PAUSES = select(PlannedPause.owner_id, PlannedPause.goal_id, PlannedPause.first, PlannedPause.last).where(
    PlannedPause.owner_id.in_(bindparam("people", expanding=True)),
    or_(PlannedPause.last.is_(None), PlannedPause.last >= bindparam("since")),
)
_OF_MESSAGE = (
    select(
        *OF_REMINDER,
        *OF_GOAL,
        *_of_day,
        *OF_WISHES,
        Delivery.id.label("delivery_id"),
        Delivery.local_date,
        Delivery.due,
        Delivery.channel,
        Delivery.at,
        Person.public_id.label("person"),
        Person.email,
        Person.zone,
        Person.day_start,
        Person.locale,
    )
    .join(Reminder, Reminder.id == Delivery.reminder_id)
    .join(Person, Person.id == Reminder.person_id)
    .outerjoin(ReminderSetting, ReminderSetting.person_id == Person.id)
    .outerjoin(Goal, Goal.id == Reminder.goal_id)
    .outerjoin(ScheduleVersion, _current)
    .outerjoin(
        Occurrence,
        and_(
            Occurrence.goal_id == Reminder.goal_id,
            Occurrence.local_date == Delivery.due,
            Occurrence.deleted_at.is_(None),
        ),
    )
    .where(*HERE)
    .order_by(Delivery.at, Delivery.id)
)
_BY_MESSAGE = _OF_MESSAGE.where(Delivery.message_id == bindparam("message_id"))


class Hearer(NamedTuple):
    """Somebody who has reminders, as the planner knows them."""

    id: int
    here: bool
    has_push: bool
    email: str
    clock: Clock
    wishes: Wishes

    def channels(self, about: About) -> list[Channel]:
        """By which channels this reaches them, in a fixed order."""
        on = self.wishes.on(about)
        return [way for way in Channel if way in on and (way is not Channel.PUSH or self.has_push)]


class Asked(NamedTuple):
    """One reminder on one local date, and the date its goal would be due; `row` carries reminder and goal."""

    row: Any
    day: date
    due: date


def is_due(session: AnySession, now: datetime) -> bool:
    """Whether a reminder is to be looked at; asks without holding anything."""
    statement = select(Reminder.id).where(Reminder.next_at <= now).limit(1)
    return session.execute(statement).first() is not None


def people_due(session: AnySession, now: datetime, most: int) -> list[Hearer]:
    """Whose reminders have waited longest, held until this transaction ends; those another planner holds are left to
    it."""
    found = sorted(set(session.connection().execute(_WHO, {"now": now, "most": most}).scalars()))
    if not found:
        return []
    return [_person(row) for row in session.connection().execute(_PEOPLE, {"people": found})]


def reminders_due(session: AnySession, people: Iterable[Hearer], now: datetime) -> Sequence[Any]:
    """Every reminder of these people that is to be looked at now, with its goal, held."""
    return session.connection().execute(_DUE, {"people": [person.id for person in people], "now": now}).all()


def asked_of(row: Any, day: date) -> Asked:
    """The reminder on this local date, and which due date it is about."""
    if row.once is not None:
        return Asked(row, day, row.once)
    if row.about is About.GOAL and row.frequency is Frequency.ONE_TIME and row.days_after == 0 and row.reminder_date:
        return Asked(row, day, row.until or row.start)
    return Asked(row, day, shifted(day, -row.days_after))


def speaking(session: AnySession, asked: Sequence[Asked]) -> list[Asked]:
    """Those of which there may be something to say; of what is not about a goal it is asked roughly."""
    of_goals = [one for one in asked if one.row.about is About.GOAL]
    days = sorted({(one.row.goal_id, one.due) for one in of_goals})
    rows: dict[tuple[int, date], Any] = {}
    for first in range(0, len(days), MOST_PAIRS):  # PostgreSQL can read only so long a list
        found = session.connection().execute(_ROWS, {"days": days[first : first + MOST_PAIRS]})
        rows |= {(row.goal_id, row.local_date): row for row in found}
    quotas = _Quotas(session, of_goals)
    others = [(one.row.about, one.row.person_id, one.day) for one in asked if one.row.about is not About.GOAL]
    silent = nudges.surely_silent(session, others)
    return [
        one
        for one in asked
        if (
            _speaks(one, rows.get((one.row.goal_id, one.due)), quotas)
            if one.row.about is About.GOAL
            else (one.row.about, one.row.person_id, one.day) not in silent
        )
    ]


class Item(NamedTuple):
    """One thing a message says: a due date of a goal, or what else a reminder is about. `title` is sealed; `planned` is
    False for a goal without fixed days, `state` None where nothing is said of the date."""

    about: About
    local_date: date
    due: date
    wall: time
    goal_id: str | None
    title: bytes | None
    delivery_id: int
    planned: bool = True
    state: DayState | None = None


class ToSay(NamedTuple):
    """What a message has to say to whom, as it is now."""

    person_id: int
    public_id: str
    email: str
    locale: str
    clock: Clock
    wishes: Wishes
    items: tuple[Item, ...]


def to_say(session: AnySession, message_id: int) -> ToSay | None:
    """What is still to be said of what the message was planned for, to somebody who still wants to hear it so; None
    when that is nothing."""
    rows = session.connection().execute(_BY_MESSAGE, {"message_id": message_id}).all()
    if not rows:
        return None
    first, wishes = rows[0], wishes_of(rows[0])
    items = tuple(_items(session, [row for row in rows if row.channel in wishes.on(row.about)]))
    clock = Clock(first.zone, first.day_start, wishes.quiet)
    return ToSay(first.person_id, first.person, first.email, first.locale, clock, wishes, items) if items else None


def notices(session: AnySession, viewer: Viewer) -> list[Item]:
    """What the pages say to the viewer: reminders of the last two days that still have something to say and were not
    put away, the latest first."""
    wanted = (
        Reminder.person_id == viewer.id,
        Delivery.channel == Channel.PAGE,
        Delivery.seen_at.is_(None),
        Delivery.stale.is_(False),
        Delivery.local_date >= shifted(viewer.today, -1),
    )
    rows = session.connection().execute(_OF_MESSAGE.where(*wanted)).all()
    items = _items(session, rows)
    over = {about for about in {item.about for item in items} if nudges.is_over(session, viewer, about)}
    return [item for item in reversed(items) if item.about not in over]


def wishes_of(row: Any) -> Wishes:
    """How the person of a row with the columns of their settings wants to be reminded."""
    if row.channels is None:
        return Wishes()
    quiet = Quiet(row.quiet_since, row.quiet_until) if row.quiet_since is not None else None
    channels = {About(about): frozenset(map(Channel, on)) for about, on in row.channels.items()}
    return Wishes(channels, bool(row.detail), quiet)


def of_goal(session: AnySession, goal_id: int) -> list[tuple[time, int]]:
    """The goal's own reminders as (wall time, days after the due date), in the order in which they come."""
    statement = select(Reminder.wall, Reminder.days).where(Reminder.goal_id == goal_id, Reminder.once.is_(None))
    return [(wall, days) for wall, days in session.execute(statement.order_by(Reminder.days, Reminder.wall))]


def _person(row: Any) -> Hearer:
    wishes = wishes_of(row)
    return Hearer(row.id, row.here, row.has_push, row.email, Clock(row.zone, row.day_start, wishes.quiet), wishes)


def _items(session: AnySession, rows: Sequence[Any]) -> list[Item]:
    asked = [Asked(row, row.local_date, row.due) for row in rows]
    quotas = _Quotas(session, [one for one in asked if one.row.about is About.GOAL])
    found = {}
    for one in asked:
        row = one.row
        if row.about is About.GOAL and not _speaks(one, row if row.state is not None else None, quotas):
            continue
        said = (row.about, row.local_date, row.due, row.wall, row.public_id, row.title, row.delivery_id)
        planned = row.frequency is not Frequency.QUOTA
        found[(row.about, row.goal_id, row.due)] = Item(*said, planned=planned, state=row.state)
    return list(found.values())


def _speaks(asked: Asked, day: Any, quotas: "_Quotas") -> bool:
    """Whether the goal of a reminder has something to say on its date; `day` is the row of the due date, or None."""
    row = asked.row
    if row.goal_id is None or row.kind is not Kind.PERSONAL:
        return False
    if row.once is None and row.days_after == 0:
        if day is not None and day.has_own:
            return False
        if not is_day_to_remind(row.frequency is Frequency.ONE_TIME, row.reminder_date, asked.day, asked.due):
            return False
    planned = row.frequency is not Frequency.QUOTA
    state: DayState | None = day.state if day is not None else None
    return speaks(
        Facts(
            live=row.lifecycle is Lifecycle.ACTIVE and row.archived_at is None and row.deleted_at is None,
            reminds=bool(row.reminds),
            anyway=row.remind_anyway,
            state=state,
            paused=bool(day.paused) if planned and day is not None else quotas.is_paused(asked),
            planned=planned,
            kept=not planned and quotas.is_kept(asked),
        )
    )


class _Quotas:
    """How goals without fixed days stand on the dates asked; nothing is read when there are none."""

    def __init__(self, session: AnySession, asked: Iterable[Asked]) -> None:
        by_day: dict[date, dict[int, Any]] = defaultdict(dict)
        self._pauses: list[Any] = []
        for one in asked:
            if one.row.frequency is Frequency.QUOTA:
                by_day[one.due][one.row.goal_id] = one.row
        self._met = {
            (goal_id, day): count.is_met
            for day, rows in by_day.items()
            for goal_id, count in quota_counts(session, rows.values(), day).items()
        }
        if by_day:
            people = sorted({row.person_id for rows in by_day.values() for row in rows.values()})
            self._pauses = list(session.connection().execute(_PAUSES, {"people": people, "since": min(by_day)}))

    def is_kept(self, asked: Asked) -> bool:
        """Whether nothing more is asked: as often as was meant, all of the time paused, or outside of its dates."""
        row, key = asked.row, (asked.row.goal_id, asked.due)
        if not row.start <= asked.due <= (row.until or asked.due):
            return True
        return self._met.get(key, True)

    def is_paused(self, asked: Asked) -> bool:
        row = asked.row
        return any(
            pause.owner_id == row.person_id
            and pause.goal_id in (None, row.goal_id)
            and pause.first <= asked.due <= (pause.last or asked.due)
            for pause in self._pauses
        )


def today_of(clock: Clock, now: datetime) -> date:
    """The date lived by somebody whose days run so."""
    return local_day(now, clock.zone, clock.day_start)
