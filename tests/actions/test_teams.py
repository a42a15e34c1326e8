"""Teams and reporting lines: who may say them, what they must not be, and what they do to who reviews whom."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.relations import Work
from webapp.actions import reporting, teams
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.goals import ReviewState
from webapp.domain.organisations import TeamDraft
from webapp.domain.people import MembershipStatus, Viewer
from webapp.models import Goal, ReportingLine, Team, TeamMember
from webapp.queries import organisations, reviewers
from webapp.queries import reporting as lines
from webapp.queries import teams as queries


@pytest.fixture
def work(session: Session) -> Work:
    return Work(session)


def wrong(work: Work, **said: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as raised:
        teams.create(work.session, work.ines, work.home.id, TeamDraft(**said))
    return [(one.field, one.code) for one in raised.value.problems]


def team(work: Work, name: str = "Bakery", lead: str = "") -> Team:
    return teams.create(work.session, work.ines, work.home.id, TeamDraft(name, lead))


def in_it(work: Work, made: Team) -> list[int]:
    return list(work.session.scalars(select(TeamMember.person_id).where(TeamMember.team_id == made.id)))


def may_change(work: Work) -> frozenset[int]:
    """Who may change Paul's objectives beside him, and review them."""
    return reviewers.updaters(work.session, work.home.id, work.person.id)


def elsewhere(work: Work) -> Viewer:
    """The admin of another organisation."""
    other = Work(work.session)
    return other.ines


def test_a_team_is_made_led_filled_and_listed(work: Work) -> None:
    made = team(work, "  Bakery ", work.mona.public_id)
    teams.put_in(work.session, work.ines, made, work.paul.public_id)
    teams.put_in(work.session, work.ines, made, work.paul.public_id)
    (line,) = queries.teams(work.session, work.ines, work.home.id)
    assert (line.name, line.lead, line.members) == ("Bakery", "Mona", 1)
    assert [one.name for one in queries.members(work.session, made)] == ["Paul"]
    assert make.tags(work.session, made) == ["team:create", "team:change"]


def test_a_name_is_taken_however_it_is_written(work: Work) -> None:
    first = team(work)
    assert wrong(work, name="bAKERY ") == [("name", "name_taken")]
    assert wrong(work, name=" ") == [("name", "required")]
    second = team(work, "Shop")
    with pytest.raises(Invalid):
        teams.change(work.session, work.ines, second, TeamDraft("Bakery"))
    teams.change(work.session, work.ines, first, TeamDraft("BAKERY"))
    assert first.name == "BAKERY"


def test_another_organisation_may_use_the_same_name(work: Work) -> None:
    team(work)
    other = Work(work.session)
    assert team(other).organisation_id == other.home.id


def test_only_active_members_lead_or_are_in_a_team(work: Work) -> None:
    gone, stranger = make.person(work.session, "Gus"), make.person(work.session, "Zoe")
    make.member(work.session, gone, work.home, status=MembershipStatus.SUSPENDED)
    made = team(work)
    for one in (gone, stranger):
        assert wrong(work, name="Shop", lead=one.public_id) == [("lead", "not_a_member")]
        with pytest.raises(Invalid):
            teams.put_in(work.session, work.ines, made, one.public_id)
    assert in_it(work, made) == []
    assert len(queries.teams(work.session, work.ines, work.home.id)) == 1


def test_only_its_admins_change_teams(work: Work) -> None:
    made = team(work)
    teams.put_in(work.session, work.ines, made, work.paul.public_id)
    for viewer, error in ((work.mona, Refused), (elsewhere(work), NotFound)):
        with pytest.raises(error):
            teams.create(work.session, viewer, work.home.id, TeamDraft("Shop"))
        with pytest.raises(error):
            teams.change(work.session, viewer, made, TeamDraft("Shop"))
        with pytest.raises(error):
            teams.put_in(work.session, viewer, made, work.mona.public_id)
        with pytest.raises(error):
            teams.take_out(work.session, viewer, made, work.person.id)
        with pytest.raises(error):
            teams.remove(work.session, viewer, made)
        with pytest.raises(error):
            queries.find(work.session, viewer, made.public_id)
    assert (made.name, in_it(work, made)) == ("Bakery", [work.person.id])
    teams.remove(work.session, work.ines, made)
    assert work.session.scalars(select(Team).where(Team.organisation_id == work.home.id)).all() == []


