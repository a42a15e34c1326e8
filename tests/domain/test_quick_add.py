"""One line becomes a goal, and nothing anybody types is lost or refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.goals import GoalDraft
from webapp.domain.quick_add import LONGEST_LINE, Part, parse
from webapp.domain.quick_add_dates import patterns
from webapp.domain.quick_add_words import ENGLISH, Language, Meaning
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, ScheduleDraft, due_dates, schedule_from
from webapp.domain.tracking import Direction

TODAY = date(2024, 5, 15)  # a Wednesday
AT_LEAST, AT_MOST = Direction.AT_LEAST, Direction.AT_MOST
WEEK, MONTH, ROLLING = QuotaPeriod
VOCABULARY = (
    "read 20 pages every weekday from Monday to 3 times a week each other sunday , and monthly on the 1st 31st last day"
    " of month by 14 December 2024-02-30 feb 29 2025 no more than 2 coffees per in days until next tomorrow 99999 0 x /"
    " once twice weekly year end İ ß \x00 \ud800 𝟛 ſunday 10,000 1.5 km -"
)
WORDS = st.sampled_from(VOCABULARY.split(" "))


@pytest.mark.parametrize(
    ("line", "title", "schedule", "aim"),
    [
        ("read 20 pages every weekday from Monday", "read",
         ScheduleDraft(Frequency.CUSTOM, (0, 1, 2, 3, 4), start=date(2024, 5, 20)), (AT_LEAST, 20, "pages")),
        ("gym 3 times a week", "gym", ScheduleDraft(Frequency.QUOTA, times=3, period=WEEK), None),
        ("call mum every Sunday", "call mum", ScheduleDraft(Frequency.WEEKLY, (6,)), None),
        ("pay rent monthly on the 1st", "pay rent", ScheduleDraft(Frequency.MONTHLY, start=date(2024, 6, 1)), None),
        ("finish thesis by 14 December", "finish thesis",
         ScheduleDraft(Frequency.ONE_TIME, until=date(2024, 12, 14)), None),
        ("no more than 2 coffees a day", "no more than 2 coffees",
         ScheduleDraft(Frequency.DAILY), (AT_MOST, 2, "coffees")),
        ("water plants every 3 days", "water plants",
         ScheduleDraft(Frequency.RULE, rule="FREQ=DAILY;INTERVAL=3"), None),
        ("meditate daily until 31 Jan", "meditate", ScheduleDraft(Frequency.DAILY, until=date(2025, 1, 31)), None),
    ],
)  # fmt: skip
def test_the_lines_people_type(line, title, schedule, aim):
    found = parse(line, TODAY)
    assert (found.title, found.schedule) == (title, schedule)
    assert ((found.direction, found.target, found.unit) if found.direction else None) == aim


@pytest.mark.parametrize(
    ("words", "frequency", "said"),
    [
        ("every day", Frequency.DAILY, {}),
        ("every morning", Frequency.DAILY, {}),
        ("on weekdays", Frequency.CUSTOM, {"days": (0, 1, 2, 3, 4)}),
        ("Mon-Fri", Frequency.CUSTOM, {"days": (0, 1, 2, 3, 4)}),
        ("every weekend", Frequency.CUSTOM, {"days": (5, 6)}),
        ("every Mon, Wed and Fri", Frequency.CUSTOM, {"days": (0, 2, 4)}),
        ("tue/thu", Frequency.CUSTOM, {"days": (1, 3)}),
        ("Sundays", Frequency.WEEKLY, {"days": (6,)}),
        ("weekly on Thursday", Frequency.WEEKLY, {"days": (3,)}),
        ("weekly", Frequency.WEEKLY, {}),
        ("every other week", Frequency.BIWEEKLY, {}),
        ("fortnightly", Frequency.BIWEEKLY, {}),
        ("every other Tuesday", Frequency.BIWEEKLY, {"days": (1,), "start": date(2024, 5, 21)}),
        ("every 2 weeks on Monday", Frequency.BIWEEKLY, {"days": (0,), "start": date(2024, 5, 20)}),
        ("every 3 weeks on Mon and Thu", Frequency.RULE,
         {"rule": "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH", "start": date(2024, 5, 16)}),
        ("every third Sunday of the month", Frequency.RULE, {"rule": "FREQ=MONTHLY;BYDAY=3SU"}),
        ("every last Friday", Frequency.RULE, {"rule": "FREQ=MONTHLY;BYDAY=-1FR"}),
        ("monthly on the first Monday", Frequency.RULE, {"rule": "FREQ=MONTHLY;BYDAY=1MO"}),
        ("every second Monday", Frequency.BIWEEKLY, {"days": (0,), "start": date(2024, 5, 20)}),
        ("on the last day of every month", Frequency.RULE, {"rule": "FREQ=MONTHLY;BYMONTHDAY=-1"}),
        ("on the 1st and 15th of each month", Frequency.RULE, {"rule": "FREQ=MONTHLY;BYMONTHDAY=1,15"}),
        ("every month on the 30th", Frequency.RULE, {"rule": "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"}),
        ("every 2nd day", Frequency.RULE, {"rule": "FREQ=DAILY;INTERVAL=2"}),
        ("quarterly", Frequency.RULE, {"rule": "FREQ=MONTHLY;INTERVAL=3"}),
        ("every month", Frequency.MONTHLY, {}),
        ("every year on 29 February", Frequency.YEARLY, {"start": date(2028, 2, 29)}),
        ("once a week", Frequency.QUOTA, {"times": 1, "period": WEEK}),
        ("3x/week", Frequency.QUOTA, {"times": 3, "period": WEEK}),
        ("five times per month", Frequency.QUOTA, {"times": 5, "period": MONTH}),
        ("twice a year", Frequency.QUOTA, {"times": 2, "period": ROLLING, "length": 365}),
        ("2 times in 10 days", Frequency.QUOTA, {"times": 2, "period": ROLLING, "length": 10}),
        ("once every two weeks", Frequency.QUOTA, {"times": 1, "period": ROLLING, "length": 14}),
        ("tomorrow", Frequency.ONE_TIME, {"until": date(2024, 5, 16)}),
        ("on 3 June", Frequency.ONE_TIME, {"until": date(2024, 6, 3)}),
        ("in 2 weeks", Frequency.ONE_TIME, {"until": date(2024, 5, 29)}),
    ],
)  # fmt: skip
def test_what_a_schedule_may_be_called(words, frequency, said):
    found = parse(f"Jog {words}", TODAY)
    assert (found.title, found.schedule) == ("Jog", ScheduleDraft(frequency, **said))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2024-12-01", date(2024, 12, 1)),
        ("1 May", date(2025, 5, 1)),
        ("May 15", TODAY),
        ("the 2nd of June, 2025", date(2025, 6, 2)),
        ("Sept 3rd", date(2024, 9, 3)),
        ("29 Feb", date(2028, 2, 29)),
        ("today", TODAY),
        ("Wednesday", TODAY),
        ("next Wednesday", date(2024, 5, 22)),
        ("in 3 days", date(2024, 5, 18)),
        ("in nine months", date(2025, 2, 15)),
        ("the 14th", date(2024, 6, 14)),
        ("the 31st", date(2024, 5, 31)),
        ("end of week", date(2024, 5, 19)),
        ("the end of the month", date(2024, 5, 31)),
        ("end of year", date(2024, 12, 31)),
        ("next month", date(2024, 6, 1)),
    ],
)
def test_what_a_date_may_be_called(said, expected):
    assert parse(f"Essay by {said}", TODAY).schedule == ScheduleDraft(Frequency.ONE_TIME, until=expected)
    assert parse(f"Essay daily from {said}", TODAY).schedule == ScheduleDraft(Frequency.DAILY, start=expected)


def test_a_week_ends_where_the_person_says():
    assert parse("Essay by end of week", TODAY, week_start=6).schedule.until == date(2024, 5, 18)
    assert parse("Essay every other day", TODAY, week_start=6).schedule.week_start == 6


def test_an_end_without_a_year_is_the_next_after_the_start():
    found = parse("Swim daily from 1 February until 31 January", TODAY).schedule
    assert (found.start, found.until) == (date(2025, 2, 1), date(2026, 1, 31))
    assert parse("Rent monthly on the 5th from August", TODAY).title == "Rent from August"
    assert parse("Rent monthly on the 5th from 10 August", TODAY).schedule.start == date(2024, 9, 5)
    far = TODAY + timedelta(days=3_659)
    assert parse(f"Rent monthly on the {far.day - 1}th from {far}", TODAY).schedule.start == far


@pytest.mark.parametrize(
    ("line", "title", "aim"),
    [
        ("Drink 8 glasses of water a day", "Drink water", (AT_LEAST, 8, "glasses")),
        ("Run 10,000 steps daily", "Run", (AT_LEAST, 10_000, "steps")),
        ("Practise 30min daily", "Practise", (AT_LEAST, 30, "min")),
        ("Cycle at least 1.5 km daily", "Cycle", (AT_LEAST, Decimal("1.5"), "km")),
        ("Brush teeth twice a day", "Brush teeth", (AT_LEAST, 2, "times")),
        ("Smoke at most 3 a day", "Smoke", (AT_MOST, 3, "")),
        ("Coffee max 1 Cup daily", "Coffee", (AT_MOST, 1, "Cup")),
        ("Write two Letters weekly", "Write", (AT_LEAST, 2, "Letters")),
    ],
)
def test_amounts(line, title, aim):
    found = parse(line, TODAY)
    assert (found.title, (found.direction, found.target, found.unit)) == (title, aim)


@pytest.mark.parametrize(
    "line",
    [
        "Finish 2024 reports",
        "Plan a day off",
        "Read Catch-22",
        "Train at 7:30 hours",
        "March against hunger",
        "Sun salutation",
        "Read part 1 again",
        "Pay by 31 February",
        "Essay by 2023-01-01",
        "Move house by 2060-01-01",
        "Jog every 0 days",
        "Jog every 9999 days",
    ],
)
def test_what_makes_no_sense_stays_in_the_title(line):
    found = parse(line, TODAY)
    assert found.title == line
    assert (found.schedule, found.direction, found.understood) == (ScheduleDraft(Frequency.ONE_TIME), None, ())


def test_once_a_day_is_a_tick():
    found = parse("Pray once a day", TODAY)
    assert (found.title, found.schedule.frequency, found.direction) == ("Pray", Frequency.DAILY, None)


def test_pieces_are_shown_as_they_were_typed():
    line = "İ Read 20 Pages  EVERY Weekday, from MONDAY!"
    found = parse(line, TODAY)
    assert [(piece.part, piece.text) for piece in found.understood] == [
        (Part.AMOUNT, "20 Pages"),
        (Part.SCHEDULE, "EVERY Weekday"),
        (Part.START, "from MONDAY"),
    ]
    assert all(line[piece.first : piece.end] == piece.text for piece in found.understood)
    assert found.title == "İ Read , !"


def test_a_line_understood_whole_is_its_own_title():
    assert parse("every day", TODAY).title == "every day"
    assert parse("20 pages every day", TODAY).title == "20 pages"
    assert parse("   ", TODAY).title == ""


def test_a_very_long_line_is_only_a_title():
    line = "walk daily " + "x" * LONGEST_LINE
    assert parse(line, TODAY).understood == ()
    assert parse(line, TODAY).title == line


def test_another_language_is_a_table():
    dutch = Language(
        weekdays={"maandag": 0}, months={"mei": 5}, numbers={"twee": 2}, ordinals={"eerste": 1}, times={"eenmaal": 1},
        spans={"dag": "day"}, units=frozenset({"bladzijden"}), no_units=frozenset(), plural_ending="en",
        times_unit="keer", fragments={}, dates=(),
        phrases=((Meaning.DAILY, "elke dag"), (Meaning.AMOUNT, "(?P<number>{number}) (?P<unit>{word})")),
    )  # fmt: skip
    found = parse("Lees twee bladzijden elke dag", TODAY, language=dutch)
    assert (found.title, found.schedule.frequency, found.unit) == ("Lees", Frequency.DAILY, "bladzijden")


def test_every_meaning_has_an_english_phrase():
    assert {meaning for meaning, _ in ENGLISH.phrases} == set(Meaning)
    assert len(patterns(ENGLISH).dates) == len(ENGLISH.dates)


lines = st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=80)


@given(lines, st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.integers(0, 6))
def test_no_line_raises_and_whatever_is_understood_can_be_saved(line, today, week_start):
    found = parse(line, today, week_start)
    assert found.schedule.check() == []
    draft = GoalDraft(
        title=found.title, schedule=found.schedule, direction=found.direction, target=found.target, unit=found.unit
    )
    assert {problem.field for problem in draft.check()} <= {"title"}
    made = schedule_from(found.schedule, today=today)
    assert len(due_dates(made, today, today + timedelta(days=30))) <= 31


@given(lines)
def test_the_title_holds_nothing_that_was_not_typed_and_keeps_all_that_was_not_understood(line):
    found = parse(line, TODAY)
    left = line
    for piece in reversed(found.understood):
        assert left[piece.first : piece.end] == piece.text
        left = left[: piece.first] + " " + left[piece.end :]
    kept = [word.strip(" ,;:–—-") for word in left.replace("\x00", " ").split()]
    for word in kept:
        assert word in found.title
    assert all(word in line for word in found.title.split())
