"""How a goal stands: a span of its days, its streaks and its strength, from closed months and the days since.

A page costs what it shows: whole months are read as they were closed, and only the days after the last closed month
are judged again (`domain.months`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select

from webapp.domain import streaks as streaks_of
from webapp.domain.checkpoints import streak_of, strength_of
from webapp.domain.days import shifted
from webapp.domain.months import PARTS, SCALE, Mark, Month, States, close, fits, running
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, in_force
from webapp.domain.streaks import Period, Rolling, Streaks, rolling, streaks
from webapp.domain.tracking import Day
from webapp.domain.verdicts import Terms, first_day
from webapp.models import Goal, GoalMonth
from webapp.models.engine import AnySession
from webapp.queries import habits

LONGEST_AGO = date.min
STILL_OPEN = (Mark.OPEN, *PARTS)
"""Marks that the last day of a month in progress has while it is open."""

_goal = GoalMonth.goal_id == bindparam("goal_id")
_is_latest = GoalMonth.first == bindparam("latest")
_MONTHS = (
    select(
        *(GoalMonth.first, GoalMonth.marks, GoalMonth.scores, GoalMonth.amounts),
        *(GoalMonth.done, GoalMonth.due, GoalMonth.amount),
        case((_is_latest, GoalMonth.streak)).label("streak"),
        case((_is_latest, GoalMonth.strength)).label("strength"),
        select(func.min(GoalMonth.first)).where(_goal).scalar_subquery().label("earliest"),
    )
    .where(_goal, or_(_is_latest, GoalMonth.first.between(bindparam("first"), bindparam("last"))))
    .order_by(GoalMonth.first)
)


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row from `first` on: for each its mark, the strength after it in ten-thousandths and its amount.

    Days before the goal, and days to come, are blank.
    """

    first: date
    marks: str
    scores: tuple[int | None, ...]
    amounts: tuple[Decimal | None, ...]

    @property
    def last(self) -> date:
        return shifted(self.first, len(self.marks) - 1)

    def begun_on(self, first: date) -> "Span":
        """The same days after blank ones from an earlier date on."""
        blank = (self.first - first).days
        none = (None,) * blank
        return Span(first, Mark.BEFORE.value * blank + self.marks, none + self.scores, none + self.amounts)

    def cut(self, first: date, last: date) -> "Span":
        """Only the days from `first` to `last`, which lie within the span."""
        within = slice((first - self.first).days, (last - self.first).days + 1)
        return Span(first, self.marks[within], self.scores[within], self.amounts[within])

    def mark_on(self, day: date) -> str:
        """The mark of one day, blank outside of the span."""
        at = (day - self.first).days
        return self.marks[at] if 0 <= at < len(self.marks) else Mark.BEFORE


@dataclass(frozen=True, slots=True)
class Progress:
    """What a goal's page draws. `score` is the strength in ten-thousandths after the last
    day that is decided, `earliest` the month of its first day.

    `period` is the week or month a quota is counting, or what was done in its last days. Who may not look back to the
    beginning gets no streaks and no score.
    """

    span: Span
    streaks: Streaks | None
    period: Period | Rolling | None
    score: int | None
    earliest: date
    has_begun: bool


@dataclass(frozen=True, slots=True)
class Tail:
    """The facts since the last closed month, which ends before `first`, and the states after it; ticks ahead too."""

    first: date
    facts: dict[date, Day]
    states: States
    began: date

    def months(self, terms: Terms, today: date) -> list[Month]:
        """The months that are not closed yet, the last one as far as it has come."""
        return running(self.facts, terms, self.began, self.first, today, self.states)


def repeats(goal: Goal) -> bool:
    """True for a goal with habits to show: any of its versions is due more than once."""
    return any(version.frequency is not Frequency.ONE_TIME for version in goal.schedules)


def progress(session: AnySession, goal: Goal, terms: Terms, first: date, last: date, today: date) -> Progress:
    """The goal as of today, with the days from `first` to `last`; costs those days and what is not closed yet."""
    until = _closed_until(goal, today)
    rows = _months(session, goal, first, last, until)
    latest = next((row for row in reversed(rows) if until and row.first == until.replace(day=1)), None)
    tail = _tail(session, goal, terms, today, until if latest is not None else None, _states(latest))
    now = _without_today(tail.months(terms, today))
    closed = [_month(row) for row in rows if row.first < tail.first]
    return Progress(
        span=span_of([*closed, *now], first, last),
        streaks=streaks(tail.facts, terms, today, tail.states.streak),
        period=rolling(tail.facts, terms, today) or running_period(tail, terms, today),
        score=_latest([score for month in now for score in month.scores], tail.states),
        earliest=rows[0].earliest if rows else tail.first,
        has_begun=tail.states.streak is not None or first_day(tail.facts) is not None,
    )


