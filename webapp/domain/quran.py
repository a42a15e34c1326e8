"""The Quran as counted: chapters, verses and pages. Verses have numbers from 1 (1:1) to 6236 (114:6), so that a range
of verses is a range of numbers.

`quran.json` says where the chapters, verse counts and page starts come from, and their licence. Pages are those of the
Madani mushaf of 604 pages; of the mushafs with 610 and 548 pages they are scaled, an approximation (domain rules §11).
"""

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import accumulate

from webapp.domain.ranges import Range, Ranges, without

VERSES, CHAPTERS, PAGES = 6236, 114, 604
WHOLE: Range = (1, VERSES)
SECONDS_A_PAGE = 120
"""How long a page takes to read aloud at an even pace: 30 parts of 20 pages, each in 40 minutes."""
MUSHAFS: dict[int, str] = {
    1: "QCFV2",
    2: "QCFV1",
    3: "Indopak",
    4: "UthmaniHafs",
    5: "KFGQPCHAFS",
    6: "Indopak15Lines",
    7: "Indopak16Lines",
    11: "Tajweed",
    19: "QCFTajweedV4",
}
USUAL_MUSHAF = 4
_OTHER_PAGES = {6: 610, 7: 548}
_RANGE = re.compile(r"([0-9]{1,3}):([0-9]{1,3})-([0-9]{1,3}):([0-9]{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter; `first` is the number of its first verse."""

    number: int
    name: str
    verses: int
    first: int

    @property
    def last(self) -> int:
        return self.first + self.verses - 1


@cache
def chapters() -> tuple[Chapter, ...]:
    """Return the 114 chapters in order."""
    counts = [verses for _, verses in _data()["chapters"]]
    firsts = accumulate(counts, initial=1)
    named = zip(_data()["chapters"], firsts, strict=False)
    return tuple(Chapter(number, name, verses, first) for number, ((name, verses), first) in enumerate(named, 1))


def pages_in(mushaf: int) -> int:
    """Return how many pages the mushaf of this id has."""
    return _OTHER_PAGES.get(mushaf, PAGES)


def verse_number(chapter: int, verse: int) -> int | None:
    """Return the number of a verse; None where there is no such verse."""
    if not 1 <= chapter <= CHAPTERS or not 1 <= verse <= chapters()[chapter - 1].verses:
        return None
    return chapters()[chapter - 1].first + verse - 1


def chapter_of(number: int) -> Chapter:
    """Return the chapter that holds the verse of this number."""
    return chapters()[bisect_right(_firsts(), number) - 1]


def verse_text(number: int) -> str:
    """Return "chapter:verse" of a number."""
    chapter = chapter_of(number)
    return f"{chapter.number}:{number - chapter.first + 1}"


def read_range(text: str) -> Range | None:
    """Return the range "chapter:verse-chapter:verse" names; None where a verse does not exist or start is after end."""
    said = _RANGE.fullmatch(text)
    if said is None:
        return None
    first, last = (verse_number(int(said[at]), int(said[at + 1])) for at in (1, 3))
    return (first, last) if first and last and first <= last else None


def range_text(verses: Range) -> str:
    """Return a range as "chapter:verse-chapter:verse"."""
    return f"{verse_text(verses[0])}-{verse_text(verses[1])}"


def page_of(number: int, mushaf: int = USUAL_MUSHAF) -> int:
    """Return the page of the mushaf on which the verse begins."""
    return min(int(_before(number) * pages_in(mushaf) / PAGES) + 1, pages_in(mushaf))


def verses_on(first_page: int, last_page: int, mushaf: int = USUAL_MUSHAF) -> Range | None:
    """Return the verses that begin on these pages, both included; None where there are no such pages."""
    most = pages_in(mushaf)
    if not 1 <= first_page <= last_page <= most:
        return None
    scale = Fraction(PAGES, most)
    first, after = _first_from((first_page - 1) * scale), _first_from(last_page * scale)
    return (first, after - 1) if first < after else None


def pages_of(verses: Ranges, mushaf: int = USUAL_MUSHAF) -> Fraction:
    """Return how many pages the verses fill, fractionally by the verses of each page."""
    filled = sum((_before(last + 1) - _before(first) for first, last in verses), Fraction(0))
    return filled * pages_in(mushaf) / PAGES


def seconds_for(verses: Ranges) -> int:
    """Return how long the verses take to read, in whole seconds, by SECONDS_A_PAGE."""
    return max(round(pages_of(verses) * SECONDS_A_PAGE), 1) if verses else 0


def first_part(verses: Ranges, pages: Fraction) -> Ranges:
    """Return the beginning of the verses that fills this many pages of 604, up to the end of the verse reached.

    Nothing for no pages; all of them where they fill fewer.
    """
    part: list[Range] = []
    for first, last in verses:
        if pages <= 0:
            break
        until = _before(first) + pages
        end = min(_first_from(until) - 1, last)
        part.append((first, end))
        pages = until - _before(end + 1)
    return tuple(part)


def following(place: int, pages: int, mushaf: int = USUAL_MUSHAF, read: Ranges = ()) -> Ranges:
    """Return the verses behind this one that fill so many pages of the mushaf, none of those that are `read`; fewer at
    the end, and behind the last verse those from the first on."""
    first = place + 1 if place < VERSES else 1
    return first_part(without(((first, VERSES),), read), Fraction(pages * PAGES, pages_in(mushaf)))


def shown_pages(pages: Fraction | Decimal) -> Decimal:
    """Return pages with six decimals, as they are kept."""
    exact = Decimal(pages.numerator) / Decimal(pages.denominator) if isinstance(pages, Fraction) else pages
    return round(exact, 6).normalize() + 0


def kept_pages(pages: Fraction) -> Decimal:
    """Return pages as they are kept: six decimals, rounded up, so that parts never come to less than their whole."""
    millionths = -(-pages.numerator * 10**6 // pages.denominator)
    return Decimal(millionths).scaleb(-6).normalize() + 0


def _before(number: int) -> Fraction:
    """How many pages of 604 lie before the verse; 6237 is behind the last."""
    if number > VERSES:
        return Fraction(PAGES)
    starts = _page_starts()
    page = bisect_right(starts, number)
    after = starts[page] if page < PAGES else VERSES + 1
    return page - 1 + Fraction(number - starts[page - 1], after - starts[page - 1])


def _first_from(place: Fraction) -> int:
    """The first verse that begins at this place of 604 pages or behind it; 6237 where none does."""
    if place >= PAGES:
        return VERSES + 1
    starts = _page_starts()
    page = int(place)
    after = starts[page + 1] if page + 1 < PAGES else VERSES + 1
    within = (place - page) * (after - starts[page])
    return starts[page] + -(-within.numerator // within.denominator)


@cache
def _firsts() -> tuple[int, ...]:
    return tuple(chapter.first for chapter in chapters())


@cache
def _page_starts() -> tuple[int, ...]:
    """The number of the first verse of each page of 604."""
    return tuple(_data()["pages"])


@cache
def _data() -> dict[str, list]:  # type: ignore[type-arg]
    return dict(json.loads(files("webapp.domain").joinpath("quran.json").read_text(encoding="utf-8")))
