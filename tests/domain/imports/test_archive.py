"""A zip a stranger made is read within bounds or refused with a code, and nothing else ever happens."""

import io
import stat
import tracemalloc
from contextlib import suppress
from itertools import islice
from zipfile import ZIP_BZIP2, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.imports.loop_files import SAMPLE_HABITS, new_export, zip_of
from webapp.domain.errors import Invalid, Problem
from webapp.domain.imports import archive
from webapp.domain.imports.archive import open_archive


def refused(call) -> Problem:
    with pytest.raises(Invalid) as caught:
        call()
    (problem,) = caught.value.problems
    assert problem.field == "file"
    return problem


def refused_rows(content: bytes) -> Problem:
    opened = open_archive(zip_of({"a.csv": content}))
    return refused(lambda: list(opened.rows("a.csv")))


def test_files_are_listed_without_folders_and_read_whole():
    opened = open_archive(zip_of([("Habits.csv", b"x"), ("001 a/", b""), ("001 a/Scores.csv", b"y")]))
    assert opened.names == ("Habits.csv", "001 a/Scores.csv")
    assert opened.read("001 a/Scores.csv") == b"y"


@pytest.mark.parametrize("data", [b"", b"Position,Name\n", b"SQLite format 3\x00", b"\x1f\x8b\x08" + bytes(50)])
def test_what_is_no_zip_is_refused_as_such(data):
    assert refused(lambda: open_archive(data)).code == "not_a_zip"


