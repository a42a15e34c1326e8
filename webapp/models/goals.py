"""Goals, what they were at each revision, when they are due, and the rows of those due dates."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.goals import COLOURS, MOST_SKIPS, Kind, Lifecycle, Outcome, ReviewState
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.schedules import Frequency, Schedule
from webapp.domain.tracking import DayState, Direction
from webapp.domain.verdicts import Aim
from webapp.models.base import Addressed, Base, Key, Numbered, one_of
from webapp.models.types import Sealed, Word


class Goal(Addressed, Base):
    """Anything aimed at. The owner's words are sealed, those of an objective stand plainly in its own row and here is
    nothing; `version` counts every edit, `revision` the material ones.

    Between `rows_from` and `rows_until` the occurrence rows are the whole truth about due dates; outside of it the
    schedule is asked. Projections of the facts: months are closed through `months_until`; `streak_ahead` says what the
    current streak is if nothing more is said, as [last date, length] in order of date and 0 after the last.
    `reminds` switches its reminders on or off; None when nothing was ever said about it. `remind_anyway` lets them come
    for what is done, skipped or paused too. `feeds` says that a key result
    shows something of it, so that every other tick need not ask.
    """

    __tablename__ = "goal"
    __table_args__ = (
        CheckConstraint(
            "(kind IN ('personal', 'reading') AND organisation_id IS NULL)"
            " OR (kind IN ('objective', 'target') AND organisation_id IS NOT NULL)",
            name="private_or_organisation",
        ),
        CheckConstraint(one_of(Kind, "kind"), name="kind"),
        CheckConstraint(one_of(Lifecycle, "lifecycle"), name="lifecycle"),
        CheckConstraint(one_of(Outcome, "outcome"), name="outcome"),
        CheckConstraint(one_of(ReviewState, "review_state"), name="review_state"),
        CheckConstraint(one_of(Direction, "direction"), name="direction"),
        CheckConstraint(f"colour BETWEEN 1 AND {COLOURS}", name="colour"),
        Index(None, "owner_id", "position"),
        Index(None, "months_until"),
        Index("ix_goal_rows_until", "rows_until", sqlite_where=text("rows_until IS NOT NULL")),
    )
    kind: Mapped[Kind] = mapped_column(Word(Kind), default=Kind.PERSONAL)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    lifecycle: Mapped[Lifecycle] = mapped_column(Word(Lifecycle), default=Lifecycle.ACTIVE)
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))
    review_state: Mapped[ReviewState | None] = mapped_column(Word(ReviewState))
    status_word: Mapped[str | None] = mapped_column(String(50))
    title: Mapped[bytes] = mapped_column(Sealed, default=b"")
    question: Mapped[bytes | None] = mapped_column(Sealed)
    description: Mapped[bytes | None] = mapped_column(Sealed)
    unit: Mapped[bytes | None] = mapped_column(Sealed)
    criticality: Mapped[str | None] = mapped_column(String(255))
    colour: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    direction: Mapped[Direction | None] = mapped_column(Word(Direction))
    baseline: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    revision: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    rows_from: Mapped[date | None]
    rows_until: Mapped[date | None]
    source_uid: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    months_until: Mapped[date | None]
    streak_ahead: Mapped[list[list[Any]] | None] = mapped_column(JSON(none_as_null=True))
    best_streak: Mapped[int] = mapped_column(default=0, server_default="0")
    reminds: Mapped[bool | None]
    reminder_date: Mapped[date | None]
    remind_anyway: Mapped[bool] = mapped_column(default=False, server_default=false())
    feeds: Mapped[bool] = mapped_column(default=False, server_default=false())
    schedules: Mapped[list["ScheduleVersion"]] = relationship(
        lazy="raise_on_sql", order_by="ScheduleVersion.valid_from", back_populates="goal"
    )


class GoalRevision(Numbered, Base):
    """The terms of a goal as one material edit left them; words inside are sealed with the owner's key."""

    __tablename__ = "goal_revision"
    __table_args__ = (UniqueConstraint("goal_id", "number"),)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    terms: Mapped[bytes] = mapped_column(Sealed)
    created_at: Mapped[datetime]


