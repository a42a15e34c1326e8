"""A view is short, asks one query, calls one verb and answers; it never talks to the database itself."""

import ast

from tests.architecture.source import files, name, views

LONGEST_BODY = 15
FACES = ("webapp/pages", "webapp/api")
STATEMENTS = {"add", "add_all", "delete", "execute", "merge", "scalar", "scalars"}


def test_no_view_has_more_than_fifteen_lines() -> None:
    found = [view for path in files(*FACES, suffixes={".py"}) for view in views(path)]
    assert found, "no view was found: does this test still look where they are?"
    long = [f"{view} has {view.body_lines} lines" for view in found if view.body_lines > LONGEST_BODY]
    assert not long, f"move what is not asking, calling or answering into a query, an action or web/: {long}"


def test_views_leave_the_database_to_queries_and_actions() -> None:
    calls = [
        f"{name(path)}:{node.lineno} {ast.unparse(node.func)}()"
        for path in files(*FACES, suffixes={".py"})
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _asks_the_database(node.func)
    ]
    assert not calls, f"a page hands the session to a query or an action: {calls}"


def _asks_the_database(called: ast.expr) -> bool:
    """`select(…)`, any method of `db.session` but its rollback, and the methods that only a database session has."""
    if isinstance(called, ast.Name):
        return called.id == "select"
    if not isinstance(called, ast.Attribute):
        return False
    owner = ast.unparse(called.value)
    if owner == "db.session":
        return called.attr != "rollback"
    return called.attr == "select" or (owner.endswith("session") and called.attr in STATEMENTS)
