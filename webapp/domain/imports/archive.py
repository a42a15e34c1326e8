"""Reading a zip a stranger made: within bounds that are counted while reading, never believed from its headers."""

import codecs
import csv
import re
import stat
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from webapp.domain.errors import Invalid, Problem

MAX_COMPRESSED = 5_000_000
MAX_FILES = 5_000
MAX_UNPACKED = 50_000_000
MAX_RATIO = 200
RATIO_FREE = 1_000_000
MAX_PATH = 1_000
PATH_SHOWN = 200
MAX_LINE = 500_000
MAX_FIELD = 100_000
MAX_COLUMNS = 100
CHUNK = 64 * 1024
ENCODINGS = ("utf-8-sig", "cp1252")

ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
FILE_MAGIC = b"PK\x03\x04"
DIRECTORY_MAGIC = b"PK\x01\x02"

# All that zipfile and zlib are known to raise at bytes that are not what they claim to be.
READING_ERRORS = (
    BadZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


class Archive:
    """An opened zip: its file names are safe relative paths, its contents are read within the bounds above."""

    def __init__(self, zipped: ZipFile, members: dict[str, ZipInfo], size: int) -> None:
        self._zipped = zipped
        self._members = members
        self._size = size
        self._unpacked = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The paths of all files, in the order of the archive, folders left out."""
        return tuple(self._members)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The file's bytes piece by piece; raises Invalid once the file or the archive grows too large."""
        member = self._members[name]
        # A header may claim any packed size, but never more than we were given.
        packed = max(1, min(member.compress_size, self._size))
        unpacked = 0
        with _reading(name), self._zipped.open(member) as stream:
            while chunk := stream.read(CHUNK):
                unpacked += len(chunk)
                self._unpacked += len(chunk)
                if self._unpacked > MAX_UNPACKED:
                    raise refusal("too_large", most=MAX_UNPACKED, unpacked=True)
                if unpacked > RATIO_FREE and unpacked > MAX_RATIO * packed:
                    raise refusal("suspicious_ratio", file=name, most=MAX_RATIO)
                yield chunk

    def read(self, name: str) -> bytes:
        """The whole file, unpacked within the bounds."""
        return b"".join(self.chunks(name))

    def rows(self, name: str) -> Iterator[list[str]]:
        """The rows of a CSV file one at a time, every field as text; an empty line is an empty row."""
        encoding = encoding_of(self.chunks(name), name)
        # The bytes were counted just now, so this second pass is not charged again.
        with _reading(name), TextIOWrapper(self._zipped.open(self._members[name]), encoding, newline="") as text:
            yield from csv_rows(text, name)


def open_archive(data: bytes) -> Archive:
    """The archive in these bytes, its list of files checked; raises Invalid on the field "file"."""
    if len(data) > MAX_COMPRESSED:
        raise refusal("too_large", most=MAX_COMPRESSED, size=len(data), unpacked=False)
    # Counted before zipfile builds an object for each: five megabytes hold a hundred thousand headers.
    if data.count(DIRECTORY_MAGIC) > MAX_FILES:
        raise refusal("too_many_files", most=MAX_FILES)
    try:
        zipped = ZipFile(BytesIO(data))
    except READING_ERRORS:
        raise refusal("truncated" if data.startswith(FILE_MAGIC) else "not_a_zip") from None
    members: dict[str, ZipInfo] = {}
    for member in zipped.infolist():
        _check_member(member)
        if member.filename in members:
            raise refusal("duplicate_file", file=member.filename)
        if not member.is_dir():
            members[member.filename] = member
    return Archive(zipped, members, len(data))


def encoding_of(chunks: Iterable[bytes], name: str) -> str:
    """The first of UTF-8 (with or without mark) and Windows-1252 that fits all bytes; raises Invalid."""
    decoders = {encoding: codecs.getincrementaldecoder(encoding)() for encoding in ENCODINGS}

    def try_all(chunk: bytes, final: bool) -> None:
        for encoding, decoder in list(decoders.items()):
            try:
                decoder.decode(chunk, final)
            except UnicodeDecodeError:
                del decoders[encoding]

    for chunk in chunks:
        if b"\x00" in chunk:
            raise refusal("nul_characters", file=name)
        try_all(chunk, final=False)
    try_all(b"", final=True)
    if not decoders:
        raise refusal("unreadable_text", file=name)
    return next(iter(decoders))


def csv_rows(text: TextIOWrapper, name: str) -> Iterator[list[str]]:
    """The rows of comma-separated text, never more than one in memory; raises Invalid naming file and row."""
    row = 0
    try:
        for row, cells in enumerate(csv.reader(_lines(text, name), strict=True), start=1):
            if len(cells) > MAX_COLUMNS:
                raise refusal("too_many_columns", file=name, row=row, most=MAX_COLUMNS)
            if any(len(cell) > MAX_FIELD for cell in cells):
                raise refusal("field_too_long", file=name, row=row, most=MAX_FIELD)
            yield cells
    except csv.Error as error:
        # The reader's own limit (131,072 characters) ends a quote that is never closed.
        code = "field_too_long" if "field limit" in str(error) else "bad_csv"
        raise refusal(code, file=name, row=row + 1, most=MAX_FIELD) from None


def refusal(code: str, **params: object) -> Invalid:
    """The uploaded file as a whole is refused."""
    return Invalid([Problem("file", code, params)])


def _lines(text: TextIOWrapper, name: str) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: text.readline(MAX_LINE + 1), ""), start=1):
        if len(line) > MAX_LINE:
            raise refusal("line_too_long", file=name, row=number, most=MAX_LINE)
        yield line


def _check_member(member: ZipInfo) -> None:
    # zipfile cuts a name at its first NUL; the original shows what was really asked for.
    name = member.orig_filename
    if _is_bad_path(name):
        raise refusal("bad_path", file=name[:PATH_SHOWN])
    if stat.S_ISLNK(member.external_attr >> 16):
        raise refusal("symlink", file=name)
    if member.flag_bits & ENCRYPTED_FLAGS:
        raise refusal("encrypted", file=name)
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise refusal("unknown_compression", file=name)


def _is_bad_path(name: str) -> bool:
    parts = name.removesuffix("/").split("/")
    return (
        len(name) > MAX_PATH
        or any(part in ("", ".", "..") for part in parts)
        or "\\" in name
        or re.match(r"[A-Za-z]:", name) is not None
        or any(unicodedata.category(character) == "Cc" for character in name)
    )


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Whatever breaks while unpacking this file is one problem, "damaged"."""
    try:
        yield
    except READING_ERRORS:
        raise refusal("damaged", file=name) from None
