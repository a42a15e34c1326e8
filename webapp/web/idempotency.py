"""A form sent twice is carried out once: its hidden nonce is kept with the redirect that answered it."""

import hashlib
import secrets
from datetime import timedelta

from flask import g, request
from sqlalchemy import select

from webapp.extensions import db
from webapp.models import IdempotentAnswer

KEPT_FOR = timedelta(hours=72)


def new_nonce() -> str:
    """A number for one opening of a form."""
    return secrets.token_hex(12)


def answered(nonce: str | None) -> str | None:
    """Where the first sending of this form led to, or None when this is the first."""
    if not nonce:
        return None
    statement = select(IdempotentAnswer.location).where(
        IdempotentAnswer.person_id == g.viewer.id,
        IdempotentAnswer.route == request.endpoint,
        IdempotentAnswer.key == nonce[:255],
    )
    return db.session.execute(statement).scalar_one_or_none()


def keep(nonce: str | None, location: str) -> None:
    """A repeat of this form is led to the same place; a twin in the same moment fails on the unique row instead."""
    if not nonce:
        return
    body = hashlib.sha256(request.get_data(cache=True) or b"").digest()
    answer = IdempotentAnswer(person_id=g.viewer.id, route=request.endpoint, key=nonce[:255], body_hash=body)
    answer.status, answer.location, answer.created_at = 303, location, g.viewer.now
    db.session.add(answer)
    db.session.flush()
