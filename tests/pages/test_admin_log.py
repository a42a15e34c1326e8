"""The log of an organisation as its admins look through it: in words, by filters that name nobody, and as a table."""

import csv
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.make import NOW
from tests.page import Browser, signed_in
from webapp.actions import memberships
from webapp.actions.audit import Origin, Tag, origin, record
from webapp.domain.people import Role, Viewer
from webapp.extensions import db
from webapp.models import AuditEvent, Organisation, Person
from webapp.pages.audit_words import TAGS
from webapp.queries.audit_log import SUBJECTS


@pytest.fixture
def home(session: Session, ada: Person) -> Organisation:
    """Where Ada is an admin."""
    made = make.organisation(session, "Bakery")
    make.member(session, ada, made, Role.ADMIN)
    session.commit()
    return made


@pytest.fixture
def otto(session: Session, home: Organisation) -> Person:
    """A member, to whom an admin gave a role."""
    made = make.person(session, "Otto")
    make.member(session, made, home)
    session.commit()
    return made


@pytest.fixture
def admin(session: Session, ada: Person, home: Organisation, otto: Person) -> Viewer:
    viewer = make.viewer(session, ada)
    memberships.change_roles(session, viewer, home.id, otto.id, {Role.MANAGER})
    session.commit()
    return viewer


def write(session: Session, home: Organisation, tag: Tag, viewer: Viewer | None = None, **more: object) -> None:
    record(session, tag, at=NOW, viewer=viewer, organisation_id=home.id, **more)  # type: ignore[arg-type]
    session.commit()


def test_every_act_has_words_and_every_subject_is_offered() -> None:
    assert set(TAGS) == set(Tag)
    assert set(SUBJECTS) <= {tag.value.partition(":")[0] for tag in Tag}
    assert all(str(words).strip() for words in TAGS.values())


def test_a_row_says_who_did_what_about_whom(
    visit: Browser, session: Session, home: Organisation, admin: Viewer
) -> None:
    page = visit.get("/admin/log")
    row = page.words(page.one("ol", id="log"))
    assert row.startswith("Changed roles Ada · about Otto · 10 Mar 2026, 12:00")
    assert "Object a membership" in row
    assert "Before MemberAfter Manager" in row
    assert "Log of Bakery" in page.words()


def test_who_is_no_person_is_said_in_words(visit: Browser, session: Session, home: Organisation) -> None:
    token = origin.set(Origin())
    write(session, home, Tag.INVITATION_SEND)
    origin.set(Origin("203.0.113.5", "first_admin.show", "7f"))
    write(session, home, Tag.MEMBERSHIP_CREATE)
    origin.reset(token)
    write(session, home, Tag.INVITATION_DECLINE, make.viewer(session, make.person(session, "Elsa")), outcome="denied")
    page = visit.get("/admin/log")
    words = page.words(page.one("ol", id="log"))
    assert "Invited somebody The operator" in words
    assert "Joined Nobody signed in" in words
    assert "Request 7f" in words
    assert "Declined an invitation Somebody from elsewhere" in words
    assert "Refused" in words
    assert "Elsa" not in page.text
    assert "203.0.113.5" not in page.text


def test_an_empty_log_says_so(visit: Browser, home: Organisation) -> None:
    assert "Nothing was done yet." in visit.get("/admin/log").words()


def test_filters_live_in_the_address(visit: Browser, session: Session, home: Organisation, admin: Viewer) -> None:
    write(session, home, Tag.TEAM_CREATE, admin)
    page = visit.get("/admin/log").press("Show", what="team", first="2026-03-10", last="2026-03-10")
    assert parse_qs(urlsplit(page.address).query)["what"] == ["team"]
    rows = page.words(page.one("ol", id="log"))
    assert "Created a team" in rows
    assert "Changed roles" not in rows
    assert (page.value("what"), page.value("first")) == ("team", "2026-03-10")
    none = visit.get("/admin/log?what=team&last=2026-03-09")
    assert "Nothing like this was done." in none.words()
    one_act = visit.get("/admin/log?what=membership:change_roles")
    assert one_act.words(one_act.by_id("log")).startswith("Changed roles")


def test_what_makes_no_sense_is_said_at_its_field(visit: Browser, admin: Viewer) -> None:
    page = visit.get("/admin/log?first=soon&what=nothing&before=x&by=Otto")
    assert page.status == 200
    assert set(page.errors()) == {"first", "what"}
    assert "Changed roles" in page.words(page.one("ol", id="log"))


