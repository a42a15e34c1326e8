"""Who reports to whom, line by line: an admin says it, several managers are allowed, and nobody stands above
themselves."""

from collections.abc import Iterator, Mapping

from sqlalchemy import delete

from webapp.actions import idle_reviewers, memberships, roll_ups
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, Problem
from webapp.domain.organisations import makes_a_ring
from webapp.domain.people import Viewer
from webapp.models import ReportingLine
from webapp.models.engine import AnySession
from webapp.queries import ladders
from webapp.queries import organisations as queries
from webapp.queries import reporting as lines_and_teams
from webapp.queries.people import hold_all


def add(session: AnySession, viewer: Viewer, organisation_id: int, person: str, manager: str) -> None:
    """The member reports to this manager from today on by the organisation's calendar; said again, nothing changes.
    Both are public ids.

    Raises Refused for who is no admin, NotFound for a stranger, and Invalid at "manager": for who is no active member,
    for oneself, and where somebody would stand above themselves.
    """
    queries.permit(viewer, organisation_id)
    hold_all(session, _numbers(session, organisation_id, person, manager).values())
    roll_ups.hold(session, organisation_id)
    memberships.permit_now(session, viewer, organisation_id)
    numbers = _numbers(session, organisation_id, person, manager)
    lines = queries.managers_by_person(session, organisation_id)
    if person not in numbers or manager not in numbers:
        raise Invalid([Problem("manager", "not_a_member")])
    one, above = numbers[person], numbers[manager]
    if above in lines.get(one, ()):
        return
    if one == above:
        raise Invalid([Problem("manager", "own_manager")])
    if makes_a_ring(lines | {one: {*lines.get(one, ()), above}}):
        raise Invalid([Problem("manager", "ring")])
    today = ladders.home(session, organisation_id).today(viewer.now)
    session.add(ReportingLine(organisation_id=organisation_id, person_id=one, manager_id=above, since=today))
    session.flush()
    _log(session, viewer, organisation_id, one, added=[above])


def remove(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int, manager_id: int) -> None:
    """The person does not report to this manager; said again, nothing changes. Nothing waits for a manager any more who
    may decide on nobody's objectives now. Raises Refused for who is no admin, NotFound for a stranger."""
    queries.permit(viewer, organisation_id)
    idle_reviewers.hold(session, organisation_id, [manager_id])
    roll_ups.hold(session, organisation_id)
    memberships.permit_now(session, viewer, organisation_id)
    if manager_id not in queries.managers_by_person(session, organisation_id).get(person_id, ()):
        return
    here = (ReportingLine.organisation_id == organisation_id, ReportingLine.person_id == person_id)
    session.execute(delete(ReportingLine).where(*here, ReportingLine.manager_id == manager_id))
    idle_reviewers.free(session, viewer, organisation_id, [manager_id])
    _log(session, viewer, organisation_id, person_id, ended=[manager_id])


def take_out(session: AnySession, viewer: Viewer, organisation_id: int) -> Iterator[bytes]:
    """Everybody's lines and teams as a table; that an admin took them out is written down. Raises as `remove`."""
    content = lines_and_teams.table(session, viewer, organisation_id)
    record(session, Tag.REPORTING_EXPORT, at=viewer.now, viewer=viewer, organisation_id=organisation_id)
    session.flush()
    return content


def _numbers(session: AnySession, organisation_id: int, *public_ids: str) -> Mapping[str, int]:
    return queries.numbers_of(session, organisation_id, public_ids)


def _log(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int, **details: object) -> None:
    about = {"subject_id": person_id, "organisation_id": organisation_id}
    record(session, Tag.REPORTING_CHANGE, at=viewer.now, viewer=viewer, **about, **details)  # type: ignore[arg-type]
    session.flush()
