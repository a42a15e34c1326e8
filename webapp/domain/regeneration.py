"""Which rows a change of schedule makes, brings back or removes (domain rules §2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from webapp.domain.tracking import DayState


@dataclass(frozen=True, slots=True)
class Planned:
    """One row as regeneration sees it; `annotated` when a note or anything else of the person's hangs on it."""

    id: int | None
    local_date: date
    state: DayState
    annotated: bool
    deleted: bool


@dataclass(frozen=True, slots=True)
class Regeneration:
    """What to do to the rows: dates to add, ids of removed rows to bring back, ids of rows to soft-delete."""

    add: tuple[date, ...]
    revive: tuple[int, ...]
    remove: tuple[int, ...]


def regenerate(existing: Iterable[Planned], wanted: Iterable[date], today: date) -> Regeneration:
    """Return the changes after which rows follow a new schedule; carried out, a second call returns none.

    Rows of today and the past are never touched, removed ones included; today only gets a row when it has none at
    all. After today a wanted date keeps its row, gets its removed one back, or gets a new one. Unwanted rows go, except
    those with an answer (done, not done, skipped) or annotated. Not for lengthening the horizon: see `missing`.
    """
    rows = list(existing)
    dates = set(wanted)
    future = [row for row in rows if row.local_date > today and row.id is not None]
    return Regeneration(
        add=missing(rows, dates, today),
        revive=tuple(row.id for row in future if row.id and row.deleted and row.local_date in dates),
        remove=tuple(row.id for row in future if row.id and _is_idle(row) and row.local_date not in dates),
    )


def missing(existing: Iterable[Planned], wanted: Iterable[date], today: date) -> tuple[date, ...]:
    """Return the wanted dates from today on that have no row at all, so that the worker brings back nothing removed."""
    there = {row.local_date for row in existing}
    return tuple(sorted(day for day in set(wanted) if day >= today and day not in there))


def _is_idle(row: Planned) -> bool:
    return row.state is DayState.OPEN and not row.annotated and not row.deleted
