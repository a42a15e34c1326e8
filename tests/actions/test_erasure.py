"""Asked for, undone in time, or carried out: then nothing of the person is left, and nothing of others is gone."""

import secrets
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import OF_THE_LADDER, climb
from tests.make import NOW, TODAY, counts
from tests.readers import read
from webapp.actions import check_ins, erasure, feeds, outbox, pauses, tokens, uploads
from webapp.actions.audit import Tag, record
from webapp.domain.errors import NotFound
from webapp.domain.goals import Outcome, ReviewState
from webapp.domain.grants import GrantAct, GrantState, Scope
from webapp.domain.identity import Purpose
from webapp.domain.objective_drafts import CheckInDraft, FeedDraft
from webapp.domain.objectives import CycleState, FeedKind
from webapp.domain.pauses import Pause
from webapp.domain.people import Role, Viewer
from webapp.domain.reminders import About, Channel
from webapp.domain.reviews import Act, RoundState, Verdict
from webapp.extensions import db
from webapp.models import (
    Access,
    AuditEvent,
    Authenticator,
    Comment,
    CommentMention,
    Delivery,
    Goal,
    GoalClosing,
    GoalProposal,
    Grant,
    GrantEvent,
    GrantInvitation,
    IdempotentAnswer,
    Invitation,
    Membership,
    Mood,
    MoodBecause,
    MoodLabel,
    MoodReason,
    MoodRevision,
    Objective,
    Organisation,
    OutboxMessage,
    Passkey,
    Person,
    PushSubscription,
    Reminder,
    ReminderSetting,
    ReportingLine,
    ReviewEvent,
    ReviewRound,
    ReviewSeat,
    SignIn,
    Team,
    TeamMember,
    TherapistCode,
    Token,
)
from webapp.models.engine import compact
from webapp.queries.doctor import examine
from webapp.queries.grant_invitations import address_hash
from webapp.queries.objectives import find_key_result, key_results_of
from webapp.queries.people import is_still_here, viewer_by_secret

CANARIES = ("Marmalade quokka", "marmalade.quokka@example.org")
SEALED = ("canary title", "canary note", "canary tag", "canary mood", "canary label", "canary reason", "canary purpose")
SEALED += ("canary address", "canary.address", "canary comment", "canary book", "canary factor")
JUST = timedelta(seconds=1)


