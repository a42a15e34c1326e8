"""The lines of charts: path data made of numbers only, which templates set into SVG.

All charts of a goal's year share one scale across: a week is a column of 14 units, a day two of them, so that what
stands above each other happened at the same time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

LEFT = 34
"""Room for the names of rows and the figures of scales."""
CELL = 14
DAY = 2
SCALE = 10_000
CURVE_HEIGHT = 72
"""From no strength to all of it."""
BAR_ROOM = 44
LOOKS = {
    "d": "l4",
    "e": "l4",
    "3": "l3",
    "2": "l2",
    "1": "l1",
    "m": "l0",
    "o": "undecided",
    "s": "skipped",
    "p": "paused",
    ".": "unasked",
}
"""How a day of each mark is drawn; done without being asked looks like done."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Upright bars in a room 44 high: `bars` from the ground up, `aims` a level above each that aims at something."""

    bars: str
    aims: str


def heat_paths(marks: str) -> dict[str, str]:
    """One path for each look of a day, of upright strokes: a run of equal days in a week is one of them."""
    paths: dict[str, list[str]] = {look: [] for look in LOOKS.values()}
    for begin in range(0, len(marks), 7):
        across, at = 2 * begin + 7, 0
        for mark, run in groupby(marks[begin : begin + 7]):
            down, at = at, at + sum(1 for _ in run)
            if mark in LOOKS:
                paths[LOOKS[mark]].append(f"M{across} {CELL * down}V{CELL * at}")
    return {look: "".join(strokes) for look, strokes in paths.items() if strokes}


def curve(scores: Sequence[int | None]) -> str:
    """A line through the strength of each day: a unit across a day, downward from 1,000; each step after the first
    says how it differs from the one before."""
    begin = next((position for position, score in enumerate(scores) if score is not None), None)
    if begin is None:
        return ""
    heights = [(score + 5) // 10 for score in scores[begin:] if score is not None]
    steps = " ".join([f"1 {before - after}" for before, after in pairwise(heights)])
    return f"M{begin} {1_000 - heights[0]}l{steps}" if steps else f"M{begin} {1_000 - heights[0]}h0"


def bars(columns: Iterable[tuple[int, int, float, float]]) -> Bars:
    """Bars of (left edge, width, value, aim or 0), as high as their share of the greatest value or aim."""
    given = list(columns)
    top = max((max(value, aim) for _, _, value, aim in given), default=0)
    scale = BAR_ROOM / top if top else 0
    drawn, aims = [], []
    for left, width, value, aim in given:
        if value:
            drawn.append(f"M{left} {BAR_ROOM}V{BAR_ROOM - round(value * scale)}h{width}V{BAR_ROOM}")
        if aim:
            aims.append(f"M{left} {BAR_ROOM - round(aim * scale)}h{width}")
    return Bars("".join(drawn), "".join(aims))


def share(value: float, most: float) -> int:
    """A part of a hundred, for a bar that lies along its words; never so short that it cannot be seen."""
    return max(2, round(100 * value / most)) if most else 0


def month_paths(months: Sequence[str]) -> dict[str, str]:
    """One path for each mark of days, of level strokes: a row 14 high for each month, a day 14 wide; no blanks."""
    paths: dict[str, list[str]] = {}
    for row, marks in enumerate(months):
        at = 0
        for mark, run in groupby(marks):
            begin, at = at, at + sum(1 for _ in run)
            if mark != " ":
                paths.setdefault(mark, []).append(f"M{CELL * begin} {CELL * row + CELL // 2}H{CELL * at}")
    return {mark: "".join(strokes) for mark, strokes in paths.items()}


def trend_path(values: Sequence[float | None], most: float, least: float) -> tuple[str, str]:
    """A line through values in a room 1,000 wide and 100 high, broken where there is none, and a dot for each value."""
    step = 1_000 / max(len(values), 1)
    line, dots, drawing = [], [], False
    for position, value in enumerate(values):
        if value is not None:
            place = f"{round((position + 0.5) * step)} {round(100 * (most - value) / (most - least))}"
            line.append(f"L{place}" if drawing else f"M{place}")
            dots.append(f"M{place}h0")
        drawing = value is not None
    return "".join(line), "".join(dots)
