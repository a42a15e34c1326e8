"""Which addresses push messages may go to, and what a browser must tell of itself."""

import pytest

from webapp.domain.push import PushDraft, Target, target_of

HOSTS = ("fcm.googleapis.com", "*.push.apple.com")
POINT = b"\x04" + bytes(64)


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://fcm.googleapis.com/fcm/send/a:b?c=d", Target("fcm.googleapis.com", 443, "/fcm/send/a:b?c=d")),
        ("https://web.push.apple.com/x", Target("web.push.apple.com", 443, "/x")),
        ("https://a.b.push.apple.com:443/x", Target("a.b.push.apple.com", 443, "/x")),
        ("https://fcm.googleapis.com:8443/x", Target("fcm.googleapis.com", 8443, "/x")),
    ],
)
def test_known_services_are_let_in(address: str, target: Target) -> None:
    assert target_of(address, HOSTS, (("fcm.googleapis.com", 8443),)) == target


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com.example.org/x",
        "https://xfcm.googleapis.com/x",
        "https://a.fcm.googleapis.com/x",
        "https://push.apple.com/x",
        "https://.push.apple.com/x",
        "https://evilpush.apple.com/x",
        "https://fcm.googleapis.com./x",
        "https://FCM.googleapis.com/x",
        "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com@127.0.0.1/x",
        "https://fcm.googleapis.com:8080/x",
        "https://fcm.googleapis.com:99999/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://fcm.googleapis.com/x#y",
        "https://fcm.googleapis.com/x\r\nHost: y",
        "https://fcm.googleapis.com\\@127.0.0.1/x",
        "https://fcm.googleapis.com/" + "x" * 2000,
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    assert target_of(address, HOSTS, ()) is None


def test_a_service_on_another_port_names_it_in_its_origin() -> None:
    assert Target("push.example", 443, "/x").origin == "https://push.example"
    assert Target("push.example", 8443, "/x").origin == "https://push.example:8443"


def test_a_draft_tells_everything_that_is_wrong() -> None:
    good = PushDraft("https://fcm.googleapis.com/x", POINT, bytes(16))
    assert good.check(HOSTS, ()) == []
    bad = PushDraft("https://example.org/x", POINT[:-1], bytes(15))
    assert [problem.field for problem in bad.check(HOSTS, ())] == ["endpoint", "p256dh", "auth"]
    compressed = PushDraft(good.endpoint, b"\x02" + bytes(64), good.secret)
    assert [problem.field for problem in compressed.check(HOSTS, ())] == ["p256dh"]
