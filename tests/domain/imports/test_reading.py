"""Any file at all: known by what is in it, or refused clearly, within little memory."""

import base64
import tracemalloc
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.imports.beaver_files import beaver, habit
from tests.domain.imports.daylio_files import HEADINGS, Felt, daylio_backup, daylio_csv
from tests.domain.imports.habitica_files import daily, row, userdata
from tests.domain.imports.loop_files import SAMPLE_HABITS, csv_text, new_export, old_export, zip_of
from tests.domain.imports.reading import TODAY, bring, refused
from webapp.domain.errors import Invalid
from webapp.domain.imports import documents
from webapp.domain.imports.brought import RowProblem
from webapp.domain.imports.reading import read
from webapp.domain.imports.report import COUNTED_ROWS

FELT = Felt("2026-07-03T09:00")
HABITBULL = "HabitName,HabitDescription,HabitCategory,CalendarDate,Value,CommentText"
FILES = {
    "loop": new_export(*SAMPLE_HABITS),
    "old loop": old_export(*SAMPLE_HABITS),
    "loop in a folder": new_export(*SAMPLE_HABITS, top="Loop Habits CSV 2026-07-04/"),
    "daylio": daylio_csv(FELT),
    "daylio backup": daylio_backup(FELT),
    "beaver": beaver(habit("Walk", ("2026-07-03", True))),
    "habitica": userdata([daily("Walk", row("2026-07-03T12:00:00", completed=True))]),
    "habit_csv": f"{HABITBULL}\nWalk,,,2026-07-03,1,\n".encode(),
    "entries": b"goal,date,state,value,unit,note\nWalk,2026-07-03,done,,,\n",
    "mood_csv": b"date,time,zone,mood,level,energy,reasons,note\n2026-07-03,09:00,Etc/UTC,good,4,,,\n",
}
SOURCES = {
    "old loop": "loop", "loop in a folder": "loop", "daylio backup": "daylio", "entries": "entries_csv",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_known_by_what_is_in_it(name):
    read = bring(FILES[name])
    assert read.source == SOURCES.get(name, name)
    assert read.totals.goals + read.totals.moods > 0


@pytest.mark.parametrize("name", [name for name in FILES if "loop" not in name and name != "daylio backup"])
def test_a_mark_and_white_space_before_it_change_nothing(name):
    plain = FILES[name].removeprefix(b"\xef\xbb\xbf")
    assert bring(b"\xef\xbb\xbf\r\n" + plain).totals == bring(plain).totals == bring(FILES[name]).totals


@pytest.mark.parametrize("name", ["daylio", "habit_csv"])
def test_tables_from_windows_are_read(name):
    text = FILES[name].decode("utf-8-sig").replace("good", "glücklich").replace("Walk", "Spaß")
    read = bring(text.replace("\n", "\r\n").encode("cp1252"))
    assert [label.name for label in read.labels] + [goal.name for goal in read.goals] in (["glücklich"], ["Spaß"])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n\t", "empty"),
        (b"hello", "unknown_format"),
        (b"<!doctype html><html>", "unknown_format"),
        (b"{}", "unknown_format"),
        (b"[]", "unknown_format"),
        (b'{"habits":{}}', "unknown_format"),
        (b'{"tasks":[]}', "unknown_format"),
        (b"mood,note\ngood,hi\n", "unknown_format"),
        (b"habit,value\nWalk,1\n", "unknown_format"),
        (zip_of({"readme.txt": b"hi"}), "unknown_format"),
        (zip_of({}), "unknown_format"),
        (b"SQLite format 3\x00" + bytes(50), "nul_characters"),
        (b"%PDF-1.7\n%\x81\x8d\x8f", "unreadable_text"),
        ("habit,date,value\n".encode("utf-16"), "nul_characters"),
        (b'{"habits":[]}'.decode().encode("utf-16"), "nul_characters"),
        (b'habit,date,value\nWalk,"2026-07-03,1\n', "bad_csv"),
        (HEADINGS.encode(), "no_rows"),
        (HABITBULL.encode() + b"\n\n ,,\n", "no_rows"),
        (b'{"habits":[]}', "no_rows"),
        (b'{"tasks":{"dailys":[]}}', "no_rows"),
        (b'{"habits":[NaN]}', "bad_json"),
        (b'{"habits":[-Infinity]}', "bad_json"),
        (b'{"habits":[}', "bad_json"),
        (b'{"habits":[]} and more', "bad_json"),
        (b'{"habits":[' + b"[" * 10_000 + b"]" * 10_000 + b"]}", "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (b'{"habits":[' + b"[]," * 250_000 + b"1]}", "too_many_values"),
        (b'{"habits":[' + b"1," * 700_000 + b"1]}", "too_many_values"),
        (b'{"habits":[],"habits":[]}', "duplicate_key"),
        (b'{"habits":[{"name":"a","name":"a"}]}', "duplicate_key"),
        (b"{" + b",".join(b'"%d":1' % number for number in range(100_000)) + b',"99999":1}', "duplicate_key"),
        (b"\n" * 5_000_001, "too_large"),
        (FILES["loop"][:-30], "truncated"),
        (FILES["daylio backup"][:-30], "truncated"),
        (b"PK", "not_a_zip"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:24]),
)
def test_what_cannot_be_used_is_refused_with_its_reason(data, code):
    assert refused(data).code == code


