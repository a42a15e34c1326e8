"""Objectives with their key results as a table for spreadsheet programs, in the columns in which they can be pasted."""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from webapp.domain.objectives import clamped
from webapp.domain.people import Viewer
from webapp.domain.spreadsheets import Cell, lines
from webapp.models import Cycle, Objective
from webapp.models.engine import AnySession
from webapp.queries import objectives
from webapp.queries.objective_lists import KeyResultRow, ObjectiveRow, key_results, rows, visible_in

HEADINGS = (
    *("Objective", "Description", "Owner (e-mail)", "Team", "Parent", "Start", "End", "Tags", "Key result", "Kind"),
    *("From", "To", "Now", "Unit", "Weight", "Key result owner", "Due", "Progress", "Confidence"),
)
AT_ONCE = 500
"""Objectives whose key results are asked for in one statement."""


def table(session: AnySession, viewer: Viewer, cycle: Cycle | None, numbers: Collection[int]) -> Iterator[bytes]:
    """A line for each key result of these objectives of the cycle, and one for an objective without any, as UTF-8 to
    be sent piece by piece; everything is read before the first piece."""
    if cycle is None or not numbers:
        return lines(HEADINGS, ())
    wanted = set(numbers)
    scope = visible_in(viewer, cycle.organisation_id)
    found = [one for one in rows(session, scope, Objective.cycle_id == cycle.id) if one.number in wanted]
    names = {one.number: one.name for one in found}
    if above := {one.parent_number for one in found if one.parent_number} - names.keys():
        names |= {one.number: one.name for one in rows(session, scope, Objective.goal_id.in_(above))}
    parts: dict[int, list[KeyResultRow]] = {}
    tags: dict[int, tuple[str, ...]] = {}
    for begin in range(0, len(found), AT_ONCE):
        some = [one.number for one in found[begin : begin + AT_ONCE]]
        parts |= key_results(session, some)
        tags |= objectives.tags_of(session, some)
    return lines(HEADINGS, _cells(found, names, parts, tags))


def _cells(
    found: Sequence[ObjectiveRow],
    names: dict[int, str],
    parts: dict[int, list[KeyResultRow]],
    tags: dict[int, tuple[str, ...]],
) -> Iterator[tuple[Cell, ...]]:
    for one in found:
        said: tuple[Cell, ...] = (
            one.name,
            one.description,
            one.owner_email,
            one.team,
            names.get(one.parent_number) if one.parent_number else None,
            one.starts,
            one.ends,
            ", ".join(tags.get(one.number, ())),
        )
        for part in parts.get(one.number, ()):
            yield (*said, *_part(part, one))
        if one.number not in parts:
            yield (*said, *(None,) * 9, _percent(clamped(one.attainment)), _percent(one.confidence))


def _part(one: KeyResultRow, of: ObjectiveRow) -> tuple[Cell, ...]:
    return (
        one.name,
        one.operator.value.replace("_", " "),
        one.baseline,
        one.target,
        one.actual,
        one.unit,
        one.weight,
        one.owner_email if one.owner_number != of.owner_number else None,
        one.due,
        _percent(one.attainment),
        _percent(one.confidence),
    )


def _percent(fraction: Decimal | None) -> str | None:
    """A fraction as spreadsheet programs read percentages; beyond all of it as it is."""
    return None if fraction is None else f"{round(100 * fraction, 1).normalize() + 0:f}%"
