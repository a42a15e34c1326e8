"""Rows of days on the reading page, what is next to read on the page of today, and what both cost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.benchmarks.statements import counted
from tests.make import NOW, TODAY
from tests.page import Browser
from tests.pages.test_reading import FIRST_DAY, KHATM, book, days, plan, tap
from webapp.actions import reading_goals, reading_log
from webapp.domain.people import Viewer
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanDraft, ReadingDraft
from webapp.domain.reading_streaks import Run
from webapp.extensions import db
from webapp.models import ActivityDay, Work
from webapp.queries import reading_streaks


def test_streaks_are_said_as_they_are(session: Session, visit: Browser, her: Viewer, clock: Traveller) -> None:
    for back in (9, 8, 7, 1):
        reading_log.log(session, her, ReadingDraft(seconds=60, day=make.days_ago(back)), Category.QURAN)
    reading_log.log(session, her, ReadingDraft(seconds=60), Category.COURSE)
    session.commit()
    words = visit.get("/reading").words(visit.get("/reading").by_id("reading-streak"))
    assert "2 days in a row, since 9 March" in words
    assert "Of the Quran: 1 day in a row, since 9 March" in words
    assert "The longest so far: 3 days, 1–3 Mar 2026" in words
    clock.move_to(NOW + timedelta(days=2))
    page = visit.get("/reading")
    words = page.words(page.by_id("reading-streak"))
    assert "Whatever you read today begins a new row." in words
    assert "lost" not in page.words().casefold()
    assert reading_streaks.longest(session, her, "course") == Run(TODAY, TODAY)


def test_the_page_of_today_names_what_is_next(session: Session, visit: Browser, her: Viewer) -> None:
    plan(session, her, KHATM)
    middlemarch = book(session, her)
    plan(session, her, PlanDraft(Category.BOOK, Asks.AMOUNT, amount=900, duration=30), middlemarch)
    page = visit.get("/")
    words = page.words(page.by_id("next-reading"))
    assert f"Quran{FIRST_DAY}" in words
    assert "Continue at 1:1" in words
    answer = page.press(tap(page, "Middlemarch"), htmx=True)

    assert (answer.status, answer.whole) == (200, False)
    assert "MiddlemarchRead for today" in answer.words(answer.by_id("next-reading"))
    assert days(session) == {TODAY: (0, Decimal(30), [])}
    undone = answer.press("Undo", htmx=True)
    assert "Middlemarch30 pages" in undone.words(undone.by_id("next-reading"))
    page = visit.get("/").press(tap(page))
    assert page.address == "/"
    assert "Logged for today." in page.words(page.by_id("toast"))
    page.press("Undo", within="toast")
    assert days(session) == {}


def test_the_week_ahead_is_shown(session: Session, visit: Browser, her: Viewer) -> None:
    plan(session, her, PlanDraft(Category.QURAN, Asks.AMOUNT, amount=10, duration=3))
    rows = [[visit.get("/reading").words(cell) for cell in row] for row in visit.get("/reading").all("tr")][1:]
    assert rows == [["Today", "4 pages"], ["Wednesday, 11 Mar", "3 pages"], ["Thursday, 12 Mar", "3 pages"]]
    reading_goals.start(session, her, PlanDraft(Category.COURSE, Asks.AMOUNT, amount=1))
    session.commit()
    assert len(visit.get("/reading").all("table")) == 1  # a daily goal asks the same each day


def test_pages_cost_few_statements_however_much_was_read(
    app: Flask, session: Session, visit: Browser, her: Viewer, engine: Engine
) -> None:
    plan(session, her, KHATM)
    few = {address: cost(visit, engine, address) for address in ("/", "/reading")}
    for back in range(400):
        session.add(
            ActivityDay(
                goal_id=session.scalars(select(Work.goal_id)).one(),
                owner_id=her.id,
                local_date=make.days_ago(back + 1),
                seconds=60,
            )
        )
    for number in range(15):
        title = f"Book {number}"
        plan(session, her, PlanDraft(Category.BOOK, Asks.AMOUNT, amount=900, duration=30), book(session, her, title))
    many = {address: cost(visit, engine, address) for address in ("/", "/reading")}
    assert many == few
    assert max(many.values()) <= 8, many


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def cost(visit: Browser, engine: Engine, address: str) -> int:
    """How many statements the page takes."""
    visit.get(address)
    with counted(engine) as statements:
        assert visit.get(address).status == 200
    return len(statements)
