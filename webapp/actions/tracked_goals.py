"""Making and changing goals as programs say them: everything one write of the tracking contract comes to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select

from webapp.actions import goals, reminders, tracked_days
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, Problem, Refused
from webapp.domain.goals import ReviewState
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.schedules import ScheduleDraft
from webapp.domain.tracked import Said, TrackedGoalDraft, changed_draft, new_draft, status_said
from webapp.models import Goal, Occurrence, Person
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries.tracked import several

Asked = tuple[int | None, Said]
"""The number of the goal meant, if any, and what is said of it."""


def create(session: AnySession, viewer: Viewer, said: Said) -> Goal:
    """The viewer has a new goal as said, with its due dates and reminders; raises Invalid with every problem."""
    draft = new_draft(said, viewer)
    if problems := draft.check(viewer):
        raise Invalid(problems)
    return _create_all(session, viewer, {0: said}, {0: draft})[0]


def say(session: AnySession, viewer: Viewer, goal: Goal, said: Said) -> Goal:
    """The goal is as said, what is not said stays; due dates up to today are as they were.

    The caller loaded the goal locked. Saying what stands changes nothing. Raises Invalid with every problem.
    """
    require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    terms = goal_queries.opened(session, viewer, goal)
    stood = terms.draft(ScheduleDraft(terms.schedule.frequency))
    live = _live(session, goal) if said.get("items") else ()
    draft = changed_draft(said, stood, terms.schedule, live, viewer)
    if problems := draft.check(viewer, terms.schedule):
        raise Invalid(problems)
    before = reminders.stands(session, goal)
    word = goal.status_word
    if status_said(said):
        goal.status_word = (said["status"] or "").strip() or None
    after = reminders.follow(session, viewer, goal, said, before)
    if draft.differs(stood, terms.schedule, viewer):
        goals.change(session, viewer, goal, draft.goal, seen=goal.version)
    elif (word, before) != (goal.status_word, after):
        goal.version += 1
        goal.updated_at = viewer.now
        record(session, Tag.GOAL_CHANGE, at=viewer.now, viewer=viewer, thing=goal, material=False, version=goal.version)
    if draft.removed and goal.review_state in (ReviewState.IN_REVIEW, ReviewState.APPROVED):
        goals.bind_anew(session, viewer, goal)
    tracked_days.remove(session, viewer, goal, draft.removed)
    tracked_days.say(session, viewer, goal, draft.items, after.wall, (before.day, before.wall))
    return goal


def say_all(session: AnySession, viewer: Viewer, asked: Sequence[Asked]) -> list[int]:
    """The viewer's own goals among these are as said, all others are new ones; returns their numbers in order.

    Raises Refused when one of them is somebody else's whom the viewer may only look at, and Invalid with the problems
    of each as "place.field"; then none has changed.
    """
    # The person first, then goals: the order in which everything that makes goals takes hold of rows.
    session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update(key_share=True))
    known = several(session, viewer, [number for number, _ in asked if number], lock=True)
    if any(goal.owner_id != viewer.id for goal in known.values()):
        raise Refused("not_yours")
    new = {place: said for place, (number, said) in enumerate(asked) if not number or number not in known}
    drafts = {place: new_draft(said, viewer) for place, said in new.items()}
    problems = [problem for place, draft in drafts.items() for problem in _at(place, draft.check(viewer))]
    if problems:
        raise Invalid(problems)
    made = _create_all(session, viewer, new, drafts)
    numbers = []
    for place, (number, said) in enumerate(asked):
        goal = made[place] if place in made else known[number or 0]
        if place not in made:
            _say_one(session, viewer, goal, said, place)
        numbers.append(goal.id)
    return numbers


def _create_all(
    session: AnySession, viewer: Viewer, said: Mapping[int, Said], drafts: Mapping[int, TrackedGoalDraft]
) -> dict[int, Goal]:
    """The viewer has these goals, by place; in statements that do not grow with their number, save for ticks."""
    if not drafts:
        return {}
    made = dict(zip(drafts, goals.create_all(session, viewer, [one.goal for one in drafts.values()]), strict=True))
    for place, goal in made.items():
        if status_said(said[place]):
            goal.status_word = (said[place]["status"] or "").strip() or None
    reminders.begin(session, viewer, [(goal, said[place]) for place, goal in made.items()])
    for place, goal in made.items():
        tracked_days.remove(session, viewer, goal, drafts[place].removed)
        tracked_days.say(session, viewer, goal, drafts[place].items, said[place].get("remindertime"))
    return made


def _say_one(session: AnySession, viewer: Viewer, goal: Goal, said: Said, place: int) -> None:
    try:
        say(session, viewer, goal, said)
    except Invalid as invalid:
        raise Invalid(_at(place, invalid.problems)) from invalid


def _at(place: int, problems: Iterable[Problem]) -> list[Problem]:
    return [Problem(f"{place}.{problem.field}", problem.code, problem.params) for problem in problems]


def _live(session: AnySession, goal: Goal) -> list[date]:
    """The dates of the goal's live rows, in order."""
    live = (Occurrence.goal_id == goal.id, Occurrence.deleted_at.is_(None))
    return list(session.scalars(select(Occurrence.local_date).where(*live).order_by(Occurrence.local_date)))
