"""Goals, metrics and sessions as the objectives contract answers them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from flask import current_app

from webapp.api.objectives import account as accounts
from webapp.api.objectives.cycles import session_json
from webapp.api.objectives.members import GOAL, LINKED, METRIC, METRIC_NAMES, members_of
from webapp.api.objectives.mentions import MARKUP, marker, plain
from webapp.api.objectives.pieces import Json, Parts, build
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.projections import Names
from webapp.extensions import db
from webapp.models import Cycle, Goal, KeyResult
from webapp.models.engine import AnySession
from webapp.queries import objective_json
from webapp.queries.objective_json import Account, AnyRow
from webapp.queries.objective_lists import visible_in

PAGE = "/objectives/"
NAMING = ("description", "confidence_reason")
"""Columns whose texts may name somebody."""
WHOLE: Names = dict.fromkeys(GOAL)
"""A goal with its metrics and links, as one is read and as every write answers it."""


def goal(row: Any, parts: Parts, wanted: Names = WHOLE) -> Json:
    """The names of one goal that were asked for; `row` has the columns they need, `parts` what stands beside them."""
    return build(members_of(GOAL, wanted), row, parts)


def goals(rows: Sequence[Any], parts: Parts, wanted: Names) -> list[Json]:
    """As `goal`, for many."""
    members = members_of(GOAL, wanted)
    return [build(members, row, parts) for row in rows]


def columns_of(wanted: Names) -> set[str]:
    """The columns that these names of goals are made of."""
    return {"number"} | {column for name in wanted for column in GOAL[name].columns}


def parts_of(
    session: AnySession,
    viewer: Viewer,
    account: Account,
    rows: Sequence[AnyRow],
    wanted: Names,
    formatting: str = MARKUP,
) -> Parts:
    """What stands beside these rows, as far as it was asked for: a statement for each kind of it, however many rows."""
    needed = {GOAL[name].parts for name in wanted}
    numbers = [row.number for row in rows]
    within = _expanded(wanted)
    below = {}
    if "children" in needed:
        columns = columns_of(within) | {"id"} if within is not None else {"id"}
        below = objective_json.children(session, columns, visible_in(viewer, account.number), numbers)
    linked = [one.number for several in below.values() for one in several] if within is not None else []
    needed |= {GOAL[name].parts for name in within or ()}
    read = columns_of(wanted) | columns_of(within or {})
    metrics = {}
    if "metrics" in needed:
        chosen = wanted["metrics"] or METRIC_NAMES
        columns = {column for name in chosen for column in METRIC[name].columns}
        metrics = objective_json.key_results(session, columns, numbers)
        read |= columns
    return Parts(
        account=account,
        site=site(),
        mark=marking(session, account, formatting, _texts(read, (rows, *below.values(), *metrics.values()))),
        tags=objective_json.tags(session, numbers + linked) if "tags" in needed else {},
        metrics=metrics,
        reviewers=objective_json.reviewers(session, numbers + linked) if "reviewers" in needed else {},
        children=below,
    )


def whole(session: AnySession, viewer: Viewer, account: Account, public_id: str, formatting: str = MARKUP) -> Json:
    """A goal with its metrics and links as it is now, as a write answers it; raises NotFound.

    Texts come with mentions marked up: who writes them back sends them through `mentions.plain` first.
    """
    return one(session, viewer, account, public_id, WHOLE, formatting)[0]


def one(
    session: AnySession, viewer: Viewer, account: Account, public_id: str, wanted: Names, formatting: str = MARKUP
) -> tuple[Json, str]:
    """What was asked for of a goal, and its tag; raises NotFound."""
    columns = columns_of(wanted) | {"version", "attainment"}
    scope = (visible_in(viewer, account.number), Goal.public_id == public_id)
    found = objective_json.rows(session, columns, scope)
    if not found:
        raise NotFound
    row = found[0]
    parts = parts_of(session, viewer, account, found, wanted, formatting)
    return goal(row, parts, wanted), tag_of(row.version, row.attainment)


def whole_metric(session: AnySession, viewer: Viewer, account: Account, key_result: KeyResult) -> Json:
    """A metric as it is now, as a write answers it."""
    scope = (visible_in(viewer, account.number), Goal.id == key_result.goal_id)
    (parent,) = objective_json.rows(session, {"id", "cycle_id"}, scope)
    wanted: Names = {"metrics": None}
    parts = parts_of(session, viewer, account, [parent], wanted)
    made = goal(parent, parts, wanted)["metrics"]
    return next(metric for metric in made if metric["id"] == key_result.public_id)


def session_(cycle: Cycle) -> Json:
    """A session as a write answers it."""
    parent_id = objective_json.parent_of(db.session, cycle)
    return session_json(cycle, accounts.of(cycle.organisation_id), parent_id)


def tag_of(version: int, attainment: Any) -> str:
    """What changes whenever a goal does, or what it came to."""
    return f"{version}.{attainment}"


def site() -> str:
    """The address of objectives' pages."""
    base: str = current_app.config["SETTINGS"].base_url
    return base.rstrip("/") + PAGE


def _expanded(wanted: Names) -> Names | None:
    """What of linked goals was asked for; None when they are not to be shown in full."""
    links = wanted.get("links")
    if links is None or "expanded" not in links:
        return None
    within = links["expanded"]
    if within is not None and "goals" not in within:
        return None
    return (within["goals"] if within is not None else None) or LINKED


def marking(session: AnySession, account: Account, formatting: str, texts: Iterable[str]) -> Callable[[str], str]:
    """What texts become; who is in the organisation is asked only when one of them may name somebody."""
    if formatting != MARKUP or not any("@" in text for text in texts):
        return plain
    mark = marker(objective_json.named(session, account.number))
    return lambda text: mark(plain(text))


def _texts(read: Collection[str], groups: Iterable[Sequence[AnyRow]]) -> Iterator[str]:
    """The texts of these rows that may name somebody, if such columns were read."""
    names = [name for name in NAMING if name in read]
    if names:
        for group in groups:
            for row in group:
                yield from (getattr(row, name, None) or "" for name in names)
