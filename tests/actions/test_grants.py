"""Consent step by step: who may take which, what it opens from then on, and the record it leaves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.consent import GOALS, NOBODYS, acts, asked, code_of, letters, opens, shared, therapist
from tests.make import NOW
from webapp.actions import erasure, grants, places
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.grants import GRANTS_PER_CLIENT, GrantAct, GrantDraft, GrantState, Scope, Term, read_code
from webapp.domain.people import MembershipStatus, Role
from webapp.models import Access, AuditEvent, Membership, Person
from webapp.queries import grants as queries
from webapp.queries.sealing import words_of
from webapp.worker.loop import run

DAYS = timedelta(days=14)
JUST = timedelta(microseconds=1)
Ends = list[tuple[int, int]]


@pytest.fixture
def ada(session: Session) -> Person:
    made = make.person(session)
    session.commit()
    return made


@pytest.fixture
def thea(session: Session) -> Person:
    """A therapist in good standing."""
    return therapist(session, "Thea")


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Ends:
    """Between whom reviews were said to be over: (client, therapist)."""
    said: Ends = []
    monkeypatch.setattr(places, "free", lambda _, other, at, owner_id, **rest: said.append((owner_id, other)))
    return said


# Asking by a code.


def test_a_request_waits_and_opens_nothing(session: Session, ada: Person, thea: Person) -> None:
    grant = asked(session, ada, thea)
    assert (grant.state, grant.therapist_id, grant.decided_at) == (GrantState.REQUESTED, thea.id, None)
    assert grant.expires_at == NOW.replace(month=9)
    assert words_of(session, ada.id).open("consent_grant.purpose", grant.purpose or b"") == "weekly talks"
    assert opens(session, thea) == []
    assert acts(session, grant) == [GrantAct.REQUESTED]
    assert letters(session) == []


def test_no_scope_comes_by_itself(session: Session, ada: Person, thea: Person) -> None:
    grant = asked(session, ada, thea, GrantDraft(frozenset({Scope.MOOD_LEVELS})))
    assert queries.scopes_of(grant) == (Scope.MOOD_LEVELS,)
    with pytest.raises(Invalid):
        grants.request(session, make.viewer(session, ada), code_of(session, thea), GrantDraft())


@pytest.mark.parametrize("whose", ["nobody", "own", "old", "suspended", "member", "leaving", "disabled"])
def test_a_code_that_leads_nowhere_makes_the_same_request(session: Session, ada: Person, whose: str) -> None:
    her = make.viewer(session, ada)
    other = ada if whose == "own" else make.person(session, "Bo")
    membership = make.member(session, other, make.organisation(session), Role.THERAPIST)
    code = code_of(session, other)
    if whose == "nobody":
        code = NOBODYS
    if whose == "old":
        code_of(session, other)
    if whose == "suspended":
        membership.status = MembershipStatus.SUSPENDED
    if whose == "member":
        session.query(make.MembershipRole).delete()
    if whose == "leaving":
        other.erase_at = NOW
    if whose == "disabled":
        other.disabled_at = NOW
    session.commit()
    grant = grants.request(session, her, code, GOALS)
    session.commit()
    assert (grant.therapist_id, grant.code_hint) == (None, (read_code(code) or "")[-4:])
    known = asked(session, ada, therapist(session, "Thea"))
    mine = [queries.share_of(session, her, one.public_id) for one in (grant, known)]
    told = [
        {name: getattr(share, name) for name in share.__slots__ if name not in ("id", "code_hint")} for share in mine
    ]
    assert told[0] == told[1]
    assert [len(queries.steps_of(session, her, one.public_id)) for one in (grant, known)] == [1, 1]
    details = session.scalars(select(AuditEvent).where(AuditEvent.tag == "grant:request").order_by(AuditEvent.id)).all()
    assert details[0].details == details[1].details
    assert {(event.actor_id, event.subject_id, event.organisation_id) for event in details} == {(ada.id, ada.id, None)}


@pytest.mark.parametrize(
    ("typed", "problem"), [("", "required"), ("0000-0000-0001", "not_a_code"), ("x", "not_a_code")]
)
def test_what_is_no_code_is_told_at_once(session: Session, ada: Person, typed: str, problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        grants.request(session, make.viewer(session, ada), typed, GOALS)
    assert [(one.field, one.code) for one in refused.value.problems] == [("code", problem)]


def test_only_so_many_are_open_at_a_time(session: Session, ada: Person) -> None:
    her = make.viewer(session, ada)
    made = [grants.request(session, her, NOBODYS, GOALS) for _ in range(GRANTS_PER_CLIENT)]
    session.commit()
    with pytest.raises(Invalid) as refused:
        grants.request(session, her, NOBODYS, GOALS)
    assert [problem.code for problem in refused.value.problems] == ["too_many_grants"]
    session.rollback()
    grants.revoke(session, her, made[0].public_id)
    assert grants.request(session, her, NOBODYS, GOALS)
    session.commit()
    later = make.viewer(session, ada, NOW + DAYS)
    assert grants.request(session, later, NOBODYS, GOALS), "what has lapsed is not open, swept or not"


# Taking on.


def test_taken_on_the_therapist_sees_what_was_ticked(session: Session, ada: Person, thea: Person) -> None:
    grant = shared(session, ada, thea)
    assert (grant.state, grant.decided_at) == (GrantState.ACTIVE, NOW)
    assert opens(session, thea) == [grant.id]
    assert acts(session, grant) == [GrantAct.REQUESTED, GrantAct.ACCEPTED]
    assert letters(session) == [(ada.email, "sharing-changed")]
    assert queries.share_of(session, make.viewer(session, ada), grant.public_id).therapist == "Thea"


def test_taking_on_twice_is_one_step(session: Session, ada: Person, thea: Person) -> None:
    grant = shared(session, ada, thea)
    assert grants.accept(session, make.viewer(session, thea, NOW + JUST), grant.public_id).decided_at == NOW
    assert acts(session, grant) == [GrantAct.REQUESTED, GrantAct.ACCEPTED]


def test_a_refused_client_does_not_learn_by_whom(session: Session, ada: Person, thea: Person) -> None:
    grant, her = asked(session, ada, thea), make.viewer(session, ada)
    grants.refuse(session, make.viewer(session, thea), grant.public_id)
    session.commit()
    share = queries.share_of(session, her, grant.public_id)
    assert (share.state, share.ended_by, share.therapist) == (GrantState.REVOKED, GrantAct.REFUSED, "")
    assert letters(session) == []
    with pytest.raises(NotFound):
        grants.accept(session, make.viewer(session, thea), grant.public_id)


def test_what_was_shared_before_is_replaced_and_no_review_ends(
    session: Session, ada: Person, thea: Person, ended: Ends
) -> None:
    old, new = shared(session, ada, thea), shared(session, ada, thea)
    session.refresh(old)
    assert (old.state, old.ended_at) == (GrantState.REVOKED, NOW)
    assert acts(session, old)[-1] is GrantAct.REPLACED
    assert opens(session, thea) == [new.id]
    assert ended == []
    shared(session, ada, thea, GrantDraft(frozenset({Scope.MOOD_LEVELS})))
    assert ended == [(ada.id, thea.id)], "the goals are not shared any more"


def test_who_read_a_request_stands_in_the_log_once_they_took_it_on(session: Session, ada: Person, thea: Person) -> None:
    hers = make.viewer(session, thea)
    asked(session, ada, thea)
    (one,) = grants.read_requests(session, hers)
    assert (one.client, one.purpose, one.scopes) == ("Ada", "weekly talks", (Scope.GOALS,))
    assert session.execute(select(Access.grant_id, Access.client_id, Access.viewer_id, Access.what)).all() == [
        (one.grant_id, ada.id, thea.id, "grant:request")
    ]


@pytest.mark.parametrize("who", ["stranger", "suspended", "client", "another therapist"])
def test_nobody_else_answers_a_request(session: Session, ada: Person, thea: Person, who: str) -> None:
    grant = asked(session, ada, thea)
    if who == "suspended":
        session.query(Membership).update({"status": MembershipStatus.SUSPENDED})
    someone = {"stranger": make.person(session), "client": ada, "suspended": thea}.get(who)
    viewer = make.viewer(session, someone or therapist(session, "Tom"))
    session.commit()
    assert queries.requests_to(session, viewer) == []
    for step in (grants.accept, grants.refuse, grants.leave):
        with pytest.raises(NotFound):
            step(session, viewer, grant.public_id)
    assert acts(session, grant) == [GrantAct.REQUESTED]


@pytest.mark.parametrize("step", [grants.accept, grants.refuse])
def test_a_request_is_answered_within_two_weeks(
    session: Session, ada: Person, thea: Person, step: Callable[..., object]
) -> None:
    grant = asked(session, ada, thea)
    late = make.viewer(session, thea, NOW + DAYS)
    assert queries.requests_to(session, late) == []
    with pytest.raises(NotFound):
        step(session, late, grant.public_id)
    step(session, make.viewer(session, thea, NOW + DAYS - JUST), grant.public_id)


# Changing and ending.


def test_a_change_holds_at_once_and_ends_reviews_when_goals_go(
    session: Session, ada: Person, thea: Person, ended: Ends
) -> None:
    grant, her = shared(session, ada, thea), make.viewer(session, ada)
    more = GrantDraft(frozenset({Scope.GOALS, Scope.TRACKING}), "", None, Term.KEEP)
    grants.change(session, her, grant.public_id, more)
    assert (queries.scopes_of(grant), grant.from_date, grant.purpose) == ((Scope.GOALS, Scope.TRACKING), None, None)
    assert grant.expires_at == NOW.replace(month=9)
    assert ended == []
    grants.change(session, her, grant.public_id, GrantDraft(frozenset({Scope.MOOD_LEVELS}), term=Term.OPEN))
    session.commit()
    assert (opens(session, thea), grant.expires_at, ended) == ([], None, [(ada.id, thea.id)])
    assert acts(session, grant)[2:] == [GrantAct.CHANGED, GrantAct.CHANGED]
    assert letters(session) == [(ada.email, "sharing-changed")] * 3
    steps = queries.steps_of(session, her, grant.public_id)
    assert [step.scopes for step in steps] == [
        (Scope.MOOD_LEVELS,),
        (Scope.GOALS, Scope.TRACKING),
        (Scope.GOALS,),
        (Scope.GOALS,),
    ]


def test_what_waits_or_is_over_is_not_changed(session: Session, ada: Person, thea: Person) -> None:
    her, grant = make.viewer(session, ada), asked(session, ada, thea)
    with pytest.raises(NotFound):
        grants.change(session, her, grant.public_id, GOALS)
    grants.accept(session, make.viewer(session, thea), grant.public_id)
    over = make.viewer(session, ada, NOW.replace(month=9))
    with pytest.raises(NotFound):
        grants.change(session, over, grant.public_id, GOALS)


def test_the_client_ends_it_and_a_second_time_changes_nothing(
    session: Session, ada: Person, thea: Person, ended: Ends
) -> None:
    grant, her = shared(session, ada, thea), make.viewer(session, ada)
    for _ in range(2):
        grants.revoke(session, her, grant.public_id)
        session.commit()
    assert (grant.state, grant.ended_at, opens(session, thea)) == (GrantState.REVOKED, NOW, [])
    assert ended == [(ada.id, thea.id)]
    assert acts(session, grant)[2:] == [GrantAct.REVOKED]
    assert letters(session)[1:] == [(ada.email, "sharing-changed")]


def test_the_client_takes_a_request_back(session: Session, ada: Person, thea: Person, ended: Ends) -> None:
    grant = asked(session, ada, thea)
    grants.revoke(session, make.viewer(session, ada), grant.public_id)
    assert queries.requests_to(session, make.viewer(session, thea)) == []
    assert ended == []


def test_the_therapist_leaves(session: Session, ada: Person, thea: Person, ended: Ends) -> None:
    grant = shared(session, ada, thea)
    grants.leave(session, make.viewer(session, thea), grant.public_id)
    session.commit()
    assert (grant.state, opens(session, thea), ended) == (GrantState.REVOKED, [], [(ada.id, thea.id)])
    assert letters(session)[1:] == [(ada.email, "sharing-changed")]
    with pytest.raises(NotFound):
        grants.leave(session, make.viewer(session, thea), grant.public_id)


def test_nobody_changes_what_is_not_theirs(session: Session, ada: Person, thea: Person) -> None:
    grant = shared(session, ada, thea)
    before = make.everything(session)
    for person in (thea, make.person(session, "Bo"), therapist(session, "Tom")):
        viewer = make.viewer(session, person)
        for public_id in (grant.public_id, "0" * 24, "no id"):
            with pytest.raises(NotFound):
                grants.change(session, viewer, public_id, GOALS)
            with pytest.raises(NotFound):
                grants.revoke(session, viewer, public_id)
            with pytest.raises(NotFound):
                queries.share_of(session, viewer, public_id)
    assert make.everything(session)["consent_grant"] == before["consent_grant"]


def test_time_ends_grants_and_requests(session: Session, ada: Person, thea: Person, ended: Ends) -> None:
    active = shared(session, ada, thea, GrantDraft(frozenset({Scope.GOALS}), term=Term.MONTH))
    lasting = shared(session, ada, therapist(session, "Tom"), GrantDraft(frozenset({Scope.GOALS}), term=Term.OPEN))
    waiting = asked(session, ada, therapist(session, "Tina"))
    assert grants.expire_due(session, NOW + DAYS - JUST) == 0
    assert grants.expire_due(session, NOW + DAYS) == 1
    assert (waiting.state, waiting.ended_at) == (GrantState.EXPIRED, NOW + DAYS)
    assert ended == []
    end = NOW.replace(month=4)
    assert opens(session, thea, end) == [], "before anybody swept"
    assert grants.expire_due(session, end) == 1
    session.commit()
    assert (active.state, lasting.state, ended) == (GrantState.EXPIRED, GrantState.ACTIVE, [(ada.id, thea.id)])
    assert [acts(session, one)[-1] for one in (active, waiting)] == [GrantAct.EXPIRED] * 2
    assert grants.expire_due(session, end) == 0


def test_the_worker_writes_down_what_is_over(app: Flask, session: Session, ada: Person, thea: Person) -> None:
    grant = shared(session, ada, thea, GrantDraft(frozenset({Scope.GOALS}), term=Term.MONTH))
    with time_machine.travel(NOW.replace(month=4), tick=False):
        run(app, once=True)
    session.refresh(grant)
    assert (grant.state, grant.ended_at) == (GrantState.EXPIRED, NOW.replace(month=4))


def test_who_asks_for_erasure_shares_nothing_any_more(session: Session, ada: Person, thea: Person, ended: Ends) -> None:
    grant = shared(session, ada, thea)
    waiting = asked(session, thea, therapist(session, "Tom"))
    erasure.ask(session, make.viewer(session, thea))
    session.commit()
    session.refresh(waiting)
    assert [acts(session, one)[-1] for one in (grant, waiting)] == [GrantAct.LEFT, GrantAct.REVOKED]
    assert ended == [(ada.id, thea.id)]
    assert letters(session)[1:] == [(ada.email, "sharing-changed"), (thea.email, "erasure-asked")]
    assert opens(session, thea) == []
