"""Activity days and streaks of programs: said, listed in pages both ways, and counted."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import Reader, reader
from tests.api.refusals import GOAL, refused
from tests.benchmarks.statements import counted
from webapp.actions import reading_log
from webapp.domain.people import Viewer
from webapp.domain.reading import Category
from webapp.domain.reading_drafts import ReadingDraft
from webapp.domain.tracking import Source
from webapp.extensions import db
from webapp.models import ActivityDay, Entry, Person

LENGTHS = (3, 1, 5, 1, 2, 5, 1)
"""How long Ada's streaks are, the latest first; a day lies between them, and the latest reaches today."""
DAYS = sum(LENGTHS)


@pytest.fixture
def read(session: Session, her: Viewer) -> list[tuple[date, int]]:
    """Each of Ada's streaks with its first day, the latest first; beside them a course read on every day."""
    streaks, day = [], make.TODAY
    for length in LENGTHS:
        for ago in range(length):
            log(session, her, Category.QURAN, day - timedelta(ago))
        day -= timedelta(length)
        streaks.append((day + timedelta(1), length))
        log(session, her, Category.COURSE, day)
        day -= timedelta(1)
    session.commit()
    return streaks


def log(session: Session, viewer: Viewer, category: Category, day: date) -> None:
    reading_log.log(session, viewer, ReadingDraft(seconds=60, day=day, mushaf=4), category)


def listed(adas: Reader, path: str) -> Any:
    answer = adas.get(path)
    assert answer.status_code == 200, answer.json
    return answer.json


def firsts(answer: Any) -> list[str]:
    return [row["startDate"] for row in answer["data"]]


def test_streaks_are_listed_in_either_order(adas: Reader, read: list[tuple[date, int]]) -> None:
    whole = listed(adas, "/streaks?type=QURAN")
    assert [(row["startDate"], row["days"]) for row in whole["data"]] == [(str(day), length) for day, length in read]
    assert [row["status"] for row in whole["data"]] == ["ACTIVE"] + ["BROKEN"] * 6
    assert {row["type"] for row in whole["data"]} == {"QURAN"}
    assert len({row["id"] for row in whole["data"]}) == len(read)
    for row in whole["data"]:
        assert (date.fromisoformat(row["endDate"]) - date.fromisoformat(row["startDate"])).days == row["days"] - 1
    pagination = whole["pagination"]
    assert (pagination["hasNextPage"], pagination["hasPreviousPage"]) == (False, False)
    assert firsts(listed(adas, "/streaks?type=QURAN&sortOrder=asc")) == firsts(whole)[::-1]
    by_days = sorted(read, key=lambda one: (one[1], one[0]))
    for order, expected in (("asc", by_days), ("desc", by_days[::-1])):
        shown = firsts(listed(adas, f"/streaks?type=QURAN&orderBy=days&sortOrder={order}"))
        assert shown == [str(day) for day, _ in expected]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("list_", ["streaks", "streaks by days", "activity-days"])
def test_cursors_lead_to_every_row_once_both_ways(
    adas: Reader, read: list[tuple[date, int]], list_: str, order: str
) -> None:
    at = f"/{list_.split()[0]}?type=QURAN&sortOrder={order}" + ("&orderBy=days" if "by days" in list_ else "")
    whole = listed(adas, f"{at}&first=20")["data"]
    assert len(whole) == (DAYS if list_ == "activity-days" else len(LENGTHS))
    for size in (1, 3):
        assert walked(adas, at, size, "first", "after", "endCursor") == whole
        assert walked(adas, at, size, "last", "before", "startCursor") == whole
    behind = listed(adas, f"{at}&after={listed(adas, at + '&last=1')['pagination']['endCursor']}")
    assert behind["data"] == []
    assert (behind["pagination"]["startCursor"], behind["pagination"]["endCursor"]) == (None, None)


