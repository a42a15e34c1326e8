"""The mood journal: moods with a history of their own, and the palette of labels and reasons they point at."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.tracking import Source
from webapp.models.base import Addressed, Base, Key, Numbered, one_of
from webapp.models.types import Sealed, Word

MOOD_SOURCES = (Source.PAGE, Source.API, Source.IMPORT, Source.OFFLINE)


class MoodLabel(Addressed, Base):
    """One word of a person's palette; without a name it goes by the usual word for its level.

    A label without a level came from elsewhere and was never mapped: its moods are kept and left out of averages. The
    fingerprint finds a name again without opening any.
    """

    __tablename__ = "mood_label"
    __table_args__ = (
        UniqueConstraint("owner_id", "fingerprint"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("name IS NOT NULL OR level IS NOT NULL", name="says_something"),
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    level: Mapped[int | None]
    name: Mapped[bytes | None] = mapped_column(Sealed)
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    position: Mapped[int]
    hidden_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class MoodReason(Addressed, Base):
    """One reason of a person's palette."""

    __tablename__ = "mood_reason"
    __table_args__ = (UniqueConstraint("owner_id", "fingerprint"),)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[bytes] = mapped_column(Sealed)
    fingerprint: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    hidden_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Mood(Addressed, Base):
    """How a person felt at one moment.

    `local_date` is the date they lived it, in `zone`; `at` is the instant it was felt, `recorded_at` the instant we
    learned of it. `level` is its label's, kept here so that years are added up from one index. `reasons_said` is JSON
    that a program sent as reasons and that is no list of names.
    """

    __tablename__ = "mood"
    __table_args__ = (
        UniqueConstraint("person_id", "source_uid"),
        Index(None, "person_id", "local_date", "deleted_at", "level"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("energy BETWEEN 1 AND 5", name="energy"),
        CheckConstraint(one_of(MOOD_SOURCES, "source"), name="source"),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    local_date: Mapped[date]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(64))
    label_id: Mapped[int] = mapped_column(ForeignKey("mood_label.id"), index=True)
    level: Mapped[int | None]
    energy: Mapped[int | None]
    note: Mapped[bytes | None] = mapped_column(Sealed)
    reasons_said: Mapped[bytes | None] = mapped_column(Sealed)
    source: Mapped[Source] = mapped_column(Word(Source), default=Source.PAGE)
    source_uid: Mapped[str | None] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[datetime | None]


class MoodBecause(Base):
    """This mood had this reason."""

    __tablename__ = "mood_because"
    mood_id: Mapped[int] = mapped_column(Key, ForeignKey("mood.id"), primary_key=True)
    reason_id: Mapped[int] = mapped_column(Key, ForeignKey("mood_reason.id"), primary_key=True, index=True)


class MoodRevision(Numbered, Base):
    """What a mood said before its version `number` was replaced: everything a person typed or chose, sealed."""

    __tablename__ = "mood_revision"
    __table_args__ = (UniqueConstraint("mood_id", "number"),)
    mood_id: Mapped[int] = mapped_column(ForeignKey("mood.id"))
    number: Mapped[int]
    terms: Mapped[bytes] = mapped_column(Sealed)
    created_at: Mapped[datetime]
