"""Habit strength to the published figures, and what must never move it (domain rules §5)."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.domain.habits import ANSWERS, DONE, MONDAY, NOT_DONE, amounts, day, terms, ticks, times_in, version
from tests.domain.imports.loop_files import SAMPLE_HABITS, new_export
from webapp.domain.imports.loop import read_loop, read_scores
from webapp.domain.pauses import Pause
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.strength import curve, explain, inputs, strength
from webapp.domain.tracking import Day, DayState, Direction
from webapp.domain.verdicts import Terms, Verdict

SAMPLE = Path(__file__).parents[2].parent / "shared" / "samples" / "Loop Habits CSV 2.3.1.zip"


def samples():
    built = new_export(*SAMPLE_HABITS)
    return [built, SAMPLE.read_bytes()] if SAMPLE.exists() else [built]


def scores(facts, by, days):
    return [round(score, 4) for _, score in curve(facts, by, day(days))]


def score(facts, by, days):
    return strength(facts, by, day(days)).score


at_most = (Direction.AT_MOST, "12")
at_least = (Direction.AT_LEAST, "12")


@pytest.mark.parametrize(
    ("by", "marks", "expected"),
    [
        (terms(), "x" * 20, 0.655748),
        (terms(), "xx", 0.101149),
        (times_in(1, 2), "xx", 0.054816),
        (times_in(1, 2), "x.x", 0.071972),
    ],
)
def test_the_published_figures_for_ticks(by, marks, expected):
    assert score(ticks(marks), by, len(marks)) == pytest.approx(expected, abs=5e-7)


def test_the_published_figures_for_a_limit():
    assert scores(amounts(30, 3, 12), times_in(1, 30, aim=at_most), 3) == [0.9903, 0.9807, 0.9712]


@pytest.mark.parametrize("data", samples(), ids=lambda data: f"{len(data)} bytes")
def test_an_import_has_the_strength_the_other_program_shows_as_of_the_last_row(data):
    published = read_scores(data, date(2026, 7, 4))
    goals = read_loop(data, date(2026, 7, 4)).goals
    found = {}
    for goal in goals:
        facts = {entry.local_date: Day(entry.state or DayState.OPEN, entry.value) for entry in goal.entries}
        aim = (Direction(goal.direction), goal.target) if goal.direction else None
        by = times_in(goal.times, goal.days, aim=aim, start=min(facts, default=date(2026, 7, 4)))
        last = max(published[goal.source_uid])
        found[goal.source_uid] = (last, Decimal(str(strength(facts, by, last).score)).quantize(Decimal("0.0001")))
    assert found == {uid: max(rows.items()) for uid, rows in published.items()}
    assert len(found) == 3


def test_the_multiplier_is_a_half_after_thirteen_days_of_every_day():
    assert score(ticks("x" * 13), terms(), 13) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("said", "often", "window", "full"),
    [
        ({"frequency": "Daily"}, (1, 1), 1, 1),
        ({"frequency": "Custom", "days": (0, 2, 4)}, (3, 7), 14, 6),
        ({"frequency": "Custom", "days": tuple(range(7))}, (1, 1), 1, 1),
        ({"frequency": "Weekly"}, (1, 7), 14, 2),
        ({"frequency": "Biweekly", "days": (1, 3)}, (2, 14), 28, 4),
        ({"frequency": "Monthly"}, (1, 30), 60, 2),
        ({"frequency": "Yearly"}, (1, 365), 730, 2),
        ({"frequency": "Quota", "times": 3, "period": QuotaPeriod.WEEK}, (3, 7), 14, 6),
        ({"frequency": "Quota", "times": 7, "period": QuotaPeriod.WEEK}, (1, 1), 1, 1),
        ({"frequency": "Quota", "times": 31, "period": QuotaPeriod.MONTH}, (1, 1), 1, 1),
        ({"frequency": "RRULE:FREQ=DAILY;INTERVAL=3"}, (1, 3), 6, 2),
    ],
)
def test_times_and_days_by_schedule(said, often, window, full):
    rhythm = explain(ticks("x"), terms(**said), MONDAY).rhythm
    assert ((rhythm.times, rhythm.days), rhythm.window, rhythm.full) == (often, window, full)
    assert rhythm.multiplier == pytest.approx(0.5 ** ((often[0] / often[1]) ** 0.5 / 13))


def test_a_goal_due_once_has_no_strength():
    once = terms(Frequency.ONE_TIME)
    assert strength(ticks("x"), once, MONDAY) is explain(ticks("x"), once, MONDAY) is None
    assert curve(ticks("x"), once, MONDAY) == []
    assert strength({}, Terms(()), MONDAY) is None


@pytest.mark.parametrize(
    ("aim", "values", "expected"),
    [
        (at_least, (6,), 0.5),
        (at_least, (24,), 1),
        (at_least, (0,), 0),
        ((Direction.AT_LEAST, "0"), (0,), 1),
        (at_most, (12,), 1),
        (at_most, (15,), 0.75),
        (at_most, (24,), 0),
        (at_most, (99,), 0),
        ((Direction.AT_MOST, "0"), (0,), 1),
        ((Direction.AT_MOST, "0"), ("0.000001",), 0),
    ],
)
def test_how_full_an_amount_makes_the_window(aim, values, expected):
    assert explain(amounts(*values), terms(aim=aim), MONDAY).fullness == expected


def test_amounts_are_summed_over_the_window_and_unlogged_is_nothing():
    found = inputs(amounts(3, None, "4.5"), times_in(1, 2, aim=at_least), day(4))
    assert [each.within for each in found] == [3, 3, Decimal("4.5"), Decimal("4.5")]
    assert [each.fullness for each in found] == [0.25, 0.25, 0.375, 0.375]


def test_several_times_a_window_ask_for_several_targets():
    weekdays = terms(Frequency.CUSTOM, days=(0, 1, 2, 3, 4), aim=(Direction.AT_LEAST, "20"))
    assert explain(amounts(20), weekdays, MONDAY).fullness == pytest.approx(0.2)
    assert explain(amounts(20, 20, 20, 20, 20), weekdays, day(7)).fullness == 1


def test_a_tick_without_an_amount_brought_what_was_asked():
    assert explain(ticks("x"), terms(aim=at_least), MONDAY).fullness == 1
    assert explain(ticks("n"), terms(aim=at_least), MONDAY).fullness == 0
    assert explain(ticks("x"), terms(aim=at_most), MONDAY).fullness == 1


def test_a_skipped_or_paused_day_carries_the_score():
    kept = score(ticks("xxxxx"), terms(), 5)
    assert score(ticks("xxxxxss"), terms(), 7) == kept
    assert score(ticks("xxxxx"), terms(pauses=[Pause(day(6))]), 400) == kept
    assert score(ticks("xxxxxss"), terms(skip_budget=1), 7) == score(ticks("xxxxxsn"), terms(), 7) < kept


def test_no_facts_leave_the_beginning():
    assert strength({}, terms(), MONDAY).score == 0
    assert strength({}, terms(aim=at_most), MONDAY).score == 1
    assert strength({day(1): Day(), day(3): DONE}, terms(), day(2)).score == 0
    assert explain({}, terms(aim=at_most), MONDAY).score == 1
    assert explain({}, terms(), MONDAY).inputs == ()


def test_history_keeps_the_rhythm_of_its_schedule():
    daily = version("Daily")
    weekly = version("Weekly", today=day(15))
    facts = ticks("x" * 30)
    changed = curve(facts, Terms((weekly, daily)), day(30))
    assert changed[:14] == curve(facts, Terms((daily,)), day(14))
    assert [each.rhythm.days for each in inputs(facts, Terms((daily, weekly)), day(15))][-2:] == [1, 7]


def test_the_strength_as_of_any_date_is_explained():
    by = times_in(1, 2, pauses=[Pause(day(3), day(4))])
    told = explain(ticks("x..xsx"), by, day(6))
    assert [(each.local_date.day, each.verdict, each.brought) for each in told.inputs] == [
        (1, Verdict.DONE, 1),
        (2, Verdict.NOT_DUE, 0),
        (3, Verdict.PAUSED, 0),
        (4, Verdict.PAUSED, 0),
        (5, Verdict.SKIPPED, 0),
        (6, Verdict.DONE, 1),
    ]
    assert (told.within, told.fullness, told.is_carried) == (2, 1.0, False)
    m = told.rhythm.multiplier
    assert told.score == pytest.approx(told.before * m + told.fullness * (1 - m)) == score(ticks("x..xsx"), by, 6)
    assert (told.formula, told.multiplier) == ("s = s·m + v·(1 − m)", "m = 0.5^(√(times/days)/13)")
    earlier = explain(ticks("x..xsx"), by, day(5))
    assert earlier.is_carried
    assert earlier.score == earlier.before == told.before


marks = st.text("xsn.", min_size=1, max_size=60)
kinds = st.sampled_from(
    [
        terms(),
        terms(Frequency.WEEKLY),
        terms(Frequency.CUSTOM, days=(0, 3), skip_budget=2),
        times_in(3, 7, pauses=[Pause(day(9), day(17)), Pause(day(30), day(31))]),
        terms(aim=at_least),
        times_in(2, 5, aim=at_most),
    ]
)


@given(marks, kinds, st.randoms())
def test_the_order_of_facts_never_matters_and_the_score_stays_within_its_range(marks, by, random):
    facts = list(ticks(marks).items())
    shuffled = dict(random.sample(facts, len(facts)))
    found = curve(shuffled, by, day(70))
    assert found == curve(dict(facts), by, day(70))
    assert all(0 <= each <= 1 for _, each in found)


@given(marks, kinds, st.lists(st.integers(1, 75), max_size=3))
def test_going_on_from_a_state_gives_the_same_bits(marks, by, stops):
    facts = ticks(marks)
    state = None
    for stop in sorted(stops):
        later = {local_date: fact for local_date, fact in facts.items() if state is None or local_date > state.as_of}
        state = strength(later, by, day(stop), state)
    later = {local_date: fact for local_date, fact in facts.items() if state is None or local_date > state.as_of}
    assert strength(later, by, day(80), state) == strength(facts, by, day(80))


@given(marks, kinds, st.integers(1, 60))
def test_a_tick_more_never_weakens(marks, by, number):
    facts = ticks(marks)
    assume(by.direction is None and facts.get(day(number), Day()) in (Day(), NOT_DONE))
    assert score(facts | {day(number): DONE}, by, 70) >= score(facts, by, 70) - 1e-12


@given(marks, kinds, st.integers(1, 50), st.integers(0, 20), marks)
def test_a_pause_neither_breaks_nor_feeds(marks, by, first, length, meanwhile):
    """Days a pause takes out leave the strength as if the days around them stood together."""
    daily = Terms(terms().versions, direction=by.direction, target=by.target)
    pause = Pause(day(first), day(first + length))
    paused = Terms(daily.versions, (pause,), None, by.direction, by.target)
    facts = ticks(marks)
    apart = {d if d < pause.first else d + timedelta(days=length + 1): fact for d, fact in facts.items()}
    during = {pause.first + timedelta(days=n): ANSWERS[m] for n, m in enumerate(meanwhile[: length + 1])}
    assert score(apart | during, paused, 80 + length + 1) == pytest.approx(score(facts, daily, 80))


def test_a_state_refuses_what_it_cannot_know():
    state = strength(ticks("x" * 40), terms(), day(40))
    assert (state.recent, state.is_whole) == ((), False)
    longer = version("Weekly", today=day(41))
    with pytest.raises(ValueError, match="longer than the state remembers"):
        strength({}, Terms((*terms().versions, longer)), day(41), state)
    with pytest.raises(ValueError, match="later day"):
        strength({}, terms(), day(39), state)


def test_a_state_remembers_no_more_than_the_window():
    state = strength(ticks("x" * 400), times_in(3, 7), day(400))
    assert len(state.recent) == 13
    assert sum(state.recent) == 13
    again = strength({day(401): DONE}, times_in(3, 7), day(401), state)
    assert len(again.recent) == 13
