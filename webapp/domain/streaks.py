"""Streaks: how often in a row a goal was kept, and why it is that many (domain rules §5).

A streak is a pure function of dated facts and terms. `settle` keeps its state as of yesterday, so that a page reads
only the facts since. A change of a past day spoils every state as of that day or later; so does a pause or a schedule
version, with what it asks, from its first day on. Settle again from a state as of an earlier day, or from nothing.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from webapp.domain.days import shifted, week_containing
from webapp.domain.pauses import pause_on
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Schedule, due_between, in_force
from webapp.domain.tracking import DayState
from webapp.domain.verdicts import Facts, JudgedDay, Terms, Verdict, begin, by_quota, judge, last_day

LONGEST_KEPT = 10
MOST_STEPS = 8
REACHES = (45, 400, 3_660)
"""How many days ahead the next miss is looked for: nearly always it is within the first."""


class Streak(NamedTuple):
    """So many due days, or periods of a quota, kept in a row, with the first and last day on which something was done.

    `after` is the miss before it, for a period its last day; None if there was none.
    """

    length: int
    first: date
    last: date
    after: date | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A week or month of a quota, or the part of it the quota was in force, judged as a whole."""

    first: date
    last: date
    done: int
    required: int
    verdict: Verdict


class Tally(NamedTuple):
    """A week or month being counted, `bounds` in the calendar; `owed` is the sum of n over its active days."""

    bounds: tuple[date, date]
    first: date
    last: date
    asked: int = 0
    active: int = 0
    owed: int = 0
    done: int = 0
    first_done: date | None = None
    last_done: date | None = None

    @property
    def required(self) -> int:
        """n · active days / length, rounded up; never more than there are days to do it on."""
        starts, ends = self.bounds
        return min(self.active, -(-self.owed // ((ends - starts).days + 1)))

    def judged(self, today: date) -> Period:
        """Return the period: done as soon as it is met, missed only when it is over, neutral when nothing is owed."""
        if not self.required:
            verdict = Verdict.SKIPPED if self.asked else Verdict.PAUSED
        elif self.done >= self.required:
            verdict = Verdict.DONE
        else:
            verdict = Verdict.MISSED if self.last < today else Verdict.OPEN
        return Period(self.first, self.last, self.done, self.required, verdict)


@dataclass(frozen=True, slots=True)
class StreakState:
    """All that must be known of the days up to `as_of`, each of them over, to go on with the next.

    `longest` holds the ten longest finished streaks, the longest first; `skips` those of the month of `as_of`; `total`
    every day done, also when it was not due or paused.
    """

    as_of: date
    running: Streak | None = None
    longest: tuple[Streak, ...] = ()
    missed: date | None = None
    tally: Tally | None = None
    skips: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Streaks:
    """The streak that can still go on, the best ever, the ten longest, and how many days were done in all.

    Under a rolling quota there is no current one, see `rolling`.
    """

    current: Streak | None
    best: Streak | None
    longest: tuple[Streak, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """The current streak from today on if nothing more is said: [last date, length] in order, nothing after the last.

    `best` is the longest ever.
    """

    steps: tuple[tuple[date, int], ...]
    best: int


@dataclass(frozen=True, slots=True)
class Why:
    """What a streak is made of, from the miss before it to the miss that ended it, else to the last day known."""

    days: tuple[tuple[date, Verdict], ...]
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Rolling:
    """So many done of so many times in the last days: "2 of 3 in the last 7 days"."""

    done: int
    times: int
    length: int


def settle(facts: Facts, terms: Terms, today: date, state: StreakState | None = None) -> StreakState:
    """Return the state in which every day before today is judged for good.

    With a state only facts after its `as_of` are read, and the work is that of the days since. A state as of today or
    later (somebody travelled west) raises ValueError, for those days are not over.
    """
    walk = _walk(facts, terms, today, shifted(today, -1), state)
    return walk.state(shifted(today, -1))


def streaks(facts: Facts, terms: Terms, today: date, state: StreakState | None = None) -> Streaks:
    """Return the streaks as they stand today, ticks ahead included; `state` as for `settle`."""
    walk = _whole_walk(facts, terms, today, state)
    longest = _longest([*walk.longest, walk.running] if walk.running else walk.longest)
    version = in_force(terms.versions, today)
    return Streaks(
        current=None if version and _is_rolling(version) else walk.running,
        best=longest[0] if longest else None,
        longest=tuple(longest),
        total=walk.total,
    )


def all_streaks(facts: Facts, terms: Terms, today: date) -> list[Streak]:
    """Return every streak there ever was, in order, the running one last."""
    walk = _whole_walk(facts, terms, today)
    return [*walk.finished, walk.running] if walk.running else walk.finished


def periods(facts: Facts, terms: Terms, today: date) -> list[Period]:
    """Return the weeks or months of a quota in order, from the month of the first fact to the running one."""
    return _whole_walk(facts, terms, today).periods


def outlook(facts: Facts, terms: Terms, today: date, state: StreakState | None = None) -> Outlook:
    """Return what the streak is and how long it will stand untended, so that a page need not judge any day.

    `state` as for `settle`. A day that is kept but not over (a limit) and answers ahead change it by themselves; both
    are foreseen.
    """
    now = streaks(facts, terms, today, state)
    last = last_day(facts, today)
    steps: list[tuple[date, int]] = []
    day, running = today, now.current
    while day <= last and len(steps) < MOST_STEPS:
        lapse = _next_miss(facts, terms, day, state)
        until = min(lapse, _next_judgement(facts, terms, day) or lapse)
        steps.append((until, running.length if running else 0))
        day = shifted(until, 1)
        if until != lapse:
            last = max(last, day)
        if day <= last:
            running = streaks(facts, terms, day, state).current
    while steps and not steps[-1][1]:
        steps.pop()
    return Outlook(tuple(steps), now.best.length if now.best else 0)


def length_on(steps: Sequence[Sequence[Any]] | None, day: date) -> int:
    """Return the length an outlook foresees for a day; `steps` are [last date as ISO text, length] in order."""
    on = day.isoformat()
    return next((length for until, length in steps or () if on <= until), 0)


def why(facts: Facts, terms: Terms, streak: Streak, today: date) -> Why:
    """Return the verdicts that make the streak as long as it is; `facts` reach back to `reads_from(streak)`."""
    ended = last_day(facts, today)
    walk, days = StreakWalk(today), []
    for each in judge(facts, terms, reads_from(streak), _period_end(terms, ended), today):
        walk.take(each)
        days.append((each.local_date, each.verdict))
        if walk.missed and walk.missed > streak.last:
            ended = walk.missed
            break
    else:
        walk.close()
    shown = streak.after or streak.first
    return Why(
        days=tuple((day, verdict) for day, verdict in days if shown <= day <= ended),
        periods=tuple(period for period in walk.periods if period.last >= shown),
    )


def reads_from(streak: Streak) -> date:
    """Return the first date whose facts `why` needs, so that it sees whole weeks, months and skip budgets."""
    return shifted(streak.after or streak.first, -6).replace(day=1)


def running_period(facts: Facts, terms: Terms, today: date, state: StreakState | None = None) -> Period | None:
    """Return the week or month a quota is counting today, else None; `facts` reach back to the month it begins in.

    It is one of `periods`; `state` as for `settle`.
    """
    version = in_force(terms.versions, today)
    if version is None or not by_quota(version, today) or _is_rolling(version):
        return None
    walk = _walk(facts, terms, today, period_of(version, today)[1], state)
    walk.close()
    return next(period for period in reversed(walk.periods) if period.first <= today <= period.last)


def rolling(facts: Facts, terms: Terms, today: date) -> Rolling | None:
    """Return the count of the rolling quota that counts today, else None; reads the facts of its last days only.

    What was done during a pause does not count.
    """
    version = in_force(terms.versions, today)
    if version is None or version.quota is None or not _is_rolling(version) or not by_quota(version, today):
        return None
    days = judge(facts, terms, shifted(today, 1 - version.quota.length), today, today)
    done = sum(each.state is DayState.DONE and each.verdict is not Verdict.PAUSED for each in days)
    return Rolling(done, version.quota.times, version.quota.length)


class StreakWalk:
    """One pass over judged days, oldest first; each costs the same, whatever came before."""

    def __init__(self, today: date, state: StreakState | None = None) -> None:
        state = state or StreakState(date.min)
        self.today = today
        self.running = state.running
        self.longest = list(state.longest)
        self.missed = state.missed
        self.tally = state.tally
        self.skips = state.skips
        self.total = state.total
        self.finished: list[Streak] = []
        self.periods: list[Period] = []

    def take(self, each: JudgedDay) -> None:
        """The day is counted, by itself or within its period."""
        self.skips = each.skips
        self.total += each.state is DayState.DONE
        if each.version is None or not by_quota(each.version, each.local_date):
            self.close()
            self._step(each.verdict, each.local_date, each.local_date)
        elif _is_rolling(each.version):
            self.close()
        else:
            self._count(each, each.version)

    def state(self, as_of: date) -> StreakState:
        """All that must be known to go on; every day up to `as_of` was taken and is over."""
        longest = tuple(self.longest)
        return StreakState(as_of, self.running, longest, self.missed, self.tally, self.skips, self.total)

    def close(self) -> None:
        """The period being counted is judged, and no period is being counted."""
        if self.tally is not None:
            period = self.tally.judged(self.today)
            self.periods.append(period)
            last_done = self.tally.last_done if period.verdict is Verdict.DONE else None
            self._step(period.verdict, self.tally.first_done or period.first, last_done or period.last)
        self.tally = None

    def _step(self, verdict: Verdict, first: date, last: date) -> None:
        if verdict is Verdict.DONE:
            before = self.running
            self.running = (
                Streak(before.length + 1, before.first, last, before.after)
                if before
                else Streak(1, first, last, self.missed)
            )
        elif verdict is Verdict.MISSED:
            if self.running:
                self.finished.append(self.running)
                self.longest = _longest([*self.longest, self.running])
            self.running, self.missed = None, last

    def _count(self, each: JudgedDay, version: Schedule) -> None:
        day = each.local_date
        assert version.quota is not None
        bounds = period_of(version, day)
        if self.tally and self.tally.bounds != bounds:
            self.close()
        before = self.tally or Tally(bounds, day, day)
        active = each.asked and each.verdict is not Verdict.SKIPPED
        done = each.verdict is Verdict.DONE
        self.tally = before._replace(
            last=day,
            asked=before.asked + each.asked,
            active=before.active + active,
            owed=before.owed + (version.quota.times if active else 0),
            done=before.done + done,
            first_done=before.first_done or (day if done else None),
            last_done=day if done else before.last_done,
        )


def _next_miss(facts: Facts, terms: Terms, day: date, state: StreakState | None) -> date:
    """Return the first day from this one on that will be missed if nothing is said, else one ten years ahead."""
    first = shifted(state.as_of, 1) if state else begin(facts, day)
    for reach in REACHES:
        over = shifted(day, reach + 1)
        walk = StreakWalk(over, state)
        for each in judge(facts, terms, first, shifted(day, reach), over, skips=walk.skips):
            walk.take(each)
            if walk.missed and walk.missed >= day:
                return walk.missed
        if not _asks_again(terms, shifted(day, reach)):
            break
    return shifted(day, REACHES[-1])


def _asks_again(terms: Terms, day: date) -> bool:
    """True when anything is asked in the ten years after the day."""
    pause, version = pause_on(day, terms.pauses), in_force(terms.versions, day)
    if version is None or (pause and pause.last is None):
        return False
    if version.quota:
        return by_quota(version, day)
    return bool(due_between(terms.versions, day, shifted(day, REACHES[-1])))


def _next_judgement(facts: Facts, terms: Terms, first: date) -> date | None:
    """Return the first day from this one on that stands open only because it is not over: it may pass its limit yet."""
    ahead = sorted(day for day in facts if day >= first)
    aims = ((day, facts[day], terms.aim(in_force(terms.versions, day))) for day in ahead)
    return next((day for day, fact, aim in aims if aim.state(fact, over=False) is not aim.state(fact, over=True)), None)


def _walk(facts: Facts, terms: Terms, today: date, last: date, state: StreakState | None) -> StreakWalk:
    if state and state.as_of >= today:
        raise ValueError("the state is of a day that is not over")
    walk = StreakWalk(today, state)
    first = shifted(state.as_of, 1) if state else begin(facts, today)
    for each in judge(facts, terms, first, last, today, skips=walk.skips):
        walk.take(each)
    return walk


def _whole_walk(facts: Facts, terms: Terms, today: date, state: StreakState | None = None) -> StreakWalk:
    """Walk to the last fact and on to the end of its period, for what is required depends on the days still to come."""
    walk = _walk(facts, terms, today, _period_end(terms, last_day(facts, today)), state)
    walk.close()
    return walk


def _period_end(terms: Terms, day: date) -> date:
    version = in_force(terms.versions, day)
    if version is None or not by_quota(version, day) or _is_rolling(version):
        return day
    return period_of(version, day)[1]


def period_of(version: Schedule, day: date) -> tuple[date, date]:
    """Return the first and last day of the calendar week or month in which a quota counts the day."""
    if version.quota and version.quota.period is QuotaPeriod.MONTH:
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return week_containing(day, version.week_start)


def _is_rolling(version: Schedule) -> bool:
    return version.quota is not None and version.quota.period is QuotaPeriod.ROLLING


def _longest(found: list[Streak]) -> list[Streak]:
    """Keep the longest, and of equal ones the latest first, so that a record once more reached is today's."""
    return sorted(found, key=lambda streak: (streak.length, streak.last), reverse=True)[:LONGEST_KEPT]
