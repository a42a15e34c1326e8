"""Where push messages may go: a browser's own address at one of the push services that are let in."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from webapp.domain.errors import Problem

DEVICES_PER_PERSON = 20
LONGEST_ADDRESS = 2000
POINT, SECRET = 65, 16
"""Bytes of a public key on P-256, uncompressed, and of the secret beside it (RFC 8291)."""
_ADDRESS = re.compile(r"https://(?P<host>[a-z0-9.-]{1,253})(?::(?P<port>[0-9]{1,5}))?(?P<path>/[\x21-\x7e]*)")


@dataclass(frozen=True)
class Target:
    """One address taken apart; `path` carries its query."""

    host: str
    port: int
    path: str = field(repr=False)

    @property
    def origin(self) -> str:
        """As a push service calls itself (RFC 8292)."""
        return f"https://{self.host}" + ("" if self.port == 443 else f":{self.port}")


def target_of(address: str, hosts: Collection[str], allow: Collection[tuple[str, int]]) -> Target | None:
    """The target of an https address at one of these hosts, on port 443 or at a pair of host and port in `allow`; None
    for any other. `*.example.org` stands for every host below example.org."""
    found = _ADDRESS.fullmatch(address) if len(address) <= LONGEST_ADDRESS else None
    if found is None:
        return None
    parts = urlsplit(address)
    host, port = found["host"], int(found["port"] or 443)
    if (
        host.startswith(".")
        or parts.fragment
        or parts.hostname != host
        or not any(_is_of(host, known) for known in hosts)
    ):
        return None
    return Target(host, port, found["path"]) if port == 443 or (host, port) in allow else None


def _is_of(host: str, known: str) -> bool:
    return host.endswith(known[1:]) and len(host) >= len(known) if known.startswith("*.") else host == known


@dataclass(frozen=True)
class PushDraft:
    """What a browser tells of itself: where to send, and the keys with which only it can read."""

    endpoint: str = field(repr=False)
    public_key: bytes = field(repr=False)
    secret: bytes = field(repr=False)

    def check(self, hosts: Collection[str], allow: Collection[tuple[str, int]]) -> list[Problem]:
        """What is wrong with it, by field."""
        problems = []
        if target_of(self.endpoint, hosts, allow) is None:
            problems.append(Problem("endpoint", "unknown_choice"))
        if len(self.public_key) != POINT or self.public_key[:1] != b"\x04":
            problems.append(Problem("p256dh", "unreadable"))
        if len(self.secret) != SECRET:
            problems.append(Problem("auth", "unreadable"))
        return problems
