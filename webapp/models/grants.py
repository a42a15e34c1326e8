"""Consent: what a client lets one therapist see, how it came about, and the record of every look."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.grants import GrantAct, GrantState
from webapp.models.base import Addressed, Base, Key, Numbered, one_of
from webapp.models.types import Sealed, Word


class Grant(Addressed, Base):
    """A client's consent to one therapist; the purpose is sealed with the client's key.

    Asked by a code, it waits as requested until its therapist takes the client on; a code that is nobody's waits just
    the same, without a therapist. `code_hint` is the end of the code that was typed. Nothing before `from_date` is
    shown, and nothing at all before `opens_at`, when that date begins where the client lives.
    """

    __tablename__ = "consent_grant"
    __table_args__ = (
        Index(None, "therapist_id", "client_id"),
        CheckConstraint(one_of(GrantState, "state"), name="state"),
        CheckConstraint("client_id <> therapist_id", name="two_people"),
    )
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    therapist_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    code_hint: Mapped[str | None] = mapped_column(String(4))
    state: Mapped[GrantState] = mapped_column(Word(GrantState), default=GrantState.REQUESTED)
    sees_goals: Mapped[bool] = mapped_column(default=False)
    sees_tracking: Mapped[bool] = mapped_column(default=False)
    sees_mood_levels: Mapped[bool] = mapped_column(default=False)
    sees_mood_notes: Mapped[bool] = mapped_column(default=False)
    from_date: Mapped[date | None]
    opens_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    purpose: Mapped[bytes | None] = mapped_column(Sealed)
    text_version: Mapped[str] = mapped_column(String(20), default="1")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class GrantEvent(Numbered, Base):
    """One step of a grant, never changed: who did what when, and what was shared from then on, under which text."""

    __tablename__ = "grant_event"
    __table_args__ = (CheckConstraint(one_of(GrantAct, "act"), name="act"),)
    grant_id: Mapped[int] = mapped_column(ForeignKey("consent_grant.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    act: Mapped[GrantAct] = mapped_column(Word(GrantAct))
    at: Mapped[datetime]
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    from_date: Mapped[date | None]
    expires_at: Mapped[datetime | None]
    text_version: Mapped[str] = mapped_column(String(20))


class TherapistCode(Numbered, Base):
    """What clients type to ask this therapist; a new one takes the place of the last."""

    __tablename__ = "therapist_code"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    created_at: Mapped[datetime]


class GrantInvitation(Addressed, Base):
    """A therapist asks the owner of an address to share; the address is sealed with the therapist's key, and known
    again by its SHA-256."""

    __tablename__ = "grant_invitation"
    __table_args__ = (Index(None, "therapist_id", "created_at"),)
    therapist_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address: Mapped[bytes] = mapped_column(Sealed)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("consent_grant.id"), index=True)


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
