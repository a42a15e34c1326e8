"""Reading goals in the browser: begun from a preset or by hand, looked ahead at, changed, ended and taken up again."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.page import Browser, Page, signed_in
from tests.reading import Reader
from webapp.actions import reading_goals
from webapp.domain.goals import Outcome
from webapp.domain.reading import Asks, Category, Unit
from webapp.models import Goal, ReadingGoal, Work

WHOLE = (1, 6236)


@pytest.fixture
def reader(session: Session, clock: Traveller) -> Reader:
    """Ada, who reads."""
    made = Reader(session)
    session.commit()
    return made


@pytest.fixture
def visit(app: Flask, session: Session, reader: Reader) -> Browser:
    return signed_in(app, session, reader.person)


def goals(session: Session) -> list[tuple[Any, ...]]:
    """Every live reading goal: what it asks of which category."""
    session.rollback()
    columns = (ReadingGoal.asks, ReadingGoal.amount, ReadingGoal.first_verse, ReadingGoal.last_verse)
    statement = select(Work.category, *columns, ReadingGoal.duration, ReadingGoal.mushaf)
    statement = statement.join(Work, Work.goal_id == ReadingGoal.goal_id).where(ReadingGoal.ended_at.is_(None))
    return [tuple(row) for row in session.execute(statement.order_by(ReadingGoal.id))]


def select_book() -> Any:
    return select(Goal.public_id).join(Work, Work.goal_id == Goal.id).where(Work.category == Category.BOOK)


def begin(page: Page, **typed: Any) -> Page:
    return page.press("Begin today", within="reading-goal", **typed)


def ahead(page: Page) -> list[str]:
    """The next days as the preview says them."""
    preview = page.by_id("preview")
    assert preview is not None
    return [page.words(one) for one in preview.iter("li")]


PRESETS = {
    "khatm30": (Category.QURAN, Asks.RANGE, None, *WHOLE, 30, 4),
    "khatm60": (Category.QURAN, Asks.RANGE, None, *WHOLE, 60, 4),
    "ten-minutes": (Category.QURAN, Asks.TIME, 600, None, None, None, 4),
    "four-pages": (Category.QURAN, Asks.AMOUNT, 4, None, None, None, 4),
    "course": (Category.COURSE, Asks.AMOUNT, 1, None, None, None, None),
    "programme": (Category.PROGRAMME, Asks.AMOUNT, 1, None, None, None, None),
    "ramadan": (Category.CHALLENGE, Asks.AMOUNT, 30, None, None, 30, None),
}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_needs_no_more_than_a_press(session: Session, visit: Browser, preset: str) -> None:
    page = begin(visit.get(f"/reading/new?preset={preset}"))

    assert goals(session) == [PRESETS[preset]]
    assert (page.status, page.address) == (200, "/reading")
    assert "Your reading goal begins today." in page.words()


def test_the_book_preset_asks_for_all_of_the_book_in_two_weeks(
    session: Session, visit: Browser, reader: Reader
) -> None:
    page = visit.get("/reading/new?preset=book")
    assert page.address == "/reading/books/new"
    form = page.press("Add the book", within="book", title="Middlemarch", size="900")
    assert (form.value("days"), form.value("work")) == ("14", session.scalars(select_book()).one())
    assert ahead(form)[:2] == ["Today 65 pages", "Tomorrow 65 pages"]
    begin(form)
    assert goals(session) == [(Category.BOOK, Asks.AMOUNT, 900, None, None, 14, None)]


def test_a_book_of_unknown_size_is_not_asked_for_as_a_whole(session: Session, visit: Browser, reader: Reader) -> None:
    book = reader.book("Emma")
    session.commit()
    form = visit.get(f"/reading/new?preset=book&work={book}")
    page = begin(form, asks="whole", amount="", pace="days")
    assert (page.status, page.errors()["asks"]) == (422, "How much there is of it is not known: choose an amount.")
    assert goals(session) == []
    begin(page, asks="amount", amount="10", pace="daily")
    assert goals(session) == [(Category.BOOK, Asks.AMOUNT, 10, None, None, None, None)]


def test_the_preview_says_what_the_first_week_asks(session: Session, visit: Browser) -> None:
    form = visit.get("/reading/new?preset=khatm30")
    days = ahead(form)
    assert len(days) == 7
    assert days[0].startswith("Today 1:1–2:")
    preview = form.by_id("preview")
    assert preview is not None
    assert "The whole Quran, 1:1–114:6 in 30 days, until 8 Apr 2026" in form.words(preview)
    assert "About 20.1 pages or 40 minutes a day" in form.words(preview)

    before = make.everything(session)
    typed = dict(form.fields(form.one("form", id="reading-goal"))) | {"asks": "amount", "amount": "604", "days": "20"}
    fragment = visit.post("/reading/goals/preview", htmx=True, **typed)
    assert (fragment.status, fragment.whole, ahead(fragment)[0]) == (200, False, "Today 31 pages")
    whole = form.press("Preview", within="reading-goal", asks="amount", amount="604", days="20")
    assert (whole.status, whole.value("amount"), ahead(whole)[0]) == (200, "604", "Today 31 pages")
    unfinished = form.press("Preview", within="reading-goal", asks="amount", amount="")
    assert "Fill in the rest to see the next days." in unfinished.words()
    assert make.everything(session) == before


def test_pages_that_were_read_today_shorten_the_days_to_come(session: Session, visit: Browser, reader: Reader) -> None:
    reader.log(verses=((1, 286),))
    session.commit()
    asked = {"asks": "range", "first_chapter": "1", "last_chapter": "2", "pace": "days", "days": "2"}
    page = visit.get("/reading/new").press("Preview", within="reading-goal", **asked)
    (tomorrow,) = ahead(page)  # of today nothing is left
    assert tomorrow.startswith("Tomorrow 2:280–2:286 (")


def test_verses_are_chosen_by_chapter(session: Session, visit: Browser) -> None:
    form = visit.get("/reading/new")
    begin(form, asks="range", first_chapter="2", first_verse="143", last_chapter="3", last_verse="", pace="daily")
    assert goals(session) == [(Category.QURAN, Asks.RANGE, None, 150, 493, None, 4)]


def test_up_to_a_date_counts_today_and_that_day(session: Session, visit: Browser) -> None:
    begin(visit.get("/reading/new"), asks="amount", amount="100", pace="until", until="2026-03-19")
    assert goals(session) == [(Category.QURAN, Asks.AMOUNT, 100, None, None, 10, 4)]


def test_what_is_not_in_use_may_hold_anything(session: Session, visit: Browser) -> None:
    more = {"amount": "many", "first_verse": "x", "days": "y", "until": "soon"}
    begin(visit.get("/reading/new"), asks="time", minutes="12.5", pace="daily", **more)
    assert goals(session) == [(Category.QURAN, Asks.TIME, 750, None, None, None, 4)]


WRONG = {
    "no work": ({"work": "f" * 24}, "work", "Please choose one of the list."),
    "no kind": ({"asks": "luck"}, "asks", "Please choose one of the list."),
    "no amount": ({"asks": "amount", "amount": ""}, "amount", "Please fill this in."),
    "no number": ({"asks": "amount", "amount": "many"}, "amount", "Please write a whole number."),
    "more than there is": ({"asks": "amount", "amount": "605"}, "amount", "From 1 to 604."),
    "less than a minute": ({"minutes": "0.5"}, "minutes", "From one minute to four hours a day."),
    "no minutes": ({"minutes": "ten"}, "minutes", "Please write a number, like 12.5."),
    "too many days": ({"pace": "days", "days": "3661"}, "days", "From 1 to 3660."),
    "no days": ({"pace": "days", "days": ""}, "days", "Please fill this in."),
    "a date that has been": ({"pace": "until", "until": "2026-03-09"}, "until", "The end lies before the beginning."),
    "no date": ({"pace": "until", "until": "soon"}, "until", "Please write a date, like 2026-03-14."),
    "no pace": ({"pace": "fast"}, "pace", "Please choose one of the list."),
    "all of it every day": ({"asks": "whole"}, "pace", "Say in how many days, or up to which date."),
    "a verse too far": ({"asks": "range", "last_chapter": "2", "last_verse": "287"}, "last_verse", "From 1 to 286."),
    "no verse": ({"asks": "range", "first_verse": "0"}, "first_verse", "From 1 to 7."),
    "a chapter too far": ({"asks": "range", "last_chapter": "115"}, "last_chapter", "Please choose one of the list."),
    "backwards": (
        {"asks": "range", "first_chapter": "3", "last_chapter": "2"},
        "last_chapter",
        "The last chapter comes before the first.",
    ),
    "backwards in a chapter": (
        {"asks": "range", "first_chapter": "2", "first_verse": "9", "last_chapter": "2", "last_verse": "8"},
        "last_verse",
        "The last verse comes before the first.",
    ),
    "verses of a course": ({"work": "course", "asks": "range"}, "asks", "Only the Quran is read by verses."),
    "verses of a programme": ({"work": "programme", "asks": "range"}, "asks", "Only the Quran is read by verses."),
    "too far ahead": ({"pace": "until", "until": "9999-12-31"}, "until", "At most ten years from today."),
    "no mushaf": ({"mushaf": "5000"}, "mushaf", "Please choose one of the list."),
    "mushaf of words": ({"mushaf": "mine"}, "mushaf", "Please choose one of the list."),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_goal_stands_at_its_field(session: Session, visit: Browser, case: str) -> None:
    fields, field, words = WRONG[case]
    start = {"work": "quran", "asks": "time", "minutes": "11", "pace": "daily", "first_chapter": "1", "mushaf": "4"}
    typed = {**start, "last_chapter": "114", **fields}
    before = make.everything(session)
    page = visit.post("/reading/goals", nonce="n" * 24, **typed)
    assert (page.status, page.errors().get(field)) == (422, words)
    assert page.value("minutes") == typed["minutes"]
    fragment = visit.post("/reading/goals/preview", htmx=True, nonce="n" * 24, **typed)
    assert (fragment.status, fragment.whole, ahead(fragment)) == (200, False, [])
    assert make.everything(session) == before


def test_a_book_has_no_verses(session: Session, visit: Browser, reader: Reader) -> None:
    book = reader.book()
    session.commit()
    page = begin(visit.get(f"/reading/new?work={book}"), asks="range")
    words = "A book is counted in pages or chapters, not in verses."
    assert (page.status, page.errors()["asks"]) == (422, words)


def test_a_form_sent_twice_begins_one_goal(session: Session, visit: Browser) -> None:
    form = visit.get("/reading/new?preset=four-pages")
    for _time in range(2):
        assert begin(form).address == "/reading"
    assert len(goals(session)) == 1


def test_a_second_goal_of_the_same_leads_to_the_first(session: Session, visit: Browser, reader: Reader) -> None:
    first = reader.start(Asks.TIME, amount=600).public_id
    session.commit()
    before = make.everything(session)
    page = begin(visit.get("/reading/new?preset=four-pages"))

    assert (page.status, page.value("amount")) == (422, "4")
    assert page.errors()["work"] == "You have a goal for this already: change it, or end it first."
    links = {one.get("href") for one in page.all("a")}
    assert {f"/reading/goals/{first}/end", f"/reading/goals/{first}/edit"} <= links
    assert make.everything(session) == before
    visit.get(f"/reading/goals/{first}/end").press("End the goal")
    begin(page)
    assert goals(session) == [PRESETS["four-pages"]]


CHANGES = {
    "time": ({"asks": "time", "minutes": "20", "pace": "daily"}, (Asks.TIME, 1200, None, None, None)),
    "pages": ({"asks": "amount", "amount": "300", "pace": "days", "days": "9"}, (Asks.AMOUNT, 300, None, None, 9)),
    "a date": ({"asks": "whole", "pace": "until", "until": "2026-03-20"}, (Asks.RANGE, None, *WHOLE, 12)),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_goal_is_changed_from_the_day_it_began(
    session: Session, visit: Browser, reader: Reader, clock: Traveller, case: str
) -> None:
    reader.on(-1)
    goal = reader.start(Asks.RANGE, span=WHOLE, duration=30, mushaf=4).public_id
    reader.log(verses=((1, 100),))
    session.commit()
    typed, asks = CHANGES[case]
    form = visit.get(f"/reading/goals/{goal}/edit")
    assert (form.value("days"), form.value("mushaf")) == ("30", "4")
    assert ahead(form)[0].startswith("Today 2:94–")
    page = form.press("Save", within="reading-goal", **typed)
    assert goals(session) == [(Category.QURAN, *asks, 4)]
    assert "Saved." in page.words()


def test_saving_what_stands_leaves_the_goal_as_it_was(session: Session, visit: Browser, reader: Reader) -> None:
    book = reader.book(unit=Unit.CHAPTERS, size=40)
    reader.start(Asks.AMOUNT, Category.BOOK, book=book, amount=40, duration=10)
    reader.start(Asks.TIME, amount=100 * 30, duration=30)
    reader.start(Asks.RANGE, Category.PROGRAMME, span=(150, 493))
    session.commit()
    before = goals(session)
    for (goal,) in session.execute(select(ReadingGoal.public_id)).all():
        assert visit.get(f"/reading/goals/{goal}/edit").press("Save", within="reading-goal").status == 200
    assert goals(session) == before


def test_what_cannot_be_saved_stays_typed(session: Session, visit: Browser, reader: Reader) -> None:
    goal = reader.start(Asks.AMOUNT, amount=4).public_id
    session.commit()
    before = make.everything(session)
    page = visit.get(f"/reading/goals/{goal}/edit").press("Save", within="reading-goal", amount="605")
    assert (page.status, page.errors(), page.value("amount")) == (422, {"amount": "From 1 to 604."}, "605")
    assert make.everything(session) == before


def test_who_changes_what_was_changed_meanwhile_sees_both(session: Session, visit: Browser, reader: Reader) -> None:
    goal = reader.start(Asks.AMOUNT, amount=4).public_id
    session.commit()
    form = visit.get(f"/reading/goals/{goal}/edit")
    form.press("Save", within="reading-goal", amount="5")
    page = form.press("Save", within="reading-goal", amount="6")

    assert (page.status, page.value("amount")) == (409, "6")
    assert "5 pages every day" in page.words()
    assert goals(session)[0][2] == 5
    page.press("Save", within="reading-goal")
    assert goals(session)[0][2] == 6


@pytest.mark.parametrize("version", ["", "0", "x", "9" * 40])
def test_a_form_that_lost_its_version_saves_nothing(
    session: Session, visit: Browser, reader: Reader, version: str
) -> None:
    goal = reader.start(Asks.AMOUNT, amount=4).public_id
    session.commit()
    page = visit.post(f"/reading/goals/{goal}", asks="amount", amount="5", pace="daily", mushaf="4", version=version)
    assert (page.status, goals(session)[0][2]) == (409, 4)


def test_an_end_says_what_it_means_and_can_be_undone(session: Session, visit: Browser, reader: Reader) -> None:
    goal = reader.start(Asks.AMOUNT, amount=604, duration=30)
    reader.log(verses=((1, 141),))
    session.commit()
    before = goals(session)
    asked = visit.get(f"/reading/goals/{goal.public_id}/end")
    assert "604 pages in 30 days" in asked.words()
    assert goals(session) == before

    page = asked.press("End the goal")
    assert goals(session) == []
    session.refresh(goal)
    assert goal.outcome is Outcome.ABANDONED
    assert "The goal is over. What you read stays." in page.words()
    page.press("Undo", within="toast")
    assert goals(session) == before


def test_what_is_over_can_be_ended_and_what_goes_on_resumed_again(
    session: Session, visit: Browser, reader: Reader
) -> None:
    goal = reader.start(Asks.AMOUNT, amount=4).public_id
    session.commit()
    asked = visit.get(f"/reading/goals/{goal}/end")
    assert [asked.press("End the goal").status for _time in range(2)] == [200, 200]
    assert [visit.post(f"/reading/goals/{goal}/resume").status for _time in range(2)] == [303, 303]
    assert goals(session) == [(Category.QURAN, Asks.AMOUNT, 4, None, None, None, 4)]
    visit.post(f"/reading/goals/{goal}/end")
    session.rollback()
    other = reader.start(Asks.TIME, amount=600)
    session.commit()
    page = visit.post(f"/reading/goals/{goal}/resume", follow=True)
    assert "Another goal of the same has begun since." in page.words()
    assert [one[1:3] for one in goals(session)] == [(Asks.TIME, 600)]
    assert other.ended_at is None


@pytest.mark.parametrize("verb", ["edit", "save", "preview", "look at the end", "end", "resume"])
def test_somebody_elses_goal_is_no_goal(
    app: Flask, session: Session, visit: Browser, reader: Reader, verb: str
) -> None:
    goal = reader.start(Asks.AMOUNT, amount=4).public_id
    if verb == "resume":
        reading_goals.end(session, reader.viewer, goal)
    other = signed_in(app, session, make.person(session, "Bob"))

    def ask(browser: Browser, goal_id: str) -> Page:
        typed = {"asks": "amount", "amount": "5", "pace": "daily", "mushaf": "4", "version": "1"}
        address = f"/reading/goals/{goal_id}"
        return {
            "edit": lambda: browser.get(f"{address}/edit"),
            "save": lambda: browser.post(address, **typed),
            "preview": lambda: browser.post(f"/reading/goals/preview?goal={goal_id}", **typed),
            "look at the end": lambda: browser.get(f"{address}/end"),
            "end": lambda: browser.post(f"{address}/end"),
            "resume": lambda: browser.post(f"{address}/resume"),
        }[verb]()

    other.token()
    before = make.everything(session)
    theirs, nobodys = ask(other, goal), ask(other, "0" * 24)
    assert (theirs.status, nobodys.status) == (404, 404)
    number = "X-Request-Id"
    assert theirs.text.replace(theirs.headers[number], "") == nobodys.text.replace(nobodys.headers[number], "")
    assert make.everything(session) == before
    assert ask(visit, goal).status in (200, 303)


def test_somebody_elses_book_cannot_be_chosen(app: Flask, session: Session, visit: Browser, reader: Reader) -> None:
    book = reader.book(size=100)
    session.commit()
    other = signed_in(app, session, make.person(session, "Bob"))
    other.token()
    before = make.everything(session)
    assert other.get(f"/reading/new?work={book}").status == 404
    typed = {"work": book, "asks": "amount", "amount": "5", "pace": "daily"}
    page = other.post("/reading/goals", nonce="n" * 24, **typed)
    assert (page.status, page.errors()["work"]) == (422, "Please choose one of the list.")
    assert make.everything(session) == before
    assert visit.get(f"/reading/new?work={book}").value("work") == book
    assert visit.post("/reading/goals", nonce="n" * 24, **typed).status == 303


def test_who_is_put_away_is_not_offered(session: Session, visit: Browser, reader: Reader) -> None:
    book = reader.book("Emma")
    session.commit()
    assert "Emma" in visit.get("/reading/new").words()
    visit.post(f"/reading/works/{book}/put-away")
    assert "Emma" not in visit.get("/reading/new").words(visit.get("/reading/new").one("select", name="work"))
    assert visit.get(f"/reading/new?work={book}").status == 404


def test_a_year_ahead_is_a_date_too(session: Session, visit: Browser) -> None:
    last = make.TODAY + timedelta(days=365)
    begin(visit.get("/reading/new?preset=khatm30"), pace="until", until=last.isoformat())
    assert goals(session)[0][5] == 366
