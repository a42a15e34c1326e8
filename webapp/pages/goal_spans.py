"""Which days a goal's page shows: the last 53 weeks, or one calendar year; and what they come to, week by week."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from webapp.domain.days import EARLIEST_DAY, clamp_month, shifted, week_containing
from webapp.domain.months import PARTS, Mark
from webapp.domain.pauses import paused_between
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.running import required_in
from webapp.domain.schedules import Schedule, in_force
from webapp.domain.verdicts import Terms
from webapp.queries.progress import Span

WEEKS = 53
LONGEST_PERIOD = 31
DONE = frozenset({Mark.DONE, Mark.EXTRA})
DUE = {ord(mark): "x" for mark in (Mark.DONE, Mark.MISSED)}
"""Marks of days that count as due also today."""
DUE_WHEN_OVER = DUE | {ord(mark): "x" for mark in (*PARTS, Mark.OPEN)}
"""Marks of days that count as due once they are over."""


class Chosen(NamedTuple):
    """The days asked for, `year` when it is a calendar year; charts begin with the week of the first day."""

    first: date
    last: date
    year: int | None
    begins: date
    weeks: int


class Total(NamedTuple):
    """What some days in a row come to: amounts where the goal has any, else days done; `aim` is what was asked."""

    first: date
    last: date
    done: int
    due: int
    amount: Decimal | None
    aim: Decimal | int | None


def chosen(viewer: Viewer, asked: Mapping[str, str]) -> Chosen:
    """The year in `asked`, if it can be one that has been, else the last 53 weeks."""
    year = year_in(asked)
    if year is None or not EARLIEST_DAY.year <= year <= viewer.today.year:
        first = week_containing(shifted(viewer.today, -7 * (WEEKS - 1)), viewer.week_start)[0]
        return Chosen(first, viewer.today, None, first, WEEKS)
    first, last = date(year, 1, 1), date(year, 12, 31)
    begins = week_containing(first, viewer.week_start)[0]
    return Chosen(first, min(last, viewer.today), year, begins, (last - begins).days // 7 + 1)


def year_in(asked: Mapping[str, str]) -> int | None:
    """The year in a query, in four plain digits; None for none and for what is none."""
    text = asked.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


def years(earliest: date, today: date) -> range:
    """Every year since the goal's first day, the latest first."""
    return range(today.year, min(earliest.year, today.year) - 1, -1)


def weeks(span: Span, terms: Terms, viewer: Viewer) -> Iterator[Total]:
    """The weeks of a span, which begins with one; weeks before the goal are left out."""
    cuts = [(begin, min(begin + 7, len(span.marks))) for begin in range(0, len(span.marks), 7)]
    return _totals(span, terms, viewer, cuts, QuotaPeriod.WEEK)


def months(span: Span, terms: Terms, viewer: Viewer) -> Iterator[Total]:
    """The months of a span, as far as they lie in it."""
    cuts, begin = [], 0
    while begin < len(span.marks):
        day = shifted(span.first, begin)
        after = (date(*clamp_month(day.year, day.month + 1), 1) - span.first).days
        cuts.append((begin, min(after, len(span.marks))))
        begin = after
    return _totals(span, terms, viewer, cuts, QuotaPeriod.MONTH)


def tally(span: Span, terms: Terms, today: date) -> tuple[int, int]:
    """(done, due) of a span as percentages count: what was excused is left out, and today until it has an answer."""
    done = due = 0
    asked = due_days(span, today)
    for version, (begin, end) in zip(terms.versions, _by_version(span, terms.versions), strict=True):
        if version.quota is None:
            done += span.marks.count(Mark.DONE, begin, end)
            due += asked.count("x", begin, end)
    return done, due


def due_days(span: Span, today: date) -> str:
    """An x for each day of the span that counts as due, whatever schedule asked for it."""
    over = max(0, (today - span.first).days)
    return span.marks[:over].translate(DUE_WHEN_OVER) + span.marks[over:].translate(DUE)


def _by_version(span: Span, versions: Sequence[Schedule]) -> list[tuple[int, int]]:
    """Where in the span each version is in force; the first one also before it was written."""
    starts = [0, *((version.valid_from - span.first).days for version in versions[1:])]
    bounded = [min(max(0, start), len(span.marks)) for start in starts]
    return list(zip(bounded, [*bounded[1:], len(span.marks)], strict=True))


def _totals(
    span: Span, terms: Terms, viewer: Viewer, cuts: list[tuple[int, int]], period: QuotaPeriod
) -> Iterator[Total]:
    marks, asked = span.marks, due_days(span, viewer.today)
    begins = span.first.toordinal()
    only = terms.versions[0] if len(terms.versions) == 1 else None
    excused = _excused(span, terms) if any(version.quota for version in terms.versions) else frozenset()
    has_amounts = any(amount is not None for amount in span.amounts)
    for begin, end in cuts:
        if marks.count(Mark.BEFORE, begin, end) == end - begin:
            continue
        last = date.fromordinal(begins + end - 1)
        version = only or in_force(terms.versions, last)
        due = 0 if version and version.quota else asked.count("x", begin, end)
        times: int | None = due
        if version and version.quota:
            bounds = _whole(period, last, viewer.week_start)
            times = required_in(terms, period, bounds, excused, last) if version.quota.period is period else None
        logged = [amount for amount in span.amounts[begin:end] if amount is not None] if has_amounts else []
        done = marks.count(Mark.DONE, begin, end) + marks.count(Mark.EXTRA, begin, end)
        yield Total(
            first=date.fromordinal(begins + begin),
            last=last,
            done=done,
            due=due,
            amount=sum(logged, Decimal(0)) if logged else None,
            aim=_aim(terms, version, times),
        )


def _excused(span: Span, terms: Terms) -> frozenset[date]:
    """Paused days of the span and around it, and those skipped and forgiven."""
    begins = span.first.toordinal()
    skipped = (date.fromordinal(begins + at) for at, mark in enumerate(span.marks) if mark == Mark.SKIPPED)
    around = shifted(span.first, -LONGEST_PERIOD), shifted(span.last, LONGEST_PERIOD)
    return paused_between(terms.pauses, *around).union(skipped)


def _whole(period: QuotaPeriod, last: date, week_start: int) -> tuple[date, date]:
    """The week or month to its own end: what a quota requires depends on the days still to come."""
    if period is QuotaPeriod.WEEK:
        return week_containing(last, week_start)
    return last.replace(day=1), shifted(date(*clamp_month(last.year, last.month + 1), 1), -1)


def _aim(terms: Terms, version: Schedule | None, times: int | None) -> Decimal | int | None:
    """What so many due days ask, or so many times of a quota of just this period; nothing for a quota of another."""
    target = terms.aim(version).target
    return times if times is None or target is None else times * target
