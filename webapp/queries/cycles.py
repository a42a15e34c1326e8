"""Cycles as the members of their organisations see them."""

from datetime import date

from sqlalchemy import ColumnElement, select

from webapp.domain.days import local_day
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.policy import CycleFacts
from webapp.models import Cycle
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id


def cycles_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Every cycle of an organisation the viewer is an active member of."""
    return Cycle.organisation_id.in_(viewer.homes)


def find(session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False) -> Cycle:
    """The cycle, if the viewer may know of it, else NotFound; `lock` holds its row on PostgreSQL."""
    if not is_public_id(public_id):
        raise NotFound
    statement = select(Cycle).where(Cycle.public_id == public_id, cycles_visible_to(viewer))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    cycle = session.scalars(statement).one_or_none()
    if cycle is None:
        raise NotFound
    return cycle


def listed(session: AnySession, viewer: Viewer, organisation_id: int | None = None) -> list[Cycle]:
    """The cycles the viewer may know of, the latest first; of one organisation, or of all of theirs."""
    statement = select(Cycle).where(cycles_visible_to(viewer))
    if organisation_id is not None:
        statement = statement.where(Cycle.organisation_id == organisation_id)
    return list(session.scalars(statement.order_by(Cycle.starts.desc(), Cycle.id.desc())))


def current(cycles: list[Cycle], viewer: Viewer) -> Cycle | None:
    """The one to show first: which runs today and is not closed, else the next to come, else the latest."""
    running = [one for one in cycles if one.starts <= viewer.today <= one.ends]
    coming = [one for one in cycles if one.starts > viewer.today]
    live = [one for one in running if one.state.value != "closed"]
    # Of several that run, the shortest is what people work in: the quarter, not the year around it.
    return min(live or running, key=lambda one: (one.ends - one.starts, -one.id), default=None) or (
        coming[-1] if coming else next(iter(cycles), None)
    )


def today_in(viewer: Viewer, cycle: Cycle) -> date:
    """The date it is where the cycle is kept: for everybody the same, so that all see the same number."""
    return local_day(viewer.now, cycle.zone)


def facts_of(cycle: Cycle) -> CycleFacts:
    """What the policy must know of a cycle the viewer reached."""
    return CycleFacts(cycle.organisation_id)
