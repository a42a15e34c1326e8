"""What people say about themselves: the address they sign in with, their name, and how their days run."""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from webapp.domain.days import is_zone
from webapp.domain.errors import Problem
from webapp.domain.people import Theme
from webapp.domain.text import text_problems

CONSENT_VERSION = "2"
"""Of the words people agree to when they sign up; changes with every change of their meaning."""

LONGEST_EMAIL = 254
LONGEST_NAME = 100
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.ASCII | re.IGNORECASE,  # or the long s and the Kelvin sign would pass for s and k
)
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Purpose(StrEnum):
    """What a secret of one use is for, a mailed link or one that waits in a browser; made for one purpose, it opens
    nothing else."""

    SIGN_UP = "sign-up"
    RECOVERY = "recovery"
    EMAIL = "email"
    SECOND_STEP = "second-step"
    LOST_FACTOR = "lost-factor"
    FIRST_ADMIN = "first-admin"
    PASSKEY = "passkey"
    PASSKEY_NEW = "passkey-new"


def email_problems(email: str, field: str = "email") -> list[Problem]:
    """Problems of a mail address: RFC 5321 lengths, the dot-atom form of RFC 5322 and a full domain name."""
    if not email:
        return [Problem(field, "required")]
    if len(email) > LONGEST_EMAIL:
        return [Problem(field, "too_long", {"longest": LONGEST_EMAIL})]
    if not _EMAIL.fullmatch(email) or len(email.rpartition("@")[0]) > 64:
        return [Problem(field, "not_an_email")]
    return []


def plain_name(name: str) -> str:
    """The name on one line: without control characters and without marks that turn the direction of other text."""
    kept = (" " if unicodedata.category(character) == "Cc" else character for character in name)
    return " ".join("".join(character for character in kept if character not in _TURNING).split())


def name_problems(name: str) -> list[Problem]:
    """Problems of a name once it is a plain one."""
    plain = plain_name(name)
    return text_problems("name", plain, LONGEST_NAME) if plain else [Problem("name", "required")]


def zone_problems(zone: str) -> list[Problem]:
    return [] if is_zone(zone) else [Problem("zone", "unknown_zone")]


@dataclass(frozen=True)
class SignUp:
    """Somebody who asks for an account; whether the password can be guessed is judged apart, because it takes long."""

    name: str
    email: str
    password: str = field(repr=False)
    zone: str
    locale: str
    agrees: bool
    agrees_health: bool

    def check(self) -> list[Problem]:
        found = name_problems(self.name) + email_problems(self.email) + zone_problems(self.zone)
        if not self.agrees:
            found.append(Problem("agrees", "consent_missing"))
        if not self.agrees_health:
            found.append(Problem("agrees_health", "consent_missing"))
        return found


@dataclass(frozen=True)
class Profile:
    """How a person is called, and how their days and pages run: hours 0–23, weekdays 0 (Monday) to 6."""

    name: str
    zone: str
    day_start: int
    week_start: int
    locale: str
    theme: Theme

    def check(self) -> list[Problem]:
        found = name_problems(self.name) + zone_problems(self.zone)
        if not 0 <= self.day_start <= 23:
            found.append(Problem("day_start", "out_of_range", {"minimum": 0, "maximum": 23}))
        if not 0 <= self.week_start <= 6:
            found.append(Problem("week_start", "out_of_range", {"minimum": 0, "maximum": 6}))
        return found
