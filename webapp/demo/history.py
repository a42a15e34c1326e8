"""How the days of the demo went: decided by person, goal and date alone, so that the past never changes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import insert, select

from webapp.actions import goals, history, occurrences, pauses
from webapp.actions.history import PastFact
from webapp.demo.goals import RESTS, Plan, Rhythm
from webapp.demo.people import public_id
from webapp.domain.days import days_between, instant_of, shifted
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency, Schedule, due_dates, horizon
from webapp.domain.tracking import DayState, Source
from webapp.models import Goal, Occurrence
from webapp.models.engine import AnySession

QUIET_WEEKS = ((2, 3), (7, 31), (12, 51))
"""Month and ISO week of the times when everybody is away or ill and little gets done."""


def live(session: AnySession, viewer: Viewer, role: str, plan: Plan) -> Goal:
    """The goal was made when the plan says, and kept as its rhythm says until today."""
    began = shifted(viewer.today, -plan.ago)
    draft = plan.draft(viewer)
    goal = goals.create(session, on(viewer, began, time(5)), draft)
    goal.public_id = public_id("goal", role, plan.key)
    schedule = goal.schedules[0].terms()
    last = shifted(viewer.today, -(plan.archived or 0))
    _lay_rows(session, goal, schedule, last)
    history.add(session, viewer, goal, list(_facts(viewer, role, plan, schedule, last)), Source.PAGE)
    if plan.archived is not None:
        goals.archive(session, on(viewer, last, time(20)), goal)
    if schedule.until is not None and schedule.until <= viewer.today:
        then = on(viewer, schedule.until, time(plan.rhythm.hour))
        occurrences.settle(session, goal, then.now, then)
    session.flush()
    return goal


def rest(session: AnySession, viewer: Viewer, role: str) -> None:
    """Nothing was asked during the holidays, and nothing will be."""
    for first, last in RESTS.get(role, ()):
        pause = pauses.plan(session, viewer, Pause(shifted(viewer.today, first), shifted(viewer.today, last)))
        pause.public_id = public_id("pause", role, str(first))


def _rests(viewer: Viewer, role: str, day: date) -> bool:
    since = (day - viewer.today).days
    return any(first <= since <= last for first, last in RESTS.get(role, ()))


def on(viewer: Viewer, day: date, wall: time) -> Viewer:
    """The same person at an earlier moment."""
    return replace(viewer, today=day, now=instant_of(day, wall, viewer.zone))


def _lay_rows(session: AnySession, goal: Goal, schedule: Schedule, today: date) -> None:
    """Every due date since the goal was made has its row, as if the worker had made them day by day."""
    if goal.rows_from is None:
        return
    there = set(session.scalars(select(Occurrence.local_date).where(Occurrence.goal_id == goal.id)))
    goal.rows_until = horizon(schedule, today)
    due = due_dates(schedule, goal.rows_from, goal.rows_until)
    rows = [{"goal_id": goal.id, "local_date": day, "state": DayState.OPEN} for day in due if day not in there]
    if rows:
        session.execute(insert(Occurrence), rows)


def _facts(viewer: Viewer, role: str, plan: Plan, schedule: Schedule, last: date) -> Iterable[PastFact]:
    days = due_dates(schedule, schedule.start, last)
    if schedule.frequency is Frequency.QUOTA:
        days = days_between(schedule.start, last)
    for day in days:
        rhythm = plan.rhythm
        if day == viewer.today:
            rhythm = replace(rhythm, done=float(rhythm.today), weekend=0, skipped=0)
        dice = Random(f"{role}|{plan.key}|{day.isoformat()}")  # noqa: S311 - a story, not a secret
        fact = _fact(viewer, rhythm, day, dice)
        if fact and not _rests(viewer, role, day):
            yield fact


def _fact(viewer: Viewer, rhythm: Rhythm, day: date, dice: Random) -> PastFact | None:
    chance = rhythm.done + (rhythm.weekend if day.weekday() > 4 else 0)
    if chance < 1 and (day.month, day.isocalendar().week) in QUIET_WEEKS:
        chance /= 2
    thrown = dice.random()
    if thrown >= chance + rhythm.skipped:
        return None
    at = min(_moment(viewer, rhythm, day, dice), viewer.now)
    note = dice.choice(rhythm.notes) if rhythm.notes and (dice.random() < 0.06 or chance == 1) else ""
    fact = PastFact(local_date=day, at=at, recorded_at=at, note=note)
    if thrown >= chance:
        return replace(fact, state=DayState.SKIPPED)
    if rhythm.amount is not None:
        return replace(fact, value=_amount(rhythm, dice))
    return replace(fact, state=DayState.DONE)


def _moment(viewer: Viewer, rhythm: Rhythm, day: date, dice: Random) -> datetime:
    return instant_of(day, time(rhythm.hour), viewer.zone) + timedelta(minutes=dice.randrange(59))


def _amount(rhythm: Rhythm, dice: Random) -> Decimal:
    """Around the typical amount, in whole steps, never below nothing."""
    thrown = Decimal(str(dice.gauss(rhythm.amount or 0, rhythm.spread)))
    return max(Decimal(0), (thrown / rhythm.step).to_integral_value() * rhythm.step)
