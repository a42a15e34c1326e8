"""When something cannot be answered: the right status, calm words, and nothing internal."""

from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from webapp.domain.errors import Conflict, Invalid, Locked, NotFound, Refused, TooMany
from webapp.extensions import db
from webapp.pages.respond import wants_fragment
from webapp.pages.review_words import held_words
from webapp.web import refusals
from webapp.web.faces import face
from webapp.web.turns import Busy

Answer = tuple[str | Response, int] | tuple[str | Response, int, dict[str, str]]


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(Invalid, lambda error: answer(422))
    app.register_error_handler(NotFound, lambda error: answer(404))
    app.register_error_handler(Refused, on_refused)
    app.register_error_handler(Conflict, lambda error: answer(409, said=special(error.code)))
    app.register_error_handler(
        Locked, lambda error: answer(423, said=held_words(error, objective=request.path.startswith("/objectives")))
    )
    app.register_error_handler(TooMany, on_too_many)
    for busy in (OperationalError, PoolTimeout, Busy):
        app.register_error_handler(busy, on_database)
    app.register_error_handler(Exception, on_fault)


def on_http(error: HTTPException) -> Answer:
    original = getattr(error, "original_exception", None)
    if isinstance(original, OperationalError):  # the commit itself failed, after the view was done
        return on_database(original)
    allowed = getattr(error, "valid_methods", None)
    return answer(error.code or 500, headers={"Allow": ", ".join(sorted(allowed))} if allowed else None)


def on_csrf(error: CSRFError) -> Answer:
    return answer(400, stale_form=True)


def on_refused(error: Refused) -> Answer:
    refusals.keep(error)
    return answer(403, said=special(error.code))


def on_too_many(error: TooMany) -> Answer:
    return answer(429, headers={"Retry-After": str(error.retry_after)})


def on_database(error: Exception) -> Answer:
    """The database is busy or away, or too many want to write: nothing was saved, and trying again makes sense."""
    db.session.rollback()
    current_app.logger.error("database unavailable", exc_info=error)
    return answer(503, headers={"Retry-After": "5"})


def on_fault(error: Exception) -> Answer:
    db.session.rollback()
    current_app.logger.error("fault", exc_info=error)
    return answer(500)


def answer(
    status: int,
    *,
    stale_form: bool = False,
    said: tuple[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """The page, or the fragment, that says what happened and what can be done next; `said` is title and advice where
    the status alone does not tell."""
    if (refuse := face()) is not None:
        return refuse(status), status, headers or {}
    title, advice = said or wording(status, stale_form)
    template = "errors/_error.html" if wants_fragment() else "errors/error.html"
    body = render_template(template, viewer=g.get("viewer"), status=status, title=title, advice=advice)
    return body, status, headers or {}


def special(code: str) -> tuple[str, str] | None:
    """Title and advice for a refusal that says more than its status."""
    if code == "not_yours_to_decide":
        return _("This is not yours to decide"), _("You can see this, but somebody else is asked to decide on it.")
    if code == "decided_meanwhile":
        return _("This is decided already"), _("It was decided or taken back meanwhile. Go back and reload the page.")
    if code == "not_the_latest":
        return _("Only the latest check-in can be corrected"), _("Another one was said since. Add a new check-in.")
    if code == "too_late_to_correct":
        return _("It is too late to correct this"), _("A check-in can be corrected for three days. Add a new one.")
    if code == "factor_required":
        return _("Your role asks for a second step"), _("Set up another one first, then you can remove this one.")
    if code == "no_factor_yet":
        return _("There is no second step yet"), _(
            "Recovery codes stand in for an app or a passkey. Set one up first, and they come with it."
        )
    return of_organisations(code)


def of_organisations(code: str) -> tuple[str, str] | None:
    """Title and advice where who belongs to an organisation, and as what, stands against it."""
    texts = {
        "yourself": (_("This is about yourself"), _("Somebody else who looks after the organisation has to do it.")),
        "last_admin": (
            _("Nobody else looks after this organisation"),
            _("It needs at least one admin. Make somebody else an admin first."),
        ),
        "nobody_left": (
            _("Nobody is left to have your objectives"),
            _("Ask whoever runs this Aimline to name an admin, or close or delete them first where you can."),
        ),
        "suspended": (_("You are suspended there"), _("Ask an admin of the organisation to let you in again.")),
        "member_already": (_("You belong to it already"), _("There is nothing left to answer.")),
        "no_factor": (_("There is nothing to forget"), _("Nothing beside their password is asked for any more.")),
    }
    return texts.get(code)


def wording(status: int, stale_form: bool = False) -> tuple[str, str]:
    """Title and advice for a status."""
    if stale_form:
        return _("This form has expired"), _(
            "Go back, reload the page and send it again: what you typed is still there."
        )
    texts = {
        400: (_("That request could not be read"), _("Go back and try again.")),
        403: (_("You cannot do this"), _("You can see this, but changing it is somebody else's.")),
        404: (_("Nothing here"), _("It may have been moved or deleted, or it is not shared with you.")),
        405: (_("That does not work this way"), _("Go back and use the buttons on the page.")),
        409: (_("Somebody was faster"), _("This has changed since you opened it. Reload to see how it is now.")),
        413: (_("That file is too large"), _("Choose a smaller one.")),
        422: (_("That cannot be done"), _("Go back and reload the page: the goal may not be due on that day.")),
        429: (_("Too many tries"), _("Please wait a while, then try again.")),
        503: (_("One moment"), _("The database is busy. Nothing was saved; please try again.")),
    }
    return texts.get(status, (_("Something went wrong on our side"), _("Nothing was saved. Please try again.")))
