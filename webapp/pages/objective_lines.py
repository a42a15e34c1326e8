"""Objectives as the lines of trees, tables and groups, every word of them made before a template shows it."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.goals import Lifecycle, ReviewState
from webapp.domain.objectives import ALL, CycleState, Operator, Pace, Position
from webapp.domain.people import Viewer
from webapp.models import Cycle
from webapp.pages.objective_words import PACE_ICONS, measure, over_words, pace_words, share, target_words
from webapp.queries.objective_tree import Branch, Leaf, Status
from webapp.web.formats import day

ORDER = (Pace.ON_TRACK, Pace.AT_RISK, Pace.OFF_TRACK, Pace.OUTDATED, Pace.NOT_STARTED)


class Part(NamedTuple):
    """A key result below its objective; `may` is whether the viewer may say now how it stands."""

    id: str
    name: str
    owner: str
    value: str
    percent: int
    may: bool


@dataclass(slots=True)
class Line:
    """An objective; `due` and `percent` are where it should be and is, of a hundred."""

    number: int
    id: str
    name: str
    facts: str
    who: str
    confidence: str
    last: str
    last_day: str
    pace: str
    pace_words: str
    icon: str
    percent: int
    due: int
    shown: str
    due_shown: str
    silent: bool
    state: str
    count: str
    parts: list[Part]
    under: str = ""
    """What it serves, where that is not shown above it."""
    under_id: str = ""


class Known(NamedTuple):
    """An objective and where it stands today."""

    branch: Branch
    position: Position

    @property
    def is_closed(self) -> bool:
        return self.branch.lifecycle is Lifecycle.CLOSED

    def is_(self, pace: Pace) -> bool:
        """Whether a list of this pace shows it: of the silent ones every one, also those that are late as well."""
        if self.is_closed:
            return False
        return self.position.outdated if pace is Pace.OUTDATED else self.position.pace is pace


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a list there are of each kind: `shares` are (pace, words, number, where its piece of a bar a
    thousand wide begins and ends), `links` (pace, words, number) of the lists that can be asked for."""

    total: int
    shares: Sequence[tuple[str, str, int, int, int]]
    links: Sequence[tuple[Pace, str, int]]
    silent: str


def known(branches: Iterable[Branch], cycle: Cycle, today: date) -> list[Known]:
    """Where each of the objectives stands today."""
    return [Known(one, one.position(cycle.cadence, today)) for one in branches]


def tally_of(some: Sequence[Known]) -> Tally:
    """The list as a picture and in words."""
    live = [one for one in some if not one.is_closed]
    paces = Counter(one.position.pace for one in live)
    silent = sum(one.position.outdated for one in live)
    counts = [(pace.value, pace_words(pace), paces[pace]) for pace in ORDER if paces[pace]]
    if closed := len(some) - len(live):
        counts.append(("closed", _("closed"), closed))
    shares, at = [], 0
    for name, words, number in counts:
        begin, at = at, at + number
        shares.append((name, words, number, round(1000 * begin / len(some)), round(1000 * at / len(some))))
    links = [(pace, pace_words(pace), silent if pace is Pace.OUTDATED else paces[pace]) for pace in ORDER]
    said = ngettext(
        "%(num)d is silent: nobody checked in for three days beyond the date it was due.",
        "%(num)d are silent: nobody checked in for three days beyond the date it was due.",
        silent,
    )
    return Tally(len(some), shares, [one for one in links if one[2]], said if silent else "")


