"""Habitica's days: every moment is an instant there, and the account says where a day begins."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from webapp.domain.imports.cells import LARGEST_AMOUNT, Unusable, plain, shown, within
from webapp.domain.imports.documents import elements, members, text, whole
from webapp.domain.imports.report import Report

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WESTMOST, EASTMOST = 12 * 60, -14 * 60
LONGEST_INSTANT = 40
# Habitica keeps single days that long; of older months it may keep one average each.
KEPT_DAYS = timedelta(days=60)


@dataclass(frozen=True)
class Clock:
    """Where the account's days lie: minutes west of Greenwich, as browsers say it, and the hour a day begins.

    The offset is the one of the last visit: the file knows no zone, so a day near midnight in the other half of the
    year can be one off. An account that does not say it is read in UTC.
    """

    offset: timedelta
    day_start: timedelta
    last_day: date

    def lived(self, value: object) -> date:
        """The day of something done at this moment, a day beginning at the account's hour."""
        return self._day(value, self.offset + self.day_start)

    def calendar(self, value: object) -> date:
        """The date that a start or a due date shows; the hour a day begins is no part of it."""
        return self._day(value, self.offset)

    def _day(self, value: object, behind: timedelta) -> date:
        written = text(value)
        try:
            if isinstance(value, str) and len(value) == len("2026-07-04"):
                return within(date.fromisoformat(value), written, self.last_day)
            return within((_instant(value) - behind).date(), written, self.last_day)
        except (ValueError, OverflowError):
            raise Unusable("bad_date", value=shown(written)) from None


def clock_of(preferences: Mapping[str, Any], last_day: date) -> Clock:
    """The account's clock, each part that makes no sense as if it were not there."""
    offset, day_start = whole(preferences.get("timezoneOffset")), whole(preferences.get("dayStart"))
    return Clock(
        timedelta(minutes=offset if offset is not None and EASTMOST <= offset <= WESTMOST else 0),
        timedelta(hours=day_start if day_start is not None and 0 <= day_start <= 24 else 0),
        last_day,
    )


@dataclass(frozen=True)
class Done:
    """Which days something was done, each with its row, and how many rows say nothing of the kind."""

    rows: Mapping[date, int]
    dropped: int
    unclear: int


@dataclass(frozen=True)
class Scored:
    """How often a habit was counted up and down on each day, and the day's first row."""

    up: Mapping[date, Decimal]
    down: Mapping[date, Decimal]
    rows: Mapping[date, int]
    unclear: int


@dataclass(frozen=True)
class _Moment:
    row: int
    day: date
    said: Mapping[str, Any]
    rise: float
    """How much the task's value grew since the row before, which is all that older rows say."""
    average: bool


def done_days(history: object, file: str, clock: Clock, report: Report) -> Done:
    """A daily's days: ticked ones. Rows Habitica wrote at night over what was not done are counted as dropped."""
    rows: dict[date, int] = {}
    dropped = unclear = 0
    for moment in _moments(history, file, clock, report):
        completed = moment.said.get("completed")
        if completed is None and "isDue" not in moment.said and moment.average:
            unclear += 1
        elif completed is True or (completed is None and moment.rise > 0):
            rows.setdefault(moment.day, moment.row)
        else:
            dropped += 1
    return Done(rows, dropped, unclear)


def scored_days(history: object, file: str, clock: Clock, report: Report) -> Scored:
    """A habit's days; a row without counts says one up or down, whichever way the value went."""
    up: dict[date, Decimal] = {}
    down: dict[date, Decimal] = {}
    rows: dict[date, int] = {}
    unclear = 0
    for moment in _moments(history, file, clock, report):
        counted = _count(moment.said.get("scoredUp")), _count(moment.said.get("scoredDown"))
        if counted == (None, None):
            if moment.average:
                unclear += 1
                continue
            counted = Decimal(moment.rise > 0), Decimal(moment.rise < 0)
        for days, count in zip((up, down), counted, strict=True):
            if count:
                days[moment.day] = days.get(moment.day, Decimal(0)) + count
                rows.setdefault(moment.day, moment.row)
    return Scored(up, down, rows, unclear)


def _moments(history: object, file: str, clock: Clock, report: Report) -> list[_Moment]:
    """The rows of a history with a usable date; the others are problems."""
    found: list[tuple[int, date, Mapping[str, Any], float]] = []
    before = 0.0
    for row, said in enumerate(map(members, elements(history)), start=1):
        report.row()
        value = said.get("value")
        value = float(value) if isinstance(value, float) and math.isfinite(value) else float(whole(value) or 0)
        try:
            found.append((row, clock.lived(said.get("date")), said, value - before))
        except Unusable as unusable:
            report.unusable(file, row, unusable)
        before = value
    in_month = Counter((day.year, day.month) for _, day, _, _ in found)
    newest = max((day for _, day, _, _ in found), default=date.min)
    return [
        _Moment(row, day, said, rise, in_month[day.year, day.month] == 1 and newest - day >= KEPT_DAYS)
        for row, day, said, rise in found
    ]


def _count(value: object) -> Decimal | None:
    counted = whole(value)
    return plain(Decimal(counted)) if counted is not None and 0 <= counted < LARGEST_AMOUNT else None


def _instant(value: object) -> datetime:
    """The instant of milliseconds or ISO text; raises ValueError or OverflowError for anything else."""
    if isinstance(value, str) and len(value) <= LONGEST_INSTANT:
        instant = datetime.fromisoformat(value)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    if isinstance(value, float) and math.isfinite(value):
        value = round(value)
    milliseconds = whole(value)
    if milliseconds is None:
        raise ValueError("no instant")
    return EPOCH + timedelta(milliseconds=milliseconds)
