"""Ladders as the admins of their organisations build them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.errors import NotFound
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.policy import Permission, require
from webapp.models import AdviceStep, GoalKeyword, Membership, Participant, Person, Profile, Target
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.ladders import Home, facts_of, find_profile, homes_of, profiles_visible_to
from webapp.queries.members import is_member

PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An active member; `id` is the public id, `profile_id` the number of the rung they stand on."""

    number: int
    id: str
    name: str
    email: str
    profile_id: int | None


@dataclass(frozen=True, slots=True)
class FormerRow:
    """Somebody who stands on a rung and is no active member; `status` is None for who never was a member, and active
    where their account is not in use."""

    id: str
    name: str
    profile_id: int | None
    status: MembershipStatus | None


def administered(session: AnySession, viewer: Viewer) -> list[Home]:
    """The organisations the viewer administers, by name."""
    return [home for home in homes_of(session, viewer) if viewer.has(Role.ADMIN, home.id)]


def find_rung(session: AnySession, viewer: Viewer, public_id: str) -> Profile:
    """The profile, if the viewer may change it; raises NotFound, and Refused for a member who is no admin."""
    profile = find_profile(session, viewer, public_id)
    require(viewer, Permission.LADDER_CHANGE, facts_of(profile.organisation_id))
    return profile


def find_target(session: AnySession, viewer: Viewer, public_id: str) -> tuple[Target, Profile, GoalKeyword]:
    """The target, its profile and its goal; raises as `find_rung`."""
    if not is_public_id(public_id):
        raise NotFound
    statement = select(Target, Profile, GoalKeyword).join(Profile, Profile.id == Target.profile_id)
    statement = statement.join(GoalKeyword, GoalKeyword.id == Target.keyword_id)
    row = session.execute(statement.where(Target.public_id == public_id, profiles_visible_to(viewer))).one_or_none()
    if row is None:
        raise NotFound
    target, profile, keyword = row
    require(viewer, Permission.LADDER_CHANGE, facts_of(profile.organisation_id))
    return target, profile, keyword


def find_step(session: AnySession, target: Target, public_id: str) -> AdviceStep:
    """The word of advice of this target; raises NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    wanted = (AdviceStep.public_id == public_id, AdviceStep.target_id == target.id)
    step = session.scalars(select(AdviceStep).where(*wanted)).one_or_none()
    if step is None:
        raise NotFound
    return step


def targets_of(session: AnySession, profile_id: int) -> list[Target]:
    """What the profile asks, in order."""
    statement = select(Target).where(Target.profile_id == profile_id)
    ordered = statement.order_by(Target.position, Target.id).execution_options(populate_existing=True)
    return list(session.scalars(ordered))


def keywords_of(session: AnySession, organisation_id: int) -> list[str]:
    """Every goal of the organisation's ladder by its keyword, in the order of the alphabet."""
    statement = select(GoalKeyword.keyword).where(GoalKeyword.organisation_id == organisation_id)
    return list(session.scalars(statement.order_by(GoalKeyword.keyword)))


def find_keyword(session: AnySession, organisation_id: int, keyword: str) -> GoalKeyword | None:
    """The goal of this keyword, if the organisation has one."""
    wanted = (GoalKeyword.organisation_id == organisation_id, GoalKeyword.keyword == keyword)
    return session.scalars(select(GoalKeyword).where(*wanted)).one_or_none()


def standing_on(session: AnySession, organisation_id: int) -> dict[int, int]:
    """How many people stand on each rung, listed or not, by the number of the profile."""
    statement = select(Participant.profile_id, func.count()).where(Participant.organisation_id == organisation_id)
    rows = session.execute(statement.group_by(Participant.profile_id))
    return {number: count for number, count in rows if number is not None}


def people(session: AnySession, organisation_id: int, letters: str, page: int) -> tuple[list[PersonRow], bool]:
    """The members with these letters in their name or address, by name, fifty a page from page 1; and whether there
    are more."""
    statement = select(Person.id, Person.public_id, Person.name, Person.email, Participant.profile_id)
    here = (Participant.person_id == Person.id) & (Participant.organisation_id == organisation_id)
    statement = statement.outerjoin(Participant, here).where(is_member(organisation_id))
    named = or_(_named(letters), Person.email_key.contains(letters.casefold(), autoescape=True))
    ordered = statement.where(named).order_by(Person.name, Person.id)
    rows = [PersonRow(*row) for row in session.execute(ordered.offset((page - 1) * PAGE).limit(PAGE + 1))]
    return rows[:PAGE], len(rows) > PAGE


def former(session: AnySession, organisation_id: int, letters: str) -> list[FormerRow]:
    """The first fifty by name, with these letters in it, who stand on a rung and are no active members any more:
    suspended, gone, or with an account that is not in use."""
    theirs = aliased(Membership)
    here = and_(theirs.person_id == Person.id, theirs.organisation_id == organisation_id)
    statement = select(Person.public_id, Person.name, Participant.profile_id, theirs.status)
    statement = statement.join(Participant, Participant.person_id == Person.id).outerjoin(theirs, here)
    stands = (Participant.organisation_id == organisation_id, Participant.profile_id.is_not(None))
    statement = statement.where(*stands, not_(is_member(organisation_id)), _named(letters))
    rows = session.execute(statement.order_by(Person.name, Person.id).limit(PAGE))
    return [FormerRow(*row) for row in rows]


def person_numbers(session: AnySession, organisation_id: int, public_ids: Collection[str]) -> list[int]:
    """The numbers of those of them who are active members of the organisation."""
    known = sorted(one for one in public_ids if is_public_id(one))
    wanted = (Person.public_id.in_(known), is_member(organisation_id))
    return list(session.scalars(select(Person.id).where(*wanted).order_by(Person.id)))


def standing_numbers(session: AnySession, organisation_id: int, public_id: str) -> list[int]:
    """The number of this person, if they stand on a rung of the organisation's, active member or not."""
    if not is_public_id(public_id):
        return []
    stands = (Participant.organisation_id == organisation_id, Participant.profile_id.is_not(None))
    statement = select(Person.id).join(Participant, Participant.person_id == Person.id)
    return list(session.scalars(statement.where(Person.public_id == public_id, *stands)))


def _named(letters: str) -> ColumnElement[bool]:
    """Whether the person has these letters in their name; everybody has none."""
    return func.lower(Person.name).contains(letters.lower(), autoescape=True)
