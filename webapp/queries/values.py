"""The values behind people's numbers, as they themselves and the admins of their organisation see them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import and_, bindparam, or_, select, tuple_
from sqlalchemy.orm import aliased

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, ValuesFacts, require
from webapp.domain.profiles import Span
from webapp.domain.tracking import Source
from webapp.models import Entry, Goal, GoalKeyword, Participant, Person, TargetGoal
from webapp.models.base import Key
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.ladders import PLACE, Place
from webapp.queries.members import is_member
from webapp.queries.sealing import PLAIN
from webapp.queries.standings import AT_ONCE, held_by

PAGE = 100
_MEMBERS = (
    select(Person.id, *PLACE)
    .outerjoin(
        Participant,
        and_(
            Participant.person_id == Person.id,
            Participant.organisation_id == bindparam("organisation", type_=Key),
        ),
    )
    .where(Person.id.in_(bindparam("people", expanding=True)), is_member(bindparam("organisation", type_=Key)))
)
_GOALS = (
    select(GoalKeyword.keyword, GoalKeyword.id, TargetGoal.owner_id, TargetGoal.goal_id)
    .outerjoin(
        TargetGoal,
        and_(TargetGoal.keyword_id == GoalKeyword.id, TargetGoal.owner_id.in_(bindparam("people", expanding=True))),
    )
    .where(
        GoalKeyword.organisation_id == bindparam("organisation"),
        GoalKeyword.keyword.in_(bindparam("keywords", expanding=True)),
    )
)
_SAID = (
    select(Entry.subject_id, Entry.source_uid, TargetGoal.keyword_id, Entry.value, Entry.at)
    .join(TargetGoal, TargetGoal.goal_id == Entry.goal_id)
    .where(tuple_(Entry.subject_id, Entry.source_uid).in_(bindparam("pairs", expanding=True)))
)
Said = tuple[int, Decimal | None, datetime | None]


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value as it is listed; `corrects` says that it took another's place, and a value of 0 that it was taken
    back. `author` is who entered it, "" for a former member."""

    number: int
    id: str
    keyword: str
    amount: Decimal
    at: datetime
    day: date
    recorded_at: datetime
    note: str
    author: str
    source: Source
    uid: str
    corrects: bool
    corrected: bool


def find(session: AnySession, viewer: Viewer, public_id: str) -> tuple[Entry, int]:
    """The value and the organisation it belongs to, if it is the viewer's own or of an organisation they administer;
    raises NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    statement = select(Entry, Goal.organisation_id).join(Goal, Goal.id == Entry.goal_id)
    near = or_(Entry.subject_id == viewer.id, Goal.organisation_id.in_(viewer.homes))
    row = session.execute(
        statement.join(TargetGoal, TargetGoal.goal_id == Goal.id).where(Entry.public_id == public_id, near)
    ).one_or_none()
    if row is None or row.organisation_id is None:
        raise NotFound
    entry: Entry = row[0]
    require(viewer, Permission.VALUES_READ, ValuesFacts(row.organisation_id, entry.subject_id))
    return entry, row.organisation_id


def listed(
    session: AnySession, organisation_id: int, person_id: int, keyword_id: int, span: Span | None = None, skip: int = 0
) -> list[ValueRow]:
    """The person's values of one goal, the latest first, at most a hundred after the first `skip`; within the span if
    one is named. Whether the viewer may see them was made sure of by the caller."""
    later, author = aliased(Entry), aliased(Person)
    corrected = select(later.id).where(later.supersedes_id == Entry.id).exists().label("corrected")
    columns = (Entry.id, Entry.public_id, Entry.value, Entry.at, Entry.local_date, Entry.recorded_at, Entry.note)
    more = (Entry.source, Entry.source_uid, Entry.supersedes_id, author.name, GoalKeyword.keyword, corrected)
    statement = select(*columns, *more).join(TargetGoal, TargetGoal.goal_id == Entry.goal_id)
    statement = statement.join(GoalKeyword, GoalKeyword.id == TargetGoal.keyword_id)
    statement = statement.join(author, author.id == Entry.author_id)
    mine = (TargetGoal.owner_id == person_id, TargetGoal.keyword_id == keyword_id)
    here = (GoalKeyword.organisation_id == organisation_id, *([held_by(span)] if span else []))
    statement = statement.where(*mine, *here).order_by(Entry.at.desc(), Entry.id.desc())
    rows = session.execute(statement.limit(PAGE).offset(skip))
    return [
        ValueRow(
            number=row.id,
            id=row.public_id,
            keyword=row.keyword,
            amount=row.value,
            at=row.at,
            day=row.local_date,
            recorded_at=row.recorded_at,
            note=PLAIN.open("entry.note", row.note) if row.note else "",
            author=row.name,
            source=row.source,
            uid=(row.source_uid or "").partition(":")[2],
            corrects=row.supersedes_id is not None,
            corrected=row.corrected,
        )
        for row in rows
    ]


def said_before(session: AnySession, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Said]:
    """What these people's entries under these ids say: keyword, amount and instant."""
    found: dict[tuple[int, str], Said] = {}
    ordered = sorted(set(wanted))
    for start in range(0, len(ordered), AT_ONCE):
        some = {"pairs": ordered[start : start + AT_ONCE]}
        for person, uid, keyword, value, at in session.connection().execute(_SAID, some):
            if uid is not None:
                found[person, uid] = (keyword, value, at)
    return found


def members_of(session: AnySession, organisation_id: int, people: Collection[int]) -> dict[int, Place | None]:
    """Who of these people is an active member of the organisation, and where they stand on its ladder, if they do."""
    if not people:
        return {}
    wanted = {"people": sorted(people), "organisation": organisation_id}
    rows = session.connection().execute(_MEMBERS, wanted)
    return {row[0]: Place(*row[1:]) if row[1] is not None else None for row in rows}


def goals_of(
    session: AnySession, organisation_id: int, people: Collection[int], keywords: Collection[str]
) -> tuple[dict[str, int], dict[tuple[int, int], int]]:
    """Those of these keywords that the organisation knows, with their numbers, and the numbers of these people's target
    goals of them, by person and keyword."""
    wanted = {"organisation": organisation_id, "people": sorted(people), "keywords": sorted(keywords)}
    known: dict[str, int] = {}
    goals: dict[tuple[int, int], int] = {}
    for keyword, number, owner, goal in session.connection().execute(_GOALS, wanted):
        known[keyword] = number
        if owner is not None:
            goals[owner, number] = goal
    return known, goals
