"""What somebody read, looked back at: a year of days, a list of days, the verses covered, streaks; theirs alone."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from webapp.domain.days import local_day
from webapp.domain.errors import NotFound
from webapp.domain.goals import Outcome
from webapp.domain.people import Viewer
from webapp.domain.ranges import Ranges, united
from webapp.domain.reading import Category, Done, Terms
from webapp.domain.reading_streaks import ANY, Run
from webapp.models import ActivityDay, Goal, ReadingGoal, ReadingStreak, Work
from webapp.models.engine import AnySession
from webapp.queries.reading import DayRow, Reading, as_ranges, day_row, days_between, plan_row, readings, works_of

LISTED = 30
PAST = 10
"""So many goals of a work that are over are listed."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A day in numbers; `progress` is 0 to 1 of what a goal asked of it, None when none did."""

    local_date: date
    filled: Decimal
    seconds: int
    progress: Decimal | None


@dataclass(frozen=True, slots=True)
class PastGoal:
    """A goal that is over: `ended` is the day it went up to where its reader is now."""

    id: str
    terms: Terms
    ended: date
    reached: bool


def address_of(session: AnySession, work: Work) -> str:
    """The public id of a work."""
    return session.get_one(Goal, work.goal_id).public_id


def books(session: AnySession, viewer: Viewer) -> list[Reading]:
    """The viewer's books as they stand today, also those put away; those with a goal first."""
    return readings(session, viewer, Work.category == Category.BOOK, archived=True)


def reading_of_goal(session: AnySession, viewer: Viewer, goal_id: str) -> Reading:
    """The work of the viewer's live reading goal as it stands today; raises NotFound."""
    found = readings(session, viewer, ReadingGoal.public_id == goal_id, archived=True)
    if not found:
        raise NotFound
    return found[0]


def work_id_of_goal(session: AnySession, viewer: Viewer, goal_id: str) -> str:
    """The public id of the work of the viewer's reading goal, live or over; raises NotFound."""
    statement = (
        select(Goal.public_id)
        .join(Work, Work.goal_id == Goal.id)
        .join(ReadingGoal, ReadingGoal.goal_id == Work.goal_id)
        .where(works_of(viewer), ReadingGoal.public_id == goal_id)
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def done_anew(session: AnySession, reading: Reading, asked: Terms, today: date) -> Done:
    """What was done before today of a goal that asked this instead of what the live goal of the reading asks."""
    if asked.duration is None:
        return Done()
    return Done().after(asked, days_between(session, reading.work.number, asked.starts, today))


def read_since(session: AnySession, work: int, first: date) -> Decimal:
    """How much of a book, or of anything else without verses, was read from a day on, in its unit."""
    statement = select(ActivityDay.amount).where(ActivityDay.goal_id == work, ActivityDay.local_date >= first)
    return sum(session.scalars(statement), Decimal(0))


def past_goals(session: AnySession, viewer: Viewer, work: int) -> list[PastGoal]:
    """The goals of a work that are over, the newest first, at most ten."""
    statement = (
        select(ReadingGoal)
        .join(Work, Work.goal_id == ReadingGoal.goal_id)
        .join(Goal, Goal.id == Work.goal_id)
        .where(works_of(viewer), ReadingGoal.goal_id == work, ReadingGoal.ended_at.is_not(None))
        .order_by(ReadingGoal.ended_at.desc(), ReadingGoal.id.desc())
        .limit(PAST)
    )
    found = []
    for goal in session.scalars(statement):
        assert goal.ended_at is not None
        ended = local_day(goal.ended_at, viewer.zone, viewer.day_start)
        found.append(PastGoal(goal.public_id, plan_row(goal).terms, ended, goal.outcome is Outcome.ACHIEVED))
    return found


def first_day(session: AnySession, viewer: Viewer, work: int | None = None) -> date | None:
    """The first day on which the viewer read, of one work or of any."""
    statement = _days(func.min(ActivityDay.local_date), viewer, work)
    found: date | None = session.scalar(statement)
    return found


def days_in(session: AnySession, viewer: Viewer, first: date, last: date, work: int | None = None) -> list[DayFigures]:
    """What was read from the first to the last day, of one work or of any: then a day for each work."""
    statement = _days(ActivityDay.local_date, viewer, work).add_columns(
        ActivityDay.filled, ActivityDay.seconds, ActivityDay.progress
    )
    within = statement.where(ActivityDay.local_date >= first, ActivityDay.local_date <= last)
    return [DayFigures(*row) for row in session.execute(within.order_by(ActivityDay.local_date))]


def latest_days(
    session: AnySession, viewer: Viewer, work: int, *, before: date | None = None
) -> tuple[list[DayRow], bool]:
    """The days on which a work was read, the newest first, and whether there are more; `before` a day, or from the
    end."""
    statement = _days(ActivityDay, viewer, work)
    if before is not None:
        statement = statement.where(ActivityDay.local_date < before)
    rows = session.scalars(statement.order_by(ActivityDay.local_date.desc()).limit(LISTED + 1)).all()
    return [day_row(row) for row in rows[:LISTED]], len(rows) > LISTED


def day_of_work(session: AnySession, viewer: Viewer, work: int, day: date) -> DayRow | None:
    """What was read of a work on one day; None when nothing was."""
    row = session.scalars(_days(ActivityDay, viewer, work).where(ActivityDay.local_date == day)).one_or_none()
    return day_row(row) if row is not None else None


def covered(session: AnySession, viewer: Viewer, work: int, since: date) -> Ranges:
    """The verses of a work that were read from a day on."""
    statement = _days(ActivityDay.verses, viewer, work).where(ActivityDay.local_date >= since)
    return united(*(as_ranges(stored) for stored in session.scalars(statement)))


def streaks(session: AnySession, viewer: Viewer, *, before: date | None = None) -> tuple[list[Run], bool]:
    """The viewer's streaks of reading anything, the newest first, and whether there are more."""
    mine = (ReadingStreak.owner_id == viewer.id, ReadingStreak.category == ANY)
    statement = select(ReadingStreak.first, ReadingStreak.last).where(*mine)
    if before is not None:
        statement = statement.where(ReadingStreak.first < before)
    rows = session.execute(statement.order_by(ReadingStreak.first.desc()).limit(LISTED + 1)).all()
    return [Run(row.first, row.last) for row in rows[:LISTED]], len(rows) > LISTED


def _days(what: Any, viewer: Viewer, work: int | None) -> Any:
    """Something of the activity days of the viewer's works, or of one of them."""
    statement = select(what).join(Work, Work.goal_id == ActivityDay.goal_id).join(Goal, Goal.id == Work.goal_id)
    statement = statement.where(works_of(viewer), ActivityDay.owner_id == viewer.id)
    return statement if work is None else statement.where(ActivityDay.goal_id == work)
