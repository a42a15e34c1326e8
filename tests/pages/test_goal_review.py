"""Reviews on the goal's own page and in its editor: asking, taking back, proposing a change, looking back."""

from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import APART, BLIND, UNKNOWN, told
from tests.relations import Relation, Work
from webapp.domain.goals import ReviewState
from webapp.domain.grants import GrantState, Scope
from webapp.domain.people import Role
from webapp.domain.reviews import Act, Verdict
from webapp.domain.schedules import Frequency
from webapp.extensions import db
from webapp.models import Goal, Grant, ReviewRound, ScheduleVersion
from webapp.queries import goals as goal_queries
from webapp.queries import inbox


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Relation:
    return Relation(session)


@pytest.fixture
def thea(app: Flask, session: Session, they: Relation) -> Browser:
    return signed_in(app, session, they.therapist)


@pytest.fixture
def ada(app: Flask, session: Session, they: Relation) -> Browser:
    return signed_in(app, session, they.client)


def place(they: Relation, more: str = "") -> str:
    return f"/goals/{they.walk.public_id}{more}"


def approve(they: Relation) -> None:
    they.approved()
    they.session.commit()


def goal_of(they: Relation) -> Goal:
    they.session.rollback()
    they.session.expire_all()
    return goal_queries.find(they.session, they.ada, they.walk.public_id)


def review_of(page: Page) -> str:
    section = page.by_id("review")
    assert section is not None
    return page.words(section)


def saving(page: Page) -> str:
    preview = page.by_id("preview")
    assert preview is not None
    return page.words(preview).partition("When you save ")[2]


# Asking.


def test_a_goal_is_sent_by_its_own_page_and_says_so(they: Relation, ada: Browser) -> None:
    page = ada.get(place(they))
    assert "Nobody was asked" in review_of(page)
    assert place(they, "/review/new") in [link.get("href") for link in page.all("a")]
    form = ada.get(place(they, "/review/new"))
    assert form.value("reviewers") == they.therapist.public_id, "the only one there is"
    done = form.press("Send for review", comment="Too much?")
    assert done.address == place(they)
    assert "It is sent." in done.words()
    assert "Waits for Thea since 10 Mar 2026, 13:00." in review_of(done)
    assert goal_of(they).review_state is ReviewState.IN_REVIEW
    assert they.told() == [(Act.SEND, "Too much?")]


def test_who_shares_with_nobody_is_told_how(they: Relation, ada: Browser) -> None:
    they.session.execute(Grant.__table__.update().values(state=GrantState.REVOKED))
    they.session.commit()
    page = ada.get(place(they, "/review/new"))
    assert "Share it with a therapist first" in page.words()
    assert "/sharing" in [link.get("href") for link in page.all("a", class_="button primary")]
    assert ada.post(place(they, "/review"), reviewers=they.therapist.public_id, seen=1).status == 422
    assert goal_of(they).review_state is None


def test_what_is_typed_stays_whatever_is_wrong(they: Relation, ada: Browser) -> None:
    form = ada.get(place(they, "/review/new"))
    wrong = form.press("Send for review", comment="Please look", reviewers=None)
    assert (wrong.status, wrong.errors()) == (422, {"reviewers": "Please fill this in."})
    assert wrong.value("comment") == "Please look"

    they.save(title="Swim")
    they.session.commit()
    late = form.press("Send for review", comment="Please look")
    assert late.status == 409
    assert "changed in another place" in late.words()
    assert "Swim" in late.words()
    assert late.value("comment") == "Please look"

    they.send()
    they.session.commit()
    held = late.press("Send for review")
    assert held.status == 423
    assert "This goal is in review. It waits for Thea since 10 Mar 2026, 13:00." in held.words()
    assert held.value("comment") == "Please look"
    assert ada.get(place(they, "/review/new")).status == 423
    assert they.told() == [(Act.SEND, "")]


