"""Who is behind a request: Flask-Login carries the secret of a server-side sign-in, one statement loads the person."""

from datetime import UTC, datetime, timedelta

from flask import Flask, current_app, g, request, session
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import OperationalError

from webapp.actions import audit, sign_ins
from webapp.domain.people import Viewer
from webapp.extensions import db, login
from webapp.queries import people
from webapp.web import transaction
from webapp.web.faces import face
from webapp.web.policies import is_by_itself

SEEN_EVERY = timedelta(minutes=5)


class Carrier(UserMixin):
    """What Flask-Login remembers: the secret of one sign-in, never a person's number."""

    def __init__(self, secret: str, viewer: Viewer | None = None) -> None:
        self.secret = secret
        self.viewer = viewer

    def get_id(self) -> str:
        return self.secret


def init_app(app: Flask) -> None:
    login.session_protection = None
    login.user_loader(load)
    app.before_request(recognise)


def now() -> datetime:
    """The instant of this request: the one place where the web reads the clock."""
    return datetime.now(UTC)


def load(secret: str) -> Carrier | None:
    """The carrier of a live sign-in; None when it ended, expired, or its person may not come in."""
    viewer = people.viewer_by_secret(db.session, secret, now(), hold=g.get("writes", False))
    return Carrier(secret, viewer) if viewer else None


def recognise() -> None:
    """`g.viewer` is the person behind the request, or None; from here on the audit log knows where it came from."""
    g.viewer = None
    if request.endpoint in ("static", "health.alive"):
        return
    route = request.url_rule.rule[:80] if request.url_rule else None
    audit.origin.set(audit.Origin(request.remote_addr, route, g.get("request_id")))
    if face() is not None or "_user_id" not in session:
        return
    g.viewer = getattr(current_user, "viewer", None)
    if g.viewer is not None and g.viewer.seen_at <= g.viewer.now - SEEN_EVERY and not is_by_itself():
        keep_seen(g.viewer)


def keep_seen(viewer: Viewer) -> None:
    """The sign-in was used now. This is kept at once, in a transaction of its own: a page that only reads then holds no
    lock while it is made, and it is shown even when the database cannot be written."""
    try:
        with transaction.apart():
            sign_ins.keep_seen(db.session, viewer)
    except OperationalError:
        db.session.rollback()
        current_app.logger.warning("last use not kept", exc_info=True)


def remember(secret: str) -> None:
    """This browser carries the new sign-in; whatever it carried before is forgotten."""
    session.clear()
    g.pop("csrf_token", None)  # a page of this very answer needs one that fits what the browser carries now
    login_user(Carrier(secret))
    session.permanent = True


def forget() -> None:
    """This browser carries nothing any more."""
    logout_user()
    session.clear()
