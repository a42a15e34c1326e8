"""Requests to the outside: public addresses only, certificates that hold, no redirect, and five seconds."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pushing import Service, serving
from webapp.domain.push import Target
from webapp.worker import outbound
from webapp.worker.outbound import Unreachable, is_public, post


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serving(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))
        yield running


def ask(service: Service, **change: object) -> int:
    target = Target("localhost", service.port, "/x?y=z")
    return post(target, {"TTL": "1"}, b"said", change.get("allow", (("localhost", service.port),)))  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001:81b::200a"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
        "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "ff0e::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::1", "2001:0:1::1", "2001:db8::1",
        "::127.0.0.1",
    ],
)  # fmt: skip
def test_every_other_address_is_none(address: str) -> None:
    assert not is_public(address)


def test_a_message_is_handed_over(service: Service) -> None:
    assert ask(service) == 201
    ((path, headers, body),) = service.came
    assert (path, body, headers["TTL"], headers["Host"]) == ("/x?y=z", b"said", "1", f"localhost:{service.port}")


def test_a_private_address_is_never_connected_to(service: Service) -> None:
    with pytest.raises(Unreachable) as raised:
        ask(service, allow=())
    assert raised.value.refused
    assert service.came == []


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolved(*_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with pytest.raises(Unreachable) as raised:
        post(Target("push.example", 443, "/"), {}, b"", ())
    assert raised.value.refused


def test_what_was_checked_is_what_is_connected_to(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = socket.getaddrinfo, []

    def counted(host: str, *more: object, **named: object) -> object:
        asked.append(host)
        return real(host, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    ask(service)
    assert asked.count("localhost") == 1


def test_a_redirect_is_an_answer_like_any_other(service: Service) -> None:
    service.answers = [307]
    assert ask(service) == 307
    assert len(service.came) == 1


def test_proxies_of_the_environment_mean_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask(service) == 201


def test_a_certificate_of_nobody_we_know_is_refused(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Unreachable, match="SSLCertVerificationError"):
        ask(service)
    assert service.came == []


def test_a_certificate_of_another_host_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path, host="push.example") as other:
        monkeypatch.setenv("SSL_CERT_FILE", str(other.authority))
        with pytest.raises(Unreachable, match="SSLCertVerificationError"):
            ask(other)
        assert other.came == []


def test_who_takes_too_long_is_left(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "SECONDS", 0.5)
    service.slow = True
    before = time.monotonic()
    with pytest.raises(Unreachable) as raised:
        ask(service)
    assert not raised.value.refused
    assert time.monotonic() - before < 5


def test_nobody_there_is_no_fault(service: Service) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        post(Target("localhost", port, "/"), {}, b"", (("localhost", port),))
