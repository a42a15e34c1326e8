"""A browser that is signed in without having typed a password: its cookie is made by the application's own hands."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

from webapp.extensions import db
from webapp.models import SignIn
from webapp.queries.people import secret_hash
from webapp.web.viewer import remember


@dataclass(frozen=True)
class Browser:
    """What one browser sends along with every request, and with every form."""

    cookie: str
    csrf_token: str


def signed_in(app: Flask, person_id: int) -> Browser:
    """A browser of this person's, who has signed in just now; committed."""
    secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with app.test_request_context("/"):
        row = SignIn(person_id=person_id, secret_hash=secret_hash(secret), created_at=now, fresh_at=now, seen_at=now)
        db.session.add(row)
        db.session.commit()
        remember(secret)
        token = generate_csrf()
        assert isinstance(app.session_interface, SecureCookieSessionInterface)
        serializer = app.session_interface.get_signing_serializer(app)
        assert serializer is not None
        return Browser(f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(dict(session))}", token)
