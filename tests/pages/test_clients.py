"""A therapist's clients as pages: what stands there, who else finds nothing, and what each look leaves behind."""

from datetime import timedelta

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests import lives, make
from tests.make import NOW, TODAY, days_ago
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import APART, BLIND, UNKNOWN, therapist, told
from webapp.actions import access
from webapp.domain.grants import GrantState, Scope
from webapp.domain.people import MembershipStatus, Viewer
from webapp.models import Access, Goal, GoalProposal, Grant, Membership, Organisation, Person

LETS_SEE_SOMETHING = {"reduced to tracking"}
"""Whom Ada lets see something, though no goals: they are at her page and not at what is about goals."""
LOOKS = [
    ("GET", "/clients/{id}", {}),
    ("GET", "/clients/{id}/report", {}),
    ("GET", "/clients/{id}/end", {}),
    ("POST", "/clients/{id}/end", {}),
]
OF_GOALS = [
    ("GET", "/clients/{id}/goals/new", {}),
    ("POST", "/clients/{id}/goals/preview", {"frequency": "Daily"}),
    ("POST", "/clients/{id}/goals", {"title": "Breathe", "frequency": "Daily"}),
]


@pytest.fixture
def home(session: Session) -> Organisation:
    return make.organisation(session)


@pytest.fixture
def helper(session: Session, ada: Person, home: Organisation) -> Person:
    """A therapist whom Ada lets see everything."""
    someone = therapist(session, home)
    make.grant(session, ada, someone, *Scope)
    session.commit()
    return someone


@pytest.fixture
def caring(app: Flask, session: Session, helper: Person) -> Browser:
    return signed_in(app, session, helper)


@pytest.fixture
def lived(session: Session, her: Viewer) -> None:
    lives.lead(session, her)
    session.commit()


@pytest.fixture
def some_days(session: Session, her: Viewer) -> None:
    """Enough of a life to be seen, where only whether it is seen matters."""
    make.tick(session, her, make.goal(session, her, "Call my sister"), TODAY)
    make.mood(session, her, 1, TODAY)
    session.commit()


def send(visit: Browser, request: tuple[str, str, dict[str, str]], client: str, *, htmx: bool = False) -> Page:
    method, path, fields = request
    address = path.format(id=client)
    return visit.get(address, htmx=htmx) if method == "GET" else visit.post(address, htmx=htmx, **fields)


def set_grants(session: Session, **values: object) -> None:
    session.execute(Grant.__table__.update().values(**values))
    session.commit()


def looks(session: Session) -> list[tuple[str, int, int]]:
    session.rollback()
    return [(look.what, look.client_id, look.viewer_id) for look in session.scalars(select(Access).order_by(Access.id))]


@pytest.mark.usefixtures("lived")
def test_the_caseload_says_of_each_client_how_the_last_days_went(caring: Browser, ada: Person) -> None:
    page = caring.get("/clients")
    line = page.words(next(one for one in page.all("li", class_="case")))

    assert line.startswith("AdaGoals, how goals went, mood levels, mood notes, without an end")
    assert "Done26 of 35" in line
    assert "Last said somethingtoday" in line
    assert "median good, 10 moods on 8 of 28 days" in line
    assert "Reviewsnone wait" in line
    assert page.one("progress").get("value") == "74"
    (drawn,) = [next(iter(one)) for one in page.root.iter() if one.get("class") == "spark"]
    assert drawn.get("d", "").count("M") == 1, "eight days in a row are one line"


def test_what_is_not_shared_is_said_to_be_so(session: Session, caring: Browser, her: Viewer) -> None:
    make.tick(session, her, make.goal(session, her, "Call my sister"), TODAY)
    make.mood(session, her, 1, TODAY)
    set_grants(session, sees_goals=False, sees_tracking=False, sees_mood_levels=False)
    words = caring.get("/clients").words()
    assert words.count("not shared") == 4
    assert "sister" not in caring.get("/clients").text
    page = caring.get(f"/clients/{her.public_id}")
    assert "Goals are not shared." in page.words()
    assert "Moods are not shared." in page.words()
    assert "sister" not in page.text
    assert page.all("table") == []


