"""Messages waiting to leave, and the sign of life of the workers that send them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Addressed, Base
from webapp.models.types import Sealed


class OutboxMessage(Addressed, Base):
    """One message to one person; `dedupe_key` makes planning repeatable, a lease lets one worker send it.

    The payload (template and its values, links with their secrets included) is sealed and emptied once sent. Reminders
    have none: their deliveries say what they are about, and the words are found when they leave. `domain` is that of
    the address, for pacing.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(None, "sent_at", "failed_at", "due_at"),
        Index(
            "ix_outbox_message_waiting",
            *("due_at", "id"),
            sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND failed_at IS NULL"),
        ),
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20), default="mail")
    domain: Mapped[str | None] = mapped_column(String(255))
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    payload: Mapped[bytes | None] = mapped_column(Sealed)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    attempt: Mapped[str | None] = mapped_column(String(24))
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(60))


class MailPace(Base):
    """How a domain takes our mails at present, "*" for the relay itself: held after failures until `hold_until`, slow
    until `slow_until` once it takes them again. A domain that gives no trouble has no row."""

    __tablename__ = "mail_pace"
    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    hold_until: Mapped[datetime | None]
    slow_until: Mapped[datetime | None]


class Heartbeat(Base):
    """When each worker last said that it lives."""

    __tablename__ = "heartbeat"
    worker: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]
