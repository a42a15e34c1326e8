"""Push messages on their way: what a device can read, what a push service is told, and what becomes of devices."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.application import AppFactory
from tests.pushing import Receiver, Service, serving
from webapp.actions import push
from webapp.actions.outbox import Claim, Letter
from webapp.domain.people import Viewer
from webapp.domain.push import PushDraft
from webapp.models import PushSubscription, SignIn
from webapp.queries.people import IDLE, viewer_by_secret
from webapp.worker.channels import Undelivered
from webapp.worker.push import Pushes, encrypted, vapid_of

NOW = datetime(2026, 7, 14, 12, tzinfo=UTC)
LETTER = Letter("ada@example.org", "reminders", "en", "Europe/Berlin", {"items": [], "count": 1, "detail": False})


def opened(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serving(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))
        yield running


@pytest.fixture
def app(app_factory: AppFactory, database_url: str, service: Service) -> Flask:
    """The application, which knows no push service but the one on this machine."""
    here = f"localhost:{service.port}"
    return app_factory(database_url, PUSH_HOSTS="localhost", OUTBOUND_ALLOW=here, BASE_URL="https://aimline.example")


@pytest.fixture
def ada(session: Session) -> Viewer:
    secret = make.sign_in(session, make.person(session), NOW)
    session.commit()
    viewer = viewer_by_secret(session, secret, NOW)
    assert viewer is not None
    return viewer


@pytest.fixture
def device(app: Flask, session: Session, ada: Viewer, service: Service) -> Callable[[str], Receiver]:
    """`device("phone")` is one more of hers."""

    def let_in(name: str) -> Receiver:
        one = Receiver(service.address(name))
        settings = app.config["SETTINGS"]
        push.subscribe(session, ada, one.draft, name, settings.push_hosts, settings.outbound_allow)
        session.commit()
        return one

    return let_in


def send(app: Flask, viewer: Viewer, letter: Letter = LETTER, *, seconds: float = 60) -> None:
    claim = Claim(1, "message-number", viewer.id, "push", None, "attempt", 1, None, None)
    with app.app_context():
        Pushes(app, vapid_of(app.config["SETTINGS"])).send(claim, letter, NOW, time.monotonic() + seconds)


def devices(session: Session) -> dict[str, datetime | None]:
    session.rollback()
    return {row.device: row.used_at for row in session.scalars(select(PushSubscription))}


def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    """RFC 8291, section 5."""
    public = opened("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
    number = int.from_bytes(opened("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    draft = PushDraft("https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", public,
                      opened("BTBZMqHH6r4Tts7J_aSIgg"))  # fmt: skip
    body = encrypted(
        b"When I grow up, I want to be a watermelon",
        draft,
        ec.derive_private_key(number, ec.SECP256R1()),
        opened("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert body == opened(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBr"
        "u3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_only_the_device_reads_it_and_the_service_knows_who_sends(
    app: Flask, session: Session, ada: Viewer, device: Callable[[str], Receiver], service: Service
) -> None:
    phone = device("phone")
    send(app, ada)
    ((path, headers, body),) = service.came
    said = json.loads(phone.read(body))
    assert (said["title"], said["path"], said["tag"]) == ("You have a reminder", "/", "message-number")
    assert (path, headers["Content-Encoding"], headers["TTL"]) == ("/phone", "aes128gcm", "7200")
    assert (headers["Topic"], headers["Urgency"]) == ("message-number", "normal")
    scheme, token, key = headers["Authorization"].replace(",", "").split()
    point = opened(key.removeprefix("k="))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    options = {"verify_exp": False}
    audience = f"https://localhost:{service.port}"
    claims = jwt.decode(token.removeprefix("t="), public, ["ES256"], audience=audience, options=options)  # type: ignore[arg-type]
    assert scheme == "vapid"
    assert claims["sub"] == "https://aimline.example"
    assert claims["exp"] == int((NOW + timedelta(hours=12)).timestamp())
    assert devices(session) == {"phone": NOW}


def test_the_page_that_opens_is_one_of_ours(
    app: Flask, ada: Viewer, device: Callable[[str], Receiver], service: Service
) -> None:
    phone = device("phone")
    for path, opens in (("/goals/x", "/goals/x"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        send(app, ada, Letter("", "reminders", "en", "Etc/UTC", {**LETTER.values, "path": path}))
        assert json.loads(phone.read(service.came[-1][2]))["path"] == opens


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_no_more_is_forgotten_and_others_get_it(
    app: Flask, session: Session, ada: Viewer, device: Callable[[str], Receiver], service: Service, status: int
) -> None:
    device("gone")
    device("phone")
    service.answers = [status]
    send(app, ada)
    assert devices(session) == {"phone": NOW}


def test_without_a_device_nothing_is_tried_again(
    app: Flask, session: Session, ada: Viewer, device: Callable[[str], Receiver], service: Service
) -> None:
    with pytest.raises(Undelivered, match="no device") as raised:
        send(app, ada)
    assert raised.value.for_good
    device("gone")
    service.answers = [410]
    with pytest.raises(Undelivered, match="no device") as raised:
        send(app, ada)
    assert raised.value.for_good
    assert devices(session) == {}


@pytest.mark.parametrize(
    ("answers", "for_good"),
    [([429], False), ([503], False), ([403, 500], False), ([400], True), ([403], True), ([413, 403], True),
     ([301], True)],
)  # fmt: skip
def test_what_no_device_took_is_tried_again_only_where_that_helps(
    app: Flask, session: Session, ada: Viewer, device: Callable[[str], Receiver], service: Service,
    answers: list[int], for_good: bool,
) -> None:  # fmt: skip
    names = [device(str(number)).endpoint for number in range(len(answers))]
    service.answers = list(answers)
    with pytest.raises(Undelivered) as raised:
        send(app, ada)
    assert raised.value.for_good is for_good
    assert "localhost" not in raised.value.reason
    assert devices(session) == dict.fromkeys(map(str, range(len(names))))


def test_a_device_left_lying_about_is_sent_nothing(
    app: Flask, session: Session, ada: Viewer, device: Callable[[str], Receiver], service: Service
) -> None:
    device("phone")
    session.execute(update(SignIn).values(seen_at=NOW - IDLE - timedelta(seconds=1)))
    session.commit()
    with pytest.raises(Undelivered, match="no device"):
        send(app, ada)
    assert service.came == []


@pytest.mark.parametrize("status", [403, 500])
def test_one_device_that_took_it_is_enough(
    app: Flask, session: Session, ada: Viewer, device: Callable[[str], Receiver], service: Service, status: int
) -> None:
    device("stuck")
    device("phone")
    service.answers = [status]
    send(app, ada)
    assert devices(session) == {"stuck": None, "phone": NOW}


def test_a_service_no_longer_let_in_gets_nothing(
    app_factory: AppFactory, app: Flask, database_url: str, ada: Viewer, device: Callable[[str], Receiver],
    service: Service,
) -> None:  # fmt: skip
    device("phone")
    with pytest.raises(Undelivered, match="refused") as raised:
        send(app_factory(database_url), ada)
    assert raised.value.for_good
    assert service.came == []


def test_what_could_not_be_done_in_time_waits(
    app: Flask, ada: Viewer, device: Callable[[str], Receiver], service: Service
) -> None:
    device("phone")
    with pytest.raises(Undelivered, match="too slow") as raised:
        send(app, ada, seconds=2)
    assert not raised.value.for_good
    assert service.came == []


def test_without_a_key_push_is_not_tried(app_factory: AppFactory, database_url: str, ada: Viewer) -> None:
    with pytest.raises(Undelivered, match="not set up") as raised:
        send(app_factory(database_url, VAPID_PRIVATE_KEY=""), ada)
    assert raised.value.for_good
