"""What waits for somebody: each kind is counted while they may know of it, and the flag never misses one."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW
from tests.relations import Relation
from webapp.actions import comments, grant_invitations, grants, proposals
from webapp.domain.comments import CommentDraft
from webapp.domain.grants import GrantDraft, GrantState, Scope
from webapp.domain.people import MembershipStatus, Viewer
from webapp.domain.proposals import ProposalDraft
from webapp.models import Membership
from webapp.queries import clients, inbox
from webapp.queries import comments as comment_queries
from webapp.queries import grant_invitations as invitation_queries
from webapp.queries import grants as grant_queries
from webapp.queries import proposals as proposal_queries
from webapp.queries.owed import Owed, owed_by
from webapp.queries.today import own_words


@pytest.fixture
def they(app: Flask, session: Session) -> Relation:
    return Relation(session)


def owed(session: Session, viewer: Viewer) -> Owed:
    """What is counted, which agrees with the lists; and whoever is owed something is told that they may be."""
    session.commit()
    found = owed_by(session, viewer)
    assert found == Owed(
        reviews=len(inbox.waiting(session, viewer)),
        proposals=len(proposal_queries.waiting(session, viewer)),
        mentions=len(comment_queries.mentions_of(session, viewer)),
        invitations=len(invitation_queries.offers_to(session, viewer)),
        requests=len(grant_queries.requests_to(session, viewer)),
    )
    assert own_words(session, viewer).owes or not found
    return found


def everything_waits(they: Relation) -> None:
    """A review, a comment and a request for Thea; a proposal, a comment and an invitation for Ada."""
    session, code = they.session, grant_invitations.renew_code(they.session, they.thea).code
    they.send()
    comments.write(session, they.thea, they.held(they.thea), CommentDraft("Well done.", tell=(they.client.public_id,)))
    other_goal = make.goal(session, they.ada, "Read")  # who answers has read what names them
    draft = CommentDraft("Look at this.", they.therapist.public_id, tell=(they.therapist.public_id,))
    comments.write(session, they.ada, other_goal, draft)
    shown = clients.find(session, they.thea, they.client.public_id)
    proposals.propose(session, they.thea, shown, ProposalDraft(make.draft("Breathe")))
    grant_invitations.invite(session, they.thea, they.client.email)
    other = make.viewer(session, make.person(session, "Bob"))
    grants.request(session, other, code, GrantDraft(scopes=frozenset({Scope.GOALS})))
    session.commit()


def test_nobody_is_owed_anything_at_first(they: Relation) -> None:
    for viewer in (they.ada, they.thea):
        assert owed(they.session, viewer) == Owed()
        assert not own_words(they.session, viewer).owes


def test_each_kind_is_counted_for_whom_it_waits(they: Relation) -> None:
    everything_waits(they)
    assert owed(they.session, they.ada) == Owed(proposals=1, mentions=1, invitations=1)
    assert owed(they.session, they.thea) == Owed(reviews=1, mentions=1, requests=1)


def test_what_the_end_of_a_relation_hides_is_not_counted(they: Relation) -> None:
    everything_waits(they)
    they.grant.state = GrantState.REVOKED
    assert owed(they.session, they.ada) == Owed(mentions=1, invitations=1)
    assert owed(they.session, they.thea) == Owed(requests=1)


def test_a_suspended_therapist_is_owed_nothing_of_clients(they: Relation) -> None:
    everything_waits(they)
    they.session.execute(Membership.__table__.update().values(status=MembershipStatus.SUSPENDED))
    assert owed(they.session, make.viewer(they.session, they.therapist, NOW)) == Owed()
    assert owed(they.session, they.ada) == Owed(mentions=1)
