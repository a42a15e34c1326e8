"""What surrounds a goal's days: pauses, tags, and its closed months, a projection that spares pages the history."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.pauses import Pause
from webapp.models.base import Addressed, Base, Key, Numbered
from webapp.models.types import Sealed


class PlannedPause(Addressed, Base):
    """A range of dates on which nothing is asked, of one goal or, without a goal, of all the owner's; both included."""

    __tablename__ = "pause"
    __table_args__ = (
        Index(None, "owner_id", "first"),
        CheckConstraint("last IS NULL OR last >= first", name="in_order"),
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"), index=True)
    first: Mapped[date]
    last: Mapped[date | None]
    created_at: Mapped[datetime]

    def terms(self) -> Pause:
        """The pause as the rules know it."""
        return Pause(self.first, self.last)


class Tag(Addressed, Base):
    """A word by which a person groups their goals, sealed; the fingerprint finds it again without opening any."""

    __tablename__ = "tag"
    __table_args__ = (UniqueConstraint("owner_id", "fingerprint"),)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[bytes] = mapped_column(Sealed)
    fingerprint: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class GoalTag(Base):
    """This goal carries this tag."""

    __tablename__ = "goal_tag"
    goal_id: Mapped[int] = mapped_column(Key, ForeignKey("goal.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(Key, ForeignKey("tag.id"), primary_key=True, index=True)


class GoalMonth(Numbered, Base):
    """One closed month of a goal, and the states from which the next one goes on (`domain.months`).

    `marks` holds a sign for each day, `scores` the strength after each in ten-thousandths (None before the first
    fact), `amounts` what each day came to as a decimal's text, for goals with an amount.
    """

    __tablename__ = "goal_month"
    __table_args__ = (UniqueConstraint("goal_id", "first"),)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    first: Mapped[date]
    marks: Mapped[str] = mapped_column(String(31))
    scores: Mapped[list[int | None]] = mapped_column(JSON)
    amounts: Mapped[list[str | None] | None] = mapped_column(JSON(none_as_null=True))
    done: Mapped[int]
    due: Mapped[int]
    amount: Mapped[Decimal | None]
    streak: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    strength: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
