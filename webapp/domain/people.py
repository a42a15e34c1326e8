"""Who is looking: the person behind a request and what they are to others."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    MEMBER = "member"
    THERAPIST = "therapist"
    MANAGER = "manager"
    ADMIN = "admin"


class MembershipStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Words(Protocol):
    """One person's sealed words; `column` is "table.column", and a word sealed for one place opens in no other."""

    def seal(self, column: str, text: str) -> bytes: ...

    def open(self, column: str, sealed: bytes) -> str: ...

    def fingerprint(self, text: str) -> str: ...

    def seal_bytes(self, column: str, content: bytes) -> bytes: ...

    def open_bytes(self, column: str, sealed: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person asking, at one moment; `now` is an aware UTC instant and `today` their own local date."""

    id: int
    public_id: str
    name: str
    email: str
    zone: str
    now: datetime
    today: date
    words: Words
    day_start: int = 0
    week_start: int = 0
    locale: str = "en"
    theme: Theme = Theme.AUTO
    erase_at: datetime | None = None
    session_id: int | None = None
    fresh_at: datetime | None = None
    seen_at: datetime | None = None
    roles: frozenset[tuple[int, Role]] = field(default_factory=frozenset)
    has_factor: bool = False
    """Whether they have something beside their password to prove themselves by."""

    @property
    def homes(self) -> list[int]:
        """The organisations to which an active membership ties the viewer, by their numbers."""
        return sorted({organisation for organisation, _ in self.roles})

    def is_in(self, organisation_id: int | None) -> bool:
        """Whether an active membership ties the viewer to this organisation."""
        return any(organisation == organisation_id for organisation, _ in self.roles)

    def has(self, role: Role, organisation_id: int | None = None) -> bool:
        """Whether the viewer holds the role, anywhere or in the given organisation."""
        return any(held == role and organisation_id in (None, organisation) for organisation, held in self.roles)
