"""How the viewer is reminded: by which channels, when, in which hours never; what came of it, and a message to try."""

from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import reminder_settings as actions
from webapp.actions import reminders
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.goals import Kind
from webapp.domain.reminders import About, Channel
from webapp.extensions import db
from webapp.pages.forms.reminders import SettingsForm
from webapp.pages.reminder_words import coming_words, tests_words, told_lines
from webapp.pages.respond import onward, page
from webapp.queries import goals
from webapp.queries import reminder_history as history
from webapp.queries.push import devices_of
from webapp.queries.reminder_next import next_of
from webapp.web import limits
from webapp.web.policies import signed_in

bp = Blueprint("reminders", __name__)


@bp.get("/account/reminders")
@signed_in
def index() -> str:
    """How the viewer is reminded, what comes next, and what came of the last ones."""
    stands = history.stands(db.session, g.viewer)
    return overview(SettingsForm.of(*stands), stands)


@bp.post("/account/reminders")
@signed_in
def change() -> Any:
    """The viewer is reminded as the form says."""
    form = SettingsForm()
    try:
        actions.change(db.session, g.viewer, form.draft(), seen=form.seen())
    except Invalid as invalid:
        form.absorb(invalid)
        return overview(form, history.stands(db.session, g.viewer)), 422
    except Conflict:
        stands = history.stands(db.session, g.viewer)
        form.version.raw_data, form.version.data = None, stands.version
        return overview(form, stands, changed=True), 409
    flash(_("Saved."))
    return onward(url_for(".index"))


@bp.post("/account/reminders/test")
@signed_in
def test() -> Any:
    """A test message is on its way to the viewer; so many an hour."""
    limits.take("reminder_test_hour", g.viewer.public_id, limits.HOUR)
    actions.try_out(db.session, g.viewer)
    flash(_("A test message is on its way. Look here again in a minute to see whether it left."))
    return onward(url_for(".index"))


@bp.post("/goals/<public_id>/reminders")
@signed_in
def switch(public_id: str) -> Any:
    """The goal reminds, or does not; its times stay."""
    goal = goals.find(db.session, g.viewer, public_id, lock=True)
    if goal.kind is not Kind.PERSONAL:
        raise NotFound
    on = request.form.get("to") == "on"
    reminders.remind(db.session, g.viewer, goal, {"reminder": on})
    flash(_("This goal reminds you.") if on else _("This goal does not remind you any more. Its times are kept."))
    return onward(url_for("goal.show", public_id=public_id))


def overview(form: SettingsForm, stands: history.Stands, *, changed: bool = False) -> str:
    """The page around this form, which says so where it was changed in another place meanwhile."""
    wishes, devices = stands.wishes, devices_of(db.session, g.viewer)
    return page(
        "reminders/index.html",
        form=form,
        changed=changed,
        coming=coming_words(next_of(db.session, g.viewer, wishes, has_push=bool(devices))),
        told=told_lines(history.latest(db.session, g.viewer)),
        tests=tests_words(history.tests_of(db.session, g.viewer)),
        devices=devices,
        pushes=any(Channel.PUSH in wishes.on(about) for about in About),
    )
