"""Check-ins: what a key result comes to, who may say it, for how long it can be corrected, and what a feed says."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from tests.relations import Work
from webapp.actions import check_ins, entries, feeds, goals
from webapp.domain.errors import Invalid, Locked, NotFound, Refused
from webapp.domain.objective_drafts import CheckInDraft, FeedDraft
from webapp.domain.objectives import CycleState, FeedKind, Operator
from webapp.domain.people import MembershipStatus, Viewer
from webapp.domain.tracking import DayState, Direction, EntryDraft, Source
from webapp.models import Entry, Goal, KeyResult, Membership
from webapp.queries import check_ins as queries
from webapp.queries import exports, objective_why
from webapp.queries import feeds as feed_queries
from webapp.queries import goals as goal_queries
from webapp.queries import objectives as objective_queries
from webapp.queries.doctor import examine


class Free(Work):
    """The house in a cycle that asks for no review."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.free = make.cycle(session, self.home, "Free")
        self.found = make.objective(session, self.paul, self.free)
        session.commit()

    @property
    def key_result(self) -> KeyResult:
        return objective_queries.key_results_of(self.session, self.found.goal.id)[0]


@pytest.fixture
def work(app: Flask, session: Session) -> Free:
    return Free(session)


def record(work: Work, viewer: Viewer, goal: Goal, day: date = TODAY, **said: Any) -> None:
    held = goal_queries.find(work.session, viewer, goal.public_id, lock=True)
    entries.record_day(work.session, viewer, held, EntryDraft(day, **said))


def correct(work: Free, viewer: Viewer, entry: Entry, value: Any, **said: Any) -> Entry:
    key_result, held = objective_queries.find_key_result(work.session, viewer, work.key_result.public_id, lock=True)
    draft = CheckInDraft(Decimal(value), **said)
    return check_ins.correct(work.session, viewer, key_result, held, entry.public_id, draft)


def count(work: Work) -> int:
    return work.session.scalar(select(func.count()).select_from(Entry)) or 0


def test_moves_the_key_result_and_everything_above(work: Free) -> None:
    top = make.objective(work.session, work.paul, work.free, "Top", key_results=())
    child = make.objective(work.session, work.paul, work.free, "Child", parent=top.goal.public_id)
    work.check_in(work.paul, child, 5, comment="Half way", confidence=Decimal("0.7"))
    work.session.expire_all()
    (row,) = objective_queries.key_results_of(work.session, child.goal.id)
    assert (row.actual, row.attainment, row.last_check_in) == (Decimal(5), Decimal("0.5"), TODAY)
    assert (row.confidence, row.confidence_reason, row.confidence_by_id) == (Decimal("0.7"), "Half way", work.paul.id)
    assert child.objective.attainment == top.objective.attainment == Decimal("0.5")
    assert child.objective.last_check_in == TODAY
    assert list(examine(work.session, TODAY)) == []


def test_an_earlier_date_does_not_move_what_was_said_later(work: Free) -> None:
    work.check_in(work.paul, work.found, 6)
    work.check_in(work.paul, work.found, 2, day=TODAY - timedelta(days=9))
    assert (work.key_result.actual, work.key_result.last_check_in) == (Decimal(6), TODAY)
    told = queries.history(work.session, [work.key_result.id])
    assert [(one.day, one.value) for one in told] == [(TODAY, Decimal(6)), (TODAY - timedelta(days=9), Decimal(2))]
    then = queries.measured(work.session, work.key_result, as_of=TODAY - timedelta(days=1))
    assert then == (Decimal(2), TODAY - timedelta(days=9))


def test_not_ahead_of_today(work: Free) -> None:
    with pytest.raises(Invalid) as error:
        work.check_in(work.paul, work.found, 1, day=TODAY + timedelta(days=1))
    assert [(one.field, one.code) for one in error.value.problems] == [("day", "in_future")]
    assert count(work) == 0


