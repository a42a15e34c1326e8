"""The reading page in the browser: one tap for today's portion, anything else by a form, and all of it taken back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.make import NOW, TODAY
from tests.page import Browser, Page, signed_in
from webapp.actions import reading_goals, reading_log, works
from webapp.domain import quran
from webapp.domain.days import shifted
from webapp.domain.people import Viewer
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanDraft, ReadingDraft, WorkDraft
from webapp.models import ActivityDay, Goal

YESTERDAY = make.days_ago(1)
KHATM = PlanDraft(Category.QURAN, Asks.RANGE, span=quran.WHOLE, duration=30)
FOUR_PAGES = PlanDraft(Category.QURAN, Asks.AMOUNT, amount=4)
TEN_MINUTES = PlanDraft(Category.QURAN, Asks.TIME, amount=600)
FIRST_DAY = "1:1–2:135 (Al-Faatiha to Al-Baqara)"


def plan(session: Session, viewer: Viewer, draft: PlanDraft = FOUR_PAGES, book: str = "") -> str:
    """The goal is begun; the public id of its work."""
    goal = reading_goals.start(session, viewer, draft, book)
    session.commit()
    return session.get_one(Goal, goal.goal_id).public_id


def book(session: Session, viewer: Viewer, title: str = "Middlemarch", **said: Any) -> str:
    """A book of 900 pages unless said otherwise; its public id."""
    made = works.add(session, viewer, WorkDraft(title, **{"size": 900, **said}))
    session.commit()
    return session.get_one(Goal, made.goal_id).public_id


def days(session: Session) -> dict[date, tuple[int, Decimal, list[list[int]]]]:
    """What was read on which day: seconds, an amount, verses."""
    session.rollback()
    rows = session.scalars(select(ActivityDay).order_by(ActivityDay.local_date))
    return {row.local_date: (row.seconds, row.amount, row.verses) for row in rows}


def card(page: Page, key: str = "quran") -> str:
    """What the card of a work says."""
    found = page.by_id(f"reading-{key}")
    assert found is not None
    return page.words(found)


def tap(page: Page, title: str = "Quran") -> str:
    """The name of the button that says today's portion of the work was read."""
    (name,) = [
        label for one in page.all("button") if (label := one.get("aria-label", "")).startswith(f"I read it: {title}")
    ]
    return name


def numbers(first: str, last: str) -> list[list[int]]:
    """The verses from the first to the last as they are kept."""
    read = quran.read_range(f"{first}-{last}")
    assert read is not None
    return [list(read)]


def test_who_reads_nothing_is_shown_how_to_begin(visit: Browser) -> None:
    page = visit.get("/reading")
    links = {one.get("href") for one in page.all("a")}
    presets = ("khatm30", "khatm60", "ten-minutes", "four-pages", "book", "course")
    assert {f"/reading/new?preset={name}" for name in presets} <= links
    assert {"/reading/new", "/reading/books/new"} <= links
    assert (page.by_id("reading-quran"), page.by_id("reading-streak")) == (None, None)
    assert visit.get("/").by_id("next-reading") is None


def test_one_tap_reads_todays_portion(session: Session, visit: Browser, her: Viewer) -> None:
    plan(session, her, KHATM)
    page = visit.get("/reading")
    assert "The whole Quran, 1:1–114:6 in 30 days, until 8 Apr 2026" in card(page)
    assert "asked today20.1 pages" in card(page)
    assert f"To read today: {FIRST_DAY}" in card(page)
    assert "604 pages to go, 30 days left, with today" in card(page)
    assert "Continue at 1:1" in card(page)
    assert tap(page) == f"I read it: Quran, {FIRST_DAY}"
    page = page.press(tap(page))

    assert days(session) == {TODAY: (0, Decimal(0), numbers("1:1", "2:135"))}
    assert "today, all of it read" in card(page)
    assert "Today: 100 %" in card(page)
    assert "Continue at 2:136" in card(page)
    assert "1 day in a row, since 10 March" in page.words(page.by_id("reading-streak"))
    assert not [one for one in page.all("button") if one.get("aria-label", "").startswith("I read it")]
    page = page.press("Undo", within="toast")
    assert days(session) == {}
    assert "Today: 0 %" in card(page)
    assert "Whatever you read today begins a new row." in page.words(page.by_id("reading-streak"))


