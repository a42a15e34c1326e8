"""The form of a reminder: how it names what it is about, where a tap on it leads, and what it takes to write."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.worker.reminded import Reminded
from webapp.domain.reminder_settings import Wishes
from webapp.domain.reminders import About, Channel, Clock
from webapp.extensions import db
from webapp.queries.reminders import Item, ToSay
from webapp.worker.mail import words_of
from webapp.worker.reminders import due_words, reminding

START = datetime(2026, 5, 4, 5, tzinfo=UTC)
"""A Monday, seven in the morning in Berlin."""
TODAY = START.date()
EIGHT = time(8)


@pytest.fixture
def ada(app: Flask, session: Session) -> Iterator[Reminded]:
    with time_machine.travel(START, tick=False):
        yield Reminded(session)


def letter(ada: Reminded, *items: Item, detail: bool = True) -> Any:
    wishes = Wishes(dict.fromkeys(About, frozenset({Channel.MAIL})), detail)
    said = ToSay(ada.person.id, ada.person.public_id, ada.person.email, "en", Clock("Europe/Berlin"), wishes, items)
    return reminding(said, START)


def item(ada: Reminded, title: str = "Walk", about: About = About.GOAL, number: int = 1, **more: Any) -> Item:
    goal_id = f"{number:024x}" if about is About.GOAL else None
    sealed = ada.viewer.words.seal("goal.title", title)
    return Item(about, TODAY, more.pop("due", TODAY), EIGHT, goal_id, sealed, number, **more)


def short(app: Flask, made: Any) -> str:
    template = app.jinja_env.get_template("mail/reminders.txt")
    with force_locale("en"):
        return " ".join("".join(template.blocks["short"](template.new_context(dict(made.values)))).split())


@pytest.mark.parametrize("detail", [True, False])
def test_letter_says_what_it_is_about_and_where_a_tap_leads(app: Flask, ada: Reminded, detail: bool) -> None:
    with app.app_context():
        one, two = item(ada), item(ada, "Read", number=2)
        alone, both = letter(ada, one, detail=detail), letter(ada, one, two, detail=detail)
        mood = letter(ada, item(ada, about=About.MOOD), detail=detail)
        mixed = letter(ada, one, item(ada, about=About.MOOD), detail=detail)
        assert alone.values["path"] == (f"/goals/{one.goal_id}" if detail else "/")
        assert (both.values["path"], mood.values["path"], mixed.values["path"]) == ("/", "/moods", "/")
        assert [made.values["abouts"] for made in (alone, both, mood)] == [["goal"], ["goal"], ["mood"]]
        assert (mixed.values["abouts"], mixed.values["count"]) == (["goal", "mood"], 2)
        said = short(app, both)
        assert said == ("Walk, due today; Read, due today" if detail else "Open Aimline to see what it is.")


def test_short_words_name_three(app: Flask, ada: Reminded) -> None:
    with app.app_context():
        items = [item(ada, title, number=number) for number, title in enumerate(("A", "B", "C", "D", "E"))]
        assert short(app, letter(ada, *items)) == "A, due today; B, due today; C, due today and 2 more"
        assert short(app, letter(ada, *items[:4])).endswith(" and one more")


def test_title_cannot_pass_for_lines_of_the_mail(app: Flask, ada: Reminded) -> None:
    with app.app_context():
        made = letter(ada, item(ada, "Walk\n\n-- \nYour bank"))
        _, text = words_of(app, made, "http://localhost:8000")[:2]
    assert "- Walk -- Your bank, due today:" in text


def test_reminders_of_goals_ask_nothing_more(app: Flask, ada: Reminded) -> None:
    items = [item(ada, number=number) for number in range(5)]
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        letter(ada, *items, detail=False)
        assert asked == []
        letter(ada, *items)
        assert len([statement for statement in asked if statement != "BEGIN"]) == 1
        event.remove(db.engine, "before_cursor_execute", note)


def test_dates_that_are_far_are_said_as_dates(app: Flask) -> None:
    with app.app_context(), force_locale("en"):
        words = {days: due_words(TODAY + timedelta(days=days), TODAY) for days in (-14, -13, -2, 2, 13, 14)}
    assert words == {
        -14: "was due on 20 April 2026",
        -13: "was due 13 days ago",
        -2: "was due 2 days ago",
        2: "due in 2 days",
        13: "due in 13 days",
        14: "due on 18 May 2026",
    }
