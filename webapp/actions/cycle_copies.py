"""Copying the objectives of a cycle forward into another: what is aimed at, never what was reached or decided."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from webapp.actions import objectives
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, Problem
from webapp.domain.objective_drafts import MOST_AT_ONCE, KeyResultDraft, ObjectiveDraft
from webapp.domain.objectives import ALL, Milestone, Operator
from webapp.domain.people import Viewer
from webapp.models import Cycle
from webapp.models.engine import AnySession
from webapp.queries import cycle_copies as queries
from webapp.queries.cycle_copies import Copied
from webapp.queries.objective_lists import KeyResultRow
from webapp.queries.objectives import Found


@dataclass(frozen=True, slots=True)
class CopyDraft:
    """Which objectives of a cycle are copied, by their public ids; with `unfinished` only what was not achieved of
    them, and with `go_on` each key result starts from the value it ended with."""

    chosen: Collection[str]
    unfinished: bool = False
    go_on: bool = False


def copy_forward(session: AnySession, viewer: Viewer, source: Cycle, target: Cycle, draft: CopyDraft) -> list[Found]:
    """The target has a copy of each of these objectives with their key results, parents among them copied along, or
    nothing has changed.

    Who is no longer here is followed by the viewer. Dates move by as many days as the cycles lie apart. Raises Refused
    for an owner whose objectives the viewer may not change, Locked for a target that is not open, Invalid.
    """
    if source.organisation_id != target.organisation_id or source.id == target.id:
        raise Invalid([Problem("to", "unknown_choice")])
    known = queries.copied_of(session, viewer, source)
    wanted = set(draft.chosen)
    meant = [one for one in known if one.row.id in wanted and (not draft.unfinished or is_unfinished(one))]
    if not meant:
        raise Invalid([Problem("chosen", "nothing_chosen")])
    if len(meant) > MOST_AT_ONCE:
        raise Invalid([Problem("chosen", "too_many", {"most": MOST_AT_ONCE})])
    here = queries.people_here(session, source.organisation_id)
    shift = target.starts - source.starts
    copies: dict[int, Found] = {}
    for level in _levels(meant):
        drafts = [_copy(one, target, viewer, here, copies, draft, shift) for one in level]
        made = objectives.create_all(session, viewer, target.organisation_id, drafts)
        copies |= {one.row.number: found for one, found in zip(level, made, strict=True)}
    said: dict[str, Any] = {"source": source.public_id, "objectives": len(copies)}
    home = target.organisation_id
    record(session, Tag.CYCLE_COPY, at=viewer.now, viewer=viewer, organisation_id=home, thing=target, **said)
    return [copies[one.row.number] for one in meant]


def is_unfinished(one: Copied) -> bool:
    """Whether something of the objective was not achieved."""
    if not one.key_results:
        return one.row.attainment < ALL
    return any(map(_is_open, one.key_results))


def _is_open(part: KeyResultRow) -> bool:
    return part.attainment is None or part.attainment < ALL


def _levels(meant: Sequence[Copied]) -> Iterator[list[Copied]]:
    """The objectives in groups, parents before what serves them; a ring of parents is cut."""
    left = {one.row.number: one for one in meant}
    while left:
        level = [one for one in left.values() if one.row.parent_number not in left] or list(left.values())
        for one in level:
            del left[one.row.number]
        yield level


def _copy(
    one: Copied,
    target: Cycle,
    viewer: Viewer,
    here: Collection[str],
    copies: dict[int, Found],
    draft: CopyDraft,
    shift: timedelta,
) -> ObjectiveDraft:
    row, course = one.row, one.row.course()
    above = copies.get(row.parent_number) if row.parent_number is not None else None
    stays_outside = row.parent_id if not one.parent_in_cycle else None
    parts = [part for part in one.key_results if not draft.unfinished or _is_open(part)]
    milestones = tuple(Milestone(_moved(each.day, shift), each.reached) for each in course.milestones)
    return ObjectiveDraft(
        name=row.name,
        cycle=target.public_id,
        owner=row.owner_id if row.owner_id in here else viewer.public_id,
        team=row.team_id,
        parent=above.goal.public_id if above else stays_outside,
        description=row.description,
        curve=row.curve,
        milestones=milestones,
        roll_up=row.roll_up,
        weight=row.weight,
        tags=one.tags,
        key_results=tuple(_copy_part(part, row.owner_id, here, draft, shift) for part in parts),
    )


def _copy_part(
    part: KeyResultRow, owner: str, here: Collection[str], draft: CopyDraft, shift: timedelta
) -> KeyResultDraft:
    theirs = part.owner_id if part.owner_id != owner and part.owner_id in here else None
    copied = KeyResultDraft(
        name=part.name,
        target=part.target,
        baseline=part.baseline,
        operator=part.operator,
        unit=part.unit,
        weight=part.weight,
        description=part.description,
        owner=theirs,
        due=_moved(part.due, shift) if part.due else None,
    )
    return replace(copied, baseline=_begin(part)) if draft.go_on else copied


def _begin(part: KeyResultRow) -> Decimal:
    """Where a copy starts that goes on: the last value, unless nothing of the way would be left from there."""
    if part.actual is None or part.operator is Operator.EXACTLY or not _is_open(part):
        return part.baseline
    return part.actual


def _moved(day: date, shift: timedelta) -> date:
    try:
        return day + shift
    except OverflowError:
        return day
