"""What can be said of a person's moods over any range: added up by the database, only palette names are opened."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select

from webapp.domain import moods as rules
from webapp.domain.moods import Point
from webapp.domain.people import Viewer
from webapp.models import Mood, MoodBecause, MoodLabel, MoodReason
from webapp.models.engine import AnySession
from webapp.queries.moods import DAYS, LABEL, MINE, REASON, Label, Names, Reason, day_mood


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often a reason was given, how many of those moods have a level, and its mean; None without any."""

    reason: Reason
    count: int
    rated: int
    mean: Decimal | None


@dataclass(frozen=True, slots=True)
class EnergyCount:
    """How often an energy was given, how many of those moods have a level, and its mean; None without any."""

    energy: int
    count: int
    rated: int
    mean: Decimal | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """All that the statistics page shows of one range.

    `mean` and `median` are of moods, whatever day they are of; stability, weekdays and trend are of day values.
    """

    first: date
    last: date
    days_logged: int
    total: int
    unrated: int
    by_level: dict[int, int]
    """How many moods of each of the five levels, the best first."""
    by_label: list[tuple[Label, int]]
    """Labels that were used, in the order of the palette."""
    median: int | None
    mean: Decimal | None
    stability: Decimal | None
    adjacent_days: int
    """So many pairs of adjacent days the stability is the mean of."""
    by_weekday: tuple[Decimal | None, ...]
    """Mean day values, Monday first."""
    by_energy: list[EnergyCount]
    """From 1 to 5, those that were given."""
    reasons: list[ReasonCount]
    """The most frequent first."""
    trend: list[Point]


# Statements are built once, here: building one costs more than running it.

_IN_RANGE = (MINE, Mood.local_date.between(bindparam("first"), bindparam("last")))
_TALLY = (func.count().label("moods"), func.count(Mood.level).label("rated"), func.sum(Mood.level).label("sum"))
_BY_LABEL = (
    select(*LABEL, func.count(Mood.id).label("moods"))
    .join(Mood, Mood.label_id == MoodLabel.id)
    .where(*_IN_RANGE)
    .group_by(MoodLabel.id)
    .order_by(MoodLabel.level.is_(None), MoodLabel.level.desc(), MoodLabel.position, MoodLabel.id)
)
_BY_ENERGY = (
    select(Mood.energy, *_TALLY).where(*_IN_RANGE, Mood.energy.is_not(None)).group_by(Mood.energy).order_by(Mood.energy)
)
_BY_REASON = (
    select(*REASON, *_TALLY)
    .join(MoodBecause, MoodBecause.reason_id == MoodReason.id)
    .join(Mood, Mood.id == MoodBecause.mood_id)
    .where(*_IN_RANGE)
    .group_by(MoodReason.id)
)


def statistics(session: AnySession, viewer: Viewer, first: date, last: date) -> Statistics:
    """What the viewer's moods from the first to the last date come to, in four statements however many there are."""
    values = {"viewer_id": viewer.id, "first": first, "last": last}
    connection, names = session.connection(), Names(viewer)
    days = {row.local_date: day_mood(row) for row in connection.execute(DAYS, values)}
    means = {day: of_day.mean for day, of_day in days.items() if of_day.mean is not None}
    by_label = [(names.label(row), row.moods) for row in connection.execute(_BY_LABEL, values)]
    by_level = rules.distribution((label.level, count) for label, count in by_label)
    energies = [
        EnergyCount(row.energy, row.moods, row.rated, _mean(row)) for row in connection.execute(_BY_ENERGY, values)
    ]
    reasons = [
        ReasonCount(names.reason(row), row.moods, row.rated, _mean(row))
        for row in connection.execute(_BY_REASON, values)
    ]
    return Statistics(
        first=first,
        last=last,
        days_logged=len(days),
        total=sum(day.count for day in days.values()),
        unrated=sum(day.unrated for day in days.values()),
        by_level=by_level,
        by_label=by_label,
        median=rules.median(by_level),
        mean=rules.mean(by_level),
        stability=rules.stability(means),
        adjacent_days=rules.adjacent_days(means),
        by_weekday=rules.by_weekday(means),
        by_energy=energies,
        reasons=sorted(reasons, key=lambda one: (-one.count, one.reason.name.casefold())),
        trend=rules.trend(means, first, last, viewer.week_start),
    )


def _mean(row: Any) -> Decimal | None:
    return Decimal(row.sum) / row.rated if row.rated else None
