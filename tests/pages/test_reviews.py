"""Reviews on the pages: the inbox, one review, its decisions, and what each of them may know."""

from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import UNKNOWN, told
from tests.relations import LATER, Relation
from tests.visitors import letters
from webapp.actions import access, reviews
from webapp.domain.goals import ReviewState
from webapp.domain.grants import Scope
from webapp.domain.people import Role
from webapp.domain.reviews import Act, Verdict
from webapp.domain.schedules import Frequency
from webapp.models import Access, Person, ReviewEvent, ReviewRound
from webapp.queries import goals as goal_queries
from webapp.queries import inbox


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Relation:
    return Relation(session)


@pytest.fixture
def thea(app: Flask, session: Session, they: Relation) -> Browser:
    """The browser of Ada's therapist."""
    return signed_in(app, session, they.therapist)


@pytest.fixture
def ada(app: Flask, session: Session, they: Relation) -> Browser:
    """The browser of the client."""
    return signed_in(app, session, they.client)


def sent(they: Relation, comment: str = "Too much?", **more: Any) -> ReviewRound:
    made = they.send(comment, **more)
    they.session.commit()
    return made


def address(round_: ReviewRound) -> str:
    return f"/reviews/{round_.public_id}"


def state_of(they: Relation) -> ReviewState | None:
    they.session.rollback()
    they.session.expire_all()
    return goal_queries.find(they.session, they.ada, they.walk.public_id).review_state


def told_last(they: Relation) -> tuple[Act, str]:
    last = they.told()[-1]
    they.session.rollback()
    return last


def terms_of(page: Page) -> list[tuple[str, str]]:
    """The first list of terms on the page."""
    rows = page.all("dl", class_="facts")[0]
    return [(page.words(row[0]), page.words(row[1])) for row in rows]


def acts(session: Session, goal_id: int) -> list[Act]:
    session.rollback()
    return list(session.scalars(select(ReviewEvent.act).where(ReviewEvent.goal_id == goal_id).order_by(ReviewEvent.id)))


def other_therapist(they: Relation) -> Person:
    """Another therapist of Ada's, of whom Thea knows nothing."""
    someone = make.person(they.session, "Tom")
    make.member(they.session, someone, they.home, Role.THERAPIST)
    make.grant(they.session, they.client, someone, Scope.GOALS)
    they.session.commit()
    return someone


# The inbox.


def test_the_inbox_shows_what_waits_what_was_sent_and_what_was_decided(
    app: Flask, they: Relation, thea: Browser, ada: Browser
) -> None:
    assert "Nothing waits for you" in thea.get("/reviews").words()
    assert "You have sent nothing" in ada.get("/reviews?view=sent").words()
    round_ = sent(they)

    page = thea.get("/reviews")
    assert "Ada · A new goal · since 10 Mar 2026" in page.words()
    assert page.words(page.one("a", href="/reviews?view=waiting", aria_current="page")) == "Waiting for you 1"
    assert [link.get("href") for link in page.all("a") if page.words(link) == "Walk"] == [address(round_)]
    assert "A new goal · sent 10 Mar 2026, 13:00waits" in ada.get("/reviews?view=sent").words()

    they.decide(round_, Verdict.APPROVE)
    they.session.commit()
    assert "you approved it" in thea.get("/reviews?view=decided").words()
    assert "Nothing waits" in thea.get("/reviews").words()
    assert "therap" not in ada.get("/reviews?view=sent").text.lower()


def test_a_therapist_leaves_a_look_at_every_goal_listed(they: Relation, thea: Browser, ada: Browser) -> None:
    other = make.goal(they.session, they.ada, "Read")
    sent(they)
    sent(they, goal=other)
    thea.get("/reviews")
    they.session.rollback()
    looks = they.session.execute(select(Access.client_id, Access.viewer_id, Access.object_id, Access.what)).all()
    assert looks == [(they.client.id, they.therapist.id, goal.id, "review:read") for goal in (they.walk, other)]
    ada.get("/reviews?view=sent")
    they.session.rollback()
    assert len(they.session.scalars(select(Access)).all()) == 2


