"""Opening, changing and putting away objectives with their key results (domain rules §4, §6).

Name, description, tags, parent, curve and what a key result is called are cosmetic; owner, time and what key results
ask are terms that reviewers decide on. The caller loaded an objective held (`lock=True`).
"""

from collections.abc import Sequence
from dataclasses import replace

from webapp.actions import revisions, roll_ups, rounds
from webapp.actions.audit import Tag
from webapp.actions.objective_places import Places, Resolved
from webapp.actions.objective_rows import put_terms, put_words
from webapp.domain.errors import Conflict, Invalid, NotFound, Problem, Refused
from webapp.domain.goals import Kind, Lifecycle, ReviewState
from webapp.domain.objective_drafts import MOST_AT_ONCE, ObjectiveDraft, placed
from webapp.domain.objective_terms import ObjectiveTerms, differences
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, allows
from webapp.domain.policy import require as require_right
from webapp.domain.reviews import CYCLES, Act, Stage, comment_problems, require
from webapp.models import Goal, Objective
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import objectives as queries
from webapp.queries import reviews as review_queries
from webapp.queries.objective_standing import refuse_by_cycle
from webapp.queries.objectives import Found


def create(session: AnySession, viewer: Viewer, organisation_id: int, draft: ObjectiveDraft) -> Found:
    """The organisation has this objective, a draft where its cycle asks for reviews and somebody can give them.

    Raises Refused for an owner whose objectives the viewer may not change, Locked for a cycle that is not open, and
    Invalid with every problem.
    """
    (found,) = create_all(session, viewer, organisation_id, [draft])
    return found


def create_all(
    session: AnySession,
    viewer: Viewer,
    organisation_id: int,
    drafts: Sequence[ObjectiveDraft],
    *,
    above: Sequence[int | None] = (),
) -> list[Found]:
    """The organisation has all of these objectives or none; as `create`, the problems of the third of several at
    "2.name".

    `above` says for each draft the place among them of the one it serves, None for what the draft names itself.
    """
    if not viewer.is_in(organisation_id):
        raise NotFound
    roll_ups.hold(session, organisation_id)
    places = Places(session, viewer, organisation_id, drafts)
    problems, resolved = [], []
    if len(drafts) > MOST_AT_ONCE:
        raise Invalid([Problem("", "too_many", {"most": MOST_AT_ONCE})])
    for number, draft in enumerate(drafts):
        found = draft.check()
        place = places.resolve(draft, found)
        problems += placed(str(number), found) if len(drafts) > 1 else found
        resolved.append(place)
    if problems:
        raise Invalid(problems)
    made: dict[int, Found] = {}
    for number in _parents_first(above or [None] * len(drafts)):
        place, serves = resolved[number], above[number] if above else None
        assert place is not None
        if serves is not None:
            place = replace(place, parent=made[serves].goal.id)
        made[number] = _create(session, viewer, places, drafts[number], place)
    # What is new has come to nothing yet; what it serves counts that.
    for parent in sorted({one.objective.parent_id for one in made.values() if one.objective.parent_id}):
        roll_ups.refresh(session, parent)
    return [made[number] for number in range(len(drafts))]


def problems_of(
    session: AnySession, viewer: Viewer, organisation_id: int, drafts: Sequence[ObjectiveDraft]
) -> list[Problem]:
    """Everything that would keep `create_all` from making these, at "2.name", an owner whose objectives the viewer may
    not change included; nothing is made. Raises Locked for a cycle that is not open."""
    places = Places(session, viewer, organisation_id, drafts)
    problems: list[Problem] = []
    for number, draft in enumerate(drafts):
        found = draft.check()
        try:
            places.resolve(draft, found)
        except Refused:
            found.append(Problem("owner", "not_theirs"))
        problems += placed(str(number), found)
    return problems


def save(
    session: AnySession,
    viewer: Viewer,
    found: Found,
    draft: ObjectiveDraft,
    *,
    seen: int | None = None,
    at_once: bool = False,
    comment: str = "",
) -> Act:
    """The objective is as the draft says, or waits to be; returns EDIT or PROPOSE. Saying what stands changes nothing.

    A material change of an approved objective waits for those who approved it, while what they approved stays in
    force; `at_once`, or when too few of them may decide any more, it holds at once and the objective is a draft. `seen`
    is the version the editor was opened on. Raises Conflict, Refused, Locked (in review, closed, by the cycle), Invalid
    with every problem.
    """
    require_right(viewer, Permission.OBJECTIVE_CHANGE, goal_queries.facts_of(session, viewer, found.goal))
    if seen is not None and seen != found.goal.version:
        raise Conflict("changed_meanwhile", goal=found.goal.public_id)
    standing = review_queries.standing(session, viewer, found.goal)
    if standing.stage is not Stage.APPROVED or Act.EDIT not in CYCLES[standing.cycle]:
        require(standing.stage, standing.parts, Act.EDIT, standing.cycle, **standing.held())
    assert found.goal.organisation_id is not None
    roll_ups.hold(session, found.goal.organisation_id)
    places = Places(session, viewer, found.goal.organisation_id, [draft])
    problems = draft.check() + comment_problems(comment, required=False)
    place = places.resolve(draft, problems, found)
    if problems or place is None:
        raise Invalid(problems)
    if draft == queries.draft_of(session, found):
        return Act.EDIT
    asked = place.terms(draft, queries.key_results_of(session, found.goal.id))
    if not differences(queries.terms_in_force(session, found), asked):
        put_terms(session, viewer, found.goal, found.objective, asked)
        _put(session, viewer, found, draft, place)
        rounds.log(session, viewer, found.goal, Tag.GOAL_CHANGE)
        return Act.EDIT
    if standing.stage is Stage.APPROVED and not at_once:
        require(standing.stage, standing.parts, Act.PROPOSE, standing.cycle, **standing.held())
        who, needed = review_queries.may_decide_again(session, viewer, found.goal)
        if len(who) >= needed:
            _put(session, viewer, found, draft, place)
            _propose(session, viewer, found.goal, asked, (who, needed), comment)
            return Act.PROPOSE
    put_terms(session, viewer, found.goal, found.objective, asked)
    _put(session, viewer, found, draft, place)
    bind_anew(session, viewer, found.goal, asked)
    if found.goal.review_state is None and places.is_reviewed(place):
        found.goal.review_state = ReviewState.DRAFT
    rounds.log(session, viewer, found.goal, Tag.GOAL_CHANGE)
    return Act.EDIT


