"""Values of an organisation as its admins meet them: whose they can be, of which goals, the latest, one with its story,
and all of them as a table."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.spreadsheets import Cell, lines
from webapp.domain.tracking import Source
from webapp.models import Entry, Goal, GoalKeyword, Person, Profile, Target, TargetGoal
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.ladders import Home, facts_of
from webapp.queries.members import Member, is_member, members_named
from webapp.queries.sealing import PLAIN
from webapp.queries.standings import STANDS
from webapp.queries.value_queries import standing
from webapp.queries.values import Said

LATEST = 50
OFFERED = 100
AT_ONCE = 500
WALKED = 10_000
"""Among so many entries of everybody's that came last, the last of an organisation are looked for first."""
Key = TypeVar("Key", int, str)
HEADINGS = ("Person", "Goal", "Amount", "When", "Id", "Note")


@dataclass(frozen=True, slots=True)
class GoalChoice:
    """A goal of the organisation's: its keyword, and what the first profile that asks for it calls it and counts it
    in."""

    keyword: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class Line:
    """A value in a list of the whole organisation's; `author` is "" for a former member, `id` the public id."""

    number: int
    id: str
    person_id: int
    keyword_id: int
    person: str
    keyword: str
    amount: Decimal
    at: datetime
    day: date
    recorded_at: datetime
    note: str
    author: str
    source: Source
    corrects: bool
    corrected: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which values of the organisation's are listed: of people with these letters in their name or address, of the goal
    of this keyword, and entered before the value with this public id; "" stands for any."""

    letters: str = ""
    keyword: str = ""
    before: str = ""


def members_meant(session: AnySession, organisation_id: int, wanted: Collection[str]) -> dict[str, Member]:
    """Those active members whose addresses or public ids these are, by what they were called, however many."""
    found: dict[str, Member] = {}
    for some in _in_parts(sorted(wanted)):
        found |= members_named(session, organisation_id, some)
    return found


def member_meant(session: AnySession, organisation_id: int, text: str) -> Member | None:
    """The active member of this address, or the only one of exactly this name."""
    if named := members_named(session, organisation_id, [text]):
        return named[text]
    columns = (Person.id, Person.public_id, Person.name, Person.email)
    rows = session.execute(select(*columns).where(Person.name == text, is_member(organisation_id)).limit(2)).all()
    return Member(*rows[0]) if len(rows) == 1 else None


def members_offered(session: AnySession, organisation_id: int) -> list[Member]:
    """The first hundred active members by name, to choose from."""
    columns = (Person.id, Person.public_id, Person.name, Person.email)
    statement = select(*columns).where(is_member(organisation_id)).order_by(Person.name, Person.id)
    return [Member(*row) for row in session.execute(statement.limit(OFFERED))]


def goals_offered(session: AnySession, organisation_id: int) -> list[GoalChoice]:
    """The goals of the organisation by keyword."""
    columns = (GoalKeyword.keyword, Target.display_name, Target.currency)
    statement = select(*columns).outerjoin(Target, Target.keyword_id == GoalKeyword.id)
    statement = statement.outerjoin(Profile, Profile.id == Target.profile_id)
    statement = statement.where(GoalKeyword.organisation_id == organisation_id)
    in_order = (GoalKeyword.keyword, Profile.deleted_at.is_not(None), Profile.position, Target.id)
    found: dict[str, GoalChoice] = {}
    for row in session.execute(statement.order_by(*in_order)):
        choice = GoalChoice(row.keyword, row.display_name or row.keyword, row.currency or "")
        found.setdefault(row.keyword, choice)
    return list(found.values())


def latest(
    session: AnySession, viewer: Viewer, organisation_id: int, wanted: Wanted | None = None
) -> tuple[list[Line], bool]:
    """The fifty values wanted that were entered last, and whether there are more; raises Refused for who is no admin of
    the organisation."""
    require(viewer, Permission.LADDER_CHANGE, facts_of(organisation_id))
    numbers = _numbers(session, organisation_id, wanted or Wanted())
    rows = session.execute(_LISTED.where(Entry.id.in_(numbers[:LATEST])).order_by(Entry.id.desc()))
    return [_line(row) for row in rows], len(numbers) > LATEST


def _numbers(session: AnySession, organisation_id: int, wanted: Wanted) -> list[int]:
    """The numbers of the values wanted, the last first, one more than a page lists."""
    goals = _goals_wanted(organisation_id, wanted)
    earlier: list[ColumnElement[bool]] = []
    if wanted.before:
        last = select(Entry.id).join(Goal, Goal.id == Entry.goal_id)
        last = last.where(Goal.organisation_id == organisation_id, Entry.public_id == wanted.before)
        earlier.append(Entry.id < last.scalar_subquery())
    if not wanted.letters:  # a whole organisation has a long history: most often its last ones are among everybody's
        walked = select(Entry.id, Entry.goal_id).where(*earlier).order_by(Entry.id.desc()).limit(WALKED).subquery()
        near = select(walked.c.id).where(walked.c.goal_id.in_(goals)).order_by(walked.c.id.desc())
        if len(found := session.scalars(near.limit(LATEST + 1)).all()) > LATEST:
            return list(found)
    every = select(Entry.id).where(Entry.goal_id.in_(goals), *earlier).order_by(Entry.id.desc())
    return list(session.scalars(every.limit(LATEST + 1)))


def _goals_wanted(organisation_id: int, wanted: Wanted) -> Select[int]:
    goals = select(TargetGoal.goal_id).join(GoalKeyword, GoalKeyword.id == TargetGoal.keyword_id)
    goals = goals.where(GoalKeyword.organisation_id == organisation_id)
    if wanted.keyword:
        goals = goals.where(GoalKeyword.keyword == wanted.keyword)
    if wanted.letters:
        named = func.lower(Person.name).contains(wanted.letters.lower(), autoescape=True)
        addressed = Person.email_key.contains(wanted.letters.casefold(), autoescape=True)
        meant = or_(named, and_(addressed, is_member(organisation_id)))  # an address is for who shares the organisation
        goals = goals.join(Person, Person.id == TargetGoal.owner_id).where(meant)
    return goals


def story(session: AnySession, entry: Entry) -> list[Line]:
    """The value and everything it took the place of or that took its place, the last first. Whether the viewer may see
    it was made sure of by the caller."""
    numbers = [standing(session, entry.id).id]
    while (before := session.scalar(select(Entry.supersedes_id).where(Entry.id == numbers[-1]))) is not None:
        numbers.append(before)
    rows = session.execute(_LISTED.where(Entry.id.in_(numbers)).order_by(Entry.id.desc()))
    return [_line(row) for row in rows]


def by_public_id(
    session: AnySession, organisation_id: int, wanted: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], Said]:
    """What these people's values with these public ids say: our own tables name a value without another id by it."""
    pairs = {(person, uid) for person, uid in wanted if is_public_id(uid)}
    found: dict[tuple[int, str], Said] = {}
    columns = (Entry.subject_id, Entry.public_id, TargetGoal.keyword_id, Entry.value, Entry.at)
    statement = select(*columns).join(TargetGoal, TargetGoal.goal_id == Entry.goal_id)
    statement = statement.join(GoalKeyword, GoalKeyword.id == TargetGoal.keyword_id)
    for some in _in_parts(sorted({uid for _, uid in pairs})):
        here = statement.where(GoalKeyword.organisation_id == organisation_id, Entry.public_id.in_(some))
        for person, uid, keyword, value, at in session.execute(here):
            if (person, uid) in pairs:
                found[person, uid] = (keyword, value, at)
    return found


