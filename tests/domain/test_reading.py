"""What a day asks, how far it is, and how far the whole is: by hand, and for every history of reading."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain import quran
from webapp.domain.quran import VERSES, WHOLE, pages_of
from webapp.domain.ranges import Range, Ranges, shared, size, united, without
from webapp.domain.reading import (
    Asks,
    Done,
    Portion,
    Read,
    Standing,
    Terms,
    Today,
    counted,
    day_of,
    portion,
    standing,
    week,
)

FIRST = date(2026, 3, 1)
DAY = timedelta(days=1)


def terms(asks: Asks, wanted: int | Range, duration: int | None = None, mushaf: int | None = 4) -> Terms:
    if isinstance(wanted, tuple):
        return Terms(asks, None, wanted, duration, mushaf, FIRST)
    return Terms(asks, wanted, None, duration, mushaf, FIRST)


def day(number: int) -> date:
    """Day 1 is the first."""
    return FIRST + (number - 1) * DAY


PAGES = terms(Asks.AMOUNT, 604, 30)
KHATM = terms(Asks.RANGE, WHOLE, 30)
BAQARA = terms(Asks.RANGE, (8, 293), 10)


def pages(amount: int | str) -> Read:
    return Read(amount=Decimal(amount))


def verses(*parts: Range, seconds: int = 0) -> Read:
    return Read(seconds, verses=parts)


# Portions.


def test_six_hundred_and_four_pages_in_thirty_days() -> None:
    """Domain rules §11: with the first three days missed 21, 21, 22, then 23."""
    assert [portion(PAGES, Done(), day(number)).amount for number in (1, 2, 3, 4)] == [21, 21, 22, 23]


def test_whoever_reads_each_portion_is_done_on_the_last_day_or_before() -> None:
    done, asked = Done(), []
    for number in range(1, 31):
        asked.append(portion(PAGES, done, day(number)).amount)
        done = done.after(PAGES, [pages(asked[-1])])
    assert sum(asked) == 604
    assert asked == sorted(asked, reverse=True)
    assert set(asked) == {20, 21}
    assert standing(PAGES, done, day(30)) == Standing(Decimal(1), Decimal(0), 1, True)


@pytest.mark.parametrize(
    ("wanted", "duration", "done", "on", "asked"),
    [
        (604, 30, "0", 1, 21),
        (604, 30, "604", 9, 0),
        (604, 30, "700", 9, 0),
        (604, 30, "603.5", 9, 1),
        (604, 30, "574", 1, 1),
        (604, 30, "573.999999", 1, 2),
        (604, 30, "300", 30, 304),
        (604, 30, "300", 31, 304),
        (604, 30, "300", 400, 304),
        (604, 1, "0", 1, 604),
        (604, None, "0", 1, 604),
        (10, None, "0", 900, 10),
        (604, 30, "0", 0, 21),
        (604, 30, "0", -5, 21),
    ],
)
def test_what_is_left_is_shared_among_the_days_left(
    wanted: int, duration: int | None, done: str, on: int, asked: int
) -> None:
    """Today included, at least one day; also where somebody's clock is behind the day they began on."""
    assert portion(terms(Asks.AMOUNT, wanted, duration), Done(Decimal(done)), day(on)) == Portion(asked)


