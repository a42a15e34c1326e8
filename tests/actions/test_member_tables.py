"""Bringing reporting lines and teams as a table: all or nothing, the same again changes nothing, and what is taken out
comes back equal."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.relations import Work
from webapp.actions import member_tables as actions
from webapp.actions import reporting, teams
from webapp.actions.member_tables import Counts
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.goals import ReviewState
from webapp.domain.member_tables import MOST_ROWS, MemberTable, read
from webapp.domain.organisations import TeamDraft
from webapp.domain.people import MembershipStatus
from webapp.models import Membership, Person, ReportingLine, Team, TeamMember
from webapp.queries import ladders, members
from webapp.queries import reporting as queries

HEADER = "Person,Manager,Team,Lead\n"


@pytest.fixture
def work(session: Session) -> Work:
    return Work(session)


def table(work: Work, *rows: str) -> MemberTable:
    """A table of these rows; {paul} stands for his address."""
    emails = {"paul": work.person.email, "mona": work.manager.email, "ines": work.admin.email}
    return read(HEADER + "\n".join(rows).format(**emails))


def bring(work: Work, *rows: str, viewer: Any = None) -> Counts:
    home = ladders.home(work.session, work.home.id)
    return actions.bring(work.session, viewer or work.ines, home, table(work, *rows))


def state(work: Work) -> tuple[set[Any], set[Any], set[Any]]:
    """Lines, leads by team, and members by team, all by number or name."""
    lines = select(ReportingLine.person_id, ReportingLine.manager_id)
    leads = select(Team.name, Team.lead_id)
    members = select(Team.name, TeamMember.person_id).join(TeamMember, TeamMember.team_id == Team.id)
    first, second, third = (
        {tuple(row) for row in work.session.execute(statement)} for statement in (lines, leads, members)
    )
    return first, second, third


def test_lines_and_teams_become_what_the_table_says(work: Work) -> None:
    shop = teams.create(work.session, work.ines, work.home.id, TeamDraft("Shop"))
    teams.put_in(work.session, work.ines, shop, work.paul.public_id)
    rows = ("{paul},{ines},Bakery,no", "{mona},{ines},bakery,yes")
    assert bring(work, *rows) == Counts(lines=3, places=3, teams=1)
    paul, mona, ines = work.person.id, work.manager.id, work.admin.id
    assert state(work) == ({(paul, ines), (mona, ines)}, {("Shop", None), ("Bakery", mona)}, {("Bakery", paul)})
    assert work.session.scalars(select(ReportingLine.since).distinct()).all() == [make.TODAY]
    said = make.tags(work.session)
    assert bring(work, *rows) == Counts(0, 0, 0)
    assert make.tags(work.session) == said


def test_who_is_not_in_the_table_stays(work: Work) -> None:
    before = state(work)
    bring(work, "{mona},{ines},,")
    assert state(work)[0] == before[0] | {(work.manager.id, work.admin.id)}


def test_nothing_is_brought_while_anything_is_wrong(work: Work) -> None:
    before = make.everything(work.session)
    for row in ("zoe@example.org,,,", "{mona},{paul},,", "{mona},{mona},,"):
        with pytest.raises(Invalid):
            bring(work, "{ines},{paul},New,no", row)
        assert make.everything(work.session) == before
    bring(work, "{ines},{paul},New,no")
    work.session.commit()
    assert make.everything(work.session) != before


def test_only_its_admins_bring_and_take_out(work: Work) -> None:
    work.session.commit()
    home, other = ladders.home(work.session, work.home.id), Work(work.session).ines
    before = state(work)
    for viewer, error in ((work.mona, Refused), (other, NotFound)):
        with pytest.raises(error):
            bring(work, "{paul},,,", viewer=viewer)
        with pytest.raises(error):
            actions.preview(work.session, viewer, home, table(work, "{paul},,,"))
        with pytest.raises(error):
            actions.keep(work.session, viewer, home, b"Person,Manager")
        with pytest.raises(error):
            queries.table(work.session, viewer, work.home.id)
    assert state(work) == before
    assert bring(work, "{paul},,,") == Counts(1, 0, 0)


def test_what_is_taken_out_comes_back_equal(work: Work) -> None:
    rows = ("{paul},{mona},=Bakery,no", "{paul},{ines},Shop,yes", "{mona},,=Bakery,yes", "{mona},,Shop,no")
    bring(work, *rows)
    before = state(work)
    content = b"".join(queries.table(work.session, work.ines, work.home.id)).decode()
    assert "'=Bakery" in content
    home = ladders.home(work.session, work.home.id)
    assert not actions.preview(work.session, work.ines, home, read(content)).changes.any()
    reporting.remove(work.session, work.ines, work.home.id, work.person.id, work.admin.id)
    bring(work, "{paul},,,", "{mona},,,")
    assert actions.bring(work.session, work.ines, home, read(content)).lines == 2
    assert state(work) == before


@pytest.mark.parametrize("part", [1, members.PART])
def test_who_lost_every_say_is_not_waited_for(work: Work, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setattr(members, "PART", part)
    work.send(work.manager)
    bring(work, "{paul},{ines},,")
    work.session.expire_all()
    assert work.goal.review_state is ReviewState.DRAFT


def test_who_is_meant_is_found_by_address_in_any_case_and_by_public_id(work: Work) -> None:
    named = [work.person.email.upper(), work.manager.public_id, work.manager.public_id.upper(), "zoe@example.org"]
    found = members.members_named(work.session, work.home.id, named)
    assert {text: one.name for text, one in found.items()} == {named[0]: "Paul", named[1]: "Mona"}
    numbers = members.numbers_meant(work.session, work.home.id, named)
    assert numbers == {named[0]: work.person.id, named[1]: work.manager.id}


def test_the_longest_table_takes_no_more_statements_than_a_short_one(work: Work) -> None:
    """Everybody of the organisation waits for it: its lines and places are written together, whatever their number."""
    home = ladders.home(work.session, work.home.id)
    engine = work.session.get_bind()
    known = {"zone": "Etc/UTC", "created_at": make.NOW, "confirmed_at": make.NOW}
    emails = [f"m{number}@example.org" for number in range(MOST_ROWS // 5)]
    people = [Person(email=email, email_key=email, name=email, **known) for email in emails]
    work.session.add_all(people)
    work.session.flush()
    work.session.add_all(
        Membership(person_id=one.id, organisation_id=home.id, status=MembershipStatus.ACTIVE, created_at=make.NOW)
        for one in people
    )
    work.session.commit()
    pairs = list(zip(emails, emails[1:] + emails[:1], strict=True))
    above = [
        f"{email},{emails[number + step]},Team {step},no"
        for step in range(1, 6)
        for number, email in enumerate(emails)
        if number + step < len(emails)
    ]
    taken = {}
    for name, rows in {
        "few": above[:5],
        "few cleared": [f"{email},,," for email in emails[:5]],
        "many": above,
        "many cleared": [f"{email},,," for email in emails],
    }.items():
        content = read(HEADER + "\n".join(rows))
        with counted(engine) as statements:  # type: ignore[arg-type]
            actions.bring(work.session, work.ines, home, content)
            work.session.commit()
        taken[name] = len(statements)
    assert taken["many"] <= taken["few"] + 5, "and a statement for each team that is made, on some engines"
    assert taken["many cleared"] == taken["few cleared"]
    assert state(work)[2] == set()
    ring = actions.preview(work.session, work.ines, home, read(HEADER + "\n".join(f"{a},{b},," for a, b in pairs)))
    assert len(ring.changes.troubles) == len(emails)
