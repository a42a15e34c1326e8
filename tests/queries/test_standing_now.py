"""What somebody has reached on their rung, and the same at a glance in one statement: both say what the entries say."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.ladders import SALES, TRAINING, Ladder
from tests.make import NOW
from webapp.actions import participants
from webapp.domain.people import MembershipStatus, Role
from webapp.domain.profiles import Period, Span, span_of
from webapp.models import Membership, Organisation, Profile
from webapp.queries import boards, ladders, overview, standing_now
from webapp.queries.overview import Overview
from webapp.queries.standing_now import Reached

APRIL = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def they(session: Session) -> Ladder:
    return Ladder(session)


def reached(they: Ladder, name: str, now: datetime = NOW) -> dict[str, Reached]:
    """What this person has reached, by keyword."""
    viewer = they.viewer(name, now)
    (place,) = ladders.places_of(they.session, viewer)
    home = ladders.home(they.session, they.home.id)
    return {one.asked.terms.keyword: one for one in standing_now.of(they.session, home, place, now)}


def glance(they: Ladder, name: str, now: datetime = NOW) -> list[Overview]:
    return overview.of(they.session, they.viewer(name, now))


def same(they: Ladder, name: str, now: datetime = NOW) -> Overview:
    """The overview, which says the same as the page of the profile."""
    (found,) = glance(they, name, now)
    assert {one.asked.terms.keyword: one for one in found.reached} == reached(they, name, now)
    return found


def test_what_is_reached_is_the_sum_of_the_entries_of_the_period(they: Ladder) -> None:
    they.value("Ada", 700)
    they.value("Ada", -100)
    they.value("Ada", 4, TRAINING)
    they.value("Ben", 999)
    sales = reached(they, "Ada")[SALES]
    assert (int(sales.value), sales.entries, int(sales.percentage), int(sales.difference)) == (600, 2, 60, 400)
    assert sales.span == span_of(Period.MONTHLY, NOW.date())
    found = same(they, "Ada")
    assert (found.rung, found.above, found.rung_id) == ("Bronze", "Silver", they.bronze.public_id)
    assert [one.value for one in found.reached] == [600, 4]


def test_a_new_period_begins_at_nothing_and_what_came_before_stays_there(they: Ladder) -> None:
    they.value("Ada", 700)
    assert reached(they, "Ada", APRIL)[SALES].value == 0
    assert same(they, "Ada", APRIL).reached[0].difference == 1_000
    they.value("Ada", 50, at=APRIL, now=APRIL)
    assert reached(they, "Ada", APRIL)[SALES].value == 50
    assert same(they, "Ada", APRIL).reached[0].entries == 1


@pytest.mark.parametrize(("zone", "month"), [("Pacific/Kiritimati", 4), ("Pacific/Pago_Pago", 3)])
def test_the_period_is_the_one_of_the_organisations_own_date(they: Ladder, zone: str, month: int) -> None:
    """At noon of the last of March by UTC it is April already on Kiritimati, and still March on Samoa."""
    they.home.zone = zone
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    they.value("Ada", 10, at=now - timedelta(days=3), now=now - timedelta(days=3))
    they.value("Ada", 7, at=now, now=now)
    found = same(they, "Ada", now).reached[0]
    assert (found.span.starts.month, int(found.value)) == (month, 7 if month == 4 else 17)


def test_a_lifetime_never_begins_anew(they: Ladder) -> None:
    target = they.targets(they.bronze)[0]
    target.period = Period.LIFETIME
    they.session.flush()
    they.renew(they.bronze)
    they.value("Ada", 700)
    found = same(they, "Ada", APRIL).reached[0]
    assert (int(found.value), found.span) == (700, Span(span_of(Period.LIFETIME, NOW.date()).starts, None))


def test_everything_met_opens_the_next_rung_and_the_highest_opens_none(they: Ladder) -> None:
    they.value("Ada", 1_000)
    assert not same(they, "Ada").may_move_up
    they.value("Ada", 10, TRAINING)
    assert same(they, "Ada").may_move_up
    they.join("Gil", they.gold)
    they.value("Gil", 9_000)
    they.value("Gil", 900, TRAINING)
    top = same(they, "Gil")
    assert (top.above, top.may_move_up) == ("", False)


def test_entries_come_along_to_another_rung(they: Ladder) -> None:
    they.value("Ada", 700)
    participants.place(they.session, they.ines, they.silver, they.people["Ada"].id)
    found = same(they, "Ada")
    (sales, _) = found.reached
    assert (found.rung, int(sales.value), int(sales.percentage)) == ("Silver", 700, 35)


def test_another_rung_reads_ones_entries_by_its_own_periods(they: Ladder) -> None:
    they.targets(they.silver)[1].period = Period.YEARLY
    they.value("Ada", 700)
    they.value("Ada", 4, TRAINING, at=NOW - timedelta(days=40), now=NOW - timedelta(days=40))
    they.value("Ada", 2, TRAINING)
    viewer, home = they.viewer("Ada"), ladders.home(they.session, they.home.id)
    (place,) = ladders.places_of(they.session, viewer)
    they.session.flush()
    asked = ladders.asked_of(they.session, [they.silver.id])[they.silver.id]
    found = standing_now.on(they.session, home, place, asked, NOW)
    assert [(int(one.value), one.entries, int(one.percentage)) for one in found] == [(700, 1, 35), (6, 2, 30)]
    nobody = standing_now.on(they.session, home, None, asked, NOW)
    assert [(int(one.value), one.entries) for one in nobody] == [(0, 0), (0, 0)]


def test_who_stands_on_no_rung_has_no_overview(they: Ladder) -> None:
    participants.take_off(they.session, they.ines, they.home.id, they.people["Ada"].id)
    assert glance(they, "Ada") == []
    assert glance(they, "Ines") == []
    assert reached(they, "Ada") == {}


def test_a_rung_that_asks_nothing_is_there_without_goals(they: Ladder) -> None:
    they.join("Gil", they.rung("Platinum"))
    (found,) = glance(they, "Gil")
    assert (found.rung, found.reached, found.may_move_up) == ("Platinum", (), False)


def test_of_several_organisations_each_ladder_is_there_and_none_after_leaving(they: Ladder) -> None:
    they.value("Ada", 700)
    other = make.organisation(they.session, "Abroad")
    on_other_ladder(they, other)
    found = glance(they, "Ada")
    assert [(one.home.name, one.rung, one.above) for one in found] == [
        ("Abroad", "Only", ""),
        (they.home.name, "Bronze", "Silver"),
    ]
    assert [one.value for one in found[0].reached] == [0]
    left = they.session.query(Membership).filter_by(organisation_id=other.id, person_id=they.people["Ada"].id).one()
    left.status = MembershipStatus.LEFT
    they.session.flush()
    assert [one.home.name for one in glance(they, "Ada")] == [they.home.name]


def test_the_overview_is_one_statement_and_none_for_who_belongs_to_nothing(they: Ladder) -> None:
    they.value("Ada", 700)
    alone = make.viewer(they.session, make.person(they.session, "Solo"))
    viewer = they.viewer("Ada")
    they.session.commit()
    with counted(they.session.get_bind()) as statements:  # type: ignore[arg-type]
        overview.of(they.session, viewer)
    assert len(statements) == 1
    with counted(they.session.get_bind()) as statements:  # type: ignore[arg-type]
        assert overview.of(they.session, alone) == []
    assert statements == []


def test_ladders_are_the_viewers_own_only(they: Ladder) -> None:
    stranger = make.person(they.session, "Stranger")
    make.member(they.session, stranger, make.organisation(they.session, "Other"))
    viewer = make.viewer(they.session, stranger)
    assert (boards.ladders(they.session, viewer), overview.of(they.session, viewer)) == ([], [])


def on_other_ladder(they: Ladder, organisation: Organisation) -> None:
    """Ada stands on the only rung of another organisation, which asks one goal."""
    make.member(they.session, they.people["Ada"], organisation)
    keyword = they.keyword(SALES, organisation)
    rung = Profile(organisation_id=organisation.id, name="Only", position=1, created_at=NOW)
    they.session.add(rung)
    they.session.flush()
    they.target(rung, keyword, 5, period=Period.YEARLY)
    boss = make.person(they.session, "Boss")
    make.member(they.session, boss, organisation, Role.ADMIN)
    participants.place(they.session, make.viewer(they.session, boss), rung, they.people["Ada"].id)
