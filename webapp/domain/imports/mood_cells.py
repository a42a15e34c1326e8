"""What one cell of a mood table says: a time of day, a date without its year, a note with marks in it."""

import re
from datetime import date, time
from html import unescape

from webapp.domain.imports.brought import several_lines
from webapp.domain.imports.cells import Unusable, shown, within

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?::[0-9]{2})?(?:([ap])\.?m\.?)?")
ANY_MARK = re.compile(r"<(/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?/?>", re.IGNORECASE)
# What Daylio's editor writes. Any other "<…>" in a table is something a person typed.
USUAL_MARK = re.compile(r"<(/?)(br|p|div|ul|ol|li|b|i|u|s|em|strong|font|span|h[1-4])(?:\s[^<>]*)?/?>", re.IGNORECASE)
BLOCKS = {"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote"}
# Where one block meets another; no note can hold this character itself.
EDGE = "\x00"


def time_of(text: str) -> time:
    """The time of day, by twelve hours or twenty-four, whatever stands between digits and "pm" ("10:00 p. m.")."""
    found = TIME.fullmatch("".join(text.split()).casefold())
    if not found:
        raise Unusable("bad_time", value=shown(text))
    hour, minute, half = int(found[1]), int(found[2]), found[3]
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise Unusable("bad_time", value=shown(text))
    return time(hour % 12 + 12 * (half == "p") if half else hour, minute)


def day_of_year(year: str, text: str, last_day: date) -> date:
    """The date of a year and an English "30 May" or "May 30", as Daylio's oldest files have it."""
    words = re.findall(r"[A-Za-z]+|[0-9]+", text)
    months = [MONTHS.index(word[:3].casefold()) + 1 for word in words if word[:3].casefold() in MONTHS]
    days = [int(word) for word in words if re.fullmatch(r"[0-9]{1,2}", word)]
    try:
        (month,), (day,) = months, days
        found = date(int(year) if re.fullmatch(r"\s*[0-9]{4}\s*", year) else 0, month, day)
    except ValueError:
        raise Unusable("bad_date", value=shown(f"{text} {year}")) from None
    return within(found, text, last_day)


def note_of(title: str, note: str) -> str:
    """The title and the note under it."""
    return "\n".join(part for part in (several_lines(title), several_lines(note)) if part)


def text_of_table(note: str) -> str:
    """The note as text, whether the table has it with marks or without."""
    return _without_marks(note, USUAL_MARK) if USUAL_MARK.search(note) else note


def text_of_html(note: str) -> str:
    """The note as text: a line for each break, block and item of a list, entities as what they mean.

    Not by html.parser: it drops what it takes for comments, and some notes cost it the square of their length.
    """
    return _without_marks(note, ANY_MARK)


def _without_marks(note: str, marks: re.Pattern[str]) -> str:
    lines = re.sub(f"\n?{EDGE}+", "\n", marks.sub(_line, note.replace(EDGE, "")))
    return several_lines(unescape(lines))


def _line(mark: re.Match[str]) -> str:
    tag = mark[2].casefold()
    if tag == "br":
        return "\n"
    if tag == "li":
        return EDGE if mark[1] else f"{EDGE}- "
    return EDGE if tag in BLOCKS else ""