def numbered(session: AnySession, person_id: int, uid: str) -> Entry:
    """The person's value of this whole id, which the caller knows there is."""
    return session.scalars(select(Entry).where(Entry.subject_id == person_id, Entry.source_uid == uid)).one()


def table(session: AnySession, viewer: Viewer, home: Home) -> Iterator[bytes]:
    """Every value of the organisation's that stands, in the columns in which tables are read, as UTF-8 to be sent piece
    by piece; everything is read before the first piece. Raises Refused for who is no admin."""
    require(viewer, Permission.LADDER_CHANGE, facts_of(home.id))
    columns = (TargetGoal.goal_id, Person.email, GoalKeyword.keyword)
    goals = select(*columns).join(GoalKeyword, GoalKeyword.id == TargetGoal.keyword_id)
    goals = goals.join(Person, Person.id == TargetGoal.owner_id)
    here = (GoalKeyword.organisation_id == home.id, is_member(home.id))
    of_goal = {row.goal_id: (row.email, row.keyword) for row in session.execute(goals.where(*here))}
    said = (Entry.at, Entry.id, Entry.goal_id, Entry.value, Entry.public_id, Entry.source_uid, Entry.note)
    found: list[Any] = []
    for some in _in_parts(sorted(of_goal)):
        found += session.execute(select(*said).where(Entry.goal_id.in_(some), STANDS))
    found.sort(key=lambda row: (row.at, row.id))
    return lines(HEADINGS, _cells(found, of_goal, ZoneInfo(home.zone)))


def _cells(rows: Iterable[Any], of_goal: Mapping[int, tuple[str, str]], zone: ZoneInfo) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        uid = row.source_uid.partition(":")[2] if row.source_uid else row.public_id
        note = PLAIN.open("entry.note", row.note) if row.note else ""
        yield *of_goal[row.goal_id], row.value, row.at.astimezone(zone), uid, note


_later, _author = aliased(Entry), aliased(Person)
_LISTED: Any = (
    select(
        Entry.id,
        Entry.public_id,
        Entry.subject_id,
        TargetGoal.keyword_id,
        Person.name.label("person"),
        GoalKeyword.keyword,
        Entry.value,
        Entry.at,
        Entry.local_date,
        Entry.recorded_at,
        Entry.note,
        _author.name.label("author"),
        Entry.source,
        Entry.supersedes_id,
        select(_later.id).where(_later.supersedes_id == Entry.id).exists().label("corrected"),
    )
    .join(Goal, Goal.id == Entry.goal_id)
    .join(TargetGoal, TargetGoal.goal_id == Entry.goal_id)
    .join(GoalKeyword, GoalKeyword.id == TargetGoal.keyword_id)
    .join(Person, Person.id == Entry.subject_id)
    .join(_author, _author.id == Entry.author_id)
)


def _line(row: Any) -> Line:
    return Line(
        number=row.id,
        id=row.public_id,
        person_id=row.subject_id,
        keyword_id=row.keyword_id,
        person=row.person,
        keyword=row.keyword,
        amount=row.value,
        at=row.at,
        day=row.local_date,
        recorded_at=row.recorded_at,
        note=PLAIN.open("entry.note", row.note) if row.note else "",
        author=row.author,
        source=row.source,
        corrects=row.supersedes_id is not None,
        corrected=row.corrected,
    )


def _in_parts(keys: list[Key]) -> Iterator[list[Key]]:
    """The keys in lists that a statement can name."""
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
