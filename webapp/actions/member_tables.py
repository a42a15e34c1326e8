"""Bringing a table of reporting lines and teams: kept sealed until its admin has seen what it changes, then all of it
or nothing."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from webapp.actions import home_uploads, idle_reviewers, memberships, roll_ups
from webapp.actions.audit import Tag, record_each
from webapp.domain.errors import Invalid
from webapp.domain.member_tables import Changes, MemberTable, Present, compare
from webapp.domain.pasted import decoded
from webapp.domain.people import Viewer
from webapp.models import ReportingLine, Team, TeamMember, Upload
from webapp.models.base import table_of
from webapp.models.engine import AnySession
from webapp.queries import ladders
from webapp.queries import reporting as queries
from webapp.queries.ladders import Home
from webapp.queries.members import in_parts, members_of, numbers_meant
from webapp.queries.organisations import permit
from webapp.queries.people import hold_all

WAITING, DONE = "members", "members_done"
_LINE, _TEAM, _PLACE = table_of(ReportingLine), table_of(Team), table_of(TeamMember)
_END_LINE = delete(_LINE).where(
    _LINE.c.organisation_id == bindparam("home"),
    _LINE.c.person_id == bindparam("person"),
    _LINE.c.manager_id == bindparam("manager"),
)
_LEAVE_TEAM = delete(_PLACE).where(_PLACE.c.team_id == bindparam("team"), _PLACE.c.person_id == bindparam("person"))
_LEAD_TEAM = update(_TEAM).where(_TEAM.c.id == bindparam("team")).values(lead_id=bindparam("lead"))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lines and places in teams a table changed, and how many teams it made."""

    lines: int
    places: int
    teams: int


@dataclass(frozen=True)
class Preview:
    """What a table would change, with the names of everybody and every team meant."""

    changes: Changes
    people: Mapping[int, str]
    teams: Mapping[str, str]


def keep(session: AnySession, viewer: Viewer, home: Home, content: bytes) -> Upload:
    """The table waits for the yes of its admin; one that waited before it is gone. Raises Refused for who is none."""
    permit(viewer, home.id)
    return home_uploads.keep(session, viewer, home, WAITING, content)


def kept(session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False) -> tuple[Upload, Home, str]:
    """The viewer's table with this public id, the organisation it is for, and its text ("" once it was brought);
    raises NotFound, and Refused for who administers that organisation no more."""
    upload, number, content = home_uploads.kept(session, viewer, public_id, (WAITING, DONE), lock=lock)
    permit(viewer, number)
    return upload, ladders.home(session, number), decoded(content) if upload.kind == WAITING else ""


def preview(session: AnySession, viewer: Viewer, home: Home, table: MemberTable) -> Preview:
    """What the table would change; nothing does. Raises Refused for who is no admin."""
    permit(viewer, home.id)
    present, _ = queries.present(session, home.id)
    changes = compare(table, _numbers(session, home, table), present)
    teams = {key: team.name for key, team in queries.teams_by_key(session, home.id).items()}
    people = {member.number: member.name for member in members_of(session, home.id)}
    return Preview(changes, people, teams | changes.made)


def bring(session: AnySession, viewer: Viewer, home: Home, table: MemberTable) -> Counts:
    """Everything is as the table says; nothing waits any more for who may decide on nobody's objectives now.

    However long the table is, it takes about as many statements: nobody of the organisation gets on meanwhile.
    Raises Refused for who is no admin, and Invalid, with nothing changed, when anything is wrong with the table.
    """
    permit(viewer, home.id)
    numbers = _numbers(session, home, table)
    for some in in_parts(numbers.values()):
        hold_all(session, some)
    present, _ = queries.present(session, home.id)
    idle_reviewers.hold(session, home.id, _losing(compare(table, numbers, present), present))
    roll_ups.hold(session, home.id)
    memberships.permit_now(session, viewer, home.id)
    present, teams = queries.present(session, home.id)
    changes = compare(table, _numbers(session, home, table), present)
    if changes.troubles:
        raise Invalid(trouble.problem for trouble in changes.troubles)
    _put_lines(session, viewer, home, changes)
    _put_teams(session, viewer, home, changes, teams)
    idle_reviewers.free(session, viewer, home.id, _losing(changes, present))
    return Counts(
        lines=len(changes.added) + len(changes.ended),
        places=len(changes.joined) + len(changes.left) + len(changes.leads),
        teams=len(changes.made),
    )


