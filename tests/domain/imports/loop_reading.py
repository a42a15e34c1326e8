"""Reading small exports in tests, and the sample all of them know."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.domain.imports.loop_files import SAMPLE_HABITS, Habit, new_export
from webapp.domain.errors import Invalid, Problem
from webapp.domain.imports.brought import Brought, BroughtGoal, RowProblem
from webapp.domain.imports.loop import read_loop
from webapp.domain.tracking import DayState

TODAY = date(2026, 7, 4)
BUILT = new_export(*SAMPLE_HABITS)
SAMPLE = Path(__file__).parents[3].parent / "shared" / "samples" / "Loop Habits CSV 2.3.1.zip"


def samples() -> list[bytes]:
    """Our own copy of the real export, always, and the real one where it lies beside the repository."""
    return [BUILT, SAMPLE.read_bytes()] if SAMPLE.exists() else [BUILT]


def only_goal(*checkmarks: tuple[str, str, str], **habit: object) -> tuple[BroughtGoal, tuple[RowProblem, ...]]:
    read = read_loop(new_export(Habit(**{"name": "Walk", "checkmarks": checkmarks, **habit})), TODAY)
    (goal,) = read.goals
    return goal, read.problems


def amounts(*values: str) -> tuple[BroughtGoal, tuple[RowProblem, ...]]:
    checkmarks = [(f"2026-07-{day:02d}", value, "") for day, value in enumerate(values, 1)]
    return only_goal(*checkmarks, type="NUMERICAL", direction="AT_LEAST", target="2.5")


def days(goal: BroughtGoal) -> list[tuple[str, DayState | None, Decimal | None, str]]:
    return [(entry.local_date.isoformat(), entry.state, entry.value, entry.note) for entry in goal.entries]


def codes(problems: tuple[RowProblem, ...]) -> list[tuple[int, str]]:
    return [(problem.row, problem.code) for problem in problems]


def refused(data: bytes) -> Problem:
    with pytest.raises(Invalid) as caught:
        read_loop(data, TODAY)
    (problem,) = caught.value.problems
    return problem


def read_or_refuse(data: bytes) -> Brought:
    try:
        return read_loop(data, TODAY)
    except Invalid:
        return Brought("loop", (), ())