def test_a_team_of_objectives_stays(work: Work) -> None:
    made = team(work)
    teams.put_in(work.session, work.ines, made, work.paul.public_id)
    make.objective(work.session, work.paul, work.cycle, "Bake more", team=made.public_id)
    with pytest.raises(Invalid) as raised:
        teams.remove(work.session, work.ines, made)
    (problem,) = raised.value.problems
    assert (problem.code, problem.params) == ("team_has_objectives", {"num": 1})
    assert in_it(work, made) == [work.person.id]


def test_a_lead_reviews_the_objectives_of_the_team_and_a_former_one_does_not(work: Work) -> None:
    lead = make.person(work.session, "Lea")
    make.member(work.session, lead, work.home)
    made = team(work, lead=lead.public_id)
    assert lead.id not in may_change(work)
    teams.put_in(work.session, work.ines, made, work.paul.public_id)
    assert lead.id in may_change(work)
    work.send(lead)
    teams.take_out(work.session, work.ines, made, work.person.id)
    assert lead.id not in may_change(work)
    work.session.expire_all()
    assert work.goal.review_state is ReviewState.DRAFT, "nobody is left to decide"


def test_what_waits_stays_with_who_may_still_decide(work: Work) -> None:
    made = team(work, lead=work.mona.public_id)
    teams.put_in(work.session, work.ines, made, work.paul.public_id)
    work.send(work.manager)
    teams.remove(work.session, work.ines, made)
    work.session.expire_all()
    assert work.goal.review_state is ReviewState.IN_REVIEW, "Mona is his manager as well"


def test_a_manager_is_added_and_taken_away(work: Work) -> None:
    boss = make.person(work.session, "Bea")
    make.member(work.session, boss, work.home)
    for _ in range(2):
        reporting.add(work.session, work.ines, work.home.id, work.paul.public_id, boss.public_id)
    assert may_change(work) == {work.manager.id, work.admin.id, boss.id}
    work.send(work.manager)
    reporting.remove(work.session, work.ines, work.home.id, work.person.id, work.manager.id)
    assert may_change(work) == {work.admin.id, boss.id}
    work.session.expire_all()
    assert work.session.get_one(Goal, work.goal.id).review_state is ReviewState.DRAFT
    assert [one.name for one in lines.managers(work.session, work.home.id, [work.person.id])[work.person.id]] == ["Bea"]
    assert make.tags(work.session).count("reporting:change") == 2


def test_a_line_begins_on_the_organisations_day(work: Work) -> None:
    work.home.zone = "Pacific/Auckland"
    late = datetime(2026, 3, 10, 20, tzinfo=UTC)
    ines = make.viewer(work.session, work.admin, late)
    reporting.add(work.session, ines, work.home.id, work.mona.public_id, ines.public_id)
    line = work.session.scalars(select(ReportingLine).where(ReportingLine.person_id == work.manager.id)).one()
    assert line.since == date(2026, 3, 11)


def test_nobody_stands_above_themselves(work: Work) -> None:
    reporting.add(work.session, work.ines, work.home.id, work.mona.public_id, work.ines.public_id)
    before = organisations.managers_by_person(work.session, work.home.id)
    gone = make.person(work.session, "Gus")
    make.member(work.session, gone, work.home, status=MembershipStatus.LEFT)
    for person, manager, code in (
        (work.mona.public_id, work.mona.public_id, "own_manager"),
        (work.mona.public_id, work.paul.public_id, "ring"),
        (work.ines.public_id, work.paul.public_id, "ring"),
        (work.paul.public_id, gone.public_id, "not_a_member"),
        (work.paul.public_id, "zoe@example.org", "not_a_member"),
    ):
        with pytest.raises(Invalid) as raised:
            reporting.add(work.session, work.ines, work.home.id, person, manager)
        assert [(one.field, one.code) for one in raised.value.problems] == [("manager", code)]
    assert organisations.managers_by_person(work.session, work.home.id) == before


def test_only_its_admins_change_lines(work: Work) -> None:
    before = organisations.managers_by_person(work.session, work.home.id)
    for viewer, error in ((work.mona, Refused), (elsewhere(work), NotFound)):
        with pytest.raises(error):
            reporting.add(work.session, viewer, work.home.id, work.ines.public_id, work.mona.public_id)
        with pytest.raises(error):
            reporting.remove(work.session, viewer, work.home.id, work.person.id, work.manager.id)
    assert organisations.managers_by_person(work.session, work.home.id) == before
    assert before == {work.person.id: {work.manager.id}}
