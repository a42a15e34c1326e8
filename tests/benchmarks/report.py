"""The table that `make bench` prints: one line a figure, beside what it must reach."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One figure in words, what it must reach in words, and whether it does; None where nothing is asked."""

    what: str
    figure: str
    wanted: str = ""
    reached: bool | None = None
    detail: str = ""


def at_least(what: str, ratio: float, bound: float, detail: str = "") -> Line:
    """A ratio that must not be smaller."""
    return Line(what, f"{ratio:.2f}", f"≥ {bound:g}", round(ratio, 2) >= bound, detail)


def at_most(what: str, value: float, bound: float, unit: str, detail: str = "") -> Line:
    """A figure that must not be larger."""
    return Line(what, f"{value:.4g} {unit}".strip(), f"≤ {bound:g} {unit}".strip(), value <= bound, detail)


def table(lines: list[Line]) -> str:
    """The lines as Markdown."""
    rows = [("what", "figure", "must reach", "", "detail"), ("---",) * 5]
    signs = {True: "yes", False: "NO", None: ""}
    rows += [(line.what, line.figure, line.wanted, signs[line.reached], line.detail) for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    )
