"""What programs write of goals, key results and sessions, in the terms of the rules.

What a body says just as the caller was shown it is no change: clients post whole objects back.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from webapp.api.body import Wrong, check
from webapp.api.dates import day_of
from webapp.api.objectives.mentions import plain
from webapp.api.objectives.write_schemas import GoalNew, GoalPatch, MetricNew, MetricWrite, SessionPatch
from webapp.domain.errors import Invalid, Problem
from webapp.domain.objective_drafts import CycleDraft, KeyResultDraft, ObjectiveDraft
from webapp.domain.objectives import Cadence, Operator

Json = Mapping[str, Any]
GOAL = {
    "cycle": "sessionId",
    "owner": "ownerId",
    "team": "assignee",
    "parent": "parentId",
    "starts": "dateFrom",
    "ends": "dateTo",
    "key_results": "metrics",
    "operator": "targetOperator",
    "baseline": "initialValue",
    "due": "dueDate",
}
"""The contract's words for the rules' fields of a goal and of its key results."""
SESSION = {
    "starts": "start",
    "ends": "end",
    "zone": "cadenceTimeZone",
    "cadence": "cadenceType",
    "reviewers": "workflow.reviewers",
    "parent": "parentId",
}
CHECK_IN = {"day": "checkInDate"}
NO_SUCH_METRIC = "This goal has no such metric."


@contextmanager
def said_in(names: Mapping[str, str], *, places: Mapping[str, str] | None = None, below: str = "") -> Iterator[None]:
    """Problems of the rules stand at the contract's names; `places` says what parts of their places are called, and
    `below` where all of them stand."""
    try:
        yield
    except Invalid as error:
        moved = [f"{below}.{_moved(one.field, places or {})}".strip(".") for one in error.problems]
        fields = [".".join(names.get(step, step) for step in field.split(".")) for field in moved]
        pairs = zip(fields, error.problems, strict=True)
        raise Invalid([Problem(field, one.code, one.params) for field, one in pairs]) from None


def unwrapped(value: Any, name: str) -> Any:
    """What stands in the body, also in an object of this name, as the publication's generator wraps it."""
    for _ in range(2):
        if isinstance(value, dict) and name in value:
            value = value[name]
    return value


def goal_inside(value: Any) -> Any:
    """The goal of a body, which may stand in an object `{"goal": …}`."""
    return value["goal"] if isinstance(value, dict) and "goal" in value else value


def new_goal(sent: GoalNew, zone: str) -> ObjectiveDraft:
    """The objective that is asked for; instants are dates in the zone."""
    team = sent.assignee.id if sent.assignee is not None and sent.assignee.type == "team" else None
    return ObjectiveDraft(
        name=sent.name,
        cycle=sent.sessionId,
        owner=sent.ownerId,
        team=team,
        parent=sent.parentId or None,
        description=plain(sent.description or ""),
        starts=day_of(sent.dateFrom, zone),
        ends=day_of(sent.dateTo, zone),
        tags=tuple(one.title for one in sent.tags or ()),
        key_results=tuple(new_metric(one, zone) for one in sent.metrics or ()),
    )


def new_metric(sent: MetricWrite, zone: str) -> KeyResultDraft:
    """The key result that is asked for."""
    blank = KeyResultDraft(name="", target=None)
    return _with(blank, sent, sent.sent - {"id"}, zone)


def goal_as_sent(
    stood: ObjectiveDraft, sent: GoalPatch, value: Json, shown: Json, zone: str
) -> tuple[ObjectiveDraft, dict[str, str]]:
    """The objective with what the body says otherwise than it was shown, and where the body has its key results."""
    new = otherwise(value, shown) & sent.sent
    said: dict[str, Any] = {}
    if "name" in new:
        said["name"] = sent.name
    if "description" in new:
        said["description"] = plain(sent.description or "")
    if "sessionId" in new:
        said["cycle"] = sent.sessionId
    if "parentId" in new:
        said["parent"] = sent.parentId or None
    if "tags" in new:
        said["tags"] = tuple(one.title for one in sent.tags or ())
    if "dateFrom" in new:
        said["starts"] = day_of(sent.dateFrom, zone)
    if "dateTo" in new:
        said["ends"] = day_of(sent.dateTo, zone)
    if "assignee" in new:
        said |= _assigned(sent, shown)
    if "ownerId" in new:
        said["owner"] = sent.ownerId
    places: dict[str, str] = {}
    if sent.metrics is not None and "metrics" in new:
        said["key_results"], places = _merged(stood.key_results, sent.metrics, value["metrics"], shown, zone)
    return replace(stood, **said), places


