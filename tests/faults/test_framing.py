"""A request that leaves open where it ends is refused, and the next one does not hide in it (ASVS 4.2.1); one that
never ends holds up no other."""

import socket
from contextlib import ExitStack
from pathlib import Path

from tests import application
from tests.benchmarks.serving import served

HIDDEN = b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"
FRAMED = {
    "a length and chunks": (b"Content-Length: 4\r\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
    "two lengths": (b"Content-Length: 0\r\nContent-Length: 44", b""),
    "chunks said oddly": (b"Transfer-Encoding: xchunked", b"0\r\n\r\n"),
    "a length with a sign": (b"Content-Length: +4", b"abcd"),
    "a length that is no number": (b"Content-Length: 0x4", b"abcd"),
    "a length with a line in it": (b"Content-Length: 4_0", b"abcd"),
}


def said(port: int, request: bytes) -> bytes:
    """Everything the server answers to these bytes until it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_what_is_framed_oddly_is_refused_and_hides_nothing(sqlite_url: str, tmp_path: Path) -> None:
    environment = application.ENVIRONMENT | {"DATABASE_URL": sqlite_url, "SMTP_URL": f"folder:{tmp_path / 'mail'}"}
    with served("wsgi:app", environment, tmp_path) as server:
        assert b"Disallow" in said(server.port, HIDDEN), "asked plainly it is answered"
        for name, (lines, body) in FRAMED.items():
            request = b"POST /login HTTP/1.1\r\nHost: localhost\r\n" + lines + b"\r\n\r\n" + body + HIDDEN
            answer = said(server.port, request)
            assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ")), (name, answer)
            assert b"Disallow" not in answer, name


def test_who_sends_slowly_keeps_nobody_from_writing(sqlite_url: str, tmp_path: Path) -> None:
    environment = application.ENVIRONMENT | {"DATABASE_URL": sqlite_url, "SMTP_URL": f"folder:{tmp_path / 'mail'}"}
    slow = b" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    slow += b"Content-Length: 1000\r\n\r\nemail="
    with served("wsgi:app", environment | {"WEB_WRITING_AT_ONCE": "1"}, tmp_path) as server, ExitStack() as open_:
        for path in (b"POST /login", b"POST /api/v1/tracking/goals", b"PUT /api/v1/tracking/goals/1"):
            held = open_.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20))
            held.sendall(path + slow)
        plain = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        assert said(server.port, plain).startswith(b"HTTP/1.1 400 "), "its form has no token, which it hears at once"
        token = b"POST /api/v1/tracking/goals HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        assert said(server.port, token).startswith(b"HTTP/1.1 401 ")
