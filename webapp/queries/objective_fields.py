"""What goals may be filtered and sorted by: what a caller may read of them, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, exists, func, literal, or_, select, type_coerce, union_all
from sqlalchemy.orm import aliased

from webapp.domain.goals import Lifecycle, Outcome
from webapp.models import Cycle, Goal, KeyResult, Objective, ObjectiveTag, Person, ReviewSeat, Team
from webapp.queries.filtering import Field, Kind
from webapp.queries.objective_json import TAKEN, reviewing
from webapp.queries.objective_lists import Owner, ParentGoal
from webapp.queries.patterns import bytewise

STATUS = func.coalesce(type_coerce(Goal.review_state, String), "draft")
CLOSED_STATUS = case(
    (Goal.lifecycle != Lifecycle.CLOSED, "active"), (Goal.outcome == Outcome.ACHIEVED, "achieved"), else_="abandoned"
)
OWNER_KIND = case((Team.id.is_(None), "user"), else_="team")
_MetricOwner = aliased(Person, name="metric_owner")
_OwnedGoal, _OwnedBy = aliased(Goal, name="owned_goal"), aliased(Person, name="owned_by")
_OfTeam, _OwningTeam = aliased(Objective, name="of_team"), aliased(Team, name="owning_team")
_owners = union_all(
    select(_OwnedGoal.id.label("goal_id"), _OwnedBy.public_id.label("id")).join(
        _OwnedBy, _OwnedBy.id == _OwnedGoal.owner_id
    ),
    select(_OfTeam.goal_id, _OwningTeam.public_id).join(_OwningTeam, _OwningTeam.id == _OfTeam.team_id),
).subquery("goal_owner")

Condition = ColumnElement[bool]


def metric(*conditions: Condition) -> Condition:
    """That a goal has a metric of which this holds."""
    return exists().where(KeyResult.goal_id == Goal.id, KeyResult.deleted_at.is_(None), *conditions)


def _of_tags(wanted: Condition) -> Condition:
    return exists().where(and_(ObjectiveTag.goal_id == Goal.id, wanted))


def _of_owners(wanted: Condition) -> Condition:
    return exists().where(and_(_owners.c.goal_id == Goal.id, wanted))


def _of_reviewers(wanted: Condition) -> Condition:
    seats = (ReviewSeat.round_id == reviewing().scalar_subquery(), TAKEN, Person.id == ReviewSeat.reviewer_id)
    return exists().where(and_(*seats, wanted)).correlate(Goal)


def _of_metrics(wanted: Condition) -> Condition:
    owner = _MetricOwner.id == func.coalesce(KeyResult.owner_id, Goal.owner_id)
    return metric(owner, wanted)


_TAG = Field(ObjectiveTag.title, Kind.MANY, among=_of_tags)
_STATUSES = {word: word for word in ("draft", "in_review", "approved")}
_CLOSED = {word: word for word in ("active", "achieved", "abandoned")}
FILTERABLE: Mapping[str, Field] = {
    "id": Field(Goal.public_id, Kind.ID),
    "name": Field(Objective.name, Kind.TEXT),
    "description": Field(Objective.description, Kind.TEXT),
    "ownerId": Field(Owner.public_id, Kind.ID),
    "ownerIds": Field(_owners.c.id, Kind.MANY, among=_of_owners),
    "assignee.id": Field(func.coalesce(Team.public_id, Owner.public_id), Kind.ID),
    "assignee.name": Field(func.coalesce(Team.name, Owner.name), Kind.TEXT),
    "assignee.email": Field(case((Team.id.is_(None), Owner.email), else_=""), Kind.TEXT),
    "assignee.type": Field(OWNER_KIND, Kind.CHOICE, {"user": "user", "team": "team"}),
    "sessionId": Field(Cycle.public_id, Kind.ID),
    "parentId": Field(ParentGoal.public_id, Kind.ID),
    "dateCreated": Field(Goal.created_at, Kind.INSTANT),
    "dateFrom": Field(Objective.starts, Kind.DATE),
    "dateTo": Field(Objective.ends, Kind.DATE),
    "attainment": Field(Objective.attainment, Kind.NUMBER),
    "confidence": Field(Objective.confidence, Kind.NUMBER),
    "confidence.value": Field(Objective.confidence, Kind.NUMBER),
    "status": Field(STATUS, Kind.CHOICE, _STATUSES),
    "closedStatus": Field(CLOSED_STATUS, Kind.CHOICE, _CLOSED),
    "closedStatus.status": Field(CLOSED_STATUS, Kind.CHOICE, _CLOSED),
    "revision": Field(Goal.revision, Kind.NUMBER),
    "tags": _TAG,
    "tags.title": _TAG,
    "reviewers.id": Field(Person.public_id, Kind.MANY, among=_of_reviewers),
    "metrics.id": Field(KeyResult.public_id, Kind.MANY, among=_of_metrics),
    "metrics.name": Field(KeyResult.name, Kind.MANY, among=_of_metrics),
    "metrics.ownerId": Field(_MetricOwner.public_id, Kind.MANY, among=_of_metrics),
}
"""What a filter may speak of."""


def searched(scope: Condition) -> Mapping[str, Field]:
    """The same, for patterns that go through every text of the goals in the scope."""
    within = select(Goal.id).where(scope)
    metrics = select(KeyResult.name).where(KeyResult.goal_id.in_(within), KeyResult.deleted_at.is_(None))
    titles = select(ObjectiveTag.title).where(ObjectiveTag.goal_id.in_(within))
    tag = replace(_TAG, texts=titles)
    name = replace(FILTERABLE["metrics.name"], texts=metrics)
    return {**FILTERABLE, "tags": tag, "tags.title": tag, "metrics.name": name}


SORTABLE: Mapping[str, Callable[[], Any]] = {
    "id": lambda: Goal.public_id,
    "name": lambda: bytewise(Objective.name),
    "description": lambda: bytewise(Objective.description),
    "ownerId": lambda: bytewise(Owner.public_id),
    "assignee": lambda: bytewise(func.coalesce(Team.name, Owner.name)),
    "sessionId": lambda: bytewise(Cycle.public_id),
    "parentId": lambda: bytewise(func.coalesce(ParentGoal.public_id, "")),
    "dateCreated": lambda: Goal.created_at,
    "dateFrom": lambda: Objective.starts,
    "dateTo": lambda: Objective.ends,
    "attainment": lambda: Objective.attainment,
    "confidence": lambda: func.coalesce(Objective.confidence, literal(Decimal(-1), Objective.confidence.type)),
    "status": lambda: bytewise(STATUS),
    "closedStatus": lambda: bytewise(CLOSED_STATUS),
    "revision": lambda: Goal.revision,
}


def owns_metric(owner_ids: frozenset[str]) -> Condition:
    """That one of these people owns a metric of the goal: named for it, or as the goal's owner."""
    people = select(Person.id).where(Person.public_id.in_(sorted(owner_ids)))
    return metric(func.coalesce(KeyResult.owner_id, Goal.owner_id).in_(people))


def owned_by(owner_ids: frozenset[str]) -> Condition:
    """That the goal is one of these people's or teams'."""
    known_ids = sorted(owner_ids)
    return or_(Owner.public_id.in_(known_ids), Team.public_id.in_(known_ids))