def test_few_due_dates_are_said_to_be_few(session: Session, caring: Browser, her: Viewer) -> None:
    make.tick(session, her, make.goal(session, her), TODAY)
    session.commit()
    page = caring.get("/clients")
    assert "1 of 1: few" in page.words()
    assert page.all("progress") == []


def test_clients_are_found_by_their_names(app: Flask, session: Session, caring: Browser, helper: Person) -> None:
    bea = make.person(session, "Bea")
    make.grant(session, bea, helper, *Scope)
    session.commit()
    page = caring.get("/clients").press("Show", q="be")
    assert page.value("q") == "be"
    assert [page.words(one) for one in page.all("h3")] == ["Bea"]
    assert "q=" not in page.address
    assert looks(session)[-1] == ("caseload", bea.id, helper.id), "only who is shown was looked at"
    assert len(looks(session)) == 3
    assert "No client has these letters" in page.press("Show", q="zz").words()
    sent = caring.post("/clients/search", q=" ", order="waiting")
    assert (sent.status, sent.headers["Location"]) == (303, "/clients?order=waiting")


@pytest.mark.usefixtures("clock")
def test_a_newcomer_is_told_how_clients_come(app: Flask, session: Session, home: Organisation) -> None:
    page = signed_in(app, session, therapist(session, home)).get("/clients")
    assert page.status == 200
    assert "Clients stand here once they let you see something." in page.words()


# One client.


@pytest.mark.usefixtures("lived")
def test_a_client_s_page_shows_goals_and_moods(caring: Browser, ada: Person) -> None:
    page = caring.get(f"/clients/{ada.public_id}")
    words = page.words()

    assert "Every day 🏃" in words
    assert "16 of 22" in words
    assert "3 in a row" in words
    assert "Put away" not in words
    assert "serene" in words
    assert "day 3" in words
    assert "8 March: good, 1 mood" in words
    assert "tired;" not in words, "no scope opens the notes of a goal"


@pytest.mark.usefixtures("lived")
def test_levels_alone_show_no_words(session: Session, caring: Browser, ada: Person) -> None:
    set_grants(session, sees_mood_notes=False)
    page = caring.get(f"/clients/{ada.public_id}")
    assert "8 March: good, 1 mood" in page.words()
    assert "serene" not in page.text
    assert ">day 3" not in page.text
    assert "Their own words and notes are not shared." in page.words()


@pytest.mark.usefixtures("lived")
def test_goals_alone_show_no_days(session: Session, caring: Browser, ada: Person) -> None:
    set_grants(session, sees_tracking=False)
    page = caring.get(f"/clients/{ada.public_id}")
    assert "Every day 🏃" in page.words()
    assert "16 of 22" not in page.words()
    assert "in a row" not in page.words()
    assert "How they went is not shared." in page.words()


@pytest.mark.usefixtures("lived")
def test_who_may_not_look_back_learns_of_no_streak(session: Session, caring: Browser, ada: Person) -> None:
    set_grants(session, from_date=days_ago(4))
    page = caring.get(f"/clients/{ada.public_id}")
    assert "in a row" not in page.words()
    assert "16 of 22" not in page.words()
    assert "day 3" in page.words()
    assert "day 5" not in page.words()


def test_nothing_says_that_somebody_else_is_a_therapist_too(
    session: Session, caring: Browser, ada: Person, her: Viewer, home: Organisation
) -> None:
    make.goal(session, her, "Walk").review_state = None
    session.commit()
    before = [caring.get(path).text for path in ("/clients", f"/clients/{ada.public_id}")]
    other = make.person(session, "Otto")
    make.member(session, other, home)
    make.grant(session, ada, other, *Scope)
    message = her.words.seal("goal_proposal.message", "From Otto")
    terms = her.words.seal("goal_proposal.terms", '{"goal": {}}')
    session.add(GoalProposal(client_id=ada.id, therapist_id=other.id, terms=terms, message=message, created_at=NOW))
    session.commit()
    after = [caring.get(path).text for path in ("/clients", f"/clients/{ada.public_id}")]
    assert [without_tokens(text) for text in before] == [without_tokens(text) for text in after]


def without_tokens(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line and "X-CSRFToken" not in line)


# Who else.


