"""A therapist's caseload: a line for each client, of what that client lets see and of nothing else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, select

from webapp.domain.days import shifted
from webapp.domain.grants import Scope
from webapp.domain.people import Viewer
from webapp.domain.reviews import RoundState
from webapp.models import Goal, ReviewRound, ReviewSeat
from webapp.models.engine import AnySession
from webapp.queries import adherence, client_moods
from webapp.queries.adherence import DAYS, Lived, Tally
from webapp.queries.client_moods import Levels
from webapp.queries.clients import Client, clients_of


class Order(StrEnum):
    NAME = "name"
    ADHERENCE = "adherence"
    CONTACT = "contact"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One client; None stands for what they do not share. `last` is the last day they said something the viewer may
    know of, of goals or moods; `waiting` counts reviews that wait for the viewer."""

    client: Client
    tally: Tally | None
    last: date | None
    waiting: int | None
    levels: Levels | None

    @property
    def shares_days(self) -> bool:
        """Whether there is anything a last contact could be seen by."""
        return self.client.tracks or self.levels is not None


_WAITING = (
    select(Goal.owner_id, func.count().label("waiting"))
    .join(ReviewRound, ReviewRound.goal_id == Goal.id)
    .join(ReviewSeat, ReviewSeat.round_id == ReviewRound.id)
    .where(
        ReviewSeat.reviewer_id == bindparam("viewer_id"),
        ReviewSeat.decided_at.is_(None),
        ReviewSeat.removed_at.is_(None),
        ReviewRound.state == RoundState.OPEN,
        Goal.owner_id.in_(bindparam("owners", expanding=True)),
        Goal.organisation_id.is_(None),
        Goal.deleted_at.is_(None),
    )
    .group_by(Goal.owner_id)
)


def caseload(session: AnySession, viewer: Viewer, *, order: Order = Order.NAME, search: str = "") -> list[CaseRow]:
    """Every client with a grant in force for the viewer, or those with these letters in their names; five statements,
    however many there are."""
    needle = search.casefold().strip()
    clients = [client for client in clients_of(session, viewer) if needle in client.name.casefold()]
    if not clients:
        return []
    goals = by_owner(session, clients)
    moods = levels_of(session, clients)
    waiting = waiting_for(session, viewer, clients)
    rows = [_row(client, goals.get(client.number, ()), moods.get(client.number), waiting) for client in clients]
    return sorted(rows, key=ORDERS[order]) if order in ORDERS else rows


def by_owner(
    session: AnySession, clients: Iterable[Client], *, opened_for: int | None = None
) -> dict[int, list[Lived]]:
    """The live goals of these clients as far as they show them, by the client's number."""
    shown = [client for client in clients if Scope.GOALS in client.since]
    found: dict[int, list[Lived]] = {}
    grants = [grant for client in shown for grant in client.grants]
    todays = {client.number: client.today for client in shown}
    for one in adherence.lived(session, grants, todays, opened_for=opened_for):
        found.setdefault(one.row.owner_id, []).append(one)
    return found


def levels_of(session: AnySession, clients: Iterable[Client]) -> dict[int, Levels]:
    """The levels of the last 28 days of those of these clients who show them, by the client's number."""
    shown = [client for client in clients if Scope.MOOD_LEVELS in client.since]
    if not shown:
        return {}
    first, last = shifted(min(client.today for client in shown), 1 - DAYS), max(client.today for client in shown)
    grants = [grant for client in shown for grant in client.grants]
    found = client_moods.levels(session, grants, first, last)
    return {one.number: found[one.number].last_days(one.today, DAYS) for one in shown if one.number in found}


def waiting_for(session: AnySession, viewer: Viewer, clients: Iterable[Client]) -> dict[int, int]:
    """How many reviews of these clients' goals wait for the viewer, by the client's number; none is absent."""
    owners = [client.number for client in clients if Scope.GOALS in client.since]
    if not owners:
        return {}
    rows = session.connection().execute(_WAITING, {"viewer_id": viewer.id, "owners": owners})
    return {row.owner_id: row.waiting for row in rows}


def _row(client: Client, goals: Iterable[Lived], levels: Levels | None, waiting: Mapping[int, int]) -> CaseRow:
    tally = Tally()
    days = [levels.latest] if levels and levels.latest else []
    for goal in goals:
        tally = tally.plus(goal.tally) if goal.tally else tally
        days += [goal.last] if goal.last else []
    return CaseRow(
        client=client,
        tally=tally if client.tracks else None,
        last=max(days, default=None),
        waiting=waiting.get(client.number, 0) if Scope.GOALS in client.since else None,
        levels=levels,
    )


def _least_done(row: CaseRow) -> float:
    """Those of whom enough is known come first, the least done before the others."""
    return 2.0 if row.tally is None or row.tally.is_few else row.tally.done / row.tally.due


def _longest_silent(row: CaseRow) -> tuple[bool, date]:
    return not row.shares_days, row.last or date.min


def _most_waiting(row: CaseRow) -> int:
    return -(row.waiting or 0)


ORDERS: dict[Order, Callable[[CaseRow], Any]] = {
    Order.ADHERENCE: _least_done,
    Order.CONTACT: _longest_silent,
    Order.WAITING: _most_waiting,
}
"""Beside names, which they are in anyway."""
