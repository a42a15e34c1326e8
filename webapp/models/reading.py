"""What people read, what they mean to read, and what they read on which day: their own alone, no organisation's."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.goals import Outcome
from webapp.domain.reading import Asks, Category, Unit
from webapp.models.base import Addressed, Base, Key, one_of
from webapp.models.types import Word

Verses = JSON(none_as_null=True)
"""Ranges of verse numbers, [[first, last], …], in order and apart."""


class Work(Base):
    """What makes a goal of kind reading something that is read; its title is the goal's, its facts are the goal's
    entries. Of books somebody has many, of each other category one, made when it is first needed.

    `size` is how much of it there is in its unit, None when nobody said; `mushaf` the one they last read from. How far
    they are is a projection: `place` the last verse of the latest day on which verses were read, `place_on`; of
    anything else all pages, chapters or parts together, exactly so in `through`.
    """

    __tablename__ = "work"
    __table_args__ = (
        CheckConstraint(one_of(Category, "category"), name="category"),
        CheckConstraint(one_of(Unit, "unit"), name="unit"),
        Index(
            "uq_work_category",
            "owner_id",
            "category",
            unique=True,
            sqlite_where=text("category <> 'book'"),
            postgresql_where=text("category <> 'book'"),
        ),
    )
    goal_id: Mapped[int] = mapped_column(Key, ForeignKey("goal.id"), primary_key=True, autoincrement=False)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    category: Mapped[Category] = mapped_column(Word(Category))
    unit: Mapped[Unit] = mapped_column(Word(Unit))
    size: Mapped[int | None]
    place: Mapped[int | None]
    place_on: Mapped[date | None]
    through: Mapped[Decimal] = mapped_column(default=Decimal(0))
    mushaf: Mapped[int | None]


class ReadingGoal(Addressed, Base):
    """What somebody means to read of a work; one of them is live, the others are over.

    `amount` in seconds or the work's unit, or verses from `first_verse` to `last_verse`; in all within `duration` days
    from `starts`, else every day. What was read on the days before `settled_until` is added up in `settled`, and the
    verses of it that the goal asks for in `covered`: projections, so that today's portion never reads the whole past.
    """

    __tablename__ = "reading_goal"
    __table_args__ = (
        CheckConstraint(one_of(Asks, "asks"), name="asks"),
        CheckConstraint(one_of(Outcome, "outcome"), name="outcome"),
        CheckConstraint("(amount IS NULL) = (first_verse IS NOT NULL)", name="amount_or_verses"),
        CheckConstraint("(first_verse IS NULL) = (last_verse IS NULL)", name="whole_range"),
        Index(
            "uq_reading_goal_live",
            "goal_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "goal_id"),
    )
    goal_id: Mapped[int] = mapped_column(ForeignKey("work.goal_id"))
    asks: Mapped[Asks] = mapped_column(Word(Asks))
    amount: Mapped[int | None]
    first_verse: Mapped[int | None]
    last_verse: Mapped[int | None]
    duration: Mapped[int | None]
    mushaf: Mapped[int | None]
    starts: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    settled_until: Mapped[date]
    settled: Mapped[Decimal] = mapped_column(default=Decimal(0))
    covered: Mapped[list[list[int]]] = mapped_column(Verses, default=list)
    reached_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))


class ReadingBatch(Base):
    """What an entry on a work says was read, beside its value: the amount, with what the verses fill of the mushaf.

    `amount` is what was said in the work's unit without verses.
    """

    __tablename__ = "reading_batch"
    entry_id: Mapped[int] = mapped_column(Key, ForeignKey("entry.id"), primary_key=True, autoincrement=False)
    seconds: Mapped[int] = mapped_column(default=0)
    amount: Mapped[Decimal] = mapped_column(default=Decimal(0))
    verses: Mapped[list[list[int]]] = mapped_column(Verses, default=list)
    mushaf: Mapped[int | None]


class ActivityDay(Addressed, Base):
    """What was read of a work on one local day, a projection of its entries: seconds and amounts added up, verses
    united.

    `filled` is the amount with what the verses fill, `by_hand` the seconds that a person typed, `batches` how many
    entries stand. A day of a goal keeps what was asked of it: `asked` an amount of what it `asks` for, `asked_verses`
    verses.
    """

    __tablename__ = "activity_day"
    __table_args__ = (
        UniqueConstraint("goal_id", "local_date"),
        CheckConstraint(one_of(Asks, "asks"), name="asks"),
        Index(None, "owner_id", "local_date"),
    )
    goal_id: Mapped[int] = mapped_column(ForeignKey("work.goal_id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    local_date: Mapped[date]
    batches: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    by_hand: Mapped[int] = mapped_column(default=0)
    amount: Mapped[Decimal] = mapped_column(default=Decimal(0))
    filled: Mapped[Decimal] = mapped_column(default=Decimal(0))
    verses: Mapped[list[list[int]]] = mapped_column(Verses, default=list)
    mushaf: Mapped[int | None]
    reading_goal_id: Mapped[int | None] = mapped_column(ForeignKey("reading_goal.id"), index=True)
    asks: Mapped[Asks | None] = mapped_column(Word(Asks))
    asked: Mapped[int | None]
    asked_verses: Mapped[list[list[int]] | None] = mapped_column(Verses)
    progress: Mapped[Decimal | None]


class ReadingStreak(Addressed, Base):
    """Days in a row on which something was read, a projection: of one category, or with "any" of whatever works."""

    __tablename__ = "reading_streak"
    __table_args__ = (
        UniqueConstraint("owner_id", "category", "first"),
        Index(None, "owner_id", "category", "days", "first"),
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    category: Mapped[str] = mapped_column(String(20))
    first: Mapped[date]
    last: Mapped[date]
    days: Mapped[int]


class ReadingClient(Addressed, Base):
    """A program by the id with which it comes in by the reading contract, beside the token of the person it acts for:
    of an organisation, or of the installation and for everybody."""

    __tablename__ = "reading_client"
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    client_id: Mapped[str] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    revoked_at: Mapped[datetime | None]


class ReadingToken(Base):
    """Which program a token of the reading contract is of use to; its secret is the id in a signed text."""

    __tablename__ = "reading_token"
    token_id: Mapped[int] = mapped_column(Key, ForeignKey("token.id"), primary_key=True, autoincrement=False)
    client_id: Mapped[int] = mapped_column(ForeignKey("reading_client.id"), index=True)
