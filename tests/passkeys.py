"""Passkeys for tests: who has one, what is asked of it, and whom an answer proves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.authenticators import Device
from webapp.actions import passkeys
from webapp.actions.passkeys import Site
from webapp.domain.errors import Refused
from webapp.domain.people import Viewer
from webapp.models import Passkey, SignIn

SITE = Site("localhost", "http://localhost:8000")
MEANWHILE = timedelta(seconds=20)


def known(session: Session, name: str = "Ada") -> Viewer:
    """Somebody signed in on one device."""
    person = make.person(session, name)
    make.sign_in(session, person)
    session.commit()
    mine = session.scalars(select(SignIn.id).where(SignIn.person_id == person.id)).one()
    return replace(make.viewer(session, person), session_id=mine)


def enrol(session: Session, viewer: Viewer, device: Device | None = None, name: str = "Phone") -> Device:
    device = device or Device()
    passkeys.add(session, viewer, device.make(passkeys.offer(session, viewer, SITE)), name, SITE)
    session.commit()
    return device


def proven(session: Session, answer: str, person_id: int | None = None, after: timedelta = MEANWHILE) -> int:
    """Whom the answer proves; a refusal leaves nothing behind."""
    try:
        found = passkeys.prove(session, person_id, answer, SITE, make.NOW + after).id
        session.commit()
    except Refused:
        session.rollback()
        raise
    return found


def asked(session: Session, person_id: int | None = None) -> str:
    question = passkeys.ask(session, person_id, SITE, make.NOW)
    session.commit()
    return question


def rows(session: Session) -> list[tuple[int, int, Any]]:
    session.rollback()
    found = session.execute(select(Passkey.id, Passkey.sign_count, Passkey.used_at).order_by(Passkey.id))
    return [(row.id, row.sign_count, row.used_at) for row in found]
