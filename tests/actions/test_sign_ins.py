"""Devices by the names people know them by, and how long they count as fresh."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import make
from webapp.actions.sign_ins import device_name, prove_again, renew
from webapp.queries.people import viewer_by_secret

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/"
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (MAC + "605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari on macOS"),
        (MAC + "537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome on macOS"),
        (WINDOWS, "Chrome on Windows"),
        (WINDOWS + " Edg/140.0.0.0", "Edge on Windows"),
        (WINDOWS + " OPR/120.0", "Opera on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) CriOS/140.0 Mobile Safari/604.1", "Chrome on iPad"),
        (
            "Mozilla/5.0 (Linux; Android 15; SM-G) SamsungBrowser/28.0 Chrome/130.0 Mobile",
            "Samsung Internet on Android",
        ),
        ("curl/8.5.0", ""),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_device_is_named_as_people_name_it(agent: str, name: str) -> None:
    assert device_name(agent) == name


def test_only_a_proof_makes_a_device_fresh(session: Session) -> None:
    person = make.person(session)
    viewer = viewer_by_secret(session, make.sign_in(session, person), make.NOW)
    assert viewer is not None
    later = make.NOW + timedelta(minutes=10)

    renewed = viewer_by_secret(session, renew(session, viewer, later), later)
    assert renewed is not None
    assert (renewed.fresh_at, renewed.seen_at) == (make.NOW, later)

    proven = viewer_by_secret(session, prove_again(session, viewer, later), later)
    assert proven is not None
    assert (proven.fresh_at, proven.seen_at) == (later, later)
