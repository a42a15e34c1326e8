"""What Daylio's backups bring, and that the table after the backup brings nothing twice."""

import base64
import json
import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.imports.daylio_files import USUAL, Felt, backup_of, daylio_backup, daylio_csv, entry_of
from tests.domain.imports.loop_files import zip_of
from tests.domain.imports.loop_reading import SAMPLE
from tests.domain.imports.reading import TODAY, bring, refused, said
from webapp.domain.errors import Invalid
from webapp.domain.imports.reading import read

ENTRIES = "backup.daylio/dayEntries"
MERGED, ENGLISH = SAMPLE.parent / "merged.daylio", SAMPLE.parent / "english.daylio"


def test_an_entry_brings_what_was_felt():
    felt = Felt("2026-01-31T23:05", "love it", ["walk", "tea"], "Good day", "slept<br>well &amp; long")
    read = bring(daylio_backup(felt, own_moods=[("love it", 1)]))
    (mood,) = read.moods
    assert (read.source, read.problems, read.goals) == ("daylio", (), ())
    assert (mood.local_date, mood.wall) == (date(2026, 1, 31), time(23, 5))
    assert mood.at == datetime(2026, 1, 31, 22, 5, tzinfo=UTC)
    assert (mood.label, set(mood.reasons), mood.row) == ("love it", {"walk", "tea"}, 1)
    assert mood.note == "Good day\nslept\nwell & long"


def test_the_level_is_six_less_the_group_and_usual_moods_have_their_usual_word():
    read = bring(daylio_backup(Felt("2026-07-03T09:00"), own_moods=[("null", 4)]))
    labels = {label.name: label.level for label in read.labels}
    assert labels == {"rad": 5, "good": 4, "meh": 3, "bad": 2, "awful": 1, "null": 2}


def test_two_moods_of_one_name_and_two_levels_stay_two():
    read = bring(daylio_backup(Felt("2026-07-03T09:00", "Good"), own_moods=[("Good", 1)]))
    assert {label.name: label.level for label in read.labels}["Good (5)"] == 5
    assert [mood.label for mood in read.moods] == ["Good (5)"]


@pytest.mark.parametrize("version", [3, 15, 99, None, "15"])
def test_the_version_is_not_asked(version):
    assert bring(daylio_backup(Felt("2026-07-03T09:00"), version=version)).totals.moods == 1


def test_what_has_no_place_here_is_named_once_with_its_numbers():
    goals = {"goals": [{"id": 1}], "goalEntries": [{}, {}], "assets": [], "prefs": [{"key": "PIN"}]}
    document = {"customMoods": [], "dayEntries": [], **goals}
    read = bring(backup_of(json.dumps(document).encode(), **{"assets/photos/2026/7/a.jpg": b"x"}))
    assert said(read) == [("backup.daylio", 0, "left_out")]
    assert read.problems[0].params == {"value": "goals 1, goalEntries 2, files 1", "count": 4}


def test_an_entry_of_the_first_years_has_only_an_instant_and_its_offset():
    early = {**entry_of(Felt("2017-06-29T09:07")), "hour": -1, "minute": -1}
    read = bring(daylio_backup(dayEntries=[early]))
    assert [(mood.local_date, mood.wall) for mood in read.moods] == [(date(2017, 6, 29), time(9, 7))]
    assert said(read) == []


@pytest.mark.parametrize("instant", [{"datetime": None}, {"timeZoneOffset": "soon"}, {"datetime": 86_400_000 * 17_347}])
def test_one_whose_instant_lies_on_another_date_is_kept_at_noon(instant):
    early = {**entry_of(Felt("2017-06-29T09:07")), "hour": -1, "minute": -1, **instant}
    read = bring(daylio_backup(dayEntries=[early]))
    assert [(mood.local_date, mood.wall) for mood in read.moods] == [(date(2017, 6, 29), time(12))]
    assert said(read) == [(ENTRIES, 1, "bad_time")]


def test_an_instant_that_no_zone_shows_so_is_left_open():
    entry = entry_of(Felt("2026-07-03T09:00"))
    instants = [entry["datetime"] + 28 * 3_600_000, None, "soon", 10**40, 1e308, 1751526000000]
    read = bring(daylio_backup(dayEntries=[{**entry, "minute": at, "datetime": ms} for at, ms in enumerate(instants)]))
    assert [mood.at for mood in read.moods] == [None] * 6


def test_entries_that_make_no_sense_are_problems_of_their_row_and_the_rest_goes_on():
    good = entry_of(Felt("2026-07-03T09:00"))
    wrong = [
        {**good, "month": 12}, {**good, "month": -1}, {**good, "day": "3"}, {**good, "year": 10**30},
        {**good, "year": 1969}, {**good, "mood": None}, {}, [], "x",
    ]  # fmt: skip
    read = bring(daylio_backup(dayEntries=[*wrong, good]))
    assert [code for _, _, code in said(read)] == [
        "bad_date", "bad_date", "bad_date", "bad_date", "date_out_of_range", "no_mood",
        "bad_date", "bad_date", "bad_date",
    ]  # fmt: skip
    assert [mood.row for mood in read.moods] == [10]


