"""Goals of our own export: schedules, days, the ledger and pauses, as the rules know them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal

from webapp.domain import recurrence
from webapp.domain.days import LATEST_DAY
from webapp.domain.errors import Invalid
from webapp.domain.goals import (
    COLOURS,
    MOST_SKIPS,
    TAGS_PER_GOAL,
    TEXT_LENGTH,
    TITLE_LENGTH,
    UNIT_LENGTH,
    Kind,
    Lifecycle,
    Outcome,
    tag_problems,
)
from webapp.domain.imports.own_fields import Fields, Terms
from webapp.domain.pauses import Pause
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.reminders import MOST_DAYS_AFTER, MOST_DAYS_BEFORE
from webapp.domain.reviews import COMMENT_LENGTH
from webapp.domain.schedules import MAXIMUM_DAYS_AHEAD, Frequency, Schedule
from webapp.domain.tracking import LONGEST_NOTE, DayState, Direction, Fact, Mode, Source
from webapp.domain.verdicts import Aim

STATUS_LENGTH = 50
TAG_NAME_LENGTH = 200
MOST_REMINDERS = 50


@dataclass(frozen=True, slots=True)
class OwnVersion:
    """A schedule and what it asked, from the date it names."""

    schedule: Schedule
    aim: Aim


@dataclass(frozen=True, slots=True)
class OwnDay:
    """One row of a goal's days; what it comes to is said by the entries."""

    local_date: date
    state: DayState
    deleted_at: datetime | None
    reminder_date: date | None = None
    reminder_time: time | None = None


@dataclass(frozen=True, slots=True)
class OwnRevision:
    """The terms of a goal as they once stood."""

    number: int
    terms: Terms
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OwnClosing:
    """What its owner said came of a goal when they closed it, until they opened it again."""

    closed_at: datetime
    outcome: Outcome
    score: Decimal
    words: str
    reopened_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """One fact of the ledger; `supersedes` names an earlier one of the same goal."""

    id: str
    goal: str
    local_date: date
    at: datetime
    recorded_at: datetime
    zone: str
    mode: Mode
    state: DayState | None
    value: Decimal | None
    note: str
    confidence: Decimal | None
    source: Source
    supersedes: str | None

    def fact(self, order: int, supersedes: int | None) -> Fact:
        """The entry as the rules know it, `order` being its place in the ledger."""
        return Fact(order, self.local_date, self.mode, self.state, self.value, supersedes)


@dataclass(frozen=True, slots=True)
class OwnPause:
    """A planned pause of one goal, or of everything where `goal` is None."""

    id: str
    goal: str | None
    days: Pause
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OwnGoal:
    """A personal goal with every column that describes it; its versions are in order, the last one is in force."""

    id: str
    title: str
    question: str
    description: str
    unit: str
    lifecycle: Lifecycle
    outcome: Outcome | None
    status_word: str
    criticality: str
    colour: int
    position: int
    direction: Direction | None
    baseline: Decimal | None
    target: Decimal | None
    revision: int
    version: int
    rows_from: date | None
    rows_until: date | None
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    archived_at: datetime | None
    deleted_at: datetime | None
    tags: tuple[str, ...]
    reminds: bool | None = None
    reminder_date: date | None = None
    remind_anyway: bool = False
    reminders: tuple[tuple[time, int], ...] = ()
    versions: tuple[OwnVersion, ...] = ()
    revisions: tuple[OwnRevision, ...] = ()
    closings: tuple[OwnClosing, ...] = ()
    days: tuple[OwnDay, ...] = ()

    @property
    def schedule(self) -> Schedule:
        """The one in force."""
        return self.versions[-1].schedule


def is_personal(row: Fields) -> bool:
    """Whether the row is a goal of the kind that is brought back; the others belong to more than one person."""
    return row.choice("kind", Kind) is Kind.PERSONAL


