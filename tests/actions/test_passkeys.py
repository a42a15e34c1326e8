"""Passkeys: what a device says proves its person once, here, and nobody else; everything else is refused alike."""

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make, visitors
from tests.authenticators import MAY_SYNC, PRESENT, SYNCED, VERIFIED, Device, encoded
from tests.passkeys import MEANWHILE, SITE, asked, enrol, known, proven, rows
from tests.racing import at_once
from webapp.actions import passkeys
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.people import Viewer
from webapp.domain.second_factors import CHALLENGE_LIVES, PASSKEYS_PER_PERSON, RECOVERY_CODES
from webapp.models import Passkey, Person, SignIn
from webapp.queries import second_factors as queries


@pytest.fixture
def ada(session: Session) -> Viewer:
    return known(session)


@pytest.fixture
def bo(session: Session) -> Viewer:
    return known(session, "Bo")


@pytest.fixture
def device(session: Session, ada: Viewer) -> Device:
    """A device that holds a passkey of Ada's."""
    return enrol(session, ada)


def test_a_passkey_proves_its_person(session: Session, ada: Viewer) -> None:
    device = Device(flags=PRESENT | VERIFIED | MAY_SYNC | SYNCED)
    question = passkeys.offer(session, ada, SITE)
    said = json.loads(question)
    assert (said["rp"]["id"], said["user"]["name"]) == ("localhost", ada.email)
    chosen = said["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    codes = passkeys.add(session, ada, device.make(question), "  My\tphone ", SITE)
    session.commit()
    assert len(codes) == RECOVERY_CODES
    (row,) = queries.passkeys_of(session, ada.id)
    assert (row.name, row.synced, row.transports, row.credential_id) == ("My phone", True, "internal", device.id)
    assert "account-changed" in [letter["template"] for letter in visitors.letters(session)]
    assert "person:factor_add" in make.tags(session)
    assert proven(session, device.prove(asked(session))) == ada.id
    assert proven(session, device.prove(asked(session, ada.id), userHandle=None), ada.id) == ada.id
    ((_, count, used),) = rows(session)
    assert (count, used) == (2, make.NOW + MEANWHILE)


def test_the_second_passkey_brings_no_new_codes_and_the_first_is_not_made_twice(session: Session, ada: Viewer) -> None:
    first = enrol(session, ada)
    question = passkeys.offer(session, ada, SITE)
    assert [one["id"] for one in json.loads(question)["excludeCredentials"]] == [encoded(first.id)]
    assert passkeys.add(session, ada, Device().make(question), "Key", SITE) == []


def test_every_other_device_is_signed_out_by_a_new_passkey(session: Session, ada: Viewer) -> None:
    person = session.get_one(Person, ada.id)
    make.sign_in(session, person)
    session.commit()
    live = select(SignIn.id).where(SignIn.ended_at.is_(None))
    assert len(session.scalars(live).all()) == 2
    enrol(session, ada)
    assert session.scalars(live).all() == [ada.session_id]


def test_an_answer_counts_once_and_for_five_minutes(session: Session, ada: Viewer, device: Device) -> None:
    answer = device.prove(asked(session))
    assert proven(session, answer) == ada.id
    for again in (answer, device.prove(asked(session))):
        after = MEANWHILE if again is answer else CHALLENGE_LIVES
        with pytest.raises(Refused):
            proven(session, again, after=after)
    assert proven(session, device.prove(asked(session)), after=CHALLENGE_LIVES - MEANWHILE) == ada.id


def test_what_was_asked_of_one_is_no_answer_for_another(
    session: Session, ada: Viewer, bo: Viewer, device: Device
) -> None:
    theirs = enrol(session, bo)
    for question, whom in ((asked(session, bo.id), ada.id), (asked(session), ada.id), (asked(session, ada.id), None)):
        with pytest.raises(Refused):
            proven(session, device.prove(question), whom)
    with pytest.raises(Refused):
        proven(session, theirs.prove(asked(session, ada.id)), ada.id)
    assert [one["id"] for one in json.loads(asked(session, ada.id))["allowCredentials"]] == [encoded(device.id)]
    assert json.loads(asked(session)).get("allowCredentials", []) == []
    assert proven(session, device.prove(asked(session, ada.id)), ada.id) == ada.id


def test_a_question_for_one_end_is_not_answered_to_another(session: Session, ada: Viewer, device: Device) -> None:
    with pytest.raises(Refused):
        proven(session, device.prove(passkeys.offer(session, ada, SITE)), ada.id)
    asked_for = json.loads(passkeys.offer(session, ada, SITE))
    with pytest.raises(Invalid):
        passkeys.add(session, ada, Device().make(json.dumps(asked_for | json.loads(asked(session, ada.id)))), "x", SITE)
    assert len(rows(session)) == 1


def test_somebody_elses_question_makes_no_passkey(session: Session, ada: Viewer, bo: Viewer) -> None:
    question = passkeys.offer(session, bo, SITE)
    session.commit()
    with pytest.raises(Invalid):
        passkeys.add(session, ada, Device().make(question), "Phone", SITE)
    assert rows(session) == []


@pytest.mark.parametrize("count", [6, 3])
def test_a_device_that_counts_backwards_was_copied(session: Session, ada: Viewer, device: Device, count: int) -> None:
    device.count = 6
    assert proven(session, device.prove(asked(session))) == ada.id
    copied = replace(device, count=count)
    with pytest.raises(Refused):
        proven(session, copied.prove(asked(session)))
    assert rows(session)[0][1] == 7


def test_a_device_that_never_counts_proves_its_person_each_time(session: Session, ada: Viewer) -> None:
    device = enrol(session, ada, Device(counts=False))
    for _ in range(2):
        assert proven(session, device.prove(asked(session))) == ada.id


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
def test_who_may_not_come_in_is_not_proven(session: Session, ada: Viewer, device: Device, column: str) -> None:
    person = session.get_one(Person, ada.id)
    setattr(person, column, make.NOW)
    session.commit()
    with pytest.raises(Refused):
        proven(session, device.prove(asked(session)))
    setattr(person, column, None)
    session.commit()
    assert proven(session, device.prove(asked(session))) == ada.id


def test_a_credential_is_registered_once(session: Session, ada: Viewer, bo: Viewer, device: Device) -> None:
    for viewer in (ada, bo):
        with pytest.raises(Invalid, match="passkey_unusable"):
            enrol(session, viewer, device)
        session.rollback()
    assert len(rows(session)) == 1


@pytest.mark.parametrize("broken", [{"id": bytes(1024)}, {"id": b""}])
def test_a_credential_of_an_impossible_length_is_none(session: Session, ada: Viewer, broken: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        enrol(session, ada, Device(**broken))
    assert rows(session) == []


def test_there_is_an_end_to_how_many_one_may_have(session: Session, ada: Viewer, device: Device) -> None:
    question = passkeys.offer(session, ada, SITE)
    for number in range(PASSKEYS_PER_PERSON - 1):
        copied = {"name": f"P{number}", "public_key": b"x", "synced": False, "created_at": make.NOW}
        session.add(Passkey(person_id=ada.id, credential_id=bytes([number]), **copied))
    session.commit()
    with pytest.raises(Invalid, match="too_many_passkeys"):
        passkeys.offer(session, ada, SITE)
    with pytest.raises(Invalid, match="too_many_passkeys"):
        passkeys.add(session, ada, Device().make(question), "One more", SITE)


@pytest.mark.parametrize(("name", "code"), [("", "required"), (" \t", "required"), ("x" * 101, "too_long")])
def test_a_passkey_has_a_name(session: Session, ada: Viewer, bo: Viewer, device: Device, name: str, code: str) -> None:
    public_id = queries.passkeys_of(session, ada.id)[0].public_id
    with pytest.raises(Invalid, match=f"name:{code}"):
        enrol(session, ada, name=name)
    with pytest.raises(Invalid, match=f"name:{code}"):
        passkeys.rename(session, ada, public_id, name)
    with pytest.raises(NotFound):
        passkeys.rename(session, bo, public_id, "Mine now")
    passkeys.rename(session, ada, public_id, "Tablet")
    session.commit()
    assert queries.find_passkey(session, ada, public_id).name == "Tablet"
    assert "passkey:rename" in make.tags(session)


def test_a_removed_passkey_proves_nobody(session: Session, ada: Viewer, bo: Viewer, device: Device) -> None:
    public_id = queries.passkeys_of(session, ada.id)[0].public_id
    answer = device.prove(asked(session))
    with pytest.raises(NotFound):
        passkeys.remove(session, bo, public_id, required=False)
    with pytest.raises(Refused, match="factor_required"):
        passkeys.remove(session, ada, public_id, required=True)
    session.rollback()
    assert len(rows(session)) == 1
    passkeys.remove(session, ada, public_id, required=False)
    session.commit()
    assert (rows(session), queries.codes_left(session, ada.id)) == ([], 0)
    with pytest.raises(Refused):
        proven(session, answer)


def test_of_ten_who_bring_one_answer_one_comes_in(app: Flask, session: Session, ada: Viewer, device: Device) -> None:
    answer = device.prove(asked(session))
    come = partial(passkeys.prove, person_id=None, answer=answer, site=SITE, now=make.NOW)
    assert sorted(at_once(app, *[come] * 10)) == ["Refused"] * 9 + ["done"]
