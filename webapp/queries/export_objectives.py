"""What a person's export holds of objectives: those they answer for, and what they said of key results.

All of it stays their organisation's; they take a copy. Of others' objectives only their own words come out.
"""

import json

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.models import (
    Cycle,
    Entry,
    Goal,
    GoalRevision,
    KeyResult,
    KeyResultFeed,
    Objective,
    ObjectiveTag,
    Organisation,
    Team,
)
from webapp.models.engine import AnySession
from webapp.queries.export_rows import IS_PLAIN, Row, opened, rows_of

MEASURED = ("name", "description", "operator", "baseline", "target", "unit", "weight", "due")
STANDS = ("actual", "attainment", "last_check_in", "confidence", "created_at", "deleted_at")


def objectives(session: AnySession, viewer: Viewer) -> list[Row]:
    """The objectives the viewer answers for, with their key results, tags and revisions."""
    parent = aliased(Goal)
    names = ("name", "description", "starts", "ends", "curve", "milestones", "roll_up", "weight", "attainment")
    of_goal = ("lifecycle", "outcome", "review_state", "revision", "created_at", "updated_at", "deleted_at")
    statement = (
        select(Goal.public_id.label("id"), Organisation.public_id.label("organisation"), Cycle.title.label("cycle"))
        .add_columns(Team.name.label("team"), parent.public_id.label("parent"))
        .add_columns(*(getattr(Objective, name) for name in (*names, "confidence", "confidence_reason")))
        .add_columns(*(getattr(Goal, name) for name in of_goal))
        .join(Objective, Objective.goal_id == Goal.id)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .join(Organisation, Organisation.id == Goal.organisation_id)
        .outerjoin(Team, Team.id == Objective.team_id)
        .outerjoin(parent, parent.id == Objective.parent_id)
        .where(Goal.owner_id == viewer.id)
        .order_by(Goal.id)
    )
    parts = (("key_results", _key_results(session, viewer)), ("tags", _tags(session, viewer)))
    revised = (("revisions", _revisions(session, viewer)),)
    return [
        {**row, **{name: known.get(row["id"], []) for name, known in (*parts, *revised)}}
        for row in rows_of(session, statement)
    ]


def check_ins(session: AnySession, viewer: Viewer) -> list[Row]:
    """What the viewer said of key results and objectives, their own and others'."""
    earlier = aliased(Entry)
    names = ("local_date", "at", "recorded_at", "zone", "mode", "value", "confidence", "note", "source", "source_uid")
    statement = (
        select(Entry.public_id.label("id"), Goal.public_id.label("goal"), IS_PLAIN)
        .add_columns(KeyResult.public_id.label("key_result"), *(getattr(Entry, name) for name in names))
        .add_columns(earlier.public_id.label("supersedes"))
        .join(Goal, Goal.id == Entry.goal_id)
        .outerjoin(KeyResult, KeyResult.id == Entry.key_result_id)
        .outerjoin(earlier, earlier.id == Entry.supersedes_id)
        .where(Entry.author_id == viewer.id, Goal.kind == Kind.OBJECTIVE)
        .order_by(Entry.id)
    )
    return opened(viewer, rows_of(session, statement), "entry", "note")


def feeds(session: AnySession, viewer: Viewer) -> list[Row]:
    """Which key results show something of the viewer's own goals, or did."""
    statement = (
        select(KeyResult.public_id.label("key_result"), Goal.public_id.label("goal"), KeyResultFeed.kind)
        .add_columns(KeyResultFeed.created_at, KeyResultFeed.ended_at)
        .join(KeyResult, KeyResult.id == KeyResultFeed.key_result_id)
        .join(Goal, Goal.id == KeyResultFeed.goal_id)
        .where(Goal.owner_id == viewer.id)
        .order_by(KeyResultFeed.id)
    )
    return rows_of(session, statement)


def _key_results(session: AnySession, viewer: Viewer) -> dict[str, list[Row]]:
    columns = [getattr(KeyResult, name) for name in (*MEASURED, *STANDS)]
    statement = select(Goal.public_id.label("goal"), KeyResult.public_id.label("id"), *columns)
    owned = statement.join(KeyResult, KeyResult.goal_id == Goal.id).where(
        or_(Goal.owner_id == viewer.id, KeyResult.owner_id == viewer.id)
    )
    return _by_goal(rows_of(session, owned.order_by(KeyResult.goal_id, KeyResult.position, KeyResult.id)))


def _tags(session: AnySession, viewer: Viewer) -> dict[str, list[str]]:
    statement = select(Goal.public_id, ObjectiveTag.title).join(ObjectiveTag, ObjectiveTag.goal_id == Goal.id)
    found: dict[str, list[str]] = {}
    for goal, title in session.execute(statement.where(Goal.owner_id == viewer.id).order_by(ObjectiveTag.title)):
        found.setdefault(goal, []).append(title)
    return found


def _revisions(session: AnySession, viewer: Viewer) -> dict[str, list[Row]]:
    columns = (GoalRevision.number, GoalRevision.created_at, GoalRevision.terms)
    statement = select(Goal.public_id.label("goal"), IS_PLAIN, *columns).join(
        GoalRevision, GoalRevision.goal_id == Goal.id
    )
    theirs = statement.where(Goal.owner_id == viewer.id, Goal.organisation_id.is_not(None))
    rows = rows_of(session, theirs.order_by(Goal.id, GoalRevision.number))
    read = opened(viewer, rows, "goal_revision", "terms")
    return _by_goal([{**row, "terms": _told(json.loads(row["terms"]))} for row in read])


def _told(terms: Row) -> Row:
    """The terms without the numbers by which rows know people, teams and cycles."""
    key_results = [{name: each for name, each in one.items() if name != "owner"} for one in terms["key_results"]]
    kept = {name: value for name, value in terms.items() if name not in ("owner", "team", "cycle")}
    return {**kept, "key_results": key_results}


def _by_goal(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.pop("goal"), []).append(row)
    return found
