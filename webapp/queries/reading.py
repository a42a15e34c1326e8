"""What somebody reads and means to read: through the reader alone, for nobody else may know of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, select
from sqlalchemy.orm import InstrumentedAttribute

from webapp.domain import reading
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.ranges import Ranges
from webapp.domain.reading import NOTHING, Asks, Category, Done, Portion, Read, Standing, Terms, Today, Unit
from webapp.models import ActivityDay, Entry, Goal, ReadingBatch, ReadingGoal, Work
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id


@dataclass(frozen=True, slots=True)
class WorkRow:
    """Something somebody reads; `id` is its public id, `title` "" but for a book, `through` all that was read of it."""

    number: int
    id: str
    category: Category
    title: str
    unit: Unit
    size: int | None
    place: int | None
    mushaf: int | None
    colour: int
    archived: bool
    through: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A reading goal; `settled` is what was done before `settled_until`."""

    number: int
    id: str
    terms: Terms
    version: int
    settled_until: date
    settled: Done
    reached_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """An activity day; what was asked of it, None when no goal asked anything, and 0 to 1 of that."""

    id: str
    local_date: date
    read: Read
    filled: Decimal
    by_hand: int
    mushaf: int | None
    asks: Asks | None
    asked: Portion | None
    progress: Decimal | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A work as it stands today: its live goal, what was read today, and of the goal today's portion and the whole."""

    work: WorkRow
    plan: PlanRow | None
    day: DayRow | None
    before: Done
    today: Today | None
    standing: Standing | None

    @property
    def read(self) -> Read:
        """What was read today."""
        return self.day.read if self.day else NOTHING

    def week(self, today: date) -> list[tuple[date, Portion]]:
        """The portions of the days from today on, none without a goal."""
        return reading.week(self.plan.terms, self.before, today, self.read) if self.plan else []


