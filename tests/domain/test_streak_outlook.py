"""What a streak will be if nothing more is said is what it then is."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.habits import amounts, day, terms, ticks
from webapp.domain.pauses import Pause
from webapp.domain.schedules import Frequency, QuotaPeriod
from webapp.domain.streaks import outlook, settle, streaks
from webapp.domain.tracking import Direction

SCHEDULES = (
    terms(),
    terms(skip_budget=0),
    terms(Frequency.CUSTOM, days=(0, 3)),
    terms(Frequency.MONTHLY),
    terms(Frequency.QUOTA, times=2, period=QuotaPeriod.WEEK),
    terms(Frequency.QUOTA, times=2, period=QuotaPeriod.ROLLING, length=7),
    terms(pauses=(Pause(day(12), day(25)),)),
    terms(pauses=(Pause(day(12)),)),
    terms(until=day(20)),
)


def foreseen(found, on):
    """The length the outlook gives for a day."""
    return next((length for until, length in found.steps if on <= until), 0)


@settings(max_examples=80)
@given(st.text("xsn.", min_size=1, max_size=24), st.sampled_from(SCHEDULES), st.integers(0, 6))
def test_every_day_ahead_is_foreseen(marks, by, ahead):
    facts, today = ticks(marks), day(max(1, len(marks) - ahead))
    found = outlook(facts, by, today)
    for on in (day(number) for number in range(max(1, len(marks) - ahead), len(marks) + 40)):
        now = streaks(facts, by, on)
        assert foreseen(found, on) == (now.current.length if now.current else 0)
    best = streaks(facts, by, today).best
    assert found.best == (best.length if best else 0)


@settings(max_examples=60)
@given(st.text("xsn.", min_size=3, max_size=60), st.sampled_from(SCHEDULES), st.integers(1, 2))
def test_a_state_saves_the_walk(marks, by, back):
    facts, today = ticks(marks), day(len(marks))
    state = settle(facts, by, day(len(marks) - back + 1))
    later = {on: fact for on, fact in facts.items() if on > state.as_of}
    assert outlook(later, by, today, state) == outlook(facts, by, today)


@settings(max_examples=30)
@given(st.lists(st.sampled_from((None, 1, 3)), min_size=1, max_size=10), st.integers(0, 3))
def test_a_limit_kept_today_or_ahead_counts_the_day_after(values, ahead):
    by, facts, today = terms(aim=(Direction.AT_MOST, 2)), amounts(*values), day(max(1, len(values) - ahead))
    found = outlook(facts, by, today)
    for on in (today, *(day(len(values) + more) for more in (0, 1, 9))):
        now = streaks(facts, by, on)
        assert foreseen(found, on) == (now.current.length if now.current else 0)
