"""What the journal says of many moods: a year in pixels, and the figures of any range."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, Page
from webapp.actions import palette
from webapp.domain.people import Viewer

SVG = "{http://www.w3.org/2000/svg}"


def table(page: Page, heading: str) -> list[list[str]]:
    """The cells of the first table of a section, row by row; what only draws a bar is left out."""
    (section,) = [one for one in page.all("section") if page.words(next(one.iter("h2"))) == heading]
    rows = next(section.iter("table")).iter("tr")
    return [[words for cell in row if (words := page.words(cell))] for row in rows]


def drawn(page: Page, look: str) -> list[str]:
    """The path data of every path of this class."""
    return [one.get("d", "") for one in page.root.iter(f"{SVG}path") if one.get("class") == look]


@pytest.fixture
def many(session: Session, her: Viewer) -> Iterator[None]:
    """Sixty days with two moods each."""
    for back in range(60):
        for level in (5 - back % 5, 3):
            make.mood(session, her, level, make.days_ago(back) if back else None, reasons=["work"] if back % 2 else [])
    session.commit()
    return


def test_the_year_says_what_each_day_came_to(visit: Browser, many: None) -> None:
    page = visit.get("/moods/year")
    assert "Logged on 60 days" in page.words()
    looks = {one.get("data-mood") for one in page.root.iter(f"{SVG}path")} - {None}
    assert looks == {"2", "3", "4"}
    months = table(page, "Days of each month")
    assert months[0] == ["Month", "rad", "good", "meh", "bad", "awful", "logged"]
    assert [(row[0], row[-1]) for row in months[1:]] == [("January", "22"), ("February", "28"), ("March", "10")]
    assert visit.get("/moods/year?year=2025").status == 200
    for wrong in ("soon", "12", "99999", "²⁰²⁶"):
        assert visit.get(f"/moods/year?year={wrong}").status == 404


def test_statistics_say_how_often_first(visit: Browser, many: None) -> None:
    page = visit.get("/moods/statistics?first=2026-03-01&last=2026-03-10")
    headings = [page.words(one) for one in page.all("h2")]
    assert headings == ["How often", "The middle", "Over time", "Reasons", "By weekday"]
    words = page.words()
    assert "20 moods, on 10 days of 10" in words
    assert "Median" in words
    assert "over 9 pairs of days" in words
    assert table(page, "How often")[1:] == [
        ["rad", "2 10 %"],
        ["good", "2 10 %"],
        ["meh", "12 60 %"],
        ["bad", "2 10 %"],
        ["awful", "2 10 %"],
    ]


def test_a_range_that_cannot_be_is_said_at_its_fields(visit: Browser, many: None) -> None:
    for first, last, field, words in (
        ("2026-03-10", "2026-03-01", "last", "The end lies before the beginning."),
        ("soon", "2026-03-01", "first", "Please write a date, like 2026-03-14."),
        ("2026-03-01", "soon", "last", "Please write a date, like 2026-03-14."),
        ("2026-03-11", "", "first", "That is still ahead."),
        ("2026-03-11", "2026-04-01", "first", "That is still ahead."),
    ):
        page = visit.get(f"/moods/statistics?first={first}&last={last}")
        assert (page.errors(), page.value("first"), page.value("last")) == ({field: words}, first, last)
    assert (
        "Nothing was logged in these days." in visit.get("/moods/statistics?first=2020-01-01&last=2020-02-01").words()
    )


def test_one_end_of_a_range_is_enough(visit: Browser, many: None) -> None:
    for query, first, last in (
        ("first=2026-03-01", "2026-03-01", "2026-03-10"),
        ("last=2026-02-01", "2026-01-10", "2026-02-01"),
        ("last=2025-02-01", "2025-02-01", "2025-02-01"),
    ):
        page = visit.get(f"/moods/statistics?{query}")
        assert (page.errors(), page.value("first"), page.value("last")) == ({}, first, last)


def test_gaps_in_the_trend_stay_gaps(session: Session, visit: Browser, her: Viewer) -> None:
    for back, level in ((9, 1), (8, 5), (1, 3)):
        make.mood(session, her, level, make.days_ago(back))
    session.commit()
    page = visit.get("/moods/statistics?first=2026-03-01&last=2026-03-10")
    assert drawn(page, "line")[-1] == "M50 100L150 0M850 50"


def test_few_moods_are_said_to_be_few(session: Session, visit: Browser, her: Viewer) -> None:
    for back in (1, 2):
        make.mood(session, her, 4, make.days_ago(back), reasons=["rain"])
    session.commit()
    page = visit.get("/moods/statistics")
    assert "These are few moods" in page.words()
    assert table(page, "Reasons")[1:] == [["rain", "2", "4 few"]]


def test_few_counts_what_has_a_level(session: Session, visit: Browser, her: Viewer) -> None:
    odd = palette.add_label(session, her, "Odd", None).public_id
    for back in range(1, 7):
        more = {} if back < 5 else {"label": odd}
        make.mood(session, her, 4, make.days_ago(back), reasons=["rain"], energy=3, **more)
    session.commit()
    page = visit.get("/moods/statistics")
    assert table(page, "Reasons")[1:] == [["rain", "6", "4 few"]]
    assert table(page, "Energy")[1:] == [["3, middling", "6", "4 few"]]
    for address in ("/moods", "/moods/year"):
        (legend,) = visit.get(address).all("ul", class_="legend-moods")
        assert page.words(legend).endswith("no level")
