"""Quotas: weeks and months kept in a row, and "2 of 3 in the last 7 days" (domain rules §5)."""

from datetime import date

import pytest

from tests.domain.habits import DONE, amounts, day, terms, ticks, times_a, times_in, version
from webapp.domain.pauses import Pause
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.streaks import Period, Rolling, Streak, all_streaks, periods, rolling, settle, streaks, why
from webapp.domain.tracking import Direction
from webapp.domain.verdicts import Terms, Verdict, verdicts

THRICE = times_a("week", 3)
KEPT, SHORT, NONE = "x.x.x..", "x.x....", "......."


def current(facts, by, today):
    streak = streaks(facts, by, today).current
    return streak.length if streak else 0


def counts(facts, by, today):
    return [(each.done, each.required, each.verdict) for each in periods(facts, by, today) if each.last >= day(1)]


def test_weeks_are_counted_and_a_week_too_short_stops():
    assert current(ticks(KEPT * 4), THRICE, day(29)) == 4
    assert streaks(ticks(KEPT + SHORT + KEPT * 2), THRICE, day(29)).current == Streak(
        2, day(15), day(26), after=day(14)
    )
    assert [each.length for each in all_streaks(ticks(KEPT * 3 + NONE + KEPT), THRICE, day(36))] == [3, 1]


def test_the_running_week_counts_once_it_is_met_and_is_neutral_before():
    assert current(ticks(KEPT + "xx"), THRICE, day(9)) == 1
    assert current(ticks(KEPT + "xx"), THRICE, day(14)) == 1
    assert current(ticks(KEPT + "xx"), THRICE, day(15)) == 0
    assert current(ticks(KEPT + "xxx"), THRICE, day(10)) == 2
    assert counts(ticks(KEPT + "xx"), THRICE, day(9)) == [(3, 3, Verdict.DONE), (2, 3, Verdict.OPEN)]


@pytest.mark.parametrize(("start", "required"), [(1, 3), (2, 3), (3, 3), (4, 2), (5, 2), (6, 1), (7, 1)])
def test_a_partial_first_week_asks_for_its_share_rounded_up(start, required):
    by = times_a("week", 3, start=day(start))
    assert counts({day(start): DONE}, by, day(7))[0][1] == required


def test_a_partial_last_week_asks_for_its_share():
    by = times_a("week", 3, until=day(9))
    assert counts(ticks(KEPT + "x"), by, day(20)) == [(3, 3, Verdict.DONE), (1, 1, Verdict.DONE)]


def test_paused_and_skipped_days_are_not_active():
    paused = times_a("week", 3, pauses=[Pause(day(10), day(14))])
    assert counts(ticks(KEPT + "x"), paused, day(15))[:2] == [(3, 3, Verdict.DONE), (1, 1, Verdict.DONE)]
    assert counts(ticks("ssssx"), THRICE, day(8))[0] == (1, 2, Verdict.MISSED)
    assert counts(ticks("ssssx"), times_a("week", 3, skip_budget=2), day(8))[0] == (1, 3, Verdict.MISSED)


def test_a_week_of_nothing_but_pause_neither_breaks_nor_feeds():
    by = times_a("week", 3, pauses=[Pause(day(8), day(14))])
    assert current(ticks(KEPT + "xxxxxxx" + KEPT), by, day(22)) == 2
    assert counts(ticks(KEPT), by, day(15))[1] == (0, 0, Verdict.PAUSED)
    assert counts(ticks(KEPT + "s" * 7 + "."), THRICE, day(15))[1] == (0, 0, Verdict.SKIPPED)


def test_weeks_begin_where_the_person_says():
    sundays = times_a("week", 2, week_start=6, start=date(2023, 12, 31))
    facts = {date(2023, 12, 31): DONE, day(6): DONE, day(7): DONE, day(13): DONE}
    assert current(facts, sundays, day(14)) == 2
    assert current(facts, times_a("week", 2), day(14)) == 1


def test_months_are_as_long_as_they_are():
    by = times_a("month", 31, start=date(2024, 1, 31))
    february = {date(2024, 2, number): DONE for number in range(1, 30)}
    facts = {date(2024, 1, 31): DONE} | february
    assert current(facts, by, date(2024, 3, 1)) == 2
    half = times_a("month", 10, start=date(2024, 2, 15))
    assert periods({date(2024, 2, 15): DONE}, half, date(2024, 2, 20))[-1].required == 6  # 10 · 15/29
    assert periods({date(2023, 2, 15): DONE}, times_a("month", 4, start=date(2023, 2, 22)), date(2023, 2, 28))[-1] == (
        Period(date(2023, 2, 22), date(2023, 2, 28), 0, 1, Verdict.OPEN)
    )