@pytest.mark.parametrize(
    ("done", "on", "asked"), [(0, 1, 600), (0, 10, 858), (17_400, 30, 600), (17_999, 30, 1), (0, 31, 18_000)]
)
def test_time_is_shared_in_whole_seconds(done: int, on: int, asked: int) -> None:
    assert portion(terms(Asks.TIME, 18_000, 30), Done(Decimal(done)), day(on)) == Portion(
        asked * 1 if on != 10 else -(-18_000 // 21)
    )
    assert portion(terms(Asks.TIME, 600), Done(), day(on)) == Portion(600)


def test_the_whole_quran_in_thirty_days_leaves_no_verse_out() -> None:
    done, parts = Done(), []
    for number in range(1, 31):
        asked = portion(KHATM, done, day(number))
        parts.extend(asked.verses)
        assert pages_of(asked.verses) < Fraction(604, 30) + 1
        done = done.after(KHATM, [verses(*asked.verses)])
    assert [first for first, _ in parts] == [1, *(last + 1 for _, last in parts[:-1])]
    assert (parts[-1][1], len(parts)) == (VERSES, 30)
    assert done.verses == (WHOLE,)
    assert portion(KHATM, done, day(30)) == Portion()
    assert standing(KHATM, done, day(30)) == Standing(Decimal(1), Decimal(0), 1, True)


def test_days_missed_make_the_others_longer() -> None:
    asked = [portion(KHATM, Done(), day(number)).verses for number in (1, 4, 30, 31)]
    assert [quran.range_text(one[0]) for one in asked] == ["1:1-2:135", "1:1-2:148", "1:1-114:6", "1:1-114:6"]
    assert all(pages_of(part) >= Fraction(604, days) for part, days in zip(asked, (30, 27, 1, 1), strict=True))


def test_what_was_read_ahead_or_elsewhere_is_not_asked_again() -> None:
    ahead = Done().after(BAQARA, [verses((8, 150))])
    assert portion(BAQARA, ahead, day(2)).verses[0][0] == 151
    elsewhere = Done().after(BAQARA, [verses((20, 40), (290, 400))])
    assert elsewhere.verses == ((20, 40), (290, 293))
    first, *rest = portion(BAQARA, elsewhere, day(2)).verses
    assert first == (8, 19)
    assert rest[0][0] == 41
    assert portion(BAQARA, Done().after(BAQARA, [verses((8, 293))]), day(2)) == Portion()


def test_reading_again_counts_for_time_and_pages_and_never_twice_for_a_range() -> None:
    days = [verses((8, 100), seconds=900), verses((8, 100), seconds=900)]
    assert Done().after(BAQARA, days) == Done().after(BAQARA, days[:1])
    assert Done().after(terms(Asks.TIME, 18_000, 30), days).amount == 1_800
    once = counted(PAGES, days[0])
    assert Done().after(PAGES, days).amount == 2 * once > 0


def test_on_one_day_a_verse_counts_once() -> None:
    both = verses((8, 50)).and_(verses((40, 60), seconds=60)).and_(pages("0.5"))
    assert both == Read(60, Decimal("0.5"), ((8, 60),))
    assert both.filled(4) == Decimal("0.5") + quran.kept_pages(pages_of(((8, 60),)))


def test_a_goal_of_pages_counts_the_pages_of_its_own_mushaf() -> None:
    whole = verses(WHOLE)
    assert [counted(terms(Asks.AMOUNT, 1, 9, mushaf), whole) for mushaf in (4, 6, 7, None)] == [604, 610, 548, 604]


@pytest.mark.parametrize("mushaf", [4, 6, 7])
@pytest.mark.parametrize("step", [1, 3, 7])
def test_pages_read_verse_by_verse_come_to_the_whole(mushaf: int, step: int) -> None:
    """Parts of pages have endless decimals: none may be missing in the end."""
    by = terms(Asks.AMOUNT, quran.pages_in(mushaf), 3000, mushaf)
    parts = [verses((first, min(first + step - 1, VERSES))) for first in range(1, VERSES + 1, step)]
    found = standing(by, Done().after(by, parts), day(3000))
    assert found is not None
    assert (found.reached, found.left) == (True, 0)
    almost = standing(by, Done().after(by, parts[:-1]), day(3000))
    assert almost is not None
    assert not almost.reached


# A day.


@pytest.mark.parametrize(
    ("by", "asked", "read", "left", "progress"),
    [
        (PAGES, Portion(20), Read(), Portion(20), "0"),
        (PAGES, Portion(20), pages("5"), Portion(15), "0.25"),
        (PAGES, Portion(20), pages("19.5"), Portion(1), "0.975"),
        (PAGES, Portion(20), pages("20"), Portion(0), "1"),
        (PAGES, Portion(20), pages("50"), Portion(0), "1"),
        (PAGES, Portion(0), Read(), Portion(0), "1"),
        (PAGES, Portion(2), verses((1, 7)), Portion(1), "0.5"),
        (terms(Asks.TIME, 600), Portion(600), Read(150), Portion(450), "0.25"),
        (terms(Asks.TIME, 600), Portion(600), pages("9"), Portion(600), "0"),
        (BAQARA, Portion(verses=((8, 23),)), verses((1, 12)), Portion(verses=((13, 23),)), "0.5"),
        (BAQARA, Portion(verses=((8, 23),)), verses((1, 400)), Portion(), "1"),
        (BAQARA, Portion(verses=((8, 23),)), verses((24, 400)), Portion(verses=((8, 23),)), "0"),
        (BAQARA, Portion(), Read(), Portion(), "1"),
    ],
)
def test_a_day_is_as_far_as_what_was_read_of_its_portion(
    by: Terms, asked: Portion, read: Read, left: Portion, progress: str
) -> None:
    assert day_of(by, asked, read) == Today(asked, left, Decimal(progress))


def test_a_daily_range_is_asked_anew_each_day() -> None:
    kahf = terms(Asks.RANGE, (2141, 2250))
    assert portion(kahf, Done(), day(1)) == portion(kahf, Done(), day(90)) == Portion(verses=((2141, 2250),))
    assert standing(kahf, Done(), day(1)) is None


# The whole.


def test_the_whole_is_what_is_left_and_how_long_that_has_time() -> None:
    assert standing(PAGES, Done(Decimal(151)), day(10)) == Standing(Decimal("0.25"), Decimal(453), 21, False)
    assert standing(PAGES, Done(Decimal(700)), day(10)) == Standing(Decimal(1), Decimal(0), 21, True)
    over = standing(PAGES, Done(Decimal(484)), day(45))
    assert over is not None
    assert (over.left, over.days_left, over.reached) == (Decimal(120), 1, False)
    half = standing(replace(KHATM, mushaf=6), Done(verses=(quran.verses_on(1, 302) or WHOLE,)), day(1))
    assert half == Standing(Decimal("0.5"), Decimal(305), 30, False)


def test_a_goal_has_a_last_day_when_it_has_a_duration() -> None:
    assert (PAGES.ends, terms(Asks.AMOUNT, 3, 1).ends, terms(Asks.AMOUNT, 3).ends) == (date(2026, 3, 30), FIRST, None)


# The week ahead.


@pytest.mark.parametrize("by", [replace(PAGES, duration=d) for d in range(1, 8)] + [replace(BAQARA, duration=7)])
def test_the_week_of_a_short_goal_asks_for_all_of_it(by: Terms) -> None:
    days = week(by, Done(), FIRST)
    assert [one for one, _ in days] == [FIRST + n * DAY for n in range(len(days))]
    assert len(days) == by.duration
    if by.span:
        assert united(*(asked.verses for _, asked in days)) == (by.span,)
        assert sum(size(asked.verses) for _, asked in days) == size((by.span,))
    else:
        assert sum(asked.amount for _, asked in days) == by.amount


def test_the_week_ends_with_the_goal_and_not_before_today() -> None:
    assert [asked.amount for _, asked in week(PAGES, Done(Decimal(590)), day(28))] == [5, 5, 4]
    assert week(PAGES, Done(Decimal(590)), day(80)) == [(day(80), Portion(14))]
    assert week(PAGES, Done(Decimal(604)), day(3)) == []
    assert week(terms(Asks.AMOUNT, 3, 30), Done(), FIRST) == [(day(n), Portion(1)) for n in (1, 2, 3)]


def test_a_daily_goal_asks_the_same_all_week() -> None:
    for by, asked in (
        (terms(Asks.TIME, 600), Portion(600)),
        (terms(Asks.AMOUNT, 4), Portion(4)),
        (terms(Asks.RANGE, (1, 7)), Portion(verses=((1, 7),))),
    ):
        assert week(by, Done(), FIRST, Read(9_000, Decimal(90), (WHOLE,))) == [(day(n), asked) for n in range(1, 8)]


def test_more_than_the_portion_makes_the_days_to_come_shorter() -> None:
    assert [asked.amount for _, asked in week(PAGES, Done(), FIRST, pages(314))][:3] == [21, 10, 10]
    ahead = week(KHATM, Done(), FIRST, verses((1, 3000)))
    assert ahead[1][1].verses[0][0] == 3001
    less = week(PAGES, Done(), FIRST, pages(1))
    assert less == week(PAGES, Done(), FIRST)


# For every history.

spans = st.tuples(st.integers(1, VERSES), st.integers(1, VERSES)).map(lambda two: (min(two), max(two)))
reads = st.builds(
    Read,
    st.integers(0, 5_000),
    st.decimals(0, 60, places=2),
    st.lists(spans, max_size=3).map(lambda parts: united(parts)),
)


@given(spans, st.integers(1, 60), st.lists(spans, max_size=6), st.integers(-2, 70))
def test_a_portion_of_verses_is_of_what_is_left_and_begins_it(
    span: Range, duration: int, read: Sequence[Range], on: int
) -> None:
    by = terms(Asks.RANGE, span, duration)
    done = Done().after(by, [verses(one) for one in read])
    left: Ranges = without((span,), united(read))
    assert done.verses == shared((span,), united(read))
    asked = portion(by, done, day(on)).verses
    days = by.days_left(day(on))
    assert without(asked, left) == ()
    assert pages_of(asked) >= pages_of(left) / days
    rest = without(left, asked)
    assert not rest or not asked or asked[-1][1] < rest[0][0]
    assert (asked == ()) is (left == ())
    assert days > 1 or asked == left


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), spans), max_size=20), spans, st.integers(1, 20))
def test_whatever_is_missed_the_last_day_asks_for_all_that_is_left(
    lived: Sequence[tuple[bool, Range]], span: Range, duration: int
) -> None:
    by = terms(Asks.RANGE, span, duration)
    done = Done()
    for number, (kept, instead) in enumerate(lived[: duration - 1], 1):
        asked = portion(by, done, day(number)).verses
        done = done.after(by, [Read(verses=asked if kept else (instead,))])
    last = portion(by, done, day(duration)).verses
    assert united(done.verses, last) == (span,)
    assert shared(done.verses, last) == ()


