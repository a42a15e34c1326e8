"""Ladders are built by their admins: rungs in order, targets, and boards that follow what is asked."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import SALES, TRAINING, Ladder
from webapp.actions import courses, participants
from webapp.actions import profiles as actions
from webapp.domain.boards import Display
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.people import Role, Viewer
from webapp.domain.profile_drafts import (
    MOST_PROFILES,
    MOST_TARGETS,
    AdviceDraft,
    PresenceDraft,
    ProfileDraft,
    TargetDraft,
)
from webapp.domain.profiles import Period
from webapp.models import AdviceStep, AuditEvent, Board, GoalKeyword, Organisation, Profile, Standing, Target
from webapp.queries import ladders as queries


@pytest.fixture
def they(session: Session) -> Ladder:
    return Ladder(session)


def rungs(they: Ladder) -> list[str]:
    found = queries.rungs_of(they.session, [they.home.id])
    assert [one.level for one in found] == list(range(1, len(found) + 1))
    return [one.name for one in found]


def draft(keyword: str = "calls", maximum: int = 20, **more: Any) -> TargetDraft:
    given = {"display_name": "Calls", "period": Period.WEEKLY, "minimum": Decimal(0), **more}
    return TargetDraft(keyword, maximum=Decimal(maximum), **given)


def sales_of(they: Ladder, profile: Profile) -> Target:
    return next(one for one in they.targets(profile) if one.keyword_id == they.sales.id)


def scores(they: Ladder, keyword_id: int | None) -> list[Decimal]:
    """What the boards of Bronze that run show of this goal, or of all."""
    statement = select(Standing.score).join(Board, Board.id == Standing.board_id)
    on = Board.keyword_id == keyword_id if keyword_id is not None else Board.keyword_id.is_(None)
    return sorted(they.session.scalars(statement.where(Board.profile_id == they.bronze.id, on)))


def tags(they: Ladder, kind: str) -> list[str]:
    statement = select(AuditEvent.tag).where(AuditEvent.tag.startswith(kind)).order_by(AuditEvent.id)
    return list(they.session.scalars(statement))


def problems(call: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        call()
    return {one.field: one.code for one in caught.value.problems}


def test_a_new_rung_stands_on_top(they: Ladder) -> None:
    made = actions.create(they.session, they.ines, they.home.id, ProfileDraft(" Platinum "))
    assert rungs(they) == ["Bronze", "Silver", "Gold", "Platinum"]
    assert made.created_at == make.NOW
    assert tags(they, "profile:") == ["profile:create"]


def test_two_rungs_of_one_ladder_are_called_differently(they: Ladder) -> None:
    assert problems(lambda: actions.create(they.session, they.ines, they.home.id, ProfileDraft("gold"))) == {
        "name": "name_taken"
    }
    assert problems(lambda: actions.rename(they.session, they.ines, they.bronze, ProfileDraft("Gold"))) == {
        "name": "name_taken"
    }
    actions.rename(they.session, they.ines, they.bronze, ProfileDraft("bronze"))
    assert rungs(they) == ["bronze", "Silver", "Gold"]


def test_a_ladder_ends_somewhere(they: Ladder) -> None:
    for number in range(MOST_PROFILES - 3):
        they.rung(f"Rung {number}")
    found = problems(lambda: actions.create(they.session, they.ines, they.home.id, ProfileDraft("One more")))
    assert found == {"name": "too_many"}


def test_rungs_move_by_one_and_stop_at_the_ends(they: Ladder) -> None:
    before = they.silver.version
    actions.move(they.session, they.ines, they.silver, up=True)
    assert rungs(they) == ["Bronze", "Gold", "Silver"]
    assert they.silver.version > before
    actions.move(they.session, they.ines, they.silver, up=True)
    actions.move(they.session, they.ines, they.bronze, up=False)
    assert rungs(they) == ["Bronze", "Gold", "Silver"]
    actions.move(they.session, they.ines, they.silver, up=False)
    actions.move(they.session, they.ines, they.silver, up=False)
    assert rungs(they) == ["Silver", "Bronze", "Gold"]
    assert tags(they, "profile:move") == ["profile:move"] * 3


def test_a_rung_goes_when_nobody_stands_on_it(they: Ladder) -> None:
    with pytest.raises(Invalid) as caught:
        actions.remove(they.session, they.ines, they.bronze)
    (problem,) = caught.value.problems
    assert (problem.code, problem.params) == ("people_on_it", {"num": 5})
    actions.remove(they.session, they.ines, they.silver)
    assert rungs(they) == ["Bronze", "Gold"]
    with pytest.raises(NotFound):
        actions.rename(they.session, they.ines, they.silver, ProfileDraft("Again"))


def test_somebody_who_opted_out_still_stands_on_their_rung(they: Ladder) -> None:
    for name in ("Ben", "Cem", "Dora", "Emil"):
        participants.take_off(they.session, they.ines, they.home.id, they.people[name].id)
    participants.present(they.session, they.viewer("Ada"), they.home.id, PresenceDraft(False, Display.FULL))
    with pytest.raises(Invalid) as caught:
        actions.remove(they.session, they.ines, they.bronze)
    assert caught.value.problems[0].params == {"num": 1}


def test_a_target_makes_its_keyword_once(they: Ladder) -> None:
    made = actions.set_target(they.session, they.ines, they.bronze, draft(currency="EUR", self_report=True))
    assert (made.period, made.maximum, made.currency, made.self_report) == (Period.WEEKLY, 20, "EUR", True)
    assert [one.id for one in they.targets(they.bronze)][-1] == made.id
    assert made.position > max(one.position for one in they.targets(they.bronze)[:-1])
    actions.set_target(they.session, they.ines, they.silver, draft(maximum=40))
    keywords = they.session.scalars(select(GoalKeyword.keyword).where(GoalKeyword.organisation_id == they.home.id))
    assert sorted(keywords) == ["calls", SALES, TRAINING]
    assert tags(they, "target:") == ["target:set", "target:set"]


def test_what_is_wrong_with_a_target_is_said_at_its_field(they: Ladder) -> None:
    def asking(one: TargetDraft) -> dict[str, str]:
        return problems(lambda: actions.set_target(they.session, they.ines, they.bronze, one))

    assert asking(draft("Calls!")) == {"keyword": "not_a_keyword"}
    assert asking(draft(SALES)) == {"keyword": "name_taken"}
    assert asking(draft(maximum=0)) == {"maximum": "not_above_minimum"}
    assert asking(draft(currency="ZZZ")) == {"currency": "unknown_currency"}
    assert len(they.targets(they.bronze)) == 2
    for number in range(MOST_TARGETS - 2):
        they.target(they.bronze, they.keyword(f"more_{number}"), 10)
    assert asking(draft()) == {"keyword": "too_many"}


def test_boards_that_run_follow_what_is_asked(they: Ladder) -> None:
    they.sold(Ada=500, Ben=250)
    assert scores(they, None) == [Decimal("12.5"), 25]  # the mean of sales and of training, of which there is none
    target = sales_of(they, they.bronze)
    before = they.bronze.version
    changed = draft(SALES, 500, period=Period.MONTHLY, display_name="Sales")
    actions.set_target(they.session, they.ines, they.bronze, changed, target)
    they.session.refresh(they.bronze)
    assert they.bronze.version > before
    assert scores(they, None) == [25, 50]
    assert scores(they, they.sales.id) == [250, 500]


def test_a_target_can_be_of_another_goal(they: Ladder) -> None:
    target = sales_of(they, they.bronze)
    actions.set_target(they.session, they.ines, they.bronze, draft("calls"), target)
    assert {one.keyword_id for one in they.targets(they.bronze)} == {target.keyword_id, they.training.id}
    taken = problems(lambda: actions.set_target(they.session, they.ines, they.bronze, draft(TRAINING), target))
    assert taken == {"keyword": "name_taken"}


def test_without_a_target_its_board_and_its_advice_are_gone_and_values_stay(they: Ladder) -> None:
    they.sold(Ada=500)
    they.value("Ada", 5, TRAINING)
    target = sales_of(they, they.bronze)
    courses.advise(they.session, they.ines, they.bronze, target, AdviceDraft("Call", Decimal(0)))
    actions.remove_target(they.session, they.ines, they.bronze, target)
    assert scores(they, they.sales.id) == []
    assert scores(they, None) == [50]
    assert list(they.session.scalars(select(AdviceStep))) == []
    actions.set_target(they.session, they.ines, they.bronze, draft(SALES, 1_000, period=Period.MONTHLY))
    assert scores(they, they.sales.id) == [500]
    with pytest.raises(NotFound):
        actions.remove_target(they.session, they.ines, they.bronze, target)


def test_a_rung_starts_from_another(they: Ladder) -> None:
    new = actions.create(they.session, they.ines, they.home.id, ProfileDraft("Platinum"))
    actions.set_target(they.session, they.ines, new, draft(SALES, 9_000, display_name="Mine"))
    assert actions.start_from(they.session, they.ines, new, they.gold) == 1
    found = {one.keyword_id: one for one in they.targets(new)}
    assert (found[they.sales.id].maximum, found[they.sales.id].display_name) == (9_000, "Mine")
    copied = found[they.training.id]
    assert (copied.maximum, copied.self_report, copied.display_name) == (40, True, "Hours of training")
    assert actions.start_from(they.session, they.ines, new, they.gold) == 0


def test_nothing_is_copied_from_another_organisation(they: Ladder) -> None:
    elsewhere = make.organisation(they.session, "Elsewhere")
    other = Profile(organisation_id=elsewhere.id, name="Theirs", position=1, created_at=make.NOW)
    they.session.add(other)
    they.session.flush()
    with pytest.raises(NotFound):
        actions.start_from(they.session, they.ines, they.bronze, other)


def meanwhile(they: Ladder, statement: Any) -> None:
    """Somebody else's change, of which what is loaded here knows nothing."""
    they.session.execute(statement, execution_options={"synchronize_session": False})


