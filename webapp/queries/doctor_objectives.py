"""Do objectives, key results, cycles and feeds agree with what was said of them?"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.goals import Kind, Outcome
from webapp.domain.objectives import NOTHING, RollUp, Share, progress, roll_up, value_at
from webapp.models import Cycle, Entry, Goal, KeyResult, KeyResultFeed, Objective, Team
from webapp.models.engine import AnySession
from webapp.queries.doctor_finding import Finding
from webapp.queries.objective_why import said_of

AT_ONCE = 200


def objective_findings(session: AnySession) -> Iterator[Finding]:
    """Every finding; what stands in rows is compared with what the entries come to."""
    for where, statement, what in _checks():
        for number in session.scalars(statement.order_by(statement.selected_columns[0])):
            yield Finding(f"{where} {number}", what)
    last = 0
    asked = select(Objective, Goal).join(Goal, Goal.id == Objective.goal_id).order_by(Objective.goal_id).limit(AT_ONCE)
    while rows := session.execute(asked.where(Objective.goal_id > last)).all():
        last = rows[-1][0].goal_id
        yield from _projections(session, [objective for objective, _ in rows])


def _checks() -> Iterator[tuple[str, Select[int], str]]:
    goals = select(Goal.id)
    described = exists().where(Objective.goal_id == Goal.id)
    yield "goal", goals.where(Goal.kind == Kind.OBJECTIVE, ~described), "is an objective without its row"
    yield "goal", goals.where(Goal.kind != Kind.OBJECTIVE, described), "has an objective's row and is none"
    above, of_above = aliased(Goal), select(Objective.goal_id).join(Goal, Goal.id == Objective.goal_id)
    elsewhere = of_above.join(Cycle, Cycle.id == Objective.cycle_id)
    elsewhere = elsewhere.where(Cycle.organisation_id != Goal.organisation_id)
    yield "objective", elsewhere, "belongs to another organisation's cycle"
    of_team = of_above.join(Team, Team.id == Objective.team_id).where(Team.organisation_id != Goal.organisation_id)
    yield "objective", of_team, "belongs to another organisation's team"
    stranger = or_(above.kind != Kind.OBJECTIVE, above.organisation_id != Goal.organisation_id)
    yield "objective", of_above.join(above, above.id == Objective.parent_id).where(stranger), "serves what it cannot"
    misplaced = select(Entry.id).join(KeyResult, KeyResult.id == Entry.key_result_id)
    yield "entry", misplaced.where(KeyResult.goal_id != Entry.goal_id), "is about another goal than its key result"
    live = exists().where(KeyResultFeed.goal_id == Goal.id, KeyResultFeed.ended_at.is_(None))
    yield "goal", goals.where(Goal.feeds != live), "does not know whether a key result is fed from it"


def _projections(session: AnySession, objectives: Sequence[Objective]) -> Iterator[Finding]:
    numbers = [one.goal_id for one in objectives]
    alive = (KeyResult.goal_id.in_(numbers), KeyResult.deleted_at.is_(None))
    shares: dict[int, list[Share]] = {}
    own = session.scalars(select(KeyResult).where(*alive).order_by(KeyResult.id)).all()
    said = said_of(session, [one.id for one in own])
    for one in own:
        values = said.get(one.id, [])
        last = max((each.day for each in values), default=None)
        actual = value_at(values, one.baseline, last) if last else None
        reached = progress(one.operator, one.baseline, one.target, actual)
        stands = (actual, last, None if reached is None else round(reached, 6))
        if stands != (one.actual, one.last_check_in, one.attainment):
            yield Finding(f"key_result {one.id}", "is not what its check-ins come to")
        shares.setdefault(one.goal_id, []).append(Share(one.weight, one.attainment))
    children = _children(session, numbers)
    for objective in objectives:
        parts = shares.get(objective.goal_id, []) if objective.roll_up is not RollUp.CHILDREN else []
        parts += children.get(objective.goal_id, []) if objective.roll_up is not RollUp.KEY_RESULTS else []
        if round(roll_up(parts) or NOTHING, 6) != objective.attainment:
            yield Finding(f"objective {objective.goal_id}", "is not what its parts come to")


def _children(session: AnySession, numbers: Sequence[int]) -> dict[int, list[Share]]:
    statement = select(Objective.parent_id, Objective.weight, Objective.attainment).join(
        Goal, Goal.id == Objective.goal_id
    )
    counted = (Goal.deleted_at.is_(None), Goal.outcome.is_distinct_from(Outcome.ABANDONED))
    found: dict[int, list[Share]] = {}
    for parent, weight, attainment in session.execute(statement.where(Objective.parent_id.in_(numbers), *counted)):
        if parent is not None:
            found.setdefault(parent, []).append(Share(weight, attainment))
    return found
