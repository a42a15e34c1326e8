"""Who looked at what of the viewer's own, as access rows keep it: one by one, and counted by weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, and_, case, func, select

from webapp.domain.days import instant_of, shifted, week_containing
from webapp.domain.people import Viewer
from webapp.models import Access, Goal, Grant, Person
from webapp.models.engine import AnySession
from webapp.queries.goals import open_or_empty
from webapp.queries.visibility import goals_of

PAGE = 50
WEEKS = 12
OF_GOALS = ("goal:read", "review:read")
"""Looks whose `object_id` is a goal's."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look; `title` and `goal_id` where it was at a goal of the viewer's that is still there."""

    at: datetime
    by: str
    what: str
    title: str
    goal_id: str | None


@dataclass(frozen=True, slots=True)
class Looks:
    """So many looks, the newest first; `more` says from where on the next ones are found, or None at the end."""

    rows: tuple[Look, ...]
    more: tuple[datetime, int] | None


def looks_at(
    session: AnySession, viewer: Viewer, *, before: datetime | None = None, skip: int = 0, grant: str | None = None
) -> Looks:
    """Fifty looks at what is the viewer's, or those under one grant, from `before` backwards without the first `skip`.

    A look at a request is the viewer's to know once its therapist took them on.
    """
    at_their_goal = and_(Access.what.in_(OF_GOALS), Goal.id == Access.object_id, goals_of(viewer))
    statement = (
        select(Access.at, Person.name, Access.what, Goal.title, Goal.public_id)
        .join(Grant, Grant.id == Access.grant_id)
        .join(Person, Person.id == Access.viewer_id)
        .outerjoin(Goal, at_their_goal)
        .where(*_to_be_told(viewer, grant))
        .order_by(Access.at.desc(), Access.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        statement = statement.where(Access.at <= before).offset(skip)
    found = session.execute(statement).all()
    rows = tuple(
        Look(row.at, row.name, row.what, open_or_empty(viewer.words, "goal.title", row.title), row.public_id)
        for row in found[:PAGE]
    )
    return Looks(rows, _place(rows, before, skip) if len(found) > PAGE else None)


def weeks_of_looks(session: AnySession, viewer: Viewer) -> tuple[list[date], list[tuple[str, list[int]]]]:
    """The first days of the last twelve weeks, and for each person who looked then: name, and looks in each week."""
    this_week, _ = week_containing(viewer.today, viewer.week_start)
    firsts = [shifted(this_week, -7 * back) for back in reversed(range(WEEKS))]
    starts = [instant_of(first, time(viewer.day_start), viewer.zone) for first in firsts]
    counted = [
        func.sum(case((and_(Access.at >= start, *([Access.at < end] if end else [])), 1), else_=0))
        for start, end in zip(starts, (*starts[1:], None), strict=True)
    ]
    statement = (
        select(Person.name, *counted)
        .select_from(Access)
        .join(Grant, Grant.id == Access.grant_id)
        .join(Person, Person.id == Access.viewer_id)
        .where(*_to_be_told(viewer), Access.at >= starts[0])
        .group_by(Person.id, Person.name)
        .order_by(Person.name, Person.id)
    )
    return firsts, [(name, [int(count) for count in counts]) for name, *counts in session.execute(statement)]


def _to_be_told(viewer: Viewer, grant: str | None = None) -> tuple[ColumnElement[bool], ...]:
    mine = (Access.client_id == viewer.id, Grant.client_id == viewer.id, Grant.decided_at.is_not(None))
    return (*mine, Grant.public_id == grant) if grant else mine


def _place(rows: Sequence[Look], before: datetime | None, skip: int) -> tuple[datetime, int]:
    """The instant of the last row shown, and how many of that instant were shown by now."""
    last = rows[-1].at
    shown = sum(1 for row in rows if row.at == last)
    return last, shown + (skip if before == last else 0)