def live(session: Session, person: Person, other: Person) -> Viewer:
    """At least one row of the person's in every table that can know them; what they do at work, `work` adds."""
    her = make.viewer(session, person)
    words = her.words
    goal = make.goal(session, her, "canary title", question="canary title", tags=("canary tag",))
    make.tick(session, her, goal, make.days_ago(1), note="canary note")
    make.tick(session, her, goal, make.days_ago(40))
    pauses.plan(session, her, Pause(TODAY, None), goal)
    held = {"about": About.GOAL, "next_day": TODAY + timedelta(days=1), "next_at": NOW, "created_at": NOW}
    reminder = Reminder(person_id=her.id, goal_id=goal.id, wall=time(8), **held)
    session.add_all((reminder, ReminderSetting(person_id=her.id, channels={})))
    session.flush()
    message = OutboxMessage(person_id=her.id, dedupe_key=f"remind:{her.id}", created_at=NOW, due_at=NOW)
    session.add(message)
    session.flush()
    came = {"reminder_id": reminder.id, "local_date": TODAY, "due": TODAY, "at": NOW}
    session.add(Delivery(**came, channel=Channel.MAIL, message_id=message.id))
    device = PushSubscription(person_id=her.id, endpoint_hash=bytes([her.id]) * 32, created_at=NOW)
    device.address = words.seal("push_subscription.address", "canary address")
    session.add(device)
    label = MoodLabel(owner_id=her.id, level=2, name=words.seal("mood_label.name", "canary label"), position=9)
    reason = MoodReason(owner_id=her.id, name=words.seal("mood_reason.name", "canary reason"), position=0)
    label.fingerprint = reason.fingerprint = words.fingerprint(f"canary {her.id}")
    label.created_at = reason.created_at = NOW
    session.add_all((label, reason))
    session.flush()
    mood = Mood(person_id=her.id, local_date=TODAY, at=NOW, recorded_at=NOW, zone=her.zone, label_id=label.id, level=2)
    mood.note, mood.version = words.seal("mood.note", "canary mood"), 2
    mood.reasons_said = words.seal("mood.reasons_said", "canary reason")
    session.add(mood)
    session.flush()
    session.add(MoodBecause(mood_id=mood.id, reason_id=reason.id))
    terms = words.seal("mood_revision.terms", "canary mood")
    session.add(MoodRevision(mood_id=mood.id, number=1, terms=terms, created_at=NOW))
    make.sign_in(session, person)
    tokens.issue(session, Purpose.RECOVERY, address=person.email, now=NOW, person_id=her.id, payload="canary note")
    outbox.enqueue(session, her.id, person.email, "recovery", f"r:{her.id}", NOW, token="canary note")
    uploads.keep(session, her, b"canary note")
    answer = IdempotentAnswer(person_id=her.id, route="r", key="k", body_hash=b"", status=303, created_at=NOW)
    session.add(answer)
    home = make.organisation(session, "Home")
    make.member(session, person, home, Role.MEMBER, Role.THERAPIST)
    team = Team(organisation_id=home.id, name="Team", lead_id=her.id)
    session.add(team)
    session.flush()
    session.add(TeamMember(team_id=team.id, person_id=her.id))
    session.add(ReportingLine(organisation_id=home.id, person_id=her.id, manager_id=other.id, since=TODAY))
    grant = make.grant(session, person, other, Scope.GOALS)
    grant.purpose = words.seal("consent_grant.purpose", "canary purpose")
    session.flush()
    session.add(Access(grant_id=grant.id, client_id=her.id, viewer_id=other.id, at=NOW, what="goal:read"))
    given = GrantEvent(grant_id=grant.id, actor_id=her.id, act=GrantAct.GIVEN, at=NOW, text_version="1")
    session.add_all((given, TherapistCode(person_id=her.id, code=f"CODE{her.id}", created_at=NOW)))
    for inviting, address in ((her, "canary.address@example.org"), (make.viewer(session, other), person.email)):
        session.add(invitation(inviting, address))
    secret = words.seal("authenticator.secret", "canary factor")
    session.add(Authenticator(person_id=her.id, secret=secret, created_at=NOW, confirmed_at=NOW))
    keys = {"credential_id": bytes([her.id]) * 32, "public_key": b"canary key"}
    session.add(Passkey(person_id=her.id, name="canary passkey", synced=True, created_at=NOW, **keys))
    for email, by, accepted in ((person.email, other.id, None), (f"else.{her.id}@example.org", other.id, her.id)):
        asked = {"inviter_id": by, "accepted_by_id": accepted, "created_at": NOW, "expires_at": NOW, "ended_at": NOW}
        session.add(Invitation(organisation_id=home.id, email=email, email_key=email.casefold(), roles="", **asked))
    trust(session, her, goal, other)
    read(session, her, "canary book")
    record(session, Tag.PERSON_EXPORT, at=NOW, viewer=her)
    session.commit()
    return her


def invitation(viewer: Viewer, address: str) -> GrantInvitation:
    """The viewer asks the owner of the address to share."""
    sealed = viewer.words.seal("grant_invitation.address", address)
    moments = {"created_at": NOW, "expires_at": NOW + timedelta(days=14)}
    hashes = {"address_hash": address_hash(address), "secret_hash": secrets.token_bytes(32)}
    return GrantInvitation(therapist_id=viewer.id, address=sealed, **hashes, **moments)


def trust(session: Session, her: Viewer, goal: Goal, other: Person) -> None:
    """Her goal was decided on, closed and opened again, talked about and proposed, all with this other person."""
    words = her.words
    goal.review_state = ReviewState.APPROVED
    asked = {"revision": 1, "sent_by_id": her.id, "sent_at": NOW, "closed_at": NOW}
    decided = ReviewRound(goal_id=goal.id, state=RoundState.APPROVED, **asked)
    comment = Comment(goal_id=goal.id, author_id=her.id, between_id=other.id, at=NOW)
    comment.body = words.seal("comment.body", "canary comment")
    session.add_all((decided, comment))
    session.flush()
    seat = ReviewSeat(round_id=decided.id, reviewer_id=other.id, named_at=NOW, verdict=Verdict.APPROVE, decided_at=NOW)
    event = ReviewEvent(goal_id=goal.id, round_id=decided.id, revision=1, actor_id=other.id, act=Act.APPROVE, at=NOW)
    event.comment = words.seal("review_event.comment", "canary comment")
    closing = GoalClosing(goal_id=goal.id, closed_by_id=her.id, closed_at=NOW, outcome=Outcome.MISSED, reopened_at=NOW)
    closing.score, closing.words = Decimal("0.5"), words.seal("goal_closing.words", "canary comment")
    proposal = GoalProposal(client_id=her.id, therapist_id=other.id, created_at=NOW, goal_id=goal.id)
    proposal.terms = words.seal("goal_proposal.terms", "canary title")
    session.add_all((seat, event, closing, proposal, CommentMention(comment_id=comment.id, person_id=other.id)))
    session.flush()


