"""Grants: a client's consent that lets one therapist see named scopes (domain rules §7)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import reduce

from dateutil.relativedelta import relativedelta

from webapp.domain.days import EARLIEST_DAY, shifted
from webapp.domain.errors import Problem
from webapp.domain.text import text_problems

PURPOSE_LENGTH = 500
REQUEST_DAYS = 14
"""So long a request waits for its therapist."""
INVITATION_DAYS = 14
GRANTS_PER_CLIENT = 20
"""So many of a client's grants are open, active or waiting, at once."""
GRANT_TEXT_VERSION = "1"
"""Of the words a client consents to; it changes with them."""
FURTHEST_DAYS = 3660
CODE_LENGTH = 12
CODE_BITS = 55
"""What is random in a therapist's code; the last of its letters is a check."""


class GrantState(StrEnum):
    REQUESTED = "requested"
    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"


class GrantAct(StrEnum):
    """What can happen to a grant, as its record names it."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    GIVEN = "given"
    REFUSED = "refused"
    CHANGED = "changed"
    REVOKED = "revoked"
    LEFT = "left"
    EXPIRED = "expired"
    REPLACED = "replaced"


class Scope(StrEnum):
    GOALS = "goals"
    TRACKING = "tracking"
    MOOD_LEVELS = "mood_levels"
    MOOD_NOTES = "mood_notes"


@dataclass(frozen=True)
class GrantFacts:
    """One grant as the policy sees it, closed before `opens_at`; nothing before `from_date` is shown.

    `therapist_active` is whether the therapist's own membership is live.
    """

    client_id: int
    therapist_id: int | None
    state: GrantState
    scopes: frozenset[Scope]
    expires_at: datetime | None = None
    therapist_active: bool = True
    from_date: date | None = None
    opens_at: datetime | None = None

    def opens(self, scope: Scope, therapist_id: int, now: datetime) -> bool:
        """Whether this grant lets this therapist see this scope at this instant."""
        return (
            self.state is GrantState.ACTIVE
            and self.therapist_id == therapist_id
            and scope in self.scopes
            and self.therapist_active
            and (self.expires_at is None or now < self.expires_at)
            and (self.opens_at is None or self.opens_at <= now)
        )


NEEDS = {
    Scope.TRACKING: (Scope.GOALS, "tracking_needs_goals"),
    Scope.MOOD_NOTES: (Scope.MOOD_LEVELS, "notes_need_levels"),
}
"""A scope that shows nothing without another, and how that is called."""


class Term(StrEnum):
    """How long a grant lasts, as its client chooses it; the values of those that end are whole months."""

    MONTH = "1"
    QUARTER = "3"
    HALF_YEAR = "6"
    YEAR = "12"
    OPEN = "open"
    KEEP = "keep"
    """As it was, for a grant that is changed."""

    def ends_at(self, now: datetime, before: datetime | None = None) -> datetime | None:
        """The instant from which the grant opens nothing any more, or None without an end; `before` is what it was."""
        if self is Term.KEEP:
            return before
        return None if self is Term.OPEN else now + relativedelta(months=int(self.value))


@dataclass(frozen=True)
class GrantDraft:
    """What a client says they share; without a `from_date` what was before counts too."""

    scopes: frozenset[Scope] = frozenset()
    purpose: str = ""
    from_date: date | None = None
    term: Term = Term.HALF_YEAR

    def check(self, now: datetime, today: date, before: datetime | None = None) -> list[Problem]:
        """Every problem by field, for a client who lives on `today`; `before` is the end of the grant to be changed."""
        problems = [] if self.scopes else [Problem("scopes", "required")]
        problems += [
            Problem("scopes", code)
            for scope, (needed, code) in NEEDS.items()
            if scope in self.scopes and needed not in self.scopes
        ]
        problems += text_problems("purpose", self.purpose, PURPOSE_LENGTH)
        if self.from_date is None:
            return problems
        end = self.term.ends_at(now, before)
        if self.from_date < EARLIEST_DAY:
            problems.append(Problem("from_date", "too_early"))
        elif self.from_date > shifted(today, FURTHEST_DAYS):
            problems.append(Problem("from_date", "too_far"))
        elif end is not None and self.from_date > end.date():
            problems.append(Problem("term", "before_start"))
        return problems


def state_at(state: GrantState, created_at: datetime, expires_at: datetime | None, now: datetime) -> GrantState:
    """What the state counts as at this instant: time ends requests and grants before anybody writes it down."""
    over = expires_at is not None and expires_at <= now
    if state is GrantState.ACTIVE and over:
        return GrantState.EXPIRED
    if state is GrantState.REQUESTED and created_at <= now - timedelta(days=REQUEST_DAYS):
        return GrantState.EXPIRED
    return state


# A therapist's code: 55 random bits as eleven letters of Crockford's base 32, and a check letter. The check is a
# remainder over GF(32), as of a Reed-Solomon code: no single mistake passes it, and no two letters that were swapped.

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = str.maketrans(dict.fromkeys("- \t\u00a0\u2009\u2010\u2011\u2012\u2013\u2014\u2212"))


def code_of(bits: int) -> str:
    """The code that these 55 bits stand for."""
    letters = [bits >> 5 * place & 31 for place in reversed(range(CODE_LENGTH - 1))]
    return "".join(LETTERS[letter] for letter in (*letters, _next(reduce(_remainder, letters, 0))))


def read_code(text: str) -> str | None:
    """The code as it is kept, or None when what was typed is none; case, dashes, spaces, O for 0 and I for 1 pass."""
    code = text[:100].translate(_BETWEEN).upper().translate(_MEANT)
    if len(code) != CODE_LENGTH or not set(code) <= set(LETTERS):
        return None
    return code if reduce(_remainder, map(LETTERS.index, code), 0) == 0 else None


def in_groups(code: str) -> str:
    """The code as people read it: XXXX-XXXX-XXXX."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _remainder(before: int, letter: int) -> int:
    return _next(before) ^ letter


def _next(value: int) -> int:
    """The value times x, in the field of 32 elements modulo x⁵ + x² + 1."""
    return value << 1 ^ (0b100101 if value & 16 else 0)
