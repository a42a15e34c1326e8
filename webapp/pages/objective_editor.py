"""The editor of objectives: an objective and its key results, made new or changed."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, g, request
from flask_babel import gettext as _

from webapp.actions import closings, reviews
from webapp.actions import goals as goal_actions
from webapp.actions import objectives as actions
from webapp.domain.errors import Conflict, Invalid, Locked, NotFound, Problem, Refused
from webapp.domain.goals import ReviewState
from webapp.domain.objective_drafts import ObjectiveDraft
from webapp.domain.objective_terms import ObjectiveTerms
from webapp.domain.objectives import CycleState
from webapp.domain.people import Role
from webapp.domain.policy import Permission, require
from webapp.domain.reviews import Act, Stage
from webapp.extensions import db
from webapp.pages.forms.objectives import ObjectiveForm
from webapp.pages.respond import onward, page, reply, say
from webapp.pages.review_words import held_words, listed, term_lines
from webapp.queries import cycles, objective_choices, objectives
from webapp.queries import goals as goal_queries
from webapp.queries import reviews as review_queries
from webapp.queries.objective_choices import Choices
from webapp.queries.objective_names import named_in
from webapp.queries.objectives import Found
from webapp.web.idempotency import answered, keep
from webapp.web.policies import signed_in

bp = Blueprint("objective_editor", __name__, url_prefix="/objectives")
Made = TypeVar("Made")
Tried = tuple[Made | None, int, dict[str, Any]]


@bp.get("/new")
@signed_in
def new() -> Any:
    """The editor, empty but for what the address names: a cycle, a parent."""
    if (choices := offered()) is None:
        return page("objectives/none.html", admin=g.viewer.has(Role.ADMIN), member=bool(g.viewer.roles))
    parent = request.args.get("parent") or None
    empty = ObjectiveDraft(name="", cycle=choices.cycle.public_id, owner=g.viewer.public_id, parent=parent)
    return editor(ObjectiveForm.new(choices, empty))


@bp.post("/new")
@signed_in
def create() -> Any:
    """The organisation has this objective, or the editor again with everything that was typed."""
    if (choices := offered()) is None:
        raise NotFound
    form = ObjectiveForm(choices)
    if "more" in request.form:
        return more(form)
    if there := answered(form.nonce.data):
        return onward(there)
    made, status, why = tried(form, lambda: actions.create(db.session, g.viewer, choices.organisation_id, form.draft()))
    if made is None:
        return editor(form, **why), status
    keep(form.nonce.data, address := f"/objectives/{made.goal.public_id}")
    say(created_words(made))
    return onward(address)


@bp.get("/<public_id>/edit")
@signed_in
def edit(public_id: str) -> Any:
    """The editor, open on an objective; `?revision=` fills in what was proposed once."""
    found = changeable(public_id)
    number = request.args.get("revision", type=int)
    terms = None if number is None else proposed(found, number)
    draft = objectives.draft_of(db.session, found, terms)
    form = ObjectiveForm.of(choices_of(found), draft, found.goal.version)
    return editor(form, found)


@bp.post("/<public_id>/edit")
@signed_in
def update(public_id: str) -> Any:
    """Save what the editor says."""
    found = changeable(public_id, lock=True)
    form = ObjectiveForm(choices_of(found))
    if "more" in request.form:
        return more(form, found)
    act, status, why = tried(form, lambda: save(found, form), found)
    if act is None:
        return editor(form, found, **why), status
    say(saved_words(found, act))
    return onward(f"/objectives/{public_id}")


def tried(form: ObjectiveForm, act: Callable[[], Made], found: Found | None = None) -> Tried[Made]:
    """What the act made; or nothing, with the status of the answer and what the editor says beside the form."""
    try:
        return act(), 200, {}
    except Invalid as invalid:
        form.absorb(invalid)
        return None, 422, {}
    except Refused:
        own = found is None or found.goal.owner_id == g.viewer.id or found.goal.review_state is not ReviewState.APPROVED
        form.absorb(Invalid([Problem("owner", "not_theirs") if own else Problem("", "owner_proposes")]))
        return None, 422, {}
    except Locked as locked:
        return None, 423, {"held": held_words(locked, objective=True), "first": locked.actions}
    except Conflict:
        assert found is not None
        form.version.raw_data, form.version.data = None, found.goal.version
        terms = objectives.terms_in_force(db.session, found)
        return None, 409, {"facts": term_lines(terms, named_in(db.session, [terms]))}


def save(found: Found, form: ObjectiveForm) -> Act:
    """The objective is as the form says, or waits to be; what holds it is undone first where the button says so."""
    draft, seen = form.draft(), form.seen(found.goal.version)
    first = FIRST.get(request.form.get("first", ""))
    if first is not None:
        goal_actions.refuse_stale(found.goal, seen)
        seen = first(db.session, g.viewer, found.goal).version
    comment = (form.comment.data or "").replace("\r\n", "\n")
    return actions.save(db.session, g.viewer, found, draft, seen=seen, comment=comment)


def more(form: ObjectiveForm, found: Found | None = None) -> Any:
    """The editor with one key result more; nothing is saved."""
    return reply("objectives/_form.html", page=PAGES[found is None], **context(form.with_more(), found))


def editor(form: ObjectiveForm, found: Found | None = None, **why: Any) -> str:
    """The editor's page, with why something was not saved."""
    return page(PAGES[found is None], **context(form, found), **why)


