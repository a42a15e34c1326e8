"""Erasing an account: asked for, undone within two weeks, then carried out for good (privacy, PR-3 and CR-3).

Erasing destroys the key that seals a person's words, and every row that is theirs. What remains is a number without
a name, so that what belongs to an organisation or to somebody else's own record still stands somewhere.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Delete, Select, Update, delete, or_, select, update

from webapp.actions import audit, grants, participants, places, reminders, sign_ins
from webapp.domain.errors import NotFound
from webapp.domain.grants import GrantState
from webapp.domain.people import Theme, Viewer
from webapp.domain.reviews import ProposalState
from webapp.domain.second_factors import RECOVERY_CODE
from webapp.models import (
    Access,
    ActivityDay,
    AuditEvent,
    Authenticator,
    Comment,
    CommentMention,
    DataKey,
    Delivery,
    Entry,
    Goal,
    GoalClosing,
    GoalMonth,
    GoalProposal,
    GoalRevision,
    GoalTag,
    Grant,
    GrantEvent,
    GrantInvitation,
    IdempotentAnswer,
    Invitation,
    KeyResultFeed,
    Membership,
    MembershipRole,
    Mood,
    MoodBecause,
    MoodLabel,
    MoodReason,
    MoodRevision,
    Occurrence,
    OutboxMessage,
    Passkey,
    Person,
    PlannedPause,
    PushSubscription,
    ReadingBatch,
    ReadingGoal,
    ReadingStreak,
    ReadingToken,
    Reminder,
    ReminderSetting,
    ReportingLine,
    ReviewEvent,
    ReviewRound,
    ReviewSeat,
    ScheduleVersion,
    SignIn,
    Tag,
    Team,
    TeamMember,
    TherapistCode,
    Token,
    Upload,
    Work,
)
from webapp.models.engine import AnySession
from webapp.queries.grant_invitations import address_hash

GRACE = timedelta(days=14)


def ask(session: AnySession, viewer: Viewer) -> datetime:
    """The viewer's account is erased at the instant returned unless they keep it; asking again moves nothing.

    At once nothing of it is shared any more, other devices are signed out, and the viewer is told by mail.
    """
    person = session.scalars(select(Person).where(Person.id == viewer.id).with_for_update()).one()
    if person.erase_at is not None:
        return person.erase_at
    person.erase_at = viewer.now + GRACE
    session.flush()
    participants.relist_all(session, viewer.id, viewer.now)
    grants.end_all(session, viewer)
    session.execute(_unused_proofs(viewer.id).values(revoked_at=viewer.now))
    sign_ins.end_of_person(session, viewer.id, viewer.now, keep=viewer.session_id)
    key = f"erasure-asked:{person.public_id}:{viewer.now.timestamp()}"
    sign_ins.tell(session, person, "erasure-asked", key, viewer.now, day=person.erase_at.date().isoformat())
    audit.record(session, audit.Tag.PERSON_ERASURE_ASK, at=viewer.now, viewer=viewer)
    session.flush()
    return person.erase_at


def keep(session: AnySession, viewer: Viewer) -> bool:
    """The viewer's account stays; returns whether it was to be erased. What was shared has to be shared anew."""
    person = session.scalars(select(Person).where(Person.id == viewer.id).with_for_update()).one()
    if person.erase_at is None:
        return False
    person.erase_at = None
    session.flush()
    reminders.begin_anew(session, viewer.id, viewer.now)
    participants.relist_all(session, viewer.id, viewer.now)
    audit.record(session, audit.Tag.PERSON_ERASURE_STOP, at=viewer.now, viewer=viewer)
    session.flush()
    return True


def erase_next(session: AnySession, now: datetime) -> int:
    """The person whose time came first is erased; returns 1, or 0 when nobody's time has come."""
    over = select(Person.id).where(Person.erase_at <= now, Person.deleted_at.is_(None)).order_by(Person.erase_at)
    person_id = session.scalars(over.limit(1).with_for_update(skip_locked=True)).first()
    if person_id is None:
        return 0
    erase(session, person_id, now)
    return 1


