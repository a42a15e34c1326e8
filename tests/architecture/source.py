"""The product's files, as the architecture tests read them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (".ci", "deploy", "docs", "migrations", "static", "templates", "tests", "webapp")
WRITTEN = {"", ".css", ".html", ".ini", ".js", ".md", ".po", ".py", ".svg", ".toml", ".txt", ".yaml"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*folders: str, suffixes: set[str] = WRITTEN) -> list[Path]:
    """Every file of these kinds that people wrote, below these folders, in a stable order."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(path for path in found if path.suffix in suffixes and not _is_foreign(path))


def name(path: Path) -> str:
    """The file's name as people say it: from the project's top folder."""
    return path.relative_to(ROOT).as_posix()


def _is_foreign(path: Path) -> bool:
    return bool({"vendor", "__pycache__", "dist"} & set(path.parts))


@dataclass(frozen=True)
class View:
    """A function that a blueprint's route decorates."""

    file: Path
    function: Function

    def __str__(self) -> str:
        return f"{name(self.file)}:{self.function.lineno} {self.function.name}"

    @property
    def body_lines(self) -> int:
        """Lines from the first statement after the docstring to the last, blank ones not counted."""
        body = self.function.body
        first = body[1:] if ast.get_docstring(self.function) is not None else body
        if not first:
            return 0
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return sum(1 for line in lines[first[0].lineno - 1 : body[-1].end_lineno] if line.strip())


def views(path: Path) -> Iterator[View]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function) and any(map(_is_route, node.decorator_list)):
            yield View(path, node)


def _is_route(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in {"delete", "get", "patch", "post", "put", "route"}
    )