def test_a_rung_taken_away_meanwhile_is_found_by_nothing(they: Ladder) -> None:
    target, gold = they.targets(they.gold)[0], they.gold
    meanwhile(they, update(Profile).where(Profile.id == gold.id).values(deleted_at=make.NOW))
    assert gold.deleted_at is None
    for call in (
        lambda: actions.rename(they.session, they.ines, gold, ProfileDraft("Platinum")),
        lambda: actions.rename(they.session, they.ines, gold, ProfileDraft("")),
        lambda: actions.move(they.session, they.ines, gold, up=False),
        lambda: actions.remove(they.session, they.ines, gold),
        lambda: actions.set_target(they.session, they.ines, gold, draft()),
        lambda: actions.set_target(they.session, they.ines, gold, draft(), target),
        lambda: actions.remove_target(they.session, they.ines, gold, target),
        lambda: actions.start_from(they.session, they.ines, gold, they.bronze),
        lambda: actions.start_from(they.session, they.ines, they.bronze, gold),
    ):
        with pytest.raises(NotFound):
            call()
    assert tags(they, "profile:") + tags(they, "target:") == []


@pytest.mark.filterwarnings("error")
def test_a_target_taken_away_meanwhile_is_found_by_nothing(they: Ladder) -> None:
    target = sales_of(they, they.bronze)
    meanwhile(they, delete(Target).where(Target.id == target.id))
    for call in (
        lambda: actions.set_target(they.session, they.ines, they.bronze, draft(), target),
        lambda: actions.remove_target(they.session, they.ines, they.bronze, target),
    ):
        with pytest.raises(NotFound):
            call()
    assert tags(they, "profile:") + tags(they, "target:") == []


