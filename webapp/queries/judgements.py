"""Single days of a goal and why they count as they do; reads only the facts around them."""

from dataclasses import dataclass
from datetime import date

from webapp.domain.days import shifted
from webapp.domain.months import States, fits
from webapp.domain.pauses import merged
from webapp.domain.streaks import Period, Streak, Streaks, StreakWalk, streaks
from webapp.domain.strength import Explanation, StrengthWalk, explain
from webapp.domain.verdicts import JudgedDay, Terms, Verdict, judge
from webapp.models import Goal
from webapp.models.engine import AnySession
from webapp.queries import habits, progress

LONGEST = 400
"""As many days as one page lists of a streak, and as far as the miss that ended it is looked for."""
LONGEST_PERIOD = 31


@dataclass(frozen=True, slots=True)
class Reasons:
    """The days of a streak, or as many of them as fit, in order, with the weeks or months of a quota among them.

    `earlier` is the day before which more days are to be shown.
    """

    days: tuple[JudgedDay, ...]
    periods: tuple[Period, ...]
    earlier: date | None


def judged(
    session: AnySession, goal: Goal, terms: Terms, first: date, last: date, today: date, *, since: date | None = None
) -> list[JudgedDay]:
    """Every day from the first to the last with its verdict; nothing before `since` has a part in it."""
    begin = max(first.replace(day=1), since or date.min)
    facts = habits.facts_between(session, goal.id, begin, last)
    return [each for each in judge(facts, terms, begin, last, today) if each.local_date >= first]


def streaks_now(session: AnySession, goal: Goal, terms: Terms, today: date) -> Streaks:
    """The goal's streaks as of today."""
    tail = progress.tail_of(session, goal, terms, today)
    return streaks(tail.facts, terms, today, tail.states.streak)


def reasons(
    session: AnySession, goal: Goal, terms: Terms, streak: Streak, *, current: bool, before: date | None, today: date
) -> Reasons:
    """Why the streak is as long as it is: from the miss before it to the miss that ended it, else to the last day
    known; at most 400 days, the newest or those before a date."""
    begins = streak.after or streak.first
    if before is not None:
        last = shifted(before, -1)
    else:
        last = max(streak.last, today) if current else _ended(session, goal, terms, streak, today)
    first = max(begins, shifted(last, 1 - LONGEST))
    walked = _walk(session, goal, terms, first, last, today)
    days = tuple(each for each in walked.days if first <= each.local_date <= last)
    periods = tuple(period for period in walked.periods if period.last >= first and period.first <= last)
    return Reasons(days, periods, first if first > begins else None)


def explained(session: AnySession, goal: Goal, terms: Terms, as_of: date) -> Explanation | None:
    """How the strength as of a day comes about, from the states of a month at least a whole window before it."""
    window = StrengthWalk(terms, None).reach + 1
    until, states = habits.states_before(session, goal.id, window_begins(terms, as_of, window).replace(day=1))
    if not fits(terms, states):
        until, states = None, States()
    first = shifted(until, 1) if until else progress.LONGEST_AGO
    return explain(habits.facts_between(session, goal.id, first, as_of), terms, as_of, states.strength)


def window_begins(terms: Terms, as_of: date, window: int) -> date:
    """Return the first of so many days up to `as_of` that are not paused."""
    first = shifted(as_of, 1 - window)
    for pause in reversed(merged(terms.pauses)):
        last = min(pause.last or as_of, as_of)
        if pause.first > as_of or last < first:
            continue
        first = shifted(first, -((last - pause.first).days + 1))
    return first


def _ended(session: AnySession, goal: Goal, terms: Terms, streak: Streak, today: date) -> date:
    """The miss that ended the streak; its own last day if none is near."""
    walked = _walk(session, goal, terms, streak.last, shifted(streak.last, LONGEST), today)
    missed = [period.last for period in walked.periods if period.verdict is Verdict.MISSED]
    missed += [each.local_date for each in walked.days if each.verdict is Verdict.MISSED]
    return min((day for day in missed if day > streak.last), default=streak.last)


def _walk(session: AnySession, goal: Goal, terms: Terms, first: date, last: date, today: date) -> Reasons:
    """Every day with its verdict, seen within its whole month, and the periods they make, each to its own end."""
    begin, end = shifted(first, -6).replace(day=1), shifted(last, LONGEST_PERIOD)
    facts = habits.facts_between(session, goal.id, begin, end)
    walk, days = StreakWalk(today), []
    for each in judge(facts, terms, begin, end, today):
        walk.take(each)
        days.append(each)
    walk.close()
    return Reasons(tuple(days), tuple(walk.periods), None)