def test_what_the_backup_does_not_explain_is_kept_and_named():
    entry = {**entry_of(Felt("2026-07-03T09:00", note="kept"), mood=77), "tags": [5]}
    read = bring(daylio_backup(dayEntries=[entry]))
    assert [(mood.label, mood.note, mood.reasons) for mood in read.moods] == [("Mood 77", "kept", ())]
    assert {label.name: label.level for label in read.labels}["Mood 77"] is None
    assert said(read) == [(ENTRIES, 1, "unknown_mood"), (ENTRIES, 1, "unknown_reason")]


def test_a_mood_of_no_group_has_no_level():
    moods = [{"id": 1, "custom_name": "odd", "mood_group_id": 6}, {"id": 2, "custom_name": ""}, {"custom_name": "x"}]
    moods.append({"id": 4, "custom_name": "\ud800", "mood_group_id": 2})
    read = bring(daylio_backup(customMoods=moods))
    assert [(label.name, label.level) for label in read.labels] == [("odd", None), ("good", 4)]
    assert [(row, code) for _, row, code in said(read)] == [(1, "bad_level"), (2, "unknown_mood"), (3, "unknown_mood")]


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (b"\xff\xfe", "damaged"), (b"abc", "damaged"), (b"", "bad_json"), (base64.b64encode(b"{}"), "not_daylio"),
        (base64.b64encode(b"[1]"), "not_daylio"), (base64.b64encode(b'{"a":'), "bad_json"),
    ],
)  # fmt: skip
def test_a_broken_backup_is_refused(packed, code):
    assert refused(zip_of({"backup.daylio": packed})).code == code


def test_more_entries_than_may_come_are_refused():
    assert refused(daylio_backup(*[Felt("2026-07-03T09:00")] * 9), most_rows=8).code == "too_many_rows"


def test_the_table_after_the_backup_brings_nothing_twice():
    """For any history: words and notes differ between the two files, date, hour and minute do not."""
    dice = random.Random(4)
    for _ in range(20):
        start = datetime(2025, 12, 30, 22, 0)  # noqa: DTZ001
        entries = [
            Felt(
                (start + timedelta(minutes=dice.randrange(0, 300))).isoformat(),
                dice.choice([*USUAL, "fine"]),
                dice.sample(["walk", "tea", "work"], dice.randrange(3)),
                note=dice.choice(["", "a<br>b", "<b>so</b>", "x &amp; y"]),
            )
            for _ in range(40)
        ]
        backup = bring(daylio_backup(*entries, own_moods=[("fine", 2)]))
        table = bring(daylio_csv(*entries, clock=dice.choice(["%H:%M", "%I:%M %p"])))
        assert {mood.source_uid for mood in backup.moods} == {mood.source_uid for mood in table.moods}
        assert len(backup.moods) == len(table.moods) > 30


@pytest.mark.published
def test_the_published_backup_brings_all_its_moods():
    data = MERGED.read_bytes()
    read = bring(data)
    levels = {label.name: label.level for label in read.labels}
    counted = {level: sum(levels[mood.label] == level for mood in read.moods) for level in range(1, 6)}
    assert (read.totals.moods, len(read.labels)) == (429, 11)
    assert counted == counted_by_group(data)
    assert Counter(code for _, _, code in said(read)) == {"bad_time": 5, "left_out": 1}


@pytest.mark.published
def test_the_published_official_backup_keeps_its_lines():
    read = bring(ENGLISH.read_bytes())
    assert [code for _, _, code in said(read)] == ["left_out"]
    assert read.moods[2].note == "Hey, here's a note with\n\n\nLinebreaks!\n\nBecause I love breaking parsers"
    assert read.moods[1].note == "Note title\nNote body"
    assert read.moods[0].at == datetime(2023, 1, 24, 10, 36, 47, 764_000, tzinfo=UTC)


def counted_by_group(data: bytes) -> dict[int, int]:
    """Straight from the file: level = 6 − mood_group_id."""
    document = json.loads(base64.b64decode(ZipFile(BytesIO(data)).read("backup.daylio")))
    groups = {mood["id"]: mood["mood_group_id"] for mood in document["customMoods"]}
    levels = [6 - groups[entry["mood"]] for entry in document["dayEntries"]]
    return {level: levels.count(level) for level in range(1, 6)}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "mood", "name"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(list(entry_of(Felt("2026-07-03T09:00")))), JSON), JSON, JSON)
def test_random_members_bring_only_what_can_be_stored(members, moods, tags):
    entry = {**entry_of(Felt("2026-07-03T09:00")), **members}
    try:
        brought = read(daylio_backup(dayEntries=[entry], customMoods=moods, tags=tags), TODAY, most_rows=100)
    except Invalid:
        return
    for mood in brought.moods:
        assert mood.label in {label.name for label in brought.labels}
        mood.note.encode()
