"""Cycles: the periods of objectives, what they ask for, and copying one forward."""

from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.actions import cycle_copies
from webapp.actions import cycles as actions
from webapp.actions.cycle_copies import CopyDraft
from webapp.domain.errors import Invalid, Refused
from webapp.domain.objectives import CycleState
from webapp.domain.people import Role
from webapp.domain.policy import Permission, allows
from webapp.extensions import db
from webapp.models import Cycle
from webapp.pages import cycle_lines
from webapp.pages.cycle_words import reviewers_meaning, reviewers_words, state_meaning, state_words
from webapp.pages.forms.cycles import CopyForm, CycleForm
from webapp.pages.objective_words import cadence_words
from webapp.pages.respond import onward, page
from webapp.queries import cycles as queries
from webapp.queries import objective_tree
from webapp.web.idempotency import answered, keep
from webapp.web.policies import signed_in

bp = Blueprint("cycles", __name__, url_prefix="/objectives/cycles")


@bp.get("")
@signed_in
def index() -> str:
    """Every cycle of the viewer's organisations, the latest first."""
    cycles = queries.listed(db.session, g.viewer)
    sizes = objective_tree.sizes(db.session, g.viewer, cycles)
    homes = objective_tree.organisations_of(db.session, g.viewer)
    lines = [cycle_lines.line_of(one, sizes.get(one.id, 0), homes) for one in cycles]
    return page("cycles/index.html", lines=lines, admin=g.viewer.has(Role.ADMIN), member=bool(g.viewer.roles))


@bp.get("/new")
@signed_in
def new() -> str:
    """The form of a new cycle."""
    return page("cycles/new.html", **new_form(administered()))


@bp.post("")
@signed_in
def create() -> Any:
    """The cycle is open."""
    homes = administered()
    shown = new_form(homes)
    form = shown["form"]
    if there := answered(form.nonce.data):
        return onward(there)
    home = next((number for number in homes if str(number) == form.organisation.data), min(homes))
    try:
        cycle = actions.create(db.session, g.viewer, home, form.draft())
    except Invalid as invalid:
        form.absorb(invalid)
        return page("cycles/new.html", **shown), 422
    keep(form.nonce.data, there := url_for("objectives.index", cycle=cycle.public_id))
    flash(_("The cycle is open."))
    return onward(there)


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> str:
    """One cycle: a form for who administers its organisation, facts for everybody else."""
    cycle = queries.find(db.session, g.viewer, public_id)
    return page("cycles/show.html", **about(cycle))


@bp.post("/<public_id>")
@signed_in
def change(public_id: str) -> Any:
    """The cycle is as the form says."""
    cycle = queries.find(db.session, g.viewer, public_id, lock=True)
    shown = about(cycle)
    form = shown["form"]
    try:
        if form is None:
            raise Refused("not_yours")
        actions.change(db.session, g.viewer, cycle, form.draft(), form.wanted_state(), seen=form.seen())
    except Invalid as invalid:
        form.absorb(invalid)
        return page("cycles/show.html", **shown), 422
    flash(_("Saved."))
    return onward(url_for(".show", public_id=public_id))


@bp.get("/<public_id>/copy")
@signed_in
def copy(public_id: str) -> str:
    """Which objectives of the cycle could go on in another, and how."""
    source = queries.find(db.session, g.viewer, public_id)
    return page("cycles/copy.html", **cycle_lines.copying(source, CopyForm(formdata=request.args)))


@bp.post("/<public_id>/copy")
@signed_in
def copied(public_id: str) -> Any:
    """The chosen objectives go on in the other cycle."""
    source, form = queries.find(db.session, g.viewer, public_id), CopyForm()
    if there := answered(form.nonce.data):
        return onward(there)
    draft = CopyDraft(form.chosen.data or (), bool(form.unfinished.data), bool(form.go_on.data))
    try:
        target = queries.find(db.session, g.viewer, form.to.data or "", lock=True)
        made = cycle_copies.copy_forward(db.session, g.viewer, source, target, draft)
    except Invalid as invalid:
        form.absorb(invalid)
        return page("cycles/copy.html", **cycle_lines.copying(source, form)), 422
    keep(form.nonce.data, there := url_for("objectives.index", cycle=target.public_id))
    flash(ngettext("%(num)d objective copied.", "%(num)d objectives copied.", len(made)))
    return onward(there)


def administered() -> dict[int, str]:
    """The organisations the viewer administers, by number; raises Refused for who administers none."""
    mine = {organisation for organisation, role in g.viewer.roles if role is Role.ADMIN}
    if not mine:
        raise Refused("not_yours")
    homes = objective_tree.organisations_of(db.session, g.viewer)
    return {number: name for number, name in homes.items() if number in mine}


def new_form(homes: dict[int, str]) -> dict[str, Any]:
    """What the page of a new cycle needs."""
    form = CycleForm(g.viewer.zone, queries.listed(db.session, g.viewer))
    form.organisation.choices = [(str(number), name) for number, name in homes.items()]
    return {"form": form, "reviewers": [reviewers_meaning(number) for number in range(3)]}


def about(cycle: Cycle) -> dict[str, Any]:
    """What the page of a cycle needs; its form is None for who may not change it."""
    form, above = None, queries.listed(db.session, g.viewer, cycle.organisation_id)
    if allows(g.viewer, Permission.CYCLE_CHANGE, queries.facts_of(cycle)):
        form = CycleForm(cycle.zone, above, cycle)
    parent = next((one.title for one in above if one.id == cycle.parent_id), "")
    facts = [
        (_("State"), f"{state_words(cycle.state)}. {state_meaning(cycle.state)}"),
        (_("Review"), f"{reviewers_words(cycle.reviewers)}. {reviewers_meaning(cycle.reviewers)}"),
        (_("A check-in is due"), cadence_words(cycle.cadence)),
        (_("Time zone"), cycle.zone),
        *([(_("Part of"), parent)] if parent else []),
    ]
    states = [(state_words(state), state_meaning(state)) for state in CycleState]
    reviewers = [reviewers_meaning(number) for number in range(3)]
    return {"cycle": cycle, "form": form, "facts": facts, "states": states, "reviewers": reviewers} | {
        "lasts": cycle_lines.lasts(cycle)
    }
