"""What the pages of many objectives can be told, all of it in the address: how to show which objectives."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from webapp.domain.objectives import Pace
from webapp.queries.objective_tree import Status, Wanted

LONGEST_SEARCH = 100
LONGEST_NAME = 200
"""So much of a name in the address is looked at."""


class View(StrEnum):
    TREE = "tree"
    TABLE = "table"
    OWNERS = "owners"
    REVIEWERS = "reviewers"


class Sort(StrEnum):
    """What the table can be sorted by."""

    NAME = "name"
    OWNER = "owner"
    PROGRESS = "progress"
    PACE = "pace"
    CONFIDENCE = "confidence"
    CHECK_IN = "check_in"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; `cycle` is a public id, empty for the current one."""

    cycle: str = ""
    view: View = View.TREE
    q: str = ""
    owner: str = ""
    team: str = ""
    tag: str = ""
    status: Status | None = None
    pace: Pace | None = None
    mine: bool = False
    sort: Sort = Sort.NAME
    down: bool = False

    @property
    def wanted(self) -> Wanted:
        """The filters that the database knows; pace follows from the date."""
        return Wanted(self.q, self.owner, self.team, self.tag, self.status, self.mine)

    @property
    def is_filtered(self) -> bool:
        return self.wanted != Wanted() or self.pace is not None

    def query(self, **changes: Any) -> str:
        """The part of an address that asks for this, with some of it changed; what is usual is left out."""
        wanted = replace(self, **changes)
        said = [(one.name, getattr(wanted, one.name), one.default) for one in fields(wanted)]
        return urlencode([(name, _written(value)) for name, value, usual in said if value != usual])

    def address(self, path: str = "/objectives", **changes: Any) -> str:
        query = self.query(**changes)
        return f"{path}?{query}" if query else path


def asked_of(values: Mapping[str, str]) -> Asked:
    """What an address asks for; what it does not know of is left out."""
    return Asked(
        cycle=values.get("cycle", "")[:LONGEST_NAME],
        view=_one_of(View, values.get("view")) or View.TREE,
        q=values.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
        owner=_name(values, "owner"),
        team=_name(values, "team"),
        tag=_name(values, "tag"),
        status=_one_of(Status, values.get("status")),
        pace=_one_of(Pace, values.get("pace")),
        mine=values.get("mine", "") not in ("", "0"),
        sort=_one_of(Sort, values.get("sort")) or Sort.NAME,
        down=values.get("down", "") not in ("", "0"),
    )


def _name(values: Mapping[str, str], name: str) -> str:
    return values.get(name, "").replace("\x00", "")[:LONGEST_NAME]


def _one_of(enum: Any, text: str | None) -> Any:
    return next((one for one in enum if one.value == text), None)


def _written(value: Any) -> str:
    return "1" if value is True else str(value)
