"""The Quran as counted: chapters and verses as they are, pages of every mushaf, and parts that leave no gap."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain import quran
from webapp.domain.quran import PAGES, VERSES, WHOLE, page_of, pages_in, pages_of, read_range, verse_number, verses_on
from webapp.domain.ranges import Range, Ranges, size, united, without

verse = st.integers(1, VERSES)
spans = st.tuples(verse, verse).map(lambda two: (min(two), max(two)))
mushafs = st.sampled_from(sorted(quran.MUSHAFS))


@st.composite
def sets(draw: st.DrawFn) -> Ranges:
    return united(draw(st.lists(spans, min_size=1, max_size=5)))


# Chapters and verses.


def test_chapters_and_verses_are_as_many_as_there_are() -> None:
    chapters = quran.chapters()
    assert [chapter.number for chapter in chapters] == list(range(1, 115))
    assert sum(chapter.verses for chapter in chapters) == VERSES == chapters[-1].last
    assert [one.first for one in chapters[1:]] == [one.last + 1 for one in chapters[:-1]]
    longest = max(chapters, key=lambda chapter: chapter.verses)
    assert (longest.number, longest.name, longest.verses, longest.first) == (2, "Al-Baqara", 286, 8)
    assert [number for number in range(1, 115) if chapters[number - 1].verses == 3] == [103, 108, 110]


@pytest.mark.parametrize(
    ("chapter", "verse", "number"),
    [(1, 1, 1), (1, 7, 7), (2, 1, 8), (2, 286, 293), (3, 1, 294), (114, 1, 6231), (114, 6, 6236)],
)
def test_verses_have_numbers(chapter: int, verse: int, number: int) -> None:
    assert verse_number(chapter, verse) == number
    assert quran.verse_text(number) == f"{chapter}:{verse}"


@pytest.mark.parametrize(("chapter", "verse"), [(0, 1), (115, 1), (1, 0), (1, 8), (2, 287), (114, 7), (-1, 1), (1, -1)])
def test_there_are_no_other_verses(chapter: int, verse: int) -> None:
    assert verse_number(chapter, verse) is None


def test_every_verse_has_one_name() -> None:
    names = [quran.verse_text(number) for number in range(1, VERSES + 1)]
    assert len(set(names)) == VERSES
    assert [verse_number(*map(int, name.split(":"))) for name in names] == list(range(1, VERSES + 1))


@pytest.mark.parametrize(
    ("text", "verses"),
    [
        ("1:1-114:6", WHOLE),
        ("2:286-2:286", (293, 293)),
        ("114:6-114:6", (6236, 6236)),
        ("1:7-2:1", (7, 8)),
        ("2:286-2:287", None),
        ("2:287-3:1", None),
        ("114:6-114:7", None),
        ("2:5-2:4", None),
        ("3:1-2:286", None),
        ("0:1-1:1", None),
        ("115:1-115:2", None),
        ("1:1", None),
        ("1:1-7", None),
        ("1:1 - 1:7", None),
        (" 1:1-1:7", None),
        ("1:1-1:7\n", None),
        ("1:1-1:0007", None),
        ("-1:1-1:7", None),
        ("1:١-1:7", None),
        ("", None),
    ],
)
def test_a_range_is_two_verses_that_exist_in_order(text: str, verses: Range | None) -> None:
    assert read_range(text) == verses


@given(spans)
def test_a_range_reads_as_it_is_written(span: Range) -> None:
    assert read_range(quran.range_text(span)) == span


# Pages.


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (1, "1:1-1:7"),
        (2, "2:1-2:5"),
        (48, "2:282-2:282"),
        (50, "3:1-3:9"),
        (77, "4:1-4:6"),
        (582, "78:1-78:30"),
        (604, "112:1-114:6"),
    ],
)
def test_pages_begin_where_the_printed_ones_do(page: int, text: str) -> None:
    assert verses_on(page, page) == read_range(text)


@pytest.mark.parametrize(("mushaf", "pages"), [(each, {6: 610, 7: 548}.get(each, 604)) for each in quran.MUSHAFS])
def test_every_page_of_every_mushaf_holds_a_verse_and_all_of_them_the_whole(mushaf: int, pages: int) -> None:
    assert pages_in(mushaf) == pages
    parts = [verses_on(page, page, mushaf) for page in range(1, pages + 1)]
    assert None not in parts
    assert [first for first, _ in parts if first] == [1, *(last + 1 for _, last in parts[:-1])]  # type: ignore[misc]
    assert parts[-1][1] == VERSES  # type: ignore[index]
    assert verses_on(1, pages, mushaf) == WHOLE
    assert pages_of((WHOLE,), mushaf) == pages
    assert (page_of(1, mushaf), page_of(VERSES, mushaf)) == (1, pages)


def test_the_published_mushafs_are_these() -> None:
    assert sorted(quran.MUSHAFS) == [1, 2, 3, 4, 5, 6, 7, 11, 19]


@pytest.mark.parametrize(("first", "last"), [(0, 1), (1, 605), (605, 605), (3, 2), (-1, 4)])
def test_there_are_no_other_pages(first: int, last: int) -> None:
    assert verses_on(first, last) is None


@given(verse, mushafs)
def test_a_verse_is_on_the_page_it_begins_on(number: int, mushaf: int) -> None:
    page = page_of(number, mushaf)
    on_it = verses_on(page, page, mushaf)
    assert on_it is not None
    assert on_it[0] <= number <= on_it[1]


@given(sets(), sets(), mushafs)
def test_pages_of_parts_add_up_exactly(one: Ranges, other: Ranges, mushaf: int) -> None:
    rest = without(united(one, other), one)
    assert pages_of(one, mushaf) + pages_of(rest, mushaf) == pages_of(united(one, other), mushaf)
    assert pages_of(one, mushaf) == pages_of(one) * pages_in(mushaf) / PAGES
    assert pages_of((), mushaf) == 0


def test_a_page_counts_by_its_verses() -> None:
    assert pages_of(((1, 1),)) == Fraction(1, 7)
    assert pages_of(((1, 8),)) == Fraction(6, 5)
    assert pages_of(((VERSES, VERSES),)) == Fraction(1, 15)


def test_reading_takes_two_minutes_a_page() -> None:
    assert quran.seconds_for((WHOLE,)) == 604 * 120
    assert quran.seconds_for(((1, 7),)) == 120
    assert quran.seconds_for(((1, 1),)) == 17
    assert quran.seconds_for(()) == 0
    assert min(quran.seconds_for(((number, number),)) for number in range(1, VERSES + 1)) >= 1


# Parts.


@given(sets(), st.fractions(0, 700))
def test_a_part_begins_the_verses_and_reaches_no_further_than_a_verse_needs(verses: Ranges, pages: Fraction) -> None:
    part = quran.first_part(verses, pages)
    assert without(part, verses) == ()
    rest = without(verses, part)
    assert not part or not rest or part[-1][1] < rest[0][0]
    assert pages_of(part) >= min(pages, pages_of(verses))
    if part and pages > 0:
        shorter = without(part, ((part[-1][1], part[-1][1]),))
        assert pages_of(shorter) < pages
    assert (part == ()) is (pages == 0)


def test_a_part_spans_what_was_read_in_between() -> None:
    assert quran.first_part(((1, 7), (13, 100)), Fraction(2)) == ((1, 7), (13, 23))
    assert quran.first_part(((1, 7), (13, 100)), Fraction(1)) == ((1, 7),)
    assert quran.first_part(((1, 7),), Fraction(9)) == ((1, 7),)


# As numbers.


def test_pages_are_shown_with_six_decimals() -> None:
    assert quran.shown_pages(Fraction(1, 3)) == Decimal("0.333333")
    assert str(quran.shown_pages(Fraction(600))) == "600"
    assert str(quran.shown_pages(Decimal("1.500"))) == "1.5"


@given(sets(), sets(), mushafs)
def test_pages_are_kept_so_that_parts_never_come_to_less_than_their_whole(
    one: Ranges, other: Ranges, mushaf: int
) -> None:
    whole, rest = united(one, other), without(other, one)
    kept = quran.kept_pages(pages_of(one, mushaf)) + quran.kept_pages(pages_of(rest, mushaf))
    assert quran.kept_pages(pages_of(whole, mushaf)) <= kept
    exact = pages_of(one, mushaf)
    assert 0 <= Fraction(quran.kept_pages(exact)) - exact < Fraction(1, 10**6)
    assert size(one) > 0


@pytest.mark.parametrize("mushaf", [4, 6, 7])
@pytest.mark.parametrize(("place", "pages"), [(7, 1), (150, 4), (6236, 2), (1, 20)])
def test_what_follows_fills_the_pages_and_no_verse_more(mushaf: int, place: int, pages: int) -> None:
    ((first, last),) = quran.following(place, pages, mushaf)
    assert first == (place + 1 if place < 6236 else 1)
    assert quran.pages_of(((first, last),), mushaf) >= pages > quran.pages_of(((first, last - 1),), mushaf)


def test_what_follows_ends_with_the_last_verse_and_leaves_out_what_is_read() -> None:
    assert quran.following(6230, 3) == ((6231, 6236),)
    assert quran.following(6236, 1) == ((1, 7),)
    assert quran.following(7, 1, read=((8, 12), (20, 30))) == ((13, 19), (31, 33))
