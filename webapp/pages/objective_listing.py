"""What the lists of a cycle's objectives need: which of them are meant, and how they are shown."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from flask import g
from flask_babel import gettext as _

from webapp.domain.errors import NotFound
from webapp.domain.objectives import Pace
from webapp.extensions import db
from webapp.models import Cycle
from webapp.pages import objective_lines
from webapp.pages.cycle_words import state_words
from webapp.pages.forms.objective_filters import Asked, Sort, View
from webapp.pages.objective_branches import Drawn, Node, drawn, line_words, tree
from webapp.pages.objective_lines import Known, Line, open_to, words_for
from webapp.pages.objective_words import pace_words
from webapp.queries import cycles as cycle_queries
from webapp.queries import objective_tree as queries
from webapp.queries.cycles import today_in
from webapp.queries.objective_tree import Choices, Leaf, Status
from webapp.web.formats import day, region

Pair = tuple[Known, Line]
MOST = 500
"""So many objectives one page shows; filters lead to the others."""
FEW = 12
"""Of so many the key results are unfolded."""
WORST_FIRST = (Pace.OFF_TRACK, Pace.AT_RISK, Pace.OUTDATED, Pace.ON_TRACK, Pace.NOT_STARTED)


@dataclass(frozen=True, slots=True)
class Group:
    """The objectives of one person, with their mean progress of a hundred."""

    name: str
    lines: Sequence[Line]
    mean: int


def chosen(cycles: list[Cycle], asked: Asked) -> Cycle | None:
    """The cycle the address names, else the one to show first; None when there is none.
    Raises NotFound for one the viewer does not know."""
    named = next((one for one in cycles if one.public_id == asked.cycle), None)
    if asked.cycle and named is None:
        raise NotFound
    return named or cycle_queries.current(cycles, g.viewer)


def selects(asked: Asked, found: Choices) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """The filters to choose from, as (name, label, choices, what is chosen); one without a choice is left out."""
    states = [
        (Status.DRAFT.value, _("Draft")),
        (Status.IN_REVIEW.value, _("In review")),
        (Status.APPROVED.value, _("Approved")),
        (Status.UNREVIEWED.value, _("Unreviewed")),
        (Status.CLOSED.value, _("Closed")),
    ]
    offered = [
        ("owner", _("Owner"), [("", _("Everybody")), *found.owners], asked.owner),
        ("team", _("Team"), [("", _("All teams")), *found.teams], asked.team),
        ("tag", _("Tag"), [("", _("All tags")), *((title, title) for title in found.tags)], asked.tag),
        ("status", _("Review"), [("", _("Any")), *states], asked.status.value if asked.status else ""),
    ]
    return [one for one in offered if len(one[2]) > 1]


def named_cycles(cycles: list[Cycle]) -> list[tuple[str, str]]:
    """The cycles to choose from; where there are several organisations each is named with its own."""
    if len({one.organisation_id for one in cycles}) < 2:
        return [(one.public_id, one.title) for one in cycles]
    homes = queries.organisations_of(db.session, g.viewer)
    return [(one.public_id, f"{homes[one.organisation_id]}: {one.title}") for one in cycles]


def listing(cycle: Cycle, asked: Asked) -> dict[str, Any]:
    """What the page of a cycle needs, whichever of its lists is shown."""
    every = known(cycle, asked)
    meant = [one for one in every if asked.pace is None or one.is_(asked.pace)]
    tally = objective_lines.tally_of(every)
    return {
        "cycle": cycle,
        "lasts": _("%(first)s to %(last)s", first=day(cycle.starts), last=day(cycle.ends)),
        "asked": asked,
        "tally": tally,
        "views": view_links(asked),
        "paces": pace_links(asked, tally),
        "shown": len(meant),
        "left_out": max(0, len(meant) - MOST),
        "state_words": state_words(cycle.state),
        "silent_address": asked.address(pace=Pace.OUTDATED),
        "bare": Asked(cycle=asked.cycle, view=asked.view).address(),
        "line_words": line_words(region()),
        **LISTS[asked.view](shown_of(cycle, asked, meant[:MOST])),
    }


def known(cycle: Cycle, asked: Asked) -> list[Known]:
    """The objectives that are meant, at whatever pace, and where they stand today."""
    found = queries.branches(db.session, g.viewer, cycle, asked.wanted)
    return objective_lines.known(found, cycle, today_in(g.viewer, cycle))


def numbers_of(cycle: Cycle, asked: Asked) -> list[int]:
    """The numbers of the objectives that are meant."""
    return [one.branch.number for one in known(cycle, asked) if asked.pace is None or one.is_(asked.pace)]


def view_links(asked: Asked) -> list[tuple[str, str, bool]]:
    """The ways to show the same objectives: words, address, and whether it is this one."""
    words = {
        View.TREE: _("Tree"),
        View.TABLE: _("Table"),
        View.OWNERS: _("By owner"),
        View.REVIEWERS: _("By reviewer"),
    }
    return [(words[view], asked.address(view=view), view is asked.view) for view in View]


def pace_links(asked: Asked, tally: objective_lines.Tally) -> list[tuple[str, str, int, str, bool]]:
    """The lists by pace: pace, words, number, address, and whether it is this one."""
    links = [("", _("All"), tally.total, asked.address(pace=None), asked.pace is None)]
    for pace, words, number in tally.links:
        links.append((pace.value, words, number, asked.address(pace=pace), pace is asked.pace))
    if asked.pace is not None and asked.pace.value not in {link[0] for link in links}:
        links.append((asked.pace.value, pace_words(asked.pace), 0, asked.address(), True))
    return links


class Shown(NamedTuple):
    """The objectives a page shows, with their key results by number."""

    cycle: Cycle
    asked: Asked
    some: Sequence[Known]
    leaves: Mapping[int, Sequence[Leaf]]

    def lines(self) -> list[Pair]:
        """Each with its line, for lists in which nothing is done."""
        words = words_for(region(), reviewed=bool(self.cycle.reviewers))
        return [(one, words.line(one, self.leaves[one.branch.number])) for one in self.some]

    def nodes(self, here: Collection[int], *, is_open: bool, used: int = 0) -> dict[int, Node]:
        """Each as a tree shows it, by number; `here` are those on the page, and `used` stays open whatever the others
        do: the focus is in it."""
        words, found = words_for(region(), reviewed=bool(self.cycle.reviewers)), {}
        for one in self.some:
            branch = one.branch
            leaves, alone = tuple(self.leaves[branch.number]), branch.parent_number not in here
            may = open_to(g.viewer, self.cycle, branch, leaves)
            found[branch.number] = Node(drawn(Drawn(one, leaves, alone, is_open or branch.number == used, may, words)))
        return found


def shown_of(cycle: Cycle, asked: Asked, some: Sequence[Known]) -> Shown:
    """These objectives with their key results; one statement."""
    numbers = [one.branch.number for one in some]
    return Shown(cycle, asked, some, queries.leaves(db.session, g.viewer, cycle, numbers))


def as_tree(shown: Shown) -> dict[str, Any]:
    here = {one.branch.number for one in shown.some}
    return {"nodes": tree(shown.nodes(here, is_open=len(shown.some) <= FEW), shown.some)}


def as_table(shown: Shown) -> dict[str, Any]:
    asked, sort = shown.asked, SORTS[shown.asked.sort]
    ordered = sorted(shown.lines(), key=lambda pair: sort(pair[0]), reverse=asked.down)
    columns = {
        Sort.NAME: _("Objective"),
        Sort.OWNER: _("Owner"),
        Sort.PROGRESS: _("Progress"),
        Sort.PACE: _("Pace"),
        Sort.CONFIDENCE: _("Confidence"),
        Sort.CHECK_IN: _("Last check-in"),
    }
    heads = []
    for name, words in columns.items():
        here = name is asked.sort
        order = ("descending" if asked.down else "ascending") if here else ""
        heads.append((words, asked.address(sort=name, down=here and not asked.down), order))
    return {"lines": [line for _, line in ordered], "heads": heads}


def by_owner(shown: Shown) -> dict[str, Any]:
    whose = {one.branch.number: [(str(one.branch.owner_number), one.branch.owner)] for one in shown.some}
    return {"groups": groups_of(shown.lines(), whose, _("Somebody who left"))}


def by_reviewer(shown: Shown) -> dict[str, Any]:
    return {
        "groups": groups_of(
            shown.lines(), queries.reviewers(db.session, g.viewer, shown.cycle), _("Reviewed by nobody")
        )
    }


def groups_of(pairs: Sequence[Pair], whose: Mapping[int, Sequence[tuple[str, str]]], unnamed: str) -> list[Group]:
    """A group for each person by name; objectives of nobody come last, and one of several people stands with each."""
    groups: dict[tuple[bool, str, str], list[Pair]] = {}
    names: dict[str, str] = {}
    for one, line in pairs:
        objective_lines.name_parent(line, one.branch)
        for number, name in whose.get(one.branch.number) or [("", "")]:
            names[number] = name or unnamed
            groups.setdefault((not name, name.casefold(), number), []).append((one, line))
    return [
        Group(names[key[2]], [line for _, line in of_one], objective_lines.mean([one for one, _ in of_one]))
        for key, of_one in sorted(groups.items(), key=lambda group: group[0])
    ]


def after(cycle: Cycle, asked: Asked, number: int) -> dict[str, Any]:
    """What changes on a page when a key result of this objective does: it, those above it, and the tally."""
    every = known(cycle, asked)
    here = {one.branch.number: one for one in every}
    changed: list[Known] = []
    one: Known | None = here.get(number) or next(each for each in known(cycle, Asked()) if each.branch.number == number)
    while one is not None and one not in changed:
        changed.append(one)
        one = here.get(one.branch.parent_number or 0)
    nodes = shown_of(cycle, asked, changed).nodes(here, is_open=len(every) <= FEW, used=number)
    return {
        "nodes": [(each.branch.id, nodes[each.branch.number]) for each in changed],
        "tally": objective_lines.tally_of(every),
        "silent_address": asked.address(pace=Pace.OUTDATED),
    }


LISTS: dict[View, Callable[[Shown], dict[str, Any]]] = {
    View.TREE: as_tree,
    View.TABLE: as_table,
    View.OWNERS: by_owner,
    View.REVIEWERS: by_reviewer,
}
SORTS: dict[Sort, Callable[[Known], Any]] = {
    Sort.NAME: lambda one: one.branch.name.casefold(),
    Sort.OWNER: lambda one: ((one.branch.team or one.branch.owner).casefold(), one.branch.name.casefold()),
    Sort.PROGRESS: lambda one: one.position.actual,
    Sort.PACE: lambda one: (one.is_closed, WORST_FIRST.index(one.position.pace)),
    Sort.CONFIDENCE: lambda one: -1 if one.branch.confidence is None else one.branch.confidence,
    Sort.CHECK_IN: lambda one: one.branch.last_check_in or date.min,
}
