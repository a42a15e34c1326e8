"""How many statements a request costs: few, and as many for a full life as for an empty one."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks import data
from tests.benchmarks.browser import Browser, signed_in
from tests.benchmarks.data import Made
from tests.benchmarks.statements import counted
from webapp.domain.days import shifted
from webapp.extensions import db
from webapp.models import Person

PAGE, PARTIAL, TICK, MOOD = 8, 6, 14, 20
"""The most statements of a whole page, a part of one that only reads, a tick with all that it writes, and a mood with
a new reason, which shows its month anew."""

PAGES = {
    "dashboard": "/",
    "goals": "/goals",
    "goals by name": "/goals?order=title",
    "goal": "/goals/{goal}",
    "older days of a goal": "/goals/{goal}?before={today}",
    "goals, all chosen": "/goals?choose=all",
    "figures of a goal": "/goals/{goal}/figures",
    "why a streak": "/goals/{goal}/streak",
    "strength explained": "/goals/{goal}/strength",
    "day of a goal": "/goals/{goal}/days/{yesterday}",
    "yesterday": "/days/{yesterday}",
    "pauses": "/pauses",
    "new goal": "/goals/new",
    "goal editor": "/goals/{goal}/edit",
    "month": "/calendar",
    "month ahead": "/calendar?day={later}",
    "week": "/calendar?view=week",
    "list": "/calendar?view=agenda",
    "moods": "/moods",
    "moods of a day": "/moods?day={yesterday}",
    "edit a mood": "/moods/{mood}/edit",
    "year of moods": "/moods/year",
    "statistics of moods": "/moods/statistics",
    "palette": "/moods/palette",
    "help": "/moods/help",
    "account": "/account",
    "programs": "/account/tokens",
    "new token": "/account/tokens/new",
    "import": "/import",
}
FORMS = {
    "preview": ("/goals/preview", {"frequency": "Daily", "start": "{today}"}, PARTIAL),
    "tick": ("/goals/{goal}/days/{today}", {"state": "done", "view": "row"}, TICK),
    "tick again": ("/goals/{goal}/days/{today}", {"state": "skipped", "view": "row"}, TICK),
    "amount": ("/goals/{measured}/days/{today}", {"value": "7", "state": "done", "view": "row"}, TICK),
    "past day": ("/goals/{goal}/days/{yesterday}", {"state": "skipped", "view": "row"}, TICK),
    "mood": ("/moods", {"label": "{label}", "new_reasons": "work", "note": "Well."}, MOOD),
    "mood on the dashboard": ("/moods", {"label": "{label}", "view": "panel"}, TICK),
    "mood amiss": ("/moods", {"label": "", "note": "Well."}, PARTIAL),
    "tick in the month": ("/calendar/mark", {"mark": "{goal}:{today}:open", "view": "month"}, TICK),
}


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def test_a_full_life_costs_no_more_statements_than_an_empty_one(
    app: Flask, client: FlaskClient, session: Session, engine: Engine
) -> None:
    with app.app_context():
        short = data.person(session, "short", count=5, days=30)
        long = data.person(session, "long", count=25, days=400)
        felt = {short.id: moods(session, short, 1), long.id: moods(session, long, 60)}
    few = counts(client, engine, short, felt[short.id], signed_in(app, short.id))
    many = counts(client, engine, long, felt[long.id], signed_in(app, long.id))
    assert few == many
    most = dict.fromkeys(PAGES, PAGE) | {name: bound for name, (_, _, bound) in FORMS.items()}
    assert {name: count for name, count in many.items() if count > most[name]} == {}


def moods(session: Session, person: Made, days: int) -> dict[str, str]:
    """So many days with a mood, the last of them yesterday; the addresses of one mood and of its label."""
    viewer = make.viewer(session, session.get_one(Person, person.id), datetime.now(UTC))
    made = [
        make.mood(session, viewer, 1 + back % 5, shifted(person.today, -1 - back), reasons=[f"reason {back % 9}"])
        for back in range(days)
    ]
    session.commit()
    return {"mood": made[0].public_id, "label": make.label(session, viewer).public_id}


def counts(client: FlaskClient, engine: Engine, person: Made, felt: dict[str, str], browser: Browser) -> dict[str, int]:
    """Statements of each request by its name; the first request of a process is not counted, it fills caches."""
    names = {**words_of(person), **felt}
    name, _, value = browser.cookie.partition("=")
    client.set_cookie(name, value)
    client.get("/")
    found = {}
    for what, path in PAGES.items():
        with counted(engine) as statements:
            answer = client.get(path.format(**names))
        assert answer.status_code == 200, f"{what}: {answer.status_code}"
        found[what] = len(statements)
    for what, (path, fields, _) in FORMS.items():
        form = {"csrf_token": browser.csrf_token} | {field: text.format(**names) for field, text in fields.items()}
        with counted(engine) as statements:
            answer = client.post(path.format(**names), data=form, headers={"HX-Request": "true"})
        assert answer.status_code == (422 if "amiss" in what else 200), f"{what}: {answer.status_code}"
        found[what] = len(statements)
    return found


def words_of(person: Made) -> dict[str, str]:
    """What the addresses above are filled with."""
    return {
        "goal": person.goals[0],
        "measured": person.goals[data.PATTERN.index("a")],
        "today": person.today.isoformat(),
        "yesterday": shifted(person.today, -1).isoformat(),
        "later": shifted(person.today, 100).isoformat(),
    }
