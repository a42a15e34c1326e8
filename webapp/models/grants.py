"""Consent: what a client lets one therapist see, and the record of every look."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.grants import GrantState
from webapp.models.base import Addressed, Base, Key, Numbered, one_of
from webapp.models.types import Sealed, Word


class Grant(Addressed, Base):
    """A client's consent to one therapist; the purpose is sealed with the client's key."""

    __tablename__ = "consent_grant"
    __table_args__ = (
        Index(None, "therapist_id", "client_id"),
        CheckConstraint(one_of(GrantState, "state"), name="state"),
        CheckConstraint("client_id <> therapist_id", name="two_people"),
    )
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    therapist_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[GrantState] = mapped_column(Word(GrantState), default=GrantState.REQUESTED)
    sees_goals: Mapped[bool] = mapped_column(default=False)
    sees_tracking: Mapped[bool] = mapped_column(default=False)
    sees_mood_levels: Mapped[bool] = mapped_column(default=False)
    sees_mood_notes: Mapped[bool] = mapped_column(default=False)
    from_date: Mapped[date | None]
    expires_at: Mapped[datetime | None]
    purpose: Mapped[bytes | None] = mapped_column(Sealed)
    text_version: Mapped[str] = mapped_column(String(20), default="1")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Access(Numbered, Base):
    """A therapist looked at something of a client's under a grant; written before the answer leaves."""

    __tablename__ = "access"
    __table_args__ = (Index(None, "client_id", "at"),)
    grant_id: Mapped[int] = mapped_column(ForeignKey("consent_grant.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    viewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None] = mapped_column(Key)