def work(session: Session, person: Person) -> Objective:
    """The person, who lived, locked a cycle of their organisation and answers there for an objective, which is
    returned: they checked its key result in, said how sure they are, and let a goal of their own feed it."""
    her = make.viewer(session, person)
    home = session.scalars(select(Organisation).join(Membership).where(Membership.person_id == her.id)).one()
    make.cycle(session, home, "Before", state=CycleState.LOCKED, state_by_id=her.id)
    made = make.objective(session, her, make.cycle(session, home), "Ship it", tags=("Outdoors",))
    (row,) = key_results_of(session, made.goal.id)
    key_result, found = find_key_result(session, her, row.public_id, lock=True)
    sure = CheckInDraft(Decimal(4), "Four already", Decimal("0.6"))
    check_ins.check_in(session, her, key_result, found, sure)
    found.objective.confidence, found.objective.confidence_by_id = Decimal("0.5"), her.id
    feeds.connect(session, her, key_result, found, FeedDraft(_first_goal(session, her), FeedKind.COMPLETION))
    session.commit()
    return found.objective


@pytest.fixture
def bob(session: Session) -> Person:
    made = make.person(session, "Bob")
    live(session, made, make.person(session, "Cleo"))
    work(session, made)
    climb(session, made)
    return made


@pytest.fixture
def ada(session: Session) -> Person:
    made = make.person(session, CANARIES[0], email=CANARIES[1])
    session.commit()
    return made


def test_nothing_of_the_person_is_left_and_nothing_of_others_is_gone(session: Session, bob: Person) -> None:
    mine = make.viewer(session, bob)
    before = counts(session)
    ada = make.person(session)
    live(session, ada, bob)
    between = counts(session)
    objective = work(session, ada)
    worked = counts(session)
    climb(session, ada)
    at_last = counts(session)
    unknowing = {"organisation", "team", "heartbeat", "limit_count", "mail_pace", "reading_client"}
    kept_for_others = {"person", "audit_event", *unknowing}
    grew = {table for table in before if at_last[table] > before[table]}
    assert grew == before.keys() - {"heartbeat", "limit_count", "mail_pace"}, (
        "extend `live` or `work` by what knows people since"
    )
    stays = {table: worked[table] - between[table] for table in before}  # the organisation's
    assert stays.pop("key_result_feed") == 1
    stays |= {table: at_last[table] - worked[table] for table in OF_THE_LADDER}
    stays["image"], stays["standing"] = 1, 2  # not the portrait, and what she came to last month
    erasure.erase(session, ada.id, NOW)
    session.commit()
    after = counts(session)
    assert {table: after[table] for table in before if table not in kept_for_others} == {
        table: count + stays.get(table, 0) for table, count in before.items() if table not in kept_for_others
    }
    session.refresh(objective)
    assert (objective.name, objective.confidence_by_id) == ("Ship it", ada.id)
    about = (AuditEvent.actor_id == ada.id) | (AuditEvent.subject_id == ada.id)
    assert set(session.scalars(select(AuditEvent.organisation_id).where(about))) == {_home_of(session, objective)}
    assert [event.tag for event in session.scalars(select(AuditEvent).where(AuditEvent.object_kind == "person"))] == [
        "person:erase"
    ]
    assert list(examine(session, TODAY)) == []
    session.expire_all()
    assert mine.words.open("goal.title", make.find(session, mine, _first_goal(session, mine)).title) == "canary title"


def _first_goal(session: Session, viewer: Viewer) -> str:
    mine = (Goal.owner_id == viewer.id, Goal.organisation_id.is_(None))
    return session.scalars(select(Goal.public_id).where(*mine).order_by(Goal.id)).first() or ""


def _home_of(session: Session, objective: Objective) -> int | None:
    return session.get_one(Goal, objective.goal_id).organisation_id


def test_the_erased_person_is_a_number_without_a_name(session: Session, bob: Person, ada: Person) -> None:
    live(session, ada, bob)
    erasure.erase(session, ada.id, NOW)
    session.commit()
    session.refresh(ada)
    kept = {name: value for name, value in vars(ada).items() if value and not name.startswith("_")}
    gone = {"id", "public_id", "email_key", "locale", "zone", "theme", "origin", "created_at", "deleted_at"}
    assert kept.keys() == gone
    assert ada.email_key == f"erased:{ada.public_id}"
    with pytest.raises(NotFound):
        erasure.erase(session, ada.id, NOW)
    make.person(session, "Ada again", email=CANARIES[1])  # the address is free
    session.commit()


def test_what_a_therapist_was_let_see_stays_in_the_clients_own_log(session: Session, bob: Person, ada: Person) -> None:
    """Bob's client looks up who looked; the therapist's name is gone, the look is not."""
    grant = make.grant(session, bob, ada, Scope.GOALS)
    session.add(Access(grant_id=grant.id, client_id=bob.id, viewer_id=ada.id, at=NOW, what="goal:read"))
    session.commit()
    erasure.ask(session, make.viewer(session, ada))
    erasure.erase(session, ada.id, NOW + erasure.GRACE)
    session.commit()
    session.refresh(grant)
    assert grant.state is GrantState.REVOKED
    assert session.scalars(select(Access.viewer_id).where(Access.grant_id == grant.id)).all() == [ada.id]