def test_who_says_last_whether_amounts_are_shown_is_heard(they: Ladder) -> None:
    assert they.home.hides_amounts is False
    meanwhile(they, update(Organisation).where(Organisation.id == they.home.id).values(hides_amounts=True))
    actions.show_amounts(they.session, they.ines, they.home.id, shown=True)
    assert they.session.scalar(select(Organisation.hides_amounts).where(Organisation.id == they.home.id)) is False


def test_boards_hide_amounts_and_show_them_again(they: Ladder) -> None:
    before = they.bronze.version
    actions.show_amounts(they.session, they.ines, they.home.id, shown=False)
    they.session.refresh(they.bronze)
    assert they.session.get_one(Organisation, they.home.id).hides_amounts
    assert they.bronze.version == before + 1
    actions.show_amounts(they.session, they.ines, they.home.id, shown=True)
    assert not they.session.get_one(Organisation, they.home.id).hides_amounts
    assert tags(they, "organisation:") == ["organisation:change"] * 2


@pytest.mark.parametrize("who", ["Ada", "a manager", "another's admin"])
def test_nobody_but_its_admins_changes_a_ladder(they: Ladder, who: str) -> None:
    viewer, expected = stranger(they, who)
    target = they.targets(they.bronze)[0]
    home = they.home.id
    for call in (
        lambda: actions.create(they.session, viewer, home, ProfileDraft("Mine")),
        lambda: actions.rename(they.session, viewer, they.gold, ProfileDraft("Mine")),
        lambda: actions.move(they.session, viewer, they.gold, up=False),
        lambda: actions.remove(they.session, viewer, they.gold),
        lambda: actions.set_target(they.session, viewer, they.gold, draft()),
        lambda: actions.remove_target(they.session, viewer, they.bronze, target),
        lambda: actions.start_from(they.session, viewer, they.gold, they.bronze),
        lambda: actions.show_amounts(they.session, viewer, home, shown=False),
    ):
        with pytest.raises(expected):
            call()
    assert rungs(they) == ["Bronze", "Silver", "Gold"]


def stranger(they: Ladder, who: str) -> tuple[Viewer, type[Exception]]:
    """Somebody who may not, and what they are told."""
    if who == "Ada":
        return they.viewer("Ada"), Refused
    person = make.person(they.session, "Max")
    here = they.home if who == "a manager" else make.organisation(they.session, "Elsewhere")
    make.member(they.session, person, here, Role.MANAGER if here is they.home else Role.ADMIN)
    return make.viewer(they.session, person), Refused if here is they.home else NotFound
