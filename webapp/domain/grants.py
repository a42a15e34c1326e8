"""Grants: a client's consent that lets one therapist see named scopes (domain rules §7)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class GrantState(StrEnum):
    REQUESTED = "requested"
    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Scope(StrEnum):
    GOALS = "goals"
    TRACKING = "tracking"
    MOOD_LEVELS = "mood_levels"
    MOOD_NOTES = "mood_notes"


@dataclass(frozen=True)
class GrantFacts:
    """One grant as the policy sees it, closed before its `from_date` (UTC).

    `therapist_active` is whether the therapist's own membership is live.
    """

    client_id: int
    therapist_id: int
    state: GrantState
    scopes: frozenset[Scope]
    expires_at: datetime | None = None
    therapist_active: bool = True
    from_date: date | None = None

    def opens(self, scope: Scope, therapist_id: int, now: datetime) -> bool:
        """Whether this grant lets this therapist see this scope at this instant."""
        return (
            self.state is GrantState.ACTIVE
            and self.therapist_id == therapist_id
            and scope in self.scopes
            and self.therapist_active
            and (self.expires_at is None or now < self.expires_at)
            and (self.from_date is None or self.from_date <= now.date())
        )
