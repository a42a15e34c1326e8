"""Streaks of due days, and why they are that long (domain rules §5)."""

from datetime import date, timedelta

import pytest

from tests.domain.habits import DONE, MONDAY, NOT_DONE, SKIPPED, amounts, day, terms, ticks, version
from webapp.domain.pauses import Pause
from webapp.domain.schedules import Frequency, ScheduleDraft, schedule_from
from webapp.domain.streaks import LONGEST_KEPT, Streak, all_streaks, reads_from, settle, streaks, why
from webapp.domain.tracking import Direction
from webapp.domain.verdicts import Terms, Verdict, verdicts

WEEKDAYS = {"frequency": Frequency.CUSTOM, "days": (0, 1, 2, 3, 4)}
LETTERS = {
    Verdict.NOT_DUE: "-", Verdict.PAUSED: "p", Verdict.DONE: "x",
    Verdict.SKIPPED: "s", Verdict.MISSED: "m", Verdict.OPEN: "o",
}  # fmt: skip


def judged(facts, by, today, first=MONDAY):
    return "".join(LETTERS[verdict] for _, verdict in verdicts(facts, by, first, today))


def current(facts, by, today):
    streak = streaks(facts, by, today).current
    return streak.length if streak else 0


def test_every_verdict_there_is():
    by = terms(**WEEKDAYS, pauses=[Pause(day(9), day(10))], skip_budget=2)
    assert judged(ticks("xxsns xsxx.s "), by, day(15)) == "xxsms--mppmm--o"
    assert judged(ticks("x"), by, day(1), first=day(-1)) == "--x"


def test_a_streak_is_walked_back_over_neutral_days_to_the_miss():
    by = terms(**WEEKDAYS, pauses=[Pause(day(9), day(10))], skip_budget=1)
    assert streaks(ticks(".xxsx  x  x"), by, day(12)).current == Streak(5, day(2), day(11), after=day(1))
    assert current(ticks("xxxx"), by, day(9)) == 0


def test_today_is_open_until_somebody_answers():
    assert current(ticks("xxx"), terms(), day(4)) == 3
    assert current(ticks("xxxx"), terms(), day(4)) == 4
    assert current(ticks("xxxn"), terms(), day(4)) == 0
    assert current(ticks("xxx"), terms(), day(5)) == 0


def test_done_ahead_counts_and_the_open_days_up_to_it_are_neutral():
    by = terms()
    facts = ticks("xxx...x")
    assert judged(facts, by, day(4)) == "xxxooox"
    assert streaks(facts, by, day(4)).current == Streak(4, day(1), day(7))
    assert current(facts, by, day(5)) == 1


def test_done_on_a_day_not_due_or_paused_adds_to_totals_only():
    by = terms(**WEEKDAYS, pauses=[Pause(day(8), day(9))])
    found = streaks(ticks("xxxxxxxxx"), by, day(10))
    assert (found.current.length, found.total) == (5, 9)


def test_a_skip_beyond_the_months_budget_is_missed():
    by = terms(skip_budget=2)
    assert judged(ticks("xsxsxsx"), by, day(7)) == "xsxsxmx"
    assert current(ticks("xsxsxsx"), by, day(7)) == 1
    assert current(ticks("xsxsxsx"), terms(skip_budget=0), day(7)) == 1
    assert current(ticks("xsxsxsx"), terms(), day(7)) == 4
    over_the_month = {date(2024, 1, 30): SKIPPED, date(2024, 1, 31): SKIPPED, date(2024, 2, 1): SKIPPED}
    assert judged(over_the_month, by, date(2024, 2, 1), first=date(2024, 1, 30)) == "sss"


def test_skips_that_were_not_needed_use_nothing_up():
    by = terms(**WEEKDAYS, pauses=[Pause(day(8), day(8))], skip_budget=1)
    assert judged(ticks("xxxxxsssxs"), by, day(10)) == "xxxxx--pxs"


def test_an_amount_is_judged_by_its_target():
    by = terms(aim=(Direction.AT_LEAST, 20))
    assert judged(amounts(20, 25, 19, 20, 5), by, day(5)) == "xxmxo"


def test_a_limit_is_judged_when_the_day_is_over_and_its_amount_known():
    by = terms(aim=(Direction.AT_MOST, 2))
    facts = amounts(2, 0, None, 3, 1, 0)
    assert judged(facts, by, day(6)) == "xxomxo"
    assert current(facts, by, day(6)) == 1
    assert current(facts, by, day(7)) == 2
    assert current(amounts(2, 0, None, 1), by, day(5)) == 3


def test_29_february_is_a_day_like_any_other():
    yearly = terms(Frequency.YEARLY, start=date(2020, 2, 29))
    facts = {date(2020, 2, 29): DONE, date(2021, 2, 28): DONE, date(2022, 2, 28): DONE, date(2023, 2, 28): DONE}
    assert current(facts, yearly, date(2024, 2, 28)) == 4
    assert current(facts | {date(2024, 2, 29): DONE}, yearly, date(2024, 2, 29)) == 5
    assert current(facts, yearly, date(2024, 3, 1)) == 0
    daily = terms(start=date(2024, 2, 27))
    assert current(ticks("xxxx", date(2024, 2, 27)), daily, date(2024, 3, 1)) == 4


