"""What a mood may say, and what many of them come to (domain rules §8)."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain import moods
from webapp.domain.days import LATEST_DAY, instant_of, local_day, wall_clock, week_containing
from webapp.domain.moods import MoodDraft, Point

NOW = datetime(2026, 3, 10, 12, 34, 56, tzinfo=UTC)
BERLIN = "Europe/Berlin"
MONDAY = date(2026, 3, 2)

days_of_life = st.dates(date(2023, 12, 25), date(2024, 3, 5))
day_values = st.dictionaries(days_of_life, st.integers(2, 10).map(lambda half: Decimal(half) / 2), max_size=40)
levels = st.lists(st.sampled_from([None, 1, 2, 3, 4, 5]), max_size=30)
few = settings(max_examples=40)


def problems_of(**said):
    return [(problem.field, problem.code) for problem in MoodDraft(**{"label": "a", **said}).check(NOW, BERLIN)]


# Drafts.


@pytest.mark.parametrize(
    ("said", "problems"),
    [
        ({}, []),
        ({"label": ""}, [("label", "required")]),
        ({"day": date(2026, 3, 10)}, []),
        ({"day": date(2026, 3, 11)}, [("day", "in_future")]),
        ({"day": date(2026, 3, 11), "wall": time(0)}, [("day", "in_future")]),
        ({"wall": time(13, 34)}, []),
        ({"wall": time(13, 35)}, [("wall", "in_future")]),
        ({"day": date(2026, 3, 10), "wall": time(23)}, [("wall", "in_future")]),
        ({"day": date(2026, 3, 9), "wall": time(23)}, []),
        ({"day": date(1900, 1, 2)}, []),
        ({"day": date(1900, 1, 1)}, [("day", "out_of_range")]),  # the day lived could be one that no page shows
        ({"day": LATEST_DAY + timedelta(days=1)}, [("day", "out_of_range")]),
        ({"energy": 1}, []),
        ({"energy": 5}, []),
        ({"energy": 0}, [("energy", "out_of_range")]),
        ({"energy": 6}, [("energy", "out_of_range")]),
        ({"note": "x" * 10_000}, []),
        ({"note": "x" * 10_001}, [("note", "too_long")]),
        ({"note": "\0"}, [("note", "unusable_characters")]),
        ({"new_reasons": ("x" * 60, "  ", "")}, []),
        ({"new_reasons": ("x" * 61, "y" * 61)}, [("new_reasons", "too_long")]),
        ({"new_reasons": ("\ud83d",)}, [("new_reasons", "unusable_characters")]),
        ({"reasons": tuple("abcdefghij" * 4), "new_reasons": tuple("abcdefghij")}, []),
        ({"reasons": tuple("abcdefghij" * 5), "new_reasons": ("one more",)}, [("reasons", "too_many_reasons")]),
        (
            {"label": "", "day": date(2027, 1, 1), "energy": 9, "note": "\0"},
            [("label", "required"), ("day", "in_future"), ("energy", "out_of_range"), ("note", "unusable_characters")],
        ),
    ],
)
def test_every_problem_of_a_mood_is_told(said, problems):
    assert problems_of(**said) == problems


@pytest.mark.parametrize(
    ("said", "zone", "moment"),
    [
        ({}, BERLIN, NOW),
        ({"day": date(2026, 3, 10)}, BERLIN, NOW),
        ({"day": date(2026, 3, 9)}, BERLIN, datetime(2026, 3, 9, 11, tzinfo=UTC)),
        ({"wall": time(8, 15)}, BERLIN, datetime(2026, 3, 10, 7, 15, tzinfo=UTC)),
        ({"day": date(2025, 7, 1), "wall": time(8)}, BERLIN, datetime(2025, 7, 1, 6, tzinfo=UTC)),
        ({"day": date(2025, 3, 30), "wall": time(2, 30)}, BERLIN, datetime(2025, 3, 30, 1, 30, tzinfo=UTC)),
        ({"day": date(2025, 10, 26), "wall": time(2, 30)}, BERLIN, datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),
        ({"wall": time(1)}, "Pacific/Kiritimati", datetime(2026, 3, 10, 11, tzinfo=UTC)),
        ({"day": date(2026, 3, 11)}, "Pacific/Kiritimati", NOW),
    ],
)
def test_a_moment_is_read_from_the_wall(said, zone, moment):
    assert MoodDraft("a", **said).moment(NOW, zone) == moment


def test_an_edit_that_names_the_same_minute_leaves_the_moment_alone():
    stood = datetime.combine(date(2026, 3, 9), time(8, 15, 42))
    assert MoodDraft("a").on(stood).says(stood)
    assert MoodDraft("a", date(2026, 3, 9), time(8, 15)).on(stood).says(stood)
    assert MoodDraft("a", date(2026, 3, 8)).on(stood) == MoodDraft("a", date(2026, 3, 8), time(8, 15, 42))
    assert not MoodDraft("a", date(2026, 3, 8)).on(stood).says(stood)
    assert not MoodDraft("a", wall=time(8, 16)).on(stood).says(stood)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue", "Asia/Kathmandu", "Europe/Berlin"])
def test_a_wall_clock_and_its_instant_agree(zone):
    wall = wall_clock(NOW, zone)
    assert (wall.tzinfo, wall.date()) == (None, local_day(NOW, zone))
    assert instant_of(wall.date(), wall.time(), zone) == NOW
    ends = [wall_clock(end.replace(tzinfo=UTC), zone) for end in (datetime.min, datetime.max)]  # noqa: DTZ901
    assert [end.year for end in ends] == [1, 9999]
    with pytest.raises(ValueError, match="zone"):
        wall_clock(wall, zone)


def test_names_are_tidied_and_each_is_once():
    assert moods.names_meant(["  sunny\tday ", "Work", "work", "", " ", "Cafe\u0301"]) == (
        "sunny day",
        "Work",
        "Caf\u00e9",
    )
    assert [problem.code for problem in moods.name_problems("name", "")] == ["required"]
    assert [level for level in (None, 0, 1, 5, 6) if moods.level_problems("level", level)] == [0, 6]


# Levels.


def test_a_distribution_knows_all_five_levels_the_best_first():
    counts = moods.distribution([(4, 2), (None, 7), (1, 1), (4, 1)])
    assert list(counts.items()) == [(5, 0), (4, 3), (3, 0), (2, 0), (1, 1)]


@pytest.mark.parametrize(
    ("logged", "median", "mean"),
    [
        ([], None, None),
        ([None, None], None, None),
        ([3], 3, "3"),
        ([5, 1, 1], 1, "2.333333333333333333333333333"),
        ([1, 2], 1, "1.5"),  # between two levels: the lower
        ([2, 2, 5, 5], 2, "3.5"),
        ([5, None, 4, 5], 5, "4.666666666666666666666666667"),
    ],
)
def test_median_and_mean_of_levels(logged, median, mean):
    counts = moods.distribution((level, 1) for level in logged)
    assert moods.median(counts) == median
    assert moods.mean(counts) == moods.day_value(logged) == (None if mean is None else Decimal(mean))


@few
@given(levels, st.randoms())
def test_order_and_unknown_labels_never_matter(logged, chance):
    shuffled = [*logged, None]
    chance.shuffle(shuffled)
    counts = moods.distribution((level, 1) for level in shuffled)
    assert counts == moods.distribution((level, 1) for level in logged)
    assert moods.day_value(shuffled) == moods.day_value(logged)


@few
@given(levels.filter(lambda logged: any(logged)))
def test_the_median_is_a_level_somebody_logged_with_half_on_each_side(logged):
    rated = [level for level in logged if level is not None]
    median = moods.median(moods.distribution((level, 1) for level in logged))
    assert median in rated
    assert sum(level <= median for level in rated) * 2 >= len(rated)
    assert sum(level < median for level in rated) * 2 < len(rated)
    assert min(rated) <= moods.day_value(logged) <= max(rated)


# Days.


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (date(2026, 1, 31), date(2026, 2, 1)),
        (date(2024, 2, 28), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2024, 3, 1)),
        (date(2025, 2, 28), date(2025, 3, 1)),
        (date(2025, 12, 31), date(2026, 1, 1)),
        (date(2025, 3, 30), date(2025, 3, 31)),  # a night in which the clocks change
    ],
)
def test_days_are_adjacent_over_the_ends_of_months_and_years(before, after):
    assert moods.stability({after: Decimal(1), before: Decimal(4)}) == 3


def test_stability_is_the_mean_change_between_adjacent_days_only():
    days = {date(2026, 3, day): Decimal(value) for day, value in ((1, 3), (2, 5), (3, 4), (5, 1), (9, 1), (10, 2))}
    assert moods.stability(days) == Decimal(4) / 3  # |5-3|, |4-5|, |2-1|; nothing across the gaps
    assert moods.adjacent_days(days) == 3
    assert moods.stability({date(2026, 3, 1): Decimal(3), date(2026, 3, 3): Decimal(5)}) is None
    assert moods.stability({date.min: Decimal(1), date.max: Decimal(5)}) is None


@few
@given(day_values, st.randoms())
def test_no_figure_of_days_depends_on_the_order_they_came_in(days, chance):
    items = list(days.items())
    chance.shuffle(items)
    shuffled = dict(items)
    assert moods.stability(shuffled) == moods.stability(days)
    assert moods.by_weekday(shuffled) == moods.by_weekday(days)
    first, last = date(2023, 12, 25), date(2024, 3, 5)
    assert moods.trend(shuffled, first, last) == moods.trend(days, first, last)


@few
@given(day_values)
def test_a_day_between_two_gaps_changes_no_stability(days):
    lonely = max(days, default=MONDAY) + timedelta(days=2)
    assert moods.stability({**days, lonely: Decimal(5)}) == moods.stability(days)


def test_weekdays_begin_on_monday():
    days = {MONDAY: Decimal(2), MONDAY + timedelta(days=7): Decimal(3), MONDAY + timedelta(days=6): Decimal(5)}
    assert moods.by_weekday(days) == (Decimal("2.5"), None, None, None, None, None, Decimal(5))


# The trend.


def test_the_trend_of_up_to_92_days_has_a_point_a_day_and_keeps_its_gaps():
    first, last = date(2026, 1, 1), date(2026, 4, 2)
    days = {first: Decimal(2), date(2026, 1, 3): Decimal(4), date(2025, 12, 31): Decimal(1)}
    points = moods.trend(days, first, last)
    assert len(points) == 92
    assert points[:4] == [
        Point(first, first, Decimal(2)),
        Point(date(2026, 1, 2), date(2026, 1, 2), None),
        Point(date(2026, 1, 3), date(2026, 1, 3), Decimal(4)),
        Point(date(2026, 1, 4), date(2026, 1, 4), None),
    ]


@pytest.mark.parametrize("week_start", [0, 6])
def test_a_longer_trend_goes_by_the_persons_weeks(week_start):
    first, last = date(2026, 1, 1), date(2026, 4, 3)
    days = {date(2026, 1, 1): Decimal(2), date(2026, 1, 2): Decimal(3), date(2026, 4, 4): Decimal(1)}
    points = moods.trend(days, first, last, week_start)
    assert points[0] == Point(first, week_containing(first, week_start)[1], Decimal("2.5"))
    assert points[1].first.weekday() == week_start
    assert {point.mean for point in points[1:]} == {None}
    assert points[-1].last == last


def test_a_trend_of_over_three_years_goes_by_months():
    first, last = date(2023, 1, 15), date(2026, 2, 3)
    points = moods.trend({date(2024, 2, 29): Decimal(4), last: Decimal(1)}, first, last)
    assert [points[0].first, points[0].last, points[1].first] == [first, date(2023, 1, 31), date(2023, 2, 1)]
    assert [point for point in points if point.mean] == [
        Point(date(2024, 2, 1), date(2024, 2, 29), Decimal(4)),
        Point(date(2026, 2, 1), last, Decimal(1)),
    ]


@few
@given(day_values, days_of_life, st.integers(0, 1_500), st.integers(0, 6))
def test_every_day_of_the_range_is_in_exactly_one_point(days, first, length, week_start):
    last = first + timedelta(days=length)
    points = moods.trend(days, first, last, week_start)
    assert (points[0].first, points[-1].last) == (first, last)
    assert all(later.first - earlier.last == timedelta(days=1) for earlier, later in pairwise(points))
    for point in points:
        within = [value for day, value in days.items() if point.first <= day <= point.last]
        assert point.mean == (sum(within) / len(within) if within else None)


def test_the_calendar_ends_without_a_fault():
    assert moods.trend({date.max: Decimal(3)}, date(9999, 12, 30), date.max)[-1] == Point(date.max, date.max, 3)
    for before in (120, 1_500):
        first = date.max - timedelta(days=before)
        assert moods.trend({date.max: Decimal(3)}, first, date.max)[-1].mean == 3
    assert moods.trend({}, date(2026, 1, 2), date(2026, 1, 1)) == []


# What programs say.


def test_an_instant_is_taken_as_it_is_said() -> None:
    second_time = datetime(2025, 10, 26, 1, 30, 15, 250, tzinfo=UTC)
    draft = MoodDraft(label="a", at=second_time)
    assert draft.moment(NOW, BERLIN) == second_time
    assert draft.on(wall_clock(NOW, BERLIN)) is draft
    assert not draft.says(wall_clock(second_time, BERLIN))
    assert problems_of(at=NOW) == []
    assert problems_of(at=NOW + timedelta(microseconds=1)) == [("wall", "in_future")]
    assert problems_of(at=NOW + timedelta(days=1)) == [("day", "in_future")]
    assert problems_of(at=datetime(1, 1, 1, tzinfo=UTC)) == [("day", "out_of_range")]
    assert problems_of(at=NOW, reasons_said="x" * 10_001) == [("reasons", "too_long")]


@pytest.mark.parametrize(
    ("said", "names", "kept"),
    [
        *((None, (), ""), ("  ", (), ""), ([], (), ""), ("rain", ("rain",), "")),
        *((["Rain", "rain "], ("Rain",), ""), ({"é": 1}, (), '{"é": 1}'), (0, (), "0"), (False, (), "false")),
        *(([""], (), '[""]'), ("x" * 61, (), f'["{"x" * 61}"]'), (["a", None], (), '["a", null]')),
    ],
)
def test_reasons_are_names_or_kept(said: object, names: tuple[str, ...], kept: str) -> None:
    assert moods.reasons_meant(said) == (names, kept)


@pytest.mark.parametrize(
    ("said", "short"),
    [
        *(("", ""), ("{}", ""), ('{"why": ["rain", {"how": 3}], "so": null}', "why: rain, how: 3, so: ")),
        *(
            ("[null, false, 1.5]", "false, 1.5"),
            ('[[[[["deep"]]]]]', '[["deep"]]'),
            ('["' + "x" * 200 + '"]', "x" * 119 + "…"),
        ),
    ],
)
def test_kept_reasons_are_shown_in_short(said: str, short: str) -> None:
    assert moods.reasons_in_short(said) == short
