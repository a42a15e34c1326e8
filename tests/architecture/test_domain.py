"""The rules stand on the standard library and dateutil, and are told what time it is."""

import ast
import sys
from collections.abc import Iterator

from tests.architecture.source import files, name

KNOWN = sys.stdlib_module_names | {"dateutil"}
CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter"}
OWNERS = {"datetime", "date", "time", "datetime.datetime", "datetime.date"}


def test_rules_import_nothing_else() -> None:
    foreign = [
        f"{where} {module}"
        for where, module in _imports()
        if module.partition(".")[0] not in KNOWN and not module.startswith("webapp.domain")
    ]
    assert not foreign


def test_rules_never_read_a_clock() -> None:
    read = [
        f"{name(path)}:{node.lineno} {ast.unparse(node.func)}()"
        for path in files("webapp/domain", suffixes={".py"})
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and ast.unparse(node.func.value) in OWNERS
    ]
    assert not read, f"take today or now as an argument: {read}"


def _imports() -> Iterator[tuple[str, str]]:
    for path in files("webapp/domain", suffixes={".py"}):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((f"{name(path)}:{node.lineno}", alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield f"{name(path)}:{node.lineno}", node.module or "."
