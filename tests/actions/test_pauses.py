"""Pauses: rows know them, what is due leaves them out, and taking one back leaves everything as it was."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY, days_ago
from webapp.actions import entries, pauses
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.goals import Lifecycle
from webapp.domain.pauses import Pause
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, EntryDraft
from webapp.queries import days
from webapp.queries import pauses as queries
from webapp.queries.goals import find

DAY = timedelta(days=1)


@pytest.fixture
def ada(session):
    return make.viewer(session, make.person(session))


def resting(session, goal):
    return [day for day, row in make.rows(session, goal).items() if row.paused]


def test_nothing_is_due_in_a_pause_of_everything(session, ada):
    walk, read = make.goal(session, ada), make.goal(session, ada, "Read")
    other = make.viewer(session, make.person(session, "Bea"))
    theirs = make.goal(session, other)
    pauses.plan(session, ada, Pause(TODAY, TODAY + 2 * DAY))
    assert resting(session, walk) == resting(session, read) == [TODAY, TODAY + DAY, TODAY + 2 * DAY]
    assert resting(session, theirs) == []
    assert days.due_today(session, ada) == []
    assert len(days.due_today(session, other)) == 1
    row, tally = days.one_today(session, ada, walk.public_id)
    assert (row.paused, tally) == (True, (0, 0))
    assert [row.local_date for row in days.coming(session, ada)] == [TODAY + 3 * DAY] * 2
    month = days.due_between(session, ada, TODAY, TODAY + 70 * DAY)
    assert [day for day, rows in month.items() if any(row.paused for row in rows)] == resting(session, walk)
    assert TODAY not in days.tallies(session, ada, TODAY, TODAY)


def test_a_pause_of_one_goal_leaves_the_others(session, ada):
    walk, read = make.goal(session, ada), make.goal(session, ada, "Read")
    pauses.plan(session, ada, Pause(TODAY), walk)
    assert [row.title for row in days.due_today(session, ada)] == ["Read"]
    far = TODAY + 200 * DAY
    later = days.due_between(session, ada, far, far)[far]
    assert [(row.title, row.paused) for row in later] == [("Walk", True), ("Read", False)]
    assert resting(session, read) == []


def test_rows_made_later_know_a_pause_that_was_planned_before(session, ada):
    pauses.plan(session, ada, Pause(TODAY + DAY, TODAY + 2 * DAY))
    goal = make.goal(session, ada)
    assert resting(session, goal) == [TODAY + DAY, TODAY + 2 * DAY]
    quota = make.goal(session, ada, when=make.schedule(Frequency.QUOTA, times=2, period="week"))
    pauses.plan(session, ada, Pause(TODAY, TODAY), quota)
    make.tick(session, ada, quota, TODAY)
    assert make.rows(session, quota)[TODAY].paused


def test_paused_days_do_not_keep_a_goal_from_being_completed(session, ada):
    goal = make.goal(session, ada, when=make.schedule(until=TODAY + DAY))
    make.tick(session, ada, goal, TODAY)
    pause = pauses.plan(session, ada, Pause(TODAY + DAY), goal)
    assert goal.lifecycle is Lifecycle.COMPLETED
    pauses.remove(session, ada, pause)
    assert goal.lifecycle is Lifecycle.ACTIVE


def test_what_was_changed_and_taken_back_is_as_it_was(session, ada):
    goal = make.goal(session, ada)
    pause = pauses.plan(session, ada, Pause(TODAY + DAY, TODAY + 5 * DAY), goal)
    pauses.change(session, ada, pause, Pause(TODAY + 3 * DAY, TODAY + 7 * DAY))
    assert resting(session, goal) == [TODAY + number * DAY for number in range(3, 8)]
    pauses.change(session, ada, pause, Pause(TODAY + 5 * DAY))
    assert resting(session, goal)[0] == TODAY + 5 * DAY
    pauses.remove(session, ada, pause)
    assert resting(session, goal) == []
    assert make.tags(session, goal) == ["goal:create"]
    assert [tag for tag in make.tags(session) if tag.startswith("pause")] == [
        "pause:plan", "pause:change", "pause:change", "pause:remove",
    ]  # fmt: skip


def test_overlapping_pauses_are_one_rest(session, ada):
    goal = make.goal(session, ada)
    pauses.plan(session, ada, Pause(TODAY, TODAY + 3 * DAY))
    mine = pauses.plan(session, ada, Pause(TODAY + 2 * DAY, TODAY + 5 * DAY), goal)
    pauses.remove(session, ada, mine)
    assert resting(session, goal) == [TODAY + number * DAY for number in range(4)]


def test_ending_leaves_what_has_been(session, ada):
    goal = make.goal(session, ada)
    begun = pauses.plan(session, ada, Pause(days_ago(3)), goal)
    assert pauses.end(session, ada, begun) == Pause(days_ago(3))
    assert begun.terms() == Pause(days_ago(3), days_ago(1))
    pauses.end(session, ada, pauses.plan(session, ada, Pause(TODAY + DAY)))
    assert [row.days() for row in queries.pauses_of(session, ada)] == [Pause(days_ago(3), days_ago(1))]


def test_a_pause_that_makes_no_sense_is_refused_and_changes_nothing(session, ada):
    goal = make.goal(session, ada)
    with pytest.raises(Invalid) as caught:
        pauses.plan(session, ada, Pause(TODAY, days_ago(1)), goal)
    assert [(problem.field, problem.code) for problem in caught.value.problems] == [("last", "before_start")]
    assert queries.pauses_of(session, ada) == []


def test_a_pause_is_its_owners(session, ada):
    pause = pauses.plan(session, ada, Pause(TODAY))
    assert queries.find(session, ada, pause.public_id) is pause
    other = make.viewer(session, make.person(session, "Bea"))
    for public_id in (pause.public_id, "0" * 24, "nonsense"):
        with pytest.raises(NotFound):
            queries.find(session, other, public_id)


def test_a_done_day_in_a_pause_counts_for_nothing_and_stays(session, ada):
    goal = make.goal(session, ada)
    pauses.plan(session, ada, Pause(TODAY, TODAY))
    make.tick(session, ada, goal, TODAY)
    assert make.rows(session, goal)[TODAY].state is DayState.DONE
    assert goal.streak_ahead is None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_pause_of_everything_waits_for_a_tick_that_is_on_its_way(session, ada):
    """The tick of a quota makes a row; planned before it, the pause would not have seen it."""
    goal = make.goal(session, ada, when=make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.WEEK))
    session.commit()
    engine = session.get_bind()

    def rest():
        with Session(engine) as third:
            pauses.plan(third, ada, Pause(TODAY, TODAY))
            third.commit()

    planning = Thread(target=rest)
    with Session(engine) as other:
        held = find(other, ada, goal.public_id, lock=True)
        planning.start()
        planning.join(0.5)
        assert planning.is_alive()
        entries.record_day(other, ada, held, EntryDraft(local_date=TODAY, state=DayState.DONE))
        other.commit()
    planning.join(10)
    assert not planning.is_alive()
    session.expire_all()
    assert make.rows(session, goal)[TODAY].paused