class TestWho:
    def test_its_owner_and_the_objectives_and_nobody_else(self, work: Free) -> None:
        asked = replace(make.key_result(), owner=work.mona.public_id)
        found = make.objective(work.session, work.paul, work.free, key_results=(asked, make.key_result("Second")))
        first, second = objective_queries.key_results_of(work.session, found.goal.id)
        for viewer in (work.mona, work.paul):
            work.check_in(viewer, found, 3)
        before = count(work)
        with pytest.raises(Refused):
            work.check_in(work.ines, found, 4)
        key_result, held = objective_queries.find_key_result(work.session, work.mona, second.public_id, lock=True)
        with pytest.raises(Refused):
            check_ins.check_in(work.session, work.mona, key_result, held, CheckInDraft(Decimal(1)))
        assert (count(work), first.actual) == (before, Decimal(3))

    def test_for_a_stranger_there_is_no_such_key_result(self, work: Free) -> None:
        sam = make.viewer(work.session, make.person(work.session, "Sam"))
        with pytest.raises(NotFound):
            work.check_in(sam, work.found, 1)

    def test_not_before_it_is_approved(self, work: Free) -> None:
        with pytest.raises(Locked) as error:
            work.check_in(work.paul, objective_queries.find(work.session, work.paul, work.goal.public_id), 1)
        assert error.value.reason == "draft"

    @pytest.mark.parametrize(("state", "taken"), [(CycleState.LOCKED, True), (CycleState.CLOSED, False)])
    def test_a_locked_cycle_takes_progress_a_closed_one_nothing(
        self, work: Free, state: CycleState, taken: bool
    ) -> None:
        work.free.state = state
        work.session.flush()
        if taken:
            work.check_in(work.paul, work.found, 1)
            check_ins.confide(work.session, work.paul, work.found, Decimal(1))
            return
        with pytest.raises(Locked):
            work.check_in(work.paul, work.found, 1)
        with pytest.raises(Locked):
            check_ins.confide(work.session, work.paul, work.found, Decimal(1))
        assert count(work) == 0


class TestCorrecting:
    def test_the_latest_says_something_else_and_the_first_stays_in_the_ledger(self, work: Free) -> None:
        wrong = work.check_in(work.paul, work.found, 60, confidence=Decimal("0.9"))
        right = correct(work, work.paul, wrong, 6)
        assert (right.supersedes_id, work.key_result.actual) == (wrong.id, Decimal(6))
        assert work.key_result.confidence is None, "nobody says any more how sure they are"
        assert [one.value for one in queries.history(work.session, [work.key_result.id])] == [Decimal(6)]
        assert count(work) == 2
        assert list(examine(work.session, TODAY)) == []

    def test_only_the_latest(self, work: Free) -> None:
        first = work.check_in(work.paul, work.found, 1)
        work.check_in(work.paul, work.found, 2)
        with pytest.raises(Refused, match="not_the_latest"):
            correct(work, work.paul, first, 3)

    def test_only_ones_own(self, work: Free) -> None:
        asked = replace(make.key_result(), owner=work.mona.public_id)
        work.found = make.objective(work.session, work.paul, work.free, key_results=(asked,))
        theirs = work.check_in(work.mona, work.found, 1)
        with pytest.raises(Refused, match="not_yours"):
            correct(work, work.paul, theirs, 3)

    @pytest.mark.parametrize(("minutes", "late"), [(0, False), (1, True)])
    def test_for_three_days_from_when_it_was_first_said(self, work: Free, minutes: int, late: bool) -> None:
        said = work.check_in(work.paul, work.found, 1)
        soon = make.viewer(work.session, work.person, NOW + timedelta(days=2))
        again = correct(work, soon, said, 2)
        then = make.viewer(work.session, work.person, NOW + timedelta(days=3, minutes=minutes))
        if late:
            with pytest.raises(Refused, match="too_late_to_correct"):
                correct(work, then, again, 3)
        else:
            correct(work, then, again, 3)
        assert work.key_result.actual == (2 if late else 3)