def test_a_changed_schedule_keeps_history_judged_by_the_old_one():
    daily, mondays = version("Daily"), version("Custom", days=(0,), today=day(8))
    facts = ticks("xxxxxxx" + "x      " + "x      " + "x")
    assert streaks(facts, Terms((mondays, daily)), day(22)).current == Streak(10, day(1), day(22))
    assert judged(ticks("xx.xxxx"), Terms((daily, mondays)), day(14)) == "xxmxxxx" + "m------"
    # What was not due under the old schedule is not due because of the new one.
    back = schedule_from(ScheduleDraft("Daily"), today=day(15), stored=mondays)
    assert judged(ticks("xxxxxxxx"), Terms((daily, mondays, back)), day(16)) == "xxxxxxxx------mo"


def test_a_pause_neither_breaks_nor_feeds():
    paused = terms(pauses=[Pause(day(4), day(30))])
    assert current(ticks("xxx" + 27 * "n"), paused, day(31)) == 3
    assert current(ticks("xxx" + 27 * "x" + "x"), paused, day(31)) == 4
    assert current(ticks("xxx"), terms(pauses=[Pause(day(4))]), day(2000)) == 3


def test_the_best_is_the_longest_and_of_equal_ones_the_latest():
    facts = ticks("xxx.xxxx.x.xxxx.xx")
    found = streaks(facts, terms(), day(18))
    assert found.best == Streak(4, day(12), day(15), after=day(11))
    assert found.current == Streak(2, day(17), day(18), after=day(16))
    assert [streak.length for streak in found.longest] == [4, 4, 3, 2, 1]
    assert [streak.length for streak in all_streaks(facts, terms(), day(18))] == [3, 4, 1, 4, 2]


def test_only_the_longest_are_kept():
    facts = ticks("".join("x" * length + "." for length in range(1, 15)))
    found = streaks(facts, terms(), day(len(facts) + 1))
    assert [streak.length for streak in found.longest] == list(range(14, 14 - LONGEST_KEPT, -1))
    assert len(all_streaks(facts, terms(), day(len(facts) + 1))) == 14


def test_without_facts_there_is_no_streak():
    found = streaks({day(2): ticks(".")[MONDAY]}, terms(), day(3))
    assert (found.current, found.best, found.longest, found.total) == (None, None, (), 0)
    assert streaks({}, Terms(()), day(3)).best is None
    assert all_streaks({}, terms(), day(3)) == []


def test_why_lists_each_day_from_the_miss_before_to_today():
    by = terms(pauses=[Pause(day(4), day(4))], skip_budget=1)
    facts = ticks("xnx xsx")
    streak = streaks(facts, by, day(8)).current
    assert streak.length == 3
    assert [LETTERS[verdict] for _, verdict in why(facts, by, streak, day(8)).days] == list("mxpxsxo")
    assert why(facts, by, streak, day(8)).days[0] == (day(2), Verdict.MISSED)


def test_why_of_an_old_streak_ends_with_the_miss_that_ended_it():
    facts = ticks("xx.x..xxx")
    _, second, _ = all_streaks(facts, terms(), day(9))
    days = why(facts, terms(), second, day(9)).days
    assert [(each.day, LETTERS[verdict]) for each, verdict in days] == [(3, "m"), (4, "x"), (5, "m")]


def test_why_needs_no_facts_from_before_it_says():
    facts = {MONDAY + timedelta(days=number): NOT_DONE if number % 90 == 0 else DONE for number in range(400)}
    by, today = terms(skip_budget=1), day(401)
    streak = streaks(facts, by, today).current
    recent = {local_date: fact for local_date, fact in facts.items() if local_date >= reads_from(streak)}
    assert len(recent) < 100
    assert why(recent, by, streak, today) == why(facts, by, streak, today)


def test_a_state_knows_only_days_that_are_over():
    state = settle(ticks("xxxx"), terms(), day(4))
    assert (state.as_of, state.running.length, state.total) == (day(3), 3, 3)
    for today in (day(2), day(3)):
        with pytest.raises(ValueError, match="not over"):
            settle({}, terms(), today, state)


def test_a_day_costs_one_look_at_its_fact():
    class Counted(dict):
        looks = 0

        def get(self, *key):
            self.looks += 1
            return super().get(*key)

    facts = Counted(ticks("x" * 3_652))
    state = settle(facts, terms(), day(3_653))
    assert state.running.length == 3_652
    assert 3_652 <= facts.looks < 3_652 + 40  # the month of the first fact is looked at whole
    facts.looks = 0
    assert streaks(facts, terms(), day(3_653), state).current.length == 3_652
    assert facts.looks == 1
