"""The journal read: what a page shows is what was logged, by its person only, in few statements."""

import random
from datetime import date, time
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from tests import make
from tests.benchmarks.statements import counted
from webapp.actions import moods as actions
from webapp.actions import palette
from webapp.domain import moods as rules
from webapp.domain.days import days_between
from webapp.domain.errors import NotFound
from webapp.models import Mood, MoodLabel, MoodReason
from webapp.queries import moods
from webapp.queries.mood_statistics import statistics
from webapp.queries.moods import DayMood
from webapp.queries.sealing import SealBroken
from webapp.queries.today import own_words

EVER = (date.min, date.max)


@pytest.fixture
def ada(session):
    return make.viewer(session, make.person(session))


@pytest.fixture
def bea(session):
    return make.viewer(session, make.person(session, "Bea"))


@pytest.fixture
def odd(session, ada):
    """The address of a label without a level."""
    return palette.add_label(session, ada, "Odd", None).public_id


def ids(found):
    return [mood.id for mood in found]


def statements(session, act):
    with counted(session.get_bind()) as said:
        act()
    return len(said)


# Reading moods.


def test_moods_come_newest_first_within_their_range_and_limit(session, ada, bea):
    noon, early, late = (make.mood(session, ada, day=make.days_ago(2), wall=time(hour)) for hour in (12, 6, 18))
    old, new = make.mood(session, ada, day=make.days_ago(9)), make.mood(session, ada)
    make.mood(session, bea)
    actions.delete(session, ada, make.mood(session, ada, day=make.days_ago(3)))
    ordered = [mood.public_id for mood in (new, late, noon, early, old)]
    assert ids(moods.logged(session, ada, *EVER)) == ordered
    assert ids(moods.logged(session, ada, make.days_ago(9), make.days_ago(2), limit=2)) == ordered[1:3]
    assert ids(moods.logged(session, ada, make.days_ago(9), make.days_ago(9))) == [old.public_id]
    assert moods.logged(session, ada, make.days_ago(8), make.days_ago(3)) == []


def test_two_statements_open_any_number_of_moods(session, ada):
    assert statements(session, lambda: moods.logged(session, ada, *EVER)) <= 2
    for number in range(5):
        make.mood(session, ada, day=make.days_ago(number), note=str(number), reasons=("Work", f"reason {number}"))
    assert statements(session, lambda: moods.logged(session, ada, *EVER)) <= 2
    told = moods.logged(session, ada, *EVER)
    assert [mood.note for mood in told] == ["0", "1", "2", "3", "4"]
    assert [[reason.name for reason in mood.reasons] for mood in told][3] == ["Work", "reason 3"]


def test_today_is_read_in_one_statement_and_keeps_notes_closed(session, ada):
    morning = make.mood(session, ada, 2, make.TODAY, wall=time(8), note="secret", reasons=("Work",))
    noon = make.mood(session, ada, 5)
    make.mood(session, ada, day=make.days_ago(1))
    session.execute(update(Mood).where(Mood.note.is_not(None)).values(note=b"broken"))
    today = own_words(session, ada).felt
    assert ids(today) == [noon.public_id, morning.public_id]
    assert [(mood.label.level, mood.note, mood.reasons) for mood in today] == [(5, "", ()), (2, "", ())]
    assert statements(session, lambda: own_words(session, ada)) == 1


def test_a_day_is_the_mean_of_its_levels(session, ada, bea, odd):
    for level in (5, 4, 4):
        make.mood(session, ada, level, make.days_ago(1))
    make.mood(session, ada, day=make.days_ago(1), label=odd)
    make.mood(session, ada, day=make.days_ago(3), label=odd)
    make.mood(session, bea, 1, make.days_ago(1))
    actions.delete(session, ada, make.mood(session, ada, 1, make.days_ago(1)))
    assert moods.days_of(session, ada, make.days_ago(9), make.TODAY) == {
        make.days_ago(3): DayMood(None, 1, 1),
        make.days_ago(1): DayMood(Decimal(13) / 3, 4, 1),
    }
    assert statements(session, lambda: moods.days_of(session, ada, *EVER)) == 1
    assert (moods.first_day(session, ada), moods.first_day(session, bea)) == (make.days_ago(3), make.days_ago(1))


def test_the_first_day_of_nobody_is_none(session, ada):
    actions.delete(session, ada, make.mood(session, ada))
    assert moods.first_day(session, ada) is None


def test_a_palette_shows_what_is_not_hidden(session, ada, bea):
    make.mood(session, ada, reasons=("Work", "Sun"))
    make.mood(session, bea, reasons=("Rain",))
    work, _ = moods.reasons_of(session, ada)
    palette.hide_reason(session, ada, work.id)
    palette.hide_label(session, ada, make.label(session, ada, 3).public_id)
    shown, everything = moods.palette_of(session, ada), moods.palette_of(session, ada, hidden=True)
    assert [label.level for label in shown.labels] == [5, 4, 2, 1]
    assert [(label.level, label.hidden) for label in everything.labels][2] == (3, True)
    assert [reason.name for reason in shown.reasons] == ["Sun"]
    assert [(reason.name, reason.hidden) for reason in everything.reasons] == [("Work", True), ("Sun", False)]


