"""Progress over time beside the aimline, as path data for SVG: across is the time from start to end, up is progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from webapp.domain.objectives import ALL, Course, Curve, clamped, expected

WIDTH, HEIGHT = 1_000, 300
SPARK_WIDTH, SPARK_HEIGHT = 100, 24


@dataclass(frozen=True, slots=True)
class Drawn:
    """Path data in a room: the `aim`line, the `line` of what was reached, a dot for each check-in, and how far across
    today stands (None before the start and after the end)."""

    aim: str
    line: str
    dots: tuple[str, ...]
    end: tuple[int, int] | None
    today: int | None


def drawn(
    course: Course, points: Sequence[tuple[date, Decimal]], today: date, width: int = WIDTH, height: int = HEIGHT
) -> Drawn:
    """The picture of a course and of what was reached on these days, in order; progress is drawn between nothing and
    all of it, and holds from the last point until today."""
    places = [(across(course, day, width), _down(reached, height)) for day, reached in points]
    line = "L".join(f"{x} {y}" for x, y in places)
    until = across(course, min(today, course.ends), width)
    if places and until > places[-1][0]:
        line += f"H{until}"
        end = (until, places[-1][1])
    else:
        end = places[-1] if places else (0, height)
    running = course.starts <= today <= course.ends
    return Drawn(
        aim=aimline(course, width, height),
        line=f"M{line}" if places else "",
        dots=tuple(f"M{x} {y}h0" for x, y in places),
        end=end if places else None,
        today=across(course, today, width) if running else None,
    )


def aimline(course: Course, width: int, height: int) -> str:
    """Where it should be, from the start until the day after the end."""
    if course.curve is Curve.BACK_LOADED:  # x² is a curve of the second degree: its one handle lies half way, below
        return f"M0 {height}Q{width // 2} {height} {width} 0"
    if course.curve is Curve.STEPPED:
        return _steps(course, width, height)
    return f"M0 {height}L{width} 0"


def across(course: Course, day: date, width: int) -> int:
    """How far across a day stands; days outside the course stand at its ends."""
    whole = max((course.ends - course.starts).days + 1, 1)
    return round(width * min(max(Decimal((day - course.starts).days) / whole, Decimal(0)), ALL))


def _steps(course: Course, width: int, height: int) -> str:
    """The milestones as stairs: level until a date, then straight up."""
    path = f"M0 {_down(expected(course, course.starts), height)}"
    for one in sorted(course.milestones, key=lambda one: one.day):
        if course.starts < one.day <= course.ends + timedelta(days=1):
            path += f"H{across(course, one.day, width)}V{_down(one.reached, height)}"
    return f"{path}H{width}"


def _down(reached: Decimal, height: int) -> int:
    return round(height * (ALL - clamped(reached)))
