"""The audit log: who did what to which object, append-only, in the same transaction as the act."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Key, Numbered


class AuditEvent(Numbered, Base):
    """Holds ids and non-personal values only; sealed text is recorded as "changed". Rows of a private relation carry
    no organisation."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "subject_id", "at"), Index(None, "organisation_id", "at"))
    at: Mapped[datetime]
    tag: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(20), default="done")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    object_kind: Mapped[str | None] = mapped_column(String(40))
    object_id: Mapped[int | None] = mapped_column(Key)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    session_id: Mapped[int | None] = mapped_column(Key)
    address: Mapped[str | None] = mapped_column(String(45))
    route: Mapped[str | None] = mapped_column(String(80))
    request_id: Mapped[str | None] = mapped_column(String(32))
