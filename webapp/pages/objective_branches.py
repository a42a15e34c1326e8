"""The tree of objectives: each with those that serve it below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from flask import get_template_attribute
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from webapp.pages.objective_lines import Known, Words, name_parent
from webapp.queries.objective_tree import Leaf
from webapp.web.formats import region

KEPT = 2_000
"""So many drawn objectives are kept by the process, about two kilobytes each."""


class LineWords(NamedTuple):
    """Words of the markup of lines, translated once."""

    serves: str
    due: str
    check_in: str


@dataclass(slots=True)
class Node:
    """An objective as it is drawn, and those that serve it; `below` says in words how many."""

    html: Markup
    children: list["Node"] = field(default_factory=list)
    below: str = ""


class Drawn(NamedTuple):
    """All that the drawing of an objective follows from; `open_to` are the key results the viewer may check in."""

    one: Known
    leaves: tuple[Leaf, ...]
    alone: bool
    """Whether what it serves is named, not being shown above it."""
    is_open: bool
    open_to: tuple[str, ...]
    words: Words


@lru_cache(maxsize=50)
def line_words(language: str) -> LineWords:
    """What the markup of lines says again and again, in the language of this request."""
    return LineWords(
        serves=_("serves"),
        due=_("of"),
        check_in=_("Check in"),
    )


@lru_cache(maxsize=KEPT)
def drawn(all_of_it: Drawn) -> Markup:
    """The objective as it is drawn. All members see the same of it, and most has not changed since somebody looked
    last: that is drawn once."""
    line = all_of_it.words.line(all_of_it.one, all_of_it.leaves, all_of_it.open_to)
    if all_of_it.alone:
        name_parent(line, all_of_it.one.branch)
    draw = get_template_attribute("objectives/_lines.html", "objective")
    markup: Markup = draw(line, all_of_it.is_open, line_words(region()))
    return markup


def tree(nodes: Mapping[int, Node], some: Sequence[Known]) -> list[Node]:
    """The nodes, by the objectives' numbers, put below what they serve; what serves nothing shown is a root."""
    roots: list[Node] = []
    for one in some:
        above = nodes.get(one.branch.parent_number) if one.branch.parent_number is not None else None
        (roots if above is None else above.children).append(nodes[one.branch.number])
    for each in nodes.values():
        if number := len(each.children):
            each.below = ngettext("%(num)d objective below", "%(num)d objectives below", number)
    return roots
