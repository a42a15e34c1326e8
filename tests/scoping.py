"""The second wall (security AZ-15): no request looks a thing up by its public number alone.

A statement that does says as well whose the thing is, or what it belongs to that was found before: it compares a column
of numbers (`owner_id`, `organisation_id`, `target_id` …) with a value. Every statement of every request that a test
makes in its own process is looked at.
"""

import re
import traceback
from functools import lru_cache
from typing import Any

from flask import has_request_context
from sqlalchemy import Engine, event

BY_NUMBER = re.compile(r"\bpublic_id (?:=|IN) ?\(?(?:\?|%\(|__\[POST)")
WHOSE = re.compile(r"\b(?!public_id\b)(?:\w+_id|id|email_key|prefix|\w*_hash) (?:=|IN) ?\(?(?:\?|%\(|NULL|SELECT)")
BESIDE = frozenset({"stop_mail"})
"""Functions that are told a number by an address which we signed: the signature is the right."""
seen: set[str] = set()
"""What was found since the last look, each by the statement and where it came from."""


@lru_cache(maxsize=4096)
def is_unscoped(statement: str) -> bool:
    """Whether the statement finds something by its public number and says nothing else of it."""
    return bool(BY_NUMBER.search(statement)) and not WHOSE.search(statement)


def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if not has_request_context() or statement.startswith("INSERT") or not is_unscoped(statement):
        return
    ours = [frame for frame in traceback.extract_stack() if "/webapp/" in frame.filename]
    if not any(frame.name in BESIDE for frame in ours):
        where = f"{ours[-1].filename.rpartition('/webapp/')[2]}:{ours[-1].lineno} {ours[-1].name}" if ours else ""
        seen.add(f"{where}: {statement}")


def watch() -> None:
    """Every statement of this process is looked at from now on."""
    if not event.contains(Engine, "before_cursor_execute", look):
        event.listen(Engine, "before_cursor_execute", look)


def forget() -> list[str]:
    """What was found since the last look."""
    found = sorted(seen)
    seen.clear()
    return found
