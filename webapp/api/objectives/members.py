"""What goals and metrics of the objectives contract consist of, name by name, and the columns each name is made of."""

from collections.abc import Mapping
from typing import Any

from webapp.api.objectives.pieces import (
    Json,
    Member,
    Parts,
    Wanted,
    build,
    instant,
    members_of,
    midnight,
    number,
    only,
)
from webapp.domain.goals import Lifecycle, Outcome
from webapp.domain.projections import Names

CONFIDENCE = ("confidence", "confidence_reason", "confidence_at", "confidence_by")
OWNER = ("owner_id", "owner", "owner_email")
TEAM = ("team_id", "team")


def _confidence(row: Any, parts: Parts, wanted: Wanted) -> Json | None:
    """How sure somebody is, None when nobody said."""
    if row.confidence is None:
        return None
    made = {
        "value": number(row.confidence),
        "reason": parts.mark(row.confidence_reason),
        "date": instant(row.confidence_at),
        "userId": row.confidence_by,
    }
    return only(made, wanted)


FORMER = "Former member"
"""What somebody who was erased is called."""


def person(public_id: str | None, name: str | None, email: str | None, parts: Parts) -> Json:
    """Somebody something is assigned to."""
    known = {"id": public_id or "", "accountId": parts.account.id, "name": name or FORMER, "email": email or ""}
    return {**known, "avatar": "", "type": "user"}


def _goal_assignee(row: Any, parts: Parts, wanted: Wanted) -> Json:
    if row.team_id is None:
        return only(person(row.owner_id, row.owner, row.owner_email, parts), wanted)
    team = {"id": row.team_id, "accountId": parts.account.id, "name": row.team, "email": "", "avatar": ""}
    return only({**team, "type": "team"}, wanted)


def closed_status(lifecycle: Lifecycle, outcome: Outcome | None) -> str:
    """The contract knows one word for all that was closed without being achieved."""
    if lifecycle is not Lifecycle.CLOSED:
        return "active"
    return "achieved" if outcome is Outcome.ACHIEVED else "abandoned"


def _links(row: Any, parts: Parts, wanted: Wanted) -> Json:
    """The objective above, those below, and these in full when `expanded` is asked for."""
    below = parts.children.get(row.number, ())
    made: Json = {"parent": row.parent_id or "", "children": [one.id for one in below]}
    if wanted is None:
        return made
    shown = {name: made[name] for name in made if name in wanted}
    if "expanded" in wanted:
        within = wanted["expanded"] or EXPANDED
        goals = members_of(GOAL, within["goals"] or LINKED) if "goals" in within else []
        full = {"goals": [build(goals, one, parts) for one in below], "tasks": []}
        shown["expanded"] = only(full, within)
    return shown


def _metrics(row: Any, parts: Parts, wanted: Wanted) -> list[Json]:
    members = members_of(METRIC, wanted or METRIC_NAMES)
    return [build(members, one, parts) for one in parts.metrics.get(row.number, ())]