def metric_as_sent(stood: KeyResultDraft, sent: MetricWrite, value: Json, shown: Json, zone: str) -> KeyResultDraft:
    """The key result with what the body says otherwise than it was shown."""
    return _with(stood, sent, otherwise(value, shown) & sent.sent - {"id"}, zone)


def session_as_sent(stood: CycleDraft, sent: SessionPatch, new: frozenset[str]) -> CycleDraft:
    """The cycle with these fields as they were sent."""
    said: dict[str, Any] = {}
    zone = sent.cadenceTimeZone if "cadenceTimeZone" in new and sent.cadenceTimeZone is not None else stood.zone
    if "title" in new:
        said["title"] = sent.title
    if "start" in new:
        said["starts"] = day_of(sent.start, zone)
    if "end" in new:
        said["ends"] = day_of(sent.end, zone)
    if "cadenceType" in new and sent.cadenceType is not None:
        said["cadence"] = Cadence(sent.cadenceType)
    if "workflow" in new and (sent.workflow is None or "reviewers" in sent.workflow.sent):
        said["reviewers"] = (sent.workflow.reviewers or 0) if sent.workflow else 0
    if "parentId" in new:
        said["parent"] = sent.parentId or None
    return replace(stood, zone=zone, **said)


def otherwise(value: Json, shown: Json) -> frozenset[str]:
    """The names of what the body says that was not shown just so."""
    return frozenset(name for name, one in value.items() if name not in shown or one != shown[name])


def _assigned(sent: GoalPatch, shown: Json) -> dict[str, Any]:
    """Whose it is: a team's, or a person's alone."""
    if sent.assignee is None:
        return {"team": None}
    there = shown.get("assignee") or {}
    if (sent.assignee.id, sent.assignee.type) == (there.get("id"), there.get("type")):
        return {}
    if sent.assignee.type == "team":
        return {"team": sent.assignee.id}
    return {"team": None, "owner": sent.assignee.id}


def _with(stood: KeyResultDraft, sent: MetricWrite, new: frozenset[str], zone: str) -> KeyResultDraft:
    said: dict[str, Any] = {}
    if "name" in new:
        said["name"] = sent.name
    if "description" in new:
        said["description"] = plain(sent.description or "")
    if "target" in new:
        said["target"] = sent.target
    if "initialValue" in new:
        said["baseline"] = Decimal(0) if sent.initialValue is None else sent.initialValue
    if "targetOperator" in new:
        said["operator"] = Operator(sent.targetOperator)
    if "weight" in new:
        said["weight"] = Decimal(1) if sent.weight is None else sent.weight
    if "dueDate" in new:
        said["due"] = day_of(sent.dueDate, zone)
    if "assignee" in new and (sent.assignee is None or sent.assignee.type == "user"):
        said["owner"] = sent.assignee.id if sent.assignee else None
    if "ownerId" in new:
        said["owner"] = sent.ownerId
    return replace(stood, **said)


def _merged(
    stood: Sequence[KeyResultDraft], sent: Sequence[MetricWrite], values: Sequence[Json], shown: Json, zone: str
) -> tuple[tuple[KeyResultDraft, ...], dict[str, str]]:
    """The key results that were there, changed where they are named, and the new ones after them."""
    merged = list(stood)
    there = {one.id: place for place, one in enumerate(stood)}
    before = {one["id"]: one for one in shown["metrics"]}
    places, words = {}, {}
    for number, (one, value) in enumerate(zip(sent, values, strict=True)):
        if one.id is None:
            _refuse_unfinished(number, value)
            place = len(merged)
            merged.append(new_metric(one, zone))
        elif one.id in there:
            place = there[one.id]
            merged[place] = metric_as_sent(merged[place], one, value, before[one.id], zone)
        else:
            words[f"metrics.{number}.id"] = [NO_SUCH_METRIC]
            continue
        places[f"key_results.{place}"] = f"metrics.{number}"
    if words:
        raise Wrong(words)
    return tuple(merged), places


def _refuse_unfinished(number: int, value: Json) -> None:
    """Raises Wrong for a new key result that lacks what one needs."""
    try:
        check(MetricNew, value)
    except Wrong as error:
        raise Wrong({f"metrics.{number}.{field}": words for field, words in error.words.items()}) from None


def _moved(field: str, places: Mapping[str, str]) -> str:
    """The place of a problem as the body has it."""
    for place, called in places.items():
        if field == place or field.startswith(f"{place}."):
            return f"{called}{field.removeprefix(place)}".strip(".")
    return field
