"""Whose mood it is decides everything: for everybody else it is as if it had never been felt."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import APART, BLIND, UNKNOWN, granted, stranger, told
from webapp.domain.people import Viewer
from webapp.models import Organisation, Person
from webapp.queries import moods

PALETTE = "/moods/palette"
MOOD_REQUESTS = [
    ("GET", "/moods/{mood}/edit", {}),
    ("POST", "/moods/{mood}", {"label": "{label}", "version": "1", "note": "Taken over."}),
    ("POST", "/moods/{mood}/revert", {"number": "1"}),
    ("POST", "/moods/{mood}/delete", {}),
    ("POST", "/moods/{mood}/undelete", {}),
    ("POST", PALETTE + "/labels/{label}", {"{label}-name": "mine", "{label}-level": "2"}),
    ("POST", PALETTE + "/labels/{label}/hide", {}),
    ("POST", PALETTE + "/labels/{label}/show", {}),
    ("POST", PALETTE + "/reasons/{reason}", {"{reason}-name": "mine"}),
    ("POST", PALETTE + "/reasons/{reason}/hide", {}),
    ("POST", PALETTE + "/reasons/{reason}/show", {}),
]
"""Every request that names a mood, a label or a reason; that its owner may send them is shown in tests/rights."""

NOTHING = dict.fromkeys(("mood", "label", "reason"), UNKNOWN)


@pytest.fixture
def home(session: Session, ada: Person) -> Organisation:
    """Where Ada is a plain member."""
    made = make.organisation(session)
    make.member(session, ada, made)
    return made


@pytest.fixture
def felt(session: Session, her: Viewer) -> dict[str, str]:
    """The addresses of a mood of Ada's, of its label and of its reason."""
    mood = make.mood(session, her, 1, reasons=["divorce"], note="I could not sleep.")
    session.commit()
    (reason,) = moods.reasons_of(session, her)
    return {"mood": mood.public_id, "label": moods.opened(session, her, mood).label.id, "reason": reason.id}


def ask(visit: Browser, request: tuple[str, str, dict[str, str]], named: dict[str, str], *, htmx: bool = False) -> Page:
    method, path, fields = request
    address = path.format(**named)
    filled = {name.format(**named): value.format(**named) for name, value in fields.items()}
    return visit.get(address, htmx=htmx) if method == "GET" else visit.post(address, htmx=htmx, **filled)


def test_every_route_that_names_a_mood_is_tried_here(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if "<public_id>" in rule.rule and "mood" in rule.rule}
    assert rules == {re.sub(r"\{\w+\}", "<public_id>", path) for _, path, _ in MOOD_REQUESTS}


@pytest.mark.parametrize("who", [*APART, "granted everything"])
def test_for_everybody_else_the_mood_does_not_exist(
    app: Flask, session: Session, ada: Person, visit: Browser, home: Organisation, felt: dict[str, str], who: str
) -> None:
    other = signed_in(app, session, BLIND.get(who, granted())(session, ada, home))
    before = make.everything(session)

    for request in MOOD_REQUESTS:
        for htmx in (False, True):
            denied = ask(other, request, felt, htmx=htmx)
            assert denied.status == 404, request
            unknown = told(ask(other, request, NOTHING, htmx=htmx))
            assert told(denied) == unknown, request
    for place in ("/", "/moods", "/moods/statistics", PALETTE):
        assert "divorce" not in other.get(place).text, place
    assert make.everything(session) == before
    assert "divorce" in visit.get(f"/moods/{felt['mood']}/edit").text


def test_nobody_logs_with_somebody_elses_words(
    app: Flask, session: Session, ada: Person, home: Organisation, felt: dict[str, str], her: Viewer
) -> None:
    someone = stranger(session, ada, home)
    own = make.label(session, make.viewer(session, someone), 4).public_id
    visit = signed_in(app, session, someone)
    before = make.everything(session)
    for wrong, unknown in (
        ({"label": felt["label"]}, {"label": UNKNOWN}),
        ({"label": own, "reasons": felt["reason"]}, {"label": own, "reasons": UNKNOWN}),
    ):
        pages = [visit.post("/moods", **fields) for fields in (wrong, unknown)]
        assert [page.status for page in pages] == [422, 422]
        assert pages[0].errors() == pages[1].errors()
    assert make.everything(session) == before
    assert visit.post("/moods", label=own).status == 303
