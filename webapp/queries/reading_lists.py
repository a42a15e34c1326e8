"""Streaks and activity days in pages: each page one statement, by a key that its rows are in order of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, or_, select

from webapp.domain.days import shifted
from webapp.domain.people import Viewer
from webapp.domain.reading import Category
from webapp.domain.reading_streaks import Run, StreakStatus
from webapp.models import ActivityDay, ReadingStreak
from webapp.models.engine import AnySession
from webapp.queries.reading import DayRow, day_listed, day_row

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row of a list stands: its day, and of a streak how many days it has."""

    day: date
    days: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of at most so many rows: the first ones behind the place, or with `backwards` the last ones before it;
    without a place from the end of the list. `since` and `until` are days that the rows touch."""

    most: int
    ascending: bool = False
    backwards: bool = False
    place: Place | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, in its order, and whether there are more on either side of them."""

    rows: list[Row]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class StreakRow:
    """Days in a row on which something was read, from the first to the last; `id` is the public id."""

    id: str
    first: date
    last: date
    days: int
    status: StreakStatus


def streaks(
    session: AnySession,
    viewer: Viewer,
    category: Category,
    asked: Asked,
    *,
    by_days: bool = False,
    status: StreakStatus | None = None,
) -> Page[StreakRow]:
    """The viewer's streaks of a category that touch the days asked for, by their first day or by how long they are."""
    statement = _streaks(viewer, category)
    if asked.since:
        statement = statement.where(ReadingStreak.last >= asked.since)
    if asked.until:
        statement = statement.where(ReadingStreak.first <= asked.until)
    if status is StreakStatus.ACTIVE:
        statement = statement.where(_goes_on(viewer))
    elif status is StreakStatus.BROKEN:
        statement = statement.where(~_goes_on(viewer))
    place = asked.place
    if by_days:
        columns, values = [ReadingStreak.days, ReadingStreak.first], [place.days, place.day] if place else None
    else:
        columns, values = [ReadingStreak.first], [place.day] if place else None
    rows, has_next, has_previous = _page(session, statement, asked, columns, values)
    return Page([_streak(row, viewer) for row in rows], has_next, has_previous)


def activity_days(session: AnySession, viewer: Viewer, category: Category, asked: Asked) -> Page[DayRow]:
    """What the viewer read of a category, day by day."""
    statement = day_listed(viewer, category)
    if asked.since:
        statement = statement.where(ActivityDay.local_date >= asked.since)
    if asked.until:
        statement = statement.where(ActivityDay.local_date <= asked.until)
    values = [asked.place.day] if asked.place else None
    rows, has_next, has_previous = _page(session, statement, asked, [ActivityDay.local_date], values)
    return Page([day_row(row) for row in rows], has_next, has_previous)


def _streaks(viewer: Viewer, category: Category) -> Any:
    columns = (ReadingStreak.public_id, ReadingStreak.first, ReadingStreak.last, ReadingStreak.days)
    return select(*columns).where(ReadingStreak.owner_id == viewer.id, ReadingStreak.category == category.value)


def _goes_on(viewer: Viewer) -> ColumnElement[bool]:
    """As domain.reading_streaks says it of a run."""
    return ReadingStreak.last >= shifted(viewer.today, -1)


def _streak(row: Any, viewer: Viewer) -> StreakRow:
    return StreakRow(row.public_id, row.first, row.last, row.days, Run(row.first, row.last).status(viewer.today))


def _page(
    session: AnySession, statement: Any, asked: Asked, columns: Sequence[Any], values: Sequence[Any] | None
) -> tuple[list[Any], bool, bool]:
    """The rows in the order of the list, and whether more follow and precede: those on the side of the place do."""
    upwards = asked.ascending is not asked.backwards
    if values is not None:
        statement = statement.where(_behind(columns, values, upwards))
    statement = statement.order_by(*(column.asc() if upwards else column.desc() for column in columns))
    rows = session.execute(statement.limit(asked.most + 1)).all()
    more, beside = len(rows) > asked.most, values is not None
    found = list(rows[: asked.most])
    return (found[::-1], beside, more) if asked.backwards else (found, more, beside)


def _behind(columns: Sequence[Any], values: Sequence[Any], upwards: bool) -> ColumnElement[bool]:
    """The rows behind these values, where the first column decides, then the next."""
    ways = []
    for at, (column, value) in enumerate(zip(columns, values, strict=True)):
        equal = [one == other for one, other in zip(columns[:at], values[:at], strict=True)]
        ways.append(and_(*equal, column > value if upwards else column < value))
    return or_(*ways)