def works_of(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer's works; the statement joins the goal."""
    return and_(Work.owner_id == viewer.id, Goal.owner_id == viewer.id, Goal.deleted_at.is_(None))


def is_called(column: InstrumentedAttribute[str], public_id: str) -> ColumnElement[bool]:
    """The row with this public id; a text that cannot be one finds none, whatever the database makes of it."""
    return column == public_id if is_public_id(public_id) else false()


def readings(session: AnySession, viewer: Viewer, *which: ColumnElement[bool], archived: bool = False) -> list[Reading]:
    """The viewer's works as they stand today, those with a goal first, in one statement.

    Of their days today is read, a later one lived further east, and those before that a goal has not settled yet.
    """
    unsettled = and_(ReadingGoal.duration.is_not(None), ReadingGoal.settled_until < viewer.today)
    since = case((unsettled, ReadingGoal.settled_until), else_=viewer.today)
    days = and_(ActivityDay.goal_id == Work.goal_id, ActivityDay.local_date >= since)
    statement = (
        select(*_WORK, *_PLAN, *_DAY)
        .join(Goal, Goal.id == Work.goal_id)
        .outerjoin(ReadingGoal, and_(ReadingGoal.goal_id == Work.goal_id, ReadingGoal.ended_at.is_(None)))
        .outerjoin(ActivityDay, days)
        .where(works_of(viewer), *which)
        .order_by(ReadingGoal.id.is_(None), ReadingGoal.id, Goal.id.desc())
    )
    if not archived:
        statement = statement.where(Goal.archived_at.is_(None))
    works = [list(rows) for _, rows in groupby(session.execute(statement), key=lambda row: row.work)]
    return [_reading(session, viewer, rows[0], [row for row in rows if row.public_id is not None]) for rows in works]


def reading_of(session: AnySession, viewer: Viewer, public_id: str) -> Reading:
    """One work of the viewer's as it stands today, put away or not; raises NotFound."""
    found = readings(session, viewer, is_called(Goal.public_id, public_id), archived=True)
    if not found:
        raise NotFound
    return found[0]


def find_work(session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False) -> Work:
    """The viewer's own work; raises NotFound."""
    statement = (
        select(Work).join(Goal, Goal.id == Work.goal_id).where(works_of(viewer), is_called(Goal.public_id, public_id))
    )
    if lock:
        statement = statement.with_for_update(of=Goal, key_share=True)
    work = session.scalars(statement).one_or_none()
    if work is None:
        raise NotFound
    return work


def work_of_category(session: AnySession, viewer: Viewer, category: Category) -> Work | None:
    """The viewer's one work of a category other than books, once there is one."""
    statement = select(Work).join(Goal, Goal.id == Work.goal_id).where(works_of(viewer), Work.category == category)
    return session.scalars(statement).one_or_none()


def live_goal(session: AnySession, work_id: int) -> ReadingGoal | None:
    """The live goal of a work."""
    statement = select(ReadingGoal).where(ReadingGoal.goal_id == work_id, ReadingGoal.ended_at.is_(None))
    return session.scalars(statement).one_or_none()


def find_goal(session: AnySession, viewer: Viewer, public_id: str, *, over: bool = False) -> tuple[ReadingGoal, Work]:
    """The viewer's reading goal that is live, with `over` one that is not, and its work; raises NotFound."""
    ended = ReadingGoal.ended_at.is_not(None) if over else ReadingGoal.ended_at.is_(None)
    statement = (
        select(ReadingGoal, Work)
        .join(Work, Work.goal_id == ReadingGoal.goal_id)
        .join(Goal, Goal.id == Work.goal_id)
        .where(works_of(viewer), is_called(ReadingGoal.public_id, public_id), ended)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def find_batch(session: AnySession, viewer: Viewer, entry_id: str) -> tuple[Entry, Work]:
    """What the viewer said they read, by the public id of its entry, and the work; raises NotFound."""
    statement = (
        select(Entry, Work)
        .join(ReadingBatch, ReadingBatch.entry_id == Entry.id)
        .join(Work, Work.goal_id == Entry.goal_id)
        .join(Goal, Goal.id == Work.goal_id)
        .where(works_of(viewer), is_called(Entry.public_id, entry_id), Entry.supersedes_id.is_(None))
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def days_between(session: AnySession, work_id: int, first: date, before: date) -> list[Read]:
    """What was read of a work from the first day on, up to the day before."""
    statement = select(ActivityDay.seconds, ActivityDay.amount, ActivityDay.verses)
    statement = statement.where(ActivityDay.goal_id == work_id, ActivityDay.local_date >= first)
    rows = session.execute(statement.where(ActivityDay.local_date < before))
    return [read_of(row) for row in rows]


def done_before(session: AnySession, work_id: int, plan: PlanRow, day: date) -> Done:
    """What of a goal was done on the days before this one: from what is settled where that does not reach further."""
    if plan.terms.duration is None:
        return Done()
    settled = plan.settled_until <= day
    first = plan.settled_until if settled else plan.terms.starts
    return (plan.settled if settled else Done()).after(plan.terms, days_between(session, work_id, first, day))


def day_listed(viewer: Viewer, category: Category) -> Any:
    """Activity days of the viewer's works of a category, as `day_row` reads them."""
    return (
        select(*_DAY)
        .join(Work, Work.goal_id == ActivityDay.goal_id)
        .join(Goal, Goal.id == Work.goal_id)
        .where(works_of(viewer), Work.category == category, ActivityDay.owner_id == viewer.id)
    )


def any_read_on(session: AnySession, viewer: Viewer, day: date, category: Category | None = None) -> bool:
    """Whether the viewer read anything on a day, of one category or at all."""
    statement = select(func.count()).select_from(ActivityDay).join(Work, Work.goal_id == ActivityDay.goal_id)
    statement = statement.where(ActivityDay.owner_id == viewer.id, ActivityDay.local_date == day)
    if category is not None:
        statement = statement.where(Work.category == category)
    return bool(session.scalar(statement))


def plan_row(goal: ReadingGoal) -> PlanRow:
    """A stored goal as the rules read it."""
    return _plan({f"plan_{name}": getattr(goal, name) for name in _PLAN_COLUMNS})


def day_row(row: Any) -> DayRow:
    """An activity day of a row that carries the columns of one, or of the stored day itself."""
    asked = None
    if row.asks is not None:
        asked = Portion(row.asked or 0, as_ranges(row.asked_verses or ()))
    return DayRow(
        row.public_id, row.local_date, read_of(row), row.filled, row.by_hand, row.mushaf, row.asks, asked, row.progress
    )


def read_of(row: Any) -> Read:
    """What was read on a day, or by a batch."""
    return Read(row.seconds, row.amount, as_ranges(row.verses))


def as_ranges(stored: Iterable[Sequence[int]]) -> Ranges:
    """Ranges as the rules know them, of lists of two numbers."""
    return tuple((first, last) for first, last in stored)


def _reading(session: AnySession, viewer: Viewer, row: Any, since: Sequence[Any]) -> Reading:
    work = WorkRow(
        row.work,
        row.id,
        row.category,
        viewer.words.open("goal.title", row.title) if row.title else "",
        row.unit,
        row.size,
        row.place,
        row.mushaf,
        row.colour,
        row.archived_at is not None,
        row.through,
    )
    day = next((day_row(each) for each in since if each.local_date == viewer.today), None)
    if row.plan_id is None:
        return Reading(work, None, day, Done(), None, None)
    plan = _plan(row._mapping)
    if plan.terms.duration is not None and plan.settled_until > viewer.today:  # they travelled west
        before = done_before(session, work.number, plan, viewer.today)
    else:
        earlier = [read_of(each) for each in since if each.local_date < viewer.today]
        before = plan.settled.after(plan.terms, earlier if plan.terms.duration else ())
    read = day.read if day and viewer.today >= plan.terms.starts else NOTHING
    from_today = [read_of(each) for each in since if each.local_date >= max(viewer.today, plan.terms.starts)]
    asked = reading.portion(plan.terms, before, viewer.today)
    return Reading(
        work,
        plan,
        day,
        before,
        reading.day_of(plan.terms, asked, read),
        reading.standing(plan.terms, before.after(plan.terms, from_today), viewer.today),
    )


def _plan(row: Any) -> PlanRow:
    span = (row["plan_first_verse"], row["plan_last_verse"]) if row["plan_first_verse"] is not None else None
    terms = Terms(
        row["plan_asks"], row["plan_amount"], span, row["plan_duration"], row["plan_mushaf"], row["plan_starts"]
    )
    settled = Done(row["plan_settled"], as_ranges(row["plan_covered"]))
    return PlanRow(
        row["plan_id"],
        row["plan_public_id"],
        terms,
        row["plan_version"],
        row["plan_settled_until"],
        settled,
        row["plan_reached_at"],
    )


_WORK = (
    Work.goal_id.label("work"),
    Goal.public_id.label("id"),
    Work.category,
    Goal.title,
    Work.unit,
    Work.size,
    Work.place,
    Work.mushaf,
    Goal.colour,
    Goal.archived_at,
    Work.through,
)
_PLAN_COLUMNS = (
    "id",
    "public_id",
    "asks",
    "amount",
    "first_verse",
    "last_verse",
    "duration",
    "mushaf",
    "starts",
    "version",
    "settled_until",
    "settled",
    "covered",
    "reached_at",
)
_PLAN = tuple(getattr(ReadingGoal, name).label(f"plan_{name}") for name in _PLAN_COLUMNS)
_DAY = (
    ActivityDay.public_id,
    ActivityDay.local_date,
    ActivityDay.seconds,
    ActivityDay.amount,
    ActivityDay.verses,
    ActivityDay.filled,
    ActivityDay.by_hand,
    ActivityDay.mushaf,
    ActivityDay.asks,
    ActivityDay.asked,
    ActivityDay.asked_verses,
    ActivityDay.progress,
)
"""What `day_row` needs of a row."""
