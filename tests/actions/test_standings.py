"""What entries come to on the boards: ties, refunds, ends of periods, late entries, and who is listed."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import SALES, TRAINING, Ladder
from tests.make import NOW
from webapp.actions import board_counts, participants
from webapp.domain.boards import Display, Scored, ranked
from webapp.domain.errors import Invalid
from webapp.domain.profile_drafts import LARGEST_VALUE, PresenceDraft
from webapp.domain.profiles import Period
from webapp.models import Board, Membership, Participant, Profile, Standing, StandingCount
from webapp.queries import boards, ladders, standing_now
from webapp.queries.boards import Head, Shown
from webapp.queries.doctor_ladders import ladder_findings

APRIL = datetime(2026, 4, 2, 9, tzinfo=UTC)


@pytest.fixture
def ladder(session: Session) -> Ladder:
    return Ladder(session)


@pytest.fixture
def only_two_from_the_top(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A board lists its first two, not its first hundred; statements that were made for a hundred are made anew."""
    for module in (boards, boards.board_rows):
        monkeypatch.setattr(module, "FIRST", 2)
    boards.board_rows._statement.cache_clear()
    yield
    boards.board_rows._statement.cache_clear()


def look(ladder: Ladder, name: str = "Ada", now: datetime = NOW, profile: Profile | None = None) -> dict[str, Shown]:
    """The boards of the rung somebody looks at: "all", and the goals by keyword with the frozen ones as "sales-1"."""
    viewer = ladder.viewer(name, now)
    ladder.session.expire_all()
    (found,) = boards.ladders(ladder.session, viewer)
    rung = found.rung((profile or ladder.bronze).id)
    assert rung is not None
    asked = ladders.asked_of(ladder.session, [rung.number])[rung.number]
    today = found.home.today(now)
    shown = {}
    for one in asked:
        wholes, goals = boards.heads(ladder.session, rung, asked, one.keyword_id, today)
        named: dict[str, Head] = {"all": wholes[0], one.terms.keyword: goals[0]}
        named |= {f"{one.terms.keyword}-{back}": head for back, head in enumerate(goals[1:], 1)}
        named |= {f"all-{back}": head for back, head in enumerate(wholes[1:], 1)}
        read = boards.shown(ladder.session, viewer, rung, asked, found.place, list(named.values()), today)
        shown |= dict(zip(named, read, strict=True))
    return shown


def told(shown: Shown) -> list[tuple[str, int | None, str]]:
    """Name, rank and score of every row, as it is listed."""
    return [(str(row.name), row.rank, f"{row.score.normalize():f}") for row in shown.rows]


def agree(session: Session) -> None:
    """Every rank that is read by counts is the rank by the rules, and the counts are those of the standings."""
    session.expire_all()
    for board in session.scalars(select(Board)):
        rows = session.scalars(select(Standing).where(Standing.board_id == board.id, Standing.counted)).all()
        by_rules = ranked(Scored(row.participant_id, row.score, row.reached_at) for row in rows)
        assert board.ranked == len(by_rules)
        for one in by_rules:
            (mine,) = boards.board_rows.mine(session, [board.id], one.participant).values()
            assert mine.ahead + 1 == one.rank
        steps = session.scalars(select(func.sum(StandingCount.count)).where(StandingCount.board_id == board.id)).one()
        assert int(steps or 0) == len(rows)