def test_a_truncated_zip_is_refused():
    whole = new_export(*SAMPLE_HABITS)
    assert refused(lambda: open_archive(whole[: len(whole) // 2])).code == "truncated"


def test_a_flipped_byte_in_a_file_is_damage():
    data = bytearray(zip_of({"a.csv": b"2026-07-04,NO\n" * 20}))
    data[45] ^= 0xFF
    assert refused(lambda: open_archive(bytes(data)).read("a.csv")).code == "damaged"


@pytest.mark.parametrize(
    "path",
    ["../a.csv", "a/../../b.csv", "/etc/passwd", "C:/a.csv", "c:a.csv", "a\\b.csv", "a//b.csv", "./a.csv", "..",
     "a\n.csv", "a\x1b[31m.csv", "x" * 1_001],
)  # fmt: skip
def test_a_path_that_leaves_its_folder_is_refused(path):
    assert refused(lambda: open_archive(zip_of([(path, b"")]))).code == "bad_path"


def test_a_name_hiding_behind_a_nul_is_refused():
    data = zip_of({"Habits.csv_evil": b""}).replace(b"Habits.csv_evil", b"Habits.csv\x00evil")
    assert refused(lambda: open_archive(data)).code == "bad_path"


def test_a_symbolic_link_is_refused():
    link = ZipInfo("Habits.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert refused(lambda: open_archive(zip_of([(link, b"/etc/passwd")]))).code == "symlink"


def test_an_encrypted_file_is_refused():
    data = bytearray(zip_of({"Habits.csv": b"x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refused(lambda: open_archive(bytes(data))).code == "encrypted"


def test_a_name_that_comes_twice_is_refused():
    problem = refused(lambda: open_archive(zip_of([("Habits.csv", b"1"), ("Habits.csv", b"2")])))
    assert (problem.code, problem.params) == ("duplicate_file", {"file": "Habits.csv"})


def test_another_compression_is_refused():
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_BZIP2) as zipped:
        zipped.writestr("Habits.csv", "x")
    assert refused(lambda: open_archive(out.getvalue())).code == "unknown_compression"


def test_five_thousand_files_are_accepted_and_one_more_is_not():
    files = [(f"{number}.csv", b"") for number in range(5_001)]
    assert len(open_archive(zip_of(files[:-1])).names) == 5_000
    assert refused(lambda: open_archive(zip_of(files))).code == "too_many_files"


def test_more_than_five_megabytes_are_refused_before_they_are_opened():
    problem = refused(lambda: open_archive(bytes(5_000_001)))
    assert (problem.code, problem.params["size"]) == ("too_large", 5_000_001)


def test_a_bomb_is_refused_long_before_it_has_unfolded():
    opened = open_archive(zip_of({"bomb.csv": bytes(20_000_000)}))
    read: list[bytes] = []
    assert refused(lambda: read.extend(opened.chunks("bomb.csv"))).code == "suspicious_ratio"
    assert sum(map(len, read)) < 5_000_000


def test_a_header_that_understates_its_size_gains_nothing():
    data = bytearray(zip_of({"bomb.csv": bytes(20_000_000)}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    assert refused(lambda: open_archive(bytes(data)).read("bomb.csv")).code == "damaged"


def test_the_total_is_counted_over_all_files(monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1_000)
    opened = open_archive(zip_of({"a": b"a" * 600, "b": b"b" * 600}))
    assert len(opened.read("a")) == 600
    problem = refused(lambda: opened.read("b"))
    assert (problem.code, problem.params["most"]) == ("too_large", 1_000)


def test_a_zip_within_the_zip_is_only_bytes():
    inner = zip_of({"../evil": bytes(10)})
    assert open_archive(zip_of({"inner.zip": inner})).read("inner.zip") == inner


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("é,ü".encode(), "é"),
        (b"\xef\xbb\xbf" + "é,ü".encode(), "é"),
        ("é,ü".encode("cp1252"), "é"),
        ("“,”".encode("cp1252"), "“"),
    ],
)
def test_utf_8_with_or_without_mark_then_windows_1252(content, text):
    opened = open_archive(zip_of({"a.csv": content}))
    assert next(iter(opened.rows("a.csv")))[0] == text


def test_a_character_across_two_chunks_is_read(monkeypatch):
    monkeypatch.setattr(archive, "CHUNK", 1)
    opened = open_archive(zip_of({"a.csv": "日本".encode()}))
    assert list(opened.rows("a.csv")) == [["日本"]]


def test_unreadable_bytes_and_nul_characters_are_refused():
    assert refused_rows(b"\x81\x8d").code == "unreadable_text"
    assert refused_rows(b"a,\x00").code == "nul_characters"
    assert refused_rows("a,b".encode("utf-16")).code == "nul_characters"


def test_commas_quotes_and_line_breaks_live_inside_quotes():
    opened = open_archive(zip_of({"a.csv": b'"a,b","say ""x""","one\ntwo"\r\n\r\nlast\n'}))
    assert list(opened.rows("a.csv")) == [["a,b", 'say "x"', "one\ntwo"], [], ["last"]]


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"a,b\n" + b"x" * 100_001 + b"\n", "field_too_long", 2),
        (b'a,b\n"never closed\n' + b"1,2\n" * 40_000, "field_too_long", 2),
        (b'a,b\n1,2\n"never closed\n', "bad_csv", 3),
        (b"x" * 500_001, "line_too_long", 1),
        (b"a\n" + b"," * 100 + b"\n", "too_many_columns", 2),
    ],
)
def test_a_monstrous_table_is_refused_with_its_row(content, code, row):
    problem = refused_rows(content)
    assert (problem.code, problem.params["row"], problem.params["file"]) == (code, row, "a.csv")


def test_rows_are_read_lazily():
    block = "".join(f"{number % 997},{number * 7919 % 10_007}\n" for number in range(20_000)).encode()
    opened = open_archive(zip_of({"a.csv": block * 50}, level=1))
    tracemalloc.start()
    try:
        assert len(list(islice(opened.rows("a.csv"), 1_000))) == 1_000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000 < len(block * 50)
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=400), st.booleans())
def test_random_bytes_raise_nothing_but_invalid(data, as_zip):
    read_everything(b"PK\x03\x04" + data if as_zip else data)


@given(st.data())
def test_a_damaged_zip_raises_nothing_but_invalid(data):
    whole = bytearray(new_export(*SAMPLE_HABITS))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    read_everything(bytes(whole))


def read_everything(data: bytes) -> None:
    with suppress(Invalid):
        opened = open_archive(data)
        for name in opened.names:
            with suppress(Invalid):
                list(opened.rows(name))
