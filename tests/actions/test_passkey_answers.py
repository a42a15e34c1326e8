"""Wrong, forged and senseless answers of devices: refused alike, and the right one counts still."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import make
from tests.authenticators import PRESENT, VERIFIED, Device, encoded
from tests.passkeys import SITE, asked, enrol, known, proven, rows
from webapp.actions import passkeys
from webapp.domain.errors import Invalid, Refused
from webapp.domain.people import Viewer


@pytest.fixture
def ada(session: Session) -> Viewer:
    return known(session)


@pytest.fixture
def device(session: Session, ada: Viewer) -> Device:
    """A device that holds a passkey of Ada's."""
    return enrol(session, ada)


WRONG_DEVICES: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "the origin by another port": {"origin": "http://localhost:9000"},
    "another site": {"host": "evil.example"},
    "nobody unlocked it": {"flags": PRESENT},
    "nobody touched it": {"flags": VERIFIED},
}


@pytest.mark.parametrize("wrong", WRONG_DEVICES.values(), ids=WRONG_DEVICES)
def test_a_wrong_answer_makes_no_passkey(session: Session, ada: Viewer, wrong: dict[str, Any]) -> None:
    question = passkeys.offer(session, ada, SITE)
    session.commit()
    with pytest.raises(Invalid, match="passkey:passkey_unusable"):
        passkeys.add(session, ada, Device(**wrong).make(question), "Phone", SITE)
    assert rows(session) == []
    assert passkeys.add(session, ada, Device().make(question), "Phone", SITE), "and the right one does"


@pytest.mark.parametrize("wrong", WRONG_DEVICES.values(), ids=WRONG_DEVICES)
def test_a_wrong_answer_proves_nobody(session: Session, ada: Viewer, device: Device, wrong: dict[str, Any]) -> None:
    before, question = rows(session), asked(session)
    with pytest.raises(Refused):
        proven(session, replace(device, **wrong).prove(question))
    assert rows(session) == before
    assert proven(session, device.prove(question)) == ada.id, "and the right one does"


def foreign_key(device: Device, question: str) -> str:
    return Device(id=device.id, person=device.person).prove(question)


def unknown(device: Device, question: str) -> str:
    return Device(person=device.person).prove(question)


def made_for_another(device: Device, question: str) -> str:
    return replace(device, person=b"somebody else").prove(question)


def nobodys(device: Device, question: str) -> str:
    return device.prove(question, userHandle=None)


def never_asked(device: Device, question: str) -> str:
    return device.prove(json.dumps({"challenge": encoded(bytes(32))}))


def other_signature(device: Device, question: str) -> str:
    later = json.loads(device.prove(question))
    return device.prove(question, signature=later["response"]["signature"])


@pytest.mark.parametrize(
    "wrong",
    [foreign_key, unknown, made_for_another, nobodys, never_asked, other_signature],
    ids=lambda one: one.__name__,
)
def test_a_forged_answer_proves_nobody(
    session: Session, ada: Viewer, device: Device, wrong: Callable[[Device, str], str]
) -> None:
    before, question = rows(session), asked(session)
    with pytest.raises(Refused):
        proven(session, wrong(device, question))
    assert rows(session) == before
    assert proven(session, device.prove(question)) == ada.id


DEEP = "[" * 9_000 + "]" * 9_000
NONSENSE = [
    "", "null", "[]", "{}", "1", "\x00", "\ud800", DEEP, "x" * 30_000, '{"response": null}', '{"response": {}}',
    '{"response": {"clientDataJSON": 5}}', '{"response": {"clientDataJSON": "e30"}}',
    json.dumps({"response": {"clientDataJSON": encoded(DEEP[:13_000].encode())}}),
    json.dumps({"response": {"clientDataJSON": encoded(b'{"challenge": "\\ud800"}')}}),
    '{"response": {"clientDataJSON": "\u00e4"}}',
]  # fmt: skip


@pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_refused(session: Session, ada: Viewer, device: Device, answer: str) -> None:
    with pytest.raises(Invalid, match="passkey_unusable"):
        passkeys.add(session, ada, answer, "Phone", SITE)
    with pytest.raises(Refused):
        proven(session, answer)
    assert len(rows(session)) == 1


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary().map(encoded),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
keys = st.dictionaries(
    st.sampled_from([1, 3, -1, -2, -3]),
    st.sampled_from([1, 2, 3, 7, -7, -8, -257, -65537]) | st.binary(min_size=32, max_size=32),
)
PARTS = ("id", "rawId", "type", "response", "authenticatorAttachment")
OF_MAKING = ("attestationObject", "transports")
OF_PROVING = ("authenticatorData", "signature", "userHandle")


def test_an_answer_with_any_part_exchanged_is_refused_or_right(session: Session, ada: Viewer, device: Device) -> None:
    """Whatever stands in the JSON, nobody meets a fault, the library's own included."""

    @settings(max_examples=60)
    @given(making=st.booleans(), data=st.data())
    def exchanged(making: bool, data: st.DataObject) -> None:
        question = (passkeys.offer(session, ada, SITE)) if making else passkeys.ask(session, None, SITE, make.NOW)
        said = json.loads(Device().make(question) if making else device.prove(question))
        part = data.draw(st.sampled_from((*PARTS, *(OF_MAKING if making else OF_PROVING))))
        (said if part in PARTS else said["response"])[part] = data.draw(anything)
        with suppress(Invalid, Refused):
            if making:
                passkeys.add(session, ada, json.dumps(said), "Phone", SITE)
            else:
                assert passkeys.prove(session, None, json.dumps(said), SITE, make.NOW).id == ada.id
        session.rollback()

    exchanged()
    assert proven(session, device.prove(asked(session))) == ada.id


def test_a_device_may_send_any_key_or_statement(session: Session, ada: Viewer) -> None:
    """What the device attests is read by the library: nothing in it is a fault of ours."""

    @settings(max_examples=60)
    @given(
        form=st.sampled_from(
            ["none", "packed", "fido-u2f", "tpm", "apple", "android-key", "android-safetynet", "x", 1]
        ),
        statement=st.dictionaries(
            st.sampled_from(["alg", "sig", "x5c", "ver", "response", "certInfo", "pubArea"]),
            st.binary(max_size=40) | st.integers() | st.text(max_size=5) | st.lists(st.binary(max_size=40), max_size=2),
        ),
        public=st.binary(min_size=1, max_size=80) | keys.map(cbor2.dumps),
    )
    def attested(form: Any, statement: dict[str, Any], public: bytes) -> None:
        device = Device()
        answer = device.make(passkeys.offer(session, ada, SITE), form=form, statement=statement, public=public)
        with suppress(Invalid):
            passkeys.add(session, ada, answer, "Phone", SITE)
            question = passkeys.ask(session, None, SITE, make.NOW)
            with pytest.raises(Refused):
                passkeys.prove(session, None, device.prove(question), SITE, make.NOW)
        session.rollback()

    attested()
    assert rows(session) == []