@pytest.mark.parametrize("who", APART)
@pytest.mark.usefixtures("some_days")
def test_for_everybody_else_there_is_no_such_client(
    app: Flask, session: Session, ada: Person, home: Organisation, who: str
) -> None:
    make.member(session, ada, home)
    visit = signed_in(app, session, BLIND[who](session, ada, home))
    before = make.everything(session, but=frozenset({"access"}))
    requests = OF_GOALS if who in LETS_SEE_SOMETHING else [*LOOKS, *OF_GOALS]

    for request in requests:
        for htmx in (False, True):
            denied = told(send(visit, request, ada.public_id, htmx=htmx))
            assert denied[0] == 404, request
            assert denied == told(send(visit, request, UNKNOWN, htmx=htmx)), request
    assert "Ada" not in visit.get("/clients").text or who in LETS_SEE_SOMETHING
    assert make.everything(session, but=frozenset({"access"})) == before
    if who not in LETS_SEE_SOMETHING:
        assert looks(session) == [] or {client for _, client, _ in looks(session)} != {ada.id}


def test_who_is_no_therapist_finds_no_caseload(app: Flask, session: Session, visit: Browser) -> None:
    for path in ("/clients", "/clients?order=name"):
        page = visit.get(path)
        assert page.status == 404
    assert told(visit.get("/clients")) == told(visit.get("/clientele"))
    assert visit.post("/clients/search", q="a").status == 404


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Grant, {"state": GrantState.REVOKED}),
        (Grant, {"expires_at": NOW}),
        (Membership, {"status": MembershipStatus.SUSPENDED}),
    ],
)
def test_nothing_is_shown_from_the_next_request_on(
    session: Session, caring: Browser, ada: Person, table: type[Grant], values: dict[str, object]
) -> None:
    address = f"/clients/{ada.public_id}"
    assert caring.get(address).status == 200
    assert "Ada" in caring.get("/clients").words()
    session.execute(table.__table__.update().values(**values))
    session.commit()
    assert caring.get(address).status == 404
    assert caring.get(f"{address}/report").status == 404
    assert "Ada" not in caring.get("/clients").words()


def test_a_password_proven_long_ago_is_asked_for_again(caring: Browser, ada: Person, clock: machine.Traveller) -> None:
    clock.shift(timedelta(minutes=29))
    assert caring.get("/clients").status == 200
    assert caring.get(f"/clients/{ada.public_id}/end", follow=False).status == 303
    clock.shift(timedelta(minutes=2))
    page = caring.get(f"/clients/{ada.public_id}", follow=False)
    assert page.headers["Location"].startswith("/password-again")


# What a look leaves behind.


def test_every_look_is_written_down(session: Session, caring: Browser, ada: Person, helper: Person) -> None:
    for path in ("/clients", f"/clients/{ada.public_id}", f"/clients/{ada.public_id}/report"):
        caring.get(path)
    assert looks(session) == [(what, ada.id, helper.id) for what in ("caseload", "client", "report")]


def test_a_look_that_cannot_be_written_down_is_refused(
    caring: Browser, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT INTO access", {}, Exception("disk full"))

    monkeypatch.setattr(access, "record_looks", full)
    for path in ("/clients", f"/clients/{ada.public_id}", f"/clients/{ada.public_id}/report"):
        page = caring.get(path)
        assert page.status == 503
        assert "Ada" not in page.text


# Ending it.


def test_a_relation_ends_in_two_clicks(session: Session, caring: Browser, ada: Person) -> None:
    page = caring.get(f"/clients/{ada.public_id}/end")
    assert "You see nothing of Ada any more" in page.words()
    done = page.press("End this relation")
    assert (done.status, done.address) == (200, "/clients")
    assert "Ada" not in done.words()
    session.rollback()
    assert session.scalars(select(Grant.state)).all() == [GrantState.REVOKED]
    assert caring.get(f"/clients/{ada.public_id}").status == 404


def test_looking_at_the_question_ends_nothing(session: Session, caring: Browser, ada: Person) -> None:
    caring.get(f"/clients/{ada.public_id}/end")
    session.rollback()
    assert session.scalars(select(Grant.state)).all() == [GrantState.ACTIVE]
    assert session.scalars(select(Goal)).all() == []