def test_one_tap_sent_twice_reads_once(session: Session, visit: Browser, her: Viewer) -> None:
    plan(session, her)
    page = visit.get("/reading")
    other = visit.get("/reading")
    for _time in range(2):
        assert page.press(tap(page)).status == 200
    assert "Nothing is left of today's portion." in other.press(tap(other)).words()
    assert days(session) == {TODAY: (0, Decimal(4), [])}


def test_one_tap_reads_what_is_left_and_no_more(session: Session, visit: Browser, her: Viewer) -> None:
    work = plan(session, her, TEN_MINUTES)
    visit.get("/reading").press("Log it", minutes="4")
    page = visit.get("/reading")
    assert tap(page) == "I read it: Quran, 6 minutes"
    assert "left today6 minutes" in card(page)
    answer = page.press(tap(page), htmx=True)

    assert (answer.status, answer.whole) == (200, False)
    assert "today, all of it read" in card(answer)
    assert [one.get("hx-target") for one in answer.root.iter("hx-partial")] == ["#reading-streak", "#toast"]
    assert days(session) == {TODAY: (600, Decimal(0), [])}
    undone = answer.press("Undo", htmx=True)
    assert "left today6 minutes" in card(undone)
    assert days(session) == {TODAY: (240, Decimal(0), [])}
    assert visit.post(f"/reading/works/{work}/portion", htmx=True, nonce="n").status == 200
    assert days(session) == {TODAY: (600, Decimal(0), [])}


