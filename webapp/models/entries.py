"""The ledger: one append-only table of facts under all goal kinds (domain rules §3)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.tracking import DayState, Mode, Source
from webapp.models.base import Addressed, Base, Key, one_of
from webapp.models.types import Sealed, Word


class Entry(Addressed, Base):
    """One measured or ticked fact, never changed afterwards; a correction is an entry that supersedes it.

    `local_date` is the date the person lived it, in `zone`; `at` is the instant it happened, `recorded_at` the
    instant we learned of it. With a key result it is a check-in: the value it came to, how sure its author is, and in
    `note` why, in plain words of the organisation. Without a value it says how sure somebody is of a whole objective.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("subject_id", "source_uid"),
        UniqueConstraint("supersedes_id"),
        Index(None, "goal_id", "local_date"),
        CheckConstraint(one_of(Mode, "mode"), name="mode"),
        CheckConstraint(one_of(DayState, "state"), name="state"),
        CheckConstraint(one_of(Source, "source"), name="source"),
        Index(
            None,
            "key_result_id",
            "local_date",
            sqlite_where=text("key_result_id IS NOT NULL"),
            postgresql_where=text("key_result_id IS NOT NULL"),
        ),
        CheckConstraint("state IS NOT NULL OR value IS NOT NULL OR confidence IS NOT NULL", name="says_something"),
    )
    subject_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    key_result_id: Mapped[int | None] = mapped_column(ForeignKey("key_result.id"))
    local_date: Mapped[date]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(64))
    mode: Mapped[Mode] = mapped_column(Word(Mode), default=Mode.SET)
    state: Mapped[DayState | None] = mapped_column(Word(DayState))
    value: Mapped[Decimal | None]
    note: Mapped[bytes | None] = mapped_column(Sealed)
    confidence: Mapped[Decimal | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    source: Mapped[Source] = mapped_column(Word(Source), default=Source.PAGE)
    source_uid: Mapped[str | None] = mapped_column(String(80))
    supersedes_id: Mapped[int | None] = mapped_column(Key, ForeignKey("entry.id"))
