"""A form sent twice makes one goal: one after the other, or both in the same moment."""

from functools import partial

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.benchmarks import data
from tests.benchmarks.browser import Browser, signed_in
from tests.faults.visitors import together
from webapp.models import Goal, GoalRevision, Occurrence


def test_a_goal_form_sent_again_leads_to_the_goal_it_made(app: Flask, session: Session) -> None:
    browser = somebody(app, session)
    first, again = send(app, browser, "n" * 24), send(app, browser, "n" * 24)
    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    assert goals(session) == 1
    other = send(app, browser, "m" * 24)
    assert other.status_code == 303
    assert goals(session) == 2, "another opening of the form is another goal"


def test_a_goal_form_sent_twice_at_once_makes_one_goal(app: Flask, session: Session) -> None:
    browser = somebody(app, session)
    for turn in range(5):
        answers = together(*[partial(send, app, browser, f"{turn:024}")] * 2)
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses[0] == 303
        assert statuses[1] < 500, "the slower twin is told calmly"
        assert goals(session) == turn + 1
    parts = select(func.count()).select_from(GoalRevision), select(func.count(Occurrence.goal_id.distinct()))
    assert [session.execute(part).scalar_one() for part in parts] == [5, 5], "nothing is left of the slower twin"


def somebody(app: Flask, session: Session) -> Browser:
    with app.app_context():
        person = data.person(session, "somebody", days=1, count=0)
    return signed_in(app, person.id)


def send(app: Flask, browser: Browser, nonce: str) -> object:
    fields = {"title": "Walk", "frequency": "Daily", "colour": "1", "nonce": nonce}
    form = {"csrf_token": browser.csrf_token} | fields
    return app.test_client(use_cookies=False).post("/goals", data=form, headers={"Cookie": browser.cookie})


def goals(session: Session) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(Goal)).scalar_one()
