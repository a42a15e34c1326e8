"""Our own moods.csv comes back as it was."""

from datetime import UTC, date, datetime, time

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.imports.reading import bring, said
from webapp.domain.imports.brought import Brought, several_lines
from webapp.domain.spreadsheets import table as spreadsheet

HEADINGS = ("date", "time", "zone", "mood", "level", "energy", "reasons", "note")
CELLS = ("2026-07-03", "21:30", "Europe/Berlin", "good", 4, 3, "walk", "")


def moods(*rows: tuple[object, ...]) -> Brought:
    return bring(spreadsheet(HEADINGS, rows))


def row(**said_there: object) -> tuple[object, ...]:
    return tuple({**dict(zip(HEADINGS, CELLS, strict=True)), **said_there}.values())


def test_a_row_brings_what_was_logged():
    read = moods(row(mood="+fine", level=None, reasons="@work | walk", note="-1\nline, two"))
    (mood,) = read.moods
    assert (read.source, read.problems) == ("mood_csv", ())
    assert (mood.local_date, mood.wall) == (date(2026, 7, 3), time(21, 30))
    assert mood.at == datetime(2026, 7, 3, 19, 30, tzinfo=UTC)
    assert (mood.label, mood.reasons, mood.note, mood.energy) == ("+fine", ("@work", "walk"), "-1\nline, two", 3)
    assert [(label.name, label.level) for label in read.labels] == [("+fine", None)]


def test_a_label_has_the_level_its_rows_say():
    read = moods(row(level=None), row(time="08:00"), row(time="09:00", mood="bad", level=2))
    assert {label.name: label.level for label in read.labels} == {"good": 4, "bad": 2}


def test_what_makes_no_sense_is_named_and_the_rest_of_the_row_stays():
    read = moods(
        row(level=6), row(energy="high", time="08:00"), row(zone="Mars", time="09:00"), row(mood=" "), row(time="late"),
        row(date="yesterday"), row(zone="", time="10:00"),
    )  # fmt: skip
    assert [(at, code) for _, at, code in said(read)] == [
        (2, "bad_level"), (3, "bad_energy"), (4, "unknown_zone"), (5, "no_mood"), (6, "bad_time"), (7, "bad_date"),
    ]  # fmt: skip
    assert [(mood.row, mood.at is None) for mood in read.moods] == [(2, False), (3, False), (4, True), (8, True)]


def test_rows_that_differ_in_their_energy_alone_are_two():
    read = moods(row(), row(energy=5), row())
    assert [mood.energy for mood in read.moods] == [3, 5]
    assert said(read) == [("moods.csv", 4, "duplicate_mood")]


def test_the_same_file_has_the_same_identities():
    rows = [row(), row(note="again"), row(time="21:31")]
    first, second = moods(*rows), moods(*rows)
    assert [mood.source_uid for mood in first.moods] == [mood.source_uid for mood in second.moods]
    assert len({mood.source_uid for mood in first.moods}) == 3


@settings(max_examples=30)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("'=+-@\n"), max_size=20))
def test_every_note_comes_back(note):
    (mood,) = moods(row(note=note)).moods
    assert mood.note == several_lines(note)
