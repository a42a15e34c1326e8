"""Leaving an organisation: what somebody answered for there goes to others, what is theirs alone stays theirs.

Goals are held first, then people, and the organisation last, as everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import delete, select, update

from webapp.actions import feeds, hand_overs, lock_outs, memberships, participants, places, rounds, sign_ins
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Conflict, Invalid, Problem, Refused
from webapp.domain.organisations import makes_a_ring
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.models import Goal, Membership, Person, ReportingLine, Team, TeamMember
from webapp.models.engine import AnySession
from webapp.queries import hand_overs as queries
from webapp.queries import ladders, objectives, organisations
from webapp.queries.hand_overs import Belongings
from webapp.queries.members import is_member
from webapp.queries.people import hold_all

THERE = (MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Gone:
    """What became of what somebody left: how many objectives are others' now, key results are their objective's owner's
    again, reviews there wait for them no more, teams have no lead, and people report to them no more."""

    objectives: int
    key_results: int
    reviews: int
    teams: int
    reports: int


def leave(
    session: AnySession,
    viewer: Viewer,
    organisation_id: int,
    person_id: int,
    heirs: Mapping[int, int],
    *,
    manager_id: int | None = None,
) -> Gone:
    """The person, suspended or not, does not belong any more, and is signed out everywhere; `heirs` says who has each
    of their open objectives, by number, and who reported to them reports to `manager_id`, or to one person less.

    They can come in to what is theirs alone as before, and also if they were suspended only here. Raises Invalid at
    "heir_" and the objective's public id, or at "manager", and as `memberships.change_roles`.
    """
    organisations.permit(viewer, organisation_id)
    held = _hold(session, viewer, organisation_id, person_id, {*heirs.values(), *filter(None, [manager_id])})
    memberships.permit(session, viewer, organisation_id, person_id, held.roles, frozenset())
    return _see_off(session, viewer, held, heirs, manager_id)


def go(session: AnySession, viewer: Viewer, organisation_id: int, shown: str | None = None) -> Gone:
    """The viewer, suspended or not, does not belong any more, and their other devices are signed out; the caller gives
    this one a new secret. What they answered for is whose `queries.heir_of` says, and the other admins are told that
    somebody went.

    Raises NotFound where they do not belong, Refused for the last admin ("last_admin") and where nobody is left to
    have their objectives ("nobody_left"), Conflict where by now somebody else would have them, or more of them; `shown`
    is the public id of who would, as the viewer was told, "" for nobody.
    """
    heir = queries.heir_of(session, viewer, organisation_id)
    if shown not in (None, heir.id if heir else ""):
        raise Conflict("changed_meanwhile")
    held = _hold(session, viewer, organisation_id, viewer.id, {heir.number} if heir else set())
    if held.membership.status is MembershipStatus.ACTIVE:
        memberships.keep_one_admin(session, organisation_id, viewer.id, held.roles)
    if queries.heir_of(session, viewer, organisation_id) != heir:
        raise Conflict("changed_meanwhile")
    mine = queries.belongings(session, viewer, organisation_id, viewer.id).objectives
    if mine and heir is None:
        raise Refused("nobody_left")
    heirs = {one.number: heir.number for one in mine} if heir else {}
    if not heirs.keys() <= held.goals:
        raise Conflict("changed_meanwhile")
    gone = _see_off(session, viewer, held, heirs, None, keep=viewer.session_id)
    for admin in organisations.others_who_lead(session, organisation_id, viewer.id):
        memberships.tell(session, admin, "member_left", viewer.now)
    return gone


@dataclass(frozen=True, slots=True)
class _Held:
    """Whom it is about, held with the goals of these numbers, and how many reviews wait for them no more."""

    person: Person
    membership: Membership
    roles: frozenset[Role]
    goals: set[int]
    reviews: int


def _hold(session: AnySession, viewer: Viewer, here: int, person_id: int, others: set[int]) -> _Held:
    goals = queries.hold_goals(session, here, person_id)
    reviews = places.free(session, person_id, viewer.now, organisation_id=here, viewer=viewer)
    hold_all(session, {person_id, *others})
    person, membership = memberships.held(session, viewer, here, person_id, *THERE)
    return _Held(person, membership, memberships.roles_in(session, membership), goals, reviews)


def _see_off(
    session: AnySession,
    viewer: Viewer,
    held: _Held,
    heirs: Mapping[int, int],
    manager_id: int | None,
    *,
    keep: int | None = None,
) -> Gone:
    person_id, here = held.person.id, held.membership.organisation_id
    left = queries.belongings(session, viewer, here, person_id)
    _hand_all(session, viewer, left, heirs)
    _give_back(session, viewer, here, person_id, left)
    feeds.end_of_person(session, viewer, person_id, here)
    _leave_teams(session, here, person_id)
    _leave_lines(session, viewer, here, person_id, manager_id)
    participants.step_off(session, viewer, here, person_id)
    _part(session, viewer, held, keep)
    memberships.end_practice(session, person_id, held.roles, viewer.now)
    counts = (len(left.objectives), len(left.key_results), held.reviews, len(left.teams), len(left.reports))
    words = dict(zip(("objectives", "key_results", "reviews", "teams", "reports"), counts, strict=True))
    memberships.log(session, viewer, held.membership, Tag.MEMBERSHIP_LEAVE, **words)
    return Gone(*counts)


def _hand_all(session: AnySession, viewer: Viewer, left: Belongings, heirs: Mapping[int, int]) -> None:
    """Each open objective is its heir's, and each heir is told once."""
    goals = {goal.id: goal for goal in queries.objectives_in(session, [one.number for one in left.objectives])}
    problems: list[Problem] = []
    handed: dict[int, list[Goal]] = {}
    for one in left.objectives:
        goal, heir = goals[one.number], heirs.get(one.number)
        if heir is None or heir == goal.owner_id:
            problems.append(Problem(f"heir_{one.id}", "required"))
            continue
        try:
            hand_overs.pass_on(session, viewer, objectives.of_goal(session, goal), heir)
        except Invalid as invalid:
            problems += [replace(problem, field=f"heir_{one.id}") for problem in invalid.problems]
        handed.setdefault(heir, []).append(goal)
    if problems:
        raise Invalid(problems)
    for heir, theirs in sorted(handed.items()):
        hand_overs.tell(session, viewer, heir, theirs)


