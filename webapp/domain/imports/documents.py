"""Reading JSON a stranger made: bounded before it is parsed, and every value asked what it is."""

import json
import re
from collections import Counter
from typing import Any

from webapp.domain.imports.archive import encoding_of, refusal
from webapp.domain.imports.cells import shown

MAX_BYTES = 12_000_000
MAX_DEPTH = 60
# Parsed, each of them takes a few hundred bytes, however short it is in the file.
MAX_CONTAINERS = 200_000
MAX_VALUES = 600_000
LONGEST_NUMBER = 40
LARGEST_WHOLE = 10**15

# A text that never ends runs to the end of the file, and nothing is ever looked at twice.
TEXT_OR_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)


class _DuplicateKey(Exception):
    """An object says one thing twice; whichever we took could be the wrong one."""


def read_document(data: bytes, file: str) -> Any:
    """The value written in these bytes; raises Invalid when it is not JSON, or too large, wide or deep.

    NaN and infinities are no JSON. An object with one key twice is refused.
    """
    if len(data) > MAX_BYTES:
        raise refusal("too_large", file=file, most=MAX_BYTES, size=len(data), unpacked=True)
    encoding = encoding_of([data], file)
    _check_shape(data, file)
    try:
        return json.loads(
            data.decode(encoding),
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_constant=_not_json,
        )
    except _DuplicateKey as duplicate:
        raise refusal("duplicate_key", file=file, value=shown(str(duplicate))) from None
    except RecursionError:
        raise refusal("too_deep", file=file, most=MAX_DEPTH) from None
    except ValueError:
        raise refusal("bad_json", file=file) from None


def members(value: object) -> dict[str, Any]:
    """The object's members; none when the value is no object."""
    return value if isinstance(value, dict) else {}


def elements(value: object) -> list[Any]:
    """The list's elements; none when the value is no list."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """The text, or a number or truth as text; "" for anything else."""
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, int | float) else ""


def whole(value: object) -> int | None:
    """The whole number of at most fifteen digits; None for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value) if abs(value) <= LARGEST_WHOLE else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) <= LARGEST_WHOLE else None


def _check_shape(data: bytes, file: str) -> None:
    """Brackets and commas inside texts count too: there are few enough of them in what people write."""
    if data.count(b"{") + data.count(b"[") > MAX_CONTAINERS:
        raise refusal("too_many_values", file=file, most=MAX_CONTAINERS)
    if data.count(b",") > MAX_VALUES:
        raise refusal("too_many_values", file=file, most=MAX_VALUES)
    depth = 0
    for token in TEXT_OR_BRACKET.finditer(data):
        if token[0] in b"[{":
            depth += 1
        elif token[0] in b"]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise refusal("too_deep", file=file, most=MAX_DEPTH)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise _DuplicateKey(twice)
    return found


def _whole(written: str) -> int | float:
    """A longer number costs time to read and means nothing here."""
    return int(written) if len(written) <= LONGEST_NUMBER else float("inf")


def _not_json(written: str) -> None:
    raise ValueError(written)