class ScheduleVersion(Numbered, Base):
    """When a goal is due and what it asks, valid from a local date until the next version's; history is judged by the
    one in force. `dates` are due dates said one by one (ISO 8601), in order, in place of the rule."""

    __tablename__ = "schedule_version"
    __table_args__ = (
        UniqueConstraint("goal_id", "valid_from"),
        CheckConstraint(one_of(Frequency, "frequency"), name="frequency"),
        CheckConstraint(one_of(QuotaPeriod, "quota_period"), name="quota_period"),
        CheckConstraint("(quota_times IS NULL) = (quota_period IS NULL)", name="whole_quota"),
        CheckConstraint(one_of(Direction, "direction"), name="direction"),
        CheckConstraint(f"skip_budget BETWEEN 0 AND {MOST_SKIPS}", name="skip_budget"),
        Index(
            "uq_schedule_version_current",
            "goal_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        Index(
            "ix_schedule_version_until",
            "until",
            sqlite_where=text("is_current AND until IS NOT NULL"),
            postgresql_where=text("is_current AND until IS NOT NULL"),
        ),
    )
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    valid_from: Mapped[date]
    is_current: Mapped[bool] = mapped_column(default=True)
    frequency: Mapped[Frequency] = mapped_column(Word(Frequency))
    start: Mapped[date]
    until: Mapped[date | None]
    days: Mapped[list[int]] = mapped_column(JSON, default=list)
    rule: Mapped[str | None] = mapped_column(String(500))
    week_start: Mapped[int] = mapped_column(default=0)
    quota_times: Mapped[int | None]
    quota_period: Mapped[QuotaPeriod | None] = mapped_column(Word(QuotaPeriod))
    quota_length: Mapped[int | None]
    direction: Mapped[Direction | None] = mapped_column(Word(Direction))
    target: Mapped[Decimal | None]
    skip_budget: Mapped[int | None]
    dates: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    goal: Mapped[Goal] = relationship(lazy="raise_on_sql", back_populates="schedules")

    def terms(self) -> Schedule:
        """The version as the rules know it."""
        return schedule_of(self)

    def aim(self) -> Aim:
        """What this version asks beside its dates."""
        return Aim(self.direction, self.target, self.skip_budget)

    def set_terms(self, schedule: Schedule, aim: Aim) -> None:
        """This row says what the rules say."""
        self.direction, self.target, self.skip_budget = aim
        self.valid_from = schedule.valid_from
        self.frequency = schedule.frequency
        self.start = schedule.start
        self.until = schedule.until
        self.days = list(schedule.days)
        self.rule = schedule.rule
        self.week_start = schedule.week_start
        self.dates = [day.isoformat() for day in schedule.dates] or None
        self.quota_times = schedule.quota.times if schedule.quota else None
        self.quota_period = schedule.quota.period if schedule.quota else None
        self.quota_length = schedule.quota.length if schedule.quota else None


class Occurrence(Numbered, Base):
    """One due date of a goal. State and value are a projection of the entries of that day, `entry_id` the last one;
    `paused` is one of the pauses that cover it."""

    __tablename__ = "occurrence"
    __table_args__ = (
        UniqueConstraint("goal_id", "local_date"),
        CheckConstraint(one_of(DayState, "state"), name="state"),
        Index("ix_occurrence_goal_id_state", "goal_id", "state"),
    )
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    local_date: Mapped[date]
    state: Mapped[DayState] = mapped_column(Word(DayState), default=DayState.OPEN)
    value: Mapped[Decimal | None]
    annotated: Mapped[bool] = mapped_column(default=False)
    paused: Mapped[bool] = mapped_column(default=False, server_default=false())
    entry_id: Mapped[int | None] = mapped_column(Key, ForeignKey("entry.id"), index=True)
    reminder_date: Mapped[date | None]
    reminder_time: Mapped[time | None]
    deleted_at: Mapped[datetime | None]


SCHEDULE_COLUMNS = (
    ScheduleVersion.frequency,
    ScheduleVersion.start,
    ScheduleVersion.until,
    ScheduleVersion.days,
    ScheduleVersion.rule,
    ScheduleVersion.week_start,
    ScheduleVersion.quota_times,
    ScheduleVersion.quota_period,
    ScheduleVersion.quota_length,
    ScheduleVersion.valid_from,
    ScheduleVersion.dates,
)
"""What `schedule_of` needs of a row."""


def schedule_of(row: Any) -> Schedule:
    """The schedule in a row that carries SCHEDULE_COLUMNS."""
    quota = Quota(row.quota_times, row.quota_period, row.quota_length) if row.quota_times is not None else None
    return Schedule(
        frequency=row.frequency,
        start=row.start,
        until=row.until,
        days=tuple(row.days),
        rule=row.rule,
        quota=quota,
        week_start=row.week_start,
        valid_from=row.valid_from,
        dates=tuple(map(date.fromisoformat, row.dates or ())),
    )
