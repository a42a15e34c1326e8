"""When a daily of Habitica is due, as a schedule of ours: both count from its start date."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from webapp.domain.errors import Invalid
from webapp.domain.imports.cells import Unusable, shown
from webapp.domain.imports.documents import elements, members, text, whole
from webapp.domain.recurrence import WEEKDAY_CODES
from webapp.domain.schedules import Frequency, ScheduleDraft, schedule_from

REPEAT_DAYS = ("m", "t", "w", "th", "f", "s", "su")


def schedule_of(daily: Mapping[str, Any], start: date | None, first: date | None, today: date) -> ScheduleDraft:
    """The schedule, begun early enough for the `first` day something was done; raises Unusable("bad_frequency").

    A start moves back by whole turns only, so that every second day stays the same second day.
    """
    frequency, every = text(daily.get("frequency")), whole(daily.get("everyX"))
    every = 1 if every is None else every
    draft = _draft(frequency, every, daily, start, first) if every > 0 else None
    try:
        if draft is not None:
            schedule_from(draft, today=today)
            return draft
    except Invalid:
        pass
    raise Unusable("bad_frequency", value=shown(f"{every} {frequency}"), used="1/1")


def _draft(
    frequency: str, every: int, daily: Mapping[str, Any], start: date | None, first: date | None
) -> ScheduleDraft | None:
    earliest = min((day for day in (start, first) if day is not None), default=None)
    weekdays = _weekdays(daily)
    match frequency:
        case "daily" if every == 1:
            return ScheduleDraft(Frequency.DAILY, start=earliest)
        case "daily":
            return _rule(f"FREQ=DAILY;INTERVAL={every}", _back(start, first, every))
        case "weekly" if every == 1 and weekdays:
            days = () if len(weekdays) == 7 else weekdays
            return ScheduleDraft(Frequency.CUSTOM if days else Frequency.DAILY, days=days, start=earliest)
        case "weekly" if weekdays:
            # Weeks are counted from the start date itself, so each begins on its weekday.
            begins = WEEKDAY_CODES[start.weekday() if start else 0]
            codes = ",".join(WEEKDAY_CODES[day] for day in weekdays)
            return _rule(f"FREQ=WEEKLY;INTERVAL={every};WKST={begins};BYDAY={codes}", _back(start, first, 7 * every))
        case "monthly":
            return _monthly(every, daily, weekdays, start, earliest)
        case "yearly" if start is not None:
            return _rule(f"FREQ=YEARLY;INTERVAL={every}", start) if every > 1 else _yearly(start, first)
    return None


def _monthly(
    every: int, daily: Mapping[str, Any], weekdays: tuple[int, ...], start: date | None, earliest: date | None
) -> ScheduleDraft | None:
    """On the n-th weekday, else on days of the month; weeks are counted from 0, a day some months lack is left out."""
    start = earliest if every == 1 else start
    weeks = [whole(week) for week in elements(daily.get("weeksOfMonth"))]
    days = [whole(day) for day in elements(daily.get("daysOfMonth"))]
    if weeks:
        codes = ",".join(f"{week + 1}{WEEKDAY_CODES[day]}" for week in weeks if week is not None for day in weekdays)
        return _rule(f"FREQ=MONTHLY;INTERVAL={every};BYDAY={codes}", start) if codes else None
    if not days or None in days:
        return None
    if every == 1 and start is not None and len(days) == 1 and start.day == days[0] and start.day <= 28:
        return ScheduleDraft(Frequency.MONTHLY, start=start)
    return _rule(f"FREQ=MONTHLY;INTERVAL={every};BYMONTHDAY={','.join(map(str, days))}", start)


def _yearly(start: date, first: date | None) -> ScheduleDraft:
    """Begun in an earlier year where something was done before; 29 February stays where it is."""
    if first is not None and first < start and (start.month, start.day) != (2, 29):
        start = start.replace(year=first.year - (first < start.replace(year=first.year)))
    return ScheduleDraft(Frequency.YEARLY, start=start)


def _rule(rule: str, start: date | None) -> ScheduleDraft:
    return ScheduleDraft(Frequency.RULE, rule=rule, start=start)


def _back(start: date | None, first: date | None, turn: int) -> date | None:
    """The start moved back by whole turns (in days) until it is not after the first day something was done."""
    if start is None or first is None or first >= start:
        return start
    return start - timedelta(days=-(-(start - first).days // turn) * turn)


def _weekdays(daily: Mapping[str, Any]) -> tuple[int, ...]:
    repeat = members(daily.get("repeat"))
    return tuple(day for day, name in enumerate(REPEAT_DAYS) if repeat.get(name) is True)
