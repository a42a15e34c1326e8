"""What entries, key results and children come to, kept beside them in the same transaction (domain rules §3, §4)."""

from decimal import Decimal

from sqlalchemy import bindparam, select

from webapp.domain.goals import Outcome
from webapp.domain.objectives import NOTHING, RollUp, Share, progress, roll_up
from webapp.models import Goal, KeyResult, Objective, Organisation
from webapp.models.engine import AnySession
from webapp.queries import check_ins
from webapp.queries.sealing import PLAIN

RING = 1_000
"""No tree is so deep; a ring of parents, which nothing should ever make, ends here."""


def measure(session: AnySession, key_result: KeyResult) -> None:
    """The key result shows what its entries come to."""
    key_result.actual, key_result.last_check_in = check_ins.measured(session, key_result)
    key_result.attainment = attainment_of(key_result)
    said = check_ins.belief(session, key_result.id)
    key_result.confidence = said.confidence if said else None
    key_result.confidence_reason = PLAIN.open("entry.note", said.note) if said and said.note else ""
    key_result.confidence_at = said.at if said else None
    key_result.confidence_by_id = said.author_id if said else None


def attainment_of(key_result: KeyResult) -> Decimal | None:
    """How far the key result is, rounded as it is stored."""
    reached = progress(key_result.operator, key_result.baseline, key_result.target, key_result.actual)
    return None if reached is None else round(reached, 6)


def hold(session: AnySession, organisation_id: int | None) -> None:
    """Nobody else moves or adds up objectives of this organisation before this transaction ends.

    It is the last thing held: goals that are to be changed are held before, and none after, so that no two wait for
    each other. What stands above and below is read after it.
    """
    one = select(Organisation.id).where(Organisation.id == organisation_id)
    session.execute(one.with_for_update(key_share=True))


def refresh(session: AnySession, goal_id: int) -> None:
    """The objective, and every objective above it that this changes, show what their parts come to; the caller called
    `hold`."""
    session.flush()
    here: int | None = goal_id
    for _ in range(RING):
        objective = session.get(Objective, here, populate_existing=True) if here is not None else None
        if objective is None:
            return
        before = (objective.attainment, objective.last_check_in)
        _add_up(session, objective)
        session.flush()
        if before == (objective.attainment, objective.last_check_in) and here != goal_id:
            return
        here = objective.parent_id


def _add_up(session: AnySession, objective: Objective) -> None:
    """The objective shows what its parts come to. Children given up, and what lies below them, do not count; what lies
    below the others counts through them alone."""
    own = session.execute(_OWN, {"goal_id": objective.goal_id}).all()
    below = session.execute(_CHILDREN, {"goal_id": objective.goal_id}).all()
    shares = [Share(row.weight, row.attainment) for row in own] if objective.roll_up is not RollUp.CHILDREN else []
    if objective.roll_up is not RollUp.KEY_RESULTS:
        shares += [Share(row.weight, row.attainment) for row in below if row.outcome is not Outcome.ABANDONED]
    objective.attainment = round(roll_up(shares) or NOTHING, 6)
    spoken_of = own or below  # who asks for nothing itself hears of what lies below
    objective.last_check_in = max((row.last_check_in for row in spoken_of if row.last_check_in), default=None)


_OWN = select(KeyResult.weight, KeyResult.attainment, KeyResult.last_check_in).where(
    KeyResult.goal_id == bindparam("goal_id"), KeyResult.deleted_at.is_(None)
)
_CHILDREN = (
    select(Objective.weight, Objective.attainment, Objective.last_check_in, Goal.outcome)
    .join(Goal, Goal.id == Objective.goal_id)
    .where(Objective.parent_id == bindparam("goal_id"), Goal.deleted_at.is_(None))
)