class TestConfidence:
    def test_is_a_belief_and_moves_no_number(self, work: Free) -> None:
        work.check_in(work.paul, work.found, 5)
        check_ins.confide(work.session, work.paul, work.found, Decimal("0.3"), "The baker is ill")
        shown = work.found.objective
        assert (shown.confidence, shown.confidence_reason, shown.attainment) == (
            Decimal("0.3"),
            "The baker is ill",
            Decimal("0.5"),
        )
        assert list(examine(work.session, TODAY)) == []

    @pytest.mark.parametrize("said", [None, Decimal(-1), Decimal("1.1"), Decimal("NaN")])
    def test_between_nothing_and_all(self, work: Free, said: Decimal | None) -> None:
        with pytest.raises(Invalid):
            check_ins.confide(work.session, work.paul, work.found, said)

    def test_of_owners_only(self, work: Free) -> None:
        with pytest.raises(Refused):
            check_ins.confide(work.session, work.ines, work.found, Decimal(1))


class TestWhy:
    def test_every_number_follows_from_its_parts_as_of_any_date(self, work: Free) -> None:
        parts = (make.key_result("Shops", 10), replace(make.key_result("Rate", 20), baseline=Decimal(100)))
        found = make.objective(work.session, work.paul, work.free, key_results=parts)
        early = TODAY - timedelta(days=20)
        work.check_in(work.paul, found, 2, day=early)
        work.check_in(work.paul, found, 5)
        now = objective_why.explained(work.session, work.mona, found, TODAY)
        assert [(part.name, part.progress, part.counted) for part in now.parts] == [
            ("Shops", Decimal("0.5"), Decimal("0.5")),
            ("Rate", None, Decimal(0)),
        ]
        assert now.attainment == found.objective.attainment == Decimal("0.25")
        before = objective_why.explained(work.session, work.mona, found, TODAY - timedelta(days=1))
        assert (before.attainment, before.last_check_in) == (Decimal("0.1"), early)
        line = objective_why.line_of(work.session, found, TODAY)
        assert line == [(work.free.starts, Decimal(0)), (early, Decimal("0.1")), (TODAY, Decimal("0.25"))]

    def test_a_key_result_shows_the_entries_it_used(self, work: Free) -> None:
        said = work.check_in(work.paul, work.found, 4, comment="Four")
        shown = objective_why.key_result_explained(work.session, work.key_result, work.found, TODAY)
        assert (shown.actual, shown.attainment) == (Decimal(4), Decimal("0.4"))
        assert [(one.id, one.comment) for one in shown.check_ins] == [(said.public_id, "Four")]
        nothing = objective_why.key_result_explained(
            work.session, work.key_result, work.found, TODAY - timedelta(days=1)
        )
        assert (nothing.actual, nothing.attainment, nothing.check_ins) == (None, None, ())


