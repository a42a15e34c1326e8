"""What the people, teams and cycles are called that revisions of objectives name by number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from webapp.domain.objective_terms import ObjectiveTerms
from webapp.models import Cycle, Team
from webapp.models.engine import AnySession
from webapp.queries import members


@dataclass(frozen=True)
class Named:
    """Names by number; who was erased, and what is gone, has none."""

    people: Mapping[int, str] = field(default_factory=dict)
    teams: Mapping[int, str] = field(default_factory=dict)
    cycles: Mapping[int, str] = field(default_factory=dict)


def named_in(session: AnySession, revisions: Iterable[object]) -> Named:
    """The names that these revisions of one organisation's objective need: two statements, three with teams, and none
    for other goals."""
    terms = [one for one in revisions if isinstance(one, ObjectiveTerms)]
    if not terms:
        return Named()
    people = {one.owner for one in terms}
    people |= {asked.owner for one in terms for asked in one.key_results if asked.owner}
    teams = {one.team for one in terms if one.team}
    cycles = select(Cycle.id, Cycle.title).where(Cycle.id.in_({one.cycle for one in terms}))
    called = select(Team.id, Team.name).where(Team.id.in_(teams))
    return Named(
        people=members.names_of(session, people),
        teams={row.id: row.name for row in session.execute(called)} if teams else {},
        cycles={row.id: row.title for row in session.execute(cycles)},
    )
