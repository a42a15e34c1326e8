"""Our own export is read strictly: whatever else somebody writes into it is refused with its place."""

import io
import json
import tracemalloc
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from webapp.domain.errors import Invalid
from webapp.domain.goals import Lifecycle, Outcome
from webapp.domain.imports.own import looks_own, read_own

TODAY = date(2026, 3, 10)
NOW = "2026-03-10T12:00:00+00:00"
GOAL, ENTRY, LATER, LABEL, REASON, MOOD, PAUSE = (f"{digit}" * 24 for digit in "abcdef0")


def whole() -> dict[str, Any]:
    """A small export with a row in every list that is read."""
    kept = {"id": LABEL, "name": "", "level": 4}
    said = {"label": kept, "at": NOW, "zone": "Etc/UTC", "local_date": "2026-03-10", "energy": None, "note": ""}
    moment = {"at": NOW, "recorded_at": NOW, "zone": "Europe/Berlin", "local_date": "2026-03-10", "source": "page"}
    tick = {**moment, "goal": GOAL, "mode": "set", "state": "done", "value": None, "note": "fine"}
    rule = {"frequency": "Weekly", "rule": "FREQ=WEEKLY;WKST=MO;BYDAY=TU", "days": [1], "week_start": 0}
    return {
        "format": "aimline",
        "version": 1,
        "exported_at": NOW,
        "person": {"id": "9" * 24, "locale": "en", "zone": "Etc/UTC", "day_start": 0, "week_start": 0, "theme": "auto"},
        "goals": [
            {
                "id": GOAL,
                "kind": "personal",
                "title": "Walk",
                "lifecycle": "active",
                "colour": 1,
                "position": 1,
                "revision": 1,
                "version": 1,
                "rows_from": "2026-03-10",
                "rows_until": "2026-05-09",
                "created_at": NOW,
                "updated_at": NOW,
                "tags": ["calm"],
            }
        ],
        "schedules": [{**rule, "goal": GOAL, "valid_from": "2026-03-10", "start": "2026-03-10", "until": None}],
        "revisions": [{"goal": GOAL, "number": 1, "created_at": NOW, "terms": {"title": "Walk", "days": [1]}}],
        "closings": [
            {"goal": GOAL, "closed_at": NOW, "outcome": "missed", "score": 0.4, "words": "ill", "reopened_at": NOW}
        ],
        "occurrences": [{"goal": GOAL, "local_date": "2026-03-10", "state": "done", "deleted_at": None}],
        "entries": [{**tick, "id": ENTRY}, {**tick, "id": LATER, "supersedes": ENTRY, "value": 2.5}],
        "pauses": [{"id": PAUSE, "goal": None, "first": "2026-03-01", "last": None, "created_at": NOW}],
        "mood_labels": [{**kept, "position": 0, "created_at": NOW}],
        "mood_reasons": [{"id": REASON, "name": "Sleep", "position": 0, "created_at": NOW}],
        "moods": [
            {
                **moment,
                "id": MOOD,
                "label": LABEL,
                "energy": 3,
                "version": 2,
                "reasons": [REASON],
                "revisions": [{"number": 1, "created_at": NOW, "terms": {**said, "reasons": []}}],
            }
        ],
        "a list of tomorrow": [1, 2, 3],
    }


def written(export: Any) -> bytes:
    return json.dumps(export).encode()


def problems(data: bytes) -> list[tuple[str, str, object, object]]:
    with pytest.raises(Invalid) as refused:
        read_own(data, TODAY)
    found = refused.value.problems
    assert {problem.field for problem in found} == {"file"}
    return [(one.code, *(str(one.params.get(name, "")) for name in ("list", "row", "field"))) for one in found]


