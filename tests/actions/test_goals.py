"""Goals as actions keep them: versions, revisions, rows, order, and the coming and going of goals."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY, days_ago
from webapp.actions import goals
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.goals import GoalDraft, Lifecycle
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, due_between
from webapp.domain.tracking import DayState, Direction
from webapp.models import Goal, GoalRevision, Occurrence, Person, ScheduleVersion
from webapp.queries import days
from webapp.queries.goals import find, opened

DAYS = timedelta(days=1)


@pytest.fixture
def person(session: Session) -> Person:
    return make.person(session)


@pytest.fixture
def ada(session: Session, person: Person) -> Viewer:
    return make.viewer(session, person)


@pytest.fixture
def walk(session: Session, ada: Viewer) -> Goal:
    return make.goal(session, ada)


def change(session: Session, viewer: Viewer, goal: Goal, draft: GoalDraft) -> Goal:
    return goals.change(session, viewer, goal, draft, seen=goal.version)


def ids(session: Session, goal: Goal) -> dict[date, int]:
    return {day: row.id for day, row in make.rows(session, goal).items()}


# Rows.


def test_an_open_ended_goal_has_rows_for_today_and_sixty_days(session: Session, walk: Goal) -> None:
    assert list(make.rows(session, walk)) == [TODAY + ahead * DAYS for ahead in range(61)]
    assert (walk.rows_from, walk.rows_until) == (TODAY, TODAY + 60 * DAYS)


def test_a_goal_with_an_end_has_rows_up_to_it(session: Session, ada: Viewer) -> None:
    goal = make.goal(session, ada, when=make.schedule(Frequency.WEEKLY, until=TODAY + 365 * DAYS))
    assert list(make.rows(session, goal)) == [TODAY + 7 * week * DAYS for week in range(53)]


def test_a_start_in_the_past_makes_no_rows_in_the_past(session: Session, ada: Viewer) -> None:
    goal = make.goal(session, ada, when=make.schedule(start=days_ago(30), until=TODAY))
    assert list(make.rows(session, goal)) == [TODAY]


def test_a_quota_plans_nothing(session: Session, ada: Viewer) -> None:
    goal = make.goal(session, ada, when=make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.WEEK))
    assert make.rows(session, goal) == {}
    assert (goal.rows_from, goal.rows_until) == (None, None)


def test_another_schedule_keeps_the_past_and_the_ids_of_unchanged_days(
    session: Session, person: Person, ada: Viewer, walk: Goal
) -> None:
    make.tick(session, ada, walk, days_ago(3))
    make.tick(session, ada, walk, TODAY + DAYS, DayState.SKIPPED)
    before = ids(session, walk)
    change(session, ada, walk, make.draft(when=make.schedule(Frequency.CUSTOM, days=(3,))))
    after = ids(session, walk)

    thursdays = {day for day in before if day > TODAY and day.weekday() == 3}
    assert after.keys() == {days_ago(3), TODAY, TODAY + DAYS, *thursdays}
    assert after.items() <= before.items()


def test_going_back_to_the_first_schedule_brings_the_same_rows_back(session: Session, ada: Viewer, walk: Goal) -> None:
    before = ids(session, walk)
    change(session, ada, walk, make.draft(when=make.schedule(Frequency.CUSTOM, days=(3,))))
    change(session, ada, walk, make.draft())
    assert ids(session, walk) == before


def test_a_second_change_on_one_day_replaces_the_first(session: Session, ada: Viewer, walk: Goal) -> None:
    change(session, ada, walk, make.draft(when=make.schedule(Frequency.WEEKLY)))
    change(session, ada, walk, make.draft(when=make.schedule(Frequency.CUSTOM, days=(1, 4))))

    (version,) = session.scalars(select(ScheduleVersion).where(ScheduleVersion.goal_id == walk.id))
    assert (version.frequency, version.is_current) == (Frequency.CUSTOM, True)


def test_a_change_on_another_day_is_a_version_of_its_own(
    session: Session, person: Person, ada: Viewer, walk: Goal
) -> None:
    later = make.viewer(session, person, NOW + 7 * DAYS)
    change(session, later, walk, make.draft(when=make.schedule(Frequency.WEEKLY)))

    versions = session.scalars(select(ScheduleVersion).order_by(ScheduleVersion.valid_from)).all()
    assert [(one.valid_from, one.is_current) for one in versions] == [(TODAY, False), (TODAY + 7 * DAYS, True)]


def test_what_was_due_this_morning_stays_due_and_the_new_schedule_begins_tomorrow(
    session: Session, person: Person, ada: Viewer, walk: Goal
) -> None:
    later = make.viewer(session, person, NOW + 3 * DAYS)
    change(session, later, walk, make.draft(when=make.schedule(Frequency.WEEKLY)))  # on Tuesdays, and it is Friday

    versions = session.scalars(select(ScheduleVersion).order_by(ScheduleVersion.valid_from)).all()
    assert [(one.valid_from, one.is_current) for one in versions] == [(TODAY, False), (TODAY + 4 * DAYS, True)]
    (row,) = days.due_today(session, later)
    assert row.local_date in due_between([one.terms() for one in versions], later.today, later.today)


def test_an_absent_start_keeps_the_stored_one(session: Session, ada: Viewer) -> None:
    goal = make.goal(session, ada, when=make.schedule(start=TODAY + 5 * DAYS))
    change(session, ada, goal, make.draft(when=make.schedule(Frequency.WEEKLY)))
    assert opened(session, ada, goal).schedule.start == TODAY + 5 * DAYS


def test_the_worker_extends_what_is_open_ended(session: Session, person: Person, ada: Viewer, walk: Goal) -> None:
    make.goal(session, ada, when=make.schedule(until=TODAY + 10 * DAYS))
    goals.archive(session, ada, make.goal(session, ada))
    before = ids(session, walk)

    assert goals.extend_horizons(session, NOW + 29 * DAYS) == 0
    assert goals.extend_horizons(session, NOW + 31 * DAYS) == 1
    assert max(make.rows(session, walk)) == TODAY + 91 * DAYS
    assert before.items() <= ids(session, walk).items()
    assert goals.extend_horizons(session, NOW + 31 * DAYS) == 0


def test_extending_brings_back_nothing_that_was_removed(
    session: Session, person: Person, ada: Viewer, walk: Goal
) -> None:
    change(session, ada, walk, make.draft(when=make.schedule(Frequency.WEEKLY)))
    goals.extend_horizons(session, NOW + 31 * DAYS)
    assert {day.weekday() for day in make.rows(session, walk)} == {TODAY.weekday()}


# Versions, revisions, words.


@pytest.mark.parametrize(
    ("edit", "revision"),
    [
        ({"title": "Walk far"}, 1),
        ({"description": "By the lake"}, 1),
        ({"colour": 7}, 1),
        ({"criticality": "High"}, 1),
        ({"direction": Direction.AT_LEAST, "target": Decimal(5)}, 2),
        ({"schedule": make.schedule(Frequency.WEEKLY)}, 2),
        ({"schedule": make.schedule(until=TODAY + 9 * DAYS)}, 2),
    ],
)
def test_every_edit_counts_and_material_ones_make_a_revision(
    session: Session, ada: Viewer, walk: Goal, edit: dict[str, object], revision: int
) -> None:
    change(session, ada, walk, replace(make.draft(), **edit))

    assert (walk.version, walk.revision) == (2, revision)
    kept = session.scalars(select(GoalRevision.number).where(GoalRevision.goal_id == walk.id)).all()
    assert sorted(kept) == list(range(1, revision + 1))


def test_an_edit_on_an_old_version_is_a_conflict_and_changes_nothing(session: Session, ada: Viewer, walk: Goal) -> None:
    change(session, ada, walk, make.draft("First"))
    session.commit()
    before = make.everything(session)
    with pytest.raises(Conflict):
        goals.change(session, ada, walk, make.draft("Second"), seen=1)
    assert make.everything(session) == before


def test_all_problems_of_a_draft_are_told_at_once(session: Session, ada: Viewer) -> None:
    wrong = make.draft(
        " ", make.schedule("Custom", start=TODAY, until=days_ago(1)), colour=0, direction=Direction.AT_LEAST
    )
    with pytest.raises(Invalid) as raised:
        goals.create(session, ada, wrong)
    assert {problem.field for problem in raised.value.problems} == {"title", "colour", "target", "days", "start"}


def test_a_shorter_end_may_complete_a_goal(session: Session, ada: Viewer) -> None:
    goal = make.goal(session, ada, when=make.schedule(until=TODAY + 3 * DAYS))
    make.tick(session, ada, goal, TODAY)
    change(session, ada, goal, make.draft(when=make.schedule(until=TODAY)))
    assert goal.lifecycle is Lifecycle.COMPLETED


# Order.


def order(session: Session, ada: Viewer) -> list[str]:
    session.expire_all()
    found = session.scalars(select(Goal).where(Goal.deleted_at.is_(None)).order_by(Goal.position, Goal.id))
    return [ada.words.open("goal.title", goal.title) for goal in found]


def test_goals_stand_in_the_order_they_were_opened(session: Session, ada: Viewer) -> None:
    for title in "abc":
        make.goal(session, ada, title)
    assert order(session, ada) == ["a", "b", "c"]


def test_moving_past_the_end_changes_nothing(session: Session, ada: Viewer) -> None:
    first, _ = make.goal(session, ada, "a"), make.goal(session, ada, "b")
    goals.move(session, ada, first, up=True)
    assert order(session, ada) == ["a", "b"]


def test_moving_jumps_over_what_is_archived(session: Session, ada: Viewer) -> None:
    first, away, _ = (make.goal(session, ada, title) for title in "abc")
    goals.archive(session, ada, away)
    goals.move(session, ada, first, up=False)
    assert [title for title in order(session, ada) if title != "b"] == ["c", "a"]


def test_a_goal_that_comes_back_can_still_be_moved(session: Session, ada: Viewer) -> None:
    make.goal(session, ada, "a")
    deleted = make.goal(session, ada, "b")
    goals.delete(session, ada, deleted)
    make.goal(session, ada, "c")
    back = goals.undelete(session, ada, deleted.public_id)
    goals.move(session, ada, back, up=False)
    assert order(session, ada) == ["a", "c", "b"]


# Coming and going.


def test_a_deleted_goal_keeps_everything_until_it_comes_back(session: Session, ada: Viewer, walk: Goal) -> None:
    make.tick(session, ada, walk, TODAY)
    before = ids(session, walk)
    goals.delete(session, ada, walk)
    with pytest.raises(NotFound):
        find(session, ada, walk.public_id)
    goals.undelete(session, ada, walk.public_id)

    assert ids(session, walk) == before
    assert find(session, ada, walk.public_id).deleted_at is None


def test_what_comes_back_late_has_rows_again(session: Session, person: Person, ada: Viewer, walk: Goal) -> None:
    goals.archive(session, ada, walk)
    later = make.viewer(session, person, NOW + 100 * DAYS)
    goals.unarchive(session, later, walk)
    assert max(make.rows(session, walk)) == TODAY + 160 * DAYS


def test_archiving_twice_is_written_down_once(session: Session, ada: Viewer, walk: Goal) -> None:
    for _ in range(2):
        goals.archive(session, ada, walk)
    for _ in range(2):
        goals.unarchive(session, ada, walk)
    assert make.tags(session, walk) == ["goal:create", "goal:archive", "goal:restore"]


def test_the_log_holds_no_words(session: Session, ada: Viewer) -> None:
    goal = make.goal(session, ada, "Kantharidis", description="Oenomel", question="Why zugzwang?")
    change(session, ada, goal, make.draft("Xylophage"))
    make.tick(session, ada, goal, TODAY, note="Quokka")
    session.commit()

    log = str(make.everything(session)["audit_event"])
    assert [word for word in ("Kantharidis", "Oenomel", "zugzwang", "Xylophage", "Quokka") if word in log] == []


def test_nobody_else_finds_a_deleted_goal(session: Session, ada: Viewer, walk: Goal) -> None:
    goals.delete(session, ada, walk)
    bob = make.viewer(session, make.person(session, "Bob"))
    with pytest.raises(NotFound):
        goals.undelete(session, bob, walk.public_id)


def test_rows_are_unique_by_goal_and_date(session: Session, walk: Goal) -> None:
    session.add(Occurrence(goal_id=walk.id, local_date=TODAY))
    with pytest.raises(Exception, match=r"(?i)unique"):
        session.flush()
    session.rollback()
