"""Bringing another program's history: everything once, nothing of one's own lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session, selectinload

from tests import exports, make
from tests.domain.imports.loop_files import Habit, new_export, old_export
from webapp.actions import goals, imports
from webapp.actions.imports import Fate, Result
from webapp.domain.errors import Invalid
from webapp.domain.imports.brought import Brought
from webapp.domain.imports.loop import read_scores
from webapp.domain.months import running
from webapp.domain.people import Viewer
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, Direction, Source
from webapp.models import Entry, Goal
from webapp.queries import goals as goal_queries
from webapp.queries import habits
from webapp.queries.doctor import examine

SUMMER = date(2026, 7, 5)
PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "samples" / "Loop Habits CSV 2.3.1.zip"
NO_AUDIT = frozenset({"audit_event"})


@pytest.fixture
def ada(session: Session) -> Viewer:
    return make.viewer(session, make.person(session))


def read(data: bytes, today: date = SUMMER) -> Brought:
    return imports.read(data, today, most_bytes=5_000_000, most_rows=20_000)


def bring(session: Session, viewer: Viewer, data: bytes, *, revive: bool = False) -> Result:
    result = imports.bring(session, viewer, read(data), revive=revive)
    session.commit()
    return result


def goal_named(session: Session, viewer: Viewer, title: str) -> Goal:
    rows = goal_queries.listed(session, viewer, goal_queries.Filter())
    rows += goal_queries.listed(session, viewer, goal_queries.Filter(archived=True))
    (found,) = [row.id for row in rows if row.title == title]
    return goal_queries.find(session, viewer, found)


def samples() -> Iterator[object]:
    yield pytest.param(exports.SAMPLE, id="made here")
    if PUBLISHED.exists():
        yield pytest.param(PUBLISHED.read_bytes(), id="published")


@pytest.mark.parametrize("data", list(samples()))
def test_the_sample_becomes_three_goals_with_amounts_and_notes(session: Session, ada: Viewer, data: bytes) -> None:
    result = bring(session, ada, data)
    assert (len(result.created), result.entries, result.problems) == (3, 6, 0)

    amounts = goal_named(session, ada, "value habit")
    terms = goal_queries.opened(session, ada, amounts)
    assert (terms.direction, terms.target, terms.unit) == (Direction.AT_MOST, Decimal(12), "unit")
    assert (terms.question, terms.description) == ("quest", "memo")
    assert terms.schedule.quota == Quota(1, QuotaPeriod.ROLLING, 30)
    facts = [(entry.local_date.day, entry.value) for entry in make.ledger(session, amounts)]
    assert facts == [(2, Decimal(30)), (3, Decimal(3)), (4, Decimal(12))]

    ticks = goal_named(session, ada, "bool habit")
    notes = {e.local_date.day: ada.words.open("entry.note", e.note) for e in make.ledger(session, ticks) if e.note}
    assert notes == {1: "no", 2: "yes"}
    states = {day.day: row.state for day, row in make.rows(session, ticks).items()}
    assert states == {1: DayState.NOT_DONE, 2: DayState.DONE, 4: DayState.DONE}
    assert goal_named(session, ada, "someone").archived_at is not None
    assert list(examine(session, SUMMER)) == []


def test_a_second_import_changes_nothing(session: Session, ada: Viewer) -> None:
    bring(session, ada, exports.SAMPLE)
    before = make.everything(session, but=NO_AUDIT)
    preview = imports.preview(session, ada, read(exports.SAMPLE))
    assert not preview.changes_something
    assert [goal.fate for goal in preview.goals] == [Fate.MERGED] * 3
    result = bring(session, ada, exports.SAMPLE)
    assert (result.created, result.entries, result.there) == ((), 0, 6)
    assert make.everything(session, but=NO_AUDIT) == before


def test_a_later_export_adds_only_what_is_new(session: Session, ada: Viewer) -> None:
    bring(session, ada, new_export(Habit("Meditate", checkmarks=[("2026-03-01", "YES_MANUAL", "")])))
    later = Habit("Meditate", checkmarks=[("2026-03-02", "YES_MANUAL", ""), ("2026-03-01", "YES_MANUAL", "")])
    result = bring(session, ada, new_export(Habit("Another"), later))
    assert (len(result.created), len(result.merged), result.entries, result.there) == (1, 1, 1, 1)
    assert sorted(make.rows(session, goal_named(session, ada, "Meditate")))[:2] == [date(2026, 3, 1), date(2026, 3, 2)]


def test_what_was_entered_by_hand_is_never_overwritten(session: Session, ada: Viewer) -> None:
    bring(session, ada, exports.recent(2))
    goal = goal_named(session, ada, "Meditate")
    by_hand, day = make.days_ago(4), make.days_ago(1)
    make.tick(session, ada, goal, by_hand, DayState.SKIPPED, note="in bed with a cold")
    make.tick(session, ada, goal, day, DayState.NOT_DONE)
    session.commit()
    result = bring(session, ada, exports.recent(5))
    assert (result.entries, result.there, result.kept) == (2, 2, 1)
    rows = make.rows(session, goal)
    assert (rows[by_hand].state, rows[day].state) == (DayState.SKIPPED, DayState.NOT_DONE)
    assert rows[make.days_ago(5)].state is DayState.DONE
    assert list(examine(session, make.TODAY)) == []


def test_a_daily_goal_has_rows_where_entries_are_and_its_schedule_elsewhere(session: Session, ada: Viewer) -> None:
    done = Habit("Meditate", checkmarks=[("2026-02-20", "YES_MANUAL", ""), (make.TODAY.isoformat(), "YES_MANUAL", "")])
    bring(session, ada, new_export(done))
    goal = goal_named(session, ada, "Meditate")
    assert (goal.rows_from, goal.schedules[0].start) == (make.TODAY, date(2026, 2, 20))
    assert goal.schedules[0].frequency is Frequency.DAILY
    rows = make.rows(session, goal)
    assert [day for day in rows if day < make.TODAY] == [date(2026, 2, 20)]
    assert rows[make.TODAY].state is DayState.DONE
    assert rows[make.TODAY + timedelta(days=1)].state is DayState.OPEN


def test_each_kind_of_value_keeps_its_meaning(session: Session, ada: Viewer) -> None:
    marks = [("2026-03-01", "8000", ""), ("2026-03-02", "2500", "tired"), ("2026-03-03", "SKIP", "")]
    water = Habit("Water", type="NUMERICAL", direction="AT_LEAST", target="8", unit="glasses", checkmarks=marks)
    noted = Habit("Sleep", checkmarks=[("2026-03-01", "UNKNOWN", "what a night"), ("2026-03-02", "SKIP", "")])
    bring(session, ada, new_export(water, noted))
    rows = make.rows(session, goal_named(session, ada, "Water"))
    seen = {day.day: (row.state, row.value) for day, row in rows.items() if day < make.TODAY}
    assert seen == {
        1: (DayState.DONE, Decimal(8)),
        2: (DayState.OPEN, Decimal("2.5")),
        3: (DayState.SKIPPED, None),
    }
    rows = make.rows(session, goal_named(session, ada, "Sleep"))
    assert (rows[date(2026, 3, 1)].state, rows[date(2026, 3, 1)].annotated) == (DayState.OPEN, True)
    assert rows[date(2026, 3, 2)].state is DayState.SKIPPED


def test_an_amount_without_a_target_counts_as_done(session: Session, ada: Viewer) -> None:
    old = old_export(Habit("Pages", checkmarks=[("2026-03-02", "0", ""), ("2026-03-01", "12000", "")]))
    assert bring(session, ada, old).problems == 1
    rows = make.rows(session, goal_named(session, ada, "Pages"))
    assert (rows[date(2026, 3, 1)].state, rows[date(2026, 3, 1)].value) == (DayState.DONE, Decimal(12))
    assert rows[date(2026, 3, 2)].state is DayState.OPEN
    assert list(examine(session, make.TODAY)) == []


def test_every_entry_says_when_where_and_from_what_it_came(session: Session, ada: Viewer) -> None:
    bring(session, ada, exports.recent(1))
    (entry,) = session.scalars(select(Entry))
    assert entry.source is Source.IMPORT
    assert (entry.zone, entry.recorded_at, entry.at.hour) == ("Europe/Berlin", make.NOW, 11)
    assert entry.source_uid is not None
    assert entry.source_uid.endswith(make.days_ago(1).isoformat())


def test_a_deleted_goal_comes_back_only_when_asked(session: Session, ada: Viewer) -> None:
    bring(session, ada, exports.recent(2))
    goal = goal_named(session, ada, "Meditate")
    goals.delete(session, ada, goal)
    session.commit()
    preview = imports.preview(session, ada, read(exports.recent(3)))
    assert (preview.count(Fate.DELETED), preview.entries) == (1, 0)
    result = bring(session, ada, exports.recent(3))
    assert (result.created, result.left_out, result.entries) == ((), 1, 0)
    assert goal_queries.listed(session, ada, goal_queries.Filter()) == []
    result = bring(session, ada, exports.recent(3), revive=True)
    assert (result.revived, result.entries, result.there) == ((goal.public_id,), 1, 2)
    assert goal_named(session, ada, "Meditate").id == goal.id


def test_taking_back_deletes_what_was_created_and_nothing_else(session: Session, ada: Viewer) -> None:
    mine = make.goal(session, ada, "My own")
    bring(session, ada, exports.recent(1))
    result = bring(session, ada, new_export(exports.habit(2), Habit("Another")))
    assert imports.take_back(session, ada, result) == (1, 0)
    assert imports.take_back(session, ada, result) == (0, 0)
    session.commit()
    left = goal_queries.listed(session, ada, goal_queries.Filter())
    assert {row.title for row in left} == {"My own", "Meditate"}
    assert goal_queries.find(session, ada, mine.public_id).deleted_at is None


def test_too_many_goals_are_refused_as_a_whole(session: Session, ada: Viewer) -> None:
    many = read(new_export(*(Habit(f"Habit {number}") for number in range(501))))
    before = make.everything(session)
    for attempt in (imports.preview, imports.bring):
        with pytest.raises(Invalid, match="too_many_goals"):
            attempt(session, ada, many)
    session.rollback()
    assert make.everything(session) == before


def test_limits_of_the_house_bind(ada: Viewer) -> None:
    with pytest.raises(Invalid, match="too_large"):
        imports.read(exports.SAMPLE, SUMMER, most_bytes=100, most_rows=20_000)
    with pytest.raises(Invalid, match="too_many_rows"):
        imports.read(exports.recent(11), SUMMER, most_bytes=5_000_000, most_rows=10)
    assert imports.read(exports.recent(10), SUMMER, most_bytes=5_000_000, most_rows=10).totals.entries == 10


def test_goals_of_somebody_else_are_not_met(session: Session, ada: Viewer) -> None:
    bring(session, ada, exports.recent(2))
    bob = make.viewer(session, make.person(session, "Bob"))
    result = bring(session, bob, exports.recent(2))
    assert (len(result.created), result.there) == (1, 0)
    owners = set(session.scalars(select(Goal.owner_id)))
    assert owners == {ada.id, bob.id}


def test_statements_do_not_grow_with_the_history(session: Session, ada: Viewer) -> None:
    short, long = exports.long_export(3, 10), exports.long_export(3, 900)
    few = _statements(session, lambda: bring(session, ada, short))
    bob = make.viewer(session, make.person(session, "Bob"))
    many = _statements(session, lambda: bring(session, bob, long))
    assert few
    # A long history is sent in batches of about a thousand rows.
    assert len(many) <= len(few) + 6, [statement[:80] for statement in many]


def _statements(session: Session, act: object) -> list[str]:
    engine, seen = session.get_bind(), list[str]()
    assert isinstance(engine, Engine)
    assert callable(act)

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize("data", list(samples()))
def test_strength_is_what_the_other_program_shows_as_of_its_last_row(session: Session, data: bytes) -> None:
    """Through months closed at the import and the days since, to four decimals."""
    now = datetime(2026, 7, 5, 12, tzinfo=UTC)
    ada = make.viewer(session, make.person(session), now)
    bring(session, ada, data)
    published = read_scores(data, SUMMER)
    found = {}
    for source_uid, rows in published.items():
        uid = ada.words.fingerprint(source_uid)
        goal = session.scalars(select(Goal).where(Goal.source_uid == uid).options(selectinload(Goal.schedules))).one()
        until, states = habits.states_before(session, goal.id, ada.today)
        first = until + timedelta(days=1) if until else min(rows)
        terms, facts = habits.terms_of(session, goal), habits.facts_between(session, goal.id, first)
        months = habits.closed_months(session, goal.id, date(2000, 1, 1), ada.today)
        months += running(facts, terms, first, first, ada.today, states)
        scores = {
            month.first + timedelta(days=number): score for month in months for number, score in enumerate(month.scores)
        }
        found[source_uid] = (max(rows), Decimal(scores[max(rows)] or 0) / 10_000)
    assert found == {uid: max(rows.items()) for uid, rows in published.items()}
    assert len(found) == 3