class TestRanks:
    def test_equal_values_share_a_rank_and_who_has_none_has_no_rank(self, ladder: Ladder) -> None:
        ladder.sold(Ada=500, Ben=300, Cem="300.00", Dora=100)
        ladder.session.commit()
        shown = look(ladder)[SALES]
        assert shown.participants == 5
        assert told(shown) == [
            ("Ada", 1, "500"),
            ("Ben", 2, "300"),
            ("Cem", 2, "300"),
            ("Dora", 4, "100"),
            ("Emil", None, "0"),
        ]
        assert [row.tied for row in shown.rows] == [False, True, True, False, False]
        assert shown.mine == shown.rows[0]
        assert shown.head.terms is not None
        assert [shown.head.terms.percentage(row.score) for row in shown.rows] == [50, 30, 30, 10, 0]
        agree(ladder.session)

    def test_a_refund_takes_away_and_an_entry_of_nothing_in_sum_still_ranks(self, ladder: Ladder) -> None:
        ladder.sold(Ada=500, Ben=300)
        ladder.value("Ada", -500)
        ladder.value("Cem", -20)
        assert told(look(ladder)[SALES])[:3] == [("Ben", 1, "300"), ("Ada", 2, "0"), ("Cem", 3, "-20")]
        agree(ladder.session)

    def test_the_whole_profile_is_the_mean_of_percentages_that_are_not_clamped(self, ladder: Ladder) -> None:
        ladder.sold(Ada=1500, Ben=1000)
        ladder.value("Ben", 5, TRAINING)
        shown = look(ladder)["all"]
        assert told(shown)[:3] == [("Ada", 1, "75"), ("Ben", 1, "75"), ("Cem", None, "0")]
        assert [row.tied for row in shown.rows[:2]] == [True, True]
        agree(ladder.session)

    def test_who_got_there_first_stands_first_among_equals(self, ladder: Ladder) -> None:
        ladder.value("Ben", 300, at=NOW - timedelta(hours=1))
        ladder.value("Ada", 300, at=NOW - timedelta(hours=2))
        assert [row[0] for row in told(look(ladder)[SALES])[:2]] == ["Ada", "Ben"]

    def test_fewer_than_five_have_no_board(self, session: Session) -> None:
        ladder = Ladder(session, ("Ada", "Ben", "Cem", "Dora"))
        ladder.sold(Ada=5, Ben=6)
        assert all(shown.participants is None and not shown.rows for shown in look(ladder).values())

    def test_many_stand_in_steps_and_every_rank_is_right(self, ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(board_counts, "MOST_IN_A_STEP", 3)
        names = [f"Person {number}" for number in range(12)]
        for name in names:
            ladder.join(name)
        chance = Random(7)
        for _ in range(6):
            ladder.sold(**{name: chance.choice([1, 2, 2, 50, 300]) for name in names})
            agree(ladder.session)
        board = look(ladder)[SALES].head.number
        assert (ladder.session.scalar(select(func.count()).where(StandingCount.board_id == board)) or 0) > 2
        for name in names:
            participants.take_off(ladder.session, ladder.ines, ladder.home.id, ladder.people[name].id)
        agree(ladder.session)

    def test_neighbours_are_shown_with_their_ranks_beyond_the_first_hundred(
        self, ladder: Ladder, only_two_from_the_top: None
    ) -> None:
        for number in range(8):
            ladder.join(f"P{number}")
        ladder.sold(**{f"P{number}": value for number, value in enumerate([90, 80, 70, 60, 60, 50, 40, 30])})
        ladder.sold(Ada=55)
        rows = told(look(ladder)[SALES])
        assert rows == [
            ("P0", 1, "90"),
            ("P1", 2, "80"),
            ("P3", 4, "60"),
            ("P4", 4, "60"),
            ("Ada", 6, "55"),
            ("P5", 7, "50"),
            ("P6", 8, "40"),
        ]


class TestPeriods:
    def test_a_period_that_is_over_stands_and_what_comes_late_is_set_down_beside_it(self, ladder: Ladder) -> None:
        ladder.sold(Ada=500, Ben=300)
        ladder.value("Ben", 900, at=NOW, now=APRIL)
        ladder.value("Cem", 50, at=NOW, now=APRIL)
        ladder.value("Ada", 7, at=APRIL, now=APRIL)
        found = look(ladder, now=APRIL)
        assert told(found[SALES])[:2] == [("Ada", 1, "7"), ("Ben", None, "0")]
        frozen = look(ladder, now=APRIL)[f"{SALES}-1"]
        assert frozen.participants is None  # two had a rank
        kept = ladder.session.scalars(select(Standing).where(Standing.board_id == frozen.head.number)).all()
        assert sorted((row.score, row.adjustment, row.counted) for row in kept) == [
            (0, 50, False),
            (300, 900, True),
            (500, 0, True),
        ]
        agree(ladder.session)

    def test_a_frozen_board_keeps_its_ranks_and_terms_whatever_changes(self, ladder: Ladder) -> None:
        ladder.join("Fay")
        ladder.sold(Ada=500, Ben=300, Cem=300, Dora=100, Emil=10, Fay=5)
        sales, _ = ladder.targets(ladder.bronze)
        sales.maximum = Decimal(5_000)
        ladder.renew(ladder.bronze, APRIL)
        participants.present(
            ladder.session, ladder.viewer("Ben", APRIL), ladder.home.id, PresenceDraft(False, Display.FULL)
        )
        frozen = look(ladder, now=APRIL)[f"{SALES}-1"]
        assert frozen.head.over
        assert frozen.head.terms is not None
        assert frozen.head.terms.maximum == 1_000
        assert told(frozen) == [
            ("Ada", 1, "500"),
            ("Cem", 2, "300"),
            ("Dora", 4, "100"),
            ("Emil", 5, "10"),
            ("Fay", 6, "5"),
        ]
        assert frozen.participants == 6, "so many have a rank"
        participants.present(
            ladder.session, ladder.viewer("Cem", APRIL), ladder.home.id, PresenceDraft(False, Display.FULL)
        )
        assert look(ladder, now=APRIL)[f"{SALES}-1"].participants is None  # four would tell too much

    def test_what_comes_late_is_told_of_who_has_no_rank_there_too(self, ladder: Ladder) -> None:
        ladder.join("Fay")
        ladder.sold(Ada=500, Ben=300, Cem=300, Dora=100, Emil=10)
        ladder.value("Fay", 900, at=NOW, now=APRIL)
        rows = look(ladder, now=APRIL)[f"{SALES}-1"].rows
        assert (str(rows[-1].name), rows[-1].rank, rows[-1].adjustment) == ("Fay", None, 900)

    def test_what_comes_late_is_set_down_where_its_person_stood_then(self, ladder: Ladder) -> None:
        """Ada has moved to a rung whose quarter runs on: it counts there, and adjusts the month of the rung before."""
        for target in ladder.targets(ladder.silver):
            target.period = Period.QUARTERLY
        february = NOW - timedelta(days=20)
        ladder.value("Ada", 100, at=february, now=february)
        participants.place(ladder.session, ladder.ines, ladder.silver, ladder.people["Ada"].id)
        ladder.value("Ada", 50, at=february)
        of_sales = select(Board.profile_id, Standing.score, Standing.adjustment).join(Standing)
        of_sales = of_sales.where(Board.keyword_id == ladder.sales.id).order_by(Board.id)
        assert [tuple(row) for row in ladder.session.execute(of_sales)] == [
            (ladder.bronze.id, 100, 50),
            (ladder.silver.id, 150, 0),
        ]
        assert list(ladder_findings(ladder.session, NOW)) == []

    def test_a_sum_that_would_not_fit_is_refused_and_nothing_of_it_stands(self, ladder: Ladder) -> None:
        largest = str(LARGEST_VALUE - 1)
        for _ in range(99):
            ladder.value("Ada", largest)
        before = told(look(ladder)[SALES])
        with pytest.raises(Invalid) as caught:
            ladder.value("Ada", largest), ladder.value("Ada", largest)
        assert {problem.code for problem in caught.value.problems} == {"too_large"}
        ladder.session.rollback()
        assert before[0][:2] == ("Ada", 1)

    def test_the_organisations_own_midnight_ends_it(self, ladder: Ladder) -> None:
        in_berlin_it_is_april = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
        ladder.value("Ada", 5, at=in_berlin_it_is_april - timedelta(minutes=31), now=in_berlin_it_is_april)
        ladder.value("Ada", 8, at=in_berlin_it_is_april, now=in_berlin_it_is_april)
        assert told(look(ladder, now=in_berlin_it_is_april)[SALES])[0] == ("Ada", 1, "8")

    def test_goals_that_begin_anew_at_different_times_are_added_up_at_once(self, ladder: Ladder) -> None:
        _, training = ladder.targets(ladder.bronze)
        training.period = Period.YEARLY
        ladder.renew(ladder.bronze)
        ladder.sold(Ada=1000, Ben=300)
        ladder.value("Ada", 5, TRAINING)
        ladder.value("Cem", 10, TRAINING)
        assert told(look(ladder)["all"])[:3] == [("Ada", 1, "75"), ("Cem", 2, "50"), ("Ben", 3, "15")]
        before = told(look(ladder, "Dora", now=APRIL)["all"])
        assert before[:3] == [("Cem", 1, "50"), ("Ada", 2, "25"), ("Ben", None, "0")]
        ladder.value("Emil", 100, at=APRIL, now=APRIL)
        after = told(look(ladder, "Dora", now=APRIL)["all"])
        assert after[:4] == [("Cem", 1, "50"), ("Ada", 2, "25"), ("Emil", 3, "5"), ("Ben", None, "0")]
        agree(ladder.session)

    def test_a_changed_target_holds_for_the_running_period_at_once(self, ladder: Ladder) -> None:
        ladder.sold(Ada=500)
        sales, training = ladder.targets(ladder.bronze)
        sales.maximum = Decimal(500)
        ladder.session.delete(training)
        ladder.renew(ladder.bronze)
        found = look(ladder)
        assert told(found["all"])[0] == ("Ada", 1, "100")
        sales.period = Period.QUARTERLY
        ladder.renew(ladder.bronze)
        assert told(look(ladder)[SALES])[0] == ("Ada", 1, "500")
        agree(ladder.session)


class TestListing:
    def test_opted_out_takes_no_rank_not_even_to_oneself_and_comes_back_with_everything(self, ladder: Ladder) -> None:
        ladder.sold(Ada=500, Ben=300, Cem=300)
        ladder.join("Fay")
        ada = ladder.viewer("Ada")
        participants.present(ladder.session, ada, ladder.home.id, PresenceDraft(False, Display.FULL))
        shown = look(ladder)[SALES]
        assert told(shown)[:2] == [("Ben", 1, "300"), ("Cem", 1, "300")]
        assert shown.participants == 5
        assert shown.mine is None
        place = ladders.places_in(ladder.session, ladder.home.id, [ada.id])[ada.id]
        home = ladders.home(ladder.session, ladder.home.id)
        assert [one.value for one in standing_now.of(ladder.session, home, place, NOW)] == [500, 0]
        agree(ladder.session)
        participants.present(ladder.session, ada, ladder.home.id, PresenceDraft(True, Display.ALIAS, "Countess"))
        assert told(look(ladder)[SALES])[0] == ("Countess", 1, "500")
        agree(ladder.session)

    def test_who_is_no_active_member_is_not_listed(self, ladder: Ladder) -> None:
        ladder.join("Fay")
        ladder.sold(Ada=500, Ben=300)
        theirs = (Membership.person_id == ladder.people["Ada"].id, Membership.organisation_id == ladder.home.id)
        membership = ladder.session.scalars(select(Membership).where(*theirs)).one()
        membership.status = "suspended"  # type: ignore[assignment]
        ladder.session.flush()
        participants.relist(ladder.session, ladder.home.id, ladder.people["Ada"].id, NOW)
        assert told(look(ladder, "Ben")[SALES])[0] == ("Ben", 1, "300")
        membership.status = "active"  # type: ignore[assignment]
        ladder.session.flush()
        participants.relist(ladder.session, ladder.home.id, ladder.people["Ada"].id, NOW)
        assert told(look(ladder, "Ben")[SALES])[0] == ("Ada", 1, "500")
        agree(ladder.session)

    def test_values_go_with_their_person_to_another_rung(self, ladder: Ladder) -> None:
        for name in ("Fay", "Gil", "Hal", "Ida", "Jon"):
            ladder.join(name, ladder.silver)
        ladder.sold(Ada=500, Ben=300)
        participants.place(ladder.session, ladder.ines, ladder.silver, ladder.people["Ada"].id)
        assert told(look(ladder, "Fay", profile=ladder.silver)[SALES])[0] == ("Ada", 1, "500")
        bronze = ladder.session.get_one(Profile, ladder.bronze.id, populate_existing=True)
        assert bronze.participants == 4
        counted = Counter(ladder.session.scalars(select(Participant.profile_id).where(Participant.listed)).all())
        assert counted == {ladder.bronze.id: 4, ladder.silver.id: 6}
        agree(ladder.session)

    def test_what_is_read_costs_as_many_statements_for_few_as_for_many(self, ladder: Ladder, session: Session) -> None:
        def statements() -> int:
            look(ladder)  # what the session forgot at a commit is known again
            sent: list[str] = []

            def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
                sent.append(statement)

            event.listen(session.get_bind(), "before_cursor_execute", note)
            look(ladder)
            event.remove(session.get_bind(), "before_cursor_execute", note)
            return len(sent)

        ladder.sold(Ada=1)
        few = statements()
        for number in range(30):
            ladder.join(f"P{number}")
        ladder.sold(**{f"P{number}": number + 1 for number in range(30)})
        assert statements() == few


def test_nobody_else_learns_anything(session: Session, ladder: Ladder) -> None:
    other: Any = make.person(session, "Zoe")
    make.member(session, other, make.organisation(session, "Other"))
    assert boards.ladders(session, make.viewer(session, other)) == []
    assert len(boards.ladders(session, ladder.viewer("Ada"))) == 1