def erase(session: AnySession, person_id: int, now: datetime) -> None:
    """Nothing of the person is left but a number without a name; raises NotFound when they are gone already."""
    person = session.scalars(select(Person).where(Person.id == person_id).with_for_update()).one_or_none()
    if person is None or person.deleted_at is not None:
        raise NotFound
    addresses = {person.email, person.email_key}
    places.free(session, person_id, now)
    participants.forget(session, person_id, now)
    for statement in (*_leaving(person_id, now), *_forgetting(person_id, addresses)):
        session.execute(statement, execution_options={"synchronize_session": False})
    person.email, person.email_key, person.name = "", f"erased:{person.public_id}", ""
    person.password_hash = person.consent_version = person.country = None
    person.locale, person.zone, person.theme, person.day_start, person.week_start = "en", "Etc/UTC", Theme.AUTO, 0, 0
    person.created_at = person.deleted_at = now
    person.confirmed_at = person.consented_at = person.erase_at = None
    audit.record(session, audit.Tag.PERSON_ERASE, at=now, thing=person)
    session.flush()


def _leaving(person_id: int, now: datetime) -> Iterator[Update]:
    """What the person held or began as a therapist is over; it stays the client's."""
    held = (Grant.therapist_id == person_id, Grant.state.in_((GrantState.REQUESTED, GrantState.ACTIVE)))
    yield update(Grant).where(*held).values(state=GrantState.REVOKED, ended_at=now)
    waiting = (GoalProposal.therapist_id == person_id, GoalProposal.state == ProposalState.WAITING)
    yield update(GoalProposal).where(*waiting).values(state=ProposalState.WITHDRAWN, decided_at=now)


def _forgetting(person_id: int, addresses: set[str]) -> Iterator[Delete | Update]:
    """Every statement that makes the person's rows go, those that others refer to last."""
    # What is an organisation's stays where it stands, under a number without a name (§9).
    goals = select(Goal.id).where(Goal.owner_id == person_id, Goal.organisation_id.is_(None))
    moods = select(Mood.id).where(Mood.person_id == person_id)
    consents = select(Grant.id).where(Grant.client_id == person_id)
    memberships = select(Membership.id).where(Membership.person_id == person_id)
    yield delete(DataKey).where(DataKey.person_id == person_id)
    yield delete(MoodBecause).where(MoodBecause.mood_id.in_(moods))
    yield delete(MoodRevision).where(MoodRevision.mood_id.in_(moods))
    yield delete(Mood).where(Mood.person_id == person_id)
    yield delete(MoodReason).where(MoodReason.owner_id == person_id)
    yield delete(MoodLabel).where(MoodLabel.owner_id == person_id)
    yield from _forgetting_talk(person_id, goals)
    yield from _forgetting_reading(person_id, goals)
    yield from _forgetting_reminders(person_id)
    for of_goal in (GoalMonth, GoalTag, GoalRevision, ScheduleVersion, Occurrence, Entry):
        yield delete(of_goal).where(of_goal.goal_id.in_(goals))
    yield delete(KeyResultFeed).where(KeyResultFeed.goal_id.in_(goals))
    yield delete(PlannedPause).where(PlannedPause.owner_id == person_id)
    yield delete(Tag).where(Tag.owner_id == person_id)
    yield delete(Goal).where(Goal.id.in_(goals))
    yield delete(Access).where(Access.client_id == person_id)
    yield delete(GrantEvent).where(GrantEvent.grant_id.in_(consents))
    yield delete(TherapistCode).where(TherapistCode.person_id == person_id)
    to_them = or_(
        GrantInvitation.address_hash.in_({address_hash(address) for address in addresses}),
        GrantInvitation.grant_id.in_(consents),
    )
    yield delete(GrantInvitation).where(or_(GrantInvitation.therapist_id == person_id, to_them))
    yield delete(Grant).where(Grant.id.in_(consents))
    yield delete(MembershipRole).where(MembershipRole.membership_id.in_(memberships))
    yield delete(Membership).where(Membership.person_id == person_id)
    yield delete(TeamMember).where(TeamMember.person_id == person_id)
    yield update(Team).where(Team.lead_id == person_id).values(lead_id=None)
    either = or_(ReportingLine.person_id == person_id, ReportingLine.manager_id == person_id)
    yield delete(ReportingLine).where(either)
    asked_in = or_(Invitation.email_key.in_(addresses), Invitation.accepted_by_id == person_id)
    yield delete(Invitation).where(asked_in)
    for theirs in (SignIn, IdempotentAnswer, Upload, OutboxMessage, Authenticator, Passkey):
        yield delete(theirs).where(theirs.person_id == person_id)
    proofs = or_(Token.person_id == person_id, Token.address.in_(addresses))
    asked = AuditEvent.object_id.in_(select(Token.id).where(proofs))
    yield delete(AuditEvent).where(AuditEvent.object_kind == Token.__tablename__, asked)  # a sign-up names nobody
    yield delete(ReadingToken).where(ReadingToken.token_id.in_(select(Token.id).where(proofs)))
    yield delete(Token).where(proofs)
    yield from _forgetting_events(person_id)


