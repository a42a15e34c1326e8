"""Ticking: a day is what was said last, nothing is said twice, and what is shown is what the ledger says."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY, days_ago
from webapp.actions import goals, history
from webapp.actions.entries import record_day
from webapp.domain.days import EARLIEST_DAY
from webapp.domain.errors import Invalid
from webapp.domain.goals import Lifecycle
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import Day, DayState, Direction, EntryDraft, Fact, Mode, Source, day_values
from webapp.models import Goal
from webapp.queries import doctor
from webapp.queries.history import latest_days

QUOTA = make.schedule(Frequency.QUOTA, times=3, period=QuotaPeriod.WEEK)
PAGES = {"direction": Direction.AT_LEAST, "target": Decimal(20), "unit": "pages"}
MOST_TWO = {"direction": Direction.AT_MOST, "target": Decimal(2), "unit": "cups"}


@pytest.fixture
def ada(session: Session) -> Viewer:
    return make.viewer(session, make.person(session))


@pytest.fixture
def walk(session: Session, ada: Viewer) -> Goal:
    return make.goal(session, ada)


def test_a_tick_says_done_in_the_ledger_and_in_the_row(session: Session, ada: Viewer, walk: Goal) -> None:
    recorded = make.tick(session, ada, walk, TODAY)

    (fact,) = make.ledger(session, walk)
    row = make.rows(session, walk)[TODAY]
    assert (fact.local_date, fact.state, fact.value, fact.mode) == (TODAY, DayState.DONE, None, Mode.SET)
    assert (fact.subject_id, fact.author_id, fact.zone, fact.at) == (ada.id, ada.id, ada.zone, ada.now)
    assert (row.state, row.entry_id) == (DayState.DONE, fact.id)
    assert (recorded.changed, recorded.before) == (True, Day())
    assert make.tags(session, walk) == ["goal:create", "entry:record"]


@pytest.mark.parametrize("state", list(DayState))
def test_saying_the_same_again_changes_nothing(session: Session, ada: Viewer, walk: Goal, state: DayState) -> None:
    make.tick(session, ada, walk, TODAY, state)
    session.commit()
    before = make.everything(session)

    again = make.tick(session, ada, walk, TODAY, state)
    session.commit()

    assert not again.changed
    assert make.everything(session) == before


def test_saying_the_same_note_again_changes_nothing(session: Session, ada: Viewer, walk: Goal) -> None:
    make.tick(session, ada, walk, TODAY, note="by the lake")
    again = make.tick(session, ada, walk, TODAY, note=" by the lake ")

    assert not again.changed
    assert len(make.ledger(session, walk)) == 1


def test_undo_supersedes_and_the_day_is_open_again(session: Session, ada: Viewer, walk: Goal) -> None:
    make.tick(session, ada, walk, TODAY)
    undone = make.tick(session, ada, walk, TODAY, DayState.OPEN)

    first, second = make.ledger(session, walk)
    assert second.supersedes_id == first.id
    assert undone.before == Day(DayState.DONE)
    assert make.rows(session, walk)[TODAY].state is DayState.OPEN


def test_a_skipped_day_is_neither_done_nor_open(session: Session, ada: Viewer, walk: Goal) -> None:
    assert make.tick(session, ada, walk, TODAY, DayState.SKIPPED).state is DayState.SKIPPED


@pytest.mark.parametrize(
    ("amount", "state"),
    [("20", DayState.DONE), ("20.5", DayState.DONE), ("19.999999", DayState.OPEN), ("0", DayState.OPEN)],
)
def test_at_least_is_done_when_reached(session: Session, ada: Viewer, amount: str, state: DayState) -> None:
    read = make.goal(session, ada, **PAGES)
    recorded = make.tick(session, ada, read, TODAY, None, value=Decimal(amount))

    assert (recorded.state, recorded.value) == (state, Decimal(amount))


def test_at_most_is_judged_when_the_day_is_over(session: Session, ada: Viewer) -> None:
    coffee = make.goal(session, ada, **MOST_TWO)

    assert make.tick(session, ada, coffee, TODAY, None, value=Decimal(1)).state is DayState.OPEN
    assert make.tick(session, ada, coffee, days_ago(1), None, value=Decimal(2)).state is DayState.DONE
    assert make.tick(session, ada, coffee, days_ago(2), None, value=Decimal(3)).state is DayState.NOT_DONE


def test_an_amount_is_corrected_by_a_superseding_fact(session: Session, ada: Viewer) -> None:
    read = make.goal(session, ada, **PAGES)
    make.tick(session, ada, read, TODAY, None, value=Decimal(25))
    corrected = make.tick(session, ada, read, TODAY, None, value=Decimal(12))

    assert [entry.value for entry in make.ledger(session, read)] == [Decimal(25), Decimal(12)]
    assert (corrected.before, corrected.state, corrected.value) == (Day(DayState.DONE, Decimal(25)), DayState.OPEN, 12)


def test_a_day_already_superseded_is_corrected_along_the_chain(session: Session, ada: Viewer, walk: Goal) -> None:
    for state in (DayState.DONE, DayState.SKIPPED, DayState.NOT_DONE, DayState.DONE):
        make.tick(session, ada, walk, TODAY, state)

    entries = make.ledger(session, walk)
    assert [entry.supersedes_id for entry in entries] == [None, *(entry.id for entry in entries[:-1])]


@pytest.mark.parametrize("day", [days_ago(1), days_ago(400), EARLIEST_DAY])
def test_any_past_day_may_be_recorded(session: Session, ada: Viewer, walk: Goal, day: object) -> None:
    make.tick(session, ada, walk, day)  # type: ignore[arg-type]
    assert make.rows(session, walk)[day].state is DayState.DONE  # type: ignore[index]


@pytest.mark.parametrize("ahead", [1, 60, 61, 3_660])
def test_a_day_ahead_on_which_it_is_due_may_be_recorded(session: Session, ada: Viewer, walk: Goal, ahead: int) -> None:
    day = TODAY + timedelta(days=ahead)
    assert make.tick(session, ada, walk, day).state is DayState.DONE
    assert make.rows(session, walk)[day].state is DayState.DONE


@pytest.mark.parametrize(
    ("when", "ahead"),
    [
        (make.schedule(Frequency.WEEKLY), 1),
        (make.schedule(until=TODAY + timedelta(days=3)), 4),
        (make.schedule(), 3_661),
        (QUOTA, 1),
    ],
)
def test_a_day_ahead_on_which_it_is_not_due_is_refused(session: Session, ada: Viewer, when: object, ahead: int) -> None:
    goal = make.goal(session, ada, when=when)  # type: ignore[arg-type]
    session.commit()
    before = make.everything(session)

    with pytest.raises(Invalid, match="local_date:not_due"):
        make.tick(session, ada, goal, TODAY + timedelta(days=ahead))
    assert make.everything(session) == before


def test_a_quota_is_ticked_on_any_day_up_to_today(session: Session, ada: Viewer) -> None:
    run = make.goal(session, ada, when=QUOTA)
    assert make.rows(session, run) == {}

    make.tick(session, ada, run, TODAY)
    make.tick(session, ada, run, days_ago(3))
    assert list(make.rows(session, run)) == [days_ago(3), TODAY]


@pytest.mark.parametrize("when", [QUOTA, make.schedule(Frequency.WEEKLY, start=days_ago(14))])
def test_a_tick_on_a_day_that_was_not_due_leaves_no_open_day_behind_when_undone(
    session: Session, ada: Viewer, when: object
) -> None:
    goal = make.goal(session, ada, when=when)  # type: ignore[arg-type]
    make.tick(session, ada, goal, days_ago(1))
    make.tick(session, ada, goal, days_ago(1), DayState.OPEN)

    assert days_ago(1) not in make.rows(session, goal)
    assert make.tick(session, ada, goal, days_ago(1)).changed
    assert make.rows(session, goal)[days_ago(1)].state is DayState.DONE


def test_a_note_is_kept_over_a_later_tick_and_goes_when_cleared(session: Session, ada: Viewer, walk: Goal) -> None:
    make.tick(session, ada, walk, TODAY, note="by the lake")
    make.tick(session, ada, walk, TODAY, DayState.SKIPPED)
    assert _note(session, ada, walk) == "by the lake"

    make.tick(session, ada, walk, TODAY, DayState.SKIPPED, note="")
    assert _note(session, ada, walk) == ""
    assert not make.rows(session, walk)[TODAY].annotated


def test_a_note_is_kept_over_an_addition_and_a_tick_after_it(session: Session, ada: Viewer) -> None:
    read = make.goal(session, ada, **PAGES)
    make.tick(session, ada, read, TODAY, None, value=Decimal(3), note="on the train")
    make.tick(session, ada, read, TODAY, None, value=Decimal(4), mode=Mode.ADD)
    assert _note(session, ada, read) == "on the train"

    make.tick(session, ada, read, TODAY)
    assert _note(session, ada, read) == "on the train"


def test_every_problem_of_a_draft_is_found_and_nothing_is_written(session: Session, ada: Viewer, walk: Goal) -> None:
    session.commit()
    before = make.everything(session)
    wrong = EntryDraft(days_ago(50_000), DayState.DONE, Decimal("1E12"), note="n" * 2_001)

    with pytest.raises(Invalid) as raised:
        record_day(session, ada, walk, wrong)
    assert {problem.field for problem in raised.value.problems} == {"local_date", "value", "note"}
    assert make.everything(session) == before


def test_doing_everything_that_is_due_completes_a_goal_once(session: Session, ada: Viewer) -> None:
    sprint = make.goal(session, ada, when=make.schedule(until=TODAY + timedelta(days=2)))
    for ahead in (2, 0, 1):
        assert sprint.lifecycle is Lifecycle.ACTIVE
        make.tick(session, ada, sprint, TODAY + timedelta(days=ahead))

    assert (sprint.lifecycle, sprint.completed_at) == (Lifecycle.COMPLETED, ada.now)
    make.tick(session, ada, sprint, TODAY)
    assert make.tags(session, sprint).count("goal:complete") == 1


def test_undoing_reopens_a_completed_goal(session: Session, ada: Viewer) -> None:
    once = make.goal(session, ada, when=make.schedule(Frequency.ONE_TIME))
    make.tick(session, ada, once, TODAY)
    make.tick(session, ada, once, TODAY, DayState.OPEN)

    assert (once.lifecycle, once.completed_at) == (Lifecycle.ACTIVE, None)
    assert make.tags(session, once)[-2:] == ["goal:reopen", "entry:record"]


def test_skipped_days_do_not_keep_a_goal_from_being_completed(session: Session, ada: Viewer) -> None:
    sprint = make.goal(session, ada, when=make.schedule(until=TODAY + timedelta(days=1)))
    make.tick(session, ada, sprint, TODAY, DayState.SKIPPED)
    make.tick(session, ada, sprint, TODAY + timedelta(days=1))

    assert sprint.lifecycle is Lifecycle.COMPLETED


def test_a_goal_skipped_throughout_is_not_completed(session: Session, ada: Viewer) -> None:
    once = make.goal(session, ada, when=make.schedule(Frequency.ONE_TIME))
    make.tick(session, ada, once, TODAY, DayState.SKIPPED)

    assert once.lifecycle is Lifecycle.ACTIVE


def test_an_open_ended_goal_is_never_completed(session: Session, ada: Viewer, walk: Goal) -> None:
    for day in list(make.rows(session, walk)):
        make.tick(session, ada, walk, day)

    assert walk.lifecycle is Lifecycle.ACTIVE


def test_a_wrong_tick_taken_back_does_not_keep_a_goal_from_being_completed(session: Session, ada: Viewer) -> None:
    once = make.goal(session, ada, when=make.schedule(Frequency.ONE_TIME))
    make.tick(session, ada, once, days_ago(5))
    make.tick(session, ada, once, days_ago(5), DayState.OPEN)
    make.tick(session, ada, once, TODAY)

    assert once.lifecycle is Lifecycle.COMPLETED


def test_an_imported_history_is_what_its_rows_show(session: Session, ada: Viewer) -> None:
    read = make.goal(session, ada, **PAGES)
    fact = {"at": ada.now, "recorded_at": ada.now}
    days = [history.PastFact(days_ago(n), value=Decimal(n), note="said" if n == 3 else "", **fact) for n in range(30)]
    history.add(session, ada, read, days, Source.IMPORT)

    assert list(doctor.examine(session, TODAY)) == []
    assert make.rows(session, read)[days_ago(20)].state is DayState.DONE


acts = st.tuples(
    st.integers(min_value=0, max_value=3),
    st.sampled_from([None, *DayState]),
    st.sampled_from([None, Decimal(0), Decimal(5), Decimal(20), Decimal("2.5")]),
    st.sampled_from(Mode),
    st.sampled_from([None, "", "a note"]),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, max_size=12), st.sampled_from([{}, PAGES, MOST_TWO]))
def test_whatever_is_said_in_whatever_order_the_rows_show_the_ledger(
    session: Session, ada: Viewer, said: list[tuple[int, DayState | None, Decimal | None, Mode, str | None]], more: dict
) -> None:
    session.commit()  # Ada stays, what each example does is taken back
    try:
        goal = make.goal(session, ada, **more)
        for days, state, value, mode, note in said:
            value = value if more else None
            if EntryDraft(days_ago(days), state, value, mode, note).check() == []:
                make.tick(session, ada, goal, days_ago(days), state, value=value, mode=mode, note=note)
        facts = [
            Fact(e.id, e.local_date, e.mode, e.state, e.value, e.supersedes_id) for e in make.ledger(session, goal)
        ]
        shown = {day: row.value for day, row in make.rows(session, goal).items() if row.entry_id}
        known = {day: found.value for day, found in day_values(facts).items()}
        assert {day: known[day] for day in shown} == shown
        assert list(doctor.examine(session, TODAY)) == []
    finally:
        session.rollback()


def test_an_archived_goal_takes_corrections_of_its_past(session: Session, ada: Viewer, walk: Goal) -> None:
    goals.archive(session, ada, walk)
    assert make.tick(session, ada, walk, days_ago(1)).changed


def _note(session: Session, ada: Viewer, goal: Goal) -> str:
    session.flush()
    days, _ = latest_days(session, goal, ada.words, TODAY)
    return days[0].note
