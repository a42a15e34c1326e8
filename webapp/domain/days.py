"""Calendar dates as people live them: zones, day start, weeks and months; the pinned tzdata package is the only source.

Arithmetic at the ends of the calendar (years 1 and 9999) is clamped to the last date that exists, never an exception.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from webapp.domain.errors import Invalid, Problem

EARLIEST_DAY = date(1900, 1, 1)  # what may be entered; statistics walk from the first entry to today
LATEST_DAY = date(2199, 12, 31)
LAST_ORDINAL = date.max.toordinal()
LONGEST_SPAN_DAYS = 36_600


def is_zone(name: str) -> bool:
    """True for every IANA name of the pinned zone data, older aliases included; names are case-sensitive."""
    return name in _known_zones()


@cache
def zone_names() -> tuple[str, ...]:
    """Return the zones a person chooses from, sorted: every country's own by IANA's zone.tab, and Etc/UTC."""
    rows = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines()
    return tuple(sorted({"Etc/UTC"} | {row.split("\t")[2] for row in rows if row and not row.startswith("#")}))


def local_day(instant: datetime, zone: str, day_start: int = 0) -> date:
    """Return the date lived at an aware instant in `zone`, a day beginning at `day_start` o'clock (0–23).

    The hours are taken from the naive wall clock, so a clock change never shortens the night that belongs to yesterday.
    Raises Invalid for an unknown zone or day start, ValueError for a naive instant.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    if not 0 <= day_start <= 23:
        raise Invalid([Problem("day_start", "out_of_range", {"minimum": 0, "maximum": 23})])
    zone_info = _zone(zone)
    try:
        wall = instant.astimezone(zone_info).replace(tzinfo=None)
        return (wall - timedelta(hours=day_start)).date()
    except OverflowError:
        return date.min if instant.year == date.min.year else date.max


def instant_of(day: date, wall: time, zone: str) -> datetime:
    """Return the UTC instant of a naive wall time on a local date.

    A time the clocks skip moves forward by the gap, one they repeat means the first: both are what fold=0 says.
    Raises Invalid for an unknown zone, ValueError for a wall time that brings its own zone.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no zone")
    local = datetime.combine(day, wall.replace(fold=0), _zone(zone))
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time.min if day.year == date.min.year else time.max, UTC)


def wall_clock(instant: datetime, zone: str) -> datetime:
    """Return what the clock on the wall showed in `zone` at an aware instant, without a zone.

    Raises Invalid for an unknown zone, ValueError for a naive instant.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    try:
        return instant.astimezone(_zone(zone)).replace(tzinfo=None)
    except OverflowError:
        return datetime.min if instant.year == date.min.year else datetime.max  # noqa: DTZ901 - a wall has no zone


def shifted(day: date, by: int) -> date:
    """Return the date `by` days later (earlier when negative), clamped to the ends of the calendar."""
    return date.fromordinal(min(max(day.toordinal() + by, 1), LAST_ORDINAL))


def week_containing(day: date, first_weekday: int) -> tuple[date, date]:
    """Return first and last date of the week, which begins on `first_weekday` (0 = Monday … 6 = Sunday)."""
    first = day.toordinal() - (day.weekday() - first_weekday) % 7
    return date.fromordinal(max(first, 1)), date.fromordinal(min(first + 6, LAST_ORDINAL))


def clamp_month(year: int, month: int) -> tuple[int, int]:
    """Return the year and month meant when `month` runs under 1 or over 12: month 0 is last year's December."""
    index = min(max(year * 12 + month - 1, 12), 9999 * 12 + 11)
    return index // 12, index % 12 + 1


def month_grid(year: int, month: int, first_weekday: int) -> list[list[date]]:
    """Return the whole weeks that show the month; only weeks at the two ends of the calendar are shorter.

    Raises Invalid for a month that does not exist.
    """
    if not (1 <= year <= 9999 and 1 <= month <= 12):
        raise Invalid([Problem("month", "out_of_range")])
    first = date(year, month, 1)
    after = clamp_month(year, month + 1)
    last = date.max if after == (year, month) else shifted(date(*after, 1), -1)
    weeks = []
    while True:
        monday, sunday = week_containing(first, first_weekday)
        weeks.append(days_between(monday, sunday))
        if sunday >= last:
            return weeks
        first = shifted(sunday, 1)


def days_between(first: date, last: date) -> list[date]:
    """Return every date from `first` to `last`, both included; none when they are the wrong way round.

    Raises Invalid when the span is longer than LONGEST_SPAN_DAYS.
    """
    low, high = first.toordinal(), last.toordinal()
    if high - low >= LONGEST_SPAN_DAYS:
        raise Invalid([Problem("", "span_too_long", {"maximum": LONGEST_SPAN_DAYS})])
    return [date.fromordinal(ordinal) for ordinal in range(low, high + 1)]


@lru_cache(maxsize=700)
def _zone(name: str) -> ZoneInfo:
    """Load from the package, since ZoneInfo(name) would prefer whatever the system has installed."""
    if not is_zone(name):
        raise Invalid([Problem("zone", "unknown_zone")])
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()) - {"Factory"}
