"""Who belongs to an organisation and as what: roles, suspension, and leaving it.

The goals that somebody frees are held first, then the person, and the organisation last: two admins who act on each
other take turns, and what each may do is judged by the roles that they hold then.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from webapp.actions import idle_reviewers, lock_outs, participants, people, places, roll_ups, second_factors, sign_ins
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.organisations import GIVEN, may_make
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.models import Membership, MembershipRole, OutboxMessage, Person
from webapp.models.engine import AnySession
from webapp.queries import organisations as queries
from webapp.queries import second_factors as factors


def change_roles(
    session: AnySession, viewer: Viewer, organisation_id: int, person_id: int, roles: Collection[Role]
) -> bool:
    """The active member holds these roles beside being a member; False, and nothing happens, where they do already.
    They are signed out everywhere, so that they come in anew with what they may do now, and are told. What waits for a
    verdict that they may not give any more waits for them no more.

    Raises Refused for oneself ("yourself"), the last admin ("last_admin") and for who is no admin any more, NotFound.
    """
    queries.permit(viewer, organisation_id)
    places.hold(session, person_id)
    person, membership = held(session, viewer, organisation_id, person_id, MembershipStatus.ACTIVE)
    before, after = roles_in(session, membership), frozenset(roles) & set(GIVEN) | {Role.MEMBER}
    if before - {Role.MEMBER} == after - {Role.MEMBER}:
        return False
    permit(session, viewer, organisation_id, person_id, before, after)
    put_roles(session, membership, after)
    idle_reviewers.free(session, viewer, organisation_id, [person_id])
    end_practice(session, person_id, before, viewer.now)
    sign_ins.end_of_person(session, person_id, viewer.now)
    tell(session, person, "roles", viewer.now)
    words = {"before": " ".join(sorted(before)), "after": " ".join(sorted(after))}
    log(session, viewer, membership, Tag.MEMBERSHIP_CHANGE_ROLES, **words)
    return True


def suspend(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int) -> None:
    """The member has nothing to do with the organisation until they are resumed. Who belongs to no other one cannot
    come in at all meanwhile, on any path, unless the operator lets them in, and is signed out everywhere; what is
    theirs stays theirs. Raises as `change_roles`."""
    queries.permit(viewer, organisation_id)
    places.free(session, person_id, viewer.now, organisation_id=organisation_id, viewer=viewer)
    person, membership = held(session, viewer, organisation_id, person_id, MembershipStatus.ACTIVE)
    roles = roles_in(session, membership)
    permit(session, viewer, organisation_id, person_id, roles, roles)
    membership.status = MembershipStatus.SUSPENDED
    tell(session, person, "suspended", viewer.now)
    lock_outs.lock(session, person, viewer.now)
    participants.relist(session, organisation_id, person_id, viewer.now)
    sign_ins.end_of_person(session, person_id, viewer.now)
    log(session, viewer, membership, Tag.MEMBERSHIP_SUSPEND)


def resume(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int) -> None:
    """The member belongs as before and can come in. Raises as `change_roles`."""
    person, membership = held(session, viewer, organisation_id, person_id, MembershipStatus.SUSPENDED)
    roles = roles_in(session, membership)
    permit(session, viewer, organisation_id, person_id, roles, roles)
    membership.status = MembershipStatus.ACTIVE
    lock_outs.unlock(session, person)
    participants.relist(session, organisation_id, person_id, viewer.now)
    tell(session, person, "resumed", viewer.now)
    log(session, viewer, membership, Tag.MEMBERSHIP_RESUME)


def join(
    session: AnySession,
    person_id: int,
    organisation_id: int,
    roles: Collection[Role],
    now: datetime,
    *,
    viewer: Viewer | None,
) -> Membership:
    """The person, whom the caller holds, belongs in these roles; who left before is back with these alone.

    Raises Conflict for who belongs already, Refused for who is suspended.
    """
    roll_ups.hold(session, organisation_id)
    membership = _membership(session, organisation_id, person_id)
    if membership is None:
        membership = Membership(person_id=person_id, organisation_id=organisation_id, created_at=now)
        session.add(membership)
    elif membership.status is MembershipStatus.ACTIVE:
        raise Conflict("member_already")
    elif membership.status is MembershipStatus.SUSPENDED:
        raise Refused("suspended")
    membership.status = MembershipStatus.ACTIVE
    session.flush()
    put_roles(session, membership, frozenset(roles) | {Role.MEMBER})
    words = {"roles": " ".join(sorted(roles))}
    record(
        session,
        Tag.MEMBERSHIP_CREATE,
        at=now,
        viewer=viewer,
        subject_id=person_id,
        organisation_id=organisation_id,
        thing=membership,
        **words,
    )
    session.flush()
    return membership


def sign_out_everywhere(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int) -> bool:
    """No device of the member is signed in any more, and they are told; False, and nothing happens, where none was.
    Raises as `change_roles`."""
    person, membership = _acted_on(session, viewer, organisation_id, person_id)
    if not sign_ins.end_of_person(session, person_id, viewer.now):
        return False
    tell(session, person, "signed_out", viewer.now)
    log(session, viewer, membership, Tag.MEMBERSHIP_SIGN_OUT)
    return True


def send_recovery(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int) -> None:
    """A link by which the member chooses a new password is on its way to their own mailbox, and nobody else sees it
    (security AN-14). Raises as `change_roles`."""
    person, membership = _acted_on(session, viewer, organisation_id, person_id)
    people.ask_recovery(session, person.email, person.locale, viewer.now)
    log(session, viewer, membership, Tag.MEMBERSHIP_RECOVER)


def send_lost_factor(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int) -> None:
    """A link by which the member, with their password, is rid of a second step they lost is on its way to their own
    mailbox. Raises Refused for who has none ("no_factor"), and as `change_roles`."""
    person, membership = _acted_on(session, viewer, organisation_id, person_id)
    if not factors.has_any(session, person_id):
        raise Refused("no_factor")
    second_factors.ask_to_forget(session, person, viewer.now, viewer)
    log(session, viewer, membership, Tag.MEMBERSHIP_LOST_FACTOR)


def put_roles(session: AnySession, membership: Membership, roles: Collection[Role]) -> None:
    """The membership carries these roles and no others."""
    session.execute(delete(MembershipRole).where(MembershipRole.membership_id == membership.id))
    session.add_all(MembershipRole(membership_id=membership.id, role=role) for role in sorted(roles))
    session.flush()


def held(
    session: AnySession, viewer: Viewer, organisation_id: int, person_id: int, *statuses: MembershipStatus
) -> tuple[Person, Membership]:
    """The person and then their organisation are held, and the membership is in one of these states, or NotFound.
    Raises Refused for who is no admin, unless it is about the viewer."""
    if person_id != viewer.id:
        queries.permit(viewer, organisation_id)
    there = select(Person).where(Person.id == person_id, Person.deleted_at.is_(None))
    held = there.with_for_update(key_share=True).execution_options(populate_existing=True)
    person = session.execute(held).scalar_one_or_none()
    roll_ups.hold(session, organisation_id)
    membership = _membership(session, organisation_id, person_id)
    if person is None or membership is None or membership.status not in statuses:
        raise NotFound
    return person, membership


def _acted_on(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int) -> tuple[Person, Membership]:
    """The active member, held, for whom something is done that leaves the organisation as it is."""
    person, membership = held(session, viewer, organisation_id, person_id, MembershipStatus.ACTIVE)
    roles = roles_in(session, membership)
    permit(session, viewer, organisation_id, person_id, roles, roles, may_be_last=True)
    return person, membership


def permit(
    session: AnySession,
    viewer: Viewer,
    organisation_id: int,
    person_id: int,
    before: Collection[Role],
    after: Collection[Role],
    *,
    may_be_last: bool = False,
) -> None:
    """The viewer may do this to the person, by the roles they hold at this very moment; the organisation is held."""
    if person_id == viewer.id:
        raise Refused("yourself")
    if not may_make(queries.roles_of(session, organisation_id, viewer.id), before, after):
        raise Refused("not_yours")
    if not may_be_last:
        keep_one_admin(session, organisation_id, person_id, before)


def keep_one_admin(session: AnySession, organisation_id: int, person_id: int, roles: Collection[Role]) -> None:
    """Somebody else looks after the organisation, which the caller holds, if this person does; raises Refused."""
    if Role.ADMIN in roles and not queries.other_admins(session, organisation_id, person_id):
        raise Refused("last_admin")


def permit_now(session: AnySession, viewer: Viewer, organisation_id: int) -> None:
    """The viewer administers the organisation at this very moment; the caller holds it. Raises Refused ("not_yours"),
    also for who was an admin when they were recognised, and as `organisations.permit`."""
    queries.permit(viewer, organisation_id)
    if Role.ADMIN not in queries.roles_of(session, organisation_id, viewer.id):
        raise Refused("not_yours")


def end_practice(session: AnySession, person_id: int, before: Collection[Role], at: datetime) -> None:
    """No client's goal waits any more for who was a therapist before and is one nowhere now. That is between the two:
    nobody of the organisation has a part in it, or hears of it. The goals are held since before the person was."""
    session.flush()
    if Role.THERAPIST in before and not queries.practises(session, person_id):
        places.free(session, person_id, at, private=True)


def tell(session: AnySession, person: Person, what: str, now: datetime) -> None:
    """The person is told what somebody else did: of each kind once an hour, so that nobody fills a mailbox."""
    key = f"account-changed:{what}:{person.public_id}:{now:%Y-%m-%dT%H}"
    if session.scalar(select(OutboxMessage.id).where(OutboxMessage.dedupe_key == key)) is None:
        sign_ins.tell(session, person, "account-changed", key, now, what=what)


def _membership(session: AnySession, organisation_id: int, person_id: int) -> Membership | None:
    mine = (Membership.organisation_id == organisation_id, Membership.person_id == person_id)
    statement = select(Membership).where(*mine).execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def roles_in(session: AnySession, membership: Membership) -> frozenset[Role]:
    return frozenset(session.scalars(select(MembershipRole.role).where(MembershipRole.membership_id == membership.id)))


def log(session: AnySession, viewer: Viewer, membership: Membership, tag: Tag, **details: object) -> None:
    subject, organisation = membership.person_id, membership.organisation_id
    about = {"subject_id": subject, "organisation_id": organisation, "thing": membership}
    record(session, tag, at=viewer.now, viewer=viewer, **about, **details)  # type: ignore[arg-type]
    session.flush()