def context(form: ObjectiveForm, found: Found | None) -> dict[str, Any]:
    """What the editor and its fragment need."""
    if found is None:
        address = f"/objectives/new?cycle={form.offered.cycle.public_id}"
        back = f"/objectives?cycle={form.offered.cycle.public_id}"
        return {"form": form, "objective": None, "address": address, "back": back, "saving": new_words(form.offered)}
    stands = review_queries.standing(db.session, g.viewer, found.goal)
    place = f"/objectives/{found.goal.public_id}"
    return {
        "form": form,
        "objective": {"id": found.goal.public_id, "name": found.objective.name, "stage": stands.stage.value},
        "address": f"{place}/edit",
        "back": place,
        "saving": saving_words(found, stands.stage),
        "proposes": stands.stage is Stage.APPROVED,
    }


def offered() -> Choices | None:
    """What a new objective can choose from, in the cycle that the address or the form names; None without cycles.
    Raises NotFound for one the viewer does not know."""
    known = cycles.listed(db.session, g.viewer)
    named = {request.args.get("cycle", ""), request.form.get("cycle", "")} - {""}
    chosen = next((one for one in known if one.public_id in named), None)
    if known and named and chosen is None:
        raise NotFound
    chosen = chosen or cycles.current([one for one in known if one.state is CycleState.OPEN] or known, g.viewer)
    return objective_choices.choices(db.session, g.viewer, chosen, known) if chosen else None


def choices_of(found: Found) -> Choices:
    """What can be chosen for an objective that is there: its owner and what it serves may stay, itself it cannot
    serve."""
    return objective_choices.choices_for(db.session, g.viewer, found)


def changeable(public_id: str, *, lock: bool = False) -> Found:
    """The objective, if the viewer may change it; raises Refused when they only see it."""
    found = objectives.find(db.session, g.viewer, public_id, lock=lock)
    require(g.viewer, Permission.OBJECTIVE_CHANGE, goal_queries.facts_of(db.session, g.viewer, found.goal))
    return found


def proposed(found: Found, number: int) -> ObjectiveTerms:
    """The terms of one of the objective's revisions, to begin with again; raises NotFound when there is none."""
    kept = review_queries.revisions_of(
        db.session, review_queries.owner_words(db.session, g.viewer, found.goal), found.goal
    )
    terms = kept.get(number)
    if not isinstance(terms, ObjectiveTerms):
        raise NotFound
    return terms


def judges(found: Found) -> list[str]:
    """The names of those who would decide on a change of what was approved; none when they are too few."""
    able, needed = review_queries.may_decide_again(db.session, g.viewer, found.goal)
    return [review_queries.name_of(db.session, one) for one in able] if len(able) >= needed else []


def new_words(choices: Choices) -> str:
    if not choices.cycle.reviewers:
        return _("It counts as soon as it is saved.")
    return _("It is a draft until its owner sends it for review and it is approved.")


def saving_words(found: Found, stage: Stage) -> str:
    """What saving will mean for the objective's review, in a sentence."""
    if stage in (Stage.IN_REVIEW, Stage.CHANGE_IN_REVIEW):
        return _("This cannot be saved while somebody decides on it: withdraw it first.")
    if stage is Stage.DRAFT:
        return _("It stays a draft until its owner sends it for review.")
    if stage is Stage.CLOSED:
        return _("It is closed: reopen it before you change it.")
    if stage is Stage.FREE:
        return _("What you save holds at once.")
    if names := judges(found):
        return _(
            "Words, tags, what it serves and how it rises hold at once. Another owner, other dates, and what key "
            "results ask wait for %(names)s; what was approved stays in force until then.",
            names=listed(names),
        )
    return _("Nobody who approved it can decide any more: what you save holds at once, and it is a draft.")


def created_words(found: Found) -> str:
    if found.goal.review_state is ReviewState.DRAFT:
        return _("Saved as a draft. Send it for review when it is ready.")
    if found.cycle.reviewers:
        return _("Saved. Nobody is there who could review it: it counts unreviewed.")
    return _("The objective is saved.")


def saved_words(found: Found, act: Act) -> str:
    """What saving came to."""
    if act is Act.PROPOSE:
        stands = review_queries.standing(db.session, g.viewer, found.goal)
        names = listed(seat.name for seat in stands.seats if seat.verdict is None)
        return _("Saved. The change waits for %(names)s; what was approved stays in force.", names=names)
    if found.goal.review_state is ReviewState.DRAFT:
        return _("Saved. It is a draft until it is approved.")
    return _("Saved.")


PAGES = {True: "objectives/new.html", False: "objectives/edit.html"}
FIRST = {Act.WITHDRAW.value: reviews.withdraw, Act.REOPEN.value: closings.reopen}
"""What may be done before saving, by the word of its button."""