def finish(session: AnySession, viewer: Viewer, home: Home, upload: Upload, counts: Counts) -> None:
    """The table is gone, and in its place stands what it came to."""
    said = json.dumps([counts.lines, counts.places, counts.teams]).encode()
    home_uploads.finish(session, viewer, home, upload, DONE, said)


def counts_of(viewer: Viewer, upload: Upload) -> Counts:
    """What a table that was brought came to."""
    return Counts(*json.loads(home_uploads.said_of(viewer, upload)))


def _numbers(session: AnySession, home: Home, table: MemberTable) -> dict[str, int]:
    return numbers_meant(session, home.id, table.people())


def _losing(changes: Changes, present: Present) -> set[int]:
    """Who may have a say in fewer people's objectives than before."""
    found = {manager for _, manager in changes.ended}
    touched = {key for _, key in changes.left} | set(changes.leads)
    return found | {lead for key in touched if (lead := present.leads.get(key)) is not None}


def _put_lines(session: AnySession, viewer: Viewer, home: Home, changes: Changes) -> None:
    today = home.today(viewer.now)
    of_person: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for person, manager in changes.ended:
        of_person[person].setdefault("ended", []).append(manager)
    for person, manager in changes.added:
        of_person[person].setdefault("added", []).append(manager)
    about = [(person, None, dict(said)) for person, said in of_person.items()]
    record_each(session, Tag.REPORTING_CHANGE, about, at=viewer.now, viewer=viewer, organisation_id=home.id)
    ended = [{"home": home.id, "person": person, "manager": manager} for person, manager in changes.ended]
    if ended:
        session.execute(_END_LINE, ended)
    rows = [
        {"organisation_id": home.id, "person_id": person, "manager_id": manager, "since": today}
        for person, manager in changes.added
    ]
    if rows:
        session.execute(insert(_LINE), rows)


def _put_teams(session: AnySession, viewer: Viewer, home: Home, changes: Changes, teams: Mapping[str, int]) -> None:
    """Teams are made, led and filled; `teams` are the numbers of those there are by key."""
    made = {key: Team(organisation_id=home.id, name=name) for key, name in changes.made.items()}
    session.add_all(made.values())
    session.flush()
    here: dict[str, Any] = {"at": viewer.now, "viewer": viewer, "organisation_id": home.id}
    record_each(session, Tag.TEAM_CREATE, [(None, one, {}) for one in made.values()], **here)
    numbers = {**teams, **{key: team.id for key, team in made.items()}}
    if leads := [{"team": numbers[key], "lead": lead} for key, lead in changes.leads.items()]:
        session.execute(_LEAD_TEAM, leads)
    left, joined = _by_team(changes.left, numbers), _by_team(changes.joined, numbers)
    if gone := [{"team": team, "person": person} for team, people in left.items() for person in people]:
        session.execute(_LEAVE_TEAM, gone)
    if new := [{"team_id": team, "person_id": person} for team, people in joined.items() for person in people]:
        session.execute(insert(_PLACE), new)
    touched = sorted({*left, *joined, *(numbers[key] for key in changes.leads)})
    statement = select(Team).where(Team.id.in_(touched)).order_by(Team.id).execution_options(populate_existing=True)
    changed = [
        (None, one, {"joined": joined.get(one.id, []), "left": left.get(one.id, []), "lead": one.lead_id})
        for one in session.scalars(statement)
    ]
    record_each(session, Tag.TEAM_CHANGE, changed, **here)
    session.flush()


def _by_team(pairs: Iterable[tuple[int, str]], numbers: Mapping[str, int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for person, key in pairs:
        found[numbers[key]].append(person)
    return found
