"""What objectives ask of the viewer: check-ins that are outdated, and closed goals they approved to take note of."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select

from webapp.domain.days import shifted
from webapp.domain.goals import Kind, Lifecycle, ReviewState
from webapp.domain.objectives import OUTDATED_AFTER, Cadence, CycleState
from webapp.domain.people import Viewer
from webapp.domain.reviews import RoundState, Verdict
from webapp.models import Cycle, Goal, GoalClosing, KeyResult, Objective, ReviewRound, ReviewSeat
from webapp.models.engine import AnySession
from webapp.queries.visibility import goals_visible_to

SOONEST = min(cadence.days for cadence in Cadence) + OUTDATED_AFTER.days
"""Nothing is outdated that was said so many days ago or less."""
_last = func.coalesce(KeyResult.last_check_in, Objective.starts)


@dataclass(frozen=True, slots=True)
class Silent:
    """A key result of the viewer's whose check-in is outdated; `id` is its public id."""

    id: str
    name: str
    objective: str
    last: date | None


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed goal that its viewer approved, and has not taken note of; `id` is the goal's public id."""

    id: str
    name: str
    """Of an objective; a client's goal is named on its own page only, where a look at it is written down."""


def silent_key_results(session: AnySession, viewer: Viewer) -> list[Silent]:
    """The key results of which the viewer should have said how they stand, the longest silent first, while
    their objectives run; one statement."""
    columns = (KeyResult.public_id, KeyResult.name, Objective.name, KeyResult.last_check_in)
    statement = _silent(viewer, *columns).order_by(_last, KeyResult.id)
    return [Silent(*row) for row in session.execute(statement)]


def how_many_silent(viewer: Viewer) -> ScalarSelect[int]:
    """How many they are, within another statement."""
    return _silent(viewer, func.count(KeyResult.id)).scalar_subquery()


def _silent(viewer: Viewer, *columns: Any) -> Select[Any]:
    here = viewer.homes
    theirs = or_(KeyResult.owner_id == viewer.id, and_(KeyResult.owner_id.is_(None), Goal.owner_id == viewer.id))
    return (
        select(*columns)
        .select_from(KeyResult)
        .join(Goal, Goal.id == KeyResult.goal_id)
        .join(Objective, Objective.goal_id == Goal.id)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .where(theirs, Goal.organisation_id.in_(here), *_runs())
        .where(Objective.ends >= viewer.today, or_(*(_outdated(cadence, viewer.today) for cadence in Cadence)))
    )


def _outdated(cadence: Cadence, today: date) -> ColumnElement[bool]:
    """As `domain.objectives.is_outdated` of an objective that has not ended."""
    latest = shifted(today, -cadence.days - OUTDATED_AFTER.days)
    return and_(Cycle.cadence == cadence, _last <= latest)


def silent_for(viewer_id: Any, day: BindParameter[date], since: BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    """Whether a key result of theirs may be outdated: one condition for those named, one for owners of objectives."""
    silent = (KeyResult.deleted_at.is_(None), _last <= since, Objective.goal_id == KeyResult.goal_id)
    running = (Objective.ends >= day, Goal.id == Objective.goal_id, Goal.deleted_at.is_(None))
    live = (Goal.kind == Kind.OBJECTIVE, Goal.lifecycle != Lifecycle.CLOSED)
    return (
        exists().where(KeyResult.owner_id == viewer_id, *silent, *running, *live),
        exists().where(KeyResult.owner_id.is_(None), Goal.owner_id == viewer_id, *silent, *running, *live),
    )


def to_acknowledge(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """Conditions of closings of goals the viewer approved, still sees, and has not taken note of."""
    approved = (
        ReviewSeat.reviewer_id == viewer.id,
        ReviewSeat.verdict == Verdict.APPROVE,
        ReviewRound.id == ReviewSeat.round_id,
        ReviewRound.goal_id == GoalClosing.goal_id,
        ReviewRound.state == RoundState.APPROVED,
        ReviewRound.beside.is_(False),
        Goal.id == GoalClosing.goal_id,
        ReviewRound.revision == Goal.revision,
        Goal.owner_id != viewer.id,
        Goal.lifecycle == Lifecycle.CLOSED,
        goals_visible_to(viewer),
    )
    return (*unacknowledged(), exists().where(*approved))


def unacknowledged() -> tuple[ColumnElement[bool], ...]:
    """Conditions of closings that stand and that nobody took note of."""
    return GoalClosing.acknowledged_at.is_(None), GoalClosing.reopened_at.is_(None)


def closed_goals(session: AnySession, viewer: Viewer) -> list[Closed]:
    """The closed goals that wait for the viewer to take note, the longest closed first."""
    statement = (
        select(Goal.public_id, func.coalesce(Objective.name, ""))
        .join(GoalClosing, GoalClosing.goal_id == Goal.id)
        .outerjoin(Objective, Objective.goal_id == Goal.id)
        .where(*to_acknowledge(viewer))
        .order_by(GoalClosing.closed_at, GoalClosing.id)
    )
    return [Closed(*row) for row in session.execute(statement)]


def _runs() -> tuple[ColumnElement[bool], ...]:
    """Conditions of an objective in which somebody may check in."""
    return (
        KeyResult.deleted_at.is_(None),
        Goal.kind == Kind.OBJECTIVE,
        Goal.deleted_at.is_(None),
        Goal.lifecycle != Lifecycle.CLOSED,
        or_(Goal.review_state.is_(None), Goal.review_state == ReviewState.APPROVED),
        Cycle.state != CycleState.CLOSED,
    )
