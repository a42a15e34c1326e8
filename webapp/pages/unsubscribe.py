"""Stopping reminder mails from the mail itself, signed in or not: by the button here, or by the mail program's own."""

from flask import Blueprint, abort, current_app, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import reminder_settings
from webapp.domain.reminders import About
from webapp.extensions import csrf, db
from webapp.pages.respond import page
from webapp.web.mail_links import said_by
from webapp.web.policies import anyone
from webapp.web.viewer import now

bp = Blueprint("unsubscribe", __name__)


@bp.route("/unsubscribe/<signed>", methods=["GET", "POST"])
@csrf.exempt  # mail programs post it, and the signature proves more than a cookie could
@anyone
def stop(signed: str) -> str | Response:
    """What would be stopped; sent, no such mails leave any more. Twice is as good as once."""
    said = said_by(current_app, signed)
    done = request.method == "POST"
    if done and not reminder_settings.stop_mail(db.session, said.person, said.abouts, now()):
        abort(404)
    return page("account/unsubscribe.html", lines=[about_words(about) for about in said.abouts], done=done)


def about_words(about: About) -> str:
    """What the mails are about, as a line of a list."""
    return {
        About.GOAL: _("Goals that are due"),
        About.DIGEST: _("What the day holds, each morning"),
        About.READING: _("What is left to read"),
        About.MOOD: _("How you feel"),
        About.REVIEWS: _("Reviews that wait for you"),
    }[about]
