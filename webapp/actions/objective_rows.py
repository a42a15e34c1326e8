"""The rows of one objective: its words, its terms, its key results and its tags."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select, update

from webapp.actions import roll_ups
from webapp.actions.objective_places import Resolved
from webapp.domain.goals import tag_names
from webapp.domain.objective_drafts import ObjectiveDraft
from webapp.domain.objective_terms import KeyResultTerms, ObjectiveTerms
from webapp.domain.objectives import Curve
from webapp.domain.people import Viewer
from webapp.models import Goal, KeyResult, KeyResultFeed, Objective, ObjectiveTag
from webapp.models.base import table_of
from webapp.models.engine import AnySession


def put_words(session: AnySession, goal: Goal, objective: Objective, draft: ObjectiveDraft, place: Resolved) -> None:
    """What of the draft is cosmetic holds: words, tags, parent, the shape of its way and how it adds up."""
    assert draft.weight is not None
    objective.name, objective.description = draft.name.strip(), draft.description.strip()
    objective.parent_id = place.parent
    objective.curve, objective.roll_up, objective.weight = draft.curve, draft.roll_up, draft.weight
    stepped = sorted(draft.milestones, key=lambda one: one.day) if draft.curve is Curve.STEPPED else []
    objective.milestones = [[one.day.isoformat(), str(one.reached)] for one in stepped]
    _put_tags(session, goal, tag_names(draft.tags))


def put_terms(session: AnySession, viewer: Viewer, goal: Goal, objective: Objective, terms: ObjectiveTerms) -> None:
    """The objective binds its owner to these terms; key results that are not among them are gone with their feeds."""
    goal.owner_id = terms.owner
    objective.team_id, objective.cycle_id = terms.team, terms.cycle
    objective.starts, objective.ends = terms.starts, terms.ends
    session.add(objective)
    session.flush()
    stood = {one.public_id: one for one in session.scalars(select(KeyResult).where(KeyResult.goal_id == goal.id))}
    for position, asked in enumerate(terms.key_results):
        row = stood.pop(asked.id, None) or KeyResult(public_id=asked.id, goal_id=goal.id, created_at=viewer.now)
        row.position, row.deleted_at = position, None
        _write(row, asked)
        row.attainment = roll_ups.attainment_of(row)
        session.add(row)
    for gone in stood.values():
        gone.deleted_at = gone.deleted_at or viewer.now
    if stood:
        ended = (KeyResultFeed.key_result_id.in_([one.id for one in stood.values()]), KeyResultFeed.ended_at.is_(None))
        session.execute(update(KeyResultFeed).where(*ended).values(ended_at=viewer.now))
    session.flush()


def _write(row: KeyResult, asked: KeyResultTerms) -> None:
    row.name, row.description = asked.name, asked.description
    row.owner_id, row.operator = asked.owner, asked.operator
    row.baseline, row.target = asked.baseline, asked.target
    row.unit, row.weight, row.due = asked.unit, asked.weight, asked.due


def _put_tags(session: AnySession, goal: Goal, titles: Iterable[str]) -> None:
    wanted = list(titles)
    stood = set(session.scalars(select(ObjectiveTag.title).where(ObjectiveTag.goal_id == goal.id)))
    if gone := stood - set(wanted):
        session.execute(delete(ObjectiveTag).where(ObjectiveTag.goal_id == goal.id, ObjectiveTag.title.in_(gone)))
    if new := [{"goal_id": goal.id, "title": title} for title in wanted if title not in stood]:
        session.connection().execute(insert(table_of(ObjectiveTag)), new)
