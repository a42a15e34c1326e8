"""The ledger: what a day comes to, and when a goal is complete (domain rules §2, §3)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.tracking import (
    Day,
    DayState,
    Direction,
    Fact,
    Mode,
    completes,
    day_value,
    day_values,
    standing,
    state_of,
)

TODAY = date(2025, 5, 14)
TOMORROW = date(2025, 5, 15)
OPEN, DONE, NOT_DONE, SKIPPED = DayState
amounts = st.none() | st.integers(-50, 50).map(Decimal)


def fact(number, mode, value=None, state=None, *, supersedes=None, day=TODAY):
    return Fact(number, day, mode, state, None if value is None else Decimal(value), supersedes)


@st.composite
def ledgers(draw):
    """Facts of two dates, some of which correct an earlier one."""
    facts = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        earlier = st.none() | (st.integers(1, number - 1) if number > 1 else st.none())
        mode, state = draw(st.sampled_from(Mode)), draw(st.none() | st.sampled_from(DayState))
        day = draw(st.sampled_from([TODAY, TOMORROW]))
        facts.append(Fact(number, day, mode, state, draw(amounts), draw(earlier)))
    return facts


def test_a_day_is_its_last_set_and_the_adds_after_it():
    facts = [fact(1, Mode.ADD, 5), fact(2, Mode.SET, 2), fact(3, Mode.ADD, 3), fact(4, Mode.ADD, "0.5")]
    assert day_value(facts) == Day(OPEN, Decimal("5.5"))
    assert {day_value(order) for order in permutations(facts)} == {Day(OPEN, Decimal("5.5"))}


def test_without_facts_a_day_is_open_and_unmeasured():
    assert day_value([]) == Day(OPEN, None)


def test_adds_alone_start_from_nothing():
    assert day_value([fact(1, Mode.ADD, 3), fact(2, Mode.ADD, -1)]) == Day(OPEN, Decimal(2))


def test_ticking_again_changes_nothing():
    once = day_value([fact(1, Mode.SET, state=DONE)])
    assert once == day_value([fact(number, Mode.SET, state=DONE) for number in (1, 2, 3)]) == Day(DONE, None)


def test_a_set_says_everything_anew():
    facts = [fact(1, Mode.SET, 7, DONE), fact(2, Mode.SET, state=SKIPPED)]
    assert day_value(facts) == Day(SKIPPED, None)


@pytest.mark.parametrize(("before", "after"), [(DONE, DONE), (SKIPPED, OPEN), (NOT_DONE, OPEN), (OPEN, OPEN)])
def test_adding_keeps_a_done_and_reopens_a_refusal(before, after):
    assert day_value([fact(1, Mode.SET, 2, before), fact(2, Mode.ADD, 1)]) == Day(after, Decimal(3))


def test_a_corrected_add_stays_where_the_add_was():
    facts = [fact(1, Mode.SET, 5), fact(2, Mode.ADD, 2), fact(3, Mode.ADD, 1)]
    assert day_value([*facts, fact(4, Mode.ADD, 20, supersedes=2)]).value == 26
    under_a_set = [fact(1, Mode.ADD, 2), fact(2, Mode.SET, 10), fact(3, Mode.ADD, 1)]
    assert day_value([*under_a_set, fact(4, Mode.ADD, 20, supersedes=1)]).value == 11


def test_a_corrected_set_keeps_the_adds_after_it():
    facts = [fact(1, Mode.SET, 5), fact(2, Mode.ADD, 2), fact(3, Mode.SET, 6, supersedes=1)]
    assert day_value(facts).value == 8


def test_corrections_of_corrections_keep_the_first_place():
    facts = [
        fact(1, Mode.ADD, 1),
        fact(2, Mode.SET, 10),
        fact(3, Mode.ADD, 2, supersedes=1),
        fact(4, Mode.ADD, 4, supersedes=3),
        fact(5, Mode.SET, 20, supersedes=2),
    ]
    assert day_value(facts).value == 20
    assert [kept.id for kept in standing(facts)] == [4, 5]


def test_of_two_corrections_of_one_fact_the_later_counts():
    facts = [fact(1, Mode.ADD, 1), fact(2, Mode.ADD, 2, supersedes=1), fact(3, Mode.ADD, 3, supersedes=1)]
    assert day_value(facts).value == 3


def test_a_correction_that_says_nothing_withdraws():
    facts = [fact(1, Mode.SET, 5), fact(2, Mode.ADD, 2), fact(3, Mode.ADD, supersedes=2)]
    assert day_value(facts).value == 5
    assert day_values([fact(1, Mode.SET, 5), fact(2, Mode.SET, supersedes=1)]) == {}


def test_a_fact_moved_to_another_date_leaves_the_first():
    facts = [fact(1, Mode.SET, 5), fact(2, Mode.SET, 5, supersedes=1, day=TOMORROW)]
    assert day_values(facts) == {TOMORROW: Day(OPEN, Decimal(5))}


def test_a_successor_whose_original_is_not_at_hand_still_has_its_place():
    assert day_value([fact(9, Mode.ADD, 2, supersedes=1), fact(5, Mode.SET, 10)]).value == 10


def test_a_ledger_that_points_forward_or_at_itself_still_ends():
    assert day_value([fact(1, Mode.SET, 1, supersedes=2), fact(2, Mode.ADD, 1, supersedes=2)]).value == 2


@given(ledgers(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_arrive_never_matters(facts, random):
    shuffled = random.sample(facts, len(facts))
    assert day_values(shuffled) == day_values(facts)
    assert standing(shuffled) == standing(facts)


@given(ledgers())
def test_all_dates_together_are_what_each_comes_to_by_its_standing_facts(facts):
    in_order = [replace(kept, id=place, supersedes=None) for place, kept in enumerate(standing(facts))]
    alone = {day: [kept for kept in in_order if kept.local_date == day] for day in (TODAY, TOMORROW)}
    assert day_values(facts) == {day: day_value(of_day) for day, of_day in alone.items() if of_day}


@given(ledgers())
def test_a_superseded_fact_never_counts(facts):
    superseded = {known.supersedes for known in facts}
    assert not superseded & {kept.id for kept in standing(facts)}


@pytest.mark.parametrize(
    ("value", "direction", "state"),
    [
        (None, Direction.AT_LEAST, OPEN),
        ("7.999999", Direction.AT_LEAST, OPEN),
        ("8", Direction.AT_LEAST, DONE),
        ("9", Direction.AT_LEAST, DONE),
        (None, Direction.AT_MOST, OPEN),
        ("0", Direction.AT_MOST, DONE),
        ("8.0", Direction.AT_MOST, DONE),
        ("8.000001", Direction.AT_MOST, NOT_DONE),
    ],
)
def test_the_state_an_amount_earns_against_eight(value, direction, state):
    assert state_of(None if value is None else Decimal(value), Decimal(8), direction) is state


def test_at_most_is_open_until_the_day_is_over_and_a_given_state_counts_first():
    nine = Day(OPEN, Decimal(9))
    assert nine.judged(Decimal(8), Direction.AT_MOST, over=False) is OPEN
    assert nine.judged(Decimal(8), Direction.AT_MOST, over=True) is NOT_DONE
    assert nine.judged(Decimal(8), Direction.AT_LEAST, over=False) is DONE
    assert Day(SKIPPED, Decimal(9)).judged(Decimal(8), Direction.AT_LEAST, over=True) is SKIPPED


@pytest.mark.parametrize(
    ("bounded", "states", "complete"),
    [
        (True, [DONE], True),
        (True, [DONE, DONE], True),
        (True, [DONE, SKIPPED], True),
        (True, [DONE, OPEN], False),
        (True, [DONE, NOT_DONE], False),
        (True, [SKIPPED, SKIPPED], False),
        (True, [OPEN], False),
        (True, [], False),
        (False, [DONE, DONE], False),
        (False, [], False),
    ],
)
def test_a_goal_completes_when_all_that_counts_is_done(bounded, states, complete):
    assert completes(bounded=bounded, states=iter(states)) is complete
