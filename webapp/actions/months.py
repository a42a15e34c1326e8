"""Keeping what pages read of a goal's history true: its closed months and how long its streak will stand.

Both are projections of facts, schedule versions and pauses (domain rules §3, §5), written in the transaction of what
changes one of these; `queries.doctor` compares them with the facts. Who calls holds the row of the goal.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, insert, or_, select
from sqlalchemy.orm import selectinload

from webapp.actions import occurrences
from webapp.domain.checkpoints import plain_streak, plain_strength
from webapp.domain.days import shifted
from webapp.domain.goals import Lifecycle
from webapp.domain.months import LATE_DAYS, Month, States, close, fits, last_closable
from webapp.domain.schedules import Frequency
from webapp.domain.streaks import outlook
from webapp.domain.tracking import Direction
from webapp.domain.verdicts import Terms
from webapp.models import Goal, GoalMonth, ScheduleVersion
from webapp.models.engine import AnySession
from webapp.queries import habits

LONGEST_AGO = date.min
LOOK_BACK_DAYS = 7


def follow(session: AnySession, goal: Goal, today: date, changed: date | None = None) -> None:
    """The goal's months and its streak are what its facts, versions and pauses come to as of today.

    `changed` is the earliest date of which something else is known than before; it costs what came after it.
    """
    if all(version.frequency is Frequency.ONE_TIME for version in goal.schedules):
        return
    terms = habits.terms_of(session, goal)
    until, states = habits.states_before(session, goal.id, today.replace(day=1))
    spoiled = changed is not None and changed <= (goal.months_until or last_closable(today))
    if spoiled or not fits(terms, states):
        _close(session, goal, terms, today, changed if fits(terms, states) else LONGEST_AGO)
        until, states = habits.states_before(session, goal.id, today.replace(day=1))
    _foresee(session, goal, terms, today, until, states)


def close_over(session: AnySession, now: datetime, *, most: int = 50) -> int:
    """Up to `most` goals have every month closed that is over for everybody; returns how many there were."""
    last = last_closable(now.date())
    behind = or_(Goal.months_until.is_(None), Goal.months_until < last)
    goals = _hold(session, most, behind, ScheduleVersion.frequency != Frequency.ONE_TIME)
    for goal in goals:
        terms = habits.terms_of(session, goal)
        _close(session, goal, terms, now.date(), None)
        everywhere = last_over(now)  # as of a day that everybody has reached, what lies ahead is foreseen
        _foresee(
            session,
            goal,
            terms,
            shifted(everywhere, 1),
            *habits.states_before(session, goal.id, everywhere.replace(day=1)),
        )
    session.flush()
    return len(goals)


def finish_limits(session: AnySession, now: datetime, *, most: int = 200) -> int:
    """Goals under a limit whose last day is over are completed if every day was kept; returns how many were judged.

    Those that ended within the last week are looked at, so that each is judged a few times and then left alone.
    """
    over = last_over(now)
    ended = ScheduleVersion.until.between(shifted(over, -LOOK_BACK_DAYS), over)
    goals = _hold(session, most, ended, Goal.direction == Direction.AT_MOST, Goal.lifecycle == Lifecycle.ACTIVE)
    for goal in goals:
        terms = habits.terms_from(goal.schedules, ())
        occurrences.judge_limits(session, goal.id, terms, goal.schedules[0].valid_from, over)
        occurrences.settle(session, goal, now)
    session.flush()
    return len(goals)


def _hold(session: AnySession, most: int, *wanted: ColumnElement[bool]) -> Sequence[Goal]:
    """Up to so many live goals that fit, with their schedules, held; those another worker holds are left to it."""
    current = (ScheduleVersion.goal_id == Goal.id) & ScheduleVersion.is_current
    statement = select(Goal).join(ScheduleVersion, current).where(*wanted)
    statement = statement.where(Goal.archived_at.is_(None), Goal.deleted_at.is_(None)).order_by(Goal.id).limit(most)
    statement = statement.with_for_update(of=Goal, skip_locked=True).options(selectinload(Goal.schedules))
    return session.scalars(statement).all()


def last_over(now: datetime) -> date:
    """The latest date that is over in every zone, whatever hour people's days begin at."""
    return shifted(now.date(), -LATE_DAYS)


def _foresee(session: AnySession, goal: Goal, terms: Terms, today: date, until: date | None, states: States) -> None:
    facts = habits.facts_between(session, goal.id, shifted(until, 1) if until else LONGEST_AGO)
    ahead = outlook(facts, terms, today, states.streak)
    steps = [[day.isoformat(), length] for day, length in ahead.steps]
    if steps != (goal.streak_ahead or []) or ahead.best != goal.best_streak:
        goal.streak_ahead, goal.best_streak = steps or None, ahead.best


def _close(session: AnySession, goal: Goal, terms: Terms, today: date, changed: date | None) -> None:
    """Every month that is over is closed, those from the changed date on anew; none is kept from before the goal
    began, which it may have done later than was thought: its first fact can be taken back."""
    last = last_closable(today)
    began = habits.began(session, goal)
    begins = began.replace(day=1)
    first = shifted(goal.months_until, 1) if goal.months_until else begins
    if changed is not None:
        first = min(first, changed.replace(day=1))
    first = max(first, begins)
    spoiled = or_(GoalMonth.first >= first, GoalMonth.first < begins)
    session.execute(delete(GoalMonth).where(GoalMonth.goal_id == goal.id, spoiled))
    _, states = habits.states_before(session, goal.id, first)
    if not fits(terms, states):
        first, states = begins, States()
        session.execute(delete(GoalMonth).where(GoalMonth.goal_id == goal.id))
    goal.months_until = last
    if first > last:
        return
    occurrences.judge_limits(session, goal.id, terms, first, last)
    facts = habits.facts_between(session, goal.id, first, last)
    rows = [_row(goal, month, after) for month, after in close(facts, terms, began, first, last, states)]
    session.execute(insert(GoalMonth), rows)


def _row(goal: Goal, month: Month, after: States) -> dict[str, object]:
    amounts = [str(amount) if amount is not None else None for amount in month.amounts]
    return {
        "goal_id": goal.id,
        "first": month.first,
        "marks": month.marks,
        "scores": list(month.scores),
        "amounts": amounts or None,
        "done": month.done,
        "due": month.due,
        "amount": month.amount,
        "streak": plain_streak(after.streak),
        "strength": plain_strength(after.strength),
    }
