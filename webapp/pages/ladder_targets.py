"""What a rung asks of a goal, and the advice for who is on the way there."""

from typing import Any

from flask import Blueprint, flash, g, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import courses as advice
from webapp.actions import profiles as actions
from webapp.domain.errors import Invalid, NotFound
from webapp.extensions import db
from webapp.models import GoalKeyword, Profile, Target
from webapp.pages.forms.ladder import AdviceForm, TargetForm
from webapp.pages.respond import onward, page, say
from webapp.queries import courses
from webapp.queries import ladder_admin as queries
from webapp.queries.courses import StepRow
from webapp.web.formats import amount
from webapp.web.idempotency import answered, keep
from webapp.web.policies import recent

bp = Blueprint("ladder_targets", __name__, url_prefix="/admin/ladder")
Answer = str | Response | tuple[str, int]


@bp.get("/<profile_id>/targets/new")
@recent
def new(profile_id: str) -> str:
    """The form of a new target."""
    profile = queries.find_rung(db.session, g.viewer, profile_id)
    return page("ladder/target_new.html", **editing(profile, TargetForm()))


@bp.post("/<profile_id>/targets")
@recent
def create(profile_id: str) -> Answer:
    """The rung asks this too."""
    profile, form = queries.find_rung(db.session, g.viewer, profile_id), TargetForm()
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        actions.set_target(db.session, g.viewer, profile, form.draft())
    except Invalid as invalid:
        return page("ladder/target_new.html", **editing(profile, form.absorb(invalid))), 422
    keep(form.nonce.data, there := url_for("ladder.show", public_id=profile_id))
    flash(_("Saved. Boards that run follow at once."))
    return onward(there)


@bp.get("/targets/<public_id>")
@recent
def show(public_id: str) -> str:
    """One target, and its advice."""
    return page("ladder/target.html", **about(*queries.find_target(db.session, g.viewer, public_id)))


@bp.post("/targets/<public_id>")
@recent
def change(public_id: str) -> Answer:
    """The target asks what the form says."""
    target, profile, keyword = queries.find_target(db.session, g.viewer, public_id)
    form = TargetForm(target, keyword.keyword)
    try:
        actions.set_target(db.session, g.viewer, profile, form.draft(), target)
    except Invalid as invalid:
        return page("ladder/target.html", **about(target, profile, keyword, form.absorb(invalid))), 422
    flash(_("Saved. Boards that run follow at once."))
    return onward(url_for("ladder.show", public_id=profile.public_id))


@bp.post("/targets/<public_id>/delete")
@recent
def delete(public_id: str) -> Response:
    """The rung asks nothing of this goal any more."""
    target, profile, _keyword = queries.find_target(db.session, g.viewer, public_id)
    actions.remove_target(db.session, g.viewer, profile, target)
    flash(_("The rung asks this no more."))
    return onward(url_for("ladder.show", public_id=profile.public_id))


@bp.get("/targets/<public_id>/advice/new")
@recent
def new_step(public_id: str) -> str:
    """The form of a new word of advice."""
    target, profile, _keyword = queries.find_target(db.session, g.viewer, public_id)
    return page("ladder/advice.html", **advising(target, profile))


@bp.post("/targets/<public_id>/advice")
@recent
def add_step(public_id: str) -> Answer:
    """Who is so far is told this too."""
    target, profile, _keyword = queries.find_target(db.session, g.viewer, public_id)
    shown = advising(target, profile)
    form = shown["form"]
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        advice.advise(db.session, g.viewer, profile, target, form.draft())
    except Invalid as invalid:
        form.absorb(invalid)
        return page("ladder/advice.html", **shown), 422
    keep(form.nonce.data, there := url_for(".show", public_id=public_id))
    flash(_("Saved."))
    return onward(there)


@bp.get("/targets/<public_id>/advice/<step_id>")
@recent
def step(public_id: str, step_id: str) -> str:
    """One word of advice."""
    target, profile, _keyword = queries.find_target(db.session, g.viewer, public_id)
    return page("ladder/advice.html", **advising(target, profile, step_id))


@bp.post("/targets/<public_id>/advice/<step_id>")
@recent
def change_step(public_id: str, step_id: str) -> Answer:
    """The advice is as the form says."""
    target, profile, _keyword = queries.find_target(db.session, g.viewer, public_id)
    shown = advising(target, profile, step_id)
    try:
        kept = queries.find_step(db.session, target, step_id)
        advice.advise(db.session, g.viewer, profile, target, shown["form"].draft(), kept)
    except Invalid as invalid:
        shown["form"].absorb(invalid)
        return page("ladder/advice.html", **shown), 422
    flash(_("Saved."))
    return onward(url_for(".show", public_id=public_id))


@bp.post("/targets/<public_id>/advice/<step_id>/delete")
@recent
def delete_step(public_id: str, step_id: str) -> Response:
    """Nobody is told this any more, unless it is said again."""
    target, profile, _keyword = queries.find_target(db.session, g.viewer, public_id)
    undo = {"action": url_for(".add_step", public_id=public_id), "fields": _as_typed(_step(target, step_id))}
    advice.withdraw(db.session, g.viewer, profile, queries.find_step(db.session, target, step_id))
    say(_("The advice is deleted."), undo)
    return onward(url_for(".show", public_id=public_id))


def editing(profile: Profile, form: Any) -> dict[str, Any]:
    """What the form of a target needs."""
    keywords = queries.keywords_of(db.session, profile.organisation_id)
    return {"profile": profile, "form": form, "keywords": keywords}


def about(target: Target, profile: Profile, keyword: GoalKeyword, form: Any = None) -> dict[str, Any]:
    """What the page of a target needs."""
    steps = courses.advice_for(db.session, target.id)
    shown = editing(profile, form or TargetForm(target, keyword.keyword))
    return shown | {"target": target, "keyword": keyword.keyword, "steps": steps}


def advising(target: Target, profile: Profile, step_id: str = "") -> dict[str, Any]:
    """What the form of a word of advice needs, new or as it is."""
    known = _step(target, step_id) if step_id else None
    form = AdviceForm(courses.kept(db.session, profile.organisation_id), known)
    return {"target": target, "profile": profile, "form": form, "step": known}


def _step(target: Target, step_id: str) -> StepRow:
    """The word of advice of the target; raises NotFound."""
    known = next((one for one in courses.advice_for(db.session, target.id) if one.id == step_id), None)
    if known is None:
        raise NotFound
    return known


def _as_typed(step: StepRow) -> dict[str, str]:
    """The advice as its form would send it, to say it again."""
    chosen = {"course": step.course.id if step.course else "", "article": step.article.id if step.article else ""}
    return {"step": step.step, "from_percentage": amount(step.from_percentage), "address": step.address} | chosen
