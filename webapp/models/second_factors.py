"""What proves a person beside their password; recovery codes are rows of `token`."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Addressed, Base, Numbered
from webapp.models.types import Sealed


class Authenticator(Numbered, Base):
    """The app that shows a person a new code every 30 seconds. It counts from `confirmed_at` on; `last_step` is the
    time step of the last code that was accepted, and no code of this step or an earlier one is accepted again.

    `next_secret` waits since `next_at` for the first code of another app or phone, which takes this one's place."""

    __tablename__ = "authenticator"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    secret: Mapped[bytes] = mapped_column(Sealed)
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    next_secret: Mapped[bytes | None] = mapped_column(Sealed)
    next_at: Mapped[datetime | None]


class Passkey(Addressed, Base):
    """A key pair of a person's device, of which we keep the public half (WebAuthn Level 3). `sign_count` only grows
    where the device counts at all."""

    __tablename__ = "passkey"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(2000))
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str] = mapped_column(String(100))
    transports: Mapped[str] = mapped_column(String(100), default="")
    synced: Mapped[bool]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
