"""Teams, reporting lines and settings on the admins' pages."""

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.page import Browser, Page, signed_in
from tests.relations import Work
from webapp.extensions import db
from webapp.models import ReportingLine, Team, TeamMember

TEAMS, LINES, SETTINGS = "/admin/teams", "/admin/reporting", "/admin/settings"
IMPORT = f"{LINES}/import"


@pytest.fixture
def work(app: Flask, session: Session, clock: machine.Traveller) -> Work:
    return Work(session)


@pytest.fixture
def ines(app: Flask, session: Session, work: Work) -> Browser:
    return signed_in(app, session, work.admin)


def lines(work: Work) -> set[tuple[int, int]]:
    work.session.rollback()
    statement = select(ReportingLine.person_id, ReportingLine.manager_id)
    return {(row[0], row[1]) for row in work.session.execute(statement)}


def in_teams(work: Work) -> set[tuple[str, int]]:
    work.session.rollback()
    statement = select(Team.name, TeamMember.person_id).join(TeamMember, TeamMember.team_id == Team.id)
    return {(row[0], row[1]) for row in work.session.execute(statement)}


def headings(page: Page) -> list[str]:
    return [page.words(one) for one in page.all("h3")]


def team(ines: Browser, name: str = "Bakery", lead: str = "") -> Page:
    return ines.get(TEAMS).press("Make the team", name=name, lead=lead)


def test_a_team_is_made_filled_and_emptied(work: Work, ines: Browser) -> None:
    page = team(ines, lead="Mona")
    assert "Mona leads this team." in page.words()
    page = page.press("Put into the team", person=work.person.email)
    assert (headings(page), in_teams(work)) == (["Paul"], {("Bakery", work.person.id)})
    page = page.press("Take out of the team: Paul")
    assert in_teams(work) == set()
    page.press("Undo")
    assert in_teams(work) == {("Bakery", work.person.id)}
    assert "1 member · led by Mona" in ines.get(TEAMS).words()


def test_a_team_is_renamed_and_loses_its_lead(work: Work, ines: Browser) -> None:
    page = team(ines, lead="Mona").press("Save", name="Bread", lead="")
    assert "Nobody leads this team." in page.words()
    page.press("Delete the team")
    assert "Make the first one." in ines.get(TEAMS).words()


def test_what_is_wrong_with_a_team_stands_at_its_field(work: Work, ines: Browser) -> None:
    team(ines)
    page = team(ines, "bakery", "zoe@example.org")
    assert page.status == 422
    assert page.errors() == {
        "name": "There is one of this name already.",
        "lead": "No member of your organisation has this address. Invite them first.",
    }
    assert (page.value("name"), page.value("lead")) == ("bakery", "zoe@example.org")
    inside = ines.get(ines.get(TEAMS).one("h3").find("a").get("href")).press("Put into the team", person="zoe")
    assert (inside.status, list(inside.errors())) == (422, ["person"])


def test_a_team_with_objectives_says_why_it_stays(work: Work, ines: Browser) -> None:
    page = team(ines).press("Put into the team", person=work.person.email)
    made = work.session.scalars(select(Team)).one()
    make.objective(work.session, work.paul, work.cycle, "Bake more", team=made.public_id)
    work.session.commit()
    refused = page.press("Delete the team")
    assert refused.status == 422
    assert "One objective is this team's" in refused.words()
    assert in_teams(work) == {("Bakery", work.person.id)}


def test_a_manager_is_added_and_taken_away(work: Work, ines: Browser) -> None:
    first = ines.get(LINES)
    assert "reports to Mona" in first.words()
    page = ines.get(f"{LINES}/{work.person.public_id}").press("Add the manager", manager=work.admin.email)
    assert headings(page) == ["Ines", "Mona"]
    page.press("End the line to Mona")
    assert lines(work) == {(work.person.id, work.admin.id)}
    wrong = ines.get(f"{LINES}/{work.admin.public_id}").press("Add the manager", manager="Paul")
    assert (wrong.status, list(wrong.errors())) == (422, ["manager"])
    found = ines.get(LINES).press("Search", q="mon")
    assert (headings(found), found.address) == (["Mona"], LINES)
    assert "Nobody has these letters" in found.press("Search", q="zzz").words()


def test_a_table_is_seen_first_and_brought_once(work: Work, ines: Browser) -> None:
    text = f"Person,Manager,Team\n{work.manager.email},{work.admin.email},Shop\n{work.person.email},,Shop\n"
    before = lines(work)
    page = ines.get(IMPORT).press("Show what it changes", table=text)
    said = page.words()
    for words in ("Teams that are made", "Mona: Ines", "Paul: Mona", "Paul: Shop"):
        assert words in said
    assert lines(work) == before
    done = page.press("Change all this")
    assert "2 reporting lines changed, 2 places in teams changed, 1 team was made." in done.words()
    assert lines(work) == {(work.manager.id, work.admin.id)}
    again = page.press("Change all this")
    assert "2 reporting lines changed" in again.words(), "sent twice it is brought once"
    assert "there is nothing to change" in ines.get(IMPORT).press("Show what it changes", table=text).words()
    out = ines.get(LINES).press("Take all out as CSV").text
    work.session.rollback()
    assert make.tags(work.session)[-1] == "reporting:export"
    assert "there is nothing to change" in ines.get(IMPORT).press("Show what it changes", table=out).words()


