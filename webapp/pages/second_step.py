"""The second step of signing in: a code of the app or a recovery code, from the browser that typed the password."""

from collections.abc import Collection

from flask import Blueprint, flash, make_response, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.domain.errors import NotFound, Refused, TooMany
from webapp.domain.second_factors import Factor
from webapp.extensions import db
from webapp.pages.forms.identity import CodeForm
from webapp.pages.landing import come_in
from webapp.pages.respond import onward, page
from webapp.queries.second_factors import ways_of
from webapp.web import proofs
from webapp.web.policies import signed_out

bp = Blueprint("second_step", __name__)
Answer = str | Response | tuple[str, int]


@bp.route("/login/second", methods=["GET", "POST"])
@signed_out
def show() -> Answer:
    """Ask for the code; with the right one this device is signed in."""
    form, waits = CodeForm(), proofs.waiting()
    if waits is None:
        return begin_again()
    ways = ways_of(db.session, waits.person_id or 0)
    if request.method != "POST":
        return page("identity/second_step.html", form=form, ways=ways)
    afterwards = session.get(proofs.AFTERWARDS)
    try:
        secret = proofs.finish(form.code.data or "")
    except (Refused, TooMany) as error:
        return refused("identity/second_step.html", form, ways, error)
    except NotFound:
        return begin_again()
    return come_in(secret, afterwards)


def refused(template: str, form: CodeForm, ways: Collection[Factor], error: Refused | TooMany) -> Answer:
    """The page again, with why what was typed opened nothing; where no more codes are taken for a while, what else
    opens. Raises TooMany where nothing else does."""
    if isinstance(error, Refused):
        return page(template, form=form.refuse(error.code, ways), ways=ways), 422
    if error.limit not in ("totp_day", "second_step_hour"):
        raise error
    stopped = page(template, form=form.stop(error, ways), ways=ways)
    return make_response(stopped, 429, {"Retry-After": str(error.retry_after)})


def begin_again() -> Response:
    """To where the password is typed: nothing waits in this browser, or it waited too long."""
    if session.pop(proofs.WAITING, None) is not None:
        flash(_("That took too long. Please sign in once more."))
    return onward(url_for("identity.sign_in", next=session.pop(proofs.AFTERWARDS, None)))
