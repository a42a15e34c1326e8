"""Due dates as an iCalendar file (RFC 5545), as calendars read it; the library sees to escaping and folding."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from icalendar import Component

from webapp.domain.calendar_feeds import LASTS, Option, rings, start_of
from webapp.domain.identity import plain_name
from webapp.domain.people import Viewer
from webapp.domain.reminders import Clock
from webapp.domain.tracking import DayState
from webapp.queries.calendar_feeds import DueDate

LOOK_AGAIN = timedelta(hours=1)
"""How often a calendar is asked to read the feed; some take their own time."""

_Line = tuple[str, str | date | timedelta]
_ENDS = b"\r\n"


def written(viewer: Viewer, dates: Sequence[DueDate], options: Collection[Option], site: str) -> bytes:
    """The file in its owner's words: the same dates and options always make the same bytes. `site` is the address at
    which goals are found, without a slash at its end."""
    with force_locale(viewer.locale):
        masked = _("Goal due")
    clock, worded = Clock(viewer.zone, viewer.day_start), _Worded()
    lines = list(worded(_opening()))
    for due in dates:
        words = _words(due) if Option.TITLES in options else masked
        start = start_of(due.day, due.times, clock) if Option.TIMED in options else None
        lines += worded(_event(due, words, start, site))
        if Option.ALARMS in options and due.state is DayState.OPEN:
            for offset in rings(due.day, due.times, clock, start):
                lines += worded(_alarm(offset, words))
        lines += worded([("END", "VEVENT")])
    lines += worded([("END", "VCALENDAR")])
    return _ENDS.join([*lines, b""])


def _words(due: DueDate) -> str:
    title = plain_name(due.title)
    return f"✓ {title}" if due.state is DayState.DONE else title


def _opening() -> Iterator[_Line]:
    yield "BEGIN", "VCALENDAR"
    yield "VERSION", "2.0"
    yield "PRODID", "-//Aimline//Calendar feed//EN"
    yield "X-WR-CALNAME", "Aimline"
    yield "REFRESH-INTERVAL", LOOK_AGAIN
    yield "X-PUBLISHED-TTL", "PT1H"


def _event(due: DueDate, words: str, start: datetime | None, site: str) -> Iterator[_Line]:
    yield "BEGIN", "VEVENT"
    yield "UID", f"{due.goal_id}-{due.day:%Y%m%d}@aimline"
    yield "DTSTAMP", due.changed_at
    yield "DTSTART", start or due.day
    yield "DTEND", start + LASTS if start else due.day + timedelta(days=1)
    yield "SUMMARY", words
    yield "URL", f"{site}/goals/{due.goal_id}"
    yield "TRANSP", "TRANSPARENT"


def _alarm(offset: timedelta, words: str) -> Iterator[_Line]:
    yield "BEGIN", "VALARM"
    yield "ACTION", "DISPLAY"
    yield "DESCRIPTION", words
    yield "TRIGGER", offset
    yield "END", "VALARM"


class _Worded:
    """Lines as the file holds them. Most come again, date after date or goal after goal, and making one takes the
    library long: each is made once."""

    def __init__(self) -> None:
        self._made: dict[_Line, bytes] = {}

    def __call__(self, lines: Iterable[_Line]) -> Iterator[bytes]:
        for line in lines:
            if line not in self._made:
                self._made[line] = _by_the_library(*line)
            yield self._made[line]


def _by_the_library(name: str, value: str | date | timedelta) -> bytes:
    holder = Component()
    holder.add(name, value, parameters={"VALUE": "DURATION"} if name == "REFRESH-INTERVAL" else {})
    return bytes(holder.content_line(name, holder[name]).to_ical())
