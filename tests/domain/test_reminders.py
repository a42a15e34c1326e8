"""Reminders come once on every local date at their wall time, whatever the clocks and their person do (§1, §12, R7)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_days import ZONES
from webapp.domain.days import local_day, wall_clock
from webapp.domain.reminders import (
    LONGEST_STOP_DAYS,
    MOST_DAYS_AFTER,
    MOST_DAYS_BEFORE,
    MOST_REMINDERS,
    STALE,
    Clock,
    Facts,
    Quiet,
    ReminderDraft,
    check_all,
    is_day_to_remind,
    nudges,
    speaks,
    step,
)
from webapp.domain.tracking import DayState

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
walls = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))
zones = st.sampled_from(ZONES)
day_starts = st.sampled_from((0, 0, 1, 3, 5, 23))
starts = st.datetimes(datetime(2010, 1, 1), datetime(2037, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
quiets = st.builds(Quiet, walls, walls).filter(lambda quiet: quiet.since != quiet.until)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


class Told(NamedTuple):
    """A date that came, when it was told, by which clock, and whether too late."""

    day: date
    now: datetime
    clock: Clock
    stale: bool


class Walk:
    """A planner that looks whenever it is woken and something is to be looked at, as the worker does."""

    def __init__(self, wall: time, clock: Clock, now: datetime) -> None:
        self.wall, self.clock, self.now = wall, clock, now
        self.first = self.day = clock.first_day(wall, now)
        self.at = now
        self.told: list[Told] = []

    def wake(self, now: datetime) -> None:
        self.now = now
        if self.at > now:
            return
        found = step(self.wall, self.day, self.at, self.clock, now)
        assert found.next_at > now, "it would look again and again"
        assert found.next_day >= self.day, "dates only move on"
        self.told += [Told(came.day, now, self.clock, came.stale) for came in found.came]
        self.day, self.at = found.next_day, found.next_at

    def fly(self, zone: str) -> None:
        """The zone is another one from now on, and the reminder is looked at again."""
        self.clock, self.at = Clock(zone, self.clock.day_start, self.clock.quiet), self.now

    def check(self) -> None:
        """Every date once, in order, none before its moment."""
        assert [one.day for one in self.told] == [self.first + n * DAY for n in range(len(self.told))]
        assert self.day == self.first + len(self.told) * DAY
        for one in self.told:
            assert one.clock.moment(one.day, self.wall) <= one.now


@pytest.mark.parametrize(
    ("zone", "day", "wall", "expected"),
    [
        ("Europe/Berlin", date(2025, 3, 30), time(2, 30), utc(2025, 3, 30, 1, 30)),
        ("Europe/Berlin", date(2025, 10, 26), time(2, 30), utc(2025, 10, 26, 0, 30)),
        ("Australia/Lord_Howe", date(2025, 10, 5), time(2, 15), utc(2025, 10, 4, 15, 45)),
        ("Australia/Lord_Howe", date(2025, 4, 6), time(1, 45), utc(2025, 4, 5, 14, 45)),
        ("Antarctica/Troll", date(2025, 3, 30), time(2, 30), utc(2025, 3, 30, 2, 30)),
        ("Asia/Beirut", date(2024, 3, 31), time(0, 30), utc(2024, 3, 30, 22, 30)),
        ("Africa/Cairo", date(2024, 4, 26), time(0, 30), utc(2024, 4, 25, 22, 30)),
        ("America/Sao_Paulo", date(2018, 11, 4), time(0, 15), utc(2018, 11, 4, 3, 15)),
        ("America/Asuncion", date(2024, 10, 6), time(0, 10), utc(2024, 10, 6, 4, 10)),
        ("Pacific/Chatham", date(2025, 9, 28), time(3), utc(2025, 9, 27, 14, 15)),
        ("Africa/Casablanca", date(2025, 2, 23), time(2, 30), utc(2025, 2, 23, 1, 30)),
        ("Africa/Casablanca", date(2025, 4, 6), time(2, 30), utc(2025, 4, 6, 2, 30)),
        ("Pacific/Apia", date(2011, 12, 30), time(8), utc(2011, 12, 30, 18)),
        ("Pacific/Kiritimati", date(2026, 1, 1), time(0), utc(2025, 12, 31, 10)),
    ],
)
def test_gap_moves_forward_and_overlap_takes_the_first(zone: str, day: date, wall: time, expected: datetime) -> None:
    at = Clock(zone).moment(day, wall)
    assert at == expected
    walk = Walk(wall, Clock(zone), at - 6 * HOUR)
    for _ in range(36 * 4):
        walk.wake(walk.now + 15 * MINUTE)
    told = {one.day: one.now for one in walk.told}
    assert timedelta(0) <= told[day] - at < 15 * MINUTE
    walk.check()


def test_before_the_start_of_the_day_it_is_the_night_after() -> None:
    late = Clock("Europe/Berlin", 4)
    assert late.moment(date(2025, 3, 29), time(2, 30)) == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)
    assert late.moment(date(2025, 3, 29), time(4)) == datetime(2025, 3, 29, 3, tzinfo=UTC)
    at_one = datetime(2025, 5, 9, 23, tzinfo=UTC)
    assert late.first_day(time(2), at_one) == date(2025, 5, 9)
    assert late.first_day(time(8), at_one) == date(2025, 5, 10)


@settings(max_examples=500)
@given(zones, walls, day_starts, starts, st.lists(st.integers(1, 3_000), min_size=5, max_size=60))
def test_every_date_comes_once_however_the_planner_wakes(
    zone: str, wall: time, day_start: int, now: datetime, pauses: list[int]
) -> None:
    walk = Walk(wall, Clock(zone, day_start), now)
    for minutes in pauses:
        walk.wake(walk.now + minutes * MINUTE)
        assert walk.clock.moment(walk.day, wall) > walk.now, "nothing is left that has come"
    walk.check()
    assert all(one.stale == (one.now - walk.clock.moment(one.day, wall) > STALE) for one in walk.told)


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_with_both_clock_changes_has_each_of_its_dates(zone: str) -> None:
    for wall in (time(0), time(2, 30), time(23, 59)):
        walk = Walk(wall, Clock(zone), datetime(2025, 1, 1, 12, tzinfo=UTC))
        while len(walk.told) < 365:
            walk.wake(walk.at)
        walk.check()
        assert not any(one.stale for one in walk.told)


@settings(max_examples=500)
@given(st.lists(st.tuples(zones, st.integers(1, 100)), min_size=2, max_size=8), walls, day_starts, starts)
def test_flights_lose_and_double_no_date(
    legs: list[tuple[str, int]], wall: time, day_start: int, now: datetime
) -> None:
    walk = Walk(wall, Clock(legs[0][0], day_start), now)
    for zone, hours in legs:
        walk.fly(zone)
        for _ in range(hours):
            walk.wake(walk.now + HOUR)
    walk.check()
    assert not any(one.stale for one in walk.told), "a flight makes nothing late"


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("Pacific/Kiritimati", "Pacific/Marquesas"),
        ("Pacific/Marquesas", "Pacific/Kiritimati"),
        ("Europe/Berlin", "America/Los_Angeles"),
        ("America/Los_Angeles", "Asia/Tokyo"),
    ],
)
@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_over_the_date_line(here: str, there: str, hour: int) -> None:
    walk = Walk(time(8), Clock(here), datetime(2026, 5, 4, hour, tzinfo=UTC))
    for zone in (here, there, here):
        walk.fly(zone)
        for _ in range(48 * 2):
            walk.wake(walk.now + HOUR / 2)
    walk.check()
    assert len(walk.told) in (5, 6, 7)


@settings(max_examples=500)
@given(zones, walls, day_starts, starts, quiets)
def test_nothing_rings_in_quiet_hours_and_all_of_it_at_their_end(
    zone: str, wall: time, day_start: int, now: datetime, quiet: Quiet
) -> None:
    walk = Walk(wall, Clock(zone, day_start, quiet), now)
    for _ in range(25):
        walk.wake(max(walk.at, walk.now))
        looks = [one for one in walk.told if one.now == walk.now]
        assert not (looks and quiet.covers(wall_clock(walk.now, zone).time()))
    walk.check()
    assert not any(one.stale for one in walk.told)
    for one in walk.told:
        at = walk.clock.moment(one.day, wall)
        rings_then = not quiet.covers(wall_clock(at, zone).time())
        assert one.now - at <= (2 * HOUR if rings_then else DAY + 2 * HOUR)


@pytest.mark.parametrize(
    ("since", "until", "wall", "covered"),
    [
        (time(22), time(7), time(22), True),
        (time(22), time(7), time(6, 59), True),
        (time(22), time(7), time(7), False),
        (time(22), time(7), time(21, 59), False),
        (time(12), time(13), time(12, 30), True),
        (time(12), time(13), time(13), False),
        (time(12), time(13), time(3), False),
    ],
)
def test_quiet_hours_begin_at_their_first_and_end_before_their_last_minute(
    since: time, until: time, wall: time, covered: bool
) -> None:
    assert Quiet(since, until).covers(wall) is covered


def test_quiet_hours_end_in_the_morning_by_the_wall_clock() -> None:
    night = Quiet(time(22), time(7))
    before, after = datetime(2025, 3, 29, 22, tzinfo=UTC), datetime(2025, 3, 30, 3, tzinfo=UTC)
    for now in (before, after):
        assert night.end(now, "Europe/Berlin") == datetime(2025, 3, 30, 5, tzinfo=UTC)


def test_quiet_hours_that_end_in_a_gap_or_an_overlap_are_over_once() -> None:
    night = Quiet(time(22), time(2, 30))
    gap = datetime(2025, 3, 30, 0, 30, tzinfo=UTC)
    assert night.end(gap, "Europe/Berlin") == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)
    second_time = datetime(2025, 10, 26, 1, 10, tzinfo=UTC)  # 02:10 once more
    assert night.covers(wall_clock(second_time, "Europe/Berlin").time())
    assert night.end(second_time, "Europe/Berlin") == second_time + MINUTE


@settings(max_examples=500)
@given(zones, walls, day_starts, starts, st.integers(0, 30 * 24 * 60))
def test_after_a_stop_only_the_last_two_hours_still_ring(
    zone: str, wall: time, day_start: int, now: datetime, stop: int
) -> None:
    clock = Clock(zone, day_start)
    first = clock.first_day(wall, now)
    at = clock.moment(first, wall)
    later = at + stop * MINUTE
    found = step(wall, first, at, clock, later)
    assert [came.day for came in found.came if not came.stale] == [
        came.day for came in found.came if later - came.at <= STALE
    ]
    assert sum(not came.stale for came in found.came) <= 2  # a date the zone left out comes with the next one
    assert len(found.came) <= LONGEST_STOP_DAYS + 2
    days = [came.day for came in found.came]
    assert days == [found.next_day - ahead * DAY for ahead in range(len(days), 0, -1)]
    assert first in days or found.next_day - first > LONGEST_STOP_DAYS * DAY
    assert found.next_at > later
    assert clock.moment(found.next_day, wall) == found.next_at


def test_two_hours_are_in_time_and_a_second_more_is_not() -> None:
    clock, day = Clock("Etc/UTC"), date(2026, 5, 4)
    at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    for late, stale in ((STALE, False), (STALE + timedelta(seconds=1), True)):
        (came,) = step(time(8), day, at, clock, at + late).came
        assert (came.day, came.at, came.stale) == (day, at, stale)


LIVE = Facts(live=True, reminds=True, anyway=False, state=DayState.OPEN, paused=False, planned=True)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (LIVE, True),
        (LIVE._replace(live=False), False),
        (LIVE._replace(reminds=False), False),
        (LIVE._replace(live=False, anyway=True), False),
        (LIVE._replace(reminds=False, anyway=True), False),
        (LIVE._replace(state=None), False),
        (LIVE._replace(state=None, anyway=True), False),
        (LIVE._replace(state=None, planned=False), True),
        (LIVE._replace(planned=False, kept=True), False),
        (LIVE._replace(planned=False, kept=True, anyway=True), True),
        (LIVE._replace(paused=True), False),
        (LIVE._replace(paused=True, anyway=True), True),
        *((LIVE._replace(state=state), False) for state in DayState if state is not DayState.OPEN),
        *((LIVE._replace(state=state, anyway=True), True) for state in DayState),
    ],
)
def test_reminder_speaks_while_there_is_need(facts: Facts, says: bool) -> None:
    assert speaks(facts) is says


@pytest.mark.parametrize(
    ("one_time", "on", "day", "reminds"),
    [(True, None, 9, True), (True, 4, 9, False), (True, 4, 4, True), (False, 4, 3, False), (False, 4, 4, True)],
)
def test_reminder_date_of_a_goal(one_time: bool, on: int | None, day: int, reminds: bool) -> None:
    said, lived = date(2026, 5, on) if on else None, date(2026, 5, day)
    assert is_day_to_remind(one_time, said, lived, lived) is reminds


def test_reviews_that_wait_are_brought_to_mind_on_the_second_day_and_every_seventh() -> None:
    assert [days for days in range(30) if nudges(days * DAY + HOUR)] == [2, 7, 14, 21, 28]


@pytest.mark.parametrize(
    ("drafts", "problems"),
    [
        ((), []),
        ((ReminderDraft(time(8), -MOST_DAYS_BEFORE), ReminderDraft(time(8), MOST_DAYS_AFTER)), []),
        ((ReminderDraft(None),), [("reminders.0", "required")]),
        ((ReminderDraft(time(8), -MOST_DAYS_BEFORE - 1),), [("reminders.0", "out_of_range")]),
        ((ReminderDraft(time(8), MOST_DAYS_AFTER + 1),), [("reminders.0", "out_of_range")]),
        ((ReminderDraft(time(8)), ReminderDraft(time(8))), [("reminders.1", "said_twice")]),
        (
            tuple(ReminderDraft(time(8), days) for days in range(MOST_REMINDERS + 1)),
            [("reminders", "too_many")],
        ),
    ],
)
def test_problems_of_reminders(drafts: tuple[ReminderDraft, ...], problems: list[tuple[str, str]]) -> None:
    assert [(problem.field, problem.code) for problem in check_all(drafts)] == problems


@settings(max_examples=200)
@given(zones, walls, day_starts, starts)
def test_first_date_is_the_first_to_come(zone: str, wall: time, day_start: int, now: datetime) -> None:
    clock = Clock(zone, day_start)
    first = clock.first_day(wall, now)
    assert clock.moment(first, wall) > now >= clock.moment(first - DAY, wall)
    assert abs((first - local_day(now, zone, day_start)).days) <= 1
