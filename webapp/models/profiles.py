"""Ladders of profiles, what each asks, who stands on them, and the boards: all of it is the organisation's."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.boards import Display
from webapp.domain.profile_drafts import ALIAS_LENGTH, KEYWORD_LENGTH, NAME_LENGTH
from webapp.domain.profiles import Period
from webapp.models.base import Addressed, Base, Key, Numbered, one_of
from webapp.models.types import Word


class Profile(Addressed, Base):
    """A rung of an organisation's ladder; position 1 is the first. `participants` counts whom its boards list."""

    __tablename__ = "profile"
    __table_args__ = (Index(None, "organisation_id", "position"),)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    participants: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class GoalKeyword(Numbered, Base):
    """A goal by the word under which every profile of the organisation, and every program, knows it."""

    __tablename__ = "goal_keyword"
    __table_args__ = (UniqueConstraint("organisation_id", "keyword"),)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    keyword: Mapped[str] = mapped_column(String(KEYWORD_LENGTH))


class Target(Addressed, Base):
    """What a profile asks of one goal in a period; `currency` is "" for a number."""

    __tablename__ = "target"
    __table_args__ = (
        UniqueConstraint("profile_id", "keyword_id"),
        CheckConstraint(one_of(Period, "period"), name="period"),
        CheckConstraint("minimum < maximum", name="in_order"),
    )
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"))
    keyword_id: Mapped[int] = mapped_column(ForeignKey("goal_keyword.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    period: Mapped[Period] = mapped_column(Word(Period))
    minimum: Mapped[Decimal]
    maximum: Mapped[Decimal]
    display_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    currency: Mapped[str] = mapped_column(String(3), default="")
    self_report: Mapped[bool] = mapped_column(default=False)


class TargetGoal(Base):
    """What makes a goal a target of its owner's: their values of this keyword are its entries, on whatever profile."""

    __tablename__ = "target_goal"
    __table_args__ = (UniqueConstraint("owner_id", "keyword_id"),)
    goal_id: Mapped[int] = mapped_column(Key, ForeignKey("goal.id"), primary_key=True, autoincrement=False)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    keyword_id: Mapped[int] = mapped_column(ForeignKey("goal_keyword.id"), index=True)


class Participant(Numbered, Base):
    """Somebody on the ladder of an organisation, and how they stand on its boards.

    `listed` is a projection: on a profile, an active member who is here, and not opted out. `name` is what the boards
    list them by, a projection of their choice.
    """

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id"),
        CheckConstraint(one_of(Display, "display"), name="display"),
        Index(None, "profile_id", "listed", "person_id"),
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("profile.id"))
    since: Mapped[datetime | None]
    opted_out: Mapped[bool] = mapped_column(default=False)
    listed: Mapped[bool] = mapped_column(default=False)
    display: Mapped[Display] = mapped_column(Word(Display), default=Display.FULL)
    alias: Mapped[str] = mapped_column(String(ALIAS_LENGTH), default="")
    image_id: Mapped[int | None] = mapped_column(ForeignKey("image.id"), index=True)


class Board(Addressed, Base):
    """The participants of a profile in one period, by one of its goals or, without a keyword, by all of them together.

    It keeps the terms its numbers are read by, which follow the target while the period runs and stand as they are
    afterwards. A lifetime has no last day. `version` moves with everything that changes what the board shows, `ranked`
    counts who has a rank.
    """

    __tablename__ = "board"
    __table_args__ = (
        UniqueConstraint("profile_id", "keyword_id", "starts", "ends"),
        Index(
            "uq_board_overall",
            "profile_id",
            "starts",
            "ends",
            unique=True,
            sqlite_where=text("keyword_id IS NULL"),
            postgresql_where=text("keyword_id IS NULL"),
        ),
        CheckConstraint(one_of(Period, "period"), name="period"),
    )
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"))
    keyword_id: Mapped[int | None] = mapped_column(ForeignKey("goal_keyword.id"), index=True)
    starts: Mapped[date]
    ends: Mapped[date | None]
    period: Mapped[Period | None] = mapped_column(Word(Period))
    minimum: Mapped[Decimal | None]
    maximum: Mapped[Decimal | None]
    display_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    ranked: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class Standing(Numbered, Base):
    """What one participant's entries come to on one board, a projection: on a goal's board the sum, on the board of the
    whole profile the mean of percentages.

    `depth` is minus the score: how far down the board, so that one index lists it as it reads, the best first and of
    equals who got there first. `counted` means they have a rank: they are listed, and one of `entries` stands. What
    came after the period was over is in `adjustment` and moves nobody.
    """

    __tablename__ = "standing"
    __table_args__ = (
        UniqueConstraint("participant_id", "board_id"),
        CheckConstraint("depth = -score", name="depth"),
        Index(
            None,
            "board_id",
            "depth",
            "reached_at",
            "id",
            sqlite_where=text("counted = 1"),  # as a statement says it: else the index is not used
            postgresql_where=text("counted"),
        ),
    )
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    score: Mapped[Decimal] = mapped_column(default=Decimal(0))
    depth: Mapped[Decimal] = mapped_column(default=Decimal(0))
    reached_at: Mapped[datetime]
    entries: Mapped[int] = mapped_column(default=0)
    counted: Mapped[bool] = mapped_column(default=False)
    adjustment: Mapped[Decimal] = mapped_column(default=Decimal(0))


class StandingCount(Numbered, Base):
    """How many ranked participants of a board stand from this depth on, down to where the next row begins: by these, a
    rank costs the same among a thousand and among a million."""

    __tablename__ = "standing_count"
    __table_args__ = (UniqueConstraint("board_id", "depth"),)
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"))
    depth: Mapped[Decimal]
    count: Mapped[int] = mapped_column(default=0)


class ValueQuery(Addressed, Base):
    """Somebody says that a value behind their number is wrong, and what became of it."""

    __tablename__ = "value_query"
    __table_args__ = (Index(None, "organisation_id", "answered_at"),)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    corrected: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(Text, default="")
