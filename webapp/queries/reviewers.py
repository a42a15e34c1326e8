"""Who may be asked to review a goal, and who is still able to answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, union

from webapp.domain.people import MembershipStatus, Role
from webapp.models import Goal, Grant, Membership, MembershipRole, Person, ReportingLine, Team, TeamMember
from webapp.models.engine import AnySession
from webapp.queries.visibility import holds_for

IS_HERE = (Person.disabled_at.is_(None), Person.deleted_at.is_(None), Person.erase_at.is_(None))


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who may review a goal, as its owner chooses them; `id` is the public id."""

    number: int
    id: str
    name: str


def eligible(session: AnySession, goal: Goal, now: datetime) -> list[Reviewer]:
    """The people who may review the goal now, by name: of a private goal the therapists its owner lets see goals, of an
    objective those who may change it beside its owner."""
    asked = select(Person.id, Person.public_id, Person.name).where(*IS_HERE, Person.id != goal.owner_id)
    if goal.kind.is_private:
        given = (Grant.client_id == goal.owner_id, Grant.sees_goals, *holds_for(Grant.therapist_id, now))
        asked = asked.where(Person.id.in_(select(Grant.therapist_id).where(*given)))
    else:
        asked = asked.where(Person.id.in_(_updaters(goal.organisation_id, goal.owner_id)))
    return [Reviewer(*row) for row in session.execute(asked.order_by(Person.name, Person.id))]


def updaters_of(session: AnySession, goal: Goal) -> frozenset[int]:
    """Numbers of the people who may change an objective beside its owner."""
    return updaters(session, goal.organisation_id, goal.owner_id)


def updaters(session: AnySession, organisation_id: int | None, owner_id: int) -> frozenset[int]:
    """Numbers of the people who may change the objectives of this owner beside them, and review them."""
    found = session.scalars(select(Person.id).where(*IS_HERE, Person.id.in_(_updaters(organisation_id, owner_id))))
    return frozenset(found) - {owner_id}


def needed(reviewers: int, able: int) -> int:
    """How many approvals an objective needs: as many as its cycle asks for, one at least, and no more than there are
    people who can give them."""
    return max(1, min(reviewers, able))


def named(reviewers: Iterable[Reviewer], wanted: Iterable[str]) -> list[Reviewer]:
    """Those of the reviewers whose public ids are wanted, each once."""
    chosen = set(wanted)
    return [one for one in reviewers if one.id in chosen]


def _updaters(here: int | None, owner_id: int) -> Select[int]:
    """The owner's managers, the leads of their teams and the admins, as active members of the organisation."""
    managers = select(ReportingLine.manager_id).where(
        ReportingLine.organisation_id == here, ReportingLine.person_id == owner_id
    )
    leads = (
        select(Team.lead_id)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(Team.organisation_id == here, TeamMember.person_id == owner_id)
    )
    admins = (
        select(Membership.person_id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(Membership.organisation_id == here, MembershipRole.role == Role.ADMIN)
    )
    said = union(managers, leads, admins).subquery()
    return select(Membership.person_id).where(
        Membership.organisation_id == here,
        Membership.status == MembershipStatus.ACTIVE,
        Membership.person_id.in_(select(said.c[0])),
    )
