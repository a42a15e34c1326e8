"""What may be asked of reading and said of it, at both sides of every bound."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from webapp.domain import quran
from webapp.domain.errors import Problem
from webapp.domain.quran import VERSES, WHOLE
from webapp.domain.reading import Asks, Category, Terms, Unit
from webapp.domain.reading_drafts import PlanDraft, ReadingDraft, WorkDraft

TODAY = date(2026, 3, 10)
TIME, AMOUNT, RANGE = Asks
Q = Category.QURAN


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in problems]


# Goals.


@pytest.mark.parametrize(
    ("seconds", "duration", "fits"),
    [
        (59, None, False),
        (60, None, True),
        (14_400, None, True),
        (14_401, None, False),
        (0, None, False),
        (-60, None, False),
        (600, 1, True),
        (14_400, 1, True),
        (14_401, 1, False),
        (14_400 * 30, 30, True),
        (14_400 * 30 + 1, 30, False),
        (60 * 30, 30, True),
        (60 * 30 - 1, 30, False),
        (59 * 30, 30, False),
        (14_401, 2, True),
    ],
)
def test_the_bounds_of_time_are_of_a_days_share(seconds: int, duration: int | None, fits: bool) -> None:
    """The share is exact, whatever the portions of its days are rounded to."""
    found = codes(PlanDraft(Q, TIME, seconds, duration=duration).check())
    assert found == ([] if fits else [("amount", "daily_time")])


@pytest.mark.parametrize("mushaf", sorted(quran.MUSHAFS))
def test_pages_are_as_many_as_the_mushaf_has(mushaf: int) -> None:
    most = {6: 610, 7: 548}.get(mushaf, 604)
    for amount, fits in ((0, False), (1, True), (most, True), (most + 1, False)):
        found = PlanDraft(Q, AMOUNT, amount, mushaf=mushaf).check()
        over = Problem("amount", "out_of_range", {"minimum": 1, "maximum": most})
        assert found == ([] if fits else [over])


@pytest.mark.parametrize(
    ("category", "size", "most"),
    [
        (Q, None, 604),
        (Category.BOOK, 320, 320),
        (Category.BOOK, None, 100_000),
        (Category.COURSE, None, 100_000),
        (Category.PROGRAMME, None, 100_000),
        (Category.CHALLENGE, None, 100_000),
    ],
)
def test_an_amount_is_within_the_work(category: Category, size: int | None, most: int) -> None:
    assert PlanDraft(category, AMOUNT, most, size=size).check() == []
    over = Problem("amount", "out_of_range", {"minimum": 1, "maximum": most})
    assert PlanDraft(category, AMOUNT, most + 1, size=size).check() == [over]


@pytest.mark.parametrize(
    ("span", "fits"),
    [
        (WHOLE, True),
        ((VERSES, VERSES), True),
        ((1, 1), True),
        ((0, 5), False),
        ((1, VERSES + 1), False),
        ((9, 8), False),
        (None, False),
    ],
)
def test_a_range_is_of_verses_that_exist(span: Any, fits: bool) -> None:
    assert codes(PlanDraft(Q, RANGE, span=span).check()) == ([] if fits else [("amount", "not_a_range")])


@pytest.mark.parametrize(
    ("draft", "found"),
    [
        (PlanDraft(Q, RANGE, 5, (1, 7)), ("amount", "not_a_range")),
        (PlanDraft(Q, RANGE, 5), ("amount", "not_a_range")),
        (PlanDraft(Q, TIME, 600, (1, 7)), ("amount", "not_a_number")),
        (PlanDraft(Q, AMOUNT, None, (1, 7)), ("amount", "not_a_number")),
        (PlanDraft(Q, AMOUNT), ("amount", "not_a_number")),
        (PlanDraft(Category.BOOK, RANGE, span=(1, 7)), ("asks", "no_verses")),
        (PlanDraft(None, TIME, 600), ("category", "required")),
        (PlanDraft(Q, None, 600), ("asks", "required")),
        (PlanDraft(Q, TIME, 600, mushaf=8), ("mushaf", "unknown_choice")),
        (PlanDraft(Q, TIME, 600, mushaf=0), ("mushaf", "unknown_choice")),
        (PlanDraft(Q, AMOUNT, 6, duration=0), ("duration", "out_of_range")),
        (PlanDraft(Q, AMOUNT, 6, duration=-1), ("duration", "out_of_range")),
        (PlanDraft(Q, AMOUNT, 6, duration=3_661), ("duration", "out_of_range")),
    ],
)
def test_type_and_amount_match(draft: PlanDraft, found: tuple[str, str]) -> None:
    assert codes(draft.check()) == [found]


def test_every_problem_is_said_at_once() -> None:
    found = codes(PlanDraft(None, None, mushaf=8, duration=0).check())
    assert {field for field, _ in found} == {"category", "asks", "mushaf", "duration"}


def test_the_longest_duration_is_ten_years() -> None:
    draft = PlanDraft(Q, RANGE, span=WHOLE, duration=3_660, mushaf=7)
    assert draft.check() == []
    assert draft.terms(TODAY) == Terms(RANGE, None, WHOLE, 3_660, 7, TODAY)


# Books.


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, []),
        ({"unit": Unit.CHAPTERS, "size": 1, "colour": 8}, []),
        ({"size": 100_000}, []),
        ({"title": "  "}, [("title", "required")]),
        ({"title": "x" * 500}, [("title", "too_long")]),
        ({"unit": Unit.PARTS}, [("unit", "unknown_choice")]),
        ({"unit": None}, [("unit", "unknown_choice")]),
        ({"size": 0}, [("size", "out_of_range")]),
        ({"size": 100_001}, [("size", "out_of_range")]),
        ({"colour": 0}, [("colour", "out_of_range")]),
    ],
)
def test_a_book_has_a_title_a_unit_and_perhaps_a_size(said: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert codes(replace(WorkDraft("Middlemarch", size=900), **said).check()) == found


# What was read.


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"seconds": 1}, []),
        ({"seconds": 86_400}, []),
        ({"amount": Decimal("0.5")}, []),
        ({"amount": Decimal("0.000001")}, []),
        ({"amount": Decimal(100_000)}, []),
        ({"verses": ((1, VERSES),)}, []),
        ({"verses": ((9, 12), (1, 10))}, []),
        ({"verses": ((1, 1),) * 300, "mushaf": 19}, []),
        ({"seconds": 60, "amount": Decimal(1), "verses": ((1, 7),), "day": TODAY}, []),
        ({"seconds": 60, "day": date(1900, 1, 1)}, []),
        ({}, [("", "nothing_read")]),
        ({"seconds": 0}, [("seconds", "out_of_range")]),
        ({"seconds": -5}, [("seconds", "out_of_range")]),
        ({"seconds": 86_401}, [("seconds", "out_of_range")]),
        ({"amount": Decimal(0)}, [("amount", "out_of_range")]),
        ({"amount": Decimal(-1)}, [("amount", "out_of_range")]),
        ({"amount": Decimal("100000.000001")}, [("amount", "out_of_range")]),
        ({"amount": Decimal("NaN")}, [("amount", "out_of_range")]),
        ({"amount": Decimal("Infinity")}, [("amount", "out_of_range")]),
        ({"amount": Decimal("0.0000001")}, [("amount", "too_fine")]),
        ({"verses": ((1, 1),) * 301}, [("verses", "too_many")]),
        ({"verses": ((0, 1),)}, [("verses", "not_a_range")]),
        ({"verses": ((1, 7), (9, 8))}, [("verses", "not_a_range")]),
        ({"verses": ((1, VERSES + 1),)}, [("verses", "not_a_range")]),
        ({"seconds": 60, "mushaf": 8}, [("mushaf", "unknown_choice")]),
        ({"seconds": 60, "day": TODAY + timedelta(days=1)}, [("day", "in_the_future")]),
        ({"seconds": 60, "day": date(1899, 12, 31)}, [("day", "too_early")]),
        ({"seconds": 0, "mushaf": 8, "day": date.max}, None),
    ],
)
def test_what_was_read_is_something_of_a_day_up_to_today(said: dict[str, Any], found: Any) -> None:
    problems = codes(ReadingDraft(**said).check(Q, TODAY))
    if found is None:
        assert [field for field, _ in problems] == ["seconds", "mushaf", "day"]
    else:
        assert problems == found


def test_a_book_has_no_verses() -> None:
    draft = ReadingDraft(verses=((1, 7),))
    assert codes(draft.check(Category.BOOK, TODAY)) == [("verses", "no_verses")]
    assert codes(draft.check(Category.COURSE, TODAY)) == [("verses", "no_verses")]
    assert draft.check(Category.PROGRAMME, TODAY) == []