def packed(*files: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as zipped:
        for name, data in files:
            zipped.writestr(name, data)
    return content.getvalue()


def test_everything_is_read() -> None:
    own = read_own(written(whole()), TODAY)
    (goal,) = own.goals
    assert (goal.title, goal.tags, len(goal.versions), len(goal.days), len(goal.revisions)) == (
        "Walk",
        ("calm",),
        1,
        1,
        1,
    )
    assert [entry.supersedes for entry in own.entries] == [None, ENTRY]
    assert (str(own.entries[1].value), own.moods[0].reasons, own.left_out) == ("2.5", (REASON,), 0)
    assert own.moods[0].revisions[0].terms.label.level == 4


@pytest.mark.parametrize(
    "wrap", [lambda data: data, lambda data: packed(("x.json", data)), lambda data: b"\xef\xbb\xbf" + data]
)
def test_it_is_known_by_how_it_begins(wrap: Callable[[bytes], bytes]) -> None:
    data = wrap(written(whole()))
    assert looks_own(data)
    assert len(read_own(data, TODAY).goals) == 1


@pytest.mark.parametrize("data", [b"", b"{}", b'{"format": "aim', b"PK\x03\x04", b"\x00\xff", b'{"habits": []}'])
def test_other_files_are_not_taken_for_ours(data: bytes) -> None:
    assert not looks_own(data)
    assert problems(data)[0][0] in ("unknown_format", "truncated")


def test_what_belongs_to_more_than_one_person_is_left_out_and_counted() -> None:
    export = whole()
    export["goals"][0]["kind"] = "objective"
    own = read_own(written(export), TODAY)
    assert (own.goals, own.entries, own.left_out) == ((), (), 3)


WRONG: dict[str, Any] = {
    "goals.id": ["A" * 24, "a" * 23, 7, None],
    "goals.kind": ["secret", None],
    "goals.title": ["", "  ", None, "x" * 256, "\x00", "\ud800", ["Walk"]],
    "goals.colour": [0, 13, "1", True, 1.5, None],
    "goals.position": [-1, 10**7],
    "goals.lifecycle": ["gone", None, 1],
    "goals.target": [5, "1e999999", "NaN", -1],
    "goals.baseline": [10**12, "0.0000001", [], True, "9" * 5_000],
    "goals.created_at": ["2026-03-10", "2026-03-10T12:00:00", "2030-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00"],
    "goals.rows_from": ["1899-12-31", "2026-02-30", None],
    "goals.tags": [["a,b"], ["x"] * 11, "calm", [1], ["y" * 41]],
    "schedules.frequency": ["Hourly", None, "Quota"],
    "schedules.rule": ["FREQ=HOURLY", None, "RRULE:FREQ=DAILY", "FREQ=DAILY;COUNT=3;WKST=MO", "x" * 500],
    "schedules.days": [[7], "1", [True], None],
    "schedules.quota_times": [3],
    "schedules.skip_budget": [32, -1],
    "schedules.goal": ["nobody", None],
    "revisions.number": [0, "1"],
    "revisions.terms": [[], None, {"a": {"b": 1}}, {"a": 1.5}, {"a": "x" * 10_001}],
    "closings.goal": ["nobody", None],
    "closings.closed_at": [None, "2026-03-10"],
    "closings.outcome": ["won", None],
    "closings.score": [None, 1.5, -0.1, "much"],
    "closings.words": ["x" * 4_001, 5],
    "closings.reopened_at": ["later"],
    "occurrences.local_date": ["2199-01-01", "tomorrow", 20260310],
    "occurrences.state": ["half", None],
    "entries.zone": ["Mars/Base", "../etc/passwd", None],
    "entries.mode": ["replace"],
    "entries.value": [-1, "x", 1e300],
    "entries.state": ["won"],
    "entries.note": ["x" * 2_001, 5],
    "entries.confidence": [2],
    "entries.source": ["magic"],
    "entries.supersedes": [LATER, "1" * 24, "x"],
    "pauses.first": ["1800-01-01", None],
    "pauses.last": ["2026-02-01", "2190-01-01"],
    "mood_labels.level": [0, 6, "4"],
    "mood_labels.name": ["x" * 256, 5],
    "mood_reasons.name": ["", " ", "x" * 61],
    "moods.label": [REASON, None],
    "moods.reasons": [[LABEL], "x", [REASON] * 51],
    "moods.energy": [0, 6],
    "moods.reasons_said": ["{", "NaN", "[1e400]", '"\\ud800"', "[" * 9_000, '"' + "x" * 10_000 + '"', 5],
    "moods.version": [0],
    "moods.revisions": [[1], {}, [{"number": 2, "created_at": NOW, "terms": {}}]],
    "person.zone": ["Nowhere", None],
    "person.day_start": [24],
    "person.locale": ["<script>", ""],
    "person.country": ["at", "AUT", 1],
    "person.theme": ["pink"],
}


@pytest.mark.parametrize(
    ("place", "value"),
    [(place, value) for place, values in WRONG.items() for value in values],
    ids=lambda each: str(each)[:40],
)
def test_a_wrong_field_is_named_by_list_and_row(place: str, value: object) -> None:
    export, (name, field) = whole(), place.split(".")
    row = export[name] if isinstance(export[name], dict) else export[name][0]
    row[field] = value
    found = problems(json.dumps(export, ensure_ascii=True).encode())
    assert any((code, of.split(".")[0]) == ("own_bad_field", name) for code, of, _, _ in found), found


def test_a_target_wants_a_direction() -> None:
    export = whole()
    export["goals"][0]["direction"] = "at_least"
    assert problems(written(export)) == [("own_bad_field", "goals", "1", "target")]


@pytest.mark.parametrize(
    "name",
    [
        "goals",
        "schedules",
        "revisions",
        "closings",
        "occurrences",
        "entries",
        "pauses",
        "mood_labels",
        "mood_reasons",
        "moods",
    ],
)
def test_nothing_is_there_twice(name: str) -> None:
    export = whole()
    export[name].append(dict(export[name][0]))
    assert "own_duplicate" in {code for code, *_ in problems(written(export))}


@pytest.mark.parametrize("name", ["goals", "entries", "moods", "person"])
def test_a_list_is_a_list_of_objects(name: str) -> None:
    for value in ("x", 5, ["x"], [[]]):
        export = whole()
        export[name] = value
        assert problems(written(export))


def test_a_revision_that_never_came_in_force_comes_back_too() -> None:
    export = whole()
    export["revisions"].append({**export["revisions"][0], "number": 2})
    (goal,) = read_own(written(export), TODAY).goals
    assert ([revision.number for revision in goal.revisions], goal.revision) == ([1, 2], 1)


def test_a_goal_is_closed_as_the_closing_says_that_stands() -> None:
    export = whole()
    (goal,) = read_own(written(export), TODAY).goals
    assert [(one.score, one.words, one.reopened_at is None) for one in goal.closings] == [
        (Decimal("0.4"), "ill", False)
    ]
    assert (goal.lifecycle, goal.outcome, goal.archived_at) == (Lifecycle.ACTIVE, None, None)
    export["closings"][0]["reopened_at"] = None
    (goal,) = read_own(written(export), TODAY).goals
    assert (goal.lifecycle, goal.outcome) == (Lifecycle.CLOSED, Outcome.MISSED)
    assert goal.archived_at == goal.closings[0].closed_at


def test_a_goal_is_not_closed_without_a_closing_nor_twice() -> None:
    export = whole()
    export["goals"][0]["lifecycle"] = "closed"
    assert problems(written(export)) == [("own_bad_field", "goals", "1", "lifecycle")]
    export = whole()
    export["closings"] = [
        {**export["closings"][0], "reopened_at": None, "closed_at": f"2026-03-0{day}T12:00:00+00:00"} for day in (1, 2)
    ]
    assert problems(written(export)) == [("own_bad_field", "goals", "1", "lifecycle")]


def test_a_goal_without_a_schedule_cannot_be_judged() -> None:
    export = whole()
    export["schedules"] = []
    with pytest.raises(Invalid) as refused:
        read_own(written(export), TODAY)
    assert ("goals", "schedules") in {(one.params["list"], one.params["field"]) for one in refused.value.problems}


def test_a_hundred_problems_are_enough() -> None:
    export = whole()
    export["entries"] = [{}] * 5_000
    assert len(problems(written(export))) == 100


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (written({**whole(), "version": 2}), "unknown_version"),
        (written({**whole(), "version": True}), "unknown_version"),
        (written({**whole(), "format": "other"}), "unknown_format"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"format": "aimline", "version": NaN}', "unknown_format"),
        (b'{"format": "aimline", "version": ' + b"9" * 5_000 + b"}", "unknown_format"),
        (b"[" + b"{}," * 1_000_000 + b"{}]", "too_many_rows"),
        (packed(("a.json", b"{}"), ("b.json", b"{}")), "several_exports"),
        (packed(("a.json", b" " * 60_000_000)), "suspicious_ratio"),
        (b" " * 50_000_001, "too_large"),
        ("ÿ".encode("utf-16"), "unknown_format"),
    ],
    ids=lambda each: each if isinstance(each, str) else "file",
)
def test_files_that_are_not_what_they_claim_are_refused(data: bytes, code: str) -> None:
    assert problems(data)[0][0] == code


def test_a_hostile_file_costs_no_more_memory_than_it_must() -> None:
    data = b'{"format":"aimline","version":1,"entries":[' + b"[]," * 15_000_000 + b"[]]}"
    tracemalloc.start()
    try:
        assert problems(data) == [("too_many_rows", "", "", "")]
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
