"""What the lists of requirements and of our own promises name as proof is really there."""

import ast
import csv
import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

STATUSES = {"holds", "partly", "open", "not applicable"}
COLUMNS = {
    "docs/asvs.csv": ["id", "level", "status", "proof", "note"],
    "docs/guarantees.csv": ["id", "topic", "guarantee", "proof"],
}


@pytest.mark.parametrize("name", COLUMNS)
def test_every_proof_exists(name: str) -> None:
    missing = [f"{row['id']}: {proof}" for row in rows(name) for proof in row["proof"].split() if not exists(proof)]
    assert not missing, missing


@pytest.mark.parametrize("name", COLUMNS)
def test_nothing_is_said_twice(name: str) -> None:
    ids = [row["id"] for row in rows(name)]
    assert len(ids) == len(set(ids)), sorted({one for one in ids if ids.count(one) > 1})
    assert all(len(set(row["proof"].split())) == len(row["proof"].split()) for row in rows(name))


def test_what_holds_is_proven_and_what_does_not_says_why() -> None:
    for row in rows("docs/asvs.csv"):
        assert row["status"] in STATUSES, row
        assert row["level"] in ("1", "2", "3"), row
        assert re.fullmatch(r"\d+\.\d+\.\d+", row["id"]), row
        assert row["proof"] if row["status"] in ("holds", "partly") else not row["proof"], row
        assert row["note"] or row["status"] == "holds", row


def test_every_promise_is_proven_by_a_test() -> None:
    for row in rows("docs/guarantees.csv"):
        assert row["topic"], row
        assert row["guarantee"].endswith("."), row
        assert any("::" in proof for proof in row["proof"].split()), row


def test_an_absent_proof_is_noticed() -> None:
    here = "tests/architecture/test_proofs.py"
    assert exists(f"{here}::test_an_absent_proof_is_noticed")
    assert not exists(f"{here}::test_that_never_was")
    assert not exists(f"{here}::rows"), "a function that is no test proves nothing"
    assert not exists("tests/test_nowhere.py::test_nothing")
    assert exists("README.md#try-it")
    assert not exists("README.md#try-nothing")
    assert not exists("README.md")


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (ROOT / name).open(encoding="utf-8", newline="") as lines:
        read = csv.DictReader(lines)
        assert read.fieldnames == COLUMNS[name]
        found = list(read)
    assert found
    return found


def exists(proof: str) -> bool:
    """Whether it is a test that is there (`file::test`), or a heading of a document (`file#heading`)."""
    file, _, test = proof.partition("::")
    if test:
        return test in found_tests(ROOT / file)
    file, _, heading = proof.partition("#")
    return heading in headings_in(ROOT / file)


@cache
def found_tests(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, functions) and node.name.startswith("test_")}


@cache
def headings_in(path: Path) -> set[str]:
    """The headings of a document as links name them."""
    if not path.is_file():
        return set()
    found = re.findall(r"^#{1,6} +(.+?) *$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}