def _give_back(session: AnySession, viewer: Viewer, here: int, person_id: int, left: Belongings) -> None:
    """Key results of others' objectives are those owners' again, which is cosmetic; a change that waits and would name
    the person is over."""
    for key_result in queries.key_results_in(session, [one.number for one in left.key_results]):
        key_result.owner_id = None
        goal = session.get_one(Goal, key_result.goal_id)
        goal.version += 1
        goal.updated_at = viewer.now
        rounds.log(session, viewer, goal, Tag.GOAL_CHANGE)
    for goal in queries.changes_naming(session, here, person_id):
        rounds.end_open(session, viewer, goal)
        goal.version += 1
    session.flush()


def _leave_teams(session: AnySession, here: int, person_id: int) -> None:
    teams = select(Team.id).where(Team.organisation_id == here)
    session.execute(delete(TeamMember).where(TeamMember.person_id == person_id, TeamMember.team_id.in_(teams)))
    session.execute(update(Team).where(Team.organisation_id == here, Team.lead_id == person_id).values(lead_id=None))


def _leave_lines(session: AnySession, viewer: Viewer, here: int, person_id: int, manager_id: int | None) -> None:
    """The person reports to nobody; who reported to them reports to the new manager, if there is one."""
    lines = select(ReportingLine.person_id).where(ReportingLine.organisation_id == here)
    reports = set(session.scalars(lines.where(ReportingLine.manager_id == person_id)))
    for side in (ReportingLine.person_id, ReportingLine.manager_id):
        session.execute(delete(ReportingLine).where(ReportingLine.organisation_id == here, side == person_id))
    if manager_id is None or not reports:
        return
    there = select(Person.id).where(Person.id == manager_id, Person.id != person_id, is_member(here))
    if session.scalar(there) is None:
        raise Invalid([Problem("manager", "unknown_choice")])
    managers = organisations.managers_by_person(session, here)
    moved = {one for one in reports if one != manager_id and manager_id not in managers.get(one, ())}
    if makes_a_ring(managers | {one: managers.get(one, set()) | {manager_id} for one in moved}):
        raise Invalid([Problem("manager", "ring")])
    today = ladders.home(session, here).today(viewer.now)
    line = {"organisation_id": here, "manager_id": manager_id, "since": today}
    session.add_all(ReportingLine(person_id=one, **line) for one in sorted(moved))
    session.flush()
    for one in sorted(moved):
        about = {"subject_id": one, "organisation_id": here}
        record(session, Tag.REPORTING_CHANGE, at=viewer.now, viewer=viewer, **about)  # type: ignore[arg-type]


def _part(session: AnySession, viewer: Viewer, held: _Held, keep: int | None) -> None:
    held.membership.status = MembershipStatus.LEFT
    memberships.put_roles(session, held.membership, ())
    lock_outs.unlock(session, held.person)
    sign_ins.end_of_person(session, held.person.id, viewer.now, keep=keep)
    sign_ins.tell_change(session, held.person, "left", viewer.now)
