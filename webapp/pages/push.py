"""Devices that take push messages: letting this browser in, keeping it, and shutting one out."""

import base64
import binascii

from flask import Blueprint, current_app, flash, g, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import push, sign_ins
from webapp.domain.errors import Invalid
from webapp.domain.push import PushDraft
from webapp.extensions import db
from webapp.pages.respond import onward
from webapp.queries.vapid import Vapid
from webapp.settings import Settings
from webapp.web.formats import problem_text
from webapp.web.policies import signed_in

bp = Blueprint("push", __name__)
Answer = str | Response | tuple[str, int]


@bp.record
def know_key(state: BlueprintSetupState) -> None:
    """Templates know `push_key`, by which push services know this server; none where push is not set up."""
    settings: Settings = state.app.config["SETTINGS"]
    key = settings.vapid_private_key
    state.app.jinja_env.globals["push_key"] = Vapid.of(key, settings.contact).public if key else None


@bp.post("/account/push")
@signed_in
def subscribe() -> Answer:
    """This browser gets the viewer's push messages from now on."""
    settings: Settings = current_app.config["SETTINGS"]
    try:
        push.subscribe(db.session, g.viewer, draft(), device(), settings.push_hosts, settings.outbound_allow)
    except Invalid as invalid:
        problem = invalid.problems[0]
        return problem_text(problem.code, problem.params), 422
    return Response(status=204)


@bp.post("/account/push/renew")
@signed_in
def renew() -> Response:
    """This browser is the viewer's still (204), or takes nobody's messages (205)."""
    return Response(status=204 if push.renew(db.session, g.viewer, draft(), device()) else 205)


@bp.post("/account/push/stop")
@signed_in
def stop() -> Response:
    """This browser gets no push messages any more."""
    push.stop(db.session, g.viewer, draft())
    return Response(status=204)


@bp.post("/account/push/<public_id>/delete")
@signed_in
def remove(public_id: str) -> Response:
    """The device gets no push messages any more."""
    push.remove(db.session, g.viewer, public_id)
    flash(_("That device is not reminded any more."))
    return onward(url_for("reminders.index"))


def device() -> str:
    """What the viewer would call this browser."""
    return sign_ins.device_name(request.headers.get("User-Agent", ""))


def draft() -> PushDraft:
    """What the browser sent of itself; keys that cannot be read are empty, and refused as such."""
    return PushDraft(request.form.get("endpoint", ""), _bytes("p256dh"), _bytes("auth"))


def _bytes(name: str) -> bytes:
    text = request.form.get(name, "")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