def progress_since(
    session: AnySession, goal: Goal, terms: Terms, since: date, first: date, last: date, today: date
) -> Progress:
    """The days of a span for somebody who may look back to `since` only: nothing of the days before has a part in it.

    The last day of the span is today, or the end of a month that is over.
    """
    start = max(first, since)
    facts = habits.facts_between(session, goal.id, start, last)
    walked: Iterable[Month] = ()
    if start <= last < today:
        walked = (month for month, _ in close(facts, terms, start, start, last, States()))
    elif start <= last:
        walked = running(facts, terms, start, start, today, States())
    found = span_of(walked, first, last)
    hidden = Span(found.first, found.marks, (None,) * len(found.marks), found.amounts)
    return Progress(hidden, None, None, None, since.replace(day=1), has_begun=bool(facts))


def tail_of(session: AnySession, goal: Goal, terms: Terms, today: date) -> Tail:
    """The facts since the last closed month; everything when none is closed or a schedule now asks for more."""
    until, states = habits.states_before(session, goal.id, today.replace(day=1))
    return _tail(session, goal, terms, today, until, states)


def span_of(months: Iterable[Month], first: date, last: date) -> Span:
    """The days from `first` to `last` out of whole months, in whatever order."""
    length = max(0, (last - first).days + 1)
    marks: list[str] = [Mark.BEFORE.value] * length
    scores: list[int | None] = [None] * length
    amounts: list[Decimal | None] = [None] * length
    for month in months:
        offset = (month.first - first).days
        begin, end = max(0, offset), min(length, offset + len(month.marks))
        if begin >= end:
            continue
        within = slice(begin - offset, end - offset)
        marks[begin:end] = month.marks[within]
        scores[begin:end] = month.scores[within]
        if month.amounts:
            amounts[begin:end] = month.amounts[within]
    return Span(first, "".join(marks), tuple(scores), tuple(amounts))


def running_period(tail: Tail, terms: Terms, today: date) -> Period | None:
    """The week or month a quota is counting today, else None."""
    return streaks_of.running_period(tail.facts, terms, today, tail.states.streak)


def _closed_until(goal: Goal, today: date) -> date | None:
    """The last day of the latest closed month that is over today; a goal that was put away is seen as it was then."""
    before = shifted(today.replace(day=1), -1)
    return min(goal.months_until, before) if goal.months_until else None


def _months(session: AnySession, goal: Goal, first: date, last: date, until: date | None) -> list[Any]:
    values = {
        "goal_id": goal.id,
        "first": first.replace(day=1),
        "last": last,
        "latest": (until or LONGEST_AGO).replace(day=1),
    }
    return list(session.connection().execute(_MONTHS, values))


def _month(row: Any) -> Month:
    amounts = tuple(Decimal(text) if text is not None else None for text in row.amounts or ())
    return Month(row.first, row.marks, tuple(row.scores), amounts, row.done, row.due, row.amount)


def _states(row: Any) -> States:
    return States() if row is None else States(streak_of(row.streak), strength_of(row.strength))


def _without_today(months: list[Month]) -> list[Month]:
    """A day that is still open weighs nothing yet: whoever looks in the morning has not become weaker."""
    if not months or months[-1].marks[-1] not in STILL_OPEN:
        return months
    last = months[-1]
    return [*months[:-1], last._replace(scores=(*last.scores[:-1], None))]


def _latest(scores: list[int | None], before: States) -> int | None:
    """The strength of the last day that has one, else the one the months before ended with."""
    found = next((score for score in reversed(scores) if score is not None), None)
    if found is None and before.strength is not None:
        return round(before.strength.score * SCALE)
    return found


def _tail(session: AnySession, goal: Goal, terms: Terms, today: date, until: date | None, states: States) -> Tail:
    """Facts of a rolling window reach further back than the tail; what is judged from a state never looks at those."""
    if not fits(terms, states):
        until, states = None, States()
    since = min(shifted(until, 1), _window_begins(terms, today)) if until else LONGEST_AGO
    facts = habits.facts_between(session, goal.id, since)
    made = habits.made_on(goal)
    began = min(first_day(facts) or made, made)
    first = shifted(until, 1) if until else began.replace(day=1)
    return Tail(first, facts, states, first if states.streak is not None else began)


def _window_begins(terms: Terms, today: date) -> date:
    version = in_force(terms.versions, today)
    if version is None or version.quota is None or version.quota.period is not QuotaPeriod.ROLLING:
        return date.max
    return shifted(today, 1 - version.quota.length)
