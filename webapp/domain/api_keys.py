"""Keys of organisations: what one may do, and how a request is signed with its secret (security CR-6)."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote

from webapp.domain.errors import Problem
from webapp.domain.text import text_problems
from webapp.domain.tokens import Contract, not_of_it

LONGEST_KEY_NAME = 100
KEYS_PER_ORGANISATION = 50
SKEW = timedelta(seconds=300)
"""So far the clock of a program and ours may be apart."""
NONCES_KEPT = timedelta(minutes=10)
"""From the earliest to the latest moment at which one timestamp is accepted."""
VERSION = "v1"
_NONCE = re.compile(r"[A-Za-z0-9_.~-]{1,64}")
_SECONDS = re.compile(r"[0-9]{1,11}")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{64}")
_RAW = "latin-1"
"""One character for each byte: what is no UTF-8 is signed as it was sent."""


@dataclass(frozen=True)
class ApiKeyDraft:
    """What somebody says a key should be; `signs` demands a signature of every request."""

    name: str
    scopes: tuple[str, ...]
    signs: bool = False

    def check(self) -> list[Problem]:
        """Return every problem, by field."""
        name = self.name.strip()
        problems = text_problems("name", name, LONGEST_KEY_NAME) if name else [Problem("name", "required")]
        if not self.scopes:
            problems.append(Problem("scopes", "required"))
        elif not_of_it(Contract.PROFILES, self.scopes):
            problems.append(Problem("scopes", "unknown_choice"))
        return problems


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature covers: the path and query as they were sent, the bytes of the body, and two headers."""

    method: str
    path: str
    query: str
    body: bytes
    timestamp: str
    nonce: str

    def text(self) -> str:
        """Return the words that are signed: a line for each, without a last line break."""
        body = hashlib.sha256(self.body).hexdigest()
        lines = (VERSION, self.method, self.path, sorted_query(self.query), body, self.timestamp, self.nonce)
        return "\n".join(lines)

    def signature(self, secret: str) -> str:
        """Return the hexadecimal HMAC-SHA256 of these words with the secret."""
        return hmac.new(secret.encode(), self.text().encode(), "sha256").hexdigest()

    def is_signed_by(self, secret: str, signature: str) -> bool:
        """Return whether this is the signature, in a time that does not tell how much of it is right."""
        if not _HEXADECIMAL.fullmatch(signature):
            return False
        return hmac.compare_digest(self.signature(secret), signature.lower())


def sorted_query(query: str) -> str:
    """Return the pairs of a query in one way of writing: percent-encoded (RFC 3986), by name and then value."""
    pairs = parse_qsl(query, keep_blank_values=True, encoding=_RAW)
    encoded = sorted((_encoded(name), _encoded(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def is_nonce(nonce: str) -> bool:
    """Return whether this is 1 to 64 letters, digits, `_`, `.`, `~` or `-`."""
    return _NONCE.fullmatch(nonce) is not None


def is_near(timestamp: str, now: datetime) -> bool:
    """Return whether these Unix seconds lie at most five minutes from now."""
    return bool(_SECONDS.fullmatch(timestamp)) and abs(int(timestamp) - now.timestamp()) <= SKEW.total_seconds()


def both_may(key: Iterable[str], token: Iterable[str]) -> frozenset[str]:
    """Return what a request may do that came with this key and this token: what either alone may not, neither may."""
    return frozenset(key) & frozenset(token)


def _encoded(text: str) -> str:
    return quote(text, safe="", encoding=_RAW)