def walked(adas: Reader, at: str, size: int, many: str, beside: str, end: str) -> list[Any]:
    """The rows of all pages in the order of the list, page by page from one end of it."""
    ahead, back = ("hasNextPage", "hasPreviousPage") if many == "first" else ("hasPreviousPage", "hasNextPage")
    found: list[Any] = []
    cursor = ""
    while True:
        page = listed(adas, f"{at}&{many}={size}{cursor}")
        assert page["pagination"][back] is bool(found)
        assert page["data"], "a page that was said to be there"
        found = found + page["data"] if many == "first" else page["data"] + found
        if not page["pagination"][ahead]:
            return found
        assert len(page["data"]) == size
        cursor = f"&{beside}={page['pagination'][end]}"


def test_streaks_of_days_and_of_a_status(adas: Reader, read: list[tuple[date, int]]) -> None:
    assert firsts(listed(adas, "/streaks?type=QURAN&status=ACTIVE")) == [str(read[0][0])]
    assert firsts(listed(adas, "/streaks?type=QURAN&status=BROKEN")) == [str(day) for day, _ in read[1:]]
    longest = read[2][0]
    for query in (f"from={longest}&to={longest}", f"from={longest + timedelta(4)}&to={longest + timedelta(4)}"):
        assert firsts(listed(adas, f"/streaks?type=QURAN&{query}")) == [str(longest)]
    between = longest - timedelta(1)
    assert firsts(listed(adas, f"/streaks?type=QURAN&from={between}&to={between}")) == []
    assert len(firsts(listed(adas, f"/streaks?type=QURAN&from={longest}"))) == 3
    assert len(firsts(listed(adas, f"/streaks?type=QURAN&to={longest}"))) == 5


def test_the_streak_goes_on_until_a_day_is_over(
    adas: Reader, read: list[tuple[date, int]], clock: machine.Traveller
) -> None:
    def now() -> tuple[int, str]:
        days = listed(adas, "/streaks/current-streak-days?type=QURAN")["data"]["days"]
        return days, listed(adas, "/streaks?type=QURAN&first=1")["data"][0]["status"]

    assert now() == (3, "ACTIVE")
    clock.shift(86_400)
    assert now() == (3, "ACTIVE")
    adas.post("/activity-days", {"type": "QURAN", "seconds": 60, "mushafId": 4})
    assert now() == (4, "ACTIVE")
    clock.shift(86_400 * 2)
    assert now() == (0, "BROKEN")


def test_nobody_elses_days_are_there(
    app: Flask, session: Session, adas: Reader, bob: Person, read: list[tuple[date, int]]
) -> None:
    his = reader(app, session, bob)
    for path in ("/streaks?type=QURAN", "/activity-days?type=QURAN", "/activity-days?type=LESSON"):
        assert listed(his, path)["data"] == []
        assert listed(his, path)["pagination"]["hasNextPage"] is False
    assert listed(his, "/streaks/current-streak-days?type=QURAN")["data"] == {"days": 0}
    assert len(listed(adas, "/activity-days?type=LESSON")["data"]) == len(LENGTHS)


def test_a_page_is_few_statements_however_much_was_read(
    app: Flask, session: Session, her: Viewer, adas: Reader
) -> None:
    with app.app_context():
        engine = db.engine
    log(session, her, Category.QURAN, make.TODAY)
    session.commit()
    paths = ("/streaks?type=QURAN", "/activity-days?type=QURAN", "/streaks/current-streak-days?type=QURAN")
    adas.get(paths[0])
    counts = []
    for _ in range(2):
        for path in paths:
            with counted(engine) as statements:
                listed(adas, path)
            counts.append(len(statements))
        for ago in (1, 2, 4, 6, 8):
            log(session, her, Category.QURAN, make.days_ago(ago))
        session.commit()
    assert counts == [2] * 6, "who is asking, and the page"


