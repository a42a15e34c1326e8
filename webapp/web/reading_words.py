"""The words of reading: of works, portions, amounts and days. None of them blames anybody."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_interval
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain import quran
from webapp.domain.ranges import Range, Ranges, without
from webapp.domain.reading import Asks, Category, Portion, Read, Terms, Unit
from webapp.domain.reading_streaks import Run
from webapp.queries.reading import Reading, WorkRow
from webapp.web.formats import amount, day, region

TENTH = Decimal("0.1")
MINUTE, HOUR = 60, 3_600
NAMED = 3
"""So many ranges of verses are said one by one."""


def work_title(category: Category | None, title: str) -> str:
    """What a work is called: a book, or a goal that is none, by its title."""
    names = {
        Category.QURAN: _("Quran"),
        Category.COURSE: _("Course"),
        Category.PROGRAMME: _("Reading programme"),
        Category.CHALLENGE: _("Ramadan challenge"),
    }
    return names.get(category, title) if category is not None else title


def unit_name(unit: Unit) -> str:
    """What a work is counted in, as a field or a column is headed."""
    return {Unit.PAGES: _("Pages"), Unit.CHAPTERS: _("Chapters"), Unit.PARTS: _("Parts")}[unit]


def amount_words(value: Decimal | int, unit: Unit) -> str:
    """So much of a work: "21 pages", "4.5 pages"; pages that verses fill to a tenth."""
    number, said = _number(value), amount(_tenth(value))
    if unit is Unit.PAGES:
        return ngettext("%(said)s page", "%(said)s pages", number, said=said)
    if unit is Unit.CHAPTERS:
        return ngettext("%(said)s chapter", "%(said)s chapters", number, said=said)
    return ngettext("%(said)s part", "%(said)s parts", number, said=said)


def time_words(seconds: Decimal | int) -> str:
    """So much time, to the minute: "10 minutes", "1 hour 20 minutes"; less than a minute in seconds."""
    seconds = int(seconds)
    if seconds < MINUTE:
        return ngettext("%(num)d second", "%(num)d seconds", seconds)
    hours, minutes = divmod((seconds + MINUTE // 2) // MINUTE, HOUR // MINUTE)
    said = []
    if hours:
        said.append(ngettext("%(num)d hour", "%(num)d hours", hours))
    if minutes:
        said.append(ngettext("%(num)d minute", "%(num)d minutes", minutes))
    return " ".join(said)


def range_words(verses: Range) -> str:
    """A range of verses without its chapters: "2:143–2:200"."""
    first, last = (quran.verse_text(number) for number in verses)
    return first if first == last else f"{first}–{last}"


def verses_words(ranges: Ranges) -> str:
    """Ranges of verses with the chapters they lie in: "2:143–2:200 (Al-Baqara)"; beyond three how many more."""
    if not ranges:
        return ""
    said = ", ".join(map(range_words, ranges[:NAMED]))
    if more := len(ranges) - NAMED if len(ranges) > NAMED else 0:
        return ngettext("%(said)s and %(num)d more range", "%(said)s and %(num)d more ranges", more, said=said)
    first, last = quran.chapter_of(ranges[0][0]), quran.chapter_of(ranges[-1][1])
    if first == last:
        return _("%(verses)s (%(chapter)s)", verses=said, chapter=first.name)
    return _("%(verses)s (%(first)s to %(last)s)", verses=said, first=first.name, last=last.name)


def measure_words(value: Decimal | int, terms: Terms, work: WorkRow) -> str:
    """An amount in what the goal asks for: time, or so much of the work; of a range the pages it fills."""
    if terms.asks is Asks.TIME:
        return time_words(value)
    return amount_words(value, Unit.PAGES if terms.asks is Asks.RANGE else work.unit)


def portion_words(portion: Portion, terms: Terms, work: WorkRow) -> str:
    """What a day asks, or what of it is left: "10 minutes", "21 pages", "2:143–2:200 (Al-Baqara)"; "" for nothing."""
    if terms.asks is Asks.RANGE:
        return verses_words(portion.verses)
    return measure_words(portion.amount, terms, work) if portion.amount else ""


def goal_words(terms: Terms, work: WorkRow) -> str:
    """What a goal asks, in one sentence: "10 minutes a day", "1:1–114:6 in 30 days, until 12 May 2026"."""
    what = verses_words((terms.span,)) if terms.span else measure_words(terms.amount or 0, terms, work)
    if terms.span == quran.WHOLE:
        what = _("The whole Quran, %(verses)s", verses=range_words(quran.WHOLE))
    if terms.duration is None or terms.ends is None:
        return _("%(what)s every day", what=what)
    return ngettext(
        "%(what)s in one day, on %(last)s",
        "%(what)s in %(num)d days, until %(last)s",
        terms.duration,
        what=what,
        last=day(terms.ends),
    )


def day_words(read: Read, work: WorkRow, filled: Decimal) -> str:
    """What was read on a day, or at once: "2:1–2:20 (Al-Baqara), 2.5 pages, 20 minutes"; `filled` as it is kept."""
    said = [verses_words(read.verses)] if read.verses else []
    if counted := filled if work.category is Category.QURAN else read.amount:
        said.append(amount_words(counted, work.unit))
    if read.seconds:
        said.append(time_words(read.seconds))
    return ", ".join(said) or _("nothing")


def place_words(work: WorkRow) -> str:
    """How far its reader is: "continue at 2:143", "page 120 of 300"; "" where nothing says it."""
    if work.place is None:
        return ""
    if work.category is Category.QURAN:
        return continue_words(work.place + 1)
    if work.size is not None and work.place >= work.size:
        return _("read to the end")
    place = amount(work.place)
    if work.size is None:
        without = {
            Unit.PAGES: _("page %(place)s", place=place),
            Unit.CHAPTERS: _("chapter %(place)s", place=place),
            Unit.PARTS: _("part %(place)s", place=place),
        }
        return without[work.unit]
    size = amount(work.size)
    within = {
        Unit.PAGES: _("page %(place)s of %(size)s", place=place, size=size),
        Unit.CHAPTERS: _("chapter %(place)s of %(size)s", place=place, size=size),
        Unit.PARTS: _("part %(place)s of %(size)s", place=place, size=size),
    }
    return within[work.unit]


def next_verse(reading: Reading) -> int | None:
    """The verse to go on from: the first one of the goal's range that is not read, else the one behind the last read.

    None where neither says it.
    """
    terms = reading.plan.terms if reading.plan else None
    if terms is not None and terms.span is not None:
        done = reading.before.after(terms, [reading.read])
        if left := without((terms.span,), done.verses):
            return left[0][0]
    if reading.work.category is not Category.QURAN or reading.work.place is None:
        return None
    return reading.work.place + 1 if reading.work.place < quran.VERSES else 1


def continue_at(reading: Reading) -> str:
    """Where to go on, as a line of its own: "Continue at 2:143", "Page 120 of 300"; "" where nothing says it."""
    verse = next_verse(reading)
    words = continue_words(verse) if verse is not None else place_words(reading.work)
    return words[:1].upper() + words[1:]


def continue_words(verse: int) -> str:
    """Where to go on: "continue at 2:143"; behind the last verse the first comes again."""
    return _("continue at %(verse)s", verse=quran.verse_text(verse if verse <= quran.VERSES else 1))


def run_words(run: Run) -> str:
    """Days in a row: "12 days, 3–14 May 2026"."""
    return ngettext("%(num)d day, %(when)s", "%(num)d days, %(when)s", run.days, when=span_words(run.first, run.last))


def span_words(first: date, last: date) -> str:
    """From one day to another as short as it is clear: "3–14 May 2026"."""
    return day(first, "d MMM y") if first == last else _interval(first, last, region())


def days_words(number: int) -> str:
    """So many days."""
    return ngettext("%(num)d day", "%(num)d days", number)


@lru_cache(maxsize=2_000)
def _interval(first: date, last: date, locale: str) -> str:
    return str(format_interval(first, last, "yMMMd", locale=locale))


def _tenth(value: Decimal | int) -> Decimal:
    return Decimal(value).quantize(TENTH, ROUND_HALF_UP).normalize() + 0


def _number(value: Decimal | int) -> int:
    """What the plural goes by: 1 for exactly one, else any number that is not."""
    said = _tenth(value)
    return int(said) if said == int(said) else 2