METRIC: Mapping[str, Member] = {
    "id": Member(("id",), lambda row, parts, wanted: row.id),
    "name": Member(("name",), lambda row, parts, wanted: row.name),
    "description": Member(("description",), lambda row, parts, wanted: parts.mark(row.description)),
    "goalId": Member(("of_goal",), lambda row, parts, wanted: row.of_goal),
    "ownerId": Member(("owner_id",), lambda row, parts, wanted: row.owner_id or ""),
    "assignee": Member(
        OWNER,
        lambda row, parts, wanted: only(person(row.owner_id, row.owner, row.owner_email, parts), wanted),
    ),
    "initialValue": Member(("baseline",), lambda row, parts, wanted: number(row.baseline)),
    "target": Member(("target",), lambda row, parts, wanted: number(row.target)),
    "actual": Member(("actual",), lambda row, parts, wanted: number(row.actual)),
    "attainment": Member(("attainment",), lambda row, parts, wanted: number(row.attainment) or 0),
    "targetOperator": Member(("operator",), lambda row, parts, wanted: row.operator.value),
    "confidence": Member(CONFIDENCE, _confidence),
    "dueDate": Member(("due",), lambda row, parts, wanted: midnight(row.due)),
    "lastCheckInDate": Member(("last_check_in",), lambda row, parts, wanted: midnight(row.last_check_in)),
    "weight": Member(("weight",), lambda row, parts, wanted: number(row.weight)),
    "sessionId": Member(("of_cycle",), lambda row, parts, wanted: row.of_cycle),
}
GOAL: Mapping[str, Member] = {
    "id": Member(("id",), lambda row, parts, wanted: row.id),
    "accountId": Member((), lambda row, parts, wanted: parts.account.id),
    "name": Member(("name",), lambda row, parts, wanted: row.name),
    "description": Member(("description",), lambda row, parts, wanted: parts.mark(row.description)),
    "url": Member(("id",), lambda row, parts, wanted: parts.site + row.id),
    "ownerId": Member(("owner_id",), lambda row, parts, wanted: row.owner_id),
    "ownerIds": Member(
        ("owner_id", "team_id"),
        lambda row, parts, wanted: [row.owner_id] if row.team_id is None else [row.owner_id, row.team_id],
    ),
    "assignee": Member((*OWNER, *TEAM), _goal_assignee),
    "sessionId": Member(("cycle_id",), lambda row, parts, wanted: row.cycle_id),
    "parentId": Member(("parent_id",), lambda row, parts, wanted: row.parent_id or ""),
    "dateCreated": Member(("created_at",), lambda row, parts, wanted: instant(row.created_at)),
    "dateFrom": Member(("starts",), lambda row, parts, wanted: midnight(row.starts)),
    "dateTo": Member(("ends",), lambda row, parts, wanted: midnight(row.ends)),
    "attainment": Member(("attainment",), lambda row, parts, wanted: number(row.attainment)),
    "closedStatus": Member(
        ("lifecycle", "outcome"),
        lambda row, parts, wanted: only({"status": closed_status(row.lifecycle, row.outcome)}, wanted),
    ),
    "status": Member(
        ("review_state",),
        lambda row, parts, wanted: row.review_state.value if row.review_state is not None else "draft",
    ),
    "revision": Member(("revision",), lambda row, parts, wanted: row.revision),
    "confidence": Member(CONFIDENCE, _confidence),
    "tags": Member(
        (),
        lambda row, parts, wanted: [{"title": title} for title in parts.tags.get(row.number, ())],
        parts="tags",
    ),
    "reviewers": Member(
        (),
        lambda row, parts, wanted: [only(reviewer(one), wanted) for one in parts.reviewers.get(row.number, ())],
        parts="reviewers",
    ),
    "metrics": Member((), _metrics, parts="metrics"),
    "links": Member(("parent_id",), _links, parts="children"),
}


def reviewer(row: Any) -> Json:
    """Somebody who was asked, and what they said so far."""
    verdict = row.verdict.value if row.verdict is not None else None
    return {"id": row.public_id, "name": row.name, "verdict": verdict, "date": instant(row.decided_at)}


METRIC_CONFIDENCE: Names = dict.fromkeys(("value", "reason", "date", "userId"))
ASSIGNEE: Names = dict.fromkeys(("id", "accountId", "name", "email", "avatar", "type"))
_WITHIN: Names = {
    "assignee": ASSIGNEE,
    "confidence": METRIC_CONFIDENCE,
    "closedStatus": {"status": None},
    "tags": {"title": None},
    "reviewers": dict.fromkeys(("id", "name", "verdict", "date")),
}
METRIC_NAMES: Names = {name: _WITHIN.get(name) for name in METRIC}
LINKED: Names = {name: _WITHIN.get(name) for name in GOAL if name not in ("metrics", "links")}
"""What a goal says of itself, without what belongs to it."""
EXPANDED: Names = {"goals": LINKED, "tasks": None}
GOAL_NAMES: Names = {
    **LINKED,
    "metrics": METRIC_NAMES,
    "links": {"parent": None, "children": None, "expanded": EXPANDED},
}
"""Everything that may be asked for."""
