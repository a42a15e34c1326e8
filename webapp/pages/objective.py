"""One objective: how far it is and why, what it asks for, and putting it away."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, url_for
from flask_babel import gettext as _

from webapp.actions import objectives as actions
from webapp.domain.goals import Lifecycle, ReviewState
from webapp.domain.objectives import CycleState
from webapp.domain.reviews import CYCLES, Act, Part, Stage
from webapp.extensions import db
from webapp.pages.forms.check_ins import CheckInForm
from webapp.pages.goal_comments import comments_of
from webapp.pages.goal_review import panel_of
from webapp.pages.objective_figures import figures_of, lines_of
from webapp.pages.objective_words import curve_words, percent, roll_up_words
from webapp.pages.respond import onward, page, say
from webapp.queries import objective_page, objectives
from webapp.queries import reviews as review_queries
from webapp.queries.objective_page import Shown
from webapp.queries.objective_why import Ledger
from webapp.queries.reviews import Standing
from webapp.web.formats import amount, day
from webapp.web.policies import signed_in

bp = Blueprint("objective", __name__, url_prefix="/objectives")


@dataclass(frozen=True, slots=True)
class Child:
    """An objective that serves this one."""

    id: str
    name: str
    percent: str
    left_out: bool


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> Any:
    """One objective, its key results, and what was decided and said of it."""
    return shown_page(objective_page.shown(db.session, g.viewer, public_id))


@bp.post("/<public_id>/delete")
@signed_in
def delete(public_id: str) -> Any:
    """Delete the objective; the message offers to take it back."""
    found = objectives.find(db.session, g.viewer, public_id, lock=True)
    actions.delete(db.session, g.viewer, found)
    undo = {"action": url_for(".undelete", public_id=public_id), "fields": {}}
    say(_("The objective is deleted, with its key results and check-ins."), undo)
    return onward(url_for("objectives.index", cycle=found.cycle.public_id))


@bp.post("/<public_id>/undelete")
@signed_in
def undelete(public_id: str) -> Any:
    """Take a deletion back."""
    actions.undelete(db.session, g.viewer, objectives.find_deleted(db.session, g.viewer, public_id))
    say(_("Everything is back."))
    return onward(url_for(".show", public_id=public_id))


def shown_page(shown: Shown, typed: CheckInForm | None = None, on: str = "") -> str:
    """The objective's page; `typed` is the check-in of the key result of id `on`, as it was sent."""
    goal = shown.found.goal
    standing = review_queries.standing(db.session, g.viewer, goal)
    ledger = Ledger(db.session, shown.found)
    return page(
        "objectives/show.html",
        objective=about(shown, standing),
        figures=figures_of(shown, ledger),
        key_results=lines_of(shown, ledger, standing, typed, on),
        children=children_of(ledger),
        facts=facts_of(shown),
        tags=objectives.tags_of(db.session, [goal.id]).get(goal.id, ()),
        goal={"id": goal.public_id},
        **panel_of(goal, standing),
        **comments_of(goal),
    )


def about(shown: Shown, standing: Standing) -> dict[str, Any]:
    """Who it is, and what of it the viewer may change now."""
    goal, objective, cycle = shown.found
    changes = bool(standing.parts & {Part.OWNER, Part.UPDATER})
    editable = Act.EDIT in CYCLES[standing.cycle] and standing.stage is not Stage.CLOSED
    return {
        "id": goal.public_id,
        "name": objective.name,
        "description": objective.description,
        "owner": shown.owner or _("Somebody who is no longer here"),
        "team": shown.team,
        "cycle": cycle.title,
        "cycle_id": cycle.public_id,
        "parent": shown.parent,
        "closed": goal.lifecycle is Lifecycle.CLOSED,
        "state": state_words(goal.review_state, cycle.reviewers, standing.stage),
        "held": held_by_cycle(cycle.state),
        "edit": changes and editable,
        "delete": changes and Act.EDIT in standing.may,
        "confide": may_confide(standing),
    }


def may_confide(standing: Standing) -> bool:
    """Whether the viewer may say how sure they are of the whole."""
    draft = standing.stage is Stage.DRAFT and Act.CHECK_IN in CYCLES[standing.cycle]
    owns = bool(standing.parts & {Part.OWNER, Part.KEY_RESULT_OWNER})
    return Act.CHECK_IN in standing.may or (draft and owns)


def state_words(state: ReviewState | None, reviewers: int, stage: Stage) -> str:
    """The state of review in a word; nothing where the cycle asks for none."""
    if stage is Stage.CLOSED:
        return _("closed")
    if state is None:
        return _("unreviewed") if reviewers else ""
    if stage is Stage.CHANGE_IN_REVIEW:
        return _("approved, a change waits")
    return {
        ReviewState.DRAFT: _("draft"),
        ReviewState.IN_REVIEW: _("in review"),
        ReviewState.APPROVED: _("approved"),
    }[state]


def held_by_cycle(state: CycleState) -> str:
    """What the state of its cycle keeps people from, in a sentence."""
    return {
        CycleState.OPEN: "",
        CycleState.LOCKED: _("The plans of this cycle are fixed: check-ins go on, nothing else changes."),
        CycleState.CLOSED: _("This cycle is closed: nothing of its objectives changes any more."),
    }[state]


def facts_of(shown: Shown) -> list[tuple[str, str]]:
    """What an objective is, as pairs of term and value."""
    objective, cycle = shown.found.objective, shown.found.cycle
    facts = [(_("Owner"), shown.owner or _("Somebody who is no longer here"))]
    if shown.team:
        facts.append((_("Team"), shown.team))
    facts.append((_("Cycle"), cycle.title))
    facts.append((_("Time"), _("%(first)s to %(last)s", first=day(objective.starts), last=day(objective.ends))))
    facts.append((_("Expected to rise"), curve_words(objective.curve)))
    facts.append((_("Adds up"), roll_up_words(objective.roll_up)))
    if objective.weight != 1:
        facts.append((_("Weight"), amount(objective.weight)))
    return facts


def children_of(ledger: Ledger) -> list[Child]:
    """The objectives directly below; those given up do not count."""
    found = (ledger.objectives[number] for number in ledger.children.get(ledger.top, ()))
    return [
        Child(goal.public_id, below.name, percent(below.attainment), goal.outcome == "abandoned")
        for goal, below in found
    ]