@pytest.mark.parametrize(("early", "erased"), [(JUST, 0), (timedelta(0), 1)])
def test_two_weeks_of_grace(session: Session, ada: Person, early: timedelta, erased: int) -> None:
    her = make.viewer(session, ada)
    assert erasure.ask(session, her) == NOW + timedelta(days=14)
    session.commit()
    assert erasure.erase_next(session, NOW + timedelta(days=14) - early) == erased
    session.commit()
    session.refresh(ada)
    assert (ada.deleted_at is not None) == bool(erased)
    assert erasure.erase_next(session, NOW + timedelta(days=14) - early) == 0


def test_asking_ends_at_once_what_is_shared_and_tells_the_person(session: Session, bob: Person, ada: Person) -> None:
    her = live(session, ada, bob)
    here = make.sign_in(session, ada)
    erasure.ask(session, her)
    session.commit()
    states = session.scalars(select(Grant.state).where(Grant.client_id == her.id)).all()
    assert states == [GrantState.REVOKED]
    assert session.scalars(select(Grant.state).where(Grant.client_id == bob.id)).all() == [GrantState.ACTIVE]
    assert session.scalars(select(Token).where(Token.person_id == her.id, Token.revoked_at.is_(None))).all() == []
    live_devices = session.scalars(select(SignIn).where(SignIn.person_id == her.id, SignIn.ended_at.is_(None))).all()
    assert live_devices == []  # `her` came without one
    assert here
    claims = outbox.claim(session, NOW)
    letters = [outbox.letter_of(claim) for claim in claims if claim.payload is not None]  # `live` writes one without
    assert [letter.to for letter in letters if letter.template == "erasure-asked"] == [ada.email]


def test_kept_in_time_nothing_is_lost(session: Session, bob: Person, ada: Person) -> None:
    her = live(session, ada, bob)
    before = counts(session)
    erasure.ask(session, her)
    again = erasure.ask(session, make.viewer(session, ada, NOW + timedelta(days=3)))
    assert again == NOW + erasure.GRACE, "asking again moves nothing"
    assert erasure.keep(session, her)
    assert not erasure.keep(session, her)
    session.commit()
    assert erasure.erase_next(session, NOW + timedelta(days=400)) == 0
    session.rollback()
    after = counts(session)
    told = {"audit_event", "grant_event", "outbox_message"}
    assert {table for table in before if after[table] != before[table]} == told


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_canary_is_left_in_the_bytes_of_the_database(
    app: Flask, session: Session, bob: Person, ada: Person, sqlite_url: str
) -> None:
    live(session, ada, bob)
    file = Path(sqlite_url.removeprefix("sqlite:///"))

    def found() -> set[str]:
        held = b"".join(path.read_bytes() for path in file.parent.iterdir())
        return {canary for canary in (*CANARIES, *SEALED) if canary.encode() in held}

    assert found() == set(CANARIES), "plain words are there before, sealed ones never"
    erasure.ask(session, make.viewer(session, ada))
    session.commit()
    assert erasure.erase_next(session, NOW + erasure.GRACE) == 1
    session.commit()
    session.close()
    with app.app_context():
        db.session.remove()
        compact(db.engine)
    assert found() == set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_old_pages_that_somebody_still_reads_are_not_called_rewritten(
    app: Flask, session: Session, bob: Person
) -> None:
    session.commit()
    with app.app_context(), db.engine.connect() as reader:
        reader.execute(select(Person.id)).all()
        make.person(session, "Cleo")
        session.commit()
        session.close()
        assert not compact(db.engine)
        reader.rollback()
        assert compact(db.engine)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_is_erased_while_something_of_theirs_is_being_written(app: Flask, session: Session, ada: Person) -> None:
    secret = make.sign_in(session, ada)
    session.commit()
    with app.app_context(), Session(db.engine) as other:
        assert viewer_by_secret(session, secret, NOW, hold=True) is not None
        other.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            erasure.erase(other, ada.id, NOW)
        other.rollback()
        session.commit()
        erasure.erase(other, ada.id, NOW)
        other.commit()
    assert viewer_by_secret(session, secret, NOW, hold=True) is None
    assert not is_still_here(session, ada.id)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_compacting_postgresql_loses_nothing(app: Flask, session: Session, bob: Person) -> None:
    before = counts(session)
    session.close()
    with app.app_context():
        compact(db.engine)
    assert counts(session) == before
