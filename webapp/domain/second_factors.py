"""What proves a person beside their password: codes of an app (RFC 6238), passkeys, and recovery codes for when both
are lost."""

import base64
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from webapp.domain.errors import Problem
from webapp.domain.text import text_problems

DIGITS = 6
PERIOD = 30
"""Seconds that a code is shown for."""
STEPS_AROUND = 1
"""A code of the step before or after is taken too, because clocks differ."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 15
"""120 random bits each: enough to be kept under a plain SHA-256 (ASVS 6.5.2 asks for 112)."""
PASSKEYS_PER_PERSON = 20
LONGEST_PASSKEY_NAME = 100
SECOND_STEP_LIVES = timedelta(minutes=10)
CHALLENGE_LIVES = timedelta(minutes=5)
RECOVERY_CODE = "recovery-code"
"""The purpose of a recovery code's row among the tokens."""
_CODE = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(r"[a-z2-7]{24}")


class Factor(StrEnum):
    """By what somebody proved themselves beside their password."""

    APP = "app"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"


def step_of(now: datetime) -> int:
    """The number of the 30 seconds since 1970 in which the instant lies (RFC 6238, T)."""
    return int(now.timestamp()) // PERIOD


def steps_taken(now: datetime) -> range:
    """The steps whose codes are taken at this instant."""
    here = step_of(now)
    return range(here - STEPS_AROUND, here + STEPS_AROUND + 1)


def recovery_code(random: bytes) -> str:
    """A recovery code as a person reads it: six groups of four letters and digits."""
    text = base64.b32encode(random).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def typed_code(text: str) -> str:
    """What was typed as a code: six digits, 24 letters and digits of a recovery code, or "" for neither."""
    plain = re.sub(r"[\s-]", "", text[:100]).casefold()
    return plain if _CODE.fullmatch(plain) or _RECOVERY.fullmatch(plain) else ""


def is_recovery_code(typed: str) -> bool:
    return len(typed) > DIGITS


def passkey_name_problems(name: str) -> list[Problem]:
    plain = name.strip()
    return text_problems("name", plain, LONGEST_PASSKEY_NAME) if plain else [Problem("name", "required")]


def must_have_factor(roles: Collection[str], required_for: Collection[str]) -> bool:
    """Whether one of these roles asks for a second factor."""
    return not set(roles).isdisjoint(required_for)
