"""Teams of an organisation: named, led, filled and taken away by its admins.

What changes is held in one order: people, objectives that wait for who loses a say, and the organisation last.
"""

from collections.abc import Collection

from sqlalchemy import Select, delete, select

from webapp.actions import idle_reviewers, memberships, roll_ups
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.domain.identity import plain_name
from webapp.domain.member_tables import key_of
from webapp.domain.organisations import TEAMS_PER_ORGANISATION, TeamDraft
from webapp.domain.people import Viewer
from webapp.models import Team, TeamMember
from webapp.models.engine import AnySession
from webapp.queries import organisations
from webapp.queries import teams as queries
from webapp.queries.members import teams_of
from webapp.queries.people import hold_all


def create(session: AnySession, viewer: Viewer, organisation_id: int, draft: TeamDraft) -> Team:
    """There is one more team, with nobody in it. Raises Refused for who is no admin, NotFound for a stranger, and
    Invalid: for a name that another team has, however it is written, and for a lead who is no active member."""
    lead = _hold(session, viewer, organisation_id, draft.lead)
    _check(session, organisation_id, draft, lead)
    if len(teams_of(session, organisation_id)) >= TEAMS_PER_ORGANISATION:
        raise Invalid([Problem("name", "too_many", {"most": TEAMS_PER_ORGANISATION})])
    team = Team(organisation_id=organisation_id, name=plain_name(draft.name), lead_id=lead)
    session.add(team)
    session.flush()
    _log(session, viewer, team, Tag.TEAM_CREATE, lead=lead)
    return team


def change(session: AnySession, viewer: Viewer, team: Team, draft: TeamDraft) -> None:
    """The team is called this and led by this member, or by nobody. Raises as `create`."""
    before = team.lead_id
    lead = _hold(session, viewer, team.organisation_id, draft.lead, losing=[before] if before else [])
    _still_there(session, team)
    _check(session, team.organisation_id, draft, lead, but=team.id)
    name = plain_name(draft.name)
    if (team.name, team.lead_id) == (name, lead):
        return
    renamed, led, former = team.name != name, team.lead_id != lead, team.lead_id
    team.name, team.lead_id = name, lead
    if led and former is not None:
        idle_reviewers.free(session, viewer, team.organisation_id, [former])
    _log(session, viewer, team, Tag.TEAM_CHANGE, renamed=renamed, lead=lead)


def put_in(session: AnySession, viewer: Viewer, team: Team, person: str) -> None:
    """The active member with this public id is in the team; said again, nothing changes. Raises as `create`, and
    Invalid ("person") for who is no active member."""
    number = _hold(session, viewer, team.organisation_id, person)
    _still_there(session, team)
    if number is None:
        raise Invalid([Problem("person", "not_a_member")])
    if session.scalar(_place(team, number)) is None:
        session.add(TeamMember(team_id=team.id, person_id=number))
        _log(session, viewer, team, Tag.TEAM_CHANGE, joined=[number])


def take_out(session: AnySession, viewer: Viewer, team: Team, person_id: int) -> None:
    """The person is not in the team; said again, nothing changes. Raises Refused for who is no admin, NotFound."""
    _hold(session, viewer, team.organisation_id, "", losing=[team.lead_id] if team.lead_id else [])
    _still_there(session, team)
    if session.scalar(_place(team, person_id)) is None:
        return
    session.execute(delete(TeamMember).where(TeamMember.team_id == team.id, TeamMember.person_id == person_id))
    if team.lead_id is not None:
        idle_reviewers.free(session, viewer, team.organisation_id, [team.lead_id])
    _log(session, viewer, team, Tag.TEAM_CHANGE, left=[person_id])


def remove(session: AnySession, viewer: Viewer, team: Team) -> None:
    """The team is gone; its members stay. Raises Refused for who is no admin, NotFound, and Invalid while objectives
    are the team's."""
    _hold(session, viewer, team.organisation_id, "", losing=[team.lead_id] if team.lead_id else [])
    _still_there(session, team)
    if count := queries.objectives_of(session, team.id):
        raise Invalid([Problem("", "team_has_objectives", {"num": count})])
    organisation_id, lead = team.organisation_id, team.lead_id
    session.execute(delete(TeamMember).where(TeamMember.team_id == team.id))
    _log(session, viewer, team, Tag.TEAM_DELETE)
    session.delete(team)
    if lead is not None:
        idle_reviewers.free(session, viewer, organisation_id, [lead])
    session.flush()


def _hold(
    session: AnySession, viewer: Viewer, organisation_id: int, person: str, losing: Collection[int] = ()
) -> int | None:
    """The member of this public id, what waits for who may lose their say, and the organisation are held; returns the
    member's number, None for who is no active member."""
    organisations.permit(viewer, organisation_id)
    hold_all(session, organisations.numbers_of(session, organisation_id, [person]).values())
    if losing:
        idle_reviewers.hold(session, organisation_id, losing)
    roll_ups.hold(session, organisation_id)
    memberships.permit_now(session, viewer, organisation_id)
    return organisations.numbers_of(session, organisation_id, [person]).get(person)


def _check(
    session: AnySession, organisation_id: int, draft: TeamDraft, lead: int | None, but: int | None = None
) -> None:
    problems = draft.check()
    others = {key_of(team.name) for team in teams_of(session, organisation_id) if team.number != but}
    if not problems and key_of(draft.name) in others:
        problems.append(Problem("name", "name_taken"))
    if draft.lead and lead is None:
        problems.append(Problem("lead", "not_a_member"))
    if problems:
        raise Invalid(problems)


def _still_there(session: AnySession, team: Team) -> None:
    """The team says what is so now; raises NotFound when it was taken away meanwhile."""
    if session.get(Team, team.id, populate_existing=True) is None:
        raise NotFound


def _place(team: Team, person_id: int) -> Select[int]:
    return select(TeamMember.id).where(TeamMember.team_id == team.id, TeamMember.person_id == person_id)


def _log(session: AnySession, viewer: Viewer, team: Team, tag: Tag, **details: object) -> None:
    about = {"organisation_id": team.organisation_id, "thing": team}
    record(session, tag, at=viewer.now, viewer=viewer, **about, **details)  # type: ignore[arg-type]
    session.flush()