@pytest.mark.parametrize("address", ["", "\0", "0" * 24, "é" * 24])
def test_what_is_no_address_finds_nothing(session, ada, address):
    for find in (moods.find, moods.find_deleted):
        with pytest.raises(NotFound):
            find(session, ada, address)


# Broken seals.


@pytest.mark.parametrize(
    ("model", "column"), [(Mood, "note"), (MoodLabel, "name"), (MoodReason, "name")], ids=["note", "label", "reason"]
)
def test_words_swapped_between_people_open_for_neither(session, ada, bea, model, column):
    found = {}
    for viewer in (ada, bea):
        label = palette.add_label(session, viewer, "Grey", 2)
        found[viewer.id] = make.mood(session, viewer, label=label.public_id, note="Mine", reasons=("Work",))
    cell = getattr(model, column)
    first, second = session.execute(select(model.id, cell).where(cell.is_not(None)).order_by(model.id)).all()
    for row, sealed in ((first, second[1]), (second, first[1])):
        session.execute(update(model).where(model.id == row.id).values({column: sealed}))
    for viewer in (ada, bea):
        for read in (
            lambda viewer=viewer: moods.logged(session, viewer, *EVER),
            lambda viewer=viewer: moods.opened(session, viewer, found[viewer.id]),
        ):
            with pytest.raises(SealBroken):
                read()


# Statistics.


def test_statistics_are_what_the_moods_come_to(session, ada, bea, odd):
    chance = random.Random(8)
    told = {}
    for day in days_between(make.days_ago(40), make.TODAY):
        for _ in range(chance.choice((0, 1, 1, 3))):
            level = chance.choice((None, 1, 2, 3, 4, 5))
            more = {"label": odd} if level is None else {"level": level}
            energy, reasons = chance.choice((None, 1, 5)), chance.choice(((), ("Work",), ("Work", "Sun")))
            make.mood(session, ada, day=day, energy=energy, reasons=reasons, wall=time(9), **more)
            told.setdefault(day, []).append((level, energy, reasons))
    actions.delete(session, ada, make.mood(session, ada, 1, reasons=("Work",)))
    make.mood(session, bea, 1, reasons=("Work",))
    first, last = make.days_ago(35), make.days_ago(2)
    within = {day: moods for day, moods in told.items() if first <= day <= last}
    all_of = [mood for moods in within.values() for mood in moods]
    values = {day: value for day, moods in within.items() if (value := rules.day_value(mood[0] for mood in moods))}
    counts = rules.distribution((level, 1) for level, _, _ in all_of)

    found = statistics(session, ada, first, last)
    assert (found.days_logged, found.total) == (len(within), len(all_of))
    assert found.unrated == sum(level is None for level, _, _ in all_of) > 0
    assert found.by_level == counts
    assert [(label.name, label.level, count) for label, count in found.by_label] == [
        *(("", level, count) for level, count in counts.items()),
        ("Odd", None, found.unrated),
    ]
    assert (found.median, found.mean) == (rules.median(counts), rules.mean(counts))
    assert (found.stability, found.adjacent_days) == (rules.stability(values), rules.adjacent_days(values))
    assert found.by_weekday == rules.by_weekday(values)
    assert found.trend == rules.trend(values, first, last)
    assert [(one.reason.name, one.count, one.mean) for one in found.reasons] == [
        (name, *_tally(level for level, _, reasons in all_of if name in reasons)) for name in ("Work", "Sun")
    ]
    assert [(one.energy, one.count, one.mean) for one in found.by_energy] == [
        (energy, *_tally(level for level, given, _ in all_of if given == energy)) for energy in (1, 5)
    ]


def test_statistics_cost_as_many_statements_for_a_full_life_as_for_an_empty_one(session, ada, odd):
    def act():
        statistics(session, ada, make.days_ago(4_000), make.TODAY)

    empty = statements(session, act)
    for number in range(10):
        make.mood(session, ada, day=make.days_ago(number * 7), reasons=("Work", f"reason {number}"), note="x")
    session.execute(update(Mood).values(note=b"broken"))
    assert statements(session, act) == empty <= 5


def test_statistics_of_nothing_are_empty_and_honest(session, ada, odd):
    make.mood(session, ada, label=odd, reasons=("Work",), energy=3)
    found = statistics(session, ada, make.days_ago(2), make.TODAY)
    assert (found.days_logged, found.total, found.unrated) == (1, 1, 1)
    assert (found.median, found.mean, found.stability, found.adjacent_days) == (None, None, None, 0)
    assert [point.mean for point in found.trend] == [None] * 3
    assert (found.reasons[0].count, found.reasons[0].mean, found.by_energy[0].mean) == (1, None, None)
    nothing = statistics(session, ada, make.days_ago(9), make.days_ago(8))
    assert (nothing.total, nothing.by_label, nothing.reasons, nothing.by_energy) == (0, [], [], [])


def _tally(levels):
    levels = list(levels)
    return len(levels), rules.day_value(levels)