def test_a_person_is_looked_for_by_letters_and_named_by_id(
    visit: Browser, session: Session, home: Organisation, admin: Viewer, otto: Person
) -> None:
    write(session, home, Tag.TEAM_CREATE, admin)
    found = visit.get("/admin/log?what=membership").press("Search people", q="ott")
    assert found.address == "/admin/log/people"
    links = [one.get("href", "") for one in found.one("ul", id="members").iter("a")]
    assert parse_qs(urlsplit(links[1]).query) == {"what": ["membership"], "about": [otto.public_id]}
    page = visit.get(links[1])
    assert "About Otto" in page.words()
    assert "Otto" not in page.address
    assert "Changed roles" in page.words(page.one("ol", id="log"))
    assert "Nothing like this was done." in visit.get(links[0]).words()
    whole = page.one("p", id="chosen").find("a")
    assert whole is not None
    assert "about" not in parse_qs(urlsplit(whole.get("href", "")).query)
    assert "Nobody has these letters" in page.press("Search people", q="zzz").words()


def test_older_rows_are_a_page_away(visit: Browser, session: Session, home: Organisation, ada: Person) -> None:
    viewer = make.viewer(session, ada)
    for number in range(51):
        record(session, Tag.TEAM_CREATE, at=NOW, viewer=viewer, organisation_id=home.id, rows=number + 1)
    session.commit()
    page = visit.get("/admin/log?what=team")
    assert len(list(page.one("ol", id="log"))) == 50
    (older,) = page.all("a", rel="next")
    last = visit.get(older.get("href", ""))
    assert len(list(last.one("ol", id="log"))) == 1
    assert "Rows 1Request" in last.words(last.one("ol", id="log"))
    assert not last.all("a", rel="next")


def test_it_is_taken_out_as_a_table_and_that_is_told(
    visit: Browser, session: Session, home: Organisation, otto: Person, admin: Viewer
) -> None:
    otto.name = "=HYPERLINK(1)"
    write(session, home, Tag.TEAM_CREATE, admin)
    table = visit.get("/admin/log?what=membership").press("Take these out as CSV")
    assert table.headers["Content-Disposition"] == 'attachment; filename="log-2026-03-10.csv"'
    (row,) = csv.DictReader(StringIO(table.text.removeprefix("\ufeff")))
    assert (row["tag"], row["actor"], row["about_id"]) == ("membership:change_roles", "Ada", otto.public_id)
    assert row["about"] == "'=HYPERLINK(1)"
    assert row["at"].startswith("2026-03-10T12:00:00")
    told = visit.get("/admin/log?what=audit")
    assert "Took the log out Ada" in told.words(told.one("ol", id="log"))


def test_only_admins_look_and_nothing_is_written_for_others(
    app: Flask, session: Session, home: Organisation, otto: Person, admin: Viewer, visit: Browser
) -> None:
    stranger = make.person(session, "Elsa")
    make.member(session, stranger, make.organisation(session, "Elsewhere"), Role.ADMIN)
    session.commit()
    here = {"organisation": home.public_id}
    done = select(func.count(AuditEvent.id)).where(AuditEvent.outcome == "done")
    before = session.scalar(done)
    for person, refused in ((otto, 403), (stranger, 404)):
        browser = signed_in(app, session, person)
        sent = [("csrf_token", browser.token()), *here.items()]
        assert browser.get("/admin/log", query_string=here).status == refused
        assert browser.send("/admin/log/people", sent).status == refused
        assert browser.send("/admin/log/export.csv", sent).status == refused
    session.rollback()
    assert session.scalar(done) == before
    assert visit.get("/admin/log", query_string=here).status == 200
    assert visit.send("/admin/log/export.csv", [("csrf_token", visit.token()), *here.items()]).status == 200


def test_a_long_log_costs_no_more_statements(
    app: Flask, session: Session, visit: Browser, home: Organisation, otto: Person, admin: Viewer
) -> None:
    with app.app_context():
        engine = db.engine
    asked = f"/admin/log?by={admin.public_id}&about={otto.public_id}"
    visit.get(asked)
    with counted(engine) as few:
        visit.get(asked)
    for number in range(60):
        record(session, Tag.TEAM_CREATE, at=NOW, viewer=admin, subject_id=otto.id, organisation_id=home.id, n=number)
    session.commit()
    with counted(engine) as many:
        assert len(list(visit.get(asked).one("ol", id="log"))) == 50
    assert len(many) == len(few) <= 8, many