def test_only_one_person_is_asked_about_a_private_goal(app: Flask, they: Relation, ada: Browser) -> None:
    tom = make.person(they.session, "Tom")
    make.member(they.session, tom, they.home, Role.THERAPIST)
    make.grant(they.session, they.client, tom, Scope.GOALS)
    they.session.commit()
    form = ada.get(place(they, "/review/new"))
    assert {one.get("type") for one in form.all("input", name="reviewers")} == {"radio"}
    assert "checked" not in str([one.attrib for one in form.all("input", name="reviewers")])
    both = form.press("Send for review", reviewers=[tom.public_id, they.therapist.public_id])
    assert both.status == 422
    assert "Only one person" in both.errors()["reviewers"]


def test_an_objective_is_sent_to_several_and_read_by_all(
    app: Flask, session: Session, clock: machine.Traveller
) -> None:
    work = Work(session)
    paul = signed_in(app, session, work.person)
    form = paul.get(f"/goals/{work.goal.public_id}/review/new")
    assert {one.get("type") for one in form.all("input", name="reviewers")} == {"checkbox"}
    done = form.press("Send for review", reviewers=[work.manager.public_id, work.admin.public_id])
    assert "Waits for Ines, Mona since" in review_of(done)
    colleague = make.person(session, "Carl")
    make.member(session, colleague, work.home)
    session.commit()
    seen = signed_in(app, session, colleague).get(f"/goals/{work.goal.public_id}")
    assert "Waits for Ines, Mona" in review_of(seen)
    assert [link for link in seen.all("a") if "/reviews/" in link.get("href", "")] == []


# Taking back, asking again, what was decided.


def test_the_page_shows_the_last_decision_and_takes_back_what_was_approved(they: Relation, ada: Browser) -> None:
    they.decide(they.send(), Verdict.APPROVE, "Just right.")
    they.session.commit()
    page = ada.get(place(they))
    assert "Approved as it is." in review_of(page)
    assert "Thea approved it, 10 Mar 2026, 13:00." in review_of(page)
    assert "Just right." in review_of(page)
    draft = page.press("Make it a draft again")
    assert "A draft: nobody is asked" in review_of(draft)
    assert goal_of(they).review_state is ReviewState.DRAFT
    assert ada.post(place(they, "/review/withdraw")).status == 423


def test_the_page_asks_again_and_withdraws(they: Relation, ada: Browser) -> None:
    they.send()
    they.session.commit()
    page = ada.get(place(they)).press("Ask again")
    assert (page.address, "asked again by mail" in page.words()) == (place(they), True)
    done = page.press("Withdraw")
    assert goal_of(they).review_state is ReviewState.DRAFT
    assert "You withdrew it" in review_of(done)
    again = ada.post(place(they, "/review/nudge"))
    assert again.status == 423
    assert "This goal is a draft" in again.words()


def test_a_reviewer_is_led_to_the_review_and_nothing_else(they: Relation, thea: Browser) -> None:
    round_ = they.send()
    they.session.commit()
    page = thea.get(place(they))
    assert "Waits for your decision since 10 Mar 2026, 13:00." in review_of(page)
    section = page.by_id("review")
    assert section is not None
    assert [link.get("href") for link in section.iter("a")] == [f"/reviews/{round_.public_id}"]
    assert list(section.iter("button")) == []


# Changing an approved goal.


def test_a_material_change_waits_beside_what_is_in_force(they: Relation, ada: Browser) -> None:
    approve(they)
    editor = ada.get(place(they, "/edit"))
    assert saving(editor).startswith("Your reviewer does not have to look again.")
    shown = editor.press("Show the dates", frequency="Weekly")
    assert saving(shown) == (
        "What was approved stays in force until Thea approves the change.Until then no date changes."
    )
    done = editor.press("Save goal", frequency="Weekly", colour="4", title="Walk far")
    assert "The change waits until it is approved." in done.words()
    assert "What was approved is in force. A change of it waits for Thea" in review_of(done)
    assert "Title before Walk after Walk far" in review_of(done)
    goal = goal_of(they)
    assert (goal.colour, goal.review_state, goal.revision) == (4, ReviewState.APPROVED, 1)
    versions = they.session.scalars(select(ScheduleVersion).where(ScheduleVersion.goal_id == goal.id)).all()
    assert [version.frequency for version in versions] == [Frequency.DAILY]


