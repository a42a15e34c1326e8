"""Any file a person brings: what it is, found by what is in it and never by its name, and what it brings."""

from datetime import date

from webapp.domain.imports.archive import MAX_COMPRESSED, Archive, open_archive, refusal
from webapp.domain.imports.beaver import is_beaver, read_beaver
from webapp.domain.imports.brought import Brought
from webapp.domain.imports.daylio import is_daylio, read_daylio
from webapp.domain.imports.daylio_backup import BACKUP, read_daylio_backup
from webapp.domain.imports.documents import read_document
from webapp.domain.imports.habit_csv import is_habits, read_habits
from webapp.domain.imports.habitica import is_habitica, read_habitica
from webapp.domain.imports.loop import HABITS, read_loop
from webapp.domain.imports.mood_csv import is_moods, read_moods
from webapp.domain.imports.tables import Table

ZIP_MAGIC = b"PK"
UTF_8_MARK = b"\xef\xbb\xbf"


def read(data: bytes, today: date, *, most_rows: int) -> Brought:
    """What the file brings, with every problem by row.

    Raises Invalid on the field "file" for one that no reader knows ("unknown_format"), that is unusable, or that holds
    nothing or more than `most_rows` rows. Accepted dates run from 1970 to ten years after `today`.
    """
    if len(data) > MAX_COMPRESSED:
        raise refusal("too_large", most=MAX_COMPRESSED, size=len(data), unpacked=False)
    start = data[:1_000].removeprefix(UTF_8_MARK).lstrip()
    if data.startswith(ZIP_MAGIC):
        brought = _zipped(open_archive(data), data, today, most_rows)
    elif not start:
        raise refusal("empty")
    elif start[:1] in (b"{", b"["):
        brought = _document(read_document(data, ""), today, most_rows)
    else:
        brought = _table(Table(data), today, most_rows)
    totals = brought.totals
    rows = totals.entries + totals.dropped + totals.moods
    if rows > most_rows:
        raise refusal("too_many_rows", rows=rows, most=most_rows, or_more=False)
    if not (totals.goals or totals.moods or totals.problems):
        raise refusal("no_rows")
    return brought


def _zipped(archive: Archive, data: bytes, today: date, most_rows: int) -> Brought:
    if BACKUP in archive.names:
        return read_daylio_backup(archive, today, most_rows)
    if any(name.split("/")[-1] == HABITS for name in archive.names):
        return read_loop(data, today)
    raise refusal("unknown_format")


def _document(document: object, today: date, most_rows: int) -> Brought:
    if is_beaver(document):
        return read_beaver(document, today, most_rows)
    if is_habitica(document):
        return read_habitica(document, today, most_rows)
    raise refusal("unknown_format")


def _table(table: Table, today: date, most_rows: int) -> Brought:
    """The most particular headings first: a mood table too has a date and a note."""
    if is_daylio(table):
        return read_daylio(table, today, most_rows)
    if is_moods(table):
        return read_moods(table, today, most_rows)
    if is_habits(table):
        return read_habits(table, today, most_rows)
    raise refusal("unknown_format")
