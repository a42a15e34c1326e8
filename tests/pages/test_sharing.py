"""My sharing: asking by a code, saying yes to an invitation, changing, ending, and reading who looked."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.consent import letter_in
from tests.make import NOW
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import APART, BLIND, UNKNOWN, told
from webapp.actions import grant_invitations, grants
from webapp.domain.grants import GrantDraft, GrantState, Scope, Term, in_groups
from webapp.domain.people import Role, Viewer
from webapp.models import Grant, GrantEvent, GrantInvitation, OutboxMessage, Person, SignIn

NOBODYS = "0000-0000-0000"
GOALS = GrantDraft(frozenset({Scope.GOALS}), "weekly talks", make.TODAY)


@pytest.fixture
def thea(session: Session, clock: time_machine.Traveller) -> Person:
    """A therapist in good standing, with a code."""
    made = make.person(session, "Thea")
    make.member(session, made, make.organisation(session, "Practice"), Role.THERAPIST)
    session.commit()
    return made


@pytest.fixture
def code(session: Session, thea: Person) -> str:
    made = grant_invitations.renew_code(session, make.viewer(session, thea))
    session.commit()
    return in_groups(made.code)


@pytest.fixture
def shared(session: Session, her: Viewer, thea: Person, code: str) -> Grant:
    """Ada shares her goals with Thea."""
    grant = grants.accept(session, make.viewer(session, thea), grants.request(session, her, code, GOALS).public_id)
    session.commit()
    return grant


def ask(visit: Browser, code: str, **typed: object) -> Page:
    said = {"code": code, "scopes": ["goals"], **typed}
    return visit.get("/sharing/new").press("Ask the therapist", **said)


def invite(session: Session, thea: Person, address: str) -> str:
    """The secret that was mailed."""
    grant_invitations.invite(session, make.viewer(session, thea), address)
    session.commit()
    message = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert message is not None
    return str(letter_in(message).values["token"])


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Grant)) or 0


def grow_stale(session: Session) -> None:
    """The password was proven 16 minutes ago."""
    session.execute(update(SignIn).values(fresh_at=NOW - timedelta(minutes=16)))
    session.commit()


def test_who_shares_nothing_is_told_how(visit: Browser) -> None:
    page = visit.get("/sharing")
    assert "You share nothing." in page.words()
    assert "Who looked at what" not in page.words()


def test_the_form_ticks_nothing_by_itself(visit: Browser) -> None:
    page = visit.get("/sharing/new")
    assert [one for one in page.all("input", type="checkbox") if "checked" in one.attrib] == []
    assert (page.value("from_date"), page.value("purpose")) == ("2026-03-10", "")
    assert [one.get("value") for one in page.all("input", type="radio") if "checked" in one.attrib] == ["6"]


def test_a_request_waits_without_a_name(visit: Browser, session: Session, code: str) -> None:
    page = ask(visit, code.lower().replace("-", " "), purpose="weekly talks")
    assert page.status == 200
    waiting = page.words(page.by_id("waiting"))
    assert f"Waiting for the therapist with the code ending in {code[-4:]}" in waiting
    assert "Goals; from 10 Mar 2026 on, until 10 Sept 2026" in waiting
    assert "weekly talks" in waiting
    assert "Thea" not in page.text
    assert "Nobody has looked yet" not in page.text


def test_the_answer_is_the_same_whether_the_code_is_anybodys(app: Flask, session: Session, code: str) -> None:
    """The code of a therapist, of nobody and of the asker, each followed through everything that can be seen of it."""
    mia = make.person(session, "Mia")
    make.member(session, mia, make.organisation(session), Role.THERAPIST)
    own = in_groups(grant_invitations.renew_code(session, make.viewer(session, mia)).code)
    visit = signed_in(app, session, mia)
    said = []
    for typed in (code, NOBODYS, own):
        answer = visit.post("/sharing/new", code=typed, scopes="goals", term="6")
        public_id = session.scalars(select(Grant.public_id)).one()
        pages = [visit.get("/sharing"), visit.get(f"/sharing/{public_id}"), visit.get("/sharing/new")]
        ended = visit.post(f"/sharing/{public_id}/revoke")
        pages += [answer, visit.get("/sharing"), ended, visit.get(f"/sharing/{public_id}")]
        said.append([_same(page, public_id, typed) for page in pages])
        session.rollback()
        session.execute(delete(GrantEvent))
        session.execute(delete(Grant))
        session.commit()
    assert said[0] == said[1]
    assert said[0] == said[2]


def _same(page: Page, public_id: str, typed: str) -> str:
    """The answer without what is random in it, and without the end of the code."""
    text = str(told(page)).replace(public_id, "this").replace(f"ending in {typed[-4:]}", "ending")
    return re.sub(r'name="nonce" value="[0-9a-f]+"', "", text)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"code": "0000-0000-0001"}, "code", "This is no therapist's code: check the letters."),
        ({"code": ""}, "code", "Please fill this in."),
        ({"scopes": []}, "scopes", "Please fill this in."),
        ({"scopes": ["tracking"]}, "scopes", "How goals went shows nothing without the goals"),
        ({"scopes": ["mood_notes"]}, "scopes", "Mood notes show nothing without the levels"),
        ({"scopes": ["everything"]}, "scopes", "choose one of the list"),
        ({"from_date": "soon"}, "from_date", "Please write a date"),
        ({"term": "7"}, "term", "choose one of the list"),
        ({"term": "keep"}, "term", "choose one of the list"),
        ({"purpose": "x" * 501}, "purpose", "At most 500 characters."),
        ({"from_date": "2027-01-01", "term": "1"}, "term", "The end lies before the beginning."),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_what_makes_no_sense_stands_at_its_field_and_nothing_typed_is_lost(
    visit: Browser, session: Session, typed: dict[str, object], field: str, words: str, htmx: bool
) -> None:
    said = {"code": "x1", "scopes": ["mood_levels"], "purpose": "to talk", **typed}
    page = visit.get("/sharing/new").press("Ask the therapist", htmx=htmx, **said)
    assert page.status == 422
    assert page.whole is not htmx
    assert words in page.words(page.by_id("scopes-error")) if field == "scopes" else words in page.errors()[field]
    assert (page.value("code"), page.value("purpose")) == (said["code"], said["purpose"])
    ticked = [one.get("value") for one in page.all("input", type="checkbox") if "checked" in one.attrib]
    assert ticked == [one for one in said["scopes"] if one != "everything"]  # type: ignore[attr-defined]
    assert count(session) == 0


def test_sent_well_the_browser_is_led_on_in_both_worlds(visit: Browser, session: Session) -> None:
    for htmx, status, header in ((False, 303, "Location"), (True, 204, "HX-Redirect")):
        answer = visit.post("/sharing/new", htmx=htmx, code=NOBODYS, scopes="goals", term="6", nonce=f"n{htmx}")
        assert (answer.status, answer.headers[header]) == (status, "/sharing")
    assert count(session) == 2


def test_a_form_sent_twice_asks_once(visit: Browser, session: Session) -> None:
    for _ in range(2):
        assert visit.post("/sharing/new", code=NOBODYS, scopes="goals", term="6", nonce="one").status == 303
    assert count(session) == 1


def test_codes_are_tried_ten_times_an_hour_and_typing_mistakes_do_not_count(visit: Browser) -> None:
    form = {"scopes": "goals", "term": "6"}
    for number in range(10):
        assert visit.post("/sharing/new", code="0000-0000-0001", **form).status == 422
        assert visit.post("/sharing/new", code=NOBODYS, nonce=str(number), **form).status == 303
    assert visit.post("/sharing/new", code=NOBODYS, **form).status == 429


# What is shared.


def test_what_is_shared_is_listed_with_whom_and_how_long(visit: Browser, shared: Grant) -> None:
    page = visit.get("/sharing")
    now = page.words(page.by_id("now"))
    assert "Thea" in now
    assert "Goals; from 10 Mar 2026 on, until 10 Sept 2026" in now
    assert "Since 10 Mar 2026" in now
    assert "weekly talks" in now
    story = visit.get(f"/sharing/{shared.public_id}")
    steps = story.words(story.by_id("steps"))
    assert steps.index("Thea took you on") < steps.index("You asked to be taken on")


def test_a_change_shows_what_was_and_holds_at_once(visit: Browser, session: Session, shared: Grant) -> None:
    page = visit.get(f"/sharing/{shared.public_id}/change")
    ticked = [one.get("value") for one in page.all("input", checked="") if one.get("type") != "hidden"]
    assert ticked == ["goals", "keep"]
    after = page.press("Save", scopes=["goals", "tracking"], from_date="", term="open", purpose="less")
    assert "Goals, how goals went; with all that was before, without an end" in after.words(after.by_id("now"))
    wrong = visit.get(f"/sharing/{shared.public_id}/change").press("Save", scopes=[], purpose="kept")
    assert (wrong.status, wrong.value("purpose")) == (422, "kept")
    session.refresh(shared)
    assert (shared.sees_tracking, shared.expires_at, shared.from_date) == (True, None, None)


def test_one_press_ends_it_and_the_therapist_sees_nothing_on_the_next_request(
    app: Flask, session: Session, visit: Browser, her: Viewer, thea: Person, shared: Grant
) -> None:
    goal = make.goal(session, her, "Call my sister")
    caring = signed_in(app, session, thea)
    address = f"/goals/{goal.public_id}"
    assert caring.get(address).status == 200
    asked = visit.get(f"/sharing/{shared.public_id}/revoke")
    assert caring.get(address).status == 200, "nothing ends before the button is pressed"
    after = asked.press("Stop sharing")
    assert "Nothing is shared there any more." in after.words()
    assert told(caring.get(address)) == told(caring.get(f"/goals/{UNKNOWN}"))
    assert "Ended by you" in after.words(after.by_id("over"))
    again = after.all("a", aria_label="Share again: Thea")[0].get("href", "")
    form = visit.get(again)
    assert [one.get("value") for one in form.all("input", type="checkbox", checked="")] == ["goals"]
    assert (form.value("purpose"), form.value("code")) == ("weekly talks", "")


def test_taken_out_of_the_goals_the_therapist_sees_none_on_the_next_request(
    app: Flask, session: Session, visit: Browser, her: Viewer, thea: Person, shared: Grant
) -> None:
    goal = make.goal(session, her, "Call my sister")
    caring = signed_in(app, session, thea)
    assert caring.get(f"/goals/{goal.public_id}").status == 200
    visit.get(f"/sharing/{shared.public_id}/change").press("Save", scopes=["mood_levels"])
    assert caring.get(f"/goals/{goal.public_id}").status == 404


@pytest.mark.parametrize("path", ["/new", "/{id}/change", "/{id}/revoke", "/invitations/x"])
def test_whoever_shares_more_or_less_proves_their_password(
    visit: Browser, session: Session, shared: Grant, path: str
) -> None:
    token = visit.token()
    grow_stale(session)
    before = make.everything(session)
    answer = visit.send(
        "/sharing" + path.format(id=shared.public_id), [("csrf_token", token), ("scopes", "goals")], follow=False
    )
    assert (answer.status, answer.headers["Location"].startswith("/password-again")) == (303, True)
    assert make.everything(session) == before
    assert visit.get("/sharing").status == 200


@pytest.mark.parametrize("who", [*APART, "the therapist"])
def test_for_everybody_else_a_grant_does_not_exist(
    app: Flask, session: Session, ada: Person, thea: Person, shared: Grant, who: str
) -> None:
    home = make.organisation(session)
    make.member(session, ada, home)
    someone = thea if who == "the therapist" else BLIND[who](session, ada, home)
    other = signed_in(app, session, someone)
    token = other.token()
    before = make.everything(session)
    for method, path in (("GET", ""), ("GET", "/change"), ("POST", "/change"), ("GET", "/revoke"), ("POST", "/revoke")):
        answers = []
        for public_id in (shared.public_id, UNKNOWN):
            data = {"csrf_token": token, "scopes": "goals", "term": "6"} if method == "POST" else {}
            answers.append(told(other.ask(method, f"/sharing/{public_id}{path}", data=data)))
        assert answers[0] == answers[1], path
        assert answers[0][0] == 404
    assert other.get(f"/sharing/new?again={shared.public_id}").status == 404
    assert "Thea" not in other.get("/sharing").text or who == "the therapist"
    assert make.everything(session) == before


def test_states_are_said_as_they_are_before_anybody_swept(
    visit: Browser, session: Session, her: Viewer, shared: Grant, clock: time_machine.Traveller
) -> None:
    grants.request(session, her, NOBODYS, GOALS)
    later = NOW + timedelta(days=14)
    session.execute(update(Grant).where(Grant.id == shared.id).values(expires_at=later))
    session.execute(update(SignIn).values(seen_at=later, fresh_at=later))
    session.commit()
    clock.move_to(later)
    page = visit.get("/sharing")
    over = page.words(page.by_id("over"))
    assert "Over by itself" in over
    assert "Nobody answered within two weeks" in over
    assert page.by_id("now") is None
    assert page.by_id("waiting") is None


# Invitations.


def test_an_invitation_waits_for_the_owner_of_the_address(
    visit: Browser, session: Session, ada: Person, thea: Person
) -> None:
    secret = invite(session, thea, ada.email)
    page = visit.get("/sharing")
    link = next(one.get("href", "") for one in page.all("a") if page.words(one) == "Thea")
    assert secret not in page.text
    for address in (link, f"/sharing/invitations/{secret}"):
        asked = visit.get(address)
        assert "Thea invites you to share" in asked.words()
    assert count(session) == 0, "looking shares nothing"
    wrong = asked.press("Share this", scopes=[], purpose="kept")
    assert (wrong.status, wrong.value("purpose")) == (422, "kept")
    after = wrong.press("Share this", scopes=["goals", "mood_levels"])
    assert "Thea sees from now on what you chose." in after.words()
    assert "Goals, mood levels" in after.words(after.by_id("now"))
    assert after.by_id("offers") is None
    session.rollback()
    grant = session.scalars(select(Grant)).one()
    assert (grant.state, grant.sees_tracking) == (GrantState.ACTIVE, False)
    session.rollback()
    assert wrong.press("Share this", scopes=["goals", "mood_levels"]).status == 200, "a form sent twice"
    assert count(session) == 1


def test_for_everybody_else_and_when_it_is_over_the_link_is_dead_with_one_answer(
    app: Flask, visit: Browser, session: Session, ada: Person, thea: Person
) -> None:
    secret = invite(session, thea, "bo@example.org")
    bo = signed_in(app, session, make.person(session, "Bo", email="bo@example.org"))
    public_id = session.scalars(select(GrantInvitation.public_id)).one()
    session.rollback()
    before = make.everything(session)
    dead = []
    for key in (secret, public_id, "x" * 43, UNKNOWN):
        dead.append(told(visit.get(f"/sharing/invitations/{key}")))
        dead.append(told(visit.post(f"/sharing/invitations/{key}", scopes="goals", term="6")))
    assert {one[0] for one in dead} == {410}
    assert [one == dead[0] for one in dead] == [True] * len(dead)
    assert "Thea" not in dead[0][1]
    assert make.everything(session) == before
    assert "Thea" not in visit.get("/sharing").text
    good = bo.get(f"/sharing/invitations/{secret}")
    assert good.status == 200
    grant_invitations.withdraw(session, make.viewer(session, thea), public_id)
    session.commit()
    theirs = told(bo.get(f"/sharing/invitations/{secret}"))
    assert theirs == told(bo.get(f"/sharing/invitations/{'x' * 43}"))
    assert good.press("Share this", scopes=["goals"]).status == 410
    assert count(session) == 0


def test_who_is_not_signed_in_comes_back_to_the_invitation(app: Flask, session: Session, thea: Person) -> None:
    answer = Browser(app).get("/sharing/invitations/some-secret", follow=False)
    assert answer.headers["Location"] == "/login?next=/sharing/invitations/some-secret"


def test_nobody_signed_in_is_asked_to_sign_in(app: Flask, shared: Grant) -> None:
    nobody = Browser(app)
    for path in ("/sharing", "/sharing/new", f"/sharing/{shared.public_id}", f"/sharing/{shared.public_id}/change"):
        assert nobody.get(path, follow=False).headers["Location"].startswith("/login")


def test_a_grant_without_an_end_says_so(visit: Browser, session: Session, her: Viewer, shared: Grant) -> None:
    grants.change(session, her, shared.public_id, GrantDraft(frozenset(Scope), term=Term.OPEN))
    session.commit()
    assert "Goals, how goals went, mood levels, mood notes; with all that was before, without an end" in (
        visit.get("/sharing").words()
    )
