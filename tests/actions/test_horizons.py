"""Rows ahead: the worker keeps them coming, and no day falls between two windows."""

from datetime import timedelta

from tests import make
from webapp.actions import goals
from webapp.domain.schedules import Frequency


def test_a_worker_that_was_away_for_months_leaves_no_day_without_a_row(session):
    viewer = make.viewer(session, make.person(session))
    goal = make.goal(session, viewer)

    away = make.NOW + timedelta(days=150)
    assert goals.extend_horizons(session, away) == 1

    days = list(make.rows(session, goal))
    assert days == [make.TODAY + timedelta(days=number) for number in range(150 + 61)]
    assert goals.extend_horizons(session, away) == 0


def test_a_goal_changed_after_such_a_pause_keeps_the_old_schedule_for_the_days_between(session):
    person = make.person(session)
    viewer = make.viewer(session, person)
    goal = make.goal(session, viewer)

    later = make.viewer(session, person, make.NOW + timedelta(days=100))
    weekly = make.draft(when=make.schedule(Frequency.WEEKLY, days=(0,)))
    goals.change(session, later, goal, weekly, seen=goal.version)

    days = list(make.rows(session, goal))
    assert days[:101] == [make.TODAY + timedelta(days=number) for number in range(101)]
    assert days[101:]
    assert {day.weekday() for day in days[101:]} == {0}


def test_a_goal_that_was_put_away_owes_nothing_for_that_time(session):
    person = make.person(session)
    viewer = make.viewer(session, person)
    goal = goals.archive(session, viewer, make.goal(session, viewer))

    later = make.viewer(session, person, make.NOW + timedelta(days=100))
    goals.unarchive(session, later, goal)

    days = make.rows(session, goal)
    assert later.today in days
    assert later.today - timedelta(days=1) not in days


def test_what_is_due_but_once_is_not_looked_at_again(session):
    person = make.person(session)
    viewer = make.viewer(session, person)
    make.goal(session, viewer, when=make.schedule(Frequency.ONE_TIME))
    daily = make.goal(session, viewer)
    later = make.NOW + timedelta(days=40)

    assert goals.extend_horizons(session, later) == 1
    assert goals.extend_horizons(session, later) == 0
    assert later.date() in make.rows(session, daily)