def test_a_look_that_cannot_be_written_down_is_refused(
    they: Relation, thea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT INTO access", {}, Exception("disk full"))

    round_ = sent(they)
    monkeypatch.setattr(access, "record_goal_looks", full)
    monkeypatch.setattr(access, "record_look", full)
    for place in ("/reviews", address(round_)):
        page = thea.get(place)
        assert page.status == 503
        assert "Walk" not in page.text


def test_reviews_ask_for_a_password_proven_within_half_an_hour(
    they: Relation, thea: Browser, clock: machine.Traveller
) -> None:
    round_ = sent(they)
    clock.shift(29 * 60)
    assert thea.get("/reviews").status == 200
    clock.shift(2 * 60)
    for place in ("/reviews", address(round_), f"{address(round_)}/reviewers"):
        assert thea.get(place, follow=False).headers["Location"].startswith("/password-again"), place
    answer = thea.post(f"{address(round_)}/decide", verdict="decline", comment="", revision=1)
    assert answer.status == 422, "what was begun in time may be sent"
    clock.shift(31 * 60)
    answer = thea.post(f"{address(round_)}/decide", verdict="approve", revision=1)
    assert answer.headers["Location"].startswith("/password-again")
    assert state_of(they) is ReviewState.IN_REVIEW


# One review and its decisions.


def test_a_first_review_shows_all_terms_and_is_approved_by_a_button(they: Relation, thea: Browser) -> None:
    round_ = sent(they)
    page = thea.get(address(round_))
    assert terms_of(page)[:3] == [("Title", "Walk"), ("Description", "By the river."), ("Due", "Daily")]
    assert "Ada sent it for review10 Mar 2026, 13:00 · revision 1Too much?" in page.words()

    after = page.press("Approve", comment="Just right.")
    assert after.address == "/reviews"
    assert "Approved. Nothing more waits for you." in after.words()
    assert state_of(they) is ReviewState.APPROVED
    assert told_last(they) == (Act.APPROVE, "Just right.")


def test_sending_back_needs_a_word_and_typed_text_stays(they: Relation, thea: Browser) -> None:
    page = thea.get(address(sent(they)))
    wrong = page.press("Send back", comment="   ")
    assert wrong.status == 422
    assert wrong.errors() == {"comment": "Please fill this in."}
    long = wrong.press("Approve", comment="é" * 4001)
    assert long.errors() == {"comment": "At most 4000 characters."}
    assert long.value("comment") == "é" * 4001
    assert state_of(they) is ReviewState.IN_REVIEW

    done = long.press("Send back", comment="Three times a week\nwill do.")
    assert "Sent back. Nothing more waits for you." in done.words()
    assert state_of(they) is ReviewState.DRAFT
    assert told_last(they) == (Act.DECLINE, "Three times a week\nwill do.")


def test_a_change_is_shown_as_before_and_after(they: Relation, thea: Browser) -> None:
    they.approved()
    they.save(title="Walk far", when=make.schedule(Frequency.CUSTOM, days=(0, 3)))
    they.session.commit()
    assert "Ada · A change of what was approved" in thea.get("/reviews").words()
    (row,) = inbox.waiting(they.session, they.thea)
    they.session.rollback()
    page = thea.get(f"/reviews/{row.id}")
    assert page.words(page.all("dl", class_="changes")[0]) == (
        "Title before Walk after Walk far Due before Daily after Mon, Thu"
    )
    assert [page.words(one) for one in page.all("del")] == ["Walk", "Daily"]
    assert "All of it, with the change" in page.words()


def test_after_a_decision_comes_the_next_that_waits(they: Relation, thea: Browser, clock: machine.Traveller) -> None:
    first = sent(they)
    others = [sent(they, goal=make.goal(they.session, they.ada, title)) for title in ("Read", "Swim")]
    page = thea.get(address(first)).press("Approve")
    assert page.address == address(others[0])
    assert "Approved. 2 more wait for you." in page.words()
    page = page.press("Approve")
    assert page.address == address(others[1])
    assert "One more waits for you." in page.words()


def test_the_same_approval_again_gets_the_same_answer_and_makes_no_second_event(they: Relation, thea: Browser) -> None:
    round_ = sent(they)
    fields = {"verdict": "approve", "revision": 1, "comment": "Fine."}
    answers = [thea.post(f"{address(round_)}/decide", **fields) for _ in range(2)]
    assert [(one.status, one.headers["Location"]) for one in answers] == [(303, "/reviews")] * 2
    assert acts(they.session, they.walk.id) == [Act.SEND, Act.APPROVE]


def test_htmx_is_sent_onward_too(they: Relation, thea: Browser) -> None:
    answer = thea.post(f"{address(sent(they))}/decide", htmx=True, verdict="approve", revision=1)
    assert (answer.status, answer.headers["HX-Redirect"]) == (204, "/reviews")


@pytest.mark.parametrize("fields", [{"revision": "1"}, {"verdict": "perhaps", "revision": "1"}, {"verdict": "approve"}])
def test_a_form_without_its_parts_decides_nothing(they: Relation, thea: Browser, fields: dict[str, str]) -> None:
    round_ = sent(they)
    page = thea.post(f"{address(round_)}/decide", comment="Kept", **fields)
    assert page.status == 422
    assert page.value("comment") == "Kept"
    assert state_of(they) is ReviewState.IN_REVIEW


# Conflicts and races.


def test_a_verdict_on_what_was_withdrawn_and_changed_shows_the_difference_and_keeps_the_words(
    they: Relation, thea: Browser, ada: Browser
) -> None:
    seen = thea.get(address(sent(they)))
    ada.get(f"/goals/{they.walk.public_id}").press("Withdraw")
    they.session.rollback()
    they.save(title="Swim")
    they.session.commit()
    before = make.everything(they.session, but=frozenset({"access"}))

    late = seen.press("Approve", comment="Keep going")
    assert late.status == 409
    assert "Title before Walk after Swim" in late.words()
    assert "Ada withdrew it" in late.words()
    assert late.value("comment") == "Keep going"
    assert "Go to what waits for you" in late.words()
    assert make.everything(they.session, but=frozenset({"access"})) == before


def test_what_was_sent_anew_can_be_decided_from_the_conflict(they: Relation, thea: Browser) -> None:
    seen = thea.get(address(sent(they)))
    reviews.withdraw(they.session, they.ada, they.held())
    they.save(when=make.schedule(Frequency.WEEKLY, days=(0,)))
    again = sent(they)

    late = seen.press("Send back", comment="Not every day")
    assert late.status == 409
    assert "Due before Daily after Weekly on Mon" in late.words()
    assert late.value("comment") == "Not every day"
    done = late.press("Approve")
    assert done.status == 200
    assert state_of(they) is ReviewState.APPROVED
    they.session.refresh(again)
    assert again.state == "approved"


def test_a_revision_that_was_made_up_tells_nothing_of_it(they: Relation, thea: Browser) -> None:
    they.save(title="A secret of mine", when=make.schedule(Frequency.WEEKLY))
    they.save(title="Walk")
    round_ = sent(they)
    for number in (1, 2, 99):
        page = thea.post(f"{address(round_)}/decide", verdict="approve", revision=number)
        assert (page.status, "secret" in page.text) == (409, False), number
    assert state_of(they) is ReviewState.IN_REVIEW


def test_approving_in_one_window_and_sending_back_in_another(app: Flask, they: Relation, thea: Browser) -> None:
    round_ = sent(they)
    other = signed_in(app, they.session, they.therapist)
    pages = [browser.get(address(round_)) for browser in (thea, other)]
    assert pages[0].press("Approve").status == 200
    late = pages[1].press("Send back", comment="No.")
    assert late.status == 409
    assert "You approved it" in late.words()
    assert state_of(they) is ReviewState.APPROVED
    assert acts(they.session, they.walk.id) == [Act.SEND, Act.APPROVE]


def test_the_look_beside_a_refusal_is_written_down(they: Relation, thea: Browser) -> None:
    thea.post(f"{address(sent(they))}/decide", verdict="decline", revision=1)
    they.session.rollback()
    assert they.session.scalars(select(Access.what)).all() == ["review:read"]


# What the owner does.


def test_the_owner_asks_again_once_a_day(they: Relation, ada: Browser, clock: machine.Traveller) -> None:
    page = ada.get(address(sent(they)))
    assert "Approve" not in [page.words(button) for button in page.all("button")]
    page = page.press("Ask again")
    assert page.address.startswith("/reviews/")
    assert "One person was asked again by mail." in page.words()
    assert "Theaasked again 10 Mar 2026, 13:00" in page.words()
    assert "Tomorrow you can ask once more." in page.press("Ask again").words()
    clock.shift(LATER)
    ada = signed_in(ada.client.application, they.session, they.client, NOW + LATER)
    ada.get(page.address).press("Ask again")
    sent_mails = letters(they.session, "review-nudge")
    assert [mail["to"] for mail in sent_mails] == [they.therapist.email] * 2
    assert not any("Walk" in str(mail) or "Ada" in str(mail) for mail in sent_mails)


def test_the_owner_withdraws(they: Relation, ada: Browser) -> None:
    page = ada.get(address(sent(they))).press("Withdraw")
    assert "It is withdrawn." in page.words()
    assert "withdrawn" in page.words()
    assert state_of(they) is ReviewState.DRAFT


def test_the_owner_asks_somebody_else_who_learns_nothing_of_the_first(
    app: Flask, they: Relation, thea: Browser, ada: Browser, clock: machine.Traveller
) -> None:
    they.approved()
    they.save(title="Walk far")
    they.session.commit()
    (row,) = inbox.waiting(they.session, they.thea)
    tom = other_therapist(they)
    clock.shift(60)
    page = ada.get(f"/reviews/{row.id}/reviewers")
    assert {page.words(label) for label in page.all("label")} == {"Thea", "Tom"}
    assert page.value("reviewers") in (they.therapist.public_id, tom.public_id)
    both = page.press("Ask them", reviewers=[they.therapist.public_id, tom.public_id])
    assert both.status == 422
    assert page.press("Ask them", reviewers=None).status == 422
    done = page.press("Ask them", reviewers=tom.public_id)
    assert "Others are asked now." in done.words()

    assert told(thea.get(f"/reviews/{row.id}")) == told(thea.get(f"/reviews/{UNKNOWN}"))
    other = signed_in(app, they.session, tom)
    for place in ("/reviews", f"/reviews/{row.id}", f"/goals/{they.walk.public_id}"):
        seen = other.get(place)
        assert seen.status == 200
        assert "Thea" not in seen.text, place
        assert "approved" not in seen.words(next(seen.root.iter("main"))).lower(), place
        assert "13:00" not in seen.text, "it came to them a minute later"
    assert other.get(f"/goals/{they.walk.public_id}/revisions").words().count("Revision ") == 1
