"""Proofs a person carries (signed-in devices, mailed links, tokens of programs) and the counters that guard them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Addressed, Base, Numbered
from webapp.models.types import Sealed


class SignIn(Addressed, Base):
    """One signed-in device; only the SHA-256 of its cookie's secret is kept. `fresh_at`: the last proof of password."""

    __tablename__ = "sign_in"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    device: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    fresh_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Token(Addressed, Base):
    """A secret somebody carries, kept as its SHA-256: mailed links (single use) and tokens of programs (with scopes).

    A sign-up has no person yet: what was typed waits in the sealed payload until the mailed link is confirmed.
    """

    __tablename__ = "token"
    __table_args__ = (Index(None, "person_id", "purpose"),)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    address: Mapped[str | None] = mapped_column(String(254), index=True)
    payload: Mapped[bytes | None] = mapped_column(Sealed)
    name: Mapped[str | None] = mapped_column(String(100))
    prefix: Mapped[str | None] = mapped_column(String(20))
    contract: Mapped[str | None] = mapped_column(String(20))
    scopes: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LimitCount(Numbered, Base):
    """How often one key was tried in one window; raised by a single atomic statement."""

    __tablename__ = "limit_count"
    __table_args__ = (UniqueConstraint("key", "window"),)
    key: Mapped[str] = mapped_column(String(64))
    window: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int] = mapped_column(default=0)


class IdempotentAnswer(Numbered, Base):
    """The answer a repeated write gets; the body is sealed with the principal's key, pages keep just the redirect."""

    __tablename__ = "idempotent_answer"
    __table_args__ = (UniqueConstraint("person_id", "route", "key"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    route: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(255))
    body_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    location: Mapped[str | None] = mapped_column(String(500))
    body: Mapped[bytes | None] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(index=True)
