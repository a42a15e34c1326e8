"""The words of reading: amounts, times, verses, goals, days and rows of days, and what can be wrong with them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from tests.make import TODAY
from webapp.domain.errors import Problem
from webapp.domain.reading import Asks, Category, Portion, Read, Terms, Unit
from webapp.domain.reading_streaks import Run
from webapp.queries.reading import WorkRow
from webapp.web.formats import problem_text
from webapp.web.reading_words import (
    amount_words,
    day_words,
    goal_words,
    place_words,
    portion_words,
    run_words,
    time_words,
    verses_words,
)

NEW_PROBLEMS = (
    Problem("category", "goal_is_live", {"id": "a"}),
    Problem("category", "which_book"),
    Problem("verses", "no_verses"),
    Problem("amount", "not_a_range"),
    Problem("amount", "not_a_number"),
    Problem("amount", "daily_time"),
    Problem("", "nothing_read"),
    Problem("seconds", "day_is_full"),
    Problem("unit", "already_read"),
    Problem("amount", "too_fine", {"places": 6}),
    Problem("day", "in_the_future"),
    Problem("day", "too_early"),
    Problem("at", "read_before", {"place": 12}),
    Problem("at", "one_of_both"),
)


@pytest.mark.parametrize("problem", NEW_PROBLEMS, ids=lambda problem: problem.code)
def test_every_problem_of_reading_has_words(app: Flask, problem: Problem) -> None:
    with app.test_request_context():
        said = problem_text(problem.code, problem.params)
    assert problem.code not in said
    assert all(str(value) in said for name, value in problem.params.items() if name != "id")


def row(category: Category, **columns: Any) -> WorkRow:
    """A work of 300 pages unless said otherwise."""
    given = {"unit": Unit.PAGES, "size": 300, "place": None, "mushaf": None, **columns}
    return WorkRow(1, "a", category, "", colour=1, archived=False, **given)


def test_reading_is_said_in_few_words(app: Flask) -> None:
    book, quran_ = row(Category.BOOK), row(Category.QURAN, size=None)
    far = ((1, 7), (8, 8), (10, 12), (300, 301))
    with app.test_request_context():
        assert [time_words(each) for each in (1, 59, 60, 90, 3_600, 4_859)] == [
            "1 second",
            "59 seconds",
            "1 minute",
            "2 minutes",
            "1 hour",
            "1 hour 21 minutes",
        ]
        said = (1, Decimal("1.04"), Decimal("0.5"), 21, 1_200)
        assert [amount_words(each, Unit.PAGES) for each in said] == [
            "1 page",
            "1 page",
            "0.5 pages",
            "21 pages",
            "1,200 pages",
        ]
        assert (amount_words(1, Unit.CHAPTERS), amount_words(2, Unit.PARTS)) == ("1 chapter", "2 parts")
        assert verses_words(()) == ""
        assert verses_words(((150, 150),)) == "2:143 (Al-Baqara)"
        assert verses_words(far[:3]) == "1:1–1:7, 2:1, 2:3–2:5 (Al-Faatiha to Al-Baqara)"
        assert verses_words(far) == "1:1–1:7, 2:1, 2:3–2:5 and 1 more range"
        assert place_words(quran_) == ""
        assert place_words(row(Category.QURAN, place=149)) == "continue at 2:143"
        assert place_words(row(Category.QURAN, place=6236)) == "continue at 1:1"
        assert place_words(row(Category.BOOK, place=120)) == "page 120 of 300"
        assert place_words(row(Category.BOOK, place=300)) == "read to the end"
        assert place_words(row(Category.COURSE, unit=Unit.PARTS, size=None, place=3)) == "part 3"
        assert day_words(Read(600, Decimal(0), ((8, 27),)), quran_, Decimal("2.14")) == (
            "2:1–2:20 (Al-Baqara), 2.1 pages, 10 minutes"
        )
        assert day_words(Read(), book, Decimal(0)) == "nothing"
        assert goal_words(Terms(Asks.TIME, 600, None, None, None, TODAY), book) == "10 minutes every day"
        assert goal_words(Terms(Asks.AMOUNT, 9, None, 1, None, TODAY), book) == "9 pages in one day, on 10 Mar 2026"
        terms = Terms(Asks.RANGE, None, (150, 207), 2, 4, TODAY)
        assert goal_words(terms, quran_) == "2:143–2:200 (Al-Baqara) in 2 days, until 11 Mar 2026"
        assert portion_words(Portion(), terms, quran_) == ""
        assert run_words(Run(date(2025, 12, 30), date(2026, 1, 2))) == "4 days, 30 Dec 2025 – 2 Jan 2026"
        assert run_words(Run(TODAY, TODAY)) == "1 day, 10 Mar 2026"
