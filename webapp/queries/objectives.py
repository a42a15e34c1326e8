"""Objectives as the members of their organisation see them, always through the viewer."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from webapp.domain.errors import NotFound
from webapp.domain.goals import Kind
from webapp.domain.objective_drafts import KeyResultDraft, ObjectiveDraft
from webapp.domain.objective_terms import KeyResultTerms, ObjectiveTerms
from webapp.domain.objectives import Course, Milestone
from webapp.domain.people import Viewer
from webapp.models import Cycle, Goal, KeyResult, Objective, ObjectiveTag, Person, Team
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries.goals import is_public_id
from webapp.queries.visibility import goals_visible_to


class Found(NamedTuple):
    """One objective: the goal it is, what makes it an objective, and the cycle it belongs to."""

    goal: Goal
    objective: Objective
    cycle: Cycle


def find(session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False) -> Found:
    """The objective, if the viewer may know of it, else NotFound; `lock` holds its goal's row on PostgreSQL."""
    goal = goal_queries.find(session, viewer, public_id, lock=lock)
    if goal.kind is not Kind.OBJECTIVE:
        raise NotFound
    return of_goal(session, goal)


def of_goal(session: AnySession, goal: Goal) -> Found:
    """The objective behind a goal the viewer reached."""
    statement = select(Objective, Cycle).join(Cycle, Cycle.id == Objective.cycle_id)
    fresh = statement.where(Objective.goal_id == goal.id).execution_options(populate_existing=True)
    row = session.execute(fresh).one_or_none()
    if row is None:
        raise NotFound
    return Found(goal, row[0], row[1])


def find_key_result(
    session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False
) -> tuple[KeyResult, Found]:
    """The key result and its objective, if the viewer may know of them, else NotFound; the goal's row is held."""
    if not is_public_id(public_id):
        raise NotFound
    statement = select(KeyResult, Goal.public_id).join(Goal, Goal.id == KeyResult.goal_id)
    alive = statement.where(KeyResult.public_id == public_id, KeyResult.deleted_at.is_(None))
    row = session.execute(alive.where(Goal.kind == Kind.OBJECTIVE, goals_visible_to(viewer))).one_or_none()
    if row is None:
        raise NotFound
    found = find(session, viewer, row[1], lock=lock)
    if lock:  # it may have been changed or removed while waiting for the goal
        session.refresh(row[0])
        if row[0].deleted_at is not None:
            raise NotFound
    return row[0], found


def find_deleted(session: AnySession, viewer: Viewer, public_id: str) -> Found:
    """An objective that was deleted, so that it can come back, held; for who belongs to its organisation."""
    here = viewer.homes
    gone = (Goal.public_id == public_id, Goal.kind == Kind.OBJECTIVE, Goal.deleted_at.is_not(None))
    statement = select(Goal).where(*gone, Goal.organisation_id.in_(here))
    goal = session.scalars(statement.with_for_update(key_share=True)).one_or_none() if is_public_id(public_id) else None
    if goal is None:
        raise NotFound
    return of_goal(session, goal)


def key_results_of(session: AnySession, goal_id: int) -> list[KeyResult]:
    """The objective's key results in their order."""
    statement = select(KeyResult).where(KeyResult.goal_id == goal_id, KeyResult.deleted_at.is_(None))
    return list(session.scalars(statement.order_by(KeyResult.position, KeyResult.id)))


def tags_of(session: AnySession, goal_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The tags of these objectives in the order of their names; those without any are left out."""
    if not goal_ids:
        return {}
    statement = select(ObjectiveTag.goal_id, ObjectiveTag.title).where(ObjectiveTag.goal_id.in_(goal_ids))
    found: dict[int, tuple[str, ...]] = {}
    for goal_id, title in session.execute(statement.order_by(ObjectiveTag.title, ObjectiveTag.id)):
        found[goal_id] = (*found.get(goal_id, ()), title)
    return found


def parent_of(session: AnySession, viewer: Viewer, objective: Objective) -> Found | None:
    """The objective it serves, while that exists and the viewer may know of it."""
    if objective.parent_id is None:
        return None
    statement = select(Goal).where(Goal.id == objective.parent_id, Goal.kind == Kind.OBJECTIVE)
    goal = session.scalars(statement.where(goals_visible_to(viewer))).one_or_none()
    return of_goal(session, goal) if goal is not None else None


def course_of(objective: Objective, cycle: Cycle) -> Course:
    """When the objective runs, how it should go and how often somebody says how it goes."""
    milestones = tuple(Milestone(date.fromisoformat(day), Decimal(reached)) for day, reached in objective.milestones)
    return Course(objective.starts, objective.ends, objective.curve, milestones, cycle.cadence)


def terms_in_force(session: AnySession, found: Found) -> ObjectiveTerms:
    """What the objective binds its owner to now."""
    return ObjectiveTerms(
        title=found.objective.name,
        description=found.objective.description,
        owner=found.goal.owner_id,
        cycle=found.cycle.id,
        starts=found.objective.starts,
        ends=found.objective.ends,
        team=found.objective.team_id,
        key_results=tuple(map(key_result_terms, key_results_of(session, found.goal.id))),
    )


def key_result_terms(key_result: KeyResult) -> KeyResultTerms:
    """What the key result asks now."""
    return KeyResultTerms(
        id=key_result.public_id,
        name=key_result.name,
        operator=key_result.operator,
        baseline=key_result.baseline,
        target=key_result.target,
        unit=key_result.unit,
        weight=key_result.weight,
        due=key_result.due,
        description=key_result.description,
        owner=key_result.owner_id,
    )


def draft_of(session: AnySession, found: Found, terms: ObjectiveTerms | None = None) -> ObjectiveDraft:
    """What the objective says already, or would by these terms, as its editor and other programs begin with it."""
    goal, objective, cycle = found
    shown = terms or terms_in_force(session, found)
    people = {shown.owner} | {one.owner for one in shown.key_results if one.owner}
    ids = {
        row.id: row.public_id
        for row in session.execute(select(Person.id, Person.public_id).where(Person.id.in_(people)))
    }
    team = select(Team.public_id).where(Team.id == shown.team)
    parent = select(Goal.public_id).where(Goal.id == objective.parent_id, Goal.deleted_at.is_(None))
    asked = cycle if shown.cycle == cycle.id else session.get_one(Cycle, shown.cycle)
    return ObjectiveDraft(
        name=shown.title,
        cycle=asked.public_id,
        owner=ids[shown.owner],
        team=session.scalar(team) if shown.team else None,
        parent=session.scalar(parent) if objective.parent_id else None,
        description=shown.description,
        starts=shown.starts,
        ends=shown.ends,
        curve=objective.curve,
        milestones=course_of(objective, cycle).milestones,
        roll_up=objective.roll_up,
        weight=objective.weight,
        tags=tags_of(session, [goal.id]).get(goal.id, ()),
        key_results=tuple(_draft_of_key_result(one, ids) for one in shown.key_results),
    )


def _draft_of_key_result(terms: KeyResultTerms, ids: dict[int, str]) -> KeyResultDraft:
    return KeyResultDraft(
        name=terms.name,
        target=terms.target,
        baseline=terms.baseline,
        operator=terms.operator,
        unit=terms.unit,
        weight=terms.weight,
        description=terms.description,
        owner=ids.get(terms.owner) if terms.owner else None,
        due=terms.due,
        id=terms.id,
    )