PAGES = [
    ("first=0", "first"),
    ("first=21", "first"),
    ("first=x", "first"),
    ("last=21", "last"),
    ("last=", "last"),
    ("first=1&last=1", "first"),
    ("first=1&before=GOOD", "first"),
    ("last=1&after=GOOD", "after"),
    ("after=GOOD&before=GOOD", "after"),
    ("after=x", "after"),
    ("after=", "after"),
    ("before=!!", "before"),
    ("after=MTBAMjAyNi0wMi0zMA", "after"),
    ("after=" + "A" * 41, "after"),
    ("from=2026-03-11&to=2026-03-10", "to"),
    ("from=x", "from"),
    ("to=20260310", "to"),
    ("to=2026-02-30", "to"),
    ("from=0001-01-01", "from"),
    ("sortOrder=up", "sortOrder"),
    ("type=COURSES", "type"),
    ("first=1&first=2", "first"),
]


def test_pages_that_make_no_sense_are_refused(adas: Reader) -> None:
    for query, field in PAGES:
        query = query.replace("GOOD", "MTBAMjAyNi0wMy0wMQ")
        for list_ in ("streaks", "activity-days"):
            answer = adas.get(f"/{list_}?{query}" + ("" if "type=" in query else "&type=QURAN"))
            assert answer.status_code == 422, query
            refused(answer, 422)
            assert answer.json["errors"].keys() == {field}, query


CHOICES = [
    ("/streaks?type=LESSON", "type"),
    ("/streaks?type=QURAN&orderBy=id", "orderBy"),
    ("/streaks?type=QURAN&status=active", "status"),
    ("/streaks/current-streak-days?type=COURSE", "type"),
    ("/activity-days?type=BOOK", "type"),
    ("/activity-days?type=QURAN&dateOrderBy=up", "dateOrderBy"),
    ("/activity-days?type=QURAN&dateOrderBy=asc&sortOrder=desc", "dateOrderBy"),
    ("/activity-days/estimate-reading-time?ranges=2:1-2:287", "ranges"),
    ("/activity-days/estimate-reading-time?ranges=", "ranges"),
    ("/activity-days/estimate-reading-time?ranges=1:1-1:7,,", "ranges"),
]


def test_choices_are_those_of_the_contract(adas: Reader) -> None:
    for path, field in CHOICES:
        answer = adas.get(path)
        assert answer.status_code == 422, path
        refused(answer, 422)
        assert answer.json["errors"].keys() == {field}, path


def test_what_is_said_adds_up(adas: Reader, session: Session) -> None:
    said = {"type": "QURAN", "date": "2026-03-09", "mushafId": 4}
    adas.post("/activity-days", {**said, "seconds": 60, "ranges": ["1:1-1:5"]})
    adas.post("/activity-days", {**said, "ranges": ["1:4-1:7", "114:6-114:6"], "pages": 0.25})
    adas.post("/activity-days", {**said, "seconds": 30, "mushafId": 6, "pages": 2})
    (day,) = listed(adas, "/activity-days?type=QURAN")["data"]
    assert (day["date"], day["secondsRead"], day["versesRead"]) == ("2026-03-09", 90, 8)
    assert (day["ranges"], day["mushafId"], day["manuallyAddedSeconds"]) == (["1:1-1:7", "114:6-114:6"], 6, 0)
    assert 3.25 < day["pagesRead"] < 3.5
    assert (day["progress"], day["dailyTargetPages"], day["dailyTargetSeconds"]) == (0, None, None)
    session.rollback()
    assert set(session.scalars(select(Entry.source))) == {Source.API}
    assert session.scalars(select(ActivityDay.batches)).all() == [3]


def test_a_course_is_a_lesson(adas: Reader) -> None:
    for name in ("LESSON", "COURSE"):
        assert adas.post("/activity-days", {"type": name, "pages": 1, "mushafId": 4}).status_code == 200
    for name in ("LESSON", "COURSE"):
        (day,) = listed(adas, f"/activity-days?type={name}")["data"]
        assert (day["type"], day["pagesRead"]) == ("LESSON", 2)
    for name in ("QURAN_READING_PROGRAM", "RAMADAN_CHALLENGE"):
        adas.post("/activity-days", {"type": name, "pages": 3, "mushafId": 4})
        (day,) = listed(adas, f"/activity-days?type={name}")["data"]
        assert (day["type"], day["pagesRead"]) == (name, 3)


