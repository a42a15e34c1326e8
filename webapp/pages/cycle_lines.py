"""Cycles in a list, and what copying one forward would make, before anybody does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.actions.cycle_copies import is_unfinished
from webapp.domain.objectives import CycleState
from webapp.extensions import db
from webapp.models import Cycle
from webapp.pages.cycle_words import reviewers_words, state_words
from webapp.pages.forms.cycles import CopyForm
from webapp.pages.objective_words import percent
from webapp.queries import cycle_copies, cycles
from webapp.queries.cycle_copies import Copied, Reach
from webapp.web.formats import day
from webapp.web.idempotency import new_nonce


@dataclass(frozen=True, slots=True)
class CycleLine:
    """One cycle in the list."""

    id: str
    title: str
    facts: str
    state: str
    is_open: bool
    size: int


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One objective that could be copied; `why_not` says why the viewer may not, `note` what would be otherwise."""

    id: str
    name: str
    facts: str
    chosen: bool
    why_not: str
    note: str


def line_of(cycle: Cycle, size: int, homes: Mapping[int, str]) -> CycleLine:
    """The cycle in words; of several organisations it is named with its own."""
    said = [lasts(cycle), ngettext("%(num)d objective", "%(num)d objectives", size), reviewers_words(cycle.reviewers)]
    if len(homes) > 1:
        said.insert(0, homes[cycle.organisation_id])
    is_open = cycle.state is CycleState.OPEN
    return CycleLine(cycle.public_id, cycle.title, " · ".join(said), state_words(cycle.state), is_open, size)


def lasts(cycle: Cycle) -> str:
    return _("%(first)s to %(last)s", first=day(cycle.starts), last=day(cycle.ends))


def copying(source: Cycle, form: CopyForm) -> dict[str, Any]:
    """What the page needs: open cycles to copy into, and each objective with what a copy of it would be."""
    others = cycles.listed(db.session, g.viewer, source.organisation_id)
    targets = [one for one in others if one.state is CycleState.OPEN and one.id != source.id]
    form.to.choices = [(one.public_id, f"{one.title}, {lasts(one)}") for one in targets]
    form.nonce.data = form.nonce.data or new_nonce()
    here = cycle_copies.people_here(db.session, source.organisation_id)
    reach = cycle_copies.reach_of(db.session, g.viewer, source.organisation_id)
    known = cycle_copies.copied_of(db.session, g.viewer, source)
    if form.unfinished.data:
        known = [one for one in known if is_unfinished(one)]
    lines = [copy_line(one, form, here, reach) for one in known]
    return {"source": source, "lasts": lasts(source), "form": form, "lines": lines, "targets": targets}


def copy_line(one: Copied, form: CopyForm, here: frozenset[str], reach: Reach) -> CopyLine:
    """An objective with why it cannot be copied, or what would be otherwise in the copy; all are ticked at first."""
    row, gone = one.row, one.row.owner_id not in here
    allowed = gone or reach.covers(row)
    count = ngettext("%(num)d key result", "%(num)d key results", len(one.key_results))
    said = [row.owner or _("Somebody who left"), count, percent(row.attainment)]
    why_not = note = ""
    if not allowed:
        why_not = _("%(name)s, their manager, their team's lead or an admin can copy this.", name=row.owner)
    elif gone:
        note = _("The owner is no longer here: the copy is yours.")
    chosen = allowed and (not form.is_submitted() or row.id in (form.chosen.data or ()))
    return CopyLine(row.id, row.name, " · ".join(said), chosen, why_not, note)