def test_a_cosmetic_change_passes_without_anybody(they: Relation, ada: Browser) -> None:
    they.walk = make.goal(they.session, they.ada, "Two lines", description="One\nand two")
    approve(they)
    for state in (ReviewState.APPROVED, ReviewState.IN_REVIEW):
        done = ada.get(place(they, "/edit")).press("Save goal", question="Did you?", tags="calm")
        assert done.status == 200, done.words()
        assert (goal_of(they).review_state, goal_of(they).revision) == (state, 1)
        if state is ReviewState.APPROVED:
            ada.post(place(they, "/review/withdraw"))
            they.session.rollback()
            they.session.expire_all()
            they.send()
            they.session.commit()


def test_a_declined_change_can_be_edited_from_where_it_was(they: Relation, ada: Browser) -> None:
    approve(they)
    they.save(title="Walk far", when=make.schedule(Frequency.CUSTOM, days=(1, 4)), description="Uphill.")
    (row,) = inbox.waiting(they.session, they.thea)
    round_ = they.session.scalars(select(ReviewRound).where(ReviewRound.public_id == row.id)).one()
    they.decide(round_, Verdict.DECLINE, "Not so far.")
    they.session.commit()
    page = ada.get(place(they))
    assert "Thea sent it back" in review_of(page)
    (link,) = [one for one in page.all("a") if page.words(one) == "Edit what you proposed"]
    editor = ada.get(link.get("href", ""))
    assert (editor.value("title"), editor.value("description")) == ("Walk far", "Uphill.")
    assert saving(editor).startswith("What was approved stays in force until Thea")
    assert editor.press("Save goal", title="Walk further").status == 200
    they.session.rollback()
    assert [row.title for row in inbox.waiting(they.session, they.thea)] == ["Walk"]
    assert ada.get(place(they, "/edit?revision=99")).status == 404


def test_the_editor_says_before_typing_that_the_goal_is_in_review(they: Relation, ada: Browser) -> None:
    they.send()
    they.session.commit()
    editor = ada.get(place(they, "/edit"))
    assert "Waits for Thea since 10 Mar 2026, 13:00." in editor.words()
    shown = editor.press("Show the dates", frequency="Weekly")
    assert saving(shown).startswith("This cannot be saved while somebody decides on the goal")


def test_what_is_locked_is_said_with_everything_typed_and_a_way_out(they: Relation, ada: Browser) -> None:
    they.send()
    they.session.commit()
    editor = ada.get(place(they, "/edit"))
    held = editor.press("Save goal", title="Swim", question="Wet?", frequency="Weekly", tags="water")
    assert held.status == 423
    assert "This goal is in review. It waits for Thea since 10 Mar 2026, 13:00." in held.words()
    typed = {name: held.value(name) for name in ("title", "question", "tags")}
    assert typed == {"title": "Swim", "question": "Wet?", "tags": "water"}
    assert (goal_of(they).question, goal_of(they).review_state) == (None, ReviewState.IN_REVIEW)

    wrong = held.press("Withdraw it, and save this", title="")
    assert (wrong.status, goal_of(they).review_state) == (422, ReviewState.IN_REVIEW)
    done = held.press("Withdraw it, and save this")
    assert done.status == 200
    assert goal_of(they).review_state is ReviewState.DRAFT
    assert "Swim" in done.words()
    assert they.told() == [(Act.SEND, ""), (Act.WITHDRAW, "")]