WAYS: dict[str, tuple[dict[str, Any], tuple[int, int, list[list[int]]]]] = {
    "pages": ({"from_page": "50", "to_page": "51"}, (0, 0, numbers("3:1", "3:15"))),
    "one page": ({"from_page": "604"}, (0, 0, numbers("112:1", "114:6"))),
    "verses": ({"from_verse": "2:143", "to_verse": "2:200"}, (0, 0, numbers("2:143", "2:200"))),
    "one verse, written widely": ({"from_verse": " 2 : 286 "}, (0, 0, numbers("2:286", "2:286"))),
    "verses in other digits": ({"from_verse": "٢:١٤٣", "to_verse": "٢:٢٠٠"}, (0, 0, numbers("2:143", "2:200"))),
    "a range in one field": ({"from_verse": "2:143-2:150"}, (0, 0, numbers("2:143", "2:150"))),
    "a range with a dash": ({"from_verse": "2:143 – 3:1"}, (0, 0, numbers("2:143", "3:1"))),
    "minutes": ({"minutes": "25"}, (1_500, 0, [])),
    "pages and verses that touch, and minutes": (
        {"from_page": "1", "from_verse": "2:1", "to_verse": "2:5", "minutes": "1440"},
        (86_400, 0, numbers("1:1", "2:5")),
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_reading_of_the_quran_is_logged_in_any_way(session: Session, visit: Browser, her: Viewer, way: str) -> None:
    typed, (seconds, amount, verses) = WAYS[way]
    page = visit.get("/reading?work=quran").press("Log it", **typed)
    assert days(session) == {TODAY: (seconds, Decimal(amount), verses)}
    assert "Logged for today." in page.words(page.by_id("toast"))
    assert card(page).startswith("Quran")


def test_pages_are_those_of_the_goals_mushaf(session: Session, visit: Browser, her: Viewer) -> None:
    plan(session, her, PlanDraft(Category.QURAN, Asks.AMOUNT, amount=4, mushaf=6))
    page = visit.get("/reading")
    assert "which has 610 of them" in card(page)
    page = page.press("Log it", from_page="610")
    verses = quran.verses_on(610, 610, 6)
    assert verses is not None
    assert days(session) == {TODAY: (0, Decimal("0.057395"), [list(verses)])}  # the verses lack so much of a page


def test_a_book_is_logged_by_where_one_is_or_how_much(session: Session, visit: Browser, her: Viewer) -> None:
    middlemarch = book(session, her)
    plan(session, her, PlanDraft(Category.BOOK, Asks.AMOUNT, amount=900, duration=30), middlemarch)
    page = visit.get("/reading")
    assert "asked today30 pages" in card(page, middlemarch)
    within = f"reading-{middlemarch}"
    page = page.press("Log it", within=within, at="12", minutes="20")
    assert days(session) == {TODAY: (1_200, Decimal(12), [])}
    assert "Page 12 of 900" in card(page, middlemarch)
    assert tap(page, "Middlemarch") == "I read it: Middlemarch, 18 pages"
    page = page.press("Log it", within=within, amount="3.5")
    assert days(session) == {TODAY: (1_200, Decimal("15.5"), [])}
    assert "Page 15 of 900" in card(page, middlemarch)
    page.press(tap(page, "Middlemarch"))
    assert days(session) == {TODAY: (1_200, Decimal("30.5"), [])}


def test_a_course_is_logged_in_parts(session: Session, visit: Browser, her: Viewer) -> None:
    plan(session, her, PlanDraft(Category.COURSE, Asks.AMOUNT, amount=10, duration=10))
    page = visit.get("/reading")
    assert "10 parts in 10 days, until 19 Mar 2026" in card(page, "course")
    page.press("Log it", within="reading-course", amount="2")
    assert days(session) == {TODAY: (0, Decimal(2), [])}
    assert "8 parts to go, 10 days left" in card(visit.get("/reading"), "course")


def test_a_day_that_has_passed_is_logged(session: Session, visit: Browser, her: Viewer) -> None:
    page = visit.get(f"/reading?work=quran&day={YESTERDAY}")
    assert page.value("day") == str(YESTERDAY)
    page = page.press("Log it", minutes="5")
    assert days(session) == {YESTERDAY: (300, Decimal(0), [])}
    assert "Logged for Monday, 9 March." in page.words(page.by_id("toast"))
    page.press("Undo", within="toast")
    assert days(session) == {}


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "nothing": ({}, "", "Please say what you read: pages, verses or minutes."),
    "tomorrow": ({"minutes": "5", "day": "2026-03-11"}, "day", "That is still ahead."),
    "long ago": ({"minutes": "5", "day": "0001-01-01"}, "day", "That is too long ago."),
    "no day": ({"minutes": "5", "day": "soon"}, "day", "Please write a date, like 2026-03-14."),
    "no page": ({"from_page": "605"}, "from_page", "From 1 to 604."),
    "a page too far": ({"from_page": "600", "to_page": "605"}, "to_page", "From 1 to 604."),
    "pages backwards": ({"from_page": "5", "to_page": "4"}, "to_page", "The end lies before the beginning."),
    "only the last page": ({"to_page": "4"}, "from_page", "Please fill this in."),
    "a page in words": ({"from_page": "ten"}, "from_page", "Please write a whole number."),
    "a verse in words": ({"from_verse": "Yasin"}, "from_verse", "Please write chapter and verse, like 2:143."),
    "no such end": ({"from_verse": "2:280-2:287"}, "from_verse", "There is no such verse."),
    "a range backwards": ({"from_verse": "2:5-2:4"}, "to_verse", "The end lies before the beginning."),
    "a range as an end": (
        {"from_verse": "2:1", "to_verse": "2:4-2:5"},
        "to_verse",
        "Please write chapter and verse, like 2:143.",
    ),
    "no such verse": ({"from_verse": "2:287"}, "from_verse", "There is no such verse."),
    "verses backwards": ({"from_verse": "2:5", "to_verse": "2:4"}, "to_verse", "The end lies before the beginning."),
    "more than a day": ({"minutes": "1441"}, "minutes", "From 1 to 1440."),
    "no time": ({"minutes": "0"}, "minutes", "From 1 to 1440."),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_logged_stands_at_its_field(session: Session, visit: Browser, her: Viewer, case: str) -> None:
    plan(session, her)
    fields, field, words = WRONG[case]
    typed = {"to_verse": "", "minutes": "", "nonce": "n" * 24, "category": "quran", **fields}
    before = make.everything(session)
    page = visit.post("/reading/log", **typed)
    fragment = visit.post("/reading/log", htmx=True, **typed)

    for answer in (page, fragment):
        assert answer.status == 422
        assert words in (card(answer) if not field else answer.errors()[field])
        for name, said in fields.items():
            assert answer.value(name) == said
        assert ["open" in one.attrib for one in answer.all("details", class_="say")] == [True]
    assert (page.whole, fragment.whole) == (True, False)
    assert make.everything(session) == before


BOOKISH: dict[str, tuple[dict[str, Any], str, str]] = {
    "read before": ({"at": "100"}, "at", "You were at 120 already."),
    "behind the end": ({"at": "901"}, "at", "From 1 to 900."),
    "both": ({"at": "130", "amount": "10"}, "at", "Please say where you are, or how much you read: not both."),
    "before the first": ({"at": "0"}, "at", "From 1 to 900."),
    "less than the first": ({"at": "-1"}, "at", "From 1 to 900."),
    "less than nothing": ({"amount": "-1"}, "amount", "From 1 to 780."),
    "more than is left": ({"amount": "781"}, "amount", "From 1 to 780."),
    "an exponent": ({"amount": "1e2"}, "amount", "Please write a number, like 12.5."),
    "no number": ({"amount": "some"}, "amount", "Please write a number, like 12.5."),
    "too fine": ({"amount": "0.1234567"}, "amount", "At most 6 decimals."),
}


@pytest.mark.parametrize("case", BOOKISH)
def test_what_cannot_be_logged_of_a_book(session: Session, visit: Browser, her: Viewer, case: str) -> None:
    middlemarch = book(session, her)
    draft = ReadingDraft(amount=Decimal(120))
    reading_log.log(session, her, draft, Category.BOOK, work_id=middlemarch)
    session.commit()
    fields, field, words = BOOKISH[case]
    page = visit.post("/reading/log", work=middlemarch, **fields)
    assert page.status == 422
    assert page.errors()[field].startswith(words)
    assert days(session) == {TODAY: (0, Decimal(120), [])}
    assert visit.post("/reading/log", work=middlemarch, at="121").status == 303
    assert days(session) == {TODAY: (0, Decimal(121), [])}


def test_a_day_holds_no_more_than_a_day(session: Session, visit: Browser, her: Viewer) -> None:
    visit.post("/reading/log", category="quran", minutes="1440")
    page = visit.post("/reading/log", category="quran", minutes="1")
    assert (page.status, page.errors()["minutes"]) == (422, "A day has 24 hours, and with this it would have more.")
    assert days(session) == {TODAY: (86_400, Decimal(0), [])}


def test_a_form_sent_twice_logs_once(session: Session, visit: Browser, her: Viewer) -> None:
    form = visit.get("/reading?work=quran")
    for _time in range(2):
        form.press("Log it", minutes="5")
    assert days(session) == {TODAY: (300, Decimal(0), [])}
    visit.get("/reading?work=quran").press("Log it", minutes="5")
    assert days(session) == {TODAY: (600, Decimal(0), [])}


def test_what_is_logged_shows_at_once(session: Session, visit: Browser, her: Viewer) -> None:
    plan(session, her)
    answer = visit.get("/reading").press("Log it", htmx=True, from_page="1", minutes="3")
    assert (answer.status, answer.whole) == (200, False)
    assert "Read today: 1:1–1:7 (Al-Faatiha), 1 page, 3 minutes" in card(answer)
    assert "left today3 pages" in card(answer)
    assert not [one for one in answer.all("details") if "open" in one.attrib]


def test_everything_is_taken_back_once(session: Session, visit: Browser, her: Viewer) -> None:
    logged = reading_log.log(session, her, ReadingDraft(seconds=60), Category.QURAN)
    work = plan(session, her)
    address = f"/reading/entries/{logged.entry_id}/take-back"
    page = visit.post(address, view="day", work=work)
    assert (page.status, page.headers["Location"]) == (303, f"/reading/works/{work}/days/{TODAY}")
    assert days(session) == {}
    page = visit.post(address, work="quran")
    assert (page.status, page.headers["Location"]) == (303, "/reading#reading-quran")
    assert visit.post(address, view="day", work="//elsewhere.example").headers["Location"] == "/reading"
    assert visit.post(address, htmx=True).headers["HX-Redirect"] == "/reading"


def test_somebody_elses_reading_is_not_there(app: Flask, session: Session, visit: Browser, her: Viewer) -> None:
    grace = make.person(session, "Grace")
    theirs = make.viewer(session, grace)
    work = plan(session, theirs)
    logged = reading_log.log(session, theirs, ReadingDraft(seconds=60), Category.QURAN)
    other = signed_in(app, session, grace)
    plan(session, her)
    before = make.everything(session)
    asked: dict[str, dict[str, Any]] = {
        f"/reading/works/{work}/portion": {},
        "/reading/log": {"work": work, "minutes": "5"},
        f"/reading/entries/{logged.entry_id}/take-back": {},
    }
    for address, fields in asked.items():
        nobodys = address.replace(work, "0" * 24).replace(logged.entry_id, "0" * 24)
        nothing: dict[str, Any] = fields | ({"work": "0" * 24} if "work" in fields else {})
        unknown = visit.post(nobodys, **nothing)
        page = visit.post(address, **fields)
        assert (page.status, unknown.status) == (404, 404)
        assert _numberless(page) == _numberless(unknown)
    assert visit.get(f"/reading?work={work}").status == 404
    assert visit.post("/reading/log", category="book", minutes="5").status == 404
    assert visit.post("/reading/log", category="novel", minutes="5").status == 404
    assert make.everything(session) == before
    for address, fields in asked.items():
        assert other.post(address, **fields).status == 303
    assert days(session)[TODAY] == (300, Decimal(4), [])


def _numberless(page: Page) -> str:
    return page.text.replace(page.headers["X-Request-Id"], "number")


def test_a_time_that_is_over_says_what_is_left(session: Session, visit: Browser, her: Viewer, clock: Traveller) -> None:
    plan(session, her, PlanDraft(Category.QURAN, Asks.AMOUNT, amount=40, duration=10))
    visit.get("/reading").press("Log it", from_page="1", to_page="10")
    clock.move_to(NOW + timedelta(days=12))
    page = visit.get("/reading")
    assert "25 % · The 10 days are over; 30 pages to go." in card(page)
    assert tap(page) == "I read it: Quran, 30 pages"
    page = page.press(tap(page))
    assert "100 % · All of it is read." in card(page)


def test_books_stand_below_what_has_a_goal(session: Session, visit: Browser, her: Viewer) -> None:
    put_away, middlemarch = book(session, her, "Emma"), book(session, her)
    works.put_away(session, her, put_away)
    session.commit()
    page = visit.get("/reading")
    assert [page.words(one) for one in page.all("h3")] == ["Middlemarch", "Quran"]
    assert "Emma" not in page.words()
    assert "1 put away" in page.words()
    form = visit.get(f"/reading?work={middlemarch}")
    assert [form.words(one) for one in form.all("h3")] == ["Quran"]
    page = form.press("Log it", within=f"reading-{middlemarch}", at="20")
    assert "Read today: 20 pages" in card(page, middlemarch)


@pytest.mark.parametrize(
    ("zone", "now", "today"),
    [
        ("Pacific/Kiritimati", datetime(2026, 3, 10, 12, tzinfo=UTC), date(2026, 3, 11)),
        ("Pacific/Pago_Pago", datetime(2026, 3, 10, 9, tzinfo=UTC), date(2026, 3, 9)),
    ],
)
def test_today_is_where_the_reader_is(
    app: Flask, session: Session, clock: Traveller, zone: str, now: datetime, today: date
) -> None:
    clock.move_to(now)
    reader = make.person(session, "Lina", zone=zone, at=now)
    browser = signed_in(app, session, reader, now)
    plan(session, make.viewer(session, reader, now))
    page = browser.get("/reading")
    assert page.value("day") == str(today)
    page.press(tap(page))
    assert days(session) == {today: (0, Decimal(4), [])}
    page = browser.post("/reading/log", category="quran", minutes="5", day=str(shifted(today, 1)))
    assert (page.status, page.errors()["day"]) == (422, "That is still ahead.")