def test_a_document_may_be_as_deep_as_any_program_needs():
    depth = documents.MAX_DEPTH
    assert documents.read_document(b"[" * depth + b"]" * depth, "")
    problem = refused(b"[" * (depth + 1) + b"]" * (depth + 1))
    assert (problem.code, problem.params["most"]) == ("too_deep", depth)


def test_brackets_and_quotes_inside_a_text_are_text():
    name = "[{" * 100 + '\\"' + "]"
    assert bring(beaver(habit(name))).goals[0].name == name


def test_a_text_that_never_ends_is_looked_at_once():
    assert refused(b'{"habits":' + b'"\\' * 2_000_000).code == "bad_json"


@pytest.mark.parametrize("number", ["9" * 2_000_000, "-" + "9" * 5_000, "1e999999999", "0." + "1" * 5_000])
def test_a_huge_number_costs_nothing_and_means_nothing(number):
    records = f'[{{"day":{number},"done":true}},{{"day":"2026-07-03","done":{number}}}]'
    read = bring(f'{{"habits":[{{"name":"a","records":{records}}}]}}'.encode())
    assert [problem.code for problem in read.problems] == ["bad_date", "bad_value"]


def test_formulas_are_texts():
    formula = '=HYPERLINK("http://x")'
    table = bring(csv_text([HABITBULL.split(","), (formula, formula, formula, "2026-07-03", 1, formula)]).encode())
    goal = table.goals[0]
    assert (goal.name, goal.description, goal.tags, goal.entries[0].note) == (formula, formula, (formula,), formula)


@pytest.mark.parametrize("most_rows", [1, 2])
def test_loops_rows_too_are_no_more_than_may_come(most_rows):
    problem = refused(FILES["loop"], most_rows=most_rows)
    assert (problem.code, problem.params["most"]) == ("too_many_rows", most_rows)


@pytest.mark.parametrize(
    "data",
    [
        beaver(*(habit(str(number)) for number in range(501))),
        userdata([daily(str(number)) for number in range(501)]),
        f"{HABITBULL}\n".encode() + b"".join(b"%d,,,2026-07-03,1,\n" % number for number in range(501)),
    ],
    ids=["beaver", "habitica", "habit_csv"],
)
def test_more_goals_than_anybody_can_have_are_refused(data):
    problem = refused(data)
    assert (problem.code, problem.params["most"]) == ("too_many_goals", 500)


@contextmanager
def within(megabytes: int):
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("line", [b"a,b\n", b"\n\n\n\n", b"a,b,c,d,e\n"], ids=["short", "empty", "long"])
def test_a_million_rows_are_refused_without_being_read_to_the_end(line):
    problem = refused((b"habit,date,value\n" + line * 1_000_000)[:5_000_000])
    assert (problem.code, problem.params["rows"], problem.params["or_more"]) == ("too_many_rows", COUNTED_ROWS, True)


def test_a_million_rows_are_refused_within_little_memory():
    data = b"habit,date,value\n" + b"a,,\n" * 1_000_000
    with within(10):
        assert refused(data, most_rows=4_000).code == "too_many_rows"


@pytest.mark.parametrize("unfolded", [b"A" * 30_000_000, b"\n" * 30_000_000])
def test_a_bomb_is_refused_within_little_memory(unfolded):
    data = zip_of({"backup.daylio": unfolded})
    with within(20):
        assert refused(data).code == "suspicious_ratio"


def test_a_backup_that_unfolds_too_far_is_refused_within_little_memory(monkeypatch):
    monkeypatch.setattr("webapp.domain.imports.daylio_backup.MAX_BYTES", 500_000)
    data = zip_of({"backup.daylio": base64.b64encode(b'{"a":"' + b"x" * 2_000_000)})
    with within(5):
        assert refused(data).code == "too_large"


@pytest.mark.parametrize("value", [b"[]", b'{"a":1}', b'"ab"', b"1.5"])
def test_the_widest_document_stays_within_its_memory(value):
    """Measured on a twentieth of what is let through, since counting memory takes its time."""
    most = documents.MAX_CONTAINERS if value[:1] in b"[{" else documents.MAX_VALUES
    data = b'{"habits":[' + b",".join([value] * (most // 20)) + b"]}"
    with within(3):
        assert len(documents.read_document(data, "")["habits"]) == most // 20


@settings(max_examples=80)
@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"{", *(data[:150] for data in FILES.values())]))
def test_random_bytes_raise_nothing_but_invalid(data, start):
    read_or_refuse(start + data)


@settings(max_examples=50)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_damaged_file_raises_nothing_but_invalid(name, draw):
    whole = bytearray(FILES[name])
    for _ in range(draw.draw(st.integers(1, 8))):
        whole[draw.draw(st.integers(0, len(whole) - 1))] = draw.draw(st.integers(0, 255))
    for problem in read_or_refuse(bytes(whole)):
        assert problem.row >= 0
        assert len(repr(problem)) < 1_000


def read_or_refuse(data: bytes) -> tuple[RowProblem, ...]:
    try:
        return read(data, TODAY, most_rows=100).problems
    except Invalid as invalid:
        assert {problem.field for problem in invalid.problems} == {"file"}  # noqa: PT017
        return ()