def test_a_day_keeps_what_was_asked_of_it(adas: Reader, clock: machine.Traveller) -> None:
    adas.post("/goals?mushafId=4", {**GOAL, "amount": 1_200, "duration": 2})
    adas.post("/activity-days", {"type": "QURAN", "seconds": 300, "mushafId": 4})
    clock.shift(86_400)
    adas.post("/activity-days", {"type": "QURAN", "seconds": 450, "mushafId": 4})
    days = listed(adas, "/activity-days?type=QURAN&dateOrderBy=asc")["data"]
    assert [(day["dailyTargetSeconds"], day["secondsRead"], day["progress"]) for day in days] == [
        (600, 300, 0.5),
        (900, 450, 0.5),
    ]
    assert {day["dailyTargetPages"] for day in days} == {0}


SAID = {"type": "QURAN", "seconds": 60, "mushafId": 4}
BAD = [
    ({"seconds": 0}, "seconds"),
    ({"seconds": 86_401}, "seconds"),
    ({"seconds": "60"}, "seconds"),
    ({"seconds": 60.0}, "seconds"),
    ({"seconds": True}, "seconds"),
    ({"ranges": ["2:1-2:287"]}, "ranges"),
    ({"ranges": ["2:5-2:4"]}, "ranges"),
    ({"ranges": ["1:1-1:7,2:1-2:287"]}, "ranges"),
    ({"ranges": "1:1-1:7"}, "ranges"),
    ({"ranges": [7]}, "ranges"),
    ({"ranges": ["1:1-1:1"] * 301}, "ranges"),
    ({"pages": 0}, "pages"),
    ({"pages": -1}, "pages"),
    ({"pages": True}, "pages"),
    ({"pages": "1"}, "pages"),
    ({"pages": 100_001}, "pages"),
    ({"pages": 0.0000001}, "pages"),
    ({"date": "2026-03-11"}, "date"),
    ({"date": "1899-12-31"}, "date"),
    ({"date": "2026-02-30"}, "date"),
    ({"date": "2026-03-10T00:00:00Z"}, "date"),
    ({"date": 7}, "date"),
    ({"type": "BOOK"}, "type"),
    ({"mushafId": 8}, "mushafId"),
    ({"mushafId": "4"}, "mushafId"),
    ({"mushafId": None}, "mushafId"),
    ({"source": "page"}, "source"),
]


def test_what_cannot_have_been_read_is_refused(adas: Reader, session: Session) -> None:
    for said, field in BAD:
        answer = adas.post("/activity-days", {**SAID, **said})
        assert answer.status_code == 422, said
        refused(answer, 422)
        assert answer.json["errors"].keys() == {field}, said
    for nothing in ({"type": "QURAN", "mushafId": 4}, {"type": "QURAN", "mushafId": 4, "ranges": []}):
        answer = adas.post("/activity-days", nothing)
        refused(answer, 422)
        assert answer.json["errors"].keys() == {"non_field_errors"}
    session.rollback()
    assert session.scalars(select(ActivityDay.id)).all() == []


def test_a_day_has_no_more_seconds_than_a_day(adas: Reader) -> None:
    assert adas.post("/activity-days", {**SAID, "seconds": 86_400}).status_code == 200
    answer = adas.post("/activity-days", {**SAID, "seconds": 1})
    refused(answer, 422)
    assert answer.json["errors"].keys() == {"seconds"}


def test_a_verse_takes_its_part_of_two_minutes(adas: Reader) -> None:
    at = "/activity-days/estimate-reading-time?ranges="
    times = {"1:1-114:6": 604 * 120, "1:1-1:7": 120, "1:1-1:7,1:1-1:7": 120, "1:1-1:3, 1:4-1:7": 120}
    assert {ranges: listed(adas, at + ranges)["data"]["seconds"] for ranges in times} == times
