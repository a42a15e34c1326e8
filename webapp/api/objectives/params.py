"""Parameters of addresses, read strictly; those that nobody knows are ignored."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask import request

from webapp.api.body import Wrong
from webapp.api.objectives.members import GOAL_NAMES, LINKED
from webapp.api.objectives.mentions import MARKUP, PLAIN
from webapp.domain import projections
from webapp.domain.filters import Operator
from webapp.domain.projections import Names

AT_ONCE = 100
"""So many goals or groups are on one page, and so many ids in one list."""
LONGEST_WHOLE = 9
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WHOLE_NUMBER = {"type": "integer", "minimum": 0}
FORMATTING = {
    "type": "string",
    "enum": [MARKUP, PLAIN],
    "description": "How people are named in texts: @[Name:email:id], or @Name.",
}
FIELDS = {
    "type": "string",
    "description": "Names, and names within: name,metrics{name,attainment},links{expanded}",
    "examples": ["name,description"],
}
SORT = {"type": "string", "description": "Names, each with - before it to descend.", "examples": ["-name,dateCreated"]}
FILTER = {
    "type": "string",
    "description": "Relaxed JSON with $eq $ne $in $nin $gt $gte $lt $lte $regex $exists $and $or $not.",
    "examples": ['{name: {$in: ["sales", "marketing"]}}'],
}
IDS = {"type": "string", "description": "Ids with commas between them."}
FLAG = {"type": "string", "enum": ["true", "false"]}


class Page(NamedTuple):
    """Which part of a list is shown."""

    skip: int
    limit: int


def page(most: str = "limit") -> Page:
    """From skip and limit (groups: take); raises Wrong above 100 and for what is no whole number."""
    limit = whole_number(most, AT_ONCE)
    if limit > AT_ONCE:
        raise Wrong({most: [f"At most {AT_ONCE} at a time, please."]})
    return Page(whole_number("skip", 0), limit)


def whole_number(name: str, usual: int) -> int:
    said = request.args.get(name, "").strip()
    if not said:
        return usual
    if not (said.isascii() and said.isdigit() and len(said) <= LONGEST_WHOLE):
        raise Wrong({name: ["A whole number from 0 on, please."]})
    return int(said)


def formatting() -> str:
    """How texts name people."""
    said = request.args.get("formatting") or MARKUP
    if said not in (MARKUP, PLAIN):
        raise Wrong({"formatting": [f"{MARKUP} or {PLAIN}, please."]})
    return said


def flag(name: str) -> bool:
    """Whether something is asked for; not, when nothing is said."""
    said = (request.args.get(name) or "false").casefold()
    if said not in ("true", "false"):
        raise Wrong({name: ["true or false, please."]})
    return said == "true"


def ids(name: str) -> frozenset[str] | None:
    """The ids of a list with commas, None when there is none; what can be no id names nothing."""
    said = request.args.get(name)
    if said is None or not said.strip():
        return None
    items = said.split(",", AT_ONCE)
    if len(items) > AT_ONCE:
        raise Wrong({name: [f"At most {AT_ONCE} ids, please."]})
    return frozenset(item.strip() for item in items)


def day(name: str) -> date | None:
    """A date, None when nothing is said."""
    said = request.args.get(name)
    if not said:
        return None
    try:
        if _DAY.fullmatch(said):
            return date.fromisoformat(said)
    except ValueError:
        pass
    raise Wrong({name: ["A date as YYYY-MM-DD, please."]})


def comparison(name: str) -> tuple[Operator, Decimal] | None:
    """What ">0.5" or "<1" compares with, None when nothing is said; raises Invalid."""
    said = request.args.get(name)
    return projections.comparison(said, name) if said else None


def choice(name: str, choices: Mapping[str, Any]) -> Any:
    """What the word stands for, None when nothing is said."""
    said = request.args.get(name)
    if not said:
        return None
    if said not in choices:
        raise Wrong({name: [f"One of {', '.join(choices)}, please."]})
    return choices[said]


def fields(usual: Names = LINKED) -> Names:
    """The names that are asked for, the usual ones when nothing is said; raises Invalid."""
    said = request.args.get("fields")
    return projections.fields(said, GOAL_NAMES) if said and said.strip() else usual
