"""Goals as lists and as one thing, always through the viewer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from webapp.domain.days import shifted
from webapp.domain.errors import NotFound
from webapp.domain.goals import GoalDraft, Kind, Lifecycle
from webapp.domain.grants import GrantFacts, Scope
from webapp.domain.people import Viewer, Words
from webapp.domain.policy import GoalFacts
from webapp.domain.revisions import RevisionTerms
from webapp.domain.schedules import Schedule, ScheduleDraft
from webapp.domain.streaks import length_on
from webapp.domain.tracking import DayState, Direction
from webapp.models import Goal, GoalMonth, GoalTag, Grant, Occurrence, Person, ScheduleVersion, Tag
from webapp.models.engine import AnySession
from webapp.models.goals import SCHEDULE_COLUMNS, schedule_of
from webapp.queries import reviewers, tags
from webapp.queries.quotas import QuotaCount, quota_counts
from webapp.queries.recent import recent_tallies
from webapp.queries.sealing import words_of
from webapp.queries.visibility import goals_of, goals_visible_to, grants_open_to

PUBLIC_ID_LENGTH = 24
RECENT_DAYS = 30


class Order(StrEnum):
    OWN = "own"
    TITLE = "title"
    NEWEST = "newest"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Filter:
    """What the goals list shows: words in the title, one schedule name, one tag, archived or live ones, an order."""

    search: str = ""
    frequency: str = ""
    tag: str = ""
    """The address of a tag of the viewer's."""
    archived: bool = False
    order: Order = Order.OWN


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One line of the goals list."""

    id: str
    title: str
    question: str
    colour: int
    lifecycle: Lifecycle
    archived: bool
    position: int
    schedule: Schedule
    direction: Direction | None
    target: Decimal | None
    unit: str
    done: int
    due: int
    streak: int
    """So many kept in a row, as of today."""
    best: int
    tags: tuple[str, ...]
    quota: QuotaCount | None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose goal somebody looks at; `id` is the public id, `is_client` whether they look as a therapist."""

    id: str
    name: str
    is_client: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """One goal, opened: what its page and its editor show."""

    id: str
    title: str
    question: str
    description: str
    unit: str
    colour: int
    criticality: str | None
    direction: Direction | None
    target: Decimal | None
    lifecycle: Lifecycle
    archived: bool
    version: int
    revision: int
    schedule: Schedule
    skip_budget: int | None
    tags: tuple[str, ...]

    def draft(self, schedule: ScheduleDraft) -> GoalDraft:
        """What the goal says already, with another schedule."""
        return GoalDraft(
            title=self.title,
            schedule=schedule,
            question=self.question,
            description=self.description,
            criticality=self.criticality,
            colour=self.colour,
            direction=self.direction,
            target=self.target,
            unit=self.unit,
            skip_budget=self.skip_budget,
            tags=self.tags,
        )


