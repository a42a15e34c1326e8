"""My sharing: what the viewer lets therapists see, who waits, who looked at what; giving, changing and ending it."""

from typing import Any

from flask import Blueprint, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import grant_invitations
from webapp.actions import grants as actions
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.grants import GrantState, Term, read_code
from webapp.extensions import db
from webapp.pages.forms.sharing import CodeForm, ConsentForm
from webapp.pages.respond import onward, page, reply, say
from webapp.pages.sharing_lines import asked_looks, overview, story
from webapp.pages.sharing_words import name_words, scope_hints
from webapp.queries import grant_invitations as invitations
from webapp.queries import grants as queries
from webapp.web import limits
from webapp.web.idempotency import answered, keep
from webapp.web.policies import fresh, signed_in

bp = Blueprint("sharing", __name__, url_prefix="/sharing")


@bp.get("")
@signed_in
def index() -> Any:
    """What is shared now with whom, what waits, what is over, and who looked at what."""
    return page("sharing/index.html", **overview(db.session, g.viewer, asked_looks(request.args)))


@bp.route("/new", methods=["GET", "POST"])
@fresh
def new() -> Any:
    """Share by a therapist's code; whether it is anybody's is never said."""
    if request.method != "POST":
        return asking(CodeForm(before(), today=g.viewer.today), "sharing/new.html")
    form = CodeForm()
    try:
        draft = form.draft()
        count_code(form.code.data or "")
        if there := answered(form.nonce.data):
            return onward(there)
        actions.request(db.session, g.viewer, form.code.data or "", draft)
    except Invalid as invalid:
        return asking(absorbed(form, invalid), "sharing/new.html"), 422
    keep(form.nonce.data, url_for(".index"))
    return done(_("Your request waits for the therapist. Nothing is shared before they take you on."))


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> Any:
    """One grant of the viewer's: what it says, what happened to it, and the looks under it."""
    return page("sharing/show.html", **story(db.session, g.viewer, public_id, asked_looks(request.args)))


@bp.route("/<public_id>/change", methods=["GET", "POST"])
@fresh
def change(public_id: str) -> Any:
    """Share more, less, longer or shorter; it holds from the next request on."""
    share = queries.share_of(db.session, g.viewer, public_id)
    if share.state is not GrantState.ACTIVE:
        raise NotFound
    form = ConsentForm(share.draft(Term.KEEP), keep=True)
    if request.method != "POST":
        return asking(form, "sharing/change.html", share=share)
    try:
        actions.change(db.session, g.viewer, public_id, form.draft())
    except Invalid as invalid:
        return asking(absorbed(form, invalid), "sharing/change.html", share=share), 422
    return done(_("Saved. It holds from now on."))


@bp.route("/<public_id>/revoke", methods=["GET", "POST"])
@fresh
def revoke(public_id: str) -> Any:
    """What ends; on yes nothing is shared by this grant any more, from the next request on."""
    if request.method != "POST":
        share = queries.share_of(db.session, g.viewer, public_id)
        return page("sharing/revoke.html", share=share, name=name_words(share))
    actions.revoke(db.session, g.viewer, public_id)
    return done(_("Nothing is shared there any more."))


@bp.route("/invitations/<key>", methods=["GET", "POST"])
@fresh
def invitation(key: str) -> Any:
    """Who invites the owner of this address, and the form that says yes; for everybody else the link is dead."""
    form = ConsentForm(today=g.viewer.today)
    if request.method == "POST" and (there := answered(form.nonce.data)):
        return onward(there)
    try:
        therapist = invitations.find_offer(db.session, g.viewer, key)[1]
        if request.method != "POST":
            return asking(form, "sharing/invitation.html", therapist=therapist)
        grant_invitations.answer(db.session, g.viewer, key, form.draft())
    except Invalid as invalid:
        return asking(absorbed(form, invalid), "sharing/invitation.html", therapist=therapist), 422
    except NotFound:
        return page("sharing/dead_link.html"), 410
    keep(form.nonce.data, url_for(".index"))
    return done(_("%(name)s sees from now on what you chose.", name=therapist))


def asking(form: ConsentForm, whole: str, **context: Any) -> Any:
    """The form on its page; for htmx the form alone."""
    here = {"address": request.path, "hints": scope_hints(), "changes": "share" in context, **context}
    return reply("sharing/_form.html", page=whole, form=form, **here)


def absorbed(form: ConsentForm, invalid: Invalid) -> ConsentForm:
    """What was typed, with what is wrong with it; nothing of the try is kept."""
    db.session.rollback()
    form.absorb(invalid)
    return form


def before() -> Any:
    """What an ended grant of the viewer's said, when it is to be shared again."""
    named = request.args.get("again", "")
    return queries.share_of(db.session, g.viewer, named).draft(Term.HALF_YEAR) if named else None


def count_code(typed: str) -> None:
    """One more code was tried; what cannot be one asks nobody and does not count. Raises TooMany."""
    if read_code(typed):
        limits.take("code_hour", g.viewer.public_id, limits.HOUR)


def done(said: str) -> Any:
    """Back in My sharing, with a message."""
    say(said)
    return onward(url_for(".index"))
