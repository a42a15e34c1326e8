"""Are a goal's closed months, its streak and its paused rows what its facts, versions and pauses come to?"""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select

from webapp.domain.checkpoints import Plain, plain_streak, plain_strength
from webapp.domain.months import States, close
from webapp.domain.pauses import is_paused
from webapp.domain.schedules import Frequency
from webapp.domain.streaks import length_on, streaks
from webapp.domain.tracking import Day, DayState, Direction
from webapp.domain.verdicts import Facts, Terms, first_day
from webapp.models import Goal, GoalMonth, Occurrence
from webapp.models.engine import AnySession
from webapp.queries.doctor_finding import Finding
from webapp.queries.habits import made_on, terms_of


def habit_findings(session: AnySession, goal: Goal, rows: Sequence[Occurrence], today: date) -> Iterator[Finding]:
    """Every finding about one goal, whose schedules are loaded and whose rows these are."""
    if not goal.schedules:
        return
    terms = terms_of(session, goal)
    for row in rows:
        if row.paused != is_paused(row.local_date, terms.pauses):
            yield Finding(f"occurrence {row.id}", f"is {'' if row.paused else 'not '}paused, the pauses say otherwise")
    facts = {
        row.local_date: Day(row.state, row.value)
        for row in rows
        if row.deleted_at is None and (row.state is not DayState.OPEN or row.value is not None)
    }
    months = list(_months(session, goal, facts, terms))
    yield from months[:1]  # what is wrong in one month is carried into the next, and into the streak
    if not months and goal.archived_at is None and goal.deleted_at is None:
        yield from _streak(goal, facts, terms, today)


def _months(session: AnySession, goal: Goal, facts: Facts, terms: Terms) -> Iterator[Finding]:
    where = f"goal {goal.id}"
    kept = {row.first: row for row in session.scalars(select(GoalMonth).where(GoalMonth.goal_id == goal.id))}
    if goal.months_until is None:
        if kept:
            yield Finding(where, "has closed months and does not know it")
        return
    began = min(first_day(facts) or made_on(goal), made_on(goal))
    known = {day: fact for day, fact in facts.items() if day <= goal.months_until}
    expected = {}
    if began <= goal.months_until:
        expected = {
            month.first: (month, after)
            for month, after in close(known, terms, began, began, goal.months_until, States())
        }
    for first in sorted(kept.keys() ^ expected.keys()):
        yield Finding(where, f"has {'a' if first in kept else 'no'} closed month {first:%Y-%m}")
    for first in sorted(kept.keys() & expected.keys()):
        row, (month, after) = kept[first], expected[first]
        amounts = [str(amount) if amount is not None else None for amount in month.amounts] or None
        shown = (row.marks, tuple(row.scores), row.amounts, row.done, row.due, row.amount)
        if shown != (month.marks, month.scores, amounts, month.done, month.due, month.amount):
            yield Finding(where, f"has a month {first:%Y-%m} that its facts do not come to")
        elif row.streak != plain_streak(after.streak):
            yield Finding(where, f"goes on from a streak after {first:%Y-%m} that its facts do not come to")
        elif _score(row.strength) != _score(plain_strength(after.strength)):
            yield Finding(where, f"goes on from a strength after {first:%Y-%m} that its facts do not come to")


def _score(strength: Plain | None) -> float | None:
    """How many days a state remembers depends on the schedules known when it was written; its score does not."""
    score: float | None = strength["score"] if strength else None
    return score


def _streak(goal: Goal, facts: Facts, terms: Terms, today: date) -> Iterator[Finding]:
    """What was foreseen when something was last said is what it is today."""
    if all(version.frequency is Frequency.ONE_TIME for version in goal.schedules):
        return
    found = streaks(facts, terms, today)
    length, best = (streak.length if streak else 0 for streak in (found.current, found.best))
    shown = length_on(goal.streak_ahead, today)
    if shown != length:
        yield Finding(f"goal {goal.id}", f"shows a streak of {shown}, its facts come to {length}")
    # A limit that was kept counts when its day is over, without anybody saying so.
    grown = any(version.direction is Direction.AT_MOST for version in goal.schedules)
    if goal.best_streak != best and not (grown and goal.best_streak < best):
        yield Finding(f"goal {goal.id}", f"shows a best streak of {goal.best_streak}, its facts come to {best}")