# One's own goal is asked for first, by a statement built once: building the whole clause takes longer than a tick.
_mine = select(Goal).where(Goal.public_id == bindparam("public_id"), goals_of(bindparam("viewer_id")))
_OWN = _mine.options(joinedload(Goal.schedules))
_OWN_LOCKED = (
    _mine.options(selectinload(Goal.schedules))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


_EARLIEST = select(func.min(GoalMonth.first)).where(GoalMonth.goal_id == Goal.id).correlate(Goal).scalar_subquery()


def listed(session: AnySession, viewer: Viewer, wanted: Filter) -> list[GoalRow]:
    """The viewer's own goals that fit the filter; `done` and `due` count the last 30 days, today only once it
    has an answer, and nothing of goals that are put away.

    Titles are sealed, so they are searched and sorted in memory (at most 500 goals a person).
    """
    found = session.execute(_list(viewer, wanted)).all()
    carried, counts = tags.names_by_goal(session, viewer), quota_counts(session, found, viewer.today)
    month = recent_tallies(session, viewer, [] if wanted.archived else found, shifted(viewer.today, 1 - RECENT_DAYS))
    rows = [_as_row(viewer, row, carried, counts, month.get(row.id, (0, 0))) for row in found]
    needle = wanted.search.casefold().strip()
    if needle:
        rows = [row for row in rows if needle in row.title.casefold() or needle in row.question.casefold()]
    if wanted.order is Order.TITLE:
        rows.sort(key=lambda row: row.title.casefold())
    elif wanted.order is Order.TARGET:
        rows.sort(key=lambda row: (row.schedule.until is None, row.schedule.until or date.max))
    return rows


def archived_count(session: AnySession, viewer: Viewer) -> int:
    """How many of the viewer's goals are archived."""
    statement = select(func.count()).select_from(Goal).where(goals_of(viewer), Goal.archived_at.is_not(None))
    return session.execute(statement).scalar_one()


def find(session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False) -> Goal:
    """The goal with its schedules, if the viewer may know of it, else NotFound; `lock` holds its row on PostgreSQL."""
    if not is_public_id(public_id):
        raise NotFound
    asked = {"public_id": public_id, "viewer_id": viewer.id}
    own = session.scalars(_OWN_LOCKED if lock else _OWN, asked).unique().one_or_none()
    if own is not None:
        return own
    statement = select(Goal).where(Goal.public_id == public_id, goals_visible_to(viewer))
    return _one(session, statement, lock)


def find_deleted(session: AnySession, viewer: Viewer, public_id: str) -> Goal:
    """The viewer's own goal they deleted, so that it can come back, else NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    mine = (Goal.owner_id == viewer.id, Goal.kind == Kind.PERSONAL, Goal.deleted_at.is_not(None))
    return _one(session, select(Goal).where(Goal.public_id == public_id, *mine), True)


def went_well(today: date | BindParameter[date]) -> ColumnElement[bool]:
    """Rows that are done: by their state, or because the day is over and an at-most amount was kept.

    The statement joins the version in force now; days before it have the state they earned in their time.
    """
    kept = (Occurrence.state == DayState.OPEN) & (Goal.direction == Direction.AT_MOST)
    kept &= Occurrence.local_date >= ScheduleVersion.valid_from
    return (Occurrence.state == DayState.DONE) | (
        kept & (Occurrence.value <= Goal.target) & (Occurrence.local_date < today)
    )


def is_public_id(text: str) -> bool:
    """Whether a text from an address can be one at all; the databases disagree about what else they take."""
    return len(text) == PUBLIC_ID_LENGTH and text.isascii() and text.isalnum()


def facts_of(session: AnySession, viewer: Viewer, goal: Goal) -> GoalFacts:
    """What the policy must know of a goal the viewer reached; grants are only loaded for somebody else's goal."""
    grants: tuple[GrantFacts, ...] = ()
    if goal.owner_id != viewer.id and goal.kind.is_private:
        statement = select(Grant).where(Grant.client_id == goal.owner_id, grants_open_to(viewer))
        grants = tuple(_grant_facts(grant) for grant in session.scalars(statement))
    return GoalFacts(
        owner_id=goal.owner_id,
        kind=goal.kind,
        organisation_id=goal.organisation_id,
        deleted=goal.deleted_at is not None,
        grants=grants,
        updaters=reviewers.updaters_of(session, goal) if goal.kind is Kind.OBJECTIVE else frozenset(),
    )


def whose(session: AnySession, goal: Goal) -> Owner:
    """Whose goal it is, for who may see it and is somebody else."""
    row = session.execute(select(Person.public_id, Person.name).where(Person.id == goal.owner_id)).one()
    return Owner(row.public_id, row.name, goal.kind.is_private)


def open_grant(session: AnySession, viewer: Viewer, goal: Goal) -> Grant:
    """The grant by which the viewer reads this goal of somebody else's."""
    grant = session.scalars(select(Grant).where(Grant.client_id == goal.owner_id, grants_open_to(viewer))).first()
    if grant is None:
        raise NotFound
    return grant


def opened(session: AnySession, viewer: Viewer, goal: Goal, *, with_tags: bool = True) -> Terms:
    """The words of a private goal, opened with its owner's key; raises NotFound for one of an organisation's, which is
    shown elsewhere and in other words."""
    if not goal.kind.is_private:
        raise NotFound
    words = viewer.words if goal.owner_id == viewer.id else words_of(session, goal.owner_id)
    current = next(version for version in goal.schedules if version.is_current)
    return Terms(
        id=goal.public_id,
        title=words.open("goal.title", goal.title),
        question=open_or_empty(words, "goal.question", goal.question),
        description=open_or_empty(words, "goal.description", goal.description),
        unit=open_or_empty(words, "goal.unit", goal.unit),
        colour=goal.colour,
        criticality=goal.criticality,
        direction=goal.direction,
        target=goal.target,
        lifecycle=goal.lifecycle,
        archived=goal.archived_at is not None,
        version=goal.version,
        revision=goal.revision,
        schedule=current.terms(),
        skip_budget=current.skip_budget,
        tags=tags.names_on(session, viewer, goal) if with_tags else (),
    )


def terms_in_force(words: Words, goal: Goal) -> RevisionTerms:
    """What the goal binds its owner to now, opened with their words."""
    current = next(version for version in goal.schedules if version.is_current)
    return RevisionTerms(
        title=words.open("goal.title", goal.title),
        description=open_or_empty(words, "goal.description", goal.description),
        direction=goal.direction,
        target=goal.target,
        unit=open_or_empty(words, "goal.unit", goal.unit),
        schedule=current.terms(),
        baseline=goal.baseline,
    )


def open_or_empty(words: Words, column: str, sealed: bytes | None) -> str:
    return words.open(column, sealed) if sealed else ""


def _one(session: AnySession, statement: Select[Goal], lock: bool) -> Goal:
    statement = statement.options(selectinload(Goal.schedules)).execution_options(populate_existing=lock)
    goal = session.scalars(statement.with_for_update(key_share=True) if lock else statement).one_or_none()
    if goal is None:
        raise NotFound
    return goal


def _list(viewer: Viewer, wanted: Filter) -> Select[*tuple[Any, ...]]:
    statement = (
        select(
            Goal.id,
            Goal.public_id,
            Goal.title,
            Goal.question,
            Goal.unit,
            Goal.colour,
            Goal.lifecycle,
            Goal.archived_at,
            Goal.position,
            Goal.direction,
            Goal.target,
            Goal.streak_ahead,
            Goal.best_streak,
            Goal.created_at,
            _EARLIEST.label("earliest"),
            *SCHEDULE_COLUMNS,
        )
        .join(ScheduleVersion, (ScheduleVersion.goal_id == Goal.id) & ScheduleVersion.is_current)
        .where(goals_of(viewer), Goal.archived_at.is_not(None) if wanted.archived else Goal.archived_at.is_(None))
    )
    if wanted.frequency:
        statement = statement.where(ScheduleVersion.frequency == wanted.frequency)
    if wanted.tag:
        mine = (Tag.id == GoalTag.tag_id, Tag.public_id == wanted.tag, Tag.owner_id == viewer.id)
        statement = statement.where(exists().where(GoalTag.goal_id == Goal.id, *mine))
    newest_first = wanted.order is Order.NEWEST
    return statement.order_by(*((Goal.created_at.desc(), Goal.id.desc()) if newest_first else (Goal.position, Goal.id)))


def _as_row(
    viewer: Viewer,
    row: Any,
    carried: Mapping[str, tuple[str, ...]],
    counts: Mapping[int, QuotaCount],
    recent: tuple[int, int],
) -> GoalRow:
    words = viewer.words
    return GoalRow(
        id=row.public_id,
        title=words.open("goal.title", row.title),
        question=open_or_empty(words, "goal.question", row.question),
        colour=row.colour,
        lifecycle=row.lifecycle,
        archived=row.archived_at is not None,
        position=row.position,
        schedule=schedule_of(row),
        direction=row.direction,
        target=row.target,
        unit=open_or_empty(words, "goal.unit", row.unit),
        done=recent[0],
        due=recent[1],
        streak=length_on(row.streak_ahead, viewer.today),
        best=row.best_streak,
        tags=carried.get(row.public_id, ()),
        quota=counts.get(row.id),
    )


def _grant_facts(grant: Grant) -> GrantFacts:
    shown = {
        Scope.GOALS: grant.sees_goals,
        Scope.TRACKING: grant.sees_tracking,
        Scope.MOOD_LEVELS: grant.sees_mood_levels,
        Scope.MOOD_NOTES: grant.sees_mood_notes,
    }
    return GrantFacts(
        client_id=grant.client_id,
        therapist_id=grant.therapist_id,
        state=grant.state,
        scopes=frozenset(scope for scope, sees in shown.items() if sees),
        expires_at=grant.expires_at,
        from_date=grant.from_date,
        opens_at=grant.opens_at,
    )
