"""Which requests need the write lock, and which are answered while somebody else holds it."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser
from webapp.extensions import db
from webapp.models import Person


def test_forms_that_only_ask_are_answered_while_another_writes(
    sqlite_app: Flask,
) -> None:
    with sqlite_app.app_context():
        engine = db.engine
    with Session(engine) as session:
        ada: Person = make.person(session, "Ada")
        visit = Browser(sqlite_app, make.sign_in(session, ada, datetime.now(UTC)))
        make.goal(session, make.viewer(session, ada), "Walk")
        session.commit()
    visit.token()
    with engine.connect().execution_options(writing=True) as writer:
        writer.begin()
        assert visit.post("/goals/preview", title="Swim", frequency="Daily").status == 200
        assert "Walk" in visit.post("/goals/search", q="walk").text
        assert visit.post("/goals", title="Swim", frequency="Daily").status == 503
        writer.rollback()
    assert visit.post("/goals", title="Swim", frequency="Daily").status == 303
