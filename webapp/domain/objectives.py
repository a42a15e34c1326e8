"""Objectives: how far they are, what their parts come to, and whether that is where it should be (domain rules §4).

Progress, confidence (what the owner believes) and the score at close are three different things and never mixed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

NOTHING, ALL = Decimal(0), Decimal(1)
LARGEST = Decimal(1_000_000_000)
"""A runaway attainment is kept no further from nothing than this."""
ON_TRACK, AT_RISK = Decimal("0.10"), Decimal("0.25")
OUTDATED_AFTER = timedelta(days=3)
CORRECTED_WITHIN = timedelta(days=3)


class Operator(StrEnum):
    """What a key result asks of its value."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EXACTLY = "exactly"


class Curve(StrEnum):
    """The shape of the way between start and end."""

    LINEAR = "linear"
    BACK_LOADED = "back_loaded"
    STEPPED = "stepped"


class RollUp(StrEnum):
    """What an objective with children adds up."""

    BOTH = "both"
    KEY_RESULTS = "key_results"
    CHILDREN = "children"


class CycleState(StrEnum):
    """Open: everything may change. Locked: progress only. Closed: nothing."""

    OPEN = "open"
    LOCKED = "locked"
    CLOSED = "closed"


class Cadence(StrEnum):
    """How often a check-in is due."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"

    @property
    def days(self) -> int:
        return {"weekly": 7, "biweekly": 14, "monthly": 30}[self.value]


class FeedKind(StrEnum):
    """What of a personal goal its owner lets a key result show."""

    COMPLETION = "completion"
    """How many percent of the due dates in the objective's time so far are done."""
    SUM = "sum"
    """The sum of what was recorded in the objective's time."""


class Pace(StrEnum):
    NOT_STARTED = "not_started"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    OUTDATED = "outdated"
    """It would be on track, but the last check-in is too old to say so."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """From this date on so much should be reached, as a fraction of the whole."""

    day: date
    reached: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a roll-up: its weight, and its progress; None when it was never measured."""

    weight: Decimal
    progress: Decimal | None


@dataclass(frozen=True, slots=True)
class Course:
    """When an objective runs, how it should go, and how often somebody says how it goes."""

    starts: date
    ends: date
    curve: Curve = Curve.LINEAR
    milestones: tuple[Milestone, ...] = ()
    cadence: Cadence = Cadence.WEEKLY


@dataclass(frozen=True, slots=True)
class Position:
    """Where something is beside where it should be: fractions, and whether its last check-in is outdated."""

    pace: Pace
    expected: Decimal
    actual: Decimal
    outdated: bool = False

    @property
    def gap(self) -> Decimal:
        """How much is missing to where it should be; negative when it is ahead."""
        return self.expected - self.actual


def progress(operator: Operator, baseline: Decimal, target: Decimal, value: Decimal | None) -> Decimal | None:
    """How far the value is on its way as an unclamped fraction, None when nothing was ever measured (§4).

    The direction follows from the sign, so that a value which should fall counts up as it falls.
    """
    if value is None:
        return None
    if operator is Operator.EXACTLY:
        return ALL if value == target else NOTHING
    if operator is Operator.AT_MOST and baseline <= target:
        return _kept_below(target, value)
    if target == baseline:
        return ALL if value >= target else NOTHING
    return _bounded((value - baseline) / (target - baseline))


def roll_up(shares: Iterable[Share]) -> Decimal | None:
    """The weighted mean Σwp/Σw of the parts, each between 0 and 1; what was never measured counts 0. None without
    parts (§4)."""
    known = list(shares)
    weight = sum((share.weight for share in known), NOTHING)
    if not weight:
        return None
    return sum((share.weight * clamped(share.progress or NOTHING) for share in known), NOTHING) / weight


def clamped(fraction: Decimal) -> Decimal:
    """The fraction as it is shown: between nothing and all of it."""
    return min(max(fraction, NOTHING), ALL)


def elapsed(course: Course, today: date) -> Decimal:
    """What part of its time has passed: clamp((today − start)/(end + 1 day − start), 0, 1) (§4)."""
    whole = (course.ends - course.starts).days + 1
    return clamped(Decimal((today - course.starts).days) / whole) if whole > 0 else ALL


def expected(course: Course, today: date) -> Decimal:
    """Where it should be today: the part of time that passed, bent by its curve (§4)."""
    passed = elapsed(course, today)
    if course.curve is Curve.BACK_LOADED:
        return passed * passed
    if course.curve is Curve.STEPPED:
        reached = [one.reached for one in sorted(course.milestones, key=lambda one: one.day) if one.day <= today]
        return clamped(reached[-1]) if reached else NOTHING
    return passed


def check_in_due(course: Course, last: date | None) -> date:
    """When the next check-in is due: one cadence after the last one, or after the start."""
    return (last or course.starts) + timedelta(days=course.cadence.days)


def is_outdated(course: Course, last: date | None, today: date) -> bool:
    """Whether a check-in has been due for three days; none is due after the end."""
    due = check_in_due(course, last)
    return due <= course.ends and today >= due + OUTDATED_AFTER


def position(
    course: Course, actual: Decimal | None, last: date | None, today: date, *, quiet: bool = False
) -> Position:
    """Where it stands today. An outdated check-in takes the place of any green; where
    none is taken (`quiet`) nothing is."""
    reached, aimed = clamped(actual or NOTHING), expected(course, today)
    outdated = not quiet and is_outdated(course, last, today)
    if today < course.starts:
        return Position(Pace.NOT_STARTED, aimed, reached)
    gap = aimed - reached
    if gap <= ON_TRACK:
        return Position(Pace.OUTDATED if outdated else Pace.ON_TRACK, aimed, reached, outdated)
    return Position(Pace.AT_RISK if gap <= AT_RISK else Pace.OFF_TRACK, aimed, reached, outdated)


def _kept_below(target: Decimal, value: Decimal) -> Decimal:
    """A value that should stay at or below the target: all of it while it does, less by how far it is over."""
    if value <= target:
        return ALL
    return max(NOTHING, ALL - (value - target) / abs(target)) if target else NOTHING


def _bounded(fraction: Decimal) -> Decimal:
    return min(max(fraction, -LARGEST), LARGEST)


@dataclass(frozen=True, slots=True)
class Said:
    """One value said of a key result that stands: a `set` says it anew, an `add` builds on what stands."""

    day: date
    order: int
    adds: bool
    value: Decimal


def value_at(said: Iterable[Said], baseline: Decimal, as_of: date) -> Decimal | None:
    """What a key result had come to by the end of this date: its last set by date and every add after it; adds alone
    build on the baseline. None when nothing had been said (§3)."""
    value: Decimal | None = None
    for one in sorted(said, key=lambda one: (one.day, one.order)):
        if one.day <= as_of:
            value = (baseline if value is None else value) + one.value if one.adds else one.value
    return value
