"""A form sent twice is carried out once: its hidden nonce is kept with the redirect that answered it.

The same form sent again with other words is another wish, and is carried out: the key is all that the form holds.
"""

import hashlib
import secrets

from flask import g, request
from sqlalchemy import select

from webapp.extensions import db
from webapp.models import IdempotentAnswer, Person


def new_nonce() -> str:
    """A number for one opening of a form."""
    return secrets.token_hex(12)


def answered(nonce: str | None) -> str | None:
    """Where the first sending of this form led to, or None when this is the first; a twin waits for the first one."""
    if not nonce:
        return None
    db.session.execute(select(Person.id).where(Person.id == g.viewer.id).with_for_update(key_share=True))
    statement = select(IdempotentAnswer.location).where(
        IdempotentAnswer.person_id == g.viewer.id,
        IdempotentAnswer.route == request.endpoint,
        IdempotentAnswer.key == _typed().hex(),
    )
    return db.session.execute(statement).scalar_one_or_none()


def keep(nonce: str | None, location: str) -> None:
    """A repeat of this form is led to the same place."""
    if not nonce:
        return
    typed = _typed()
    answer = IdempotentAnswer(person_id=g.viewer.id, route=request.endpoint, key=typed.hex(), body_hash=typed)
    answer.status, answer.location, answer.created_at = 303, location, g.viewer.now
    db.session.add(answer)
    db.session.flush()


def _typed() -> bytes:
    """The SHA-256 of everything the form holds, its nonce included; the token of the moment is left out."""
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    return hashlib.sha256(repr(fields).encode()).digest()