def adopt(session: AnySession, viewer: Viewer, goal: Goal, terms: ObjectiveTerms, number: int) -> None:
    """A revision that waited is in force; what is cosmetic stays as it is. The caller holds the goal."""
    roll_ups.hold(session, goal.organisation_id)
    put_terms(session, viewer, goal, queries.of_goal(session, goal).objective, terms)
    goal.revision = number
    roll_ups.refresh(session, goal.id)


def delete(session: AnySession, viewer: Viewer, found: Found) -> Goal:
    """Nobody sees the objective any more, and what it served no longer counts it; it can be brought back.

    Raises Refused, and Locked while it is in review, approved or closed, or its cycle is not open.
    """
    require_right(viewer, Permission.OBJECTIVE_CHANGE, goal_queries.facts_of(session, viewer, found.goal))
    standing = review_queries.standing(session, viewer, found.goal)
    require(standing.stage, standing.parts, Act.EDIT, standing.cycle, **standing.held())
    roll_ups.hold(session, found.goal.organisation_id)
    found.goal.deleted_at = viewer.now
    found.goal.version += 1
    roll_ups.refresh(session, found.goal.id)
    rounds.log(session, viewer, found.goal, Tag.GOAL_DELETE)
    return found.goal


def undelete(session: AnySession, viewer: Viewer, found: Found) -> Goal:
    """The objective, which `find_deleted` found, is back as it was. Raises NotFound for who could not delete it, and
    Locked where its cycle is not open any more."""
    facts = goal_queries.facts_of(session, viewer, found.goal)
    if not allows(viewer, Permission.OBJECTIVE_CHANGE, replace(facts, deleted=False)):
        raise NotFound
    refuse_by_cycle(session, found.goal, Act.EDIT)
    roll_ups.hold(session, found.goal.organisation_id)
    found.goal.deleted_at = None
    found.goal.version += 1
    roll_ups.refresh(session, found.goal.id)
    rounds.log(session, viewer, found.goal, Tag.GOAL_RESTORE)
    return found.goal


def _parents_first(above: Sequence[int | None]) -> list[int]:
    """The places in an order in which each comes after the one it serves; raises Invalid for a ring."""
    order: list[int] = []
    waiting = list(range(len(above)))
    while waiting:
        known = {None, *order}
        ready = [one for one in waiting if above[one] in known]
        if not ready:
            raise Invalid([Problem(f"{one}.parent", "serves_itself") for one in waiting])
        order += ready
        waiting = [one for one in waiting if one not in set(ready)]
    return order


def _create(session: AnySession, viewer: Viewer, places: Places, draft: ObjectiveDraft, place: Resolved) -> Found:
    goal = Goal(kind=Kind.OBJECTIVE, organisation_id=place.cycle.organisation_id, owner_id=place.owner)
    goal.review_state = ReviewState.DRAFT if places.is_reviewed(place) else None
    goal.lifecycle = Lifecycle.ACTIVE
    goal.created_at = goal.updated_at = viewer.now
    session.add(goal)
    session.flush()
    objective = Objective(goal_id=goal.id)
    asked = place.terms(draft, ())
    put_words(session, goal, objective, draft, place)
    put_terms(session, viewer, goal, objective, asked)
    revisions.keep(session, viewer, goal, asked, goal.revision)
    rounds.log(session, viewer, goal, Tag.GOAL_CREATE)
    return Found(goal, objective, place.cycle)


def _put(session: AnySession, viewer: Viewer, found: Found, draft: ObjectiveDraft, place: Resolved) -> None:
    """What of the draft is cosmetic holds, and what it served before and serves now counts it so."""
    before = found.objective.parent_id
    put_words(session, found.goal, found.objective, draft, place)
    found.goal.version += 1
    found.goal.updated_at = viewer.now
    roll_ups.refresh(session, found.goal.id)
    if before is not None and before != found.objective.parent_id:
        roll_ups.refresh(session, before)


def _propose(
    session: AnySession,
    viewer: Viewer,
    goal: Goal,
    asked: ObjectiveTerms,
    decide: tuple[Sequence[int], int],
    comment: str,
) -> None:
    """These terms wait for these reviewers, as a revision of their own."""
    number = revisions.next_number(session, goal)
    revisions.keep(session, viewer, goal, asked, number)
    made = rounds.open_round(session, viewer, goal, number, *decide)
    rounds.step(session, viewer, goal, Act.PROPOSE, Tag.GOAL_PROPOSE, made, comment)


def bind_anew(session: AnySession, viewer: Viewer, goal: Goal, asked: ObjectiveTerms) -> None:
    """What the objective asks now is a revision of its own, which nobody approved."""
    goal.revision = revisions.next_number(session, goal)
    revisions.keep(session, viewer, goal, asked, goal.revision)
    rounds.end_open(session, viewer, goal)
    goal.review_state = goal.review_state and ReviewState.DRAFT
