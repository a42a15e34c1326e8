"""What the people and things are called that rows of an organisation's log name by number, as far as its admins may
know: who belongs, and what is the organisation's own."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import String as Text
from sqlalchemy import cast, exists, literal, select, union_all

from webapp.domain.goals import Kind
from webapp.domain.people import MembershipStatus, Viewer
from webapp.models import (
    ApiKey,
    Course,
    Cycle,
    Goal,
    GoalKeyword,
    Invitation,
    KeyResult,
    Membership,
    Objective,
    Person,
    Profile,
    ReadingClient,
    Target,
    Team,
)
from webapp.models.engine import AnySession
from webapp.queries.audit_log import Event
from webapp.queries.ladders import Home
from webapp.queries.organisations import permit

MOST_NAMED = 12
"""So many people of one list are named."""
PERSON = "person"
_REFERS = {
    "lead": PERSON,
    "joined": PERSON,
    "left": PERSON,
    "added": PERSON,
    "ended": PERSON,
    "people": PERSON,
    "profile": "profile",
    "target": "target",
    "keyword": "goal_keyword",
    "key": "api_key",
}
_CHANGES = {"objective:hand_over": PERSON, "participant:place": "profile", "participant:promote": "profile"}

Names = dict[tuple[str, str], str]
"""Names by kind, as tables are called, and number in digits; a cycle's also by its public id."""


def kind_of(tag: str, name: str) -> str | None:
    """Of what kind the numbers are that a row of this tag says under this name; None where they are no rows."""
    if name in ("before", "after"):
        return _CHANGES.get(tag)
    if name == "source" and tag == "cycle:copy":
        return "cycle"
    return _REFERS.get(name)


def numbers_in(value: Any) -> list[Any]:
    """The numbers that one value of a row is about, of a long list the first."""
    listed = value[:MOST_NAMED] if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, int | str) and not isinstance(one, bool)]


def names_in(session: AnySession, viewer: Viewer, home: Home, events: Iterable[Event]) -> Names:
    """The names that these rows need, by one statement at most. Raises as `organisations.permit`."""
    permit(viewer, home.id)
    wanted: dict[str, set[Any]] = {}
    for kind, number in (pair for event in events for pair in _named_by(event)):
        wanted.setdefault(kind, set()).add(number)
    parts = [part for kind, numbers in wanted.items() for part in _asked(home.id, kind, numbers)]
    rows = session.execute(union_all(*parts)).all() if parts else []
    return {(kind, number): name for kind, number, name in rows}


def _named_by(event: Event) -> Iterator[tuple[str, Any]]:
    if event.object_kind and event.object_id is not None:
        yield event.object_kind, event.object_id
    for name, value in event.details.items():
        if kind := kind_of(event.tag, name):
            yield from ((kind, number) for number in numbers_in(value))


def _asked(organisation_id: int, kind: str, numbers: set[Any]) -> Iterator[Any]:
    """The statements that say what these are called; none for what has no name here."""
    by_number = sorted(one for one in numbers if isinstance(one, int))
    if kind in _NAMES and by_number:
        number, name, *where = _NAMES[kind](organisation_id)
        yield select(literal(kind).label("kind"), cast(number, Text), name).where(number.in_(by_number), *where)
    by_id = sorted(one for one in numbers if isinstance(one, str))
    if kind == "cycle" and by_id:
        here = (Cycle.public_id.in_(by_id), Cycle.organisation_id == organisation_id)
        yield select(literal(kind).label("kind"), cast(Cycle.public_id, Text), Cycle.title).where(*here)


def _of(table: Any, name: Any) -> Any:
    """How things are named that say themselves whose they are."""
    return lambda organisation_id: (table.id, name, table.organisation_id == organisation_id)


def _person(organisation_id: int) -> tuple[Any, ...]:
    here = (Membership.person_id == Person.id, Membership.organisation_id == organisation_id)
    belongs = exists().where(*here, Membership.status != MembershipStatus.LEFT)
    return (Person.id, Person.name, Person.deleted_at.is_(None), belongs)


def _objective(organisation_id: int) -> tuple[Any, ...]:
    of_here = (Goal.organisation_id == organisation_id, Goal.kind == Kind.OBJECTIVE, Goal.deleted_at.is_(None))
    return (Objective.goal_id, Objective.name, exists().where(Goal.id == Objective.goal_id, *of_here))


def _key_result(organisation_id: int) -> tuple[Any, ...]:
    of_here = exists().where(Goal.id == KeyResult.goal_id, Goal.organisation_id == organisation_id)
    return (KeyResult.id, KeyResult.name, KeyResult.deleted_at.is_(None), of_here.where(Goal.deleted_at.is_(None)))


def _target(organisation_id: int) -> tuple[Any, ...]:
    of_here = exists().where(Profile.id == Target.profile_id, Profile.organisation_id == organisation_id)
    return (Target.id, Target.display_name, of_here)


_NAMES = {
    PERSON: _person,
    "goal": _objective,
    "key_result": _key_result,
    "target": _target,
    "team": _of(Team, Team.name),
    "profile": _of(Profile, Profile.name),
    "cycle": _of(Cycle, Cycle.title),
    "course": _of(Course, Course.title),
    "goal_keyword": _of(GoalKeyword, GoalKeyword.keyword),
    "api_key": _of(ApiKey, ApiKey.name),
    "reading_client": _of(ReadingClient, ReadingClient.name),
    "invitation": _of(Invitation, Invitation.email),
}