def test_a_table_with_troubles_is_not_brought(work: Work, ines: Browser) -> None:
    text = f"Person,Manager\nzoe@example.org,{work.admin.email}\n{work.manager.email},{work.person.email}\n"
    before = lines(work)
    page = ines.get(IMPORT).press("Show what it changes", table=text)
    assert [page.words(row) for row in page.by_id("troubles").find("tbody")] == [  # type: ignore[union-attr]
        "2PersonNo member of your organisation has this address. Invite them first.",
        "3ManagerSomebody would report to themselves, be it through others. Choose somebody else.",
    ]
    assert ines.post(page.address).status == 422
    assert lines(work) == before
    assert page.press("Choose another table").status == 200
    assert ines.get(page.address).status == 404


def test_settings_are_changed(work: Work, ines: Browser) -> None:
    page = ines.get(SETTINGS).press("Save", name="Harbour", zone="Europe/Paris")
    assert (page.value("name"), page.value("zone")) == ("Harbour", "Europe/Paris")
    wrong = page.press("Save", name="")
    assert (wrong.status, list(wrong.errors())) == (422, ["name"])
    assert ines.get(SETTINGS).value("name") == "Harbour"


def test_tables_are_taken_out_and_looked_at_so_often(work: Work, ines: Browser) -> None:
    lines_page, log_page = ines.get(LINES), ines.get("/admin/log")
    for number in range(6):
        page, words = (lines_page, "Take all out as CSV") if number % 2 else (log_page, "Take these out as CSV")
        assert page.press(words).status == 200
    told = len(make.tags(work.session))
    for page, words in ((lines_page, "Take all out as CSV"), (log_page, "Take these out as CSV")):
        assert page.press(words).status == 429
    work.session.rollback()
    assert len(make.tags(work.session)) == told
    preview = ines.get(IMPORT).press("Show what it changes", table=f"Person,Manager\n{work.person.email},\n")
    assert [ines.get(preview.address).status for _ in range(30)] == [*29 * [200], 429]


def test_more_than_fifty_are_narrowed_by_more_letters(work: Work, ines: Browser) -> None:
    for number in range(51):
        make.member(work.session, make.person(work.session, f"Zed {number:02}"), work.home)
    work.session.commit()
    page = ines.get(LINES).press("Search", q="zed")
    assert (len(headings(page)), headings(page)[-1]) == (50, "Zed 49")
    assert "type more of them" in page.words()
    assert not page.all("a", rel="next")
    assert headings(page.press("Search", q="zed 50")) == ["Zed 50"]
    (after,) = ines.get(LINES).all("a", rel="next")
    assert "Zed 50" in headings(ines.get(after.get("href", "")))


@pytest.mark.parametrize("address", [TEAMS, LINES, SETTINGS, IMPORT])
def test_members_see_none_of_it(app: Flask, session: Session, work: Work, ines: Browser, address: str) -> None:
    assert signed_in(app, session, work.manager).get(address).status == 403
    assert ines.get(address).status == 200


def test_what_belongs_to_others_is_not_there(app: Flask, session: Session, work: Work, ines: Browser) -> None:
    page = team(ines).press("Put into the team", person=work.person.email)
    waiting = ines.get(IMPORT).press("Show what it changes", table=f"Person,Manager\n{work.person.email},\n")
    other = signed_in(app, session, Work(session).admin)
    person = work.person.public_id
    for address in (page.address, f"{LINES}/{person}", waiting.address):
        assert other.get(address).status == 404
        assert other.post(address, name="Ours", manager="Ines").status == 404
    assert other.post(f"{page.address}/delete").status == 404
    assert other.post(f"{page.address}/members/{person}/delete").status == 404
    assert other.post(f"{LINES}/{person}/{work.manager.public_id}/delete").status == 404
    assert in_teams(work) == {("Bakery", work.person.id)}
    assert (work.person.id, work.manager.id) in lines(work)
    assert waiting.press("Change all this").status == 200


def test_no_page_asks_more_for_more_people(app: Flask, work: Work, ines: Browser) -> None:
    with app.app_context():
        engine = db.engine
    for number in range(4):
        team(ines, f"Team {number}", "Mona").press("Put into the team", person=work.person.email)
    made = work.session.scalars(select(Team.public_id)).first()
    person = work.person.public_id
    for address in (TEAMS, f"{TEAMS}/{made}", LINES, f"{LINES}/{person}", SETTINGS, IMPORT):
        with counted(engine) as statements:
            assert ines.get(address).status == 200
        assert len(statements) <= 8, (address, statements)
