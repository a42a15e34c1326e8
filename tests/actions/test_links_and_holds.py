"""Who uses a link waits for whoever changes what proves its person, and neither ever waits for the other in a ring: the
person is held before the link is used up, as where links are ended."""

import threading
from collections.abc import Callable
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.authenticators import Device
from tests.passkeys import MEANWHILE, SITE, asked, enrol, known
from tests.second_steps import write
from tests.visitors import link_of
from webapp.actions import invitations, passkeys, people, second_factors, sign_ins, tokens
from webapp.domain.errors import DomainError
from webapp.domain.identity import Purpose
from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.models import Person
from webapp.models.engine import begin_writing

WHILE = 0.3
"""Seconds in which whoever uses the link has come as far as they can."""


class Ada(NamedTuple):
    person: Person
    viewer: Viewer


Use = Callable[[Session], object]


@pytest.fixture
def ada(session: Session) -> Ada:
    write(session)
    viewer = known(session)
    return Ada(session.get_one(Person, viewer.id), viewer)


def new_password(session: Session, ada: Ada) -> Use:
    people.ask_recovery(session, ada.person.email, "en", make.NOW)
    session.commit()
    secret = link_of(session, "recovery")
    return lambda racing: people.reset_password(racing, secret, "a new hash", make.NOW)


def new_address(session: Session, ada: Ada) -> Use:
    people.ask_email_change(session, ada.viewer, "new@example.org")
    session.commit()
    secret = link_of(session, "email-confirm")
    return lambda racing: people.confirm_email_change(racing, secret, make.NOW)


def lost_factor(session: Session, ada: Ada) -> Use:
    second_factors.ask_to_forget(session, ada.person, make.NOW)
    session.commit()
    secret = link_of(session, "lost-factor")
    return lambda racing: second_factors.forget_all(racing, secret, make.NOW)


def second_step(session: Session, ada: Ada) -> Use:
    email, number = ada.person.email, ada.person.id
    _, secret = tokens.issue(session, Purpose.SECOND_STEP, address=email, now=make.NOW, person_id=number)
    return lambda racing: sign_ins.finish(racing, secret, "app", "a test", make.NOW)


def passkey(session: Session, ada: Ada) -> Use:
    device = enrol(session, ada.viewer)
    answer = device.prove(asked(session, ada.viewer.id))
    return lambda racing: passkeys.prove(racing, ada.viewer.id, answer, SITE, make.NOW + MEANWHILE)


def new_passkey(session: Session, ada: Ada) -> Use:
    answer = Device().make(passkeys.offer(session, ada.viewer, SITE))
    return lambda racing: passkeys.add(racing, ada.viewer, answer, "Phone", SITE)


def first_admin(session: Session, ada: Ada) -> Use:
    secret = invitations.ask_first_admin(session, make.organisation(session), ada.person.email, make.NOW)
    return lambda racing: invitations.accept_first_admin(racing, ada.viewer, secret)


WAYS = [new_password, new_address, lost_factor, second_step, passkey, new_passkey, first_admin]


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_who_uses_a_link_waits_for_who_holds_its_person(
    app: Flask, session: Session, ada: Ada, way: Callable[[Session, Ada], Use], ended: bool
) -> None:
    write(session)
    use = way(session, ada)
    email = ada.person.email
    session.commit()
    outcomes: list[str] = []
    racer = threading.Thread(target=lambda: outcomes.append(outcome(app, use)))

    write(session)
    assert sign_ins.hold_live(session, Person.id == ada.viewer.id) is not None
    racer.start()
    racer.join(WHILE)
    assert racer.is_alive(), "it waits for the person"
    if ended:
        tokens.revoke_links(session, person_id=ada.viewer.id, address=email, now=make.NOW)
    session.commit()
    racer.join(10)

    assert outcomes == ["refused" if ended else "done"]


def outcome(app: Flask, use: Use) -> str:
    """What became of the link's use, in a transaction of its own."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as racing:
        begin_writing(racing)
        try:
            use(racing)
            racing.commit()
        except DomainError:
            return "refused"
    return "done"
