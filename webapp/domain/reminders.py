"""When a reminder comes, and whether it still has something to say (domain rules §1, §12)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from webapp.domain.days import instant_of, local_day, shifted, wall_clock
from webapp.domain.errors import Problem
from webapp.domain.tracking import DayState

STALE = timedelta(hours=2)
"""A reminder that could not come in time is worth this much longer; after that it is only written down."""

LONGEST_STOP_DAYS = 7
"""What was missed before that is not written down one by one."""

MOST_REMINDERS = 10
"""Of one goal's own."""

MOST_DAYS_BEFORE = 30
MOST_DAYS_AFTER = 30
FIRST_NUDGE_DAYS = 2
NUDGE_EVERY_DAYS = 7
_A_WHILE = timedelta(minutes=1)


class About(StrEnum):
    """What a reminder is about; all but those of goals are the person's, one of each."""

    GOAL = "goal"
    READING = "reading"
    MOOD = "mood"
    REVIEWS = "reviews"
    DIGEST = "digest"


class Channel(StrEnum):
    """How a reminder reaches its person."""

    MAIL = "mail"
    PUSH = "push"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one time on the wall until another, over midnight when the second is earlier: nothing may ring."""

    since: time
    until: time

    def covers(self, wall: time) -> bool:
        """True from `since` on and before `until`."""
        if self.since <= self.until:
            return self.since <= wall < self.until
        return wall >= self.since or wall < self.until

    def end(self, now: datetime, zone: str) -> datetime:
        """Return the instant at which the quiet that covers `now` is over; always after `now`."""
        wall = wall_clock(now, zone)
        day = shifted(wall.date(), 1) if wall.time() >= self.until else wall.date()
        return max(instant_of(day, self.until, zone), now + _A_WHILE)


@dataclass(frozen=True, slots=True)
class Clock:
    """How a person's days run: IANA zone, the hour at which a day begins (0–23), and their quiet hours."""

    zone: str
    day_start: int = 0
    quiet: Quiet | None = None

    def moment(self, day: date, wall: time) -> datetime:
        """Return the UTC instant of a wall time on a date as it is lived: before the day's start it is the next
        night's. A time the clocks skip moves forward by the gap, one they repeat means the first."""
        return instant_of(shifted(day, 1) if wall.hour < self.day_start else day, wall, self.zone)

    def ringing(self, day: date, wall: time) -> datetime:
        """Return the instant at which a reminder of the date may ring: its moment, or the end of the quiet hours."""
        at = self.moment(day, wall)
        if self.quiet is not None and self.quiet.covers(wall_clock(at, self.zone).time()):
            return self.quiet.end(at, self.zone)
        return at

    def first_day(self, wall: time, now: datetime) -> date:
        """Return the first date whose wall time is still to come."""
        day = shifted(local_day(now, self.zone, self.day_start), -1)
        while self.moment(day, wall) <= now:
            day = shifted(day, 1)
        return day


class Came(NamedTuple):
    """A date whose reminder is due, since when, and whether that was longer ago than it is of use."""

    day: date
    at: datetime
    stale: bool


class Step(NamedTuple):
    """What has come of one reminder, and where to look next: the next date, and when."""

    came: tuple[Came, ...]
    next_day: date
    next_at: datetime


def step(wall: time, next_day: date, next_at: datetime, clock: Clock, now: datetime) -> Step:
    """Return every date from `next_day` on whose moment has come, and what is next.

    Dates only ever move on, so each comes once, whatever the clocks or the zone do. What falls into quiet hours comes
    at their end. A date is stale when that was longer ago than it is of use; only the latest is also judged by
    `next_at`, when the reminder was to be looked at (the zone was changed then, or quiet hours held it back), so that
    nobody misses what a flight has carried them past. In quiet hours nothing but what is stale comes.
    """
    quiet_now = clock.quiet is not None and clock.quiet.covers(wall_clock(now, clock.zone).time())
    day = max(next_day, shifted(local_day(now, clock.zone, clock.day_start), -LONGEST_STOP_DAYS))
    came: list[Came] = []
    while (at := clock.ringing(day, wall)) <= now:
        after = shifted(day, 1)
        is_latest = clock.ringing(after, wall) > now
        since = max(at, next_at) if is_latest else at
        stale = now - since > STALE
        if quiet_now and clock.quiet is not None and not stale:
            return Step(tuple(came), day, clock.quiet.end(now, clock.zone))
        came.append(Came(day, since, stale))
        day = after
    return Step(tuple(came), day, at)


class Facts(NamedTuple):
    """How a goal and one of its due dates stand. `state` is None where there is no row."""

    live: bool
    """Neither put away, deleted nor completed."""
    reminds: bool
    anyway: bool
    """Reminds also of what is done, skipped or paused."""
    state: DayState | None
    paused: bool
    planned: bool
    """False for a goal without fixed days, which may be done on any."""
    kept: bool = False
    """Of a goal without fixed days: as often as was meant, or the day is answered."""


def speaks(facts: Facts) -> bool:
    """True when the reminder has something to say (domain rules §12)."""
    if not (facts.live and facts.reminds):
        return False
    if facts.planned and facts.state is None:
        return False
    if facts.anyway:
        return True
    return not facts.paused and not facts.kept and facts.state in (None, DayState.OPEN)


def is_day_to_remind(one_time: bool, on: date | None, day: date, due: date) -> bool:
    """Return whether a goal with a reminder date of its own reminds on this day: a one-time goal on that date instead
    of its due date, a recurring one from that date on."""
    if on is None:
        return True
    return day == on if one_time else due >= on


def nudges(waiting: timedelta) -> bool:
    """True on the days on which a review that has waited so long is brought to mind: the second, then every seventh."""
    return waiting.days == FIRST_NUDGE_DAYS or (waiting.days > 0 and waiting.days % NUDGE_EVERY_DAYS == 0)


@dataclass(frozen=True, slots=True)
class ReminderDraft:
    """One reminder of a goal as somebody says it: a wall time, so many days after the due date (before it when
    negative)."""

    wall: time | None
    days: int = 0


def check_all(drafts: tuple[ReminderDraft, ...], field: str = "reminders") -> list[Problem]:
    """Return every problem: a missing time, too far from the due date, said twice, more than a goal can have."""
    problems = []
    seen: set[tuple[time, int]] = set()
    for place, draft in enumerate(drafts):
        at = f"{field}.{place}"
        if draft.wall is None:
            problems.append(Problem(at, "required"))
            continue
        if not -MOST_DAYS_BEFORE <= draft.days <= MOST_DAYS_AFTER:
            bounds = {"minimum": -MOST_DAYS_BEFORE, "maximum": MOST_DAYS_AFTER}
            problems.append(Problem(at, "out_of_range", bounds))
        if (draft.wall, draft.days) in seen:
            problems.append(Problem(at, "said_twice"))
        seen.add((draft.wall, draft.days))
    if len(drafts) > MOST_REMINDERS:
        problems.append(Problem(field, "too_many", {"most": MOST_REMINDERS}))
    return problems