def goal_of(row: Fields) -> OwnGoal:
    """The goal in a row of "goals", without what other lists say of it."""
    tags = row.texts("tags", TAG_NAME_LENGTH, TAGS_PER_GOAL)
    if tag_problems(tags):
        row.wrong("tags")
    direction, target = _asked(row)
    return OwnGoal(
        id=row.identity(),
        title=row.words("title", TITLE_LENGTH),
        question=row.text("question", TITLE_LENGTH),
        description=row.text("description", TEXT_LENGTH),
        unit=row.text("unit", UNIT_LENGTH),
        lifecycle=row.choice("lifecycle", Lifecycle),
        outcome=row.choice_or_none("outcome", Outcome),
        status_word=row.text("status_word", STATUS_LENGTH),
        criticality=row.text("criticality", TITLE_LENGTH),
        colour=row.number("colour", 1, COLOURS),
        position=row.number("position"),
        direction=direction,
        baseline=row.amount("baseline"),
        target=target,
        revision=row.number("revision", 1),
        version=row.number("version", 1),
        rows_from=row.day_or_none("rows_from"),
        rows_until=row.day_or_none("rows_until"),
        created_at=row.instant("created_at"),
        updated_at=row.instant("updated_at"),
        completed_at=row.instant_or_none("completed_at"),
        archived_at=row.instant_or_none("archived_at"),
        deleted_at=row.instant_or_none("deleted_at"),
        tags=tags,
        reminds=row.flag("reminds") if row.has("reminds") else None,
        reminder_date=row.day_or_none("reminder_date", LATEST_DAY),
        remind_anyway=row.has("remind_anyway") and row.flag("remind_anyway"),
        reminders=_reminders(row),
    )


def complete(
    goal: OwnGoal,
    row: Fields,
    versions: Iterable[OwnVersion],
    revisions: Iterable[OwnRevision],
    closings: Sequence[OwnClosing],
    days: Iterable[OwnDay],
) -> OwnGoal:
    """The goal with its lists in order; a goal without a schedule, with an impossible window, or closed without a
    closing is a problem."""
    ordered = tuple(sorted(versions, key=lambda version: version.schedule.valid_from))
    if not ordered:
        row.wrong("schedules")
        return goal
    window = (goal.rows_from, goal.rows_until)
    if ordered[-1].schedule.frequency is Frequency.QUOTA:
        if window != (None, None):
            row.wrong("rows_from")
    elif goal.rows_from is None or goal.rows_until is None or goal.rows_until < goal.rows_from:
        row.wrong("rows_until")
    standing = [closing for closing in closings if closing.reopened_at is None]
    return replace(
        _closed(goal, row, standing),
        versions=ordered,
        revisions=tuple(revisions),
        closings=tuple(closings),
        days=tuple(days),
    )


def version_of(row: Fields) -> OwnVersion:
    """The schedule version in a row of "schedules"."""
    frequency = row.choice("frequency", Frequency)
    direction, target = _asked(row)
    schedule = Schedule(
        frequency=frequency,
        start=row.day("start"),
        until=row.day_or_none("until"),
        days=row.numbers("days", 0, 6),
        rule=_rule(row, frequency),
        quota=_quota(row, frequency),
        week_start=row.number("week_start", 0, 6),
        valid_from=row.day("valid_from"),
        dates=row.days("dates", MAXIMUM_DAYS_AHEAD + 1),
    )
    return OwnVersion(schedule, Aim(direction, target, row.number_or_none("skip_budget", 0, MOST_SKIPS)))


def day_of(row: Fields) -> OwnDay:
    """The row of one day in "occurrences"."""
    return OwnDay(
        local_date=row.day("local_date"),
        state=row.choice("state", DayState),
        deleted_at=row.instant_or_none("deleted_at"),
        reminder_date=row.day_or_none("reminder_date", LATEST_DAY),
        reminder_time=row.clock("reminder_time"),
    )


def revision_of(row: Fields) -> OwnRevision:
    return OwnRevision(row.number("number", 1), row.terms(), row.instant("created_at"))


