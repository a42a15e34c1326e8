"""A person's tags, opened."""

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import bindparam, select

from webapp.domain.people import Viewer
from webapp.models import Goal, GoalTag, Tag
from webapp.models.engine import AnySession
from webapp.queries.visibility import goals_of


class Carried(NamedTuple):
    """A tag and the addresses of the live goals that carry it."""

    id: str
    name: str
    goals: frozenset[str]


_ON_GOAL = select(Tag.name).join(GoalTag, GoalTag.tag_id == Tag.id).where(GoalTag.goal_id == bindparam("goal_id"))
"""Built once: building a statement costs more than running it."""


def tags_of(session: AnySession, viewer: Viewer) -> list[tuple[str, str]]:
    """Address and name of every tag of the viewer's, by name."""
    rows = session.execute(select(Tag.public_id, Tag.name).where(Tag.owner_id == viewer.id))
    opened = [(row.public_id, viewer.words.open("tag.name", row.name)) for row in rows]
    return sorted(opened, key=lambda tag: tag[1].casefold())


def names_on(session: AnySession, viewer: Viewer, goal: Goal) -> tuple[str, ...]:
    """The names of the tags a goal carries, by name; for others than the owner none: no scope opens them."""
    if goal.owner_id != viewer.id:
        return ()
    rows = session.connection().execute(_ON_GOAL, {"goal_id": goal.id})
    return tuple(sorted((viewer.words.open("tag.name", row.name) for row in rows), key=str.casefold))


def names_by_goal(session: AnySession, viewer: Viewer) -> dict[str, tuple[str, ...]]:
    """Of every goal of the viewer's that carries any: its address and its tags, by name."""
    statement = (
        select(Goal.public_id, Tag.name)
        .join(GoalTag, GoalTag.goal_id == Goal.id)
        .join(Tag, Tag.id == GoalTag.tag_id)
        .where(goals_of(viewer))
    )
    names: dict[str, list[str]] = defaultdict(list)
    opened: dict[bytes, str] = {}
    for row in session.execute(statement):
        if row.name not in opened:
            opened[row.name] = viewer.words.open("tag.name", row.name)
        names[row.public_id].append(opened[row.name])
    return {goal: tuple(sorted(on, key=str.casefold)) for goal, on in names.items()}
