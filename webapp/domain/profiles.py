"""Ladders of profiles: targets per goal and period, how far somebody is, and when the next rung is theirs (domain rules
§10)."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from webapp.domain.days import EARLIEST_DAY, shifted

WHOLE = Decimal(100)
HUNDREDTH = Decimal("0.01")
LARGEST_PERCENTAGE = Decimal("999999999.99")
"""Where a span is so narrow that a percentage would not fit its column, this is said instead."""


class Period(StrEnum):
    """What values are added up over; it begins anew by the organisation's own calendar, weeks on a Monday."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    LIFETIME = "lifetime"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A period that runs or ran, both days included; a lifetime has no last day."""

    starts: date
    ends: date | None

    def holds(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)

    def is_over(self, today: date) -> bool:
        """Whether it is frozen: what comes later only adjusts it."""
        return self.ends is not None and self.ends < today


def span_of(period: Period, day: date) -> Span:
    """Return the period the day lies in."""
    if period is Period.LIFETIME:
        return Span(EARLIEST_DAY, None)
    if period is Period.DAILY:
        return Span(day, day)
    if period is Period.WEEKLY:
        monday = shifted(day, -day.weekday())
        return Span(monday, shifted(monday, 6))
    months = {Period.MONTHLY: 1, Period.QUARTERLY: 3, Period.YEARLY: 12}[period]
    first = (day.month - 1) // months * months + 1
    last = first + months - 1
    return Span(date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1]))


def span_of_all(periods: Iterable[Period], day: date) -> Span:
    """Return the days around this one in which none of these periods begins anew: what holds for all of them together
    holds for so long."""
    spans = [span_of(period, day) for period in periods]
    if not spans:
        return Span(EARLIEST_DAY, None)
    lasts = [span.ends for span in spans if span.ends is not None]
    return Span(max(span.starts for span in spans), min(lasts) if lasts else None)


def percentage(value: Decimal, minimum: Decimal, maximum: Decimal) -> Decimal:
    """Return 100·(value − minimum)/(maximum − minimum), not clamped; maximum is the larger."""
    exact = WHOLE * (value - minimum) / (maximum - minimum)
    return max(min(exact, LARGEST_PERCENTAGE), -LARGEST_PERCENTAGE)


def shown(percentage: Decimal) -> Decimal:
    """Return a percentage as gauges show it: 0 to 100, two decimals."""
    return min(max(percentage, Decimal(0)), WHOLE).quantize(HUNDREDTH, ROUND_HALF_UP)


def overall(percentages: Sequence[Decimal]) -> Decimal:
    """Return the mean of percentages that are not clamped, to two decimals, half away from zero; nothing is 0."""
    if not percentages:
        return Decimal(0)
    mean = sum(percentages, Decimal(0)) / len(percentages)
    return max(min(mean, LARGEST_PERCENTAGE), -LARGEST_PERCENTAGE).quantize(HUNDREDTH, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Terms:
    """What one goal of a profile asks in a period; `currency` is an ISO 4217 code, or "" for a number."""

    keyword: str
    period: Period
    minimum: Decimal
    maximum: Decimal
    display_name: str
    currency: str = ""

    def percentage(self, value: Decimal) -> Decimal:
        """How far the value is, not clamped."""
        return percentage(value, self.minimum, self.maximum)

    def difference(self, value: Decimal) -> Decimal:
        """What is missing to the maximum; nothing beyond it."""
        return max(self.maximum - value, Decimal(0))


def eligible(reached: Iterable[tuple[Terms, Decimal]], *, has_next: bool) -> bool:
    """Return whether the next rung is open: it exists, and every maximum is met in its period. A profile that asks for
    nothing opens nothing."""
    met = [value >= terms.maximum for terms, value in reached]
    return has_next and bool(met) and all(met)