@given(
    st.sampled_from([Asks.TIME, Asks.AMOUNT]), st.integers(1, 5_000), st.integers(1, 40), st.lists(reads, max_size=8)
)
def test_portions_of_an_amount_never_ask_for_more_than_is_left_nor_too_little(
    asks: Asks, wanted: int, duration: int, read: Sequence[Read]
) -> None:
    by, done = terms(asks, wanted, duration), Done()
    for number, one in enumerate(read, 1):
        asked, left = portion(by, done, day(number)).amount, max(wanted - done.amount, Decimal(0))
        days = by.days_left(day(number))
        assert asked * days >= left
        assert (asked - 1) * days < left
        done = done.after(by, [one])
    assert done == Done().after(by, read)


@given(st.sampled_from([PAGES, KHATM, BAQARA, terms(Asks.TIME, 20_000, 20)]), st.lists(reads, max_size=8), st.data())
def test_what_is_done_is_the_same_in_any_order_and_in_any_pieces(
    by: Terms, read: Sequence[Read], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(read))
    cut = data.draw(st.integers(0, len(read)))
    whole = Done().after(by, read)
    assert Done().after(by, shuffled) == whole
    assert Done().after(by, read[:cut]).after(by, read[cut:]) == whole


@given(st.lists(reads, max_size=6), st.data())
def test_what_was_said_of_a_day_adds_up_in_any_order(said: Sequence[Read], data: st.DataObject) -> None:
    both = []
    for order in (said, data.draw(st.permutations(said))):
        day_ = Read()
        for one in order:
            day_ = day_.and_(one)
        both.append(day_)
    assert both[0] == both[1]
    assert both[0].verses == united(*(one.verses for one in said))