class TestFeeds:
    def connect(self, work: Free, viewer: Viewer, goal: str, kind: FeedKind | None) -> None:
        key_result, found = objective_queries.find_key_result(
            work.session, viewer, work.key_result.public_id, lock=True
        )
        feeds.connect(work.session, viewer, key_result, found, FeedDraft(goal, kind))

    def test_a_sum_of_what_the_owner_records(self, work: Free) -> None:
        mine = make.goal(work.session, work.paul, "Secret rounds", direction=Direction.AT_LEAST, target=Decimal(3))
        self.connect(work, work.paul, mine.public_id, FeedKind.SUM)
        record(work, work.paul, mine, TODAY, value=Decimal(3))
        record(work, work.paul, mine, TODAY - timedelta(days=1), value=Decimal(4))
        assert (work.key_result.actual, work.key_result.attainment) == (Decimal(7), Decimal("0.7"))
        assert work.found.objective.attainment == Decimal("0.7")
        told = queries.history(work.session, [work.key_result.id])
        assert [(one.value, one.source, one.comment) for one in told] == [(Decimal(7), Source.FEED, "")]
        assert list(examine(work.session, TODAY)) == []

    def test_how_much_of_what_was_due_is_done(self, work: Free) -> None:
        mine = make.goal(work.session, work.paul, "Secret walk")
        self.connect(work, work.paul, mine.public_id, FeedKind.COMPLETION)
        record(work, work.paul, mine, TODAY, state=DayState.DONE)
        assert work.key_result.actual == Decimal(100)

    def test_nobody_learns_which_goal_it_is(self, work: Free) -> None:
        mine = make.goal(work.session, work.paul, "Secret walk")
        self.connect(work, work.paul, mine.public_id, FeedKind.COMPLETION)
        seen = feed_queries.feed_of(work.session, work.mona, work.key_result)
        assert seen == feed_queries.Feed(FeedKind.COMPLETION, False, None)
        own = feed_queries.feed_of(work.session, work.paul, work.key_result)
        assert own == feed_queries.Feed(
            FeedKind.COMPLETION, True, feed_queries.Choice(mine.public_id, "Secret walk", None)
        )
        assert mine.public_id not in exports.as_json(exports.everything(work.session, work.mona))

    def test_only_ones_own_key_result_from_ones_own_goal(self, work: Free) -> None:
        mine, hers = (make.goal(work.session, viewer) for viewer in (work.paul, work.mona))
        with pytest.raises(Refused):
            self.connect(work, work.mona, hers.public_id, FeedKind.SUM)
        for goal, kind in ((hers.public_id, FeedKind.SUM), ("0" * 24, FeedKind.SUM), ("", None)):
            with pytest.raises(Invalid):
                self.connect(work, work.paul, goal, kind)
        with pytest.raises(Invalid):
            self.connect(work, work.paul, work.found.goal.public_id, FeedKind.SUM)
        assert feed_queries.feed_of(work.session, work.paul, work.key_result) is None
        assert mine.feeds is False

    def test_stopping_leaves_what_was_shown(self, work: Free) -> None:
        mine = make.goal(work.session, work.paul)
        self.connect(work, work.paul, mine.public_id, FeedKind.COMPLETION)
        record(work, work.paul, mine, TODAY, state=DayState.DONE)
        assert feeds.disconnect(work.session, work.paul, work.key_result, work.found) is True
        record(work, work.paul, mine, TODAY, state=DayState.NOT_DONE)
        assert (work.key_result.actual, mine.feeds) == (Decimal(100), False)
        assert feeds.disconnect(work.session, work.paul, work.key_result, work.found) is False

    def test_a_deleted_goal_feeds_nothing(self, work: Free) -> None:
        mine = make.goal(work.session, work.paul)
        self.connect(work, work.paul, mine.public_id, FeedKind.COMPLETION)
        goals.delete(work.session, work.paul, mine)
        assert feed_queries.feed_of(work.session, work.paul, work.key_result) is None
        assert list(examine(work.session, TODAY)) == []

    def test_who_left_or_handed_it_over_is_looked_at_no_more(self, work: Free) -> None:
        mine = make.goal(work.session, work.paul)
        self.connect(work, work.paul, mine.public_id, FeedKind.COMPLETION)
        before = work.key_result.actual
        work.key_result.owner_id = work.mona.id
        record(work, work.paul, mine, TODAY, state=DayState.DONE)
        assert (work.key_result.actual, mine.feeds) == (before, False)
        work.key_result.owner_id = None
        self.connect(work, work.paul, mine.public_id, FeedKind.COMPLETION)
        left = work.session.scalars(select(Membership).where(Membership.person_id == work.paul.id)).one()
        left.status = MembershipStatus.LEFT
        gone = make.viewer(work.session, work.person)
        before = work.key_result.actual
        record(work, gone, mine, TODAY, state=DayState.NOT_DONE)
        assert (work.key_result.actual, mine.feeds) == (before, False)
        of_leaving = ("membership", "reporting_line", "team_member")  # left by hand, with everything still there
        assert [one for one in examine(work.session, TODAY) if one.where.split()[0] not in of_leaving] == []

    def test_a_closed_cycle_takes_nothing_and_the_tick_still_counts(self, work: Free) -> None:
        mine = make.goal(work.session, work.paul)
        self.connect(work, work.paul, mine.public_id, FeedKind.COMPLETION)
        before = work.key_result.actual
        work.free.state = CycleState.CLOSED
        record(work, work.paul, mine, TODAY, state=DayState.DONE)
        assert work.key_result.actual == before


def test_a_value_below_its_ceiling_is_all_of_it(work: Free) -> None:
    asked = replace(make.key_result("Complaints", 5), operator=Operator.AT_MOST)
    found = make.objective(work.session, work.paul, work.free, key_results=(asked,))
    for value, reached in ((4, "1"), (6, "0.8"), (50, "0")):
        work.check_in(work.paul, found, value)
        assert found.objective.attainment == Decimal(reached)
