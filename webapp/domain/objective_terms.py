"""What a revision of an objective binds its owner to: its owner, its time and its key results (domain rules §6).

Name, description, tags, parent, curve and a key result's words are cosmetic and pass without reviewers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from webapp.domain.objectives import Operator
from webapp.domain.revisions import Difference

MEASURED = ("operator", "baseline", "target", "unit", "weight", "due")


@dataclass(frozen=True)
class KeyResultTerms:
    """One key result of a revision; `id` is its public id, `owner` the number of the person, None for the
    objective's."""

    id: str
    name: str
    operator: Operator
    baseline: Decimal
    target: Decimal
    unit: str
    weight: Decimal
    due: date | None = None
    description: str = ""
    owner: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The key result as it is kept."""
        return {
            "id": self.id,
            "name": self.name,
            "operator": self.operator,
            "baseline": str(self.baseline),
            "target": str(self.target),
            "unit": self.unit,
            "weight": str(self.weight),
            "due": self.due.isoformat() if self.due else None,
            "description": self.description,
            "owner": self.owner,
        }


@dataclass(frozen=True)
class ObjectiveTerms:
    """The terms of one revision of an objective; `owner` is the number of the person who answers for it,
    `team` that of the team whose it is, if it is one's."""

    title: str
    description: str
    owner: int
    cycle: int
    starts: date
    ends: date
    team: int | None = None
    key_results: tuple[KeyResultTerms, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The terms as they are kept."""
        return {
            "title": self.title,
            "description": self.description,
            "owner": self.owner,
            "cycle": self.cycle,
            "starts": self.starts.isoformat(),
            "ends": self.ends.isoformat(),
            "team": self.team,
            "key_results": [one.as_json() for one in self.key_results],
        }


@dataclass(frozen=True)
class KeyResultDifference:
    """A key result that is new (`before` None), gone (`after` None), or asks something else."""

    before: KeyResultTerms | None
    after: KeyResultTerms | None
    fields: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called, or was."""
        shown = self.after or self.before
        assert shown is not None
        return shown.name


@dataclass(frozen=True)
class ObjectiveDifferences:
    """Everything material that is not as it was."""

    terms: tuple[Difference, ...] = ()
    key_results: tuple[KeyResultDifference, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms or self.key_results)


def read(kept: Mapping[str, Any]) -> ObjectiveTerms:
    """The terms as they were kept."""
    return ObjectiveTerms(
        title=kept["title"],
        description=kept["description"],
        owner=kept["owner"],
        cycle=kept["cycle"],
        starts=date.fromisoformat(kept["starts"]),
        ends=date.fromisoformat(kept["ends"]),
        team=kept["team"],
        key_results=tuple(map(_key_result, kept["key_results"])),
    )


def differences(before: ObjectiveTerms, after: ObjectiveTerms) -> ObjectiveDifferences:
    """Every material term that is not as it was; key results in the order of `after`, those that are gone last."""
    fields = ("owner", "team", "cycle", "starts", "ends")
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in fields]
    terms = tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])
    stood = {one.id: one for one in before.key_results}
    found = []
    for one in after.key_results:
        was = stood.pop(one.id, None)
        changed = tuple(name for name in MEASURED if was is not None and getattr(was, name) != getattr(one, name))
        if was is None or changed:
            found.append(KeyResultDifference(was, one, changed))
    found += [KeyResultDifference(was, None) for was in stood.values()]
    return ObjectiveDifferences(terms, tuple(found))


def _key_result(kept: Mapping[str, Any]) -> KeyResultTerms:
    return KeyResultTerms(
        id=kept["id"],
        name=kept["name"],
        operator=Operator(kept["operator"]),
        baseline=Decimal(kept["baseline"]),
        target=Decimal(kept["target"]),
        unit=kept["unit"],
        weight=Decimal(kept["weight"]),
        due=date.fromisoformat(kept["due"]) if kept["due"] else None,
        description=kept["description"],
        owner=kept["owner"],
    )