def closing_of(row: Fields) -> OwnClosing:
    """The closing in a row of "closings"."""
    score = row.amount("score")
    if score is None or not 0 <= score <= 1:
        row.wrong("score")
    outcome, words = row.choice("outcome", Outcome), row.text("words", COMMENT_LENGTH)
    reopened_at = row.instant_or_none("reopened_at")
    return OwnClosing(row.instant("closed_at"), outcome, score or Decimal(0), words, reopened_at)


def entry_of(row: Fields) -> OwnEntry:
    """The fact in a row of "entries"."""
    mode, value, state = row.choice("mode", Mode), row.amount("value"), row.choice_or_none("state", DayState)
    confidence = row.amount("confidence")
    if value is None and state is None:
        row.wrong("state")
    if mode is Mode.SET and value is not None and value < 0:
        row.wrong("value")
    if confidence is not None and not 0 <= confidence <= 1:
        row.wrong("confidence")
    return OwnEntry(
        id=row.identity(),
        goal=row.identity("goal"),
        local_date=row.day("local_date"),
        at=row.instant("at", ahead=True),
        recorded_at=row.instant("recorded_at"),
        zone=row.zone(),
        mode=mode,
        state=state,
        value=value,
        note=row.text("note", LONGEST_NOTE),
        confidence=confidence,
        source=row.choice("source", Source),
        supersedes=row.reference("supersedes"),
    )


def pause_of(row: Fields) -> OwnPause:
    """The pause in a row of "pauses"."""
    days = Pause(row.day("first", LATEST_DAY), row.day_or_none("last", LATEST_DAY))
    if days.check():
        row.wrong("last")
    return OwnPause(row.identity(), row.reference("goal"), days, row.instant("created_at"))


def _closed(goal: OwnGoal, row: Fields, standing: Sequence[OwnClosing]) -> OwnGoal:
    """Whether the goal is closed, and what came of it, is what the closing says that stands."""
    if len(standing) != 1:
        if standing or goal.lifecycle is Lifecycle.CLOSED:
            row.wrong("lifecycle")
        return goal
    (closing,) = standing
    away = goal.archived_at or closing.closed_at
    return replace(goal, lifecycle=Lifecycle.CLOSED, outcome=closing.outcome, archived_at=away)


def _reminders(row: Fields) -> tuple[tuple[time, int], ...]:
    """Times of day and how many days after the due date, each once, in order; older files say no days."""
    said = [
        (each.clock("wall"), each.number("days", -MOST_DAYS_BEFORE, MOST_DAYS_AFTER) if each.has("days") else 0)
        for each in row.inner("reminders")
    ]
    if len(said) > MOST_REMINDERS:
        row.wrong("reminders")
    return tuple(sorted({(wall, days) for wall, days in said if wall is not None}))


def _asked(row: Fields) -> tuple[Direction | None, Decimal | None]:
    """An amount and its direction: both or neither."""
    direction, target = row.choice_or_none("direction", Direction), row.amount("target")
    if (direction is None) != (target is None) or (target is not None and target < 0):
        row.wrong("target")
    return direction, target


def _rule(row: Fields, frequency: Frequency) -> str | None:
    """A rule as we would write it; quotas and one-time goals have none."""
    text = row.text("rule", recurrence.LONGEST_RULE)
    if bool(text) == (frequency in (Frequency.ONE_TIME, Frequency.QUOTA)):
        row.wrong("rule")
        return None
    if not text:
        return None
    try:
        written = recurrence.read(text)
    except Invalid:
        row.wrong("rule")
        return None
    if str(written.rule) != text:
        row.wrong("rule")
    return text


def _quota(row: Fields, frequency: Frequency) -> Quota | None:
    names = ("quota_times", "quota_period", "quota_length")
    if [row.has(name) for name in names] != [frequency is Frequency.QUOTA] * 3:
        row.wrong("quota_times")
        return None
    if frequency is not Frequency.QUOTA:
        return None
    try:
        period = row.choice("quota_period", QuotaPeriod)
        return Quota(row.number("quota_times"), period, row.number("quota_length"))
    except Invalid:
        row.wrong("quota_times")
        return None
