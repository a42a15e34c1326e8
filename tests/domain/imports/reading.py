"""Reading any file in tests as a person would bring it."""

from datetime import date

import pytest

from webapp.domain.errors import Invalid, Problem
from webapp.domain.imports.brought import Brought, BroughtGoal
from webapp.domain.imports.reading import read

TODAY = date(2026, 7, 4)
MOST_ROWS = 20_000


def bring(data: bytes, most_rows: int = MOST_ROWS) -> Brought:
    return read(data, TODAY, most_rows=most_rows)


def refused(data: bytes, most_rows: int = MOST_ROWS) -> Problem:
    with pytest.raises(Invalid) as caught:
        bring(data, most_rows)
    (problem,) = caught.value.problems
    assert problem.field == "file"
    return problem


def said(brought: Brought) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.row, problem.code) for problem in brought.problems]


def one_goal(brought: Brought) -> BroughtGoal:
    (goal,) = brought.goals
    return goal
