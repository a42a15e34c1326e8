"""Every format through the same engine: goals with their schedules, days and words, each once, and a sound database."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tests import make
from tests.domain.imports import beaver_files, habitica_files
from tests.domain.imports.beaver_files import beaver, period
from tests.domain.imports.habitica_files import row, userdata
from tests.domain.imports.loop_files import csv_text
from webapp.actions import exports, imports
from webapp.actions.imports import Result
from webapp.domain.goals import Lifecycle
from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState
from webapp.models import Entry, Goal
from webapp.queries import goals as goal_queries
from webapp.queries.doctor import examine

TODAY = date(2026, 3, 10)
BEAVER = beaver(
    beaver_files.habit("Walk", ("2026-03-08", True), ("2026-03-07", False, "#skip ill"), ("2026-03-06", False, "rain")),
    beaver_files.habit("Swim", ("2026-03-01", True), period=period("W", 1, 2), tags=["body"]),
    beaver_files.habit("Write", ("2026-01-01", True), status="archive", period=period("Y", 1, 12)),
)
HABITICA = userdata(
    dailys=[
        habitica_files.daily("Stretch", row("2026-03-08T10:00:00", 1, completed=True, isDue=True)),
        habitica_files.daily("Report", frequency="monthly", daysOfMonth=[3], startDate="2026-01-03T00:00:00.000Z"),
        habitica_files.daily("Every third day", frequency="daily", everyX=3),
    ],
    habits=[habitica_files.habit("Water", row("2026-03-08T10:00:00", 1, scoredUp=3, scoredDown=0), down=False)],
    todos=[
        habitica_files.todo("Tax", date="2026-05-01T00:00:00.000Z"),
        habitica_files.todo("Call", completed=True, dateCompleted="2026-03-02T10:00:00.000Z"),
    ],
)
HABITBULL = csv_text(
    [
        ("HabitName", "HabitDescription", "HabitCategory", "CalendarDate", "Value", "CommentText"),
        ("Read", "Before sleep", "mind", "2026-03-08", "1", "a chapter"),
        ("Read", "Before sleep", "mind", "2026-03-09", "0", ""),
        ("'=SUM(A1)", "", "", "2026-03-09", "12.5", "'-3 degrees"),
    ]
).encode()
FILES = {"beaver": BEAVER, "habitica": HABITICA, "habitbull": HABITBULL}


@pytest.fixture
def ada(session: Session) -> Viewer:
    made = make.viewer(session, make.person(session))
    session.commit()
    return made


def bring(session: Session, viewer: Viewer, data: bytes) -> Result:
    result = imports.bring(session, viewer, imports.read(data, TODAY, most_bytes=5_000_000, most_rows=20_000))
    session.commit()
    return result


def goals(session: Session, viewer: Viewer) -> dict[str, Goal]:
    statement = select(Goal).where(Goal.owner_id == viewer.id).options(selectinload(Goal.schedules))
    return {viewer.words.open("goal.title", goal.title): goal for goal in session.scalars(statement)}


def days(session: Session, goal: Goal) -> dict[date, tuple[DayState | None, Decimal | None]]:
    rows = session.scalars(select(Entry).where(Entry.goal_id == goal.id))
    return {entry.local_date: (entry.state, entry.value) for entry in rows}


@pytest.mark.parametrize("name", FILES)
def test_twice_is_as_good_as_once_and_everything_is_sound(session: Session, ada: Viewer, name: str) -> None:
    result = bring(session, ada, FILES[name])
    assert result.created
    before = make.everything(session, but=frozenset({"audit_event"}))
    again = bring(session, ada, FILES[name])
    assert (again.created, again.entries) == ((), 0)
    assert make.everything(session, but=frozenset({"audit_event"})) == before
    assert list(examine(session, TODAY)) == []


def test_beaver_keeps_skips_notes_periods_and_tags(session: Session, ada: Viewer) -> None:
    bring(session, ada, BEAVER)
    found = goals(session, ada)
    assert days(session, found["Walk"]) == {
        date(2026, 3, 8): (DayState.DONE, None),
        date(2026, 3, 7): (DayState.SKIPPED, None),
        date(2026, 3, 6): (DayState.NOT_DONE, None),
    }
    swim = found["Swim"].schedules[0]
    assert (swim.frequency, swim.quota_times, swim.week_start) == (Frequency.QUOTA, 2, ada.week_start)
    assert goal_queries.opened(session, ada, found["Swim"]).tags == ("body",)
    assert found["Write"].archived_at is not None


def test_habitica_keeps_rhythms_counts_and_what_was_done(session: Session, ada: Viewer) -> None:
    bring(session, ada, HABITICA)
    found = goals(session, ada)
    assert days(session, found["Stretch"]) == {date(2026, 3, 8): (DayState.DONE, None)}
    assert days(session, found["Water"]) == {date(2026, 3, 8): (DayState.DONE, Decimal(3))}
    assert found["Tax"].schedules[0].until == date(2026, 5, 1)
    assert (found["Tax"].lifecycle, found["Call"].lifecycle) == (Lifecycle.ACTIVE, Lifecycle.COMPLETED)
    assert found["Report"].schedules[0].rule is not None


def test_a_table_keeps_its_numbers_and_words_as_they_are(session: Session, ada: Viewer) -> None:
    bring(session, ada, HABITBULL)
    found = goals(session, ada)
    assert days(session, found["Read"])[date(2026, 3, 8)] == (DayState.DONE, None)
    assert days(session, found["'=SUM(A1)"]) == {date(2026, 3, 9): (DayState.DONE, Decimal("12.5"))}


def test_our_own_table_of_days_brings_nothing_twice(session: Session, ada: Viewer) -> None:
    bring(session, ada, HABITBULL)
    table = exports.entries(session, ada)
    session.commit()
    before = make.everything(session, but=frozenset({"audit_event"}))
    again = bring(session, ada, table)
    assert (again.created, again.entries, len(again.merged)) == ((), 0, 2)
    assert make.everything(session, but=frozenset({"audit_event"})) == before
