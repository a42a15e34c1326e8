"""What must hold whatever has happened: the ledger is the truth, and everything else says the same."""

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from webapp.domain.goals import Lifecycle
from webapp.domain.tracking import DayState, Fact, completes, day_values
from webapp.models import AuditEvent, Entry, Goal, Occurrence, ScheduleVersion

ANNOUNCED = "goal:complete"


def faults(engine: Engine) -> list[str]:
    """Everything that does not fit; an empty list is a sound database."""
    with Session(engine) as session:
        return [*_of_the_file(session), *_of_the_days(session), *_of_the_goals(session)]


def _of_the_file(session: Session) -> list[str]:
    """SQLite looks through its own file; PostgreSQL has no such question."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    found = [f"integrity: {line}" for (line,) in session.execute(text("PRAGMA integrity_check")) if line != "ok"]
    return found + [f"foreign key: {tuple(row)}" for row in session.execute(text("PRAGMA foreign_key_check"))]


def _of_the_days(session: Session) -> list[str]:
    """Each row of a day shows what the day's facts come to, by the rules alone, and names the last of them."""
    facts: dict[int, list[Fact]] = {}
    for entry in session.scalars(select(Entry).order_by(Entry.id)):
        fact = Fact(entry.id, entry.local_date, entry.mode, entry.state, entry.value, entry.supersedes_id)
        facts.setdefault(entry.goal_id, []).append(fact)
    goals = {goal.id: goal for goal in session.scalars(select(Goal))}
    rows = {(row.goal_id, row.local_date): row for row in session.scalars(select(Occurrence))}
    found, told = [], set()
    for goal_id, of_goal in facts.items():
        goal, latest = goals[goal_id], {fact.local_date: fact.id for fact in of_goal}
        for day, come_to in day_values(of_goal).items():
            told.add((goal_id, day))
            state = come_to.state
            if goal.target is not None and goal.direction is not None:
                state = come_to.judged(goal.target, goal.direction, over=True)
            row = rows.get((goal_id, day))
            said = (row.state, row.value, row.entry_id) if row else None
            if said != (state, come_to.value, latest[day]):
                found.append(f"goal {goal_id} on {day}: shows {said}, the ledger says {state} {come_to.value}")
    untold = [key for key, row in rows.items() if row.state is not DayState.OPEN and key not in told]
    return found + [f"goal {goal_id} on {day}: a state without a fact" for goal_id, day in untold]


def _of_the_goals(session: Session) -> list[str]:
    """A goal is completed exactly when its days say so; completing and reopening are announced in turn."""
    states: dict[int, list[DayState]] = {}
    for row in session.scalars(select(Occurrence).where(Occurrence.deleted_at.is_(None))):
        states.setdefault(row.goal_id, []).append(row.state)
    found = []
    current = select(Goal, ScheduleVersion).join(ScheduleVersion).where(ScheduleVersion.is_current)
    for goal, version in session.execute(current):
        complete = completes(bounded=version.terms().bounded, states=states.get(goal.id, []))
        if complete != (goal.lifecycle is Lifecycle.COMPLETED):
            found.append(f"goal {goal.id} is {goal.lifecycle}, its days say complete: {complete}")
        told = announced(session, goal.id, ANNOUNCED) - announced(session, goal.id, "goal:reopen")
        if told != complete:
            found.append(f"goal {goal.id} was announced complete {told} times more than reopened")
    return found


def announced(session: Session, goal_id: int, tag: str) -> int:
    """How often the audit log says so of the goal."""
    statement = select(func.count()).select_from(AuditEvent).where(AuditEvent.tag == tag)
    same = (AuditEvent.object_kind == "goal", AuditEvent.object_id == goal_id)
    return session.execute(statement.where(*same)).scalar_one()