def test_withdrawing_from_a_stale_editor_is_a_conflict(they: Relation, ada: Browser) -> None:
    round_ = they.send()
    they.session.commit()
    held = ada.get(place(they, "/edit")).press("Save goal", title="Swim")
    they.decide(round_, Verdict.APPROVE)
    they.session.commit()
    late = held.press("Withdraw it, and save this")
    assert (late.status, late.value("title")) == (409, "Swim")
    assert goal_of(they).review_state is ReviewState.APPROVED


def test_when_nobody_can_approve_a_change_it_holds_at_once_and_is_said_so(they: Relation, ada: Browser) -> None:
    approve(they)
    they.session.execute(Grant.__table__.update().values(state=GrantState.REVOKED))
    they.session.commit()
    editor = ada.get(place(they, "/edit"))
    shown = editor.press("Show the dates", title="Swim")
    assert saving(shown).startswith("Nobody who approved it can decide any more")
    assert editor.press("Save goal", title="Swim").status == 200
    assert goal_of(they).review_state is ReviewState.DRAFT


# Looking back.


def test_revisions_are_shown_with_differences_and_who_approved_them(
    they: Relation, ada: Browser, thea: Browser
) -> None:
    they.save(when=make.schedule(Frequency.WEEKLY, days=(0,)))
    they.decide(they.send(), Verdict.APPROVE, "Good.")
    they.save(title="Walk far", when=make.schedule(Frequency.WEEKLY, days=(0,)))
    they.session.commit()
    page = ada.get(place(they, "/revisions"))
    assert [page.words(one) for one in page.all("h2")] == ["Revision 3", "Revision 2", "Revision 1"]
    second = page.by_id("revision-2")
    assert second is not None
    assert "Due before Daily after Weekly on Mon" in page.words(second)
    assert "Thea approved it" in page.words(second)
    assert "in force" in page.words(second)
    theirs = thea.get(place(they, "/revisions"))
    assert [theirs.words(one) for one in theirs.all("h2")] == ["Revision 3", "Revision 2"]
    assert "Daily" not in theirs.words(), "the first was never sent to her"


# Walls, and what it costs.

REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/goals/{id}/review/new", {}),
    ("GET", "/goals/{id}/revisions", {}),
    ("POST", "/goals/{id}/review", {"reviewers": "x", "seen": "1"}),
    ("POST", "/goals/{id}/review/nudge", {}),
    ("POST", "/goals/{id}/review/withdraw", {}),
]


def ask(browser: Browser, request: tuple[str, str, dict[str, Any]], goal: str) -> Page:
    method, path, fields = request
    return browser.get(path.format(id=goal)) if method == "GET" else browser.post(path.format(id=goal), **fields)


@pytest.mark.parametrize("who", APART)
def test_for_everybody_else_there_is_nothing_to_ask_about(
    app: Flask, session: Session, they: Relation, who: str
) -> None:
    they.send()
    session.commit()
    browser = signed_in(app, session, BLIND[who](session, they.client, they.home))
    before = make.everything(session)
    for request in REQUESTS:
        assert told(ask(browser, request, they.walk.public_id)) == told(ask(browser, request, UNKNOWN)), request
    assert make.everything(session) == before


def test_a_therapist_sees_and_does_not_act_for_the_owner(they: Relation, thea: Browser) -> None:
    for revisions in (404, 200):
        before = make.everything(they.session, but=frozenset({"access"}))
        for request in REQUESTS:
            page = ask(thea, request, they.walk.public_id)
            assert page.status == (revisions if request[1].endswith("/revisions") else 403), request
        assert make.everything(they.session, but=frozenset({"access"})) == before
        if revisions == 404:
            they.send()
            they.session.commit()


def test_a_goal_nobody_was_asked_about_costs_no_statement_for_its_reviews(
    app: Flask, they: Relation, ada: Browser
) -> None:
    with app.app_context():
        engine: Engine = db.engine
    ada.get(place(they))
    with counted(engine) as statements:
        ada.get(place(they))
    assert [one for one in statements if "FROM review_" in str(one) or "goal_closing" in str(one)] == []
