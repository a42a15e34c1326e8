"""What Daylio's tables bring, under all three headings."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.imports.daylio_files import HEADINGS, OLDEST, SCALES, Felt, daylio_csv
from tests.domain.imports.loop_files import csv_text
from tests.domain.imports.loop_reading import SAMPLE
from tests.domain.imports.reading import TODAY, bring, refused, said
from webapp.domain.errors import Invalid
from webapp.domain.imports.brought import Brought, BroughtLabel
from webapp.domain.imports.cells import Unusable
from webapp.domain.imports.mood_cells import day_of_year, text_of_html, time_of
from webapp.domain.imports.reading import read

SAMPLES = SAMPLE.parent


def table(*rows: str, headings: str = HEADINGS) -> Brought:
    return bring("\n".join([headings, *rows]).encode())


def test_a_row_brings_what_was_felt():
    read = table('2026-07-03,3 July,Friday,10:00 pm,sad ,"clean | movies / tv  | ",Long day,"slept, badly"')
    (mood,) = read.moods
    assert read.source == "daylio"
    assert read.problems == ()
    assert (mood.local_date, mood.wall, mood.at, mood.label) == (date(2026, 7, 3), time(22), None, "sad")
    assert mood.reasons == ("clean", "movies / tv")
    assert (mood.note, mood.row) == ("Long day\nslept, badly", 2)
    assert read.labels == (BroughtLabel("sad", None),)


def test_usual_words_have_a_level_in_any_case_and_others_have_none():
    words = ["Awful", "BAD ", "meh", "good", "rad", "Rad", "glad"]
    read = table(*(f"2026-07-03,,,1{at}:00,{word},,," for at, word in enumerate(words)))
    assert [(label.name, label.level) for label in read.labels] == [
        ("Awful", 1), ("BAD", 2), ("meh", 3), ("good", 4), ("rad", 5), ("glad", None),
    ]  # fmt: skip
    assert [mood.label for mood in read.moods] == ["Awful", "BAD", "meh", "good", "rad", "rad", "glad"]


def test_the_oldest_headings_have_the_year_apart():
    read = table("2017,May 30,Tuesday,9:05 am,good,,hi", "2016,29. February,Monday,21:00,bad,,", headings=OLDEST)
    assert [(mood.local_date, mood.wall, mood.note) for mood in read.moods] == [
        (date(2017, 5, 30), time(9, 5), "hi"),
        (date(2016, 2, 29), time(21), ""),
    ]


def test_scales_are_counted_and_named():
    read = table("2026-07-03,,,9:00,good,,Sleep:\u00a07,,", "2026-07-02,,,9:00,good,,,,", headings=SCALES)
    assert said(read) == [("daylio.csv", 0, "left_out")]
    assert read.problems[0].params == {"value": "scales 1", "count": 1}
    assert read.totals.moods == 2


@pytest.mark.parametrize(
    ("written", "hour", "minute"),
    [
        ("10:00 pm", 22, 0), ("22:00", 22, 0), ("10:00 p.m.", 22, 0), ("10:00\u202fPM", 22, 0), ("9:05 a. m.", 9, 5),
        ("12:00 am", 0, 0), ("12:30 pm", 12, 30), (" 00:00 ", 0, 0), ("7.45", 7, 45), ("07:45:12", 7, 45),
        ("1:08\u00a0p.\u00a0m.", 13, 8),
    ],
)  # fmt: skip
def test_times_of_day(written, hour, minute):
    assert time_of(written) == time(hour, minute)


@pytest.mark.parametrize("written", ["", "25:00", "13:00 pm", "0:10 am", "12:60", "noon", "１２:00", "-1:-1", "12"])
def test_what_is_no_time_of_day(written):
    with pytest.raises(Unusable):
        time_of(written)


@pytest.mark.parametrize("written", ["", "30 May June", "30 Mai", "31 February", "May", "30", "30 05", "0 May"])
def test_what_is_no_day_of_a_year(written):
    with pytest.raises(Unusable):
        day_of_year("2017", written, TODAY)


def test_a_row_without_a_readable_time_is_kept_at_noon():
    read = table("2026-07-03,,,오후 10:00,good,,,kept")
    assert [(mood.wall, mood.note) for mood in read.moods] == [(time(12), "kept")]
    assert said(read) == [("daylio.csv", 2, "bad_time")]


def test_rows_that_say_nothing_are_problems_and_the_rest_goes_on():
    read = table(
        "03.07.2026,,,9:00,good,,,", "2026-02-30,,,9:00,good,,,", "1969-12-31,,,9:00,good,,,",
        "2026-07-03,,,9:00,\u200f,,,", "2026-07-03,,,9:00,good", "",
        "2026-07-03,,,9:00,good,,,,,", "2026-07-03,,,9:00,good,,,,x",
    )  # fmt: skip
    assert [(row, code) for _, row, code in said(read)] == [
        (2, "bad_date"), (3, "bad_date"), (4, "date_out_of_range"), (5, "no_mood"), (6, "bad_row"), (9, "bad_row"),
    ]  # fmt: skip
    assert [mood.row for mood in read.moods] == [8]


def test_a_row_that_is_there_twice_counts_once_and_another_of_its_minute_stays():
    same = "2026-07-03,,,9:00,good,walk | run,,hi"
    read = table(same, same.replace("walk | run", "run |walk "), same.replace("hi", "ho"))
    assert said(read) == [("daylio.csv", 3, "duplicate_mood")]
    assert [mood.note for mood in read.moods] == ["hi", "ho"]
    assert len({mood.source_uid for mood in read.moods}) == 2


def test_nobody_has_felt_anything_yet_on_a_day_ahead():
    read = table("2026-07-05,,,0:10,good,,,", "2026-07-06,,,0:10,good,,,")
    assert [mood.row for mood in read.moods] == [2]
    assert said(read) == [("daylio.csv", 3, "date_out_of_range")]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a<br><br>b", "a\n\nb"),
        ("<div>a</div><div>b</div>c", "a\nb\nc"),
        ("<b>Three</b> things:<ol><li>tea</li><li>sleep</li></ol>end", "Three things:\n- tea\n- sleep\nend"),
        ('<p dir="ltr">5 &lt; 6 &amp; &quot;so&quot;&nbsp;on</p>', '5 < 6 & "so"\u00a0on'),
        ("a <!-- b <3 c", "a <!-- b <3 c"),
        ("a\r\nb<br>c\x00d", "a\nb\ncd"),
        ("<" * 50, "<" * 50),
    ],
)
def test_a_note_with_marks_becomes_text(written, text):
    assert text_of_html(written) == text


def test_a_note_in_a_table_loses_marks_only_where_it_has_some():
    notes = ["one<br>two &amp; three", "x <y> &amp; z", "1 < 2 > 0"]
    read = bring(daylio_csv(*(Felt(f"2026-07-0{at}T09:00", note=note) for at, note in enumerate(notes, 1))))
    assert [mood.note for mood in read.moods] == ["one\ntwo & three", "x <y> &amp; z", "1 < 2 > 0"]


def test_hostile_marks_cost_no_time():
    assert len(text_of_html("<br " * 200_000 + "<!" * 200_000 + "&" * 200_000)) == 1_400_000


def test_long_words_and_many_reasons_are_cut_and_say_so():
    activities = [f"reason {number}" for number in range(51)] + ["x" * 61]
    read = bring(daylio_csv(Felt("2026-07-03T09:00", "m" * 61, activities, note="n" * 10_001)))
    (mood,) = read.moods
    assert (len(mood.label), len(mood.note), len(mood.reasons)) == (60, 10_000, 50)
    assert sorted(code for *_, code in said(read)) == ["shortened", "shortened", "shortened", "too_many_reasons"]


def test_the_clock_of_the_phone_changes_no_identity():
    entries = [Felt("2026-07-03T22:00"), Felt("2026-07-03T22:00", note="again"), Felt("2026-07-02T00:30")]
    first, second = bring(daylio_csv(*entries)), bring(daylio_csv(*entries, clock="%I:%M\u202f%p"))
    assert [mood.source_uid for mood in first.moods] == [mood.source_uid for mood in second.moods]
    assert len({mood.source_uid for mood in first.moods}) == 3
    assert all(len(mood.source_uid) <= 64 for mood in first.moods)


PUBLISHED = {
    "daylio-sample.csv": (3, {"sad": None, "average": None}),
    "daylio-parser-test_data.csv": (32, {"rad": 5, "good": 4, "meh": 3, "bad": 2, "awful": 1}),
}


@pytest.mark.published
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_tables_are_read_without_a_problem(name):
    read = bring((SAMPLES / name).read_bytes())
    assert read.problems == ()
    assert (read.totals.moods, {label.name: label.level for label in read.labels}) == PUBLISHED[name]


def test_more_rows_than_may_come_are_refused():
    assert bring(daylio_csv(Felt("2026-07-03T09:00"), Felt("2026-07-02T09:00")), most_rows=2).totals.moods == 2
    problem = refused(daylio_csv(*(Felt(f"2026-07-0{day}T09:00") for day in (1, 2, 3))), most_rows=2)
    assert (problem.code, problem.params) == ("too_many_rows", {"rows": 3, "most": 2, "or_more": False})


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12) | st.sampled_from(
    ["2026-07-03", "10:00 pm", "rad", "a | b", "=1+1", "<br>", "2017", "30 May"]
)


@settings(max_examples=40)
@given(st.sampled_from([HEADINGS, SCALES, OLDEST]), st.lists(st.lists(CELL, min_size=7, max_size=9), max_size=5))
def test_random_cells_bring_only_what_can_be_stored(headings, rows):
    try:
        brought = read(csv_text([headings.split(","), *rows]).encode(), TODAY, most_rows=100)
    except Invalid:
        return
    names = {label.name for label in brought.labels}
    for mood in brought.moods:
        assert mood.label in names
        assert all(reason and "\n" not in reason for reason in mood.reasons)
    assert len({mood.source_uid for mood in brought.moods}) == len(brought.moods)
