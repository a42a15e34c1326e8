"""Objectives with their key results, and the cycles they belong to; all words here are the organisation's and plain."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.goals import TAG_LENGTH, TITLE_LENGTH, UNIT_LENGTH
from webapp.domain.objective_drafts import CYCLE_LENGTH
from webapp.domain.objectives import Cadence, Curve, CycleState, FeedKind, Operator, RollUp
from webapp.models.base import Addressed, Base, Key, Numbered, one_of
from webapp.models.types import Word


class Cycle(Addressed, Base):
    """A period of objectives; the published contract calls it session. `reviewers` approvals are asked of each of its
    objectives. Who made its state what it is, and when, answers whom its locks hold back."""

    __tablename__ = "cycle"
    __table_args__ = (
        CheckConstraint(one_of(CycleState, "state"), name="state"),
        CheckConstraint(one_of(Cadence, "cadence"), name="cadence"),
        CheckConstraint("reviewers BETWEEN 0 AND 2", name="reviewers"),
        CheckConstraint("starts <= ends", name="in_order"),
        Index(None, "organisation_id", "starts"),
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("cycle.id"), index=True)
    title: Mapped[str] = mapped_column(String(CYCLE_LENGTH))
    starts: Mapped[date]
    ends: Mapped[date]
    zone: Mapped[str] = mapped_column(String(64), default="Etc/UTC")
    cadence: Mapped[Cadence] = mapped_column(Word(Cadence), default=Cadence.WEEKLY)
    reviewers: Mapped[int] = mapped_column(default=0)
    state: Mapped[CycleState] = mapped_column(Word(CycleState), default=CycleState.OPEN)
    state_at: Mapped[datetime]
    state_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Objective(Base):
    """What makes a goal an objective; its owner, review and life stand in the goal.

    Of a team, when it names one: the goal's owner then answers for it. Projections of the ledger: `attainment` (its
    roll-up, 0 without key results and children), `last_check_in` (of the objectives below where it has no key results
    of its own), and the latest confidence with its reason.
    """

    __tablename__ = "objective"
    __table_args__ = (
        CheckConstraint(one_of(Curve, "curve"), name="curve"),
        CheckConstraint(one_of(RollUp, "roll_up"), name="roll_up"),
        CheckConstraint("starts <= ends", name="in_order"),
        CheckConstraint("goal_id <> parent_id", name="not_its_own_parent"),
    )
    goal_id: Mapped[int] = mapped_column(Key, ForeignKey("goal.id"), primary_key=True, autoincrement=False)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"), index=True)
    name: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    description: Mapped[str] = mapped_column(Text, default="")
    starts: Mapped[date]
    ends: Mapped[date]
    curve: Mapped[Curve] = mapped_column(Word(Curve), default=Curve.LINEAR)
    milestones: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    roll_up: Mapped[RollUp] = mapped_column(Word(RollUp), default=RollUp.BOTH)
    weight: Mapped[Decimal] = mapped_column(default=Decimal(1))
    attainment: Mapped[Decimal] = mapped_column(default=Decimal(0))
    last_check_in: Mapped[date | None]
    confidence: Mapped[Decimal | None]
    confidence_reason: Mapped[str] = mapped_column(Text, default="")
    confidence_at: Mapped[datetime | None]
    confidence_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class ObjectiveTag(Numbered, Base):
    __tablename__ = "objective_tag"
    __table_args__ = (UniqueConstraint("goal_id", "title"), Index(None, "title"))
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    title: Mapped[str] = mapped_column(String(TAG_LENGTH))


class KeyResult(Addressed, Base):
    """A measured part of an objective; without an owner of its own it is the objective owner's.

    `actual`, `attainment` (an unclamped fraction), `last_check_in` and the confidence are projections of its entries,
    None while it was never measured.
    """

    __tablename__ = "key_result"
    __table_args__ = (
        CheckConstraint(one_of(Operator, "operator"), name="operator"),
        CheckConstraint("weight > 0", name="weight"),
        Index(None, "goal_id", "position"),
    )
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    description: Mapped[str] = mapped_column(Text, default="")
    operator: Mapped[Operator] = mapped_column(Word(Operator), default=Operator.AT_LEAST)
    baseline: Mapped[Decimal] = mapped_column(default=Decimal(0))
    target: Mapped[Decimal]
    unit: Mapped[str] = mapped_column(String(UNIT_LENGTH), default="")
    weight: Mapped[Decimal] = mapped_column(default=Decimal(1))
    due: Mapped[date | None]
    actual: Mapped[Decimal | None]
    attainment: Mapped[Decimal | None]
    last_check_in: Mapped[date | None]
    confidence: Mapped[Decimal | None]
    confidence_reason: Mapped[str] = mapped_column(Text, default="")
    confidence_at: Mapped[datetime | None]
    confidence_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class KeyResultFeed(Numbered, Base):
    """The owner of a personal goal lets a key result show its completion or its sum, until `ended_at`; nothing else of
    the goal is shown."""

    __tablename__ = "key_result_feed"
    __table_args__ = (
        CheckConstraint(one_of(FeedKind, "kind"), name="kind"),
        Index(
            "uq_key_result_feed_open",
            "key_result_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    key_result_id: Mapped[int] = mapped_column(ForeignKey("key_result.id"))
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    kind: Mapped[FeedKind] = mapped_column(Word(FeedKind))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
