"""Passwords: argon2id with the parameters inside the hash, and a check that a new one cannot be guessed."""

import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.domain.errors import Problem

SHORTEST = 12
LONGEST = 128
EASY = 2
"""Below this score of the zxcvbn estimate (0 to 4) a password falls to a few million guesses."""

_hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
_nobody = _hasher.hash("nobody signs in with this")
_turns = BoundedSemaphore(2)


def configure(*, memory_kib: int, passes: int, at_once: int = 2) -> None:
    """New hashes cost this much; older ones are renewed when their owner signs in. So many are computed at once in this
    process, and who comes after them waits: many sign-ins together take neither all memory nor every core."""
    global _hasher, _nobody, _turns
    _turns = BoundedSemaphore(at_once)
    _hasher = PasswordHasher(memory_cost=memory_kib, time_cost=passes, parallelism=1)
    _nobody = _hasher.hash("nobody signs in with this")


def hash_password(password: str) -> str:
    """The argon2id hash to store (OWASP Password Storage: at least 19 MiB and two passes)."""
    with _turns:
        return _hasher.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; an absent hash costs the same time and never matches.

    Nor does a longer one than can be chosen, of which nothing is read.
    """
    if len(password) > LONGEST:
        stored, password = None, ""
    with _turns:
        try:
            return _hasher.verify(stored or _nobody, _normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def renewed(stored: str | None, password: str) -> str | None:
    """A new hash of the password, which is the stored one, where hashes cost another amount by now; else None."""
    return hash_password(password) if stored and _hasher.check_needs_rehash(stored) else None


def password_problems(password: str, *, about: tuple[str, ...] = (), field: str = "password") -> list[Problem]:
    """What is wrong with a new password; `about` are words an attacker would try first (name, address)."""
    if len(password) < SHORTEST:
        return [Problem(field, "password_short", {"shortest": SHORTEST})]
    if len(password) > LONGEST:
        return [Problem(field, "too_long", {"longest": LONGEST})]
    if _is_guessable(password, about):
        return [Problem(field, "password_guessable")]
    return []


def _is_guessable(password: str, about: tuple[str, ...]) -> bool:
    """Judged by the zxcvbn estimate with its shipped lists of 30,000 common passwords and of words and names."""
    from zxcvbn import zxcvbn  # heavy, and needed only when a password is chosen

    joined = ("".join(words.split()) for words in about)
    return bool(zxcvbn(_normal(password)[:72], user_inputs=["aimline", *about, *joined])["score"] < EASY)


def _normal(password: str) -> str:
    """The same typed characters give the same hash, however the keyboard composed them."""
    return unicodedata.normalize("NFKC", password)