def test_no_single_day_of_a_quota_is_due():
    found = [verdict for _, verdict in verdicts(ticks("x.n"), THRICE, day(1), day(4))]
    assert found == [Verdict.DONE, Verdict.NOT_DUE, Verdict.NOT_DUE, Verdict.NOT_DUE]


def test_an_amount_makes_a_day_of_a_quota_done():
    by = times_a("week", 2, aim=(Direction.AT_LEAST, 5))
    assert counts(amounts(5, 4, 6), by, day(7)) == [(2, 2, Verdict.DONE)]


def test_a_quota_changed_in_the_middle_of_a_week_asks_for_both_shares():
    more = version("Quota", today=day(11), times=5, period=QuotaPeriod.WEEK)
    by = Terms((*THRICE.versions, more))
    assert counts(ticks(KEPT), by, day(14))[1] == (0, 5, Verdict.OPEN)  # (3·3 + 5·4)/7 rounded up


def test_days_and_weeks_go_on_in_one_streak():
    daily = version("Daily", today=day(11))
    by = Terms((*THRICE.versions, daily))
    facts = ticks(KEPT + "xx.xxxx")
    assert counts(facts, by, day(15)) == [(3, 3, Verdict.DONE), (2, 2, Verdict.DONE)]
    assert current(facts, by, day(15)) == 6


def test_why_tells_the_weeks_too():
    facts = ticks(SHORT + KEPT + KEPT + "x")
    streak = streaks(facts, THRICE, day(22)).current
    told = why(facts, THRICE, streak, day(22))
    assert told.periods == (
        Period(day(1), day(7), 2, 3, Verdict.MISSED),
        Period(day(8), day(14), 3, 3, Verdict.DONE),
        Period(day(15), day(21), 3, 3, Verdict.DONE),
        Period(day(22), day(28), 1, 3, Verdict.OPEN),
    )
    assert (told.days[0][0], told.days[-1][0]) == (day(7), day(22))
    ended = ticks(KEPT + SHORT + KEPT)
    first, _ = all_streaks(ended, THRICE, day(22))
    assert why(ended, THRICE, first, day(22)).days[-1][0] == day(14)
    assert [each.verdict for each in why(ended, THRICE, first, day(22)).periods] == [Verdict.DONE, Verdict.MISSED]


def test_a_rolling_quota_has_no_streak_but_a_count():
    by = times_in(3, 7)
    facts = ticks("xx..x.x..")
    assert rolling(facts, by, day(9)) == Rolling(done=2, times=3, length=7)
    assert rolling(facts, by, day(8)) == Rolling(done=3, times=3, length=7)
    assert streaks(facts, by, day(9)).current is None
    assert (streaks(facts, by, day(9)).best, streaks(facts, by, day(9)).total) == (None, 4)
    paused = times_in(3, 7, pauses=[Pause(day(5), day(5))])
    assert rolling(facts, paused, day(9)) == Rolling(done=1, times=3, length=7)


def test_other_schedules_have_no_rolling_count():
    assert rolling(ticks("x"), terms(), day(1)) is None
    assert rolling(ticks("x"), THRICE, day(1)) is None
    assert rolling({}, Terms(()), day(1)) is None
    assert rolling(ticks("x"), terms(Frequency.ONE_TIME), day(1)) is None


def test_a_rolling_quota_leaves_the_best_of_earlier_schedules():
    by = Terms((version("Daily"), version("Quota", today=day(6), times=1, period=QuotaPeriod.ROLLING, length=7)))
    found = streaks(ticks("xxxxxxx"), by, day(8))
    assert (found.current, found.best) == (None, Streak(5, day(1), day(5)))
    assert rolling(ticks("xxxxxxx"), by, day(8)) == Rolling(done=6, times=1, length=7)


def test_a_week_begun_before_the_state_is_counted_whole():
    state = settle(ticks("xx"), THRICE, day(4))
    assert (state.tally.done, state.tally.active) == (2, 3)
    assert streaks({day(5): DONE}, THRICE, day(5), state).current.length == 1
    assert streaks({}, THRICE, day(8), state).current is None
    assert settle({}, THRICE, day(3)).tally.active == 2
