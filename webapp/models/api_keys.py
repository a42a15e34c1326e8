"""Keys by which an organisation's own programs come in, beside the token of the person they act for."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Addressed, Base, Numbered
from webapp.models.types import Sealed


class ApiKey(Addressed, Base):
    """A key of an organisation's: of itself only the SHA-256 is kept, of the secret that signs requests the sealed
    text, since signatures are computed with it. `signs` demands a signature of every request."""

    __tablename__ = "api_key"
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    prefix: Mapped[str] = mapped_column(String(20))
    secret: Mapped[bytes] = mapped_column(Sealed)
    scopes: Mapped[str] = mapped_column(String(500))
    signs: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class UsedNonce(Numbered, Base):
    """A number that a signed request said once, kept for as long as it could be said again."""

    __tablename__ = "used_nonce"
    __table_args__ = (UniqueConstraint("key_id", "nonce"),)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"))
    nonce: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
