"""People, the organisations they belong to, and who reports to whom."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.people import MembershipStatus, Role, Theme
from webapp.models.base import Addressed, Base, Numbered, one_of
from webapp.models.types import Word


class Person(Addressed, Base):
    """Somebody who can sign in; `email_key` is the normalised address that must be unique.

    `erase_at` is set while an account waits to be erased. An erased person keeps their number, so that what belongs to
    an organisation still stands somewhere, and nothing else: `deleted_at` says when.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("day_start BETWEEN 0 AND 23", name="day_start"),
        CheckConstraint("week_start BETWEEN 0 AND 6", name="week_start"),
        CheckConstraint(one_of(Theme, "theme"), name="theme"),
    )
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    locale: Mapped[str] = mapped_column(String(12), default="en")
    zone: Mapped[str] = mapped_column(String(64), default="Etc/UTC")
    day_start: Mapped[int] = mapped_column(default=0)
    week_start: Mapped[int] = mapped_column(default=0)
    theme: Mapped[Theme] = mapped_column(Word(Theme), default=Theme.AUTO)
    origin: Mapped[str] = mapped_column(String(20), default="sign-up")
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    consented_at: Mapped[datetime | None]
    consent_version: Mapped[str | None] = mapped_column(String(20))
    disabled_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    erase_at: Mapped[datetime | None] = mapped_column(index=True)
    country: Mapped[str | None] = mapped_column(String(2))


class Organisation(Addressed, Base):
    """`hides_amounts` keeps what people sold off the boards: ranks and whole percentages stay."""

    __tablename__ = "organisation"
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64), default="Etc/UTC")
    origin: Mapped[str] = mapped_column(String(20), default="page")
    hides_amounts: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


class Membership(Numbered, Base):
    """One person in one organisation; only an active one carries its roles."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("person_id", "organisation_id"),
        CheckConstraint(one_of(MembershipStatus, "status"), name="status"),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    status: Mapped[MembershipStatus] = mapped_column(Word(MembershipStatus), default=MembershipStatus.ACTIVE)
    created_at: Mapped[datetime]
    roles: Mapped[list["MembershipRole"]] = relationship(lazy="raise_on_sql")


class MembershipRole(Numbered, Base):
    __tablename__ = "membership_role"
    __table_args__ = (
        UniqueConstraint("membership_id", "role"),
        CheckConstraint(one_of(Role, "role"), name="role"),
    )
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    role: Mapped[Role] = mapped_column(Word(Role))


class Team(Addressed, Base):
    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(200))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class TeamMember(Numbered, Base):
    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("team_id", "person_id"),)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class ReportingLine(Numbered, Base):
    """In one organisation this person answers to that manager, since a date."""

    __tablename__ = "reporting_line"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id", "manager_id"),
        CheckConstraint("person_id <> manager_id", name="not_oneself"),
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    manager_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[date]
