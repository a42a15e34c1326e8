"""Keys: every person has one, the operator's may change, and people notice nothing."""

import base64
import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import make
from tests.application import ENVIRONMENT
from webapp.actions import keys
from webapp.models import DataKey, OutboxMessage, Person, Token
from webapp.queries.goals import find, opened
from webapp.queries.people import secret_hash
from webapp.queries.sealing import SealBroken, keyring, words_of

_name, _, _encoded = ENVIRONMENT["FIELD_KEYS"].partition(":")
OLD = (_name, base64.urlsafe_b64decode(_encoded))
NEW = ("new", secrets.token_bytes(32))


@pytest.fixture
def ada(session: Session) -> Iterator[Person]:
    """Somebody whose words were sealed while the old key was the current one."""
    keyring.configure([OLD])
    yield make.person(session)
    keyring.configure([OLD])


def test_a_person_has_one_key(session: Session, ada: Person) -> None:
    with pytest.raises(IntegrityError):
        keys.create(session, ada.id, make.NOW)
    session.rollback()


def test_rotating_moves_every_key_under_the_new_one(session: Session, ada: Person) -> None:
    goal = make.goal(session, make.viewer(session, ada), "Walk")
    session.commit()
    sealed = goal.title
    keyring.configure([NEW, OLD])

    assert keys.rotate(session, make.NOW) == 1
    session.commit()
    keyring.configure([NEW])

    viewer = make.viewer(session, ada)
    assert opened(session, viewer, find(session, viewer, goal.public_id)).title == "Walk"
    assert goal.title == sealed
    assert session.scalars(select(DataKey.wrapped_by)).all() == ["new"]
    assert make.tags(session)[-1] == "key:rotate"


def test_rotating_moves_payloads_that_belong_to_nobody_yet(session: Session, ada: Person) -> None:
    moments = {"created_at": make.NOW, "due_at": make.NOW}
    mail = OutboxMessage(
        dedupe_key="one", payload=keyring.seal_for_system("outbox_message.payload", "a mail"), **moments
    )
    token = Token(purpose="sign-up", secret_hash=secret_hash("x"), created_at=make.NOW)
    token.payload = keyring.seal_for_system("token.payload", "a sign-up")
    session.add_all([mail, token])
    session.commit()
    keyring.configure([NEW, OLD])
    while keys.rotate(session, make.NOW):
        session.commit()
    keyring.configure([NEW])

    assert keyring.open_for_system("outbox_message.payload", mail.payload or b"") == "a mail"
    assert keyring.open_for_system("token.payload", token.payload) == "a sign-up"


def test_rotating_again_changes_nothing(session: Session, ada: Person) -> None:
    session.commit()
    before = make.everything(session)
    assert keys.rotate(session, make.NOW) == 0
    assert make.everything(session) == before


def test_many_keys_are_rotated_in_batches(session: Session, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "BATCH", 2)
    for number in range(4):
        make.person(session, f"Person {number}")
    keyring.configure([NEW, OLD])

    counted = []
    while changed := keys.rotate(session, make.NOW):
        counted.append(changed)
    assert counted == [2, 2, 1]


def test_without_its_wrapping_key_nothing_opens(session: Session, ada: Person) -> None:
    keyring.configure([NEW])
    with pytest.raises(SealBroken):
        words_of(session, ada.id)


def test_an_erased_key_takes_the_words_with_it(session: Session, ada: Person) -> None:
    goal = make.goal(session, make.viewer(session, ada), "Walk")
    session.delete(session.scalars(select(DataKey)).one())
    session.flush()
    keys.create(session, ada.id, make.NOW)

    with pytest.raises(SealBroken):
        words_of(session, ada.id).open("goal.title", goal.title)
