"""What is true of every streak, whatever was done in whatever order (domain rules §5)."""

from datetime import UTC, datetime, timedelta
from itertools import groupby

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.domain.habits import ANSWERS, DONE, day, terms, times_a, times_in, version
from webapp.domain.days import local_day, zone_names
from webapp.domain.pauses import Pause
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.streaks import all_streaks, periods, settle, streaks, why
from webapp.domain.tracking import DayState, Fact, Mode, day_values
from webapp.domain.verdicts import Terms, Verdict, verdicts

DAILY = terms()
BY_DAY = [
    DAILY,
    terms(skip_budget=1, pauses=[Pause(day(12), day(15)), Pause(day(40))]),
    terms(Frequency.CUSTOM, days=(0, 2, 5), skip_budget=0),
    terms(Frequency.MONTHLY, start=day(5)),
    Terms((version("Daily"), version("Custom", days=(1, 4), today=day(20)), version("Daily", today=day(35)))),
]
BY_PERIOD = [
    times_a("week", 2),
    times_a("week", 5, skip_budget=3, start=day(4), week_start=6),
    times_a("month", 6, pauses=[Pause(day(20), day(33))]),
    times_a("month", 31, skip_budget=2),
    times_a("week", 3, until=day(39)),
]
MIXED = [
    times_in(3, 7),
    Terms((version("Daily"), version("Quota", today=day(17), times=3, period=QuotaPeriod.WEEK))),
    Terms((version("Quota", times=4, period=QuotaPeriod.WEEK), version("Weekly", today=day(24))), (), 1),
]
days = st.integers(-6, 55).map(day)
facts = st.dictionaries(days, st.sampled_from("xxxsn.").map(ANSWERS.get), max_size=50)
agreed = st.sampled_from(BY_DAY + BY_PERIOD + MIXED)
todays = st.integers(1, 60).map(day)


def current(found):
    return found.current.length if found.current else 0


def best(found):
    return found.best.length if found.best else 0


def runs(verdict_list):
    """Lengths of runs of done between misses, everything else being neutral."""
    counted = [verdict for verdict in verdict_list if verdict in (Verdict.DONE, Verdict.MISSED)]
    return [len(list(run)) for verdict, run in groupby(counted) if verdict is Verdict.DONE]


def walked_back(verdict_list):
    length = 0
    for verdict in reversed(verdict_list):
        if verdict is Verdict.MISSED:
            break
        length += verdict is Verdict.DONE
    return length


@given(facts, st.sampled_from(BY_DAY), todays)
def test_a_streak_is_what_walking_back_over_the_verdicts_counts(facts, by, today):
    judged = [verdict for _, verdict in verdicts(facts, by, day(-6), today)]
    found = streaks(facts, by, today)
    assert current(found) == walked_back(judged)
    assert [each.length for each in all_streaks(facts, by, today)] == runs(judged)
    assert best(found) == max(runs(judged), default=0)


@given(facts, st.sampled_from(BY_PERIOD), todays)
def test_a_streak_of_a_quota_is_what_walking_back_over_its_periods_counts(facts, by, today):
    judged = [period.verdict for period in periods(facts, by, today)]
    assert current(streaks(facts, by, today)) == walked_back(judged)
    assert [each.length for each in all_streaks(facts, by, today)] == runs(judged)


@given(facts, agreed, todays, st.randoms())
def test_the_order_of_insertion_never_matters(facts, by, today, random):
    shuffled = dict(random.sample(sorted(facts.items()), len(facts)))
    turned = Terms(by.versions[::-1], by.pauses[::-1], by.skip_budget)
    assert streaks(shuffled, turned, today) == streaks(facts, by, today)


@given(facts, agreed, todays, days)
def test_one_more_done_never_lowers_the_best(facts, by, today, done):
    assert best(streaks(facts | {done: DONE}, by, today)) >= best(streaks(facts, by, today))


@given(facts, agreed, todays)
def test_the_current_is_never_longer_than_the_best(facts, by, today):
    found = streaks(facts, by, today)
    assert 0 <= current(found) <= best(found) <= found.total
    assert found.total == sum(fact.state is DayState.DONE for fact in facts.values())
    assert list(found.longest) == sorted(all_streaks(facts, by, today), key=lambda each: each[0::2], reverse=True)[:10]


@given(facts, agreed, st.lists(todays, min_size=1, max_size=4, unique=True))
def test_going_on_from_a_state_is_the_same_as_beginning_anew(facts, by, stops):
    state = None
    for today in sorted(stops):
        assume(not (state and today <= state.as_of))
        later = {when: fact for when, fact in facts.items() if state is None or when > state.as_of}
        assert streaks(later, by, today, state) == streaks(facts, by, today)
        state = settle(later, by, today, state)


@given(facts, agreed, todays, st.integers(1, 50), st.integers(0, 20), st.text("xsn", max_size=21))
def test_whatever_is_done_in_a_pause_changes_no_streak(facts, by, today, first, length, meanwhile):
    pause = Pause(day(first), day(first + length))
    paused = Terms(by.versions, (*by.pauses, pause), by.skip_budget)
    during = {day(first + number): ANSWERS[mark] for number, mark in enumerate(meanwhile[: length + 1])}
    one, other = streaks(facts, paused, day(80)), streaks(facts | during, paused, day(80))
    assert spans(one) == spans(other)


def spans(found):
    """The streaks themselves; `after` names the day that broke what came before, which may lie in the pause."""
    return [(each.length, each.first, each.last) for each in (found.current, *found.longest) if each]


@given(facts, todays, st.integers(1, 50), st.integers(0, 20))
def test_a_pause_cut_out_of_the_calendar_leaves_the_same_streak(facts, today, first, length):
    pause, gap = Pause(day(first), day(first + length)), timedelta(days=length + 1)
    apart = {when if when < pause.first else when + gap: fact for when, fact in facts.items()}
    paused = Terms(DAILY.versions, (pause,))
    shifted_today = today if today < pause.first else today + gap
    assert current(streaks(apart, paused, shifted_today)) == current(streaks(facts, DAILY, today))


@given(facts, agreed, todays)
def test_every_streak_can_say_why(facts, by, today):
    for streak in all_streaks(facts, by, today):
        told = why(facts, by, streak, today)
        within = [(when, verdict) for when, verdict in told.days if streak.first <= when <= streak.last]
        assert within == [(when, v) for when, v in verdicts(facts, by, streak.first, today) if when <= streak.last]
        done = sum(verdict is Verdict.DONE for _, verdict in within)
        assert done >= streak.length
        if not any(each.quota for each in by.versions):
            assert done == streak.length


@given(st.lists(st.integers(0, 14), min_size=1, max_size=8), st.sampled_from(zone_names()), st.integers(0, 23))
def test_facts_keep_their_day_when_the_person_moves(hours, zone, day_start):
    """The date lived is kept beside the instant, so a zone told afterwards finds the same facts."""
    lived = [
        local_day(datetime(2024, 3, 25, tzinfo=UTC) + timedelta(hours=20 * hour), zone, day_start) for hour in hours
    ]
    ledger = [Fact(number, when, Mode.SET, DayState.DONE, None) for number, when in enumerate(lived, 1)]
    today = max(lived)
    found = streaks(day_values(ledger), terms(), today)
    assert found.total == len(set(lived))
    assert found == streaks(dict.fromkeys(lived, DONE), terms(), today)