def _forgetting_talk(person_id: int, goals: Select[int]) -> Iterator[Delete]:
    """What was said, asked and decided about the person's goals goes; what they said about others' stays those
    others'."""
    said = select(Comment.id).where(Comment.goal_id.in_(goals))
    asked = select(ReviewRound.id).where(ReviewRound.goal_id.in_(goals))
    named = or_(CommentMention.person_id == person_id, CommentMention.comment_id.in_(said))
    yield delete(CommentMention).where(named)
    yield delete(ReviewSeat).where(ReviewSeat.round_id.in_(asked))
    for of_goal in (Comment, ReviewEvent, ReviewRound, GoalClosing):
        yield delete(of_goal).where(of_goal.goal_id.in_(goals))
    yield delete(GoalProposal).where(GoalProposal.client_id == person_id)


def _forgetting_reading(person_id: int, goals: Select[int]) -> Iterator[Delete]:
    """What is beside the person's works: what they read and meant to read. Programs they let in for an organisation
    stay that organisation's."""
    entries = select(Entry.id).where(Entry.goal_id.in_(goals))
    yield delete(ReadingBatch).where(ReadingBatch.entry_id.in_(entries))
    for of_work in (ActivityDay, ReadingGoal, Work):
        yield delete(of_work).where(of_work.goal_id.in_(goals))
    yield delete(ReadingStreak).where(ReadingStreak.owner_id == person_id)


def _forgetting_reminders(person_id: int) -> Iterator[Delete]:
    """What they were reminded of, when and how, before the messages it left with and the sign-ins of their devices."""
    mine = select(Reminder.id).where(Reminder.person_id == person_id)
    yield delete(Delivery).where(Delivery.reminder_id.in_(mine))
    for theirs in (Reminder, ReminderSetting, PushSubscription):
        yield delete(theirs).where(theirs.person_id == person_id)


def _forgetting_events(person_id: int) -> Iterator[Delete | Update]:
    """What the log says of the person alone goes; what it says of others stays without where they were."""
    alone = or_(AuditEvent.subject_id == person_id, AuditEvent.subject_id.is_(None))
    about = or_(AuditEvent.subject_id == person_id, AuditEvent.actor_id == person_id)
    yield delete(AuditEvent).where(about, alone, AuditEvent.organisation_id.is_(None))
    traces = {"address": None, "session_id": None, "request_id": None}
    yield update(AuditEvent).where(AuditEvent.actor_id == person_id).values(**traces)


def _unused_proofs(person_id: int) -> Update:
    """What programs and mailed links could still do in the person's name; recovery codes still let them come in."""
    unused = or_(Token.used_at.is_(None), Token.contract.is_not(None))  # a program uses its token again and again
    others = (Token.purpose != RECOVERY_CODE, Token.revoked_at.is_(None))
    return update(Token).where(Token.person_id == person_id, unused, *others)
