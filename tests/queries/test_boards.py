"""Boards as members see them: who shares a rank, who is next above, what a period that is over keeps, and how little it
costs however many there are."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.ladders import SALES, TRAINING, Ladder
from tests.make import NOW
from webapp.actions import participants
from webapp.domain.boards import Display
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.profile_drafts import PresenceDraft
from webapp.domain.profiles import Period
from webapp.extensions import db
from webapp.models import Membership, Profile
from webapp.queries import board_rows, board_versions, boards
from webapp.queries.boards import Shown
from webapp.queries.ladders import asked_of

APRIL = NOW + timedelta(days=31)
MARCH = date(2026, 3, 1)


@pytest.fixture
def they(session: Session) -> Ladder:
    return Ladder(session)


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def seen(
    they: Ladder, viewer: Viewer, keyword: str = SALES, profile: Profile | None = None, starts: date | None = None
) -> Shown:
    """The board of this goal, or of all of them together, as the viewer sees it."""
    (ladder,) = boards.ladders(they.session, viewer)
    rung = ladder.rung((profile or they.bronze).id)
    assert rung is not None
    asked, today = asked_of(they.session, [rung.number])[rung.number], ladder.home.today(viewer.now)
    number = next((one.keyword_id for one in asked if one.terms.keyword == keyword), None)
    wholes, goals = boards.heads(they.session, rung, asked, number, today)
    heads = goals if number else wholes
    head = next(one for one in heads if one.span.starts == starts) if starts else heads[0]
    return boards.shown(they.session, viewer, rung, asked, ladder.place, [head], today)[0]


def listed(shown: Shown) -> list[tuple[int | None, str]]:
    return [(row.rank, str(row.name)) for row in shown.rows]


def test_equal_sums_share_a_rank_and_who_has_none_comes_last(they: Ladder) -> None:
    they.sold(Ada=100, Ben=300, Cem=300, Dora=50)
    shown = seen(they, they.viewer("Ada"))
    assert listed(shown) == [(1, "Ben"), (1, "Cem"), (3, "Ada"), (4, "Dora"), (None, "Emil")]
    assert [row.tied for row in shown.rows] == [True, True, False, False, False]
    assert shown.participants == 5
    assert shown.mine is not None
    assert shown.mine.rank == 3


def test_next_above_is_who_has_more_however_many_share_ones_rank(they: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_rows, "FIRST", 2)
    board_rows._statement.cache_clear()
    for name in ("Fay", "Gus", "Hal", "Ida", "Jon", "Kim"):
        they.join(name)
    they.sold(Ada=100, Ben=900, Cem=800, Dora=400, Emil=100, Fay=100, Gus=100, Hal=100, Ida=50, Jon=20, Kim=5)
    shown = seen(they, they.viewer("Hal"))
    board_rows._statement.cache_clear()
    above = shown.above()
    assert above is not None
    assert (str(above.name), above.rank) == ("Dora", 3)
    assert shown.mine is not None
    assert (shown.mine.rank, shown.mine.tied) == (4, True)
    assert {row.rank for row in shown.rows if str(row.name) in ("Fay", "Gus")} == {4}
    assert listed(shown)[:3] == [(1, "Ben"), (2, "Cem"), (3, "Dora")]
    assert "Kim" not in {str(row.name) for row in shown.rows}


def test_nobody_is_above_who_is_first_or_has_no_rank(they: Ladder) -> None:
    they.sold(Ada=100, Ben=300)
    assert seen(they, they.viewer("Ben")).above() is None
    assert seen(they, they.viewer("Cem")).above() is None


def test_of_all_goals_together_the_mean_counts(they: Ladder) -> None:
    they.sold(Ada=500, Ben=1_500)
    they.value("Ada", 10, TRAINING)
    shown = seen(they, they.viewer("Ada"), "")
    assert [(str(row.name), row.score) for row in shown.rows[:2]] == [("Ada", Decimal(75)), ("Ben", Decimal(75))]
    assert [row.rank for row in shown.rows[:2]] == [1, 1]


def test_before_the_first_value_of_a_period_longer_ones_are_added_up(they: Ladder) -> None:
    for target in they.targets(they.bronze)[1:]:
        target.period = Period.YEARLY
    they.renew(they.bronze)
    they.value("Ada", 5, TRAINING)
    they.value("Ben", 8, TRAINING)
    shown = seen(they, they.viewer("Ada", APRIL), "")
    assert shown.head.number is None
    assert [(row.rank, str(row.name), row.score) for row in shown.rows[:2]] == [
        (1, "Ben", Decimal(40)),
        (2, "Ada", Decimal(25)),
    ]
    assert [row.rank for row in shown.rows[2:]] == [None] * 3


def test_a_board_that_is_over_stands_as_it_stood(they: Ladder) -> None:
    they.sold(Ada=100, Ben=300, Cem=200, Dora=50, Emil=20)
    they.value("Ada", 900, at=NOW, now=APRIL)
    shown = seen(they, they.viewer("Ada", APRIL), starts=MARCH)
    assert shown.head.over
    assert listed(shown) == [(1, "Ben"), (2, "Cem"), (3, "Ada"), (4, "Dora"), (5, "Emil")]
    assert {str(row.name): row.adjustment for row in shown.rows if row.adjustment} == {"Ada": Decimal(900)}


def test_who_opted_out_is_listed_nowhere_and_the_others_keep_their_ranks_where_the_period_is_over(they: Ladder) -> None:
    they.join("Fay")
    they.sold(Ada=100, Ben=300, Cem=200, Dora=50, Emil=20, Fay=10)
    they.session.commit()
    participants.present(they.session, they.viewer("Ben", APRIL), they.home.id, PresenceDraft(False, Display.FULL))
    they.value("Ada", 5, at=APRIL, now=APRIL)
    for name in ("Ada", "Ben"):
        running, over = seen(they, they.viewer(name, APRIL)), seen(they, they.viewer(name, APRIL), starts=MARCH)
        assert "Ben" not in {str(row.name) for row in running.rows}
        assert [(row.rank, str(row.name)) for row in over.rows[:2]] == [(2, "Cem"), (3, "Ada")]
        assert over.participants == 6, "so many have a rank"
    assert seen(they, they.viewer("Ben", APRIL), starts=MARCH).mine is None


def test_under_five_there_is_no_board(they: Ladder) -> None:
    they.sold(Ada=100, Ben=300)
    participants.present(they.session, they.viewer("Emil"), they.home.id, PresenceDraft(False, Display.FULL))
    shown = seen(they, they.viewer("Ada"))
    assert (shown.participants, shown.rows, shown.mine) == (None, (), None)


def test_another_organisation_and_who_left_see_no_ladder(they: Ladder, session: Session) -> None:
    stranger = make.person(session, "Stranger")
    make.member(session, stranger, make.organisation(session, "Elsewhere"), Role.ADMIN)
    assert boards.ladders(session, make.viewer(session, stranger)) == []
    gone = they.people["Ada"]
    session.query(Membership).filter_by(person_id=gone.id).update({"status": MembershipStatus.LEFT})
    session.commit()
    assert boards.ladders(session, make.viewer(session, gone)) == []


def test_a_version_stands_for_what_a_board_shows(they: Ladder) -> None:
    they.sold(Ada=100, Ben=300)

    def version() -> str:
        viewer = they.viewer("Ada")
        (ladder,) = boards.ladders(they.session, viewer)
        rung = ladder.rungs[0]
        head = seen(they, viewer).head
        now = board_versions.version_now(they.session, viewer, rung.id, SALES, None)
        assert now == board_versions.version_of(rung, head, ladder.home.today(viewer.now))
        return now

    first = version()
    assert version() == first
    they.value("Ben", 5)
    second = version()
    assert second != first
    participants.present(they.session, they.viewer("Ben"), they.home.id, PresenceDraft(True, Display.INITIALS))
    assert version() not in (first, second)


def test_a_version_of_a_profile_one_does_not_know_is_none(they: Ladder, session: Session) -> None:
    stranger = make.person(session, "Stranger")
    make.member(session, stranger, make.organisation(session, "Elsewhere"))
    viewer = make.viewer(session, stranger)
    assert board_versions.version_now(session, viewer, they.bronze.public_id, SALES, None) == ""
    assert board_versions.version_now(session, viewer, "nothing", SALES, None) == ""


def test_a_version_of_a_period_that_is_over_and_of_none_that_has_a_board(they: Ladder) -> None:
    they.sold(Ada=100, Ben=300, Cem=200, Dora=50, Emil=20)
    viewer = they.viewer("Ada", APRIL)
    running = board_versions.version_now(they.session, viewer, they.bronze.public_id, SALES, None)
    over = board_versions.version_now(they.session, viewer, they.bronze.public_id, SALES, MARCH)
    assert running.endswith(".0.0")
    assert over != running
    assert not over.endswith(".0.0")


def test_of_two_periods_that_began_on_one_day_either_is_found(they: Ladder) -> None:
    (target,) = [one for one in they.targets(they.bronze) if one.keyword_id == they.sales.id]
    for name in they.people:
        they.value(name, 100, at=APRIL, now=APRIL)
    target.period = Period.QUARTERLY
    they.renew(they.bronze, APRIL + timedelta(days=30))
    viewer = they.viewer("Ada", APRIL + timedelta(days=90))
    (ladder,) = boards.ladders(they.session, viewer)
    rung, today = ladder.rungs[0], ladder.home.today(viewer.now)
    _, heads = boards.heads(
        they.session, rung, asked_of(they.session, [rung.number])[rung.number], they.sales.id, today
    )
    starts = date(2026, 4, 1)
    frozen = [head for head in heads if head.over and head.span.starts == starts]
    assert {head.span.ends for head in frozen} == {date(2026, 4, 30), date(2026, 6, 30)}
    for head in frozen:
        now = board_versions.version_now(they.session, viewer, rung.id, SALES, starts, head.span.ends)
        assert now == board_versions.version_of(rung, head, today)
    alone = board_versions.version_now(they.session, viewer, rung.id, SALES, starts)
    assert alone == board_versions.version_of(rung, frozen[0], today)
    neither = board_versions.version_now(they.session, viewer, rung.id, SALES, starts, date(2026, 5, 1))
    assert neither == board_versions.version_of(rung, heads[0], today)


def test_a_board_costs_as_many_statements_for_many_as_for_few(they: Ladder, engine: Engine) -> None:
    they.sold(Ada=100, Ben=300)
    they.session.commit()

    def cost() -> int:
        viewer = they.viewer("Ada")
        with counted(engine) as statements:
            seen(they, viewer)
        return len(statements)

    few = cost()
    for name in (f"Person {number}" for number in range(30)):
        they.join(name)
        they.value(name, 10)
    they.session.commit()
    assert cost() == few <= 5
