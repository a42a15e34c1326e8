"""One act on many goals: each through its own verb, all of them or none."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp.actions import entries, goals, pauses, tags
from webapp.actions.audit import Tag, record
from webapp.actions.entries import Recorded
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.domain.goals import COLOURS, GOALS_PER_PERSON, tag_names, tag_problems
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.tracking import EntryDraft
from webapp.models import Goal, PlannedPause
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import pauses as pause_queries
from webapp.queries import tags as tag_queries
from webapp.queries.visibility import goals_of


def archive(session: AnySession, viewer: Viewer, ids: Iterable[str]) -> list[str]:
    """The goals are put away; returns those that were not already. Raises NotFound unless all are the viewer's own."""
    live = [goal for goal in _held(session, viewer, ids) if goal.archived_at is None]
    return [goals.archive(session, viewer, goal).public_id for goal in live]


def unarchive(session: AnySession, viewer: Viewer, ids: Iterable[str]) -> list[str]:
    """The goals are back among the live ones; returns those that were away."""
    away = [goal for goal in _held(session, viewer, ids) if goal.archived_at is not None]
    return [goals.unarchive(session, viewer, goal).public_id for goal in away]


def delete(session: AnySession, viewer: Viewer, ids: Iterable[str]) -> list[str]:
    """The goals are gone from every page until `undelete`; returns them."""
    return [goals.delete(session, viewer, goal).public_id for goal in _held(session, viewer, ids)]


def undelete(session: AnySession, viewer: Viewer, ids: Iterable[str]) -> list[str]:
    """The viewer's own deleted goals are back as they were; raises NotFound, and Invalid when too many."""
    return [goals.undelete(session, viewer, public_id).public_id for public_id in _few(ids)]


def tag(session: AnySession, viewer: Viewer, ids: Iterable[str], name: str) -> list[str]:
    """The goals carry the tag; returns those that did not. Raises Invalid for a word that can be none."""
    word = _word(name)
    return [
        _carry(session, viewer, goal, (*names, word))
        for goal, names in _with_names(session, viewer, ids)
        if word.casefold() not in map(str.casefold, names)
    ]


def untag(session: AnySession, viewer: Viewer, ids: Iterable[str], name: str) -> list[str]:
    """The goals do not carry the tag; returns those that did. Raises Invalid for a word that can be none."""
    word = _word(name)
    return [
        _carry(session, viewer, goal, [other for other in names if other.casefold() != word.casefold()])
        for goal, names in _with_names(session, viewer, ids)
        if word.casefold() in map(str.casefold, names)
    ]


def recolour(session: AnySession, viewer: Viewer, colours: Mapping[str, int]) -> dict[str, int]:
    """Each goal has its colour; returns the colours that were others before. Raises Invalid for an unknown one."""
    if not set(colours.values()) <= set(range(1, COLOURS + 1)):
        raise Invalid([Problem("colour", "unknown_choice")])
    before = {}
    for goal in _held(session, viewer, colours):
        require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
        if goal.colour != colours[goal.public_id]:
            before[goal.public_id], goal.colour = goal.colour, colours[goal.public_id]
            _note_change(session, viewer, goal)
    return before


def pause(session: AnySession, viewer: Viewer, ids: Iterable[str], days: Pause) -> list[str]:
    """Nothing is asked of the goals on these days; returns the new pauses, none for a goal that has just this one.

    Raises Invalid.
    """
    held = _held(session, viewer, ids)
    same = (PlannedPause.first == days.first, PlannedPause.last.is_not_distinct_from(days.last))
    statement = select(PlannedPause.goal_id).where(PlannedPause.owner_id == viewer.id, *same)
    there = set(session.scalars(statement))
    return [pauses.plan(session, viewer, days, goal).public_id for goal in held if goal.id not in there]


def unpause(session: AnySession, viewer: Viewer, pause_ids: Iterable[str]) -> int:
    """These pauses have never been; returns how many. Raises NotFound unless all are the viewer's own."""
    found = [pause_queries.find(session, viewer, public_id) for public_id in _few(pause_ids)]
    for each in found:
        pauses.remove(session, viewer, each)
    return len(found)


def record_days(session: AnySession, viewer: Viewer, drafts: Mapping[str, EntryDraft]) -> list[Recorded]:
    """Each goal's day is what its draft says; returns the days that were something else before. Raises Invalid."""
    held = _held(session, viewer, drafts)
    recorded = [entries.record_day(session, viewer, goal, drafts[goal.public_id]) for goal in held]
    return [each for each in recorded if each.changed]


def _held(session: AnySession, viewer: Viewer, ids: Iterable[str]) -> Sequence[Goal]:
    """The viewer's own goals with these addresses, each held; raises NotFound when any of them is not one."""
    wanted = _few(ids)
    statement = select(Goal).where(goals_of(viewer), Goal.public_id.in_(wanted)).order_by(Goal.id)
    statement = statement.options(selectinload(Goal.schedules)).execution_options(populate_existing=True)
    found = session.scalars(statement.with_for_update()).all()
    if len(found) != len(wanted):
        raise NotFound
    return found


def _few(ids: Iterable[str]) -> list[str]:
    """Each address once; nobody has more things than they can have goals, and what cannot be one is not found."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > GOALS_PER_PERSON or not all(map(goal_queries.is_public_id, wanted)):
        raise NotFound
    return wanted


def _with_names(session: AnySession, viewer: Viewer, ids: Iterable[str]) -> list[tuple[Goal, tuple[str, ...]]]:
    held = _held(session, viewer, ids)
    carried = tag_queries.names_by_goal(session, viewer)
    return [(goal, carried.get(goal.public_id, ())) for goal in held]


def _word(name: str) -> str:
    """One tag as it would be kept; raises Invalid."""
    words = tag_names([name])
    if not words:
        raise Invalid([Problem("tags", "required")])
    if problems := tag_problems(words):
        raise Invalid(problems)
    return words[0]


def _carry(session: AnySession, viewer: Viewer, goal: Goal, names: Sequence[str]) -> str:
    require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    if problems := tag_problems(names):
        raise Invalid(problems)
    tags.carry(session, viewer, goal, names)
    _note_change(session, viewer, goal)
    return goal.public_id


def _note_change(session: AnySession, viewer: Viewer, goal: Goal) -> None:
    """An edit that no schedule and no revision hears of."""
    goal.version += 1
    goal.updated_at = viewer.now
    record(session, Tag.GOAL_CHANGE, at=viewer.now, viewer=viewer, thing=goal, material=False, version=goal.version)
    session.flush()
