"""What the audit log says of an organisation, for its admins: what was done to its own things and to who belongs, and
nothing of what somebody keeps for themselves, shares with a therapist, or does with their own account."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.days import instant_of, shifted
from webapp.domain.people import Viewer
from webapp.models import AuditEvent, Membership, Person
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.ladders import Home
from webapp.queries.organisations import permit

PAGE = 50
MOST = 5_000
"""So many rows are taken out at once."""
NOBODY = "nobody"
"""Stands for a person where none did it: the operator, or somebody who was not signed in."""
SUBJECTS = (
    "organisation",
    "invitation",
    "membership",
    "team",
    "reporting",
    "api_key",
    "reading_client",
    "audit",
    "cycle",
    "goal",
    "objective",
    "key_result",
    "comment",
    "profile",
    "target",
    "advice",
    "course",
    "participant",
    "value",
)
"""What an organisation's log is about, as the tags begin; whatever else a row may say of it is not shown."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: by whom and about whom (public ids, or NOBODY), of what (one of SUBJECTS, or a whole tag), how it
    came out, and from when to when, both days of the organisation's included. Empty is everything."""

    by: str = ""
    about: str = ""
    what: str = ""
    outcome: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Somebody:
    """`id` is the public id; both are empty for who never belonged, or is gone."""

    id: str
    name: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the log. Without an `actor` nobody was signed in, or, where it did not come by the web, the operator
    did it."""

    id: int
    at: datetime
    tag: str
    outcome: str
    actor: Somebody | None
    subject: Somebody | None
    route: str | None
    object_kind: str | None
    object_id: int | None
    details: dict[str, Any]
    request_id: str | None

    @property
    def by_web(self) -> bool:
        return self.route is not None


def page(
    session: AnySession, viewer: Viewer, home: Home, wanted: Wanted, before: int | None = None
) -> tuple[list[Event], bool]:
    """Fifty rows, newest first, from after the one with this number on; and whether there are more. Raises as
    `organisations.permit`."""
    found = events(session, viewer, home, wanted, PAGE + 1, before)
    return found[:PAGE], len(found) > PAGE


def events(
    session: AnySession, viewer: Viewer, home: Home, wanted: Wanted, most: int = MOST, before: int | None = None
) -> list[Event]:
    """So many rows at most, newest first. Raises as `organisations.permit`."""
    permit(viewer, home.id)
    actor, subject = aliased(Person), aliased(Person)
    columns = (*_who(actor, "actor", home.id), *_who(subject, "subject", home.id))
    statement = select(AuditEvent, *columns).outerjoin(actor, actor.id == AuditEvent.actor_id)
    statement = statement.outerjoin(subject, subject.id == AuditEvent.subject_id).where(*_meant(home, wanted))
    if before is not None:
        statement = _after(statement, home, before)
    newest = statement.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(most)
    return [_event(row) for row in session.execute(newest)]


def people(session: AnySession, viewer: Viewer, home: Home, public_ids: set[str]) -> dict[str, str]:
    """The names of those of them who belong or did, by public id. Raises as `organisations.permit`."""
    permit(viewer, home.id)
    known = {one for one in public_ids if is_public_id(one)}
    statement = select(Person.public_id, Person.name).where(Person.public_id.in_(known), _belonged(Person, home.id))
    return {row.public_id: row.name for row in session.execute(statement)} if known else {}


def _who(person: Any, name: str, organisation_id: int) -> tuple[ColumnElement[Any], ...]:
    columns = {"id": person.public_id, "name": person.name, "gone": person.deleted_at}
    said: list[ColumnElement[Any]] = [column.label(f"{name}_{what}") for what, column in columns.items()]
    return (*said, _belonged(person, organisation_id).label(f"{name}_known"))


def _belonged(person: Any, organisation_id: int) -> ColumnElement[bool]:
    """Whether they belong or did, and are not gone: whoever else an act names has no name here."""
    ever = exists().where(Membership.person_id == person.id, Membership.organisation_id == organisation_id)
    return and_(person.deleted_at.is_(None), ever)


def _meant(home: Home, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What sorts out most comes first: a rare row may be looked for in the whole history."""
    where = [AuditEvent.organisation_id == home.id]
    where += _person_is(AuditEvent.actor_id, wanted.by, home.id)
    where += _person_is(AuditEvent.subject_id, wanted.about, home.id)
    if wanted.what and wanted.what not in SUBJECTS:
        where.append(AuditEvent.tag == wanted.what)
    if wanted.outcome:
        where.append(AuditEvent.outcome == wanted.outcome)
    if wanted.first is not None:
        where.append(AuditEvent.at >= instant_of(wanted.first, time.min, home.zone))
    if wanted.last is not None:
        where.append(AuditEvent.at < instant_of(shifted(wanted.last, 1), time.min, home.zone))
    subjects = [wanted.what] if wanted.what in SUBJECTS else SUBJECTS
    return [*where, or_(*(AuditEvent.tag.startswith(f"{one}:", autoescape=True) for one in subjects))]


def _person_is(column: Any, public_id: str, organisation_id: int) -> list[ColumnElement[bool]]:
    if not public_id:
        return []
    if public_id == NOBODY:
        return [column.is_(None)]
    known = select(Person.id).where(Person.public_id == public_id, _belonged(Person, organisation_id))
    return [column == known.scalar_subquery()]


def _after(statement: Select[Any], home: Home, before: int) -> Select[Any]:
    """Only what stands after this row, which is named only within the organisation's own."""
    that = (AuditEvent.id == before, AuditEvent.organisation_id == home.id)
    at = select(AuditEvent.at).where(*that).scalar_subquery()
    return statement.where(AuditEvent.at <= at, or_(AuditEvent.at < at, AuditEvent.id < before))


def _event(row: Any) -> Event:
    one: AuditEvent = row.AuditEvent
    actor = _somebody(one.actor_id, row.actor_id, row.actor_name, row.actor_known, row.actor_gone)
    subject = _somebody(one.subject_id, row.subject_id, row.subject_name, row.subject_known, row.subject_gone)
    thing = (one.object_kind, one.object_id, one.details, one.request_id)
    return Event(one.id, one.at, one.tag, one.outcome, actor, subject, one.route, *thing)


def _somebody(number: int | None, public_id: str, name: str, known: bool, gone: datetime | None) -> Somebody | None:
    if number is None:
        return None
    return Somebody(public_id, name, False) if known else Somebody("", "", gone is not None)