class Words:
    """What lines say again and again, worded once for a language; `reviewed`: whether their cycle asks for reviews."""

    def __init__(self, *, reviewed: bool) -> None:
        pattern = _("%(number)s %%", number="{}")
        self.percents = [pattern.format(number) for number in range(101)]
        self.paces = {pace: pace_words(pace) for pace in Pace}
        self.states = {
            Status.DRAFT: _("draft"),
            Status.IN_REVIEW: _("in review"),
            Status.UNREVIEWED: _("unreviewed") if reviewed else "",
            Status.APPROVED: "",
            Status.CLOSED: _("closed"),
        }
        self.other = _("{value}, asked {target}, {percent}")
        self.value, self.beyond = _("{value} of {target}, {percent}"), _("{value}, {over}")
        self.unmeasured = _("not measured yet, asked {target}")
        self.last, self.never = _("checked in {day}"), _("never checked in")
        self.sure, self.team = _("{percent} sure"), _("{team}, {owner}")
        self.nobody = _("Somebody who left")

    def line(self, one: Known, leaves: Sequence[Leaf], open_to: Collection[str] = ()) -> Line:
        """An objective with its key results, without what it serves; `open_to` the viewer's check-ins are the key
        results of these public ids."""
        branch, stands = one
        reached, due = share(stands.actual), share(stands.expected)
        pace, words, icon = stands.pace.value, self.paces[stands.pace], PACE_ICONS[stands.pace]
        if one.is_closed:
            pace, words, icon = "closed", self.states[Status.CLOSED], "archive"
        owner = branch.owner or self.nobody
        who = self.team.format(team=branch.team, owner=owner) if branch.team else owner
        sure = branch.confidence
        confidence = "" if sure is None else self.sure.format(percent=self.percents[share(sure)])
        last_day = day(branch.last_check_in, "d MMM") if branch.last_check_in else ""
        last = self.last.format(day=last_day) if last_day else self.never
        return Line(
            number=branch.number,
            id=branch.id,
            name=branch.name,
            facts=" · ".join((who, last, confidence) if confidence else (who, last)),
            who=who,
            confidence=confidence,
            last=last,
            last_day=last_day,
            pace=pace,
            pace_words=words,
            icon=icon,
            percent=reached,
            due=due,
            shown=self.percents[reached],
            due_shown=self.percents[due],
            silent=stands.outdated,
            state="" if one.is_closed else self.states[branch.status],
            count=ngettext("%(num)d key result", "%(num)d key results", len(leaves)),
            parts=[self.part(leaf, branch, may=leaf.id in open_to) for leaf in leaves],
        )

    def part(self, leaf: Leaf, branch: Branch, *, may: bool) -> Part:
        reached = 0
        rises = leaf.operator is Operator.AT_LEAST and leaf.target >= leaf.baseline
        if leaf.actual is None or leaf.attainment is None:
            target = target_words(leaf.operator, leaf.baseline, leaf.target, leaf.unit)
            value = self.unmeasured.format(target=target)
        else:
            reached = share(leaf.attainment)
            target = measure(leaf.target, leaf.unit)
            if not rises:
                target = target_words(leaf.operator, leaf.baseline, leaf.target, leaf.unit)
            actual, pattern = measure(leaf.actual, ""), self.value if rises else self.other
            value = pattern.format(value=actual, target=target, percent=self.percents[reached])
            if leaf.attainment > ALL:
                value = self.beyond.format(value=value, over=over_words(leaf.attainment))
        owner = ""
        if leaf.owner_number is not None and leaf.owner_number != branch.owner_number:
            owner = leaf.owner or self.nobody
        return Part(leaf.id, leaf.name, owner, value, reached, may)


@lru_cache(maxsize=50)
def words_for(language: str, *, reviewed: bool) -> Words:
    """The words of lines in the language of this request."""
    return Words(reviewed=reviewed)


def open_to(viewer: Viewer, cycle: Cycle, branch: Branch, leaves: Sequence[Leaf]) -> tuple[str, ...]:
    """The key results of this objective of which the viewer may say now how they stand, by their public ids."""
    owns = viewer.id == branch.owner_number
    theirs = tuple(one.id for one in leaves if owns or one.owner_number == viewer.id)
    free = branch.review_state in (None, ReviewState.APPROVED) and branch.lifecycle is not Lifecycle.CLOSED
    return theirs if free and cycle.state is not CycleState.CLOSED else ()


def name_parent(line: Line, branch: Branch) -> Line:
    """The line says what it serves."""
    line.under, line.under_id = branch.parent or "", branch.parent_id or ""
    return line


def mean(some: Sequence[Known]) -> int:
    """The mean progress of a group, of a hundred."""
    return share(sum((one.position.actual for one in some), Decimal(0)) / len(some)) if some else 0
