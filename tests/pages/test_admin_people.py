"""An organisation as its admins see it: roles, lock and help, and nothing that a person keeps to themselves."""

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.page import Browser, Page, signed_in
from tests.visitors import letters
from webapp.domain.people import MembershipStatus, Role
from webapp.extensions import db
from webapp.models import Authenticator, Membership, Organisation, Person, ReportingLine, Team, TeamMember
from webapp.queries.organisations import PAGE, roles_of
from webapp.settings import Settings

HERE = "/admin/people"
UNKNOWN = "0" * 24


class House:
    """Ines runs an organisation with Ada, who has goals and moods, Mia the manager, and Sue, who is suspended."""

    def __init__(self, session: Session, ada: Person) -> None:
        self.session, self.home = session, make.organisation(session, "Harbour")
        self.ada = ada
        make.member(session, ada, self.home)
        self.ines, self.mia = self.join("Ines", Role.ADMIN), self.join("Mia", Role.MANAGER)
        self.sue = self.join("Sue", Role.THERAPIST, status=MembershipStatus.SUSPENDED)
        self.sue.disabled_at = make.NOW
        session.commit()

    def join(self, name: str, *roles: Role, status: MembershipStatus = MembershipStatus.ACTIVE) -> Person:
        person = make.person(self.session, name)
        make.member(self.session, person, self.home, *roles, status=status)
        return person

    def of(self, person: Person, rest: str = "") -> str:
        return f"{HERE}/{person.public_id}{rest}"

    def state(self, person: Person) -> tuple[MembershipStatus, bool, set[Role]]:
        self.session.rollback()
        self.session.expire_all()
        status = self.session.scalars(select(Membership.status).where(Membership.person_id == person.id)).one()
        return status, person.disabled_at is None, set(roles_of(self.session, self.home.id, person.id))

    def protect(self, person: Person) -> None:
        """The person has an app whose codes count."""
        sealed = make.viewer(self.session, person).words.seal("authenticator.secret", "JBSWY3DPEHPK3PXP")
        app = Authenticator(person_id=person.id, secret=sealed, confirmed_at=make.NOW, created_at=make.NOW)
        self.session.add(app)
        self.session.commit()


@pytest.fixture
def house(app: Flask, session: Session, ada: Person) -> House:
    return House(session, ada)


@pytest.fixture
def ines(app: Flask, session: Session, house: House) -> Browser:
    return signed_in(app, session, house.ines)


def names(page: Page) -> list[str]:
    return [page.words(one).split()[0] for one in page.root.iter("h3")]


def links(page: Page) -> set[str]:
    return {one.get("href", "") for one in page.all("a")}


def test_the_overview_counts_and_leads_everywhere(house: House, ines: Browser) -> None:
    page = ines.get("/admin")
    assert page.words(page.one("dl")) == "Active members3Suspended1Left0Invitations that wait0"
    there = {f"/admin/{one}" for one in ("people", "invitations", "teams", "reporting", "log", "settings")}
    assert links(page) >= there | {f"/admin/{one}" for one in ("ladder", "courses", "values", "keys")}
    assert "/admin" in links(ines.get("/account"))
    assert "second step" not in page.words()


def test_the_overview_says_how_many_should_have_a_second_step(house: House, ines: Browser, app: Flask) -> None:
    house.protect(house.ines)
    settings: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = Settings(**{**vars_of(settings), "totp_required_for": ("admin", "manager", "therapist")})
    try:
        page = ines.get("/admin")
        assert "1 person whose role asks for a second step has none yet." in page.words()
        house.protect(house.mia)
        assert "second step" not in ines.get("/admin").words()
    finally:
        app.config["SETTINGS"] = settings


def vars_of(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in settings.__dataclass_fields__}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Ada", "Ines", "Mia", "Sue"]),
        ("q=IN", ["Ada", "Ines", "Mia", "Sue"]),
        ("status=suspended", ["Sue"]),
        ("status=nonsense&role=nonsense&page=x", ["Ada", "Ines", "Mia", "Sue"]),
        ("role=admin", ["Ines"]),
        ("role=manager&status=suspended", []),
        ("proof=none", ["Ada", "Ines", "Sue"]),
        ("page=2", []),
    ],
)
def test_people_are_found_by_state_and_role_but_by_no_letters_of_an_address(
    house: House, ines: Browser, asked: str, found: list[str]
) -> None:
    house.protect(house.mia)
    assert names(ines.get(f"{HERE}?{asked}")) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "IN"}, ["Ines"]),
        ({"q": "%"}, []),
        ({"q": "ia.", "status": "active"}, ["Mia"]),
        ({"q": "e", "role": "therapist"}, ["Sue"]),
    ],
)
def test_people_are_found_by_letters_that_stand_in_no_address(
    house: House, ines: Browser, asked: dict[str, str], found: list[str]
) -> None:
    page = ines.get(HERE).press("Show", **asked)
    assert names(page) == found
    assert page.value("q") == asked["q"]
    assert page.address == HERE
    assert not [one for one in links(page) if "q=" in one]


def test_without_letters_the_filter_stands_in_the_address(house: House, ines: Browser) -> None:
    page = ines.get(HERE).press("Show", q=" ", status="suspended")
    assert (page.address, names(page)) == (f"{HERE}?status=suspended", ["Sue"])


def test_what_is_found_by_letters_stands_on_pages(house: House, ines: Browser) -> None:
    for number in range(PAGE + 2):
        house.join(f"Zoe {number:02d}")
    house.session.commit()
    first = ines.get(HERE).press("Show", q="zoe", role="member")
    assert len(names(first)) == PAGE
    second = first.press("More")
    assert (names(second), second.value("q"), second.address) == (["Zoe"] * 2, "zoe", HERE)
    assert len(names(second.press("Before"))) == PAGE


def test_of_who_left_their_name_alone_is_shown(house: House, ines: Browser) -> None:
    house.protect(house.mia)
    left = house.join("Leo", status=MembershipStatus.LEFT)
    house.protect(left)
    assert names(ines.get(HERE).press("Show", q="leo.", status="")) == [], "their address is nobody's any more"
    page = ines.get(HERE).press("Show", q="LEO")
    assert names(page) == ["Leo"]
    assert names(ines.get(f"{HERE}?proof=none")) == ["Ada", "Ines", "Sue"]
    shown = ines.get(house.of(left))
    for one in (page, shown):
        assert "Leo" in one.words()
        assert left.email not in one.text
    assert "second step" not in page.words(page.by_id("people"))
    assert "Second step" not in shown.words()
    assert "Second step at sign-inYes" in ines.get(house.of(house.mia)).words()


def test_a_row_says_as_what_and_how_safely(house: House, ines: Browser) -> None:
    house.protect(house.mia)
    rows = [ines.get(HERE).words(one) for one in ines.get(HERE).by_id("people").iter("li")]
    assert rows[0] == f"Ada{house.ada.email}Member · no second stepOpen"
    assert rows[2] == f"Mia{house.mia.email}Manager · second stepOpen"
    assert rows[3] == f"Sue Suspended{house.sue.email}Therapist · no second stepOpen"


def test_many_people_stand_on_pages_and_cost_no_more(app: Flask, house: House, ines: Browser) -> None:
    with app.app_context():
        engine = db.engine
    ines.get(HERE)
    with counted(engine) as few:
        ines.get(HERE)
    for number in range(PAGE):
        house.join(f"Zoe {number:02d}")
    house.session.commit()
    with counted(engine) as many:
        page = ines.get(HERE)
    assert len(many) == len(few) <= 8
    assert len(names(page)) == PAGE
    rest = ines.get(next(one.get("href", "") for one in page.all("a", rel="next")))
    assert names(rest) == ["Zoe"] * 4
    with counted(engine) as one:
        ines.get(house.of(house.ada))
    assert len(one) <= 8
    with counted(engine) as home:
        ines.get("/admin")
    assert len(home) <= 8


def test_a_person_is_shown_as_the_organisation_knows_them(house: House, ines: Browser) -> None:
    session = house.session
    team = Team(organisation_id=house.home.id, name="Bakers")
    session.add(team)
    session.flush()
    session.add(TeamMember(team_id=team.id, person_id=house.ada.id))
    line = {"organisation_id": house.home.id, "since": make.TODAY}
    session.add(ReportingLine(person_id=house.ada.id, manager_id=house.mia.id, **line))
    session.commit()
    words = ines.get(house.of(house.ada)).words()
    for said in ("TeamsBakers", "Reports toMia", "Reporting to themNobody", "RolesMember", "Second step at sign-inNo"):
        assert said in words
    assert "Reporting to themAda" in ines.get(house.of(house.mia)).words()


def test_nothing_that_ada_keeps_for_herself_is_on_any_page(house: House, ines: Browser) -> None:
    session, her = house.session, make.viewer(house.session, house.ada)
    goal = make.goal(session, her, "Zephyrwalk")
    make.mood(session, her, 2, note="Lachrymose", reasons=["Quiddity"])
    make.grant(session, house.ada, house.sue)
    secret = make.sign_in(session, house.ada)
    session.commit()
    pages = [ines.get(one) for one in ("/admin", HERE, house.of(house.ada), house.of(house.ada, "/suspend"))]
    for page in pages:
        assert page.status == 200
        for kept in ("Zephyrwalk", "Lachrymose", "Quiddity", goal.public_id, secret, "a test"):
            assert kept not in page.text
    assert "Sue" not in pages[2].text, "who is anybody's therapist is nobody's business"


def test_roles_change_after_a_fresh_proof_and_sign_out(house: House, ines: Browser, app: Flask) -> None:
    hers = signed_in(app, house.session, house.ada)
    assert hers.get("/account").status == 200
    page = ines.get(house.of(house.ada, "/roles"))
    done = page.press("Save", roles=["manager", "therapist"])
    assert "They sign in anew." in done.words()
    assert "RolesTherapist, Manager" in done.words()
    assert house.state(house.ada)[2] == {Role.MEMBER, Role.MANAGER, Role.THERAPIST}
    assert hers.get("/account", follow=False).status == 303
    assert [one.get("value") for one in ines.get(house.of(house.ada, "/roles")).all("input", checked="")] == [
        "therapist",
        "manager",
    ]
    ines.get(house.of(house.ada, "/roles")).press("Save", roles=[])
    assert house.state(house.ada)[2] == {Role.MEMBER}


def test_roles_saved_as_they_were_change_nothing_and_say_so(house: House, ines: Browser, app: Flask) -> None:
    hers = signed_in(app, house.session, house.ada)
    done = ines.get(house.of(house.ada, "/roles")).press("Save", roles=[])
    assert "Nothing has changed." in done.words()
    assert "They sign in anew." not in done.words()
    assert hers.get("/account", follow=False).status == 200, "they stay signed in"


def test_a_role_that_is_none_is_said(house: House, ines: Browser) -> None:
    for nonsense in ("king", "member"):
        assert ines.post(house.of(house.ada, "/roles"), roles=["manager", nonsense]).status == 422
    assert house.state(house.ada)[2] == {Role.MEMBER}


def test_suspending_is_explained_and_undone(house: House, ines: Browser) -> None:
    page = ines.get(house.of(house.ada, "/suspend"))
    assert "Nothing of theirs is deleted." in page.words()
    assert house.state(house.ada)[:2] == (MembershipStatus.ACTIVE, True)
    done = page.press("Suspend")
    assert "You can let them in again at any time." in done.words()
    assert house.state(house.ada)[:2] == (MembershipStatus.SUSPENDED, False)
    assert house.of(house.ada, "/roles") not in links(done)
    done.press("Let in Ada again")
    assert house.state(house.ada)[:2] == (MembershipStatus.ACTIVE, True)


def test_devices_are_signed_out(house: House, ines: Browser, app: Flask) -> None:
    hers = signed_in(app, house.session, house.ada)
    assert "They are signed out everywhere." in ines.get(house.of(house.ada)).press("Sign out everywhere").words()
    assert hers.get("/account", follow=False).status == 303
    again = ines.get(house.of(house.ada)).press("Sign out everywhere")
    assert "They were not signed in on any device." in again.words()
    assert len(letters(house.session)) == 1


def test_links_are_mailed_to_the_member_alone(house: House, ines: Browser) -> None:
    house.protect(house.ada)
    done = ines.get(house.of(house.ada)).press("Send a link for a new password")
    assert "A link is on its way to their mailbox." in done.words()
    ines.get(house.of(house.ada, "/lost-second-step")).press("Send the link")
    mails = letters(house.session)
    assert [(one["template"], one["to"]) for one in mails] == [
        ("recovery", house.ada.email),
        ("lost-factor", house.ada.email),
    ]
    for one in mails:
        assert one["values"]["token"] not in done.text
    assert ines.get(house.of(house.mia, "/lost-second-step")).status == 404
    assert ines.post(house.of(house.mia, "/lost-second-step")).status == 403


def test_one_mailbox_gets_five_of_them_an_hour(house: House, ines: Browser) -> None:
    there = house.of(house.ada, "/new-password")
    assert [ines.post(there).status for _ in range(6)] == [303] * 5 + [429]
    assert len(letters(house.session, "recovery")) == 5
    assert ines.post(house.of(house.mia, "/new-password")).status == 303


def test_one_is_not_offered_what_one_may_not_do_to_oneself(house: House, ines: Browser) -> None:
    page = ines.get(house.of(house.ines))
    assert "You are the only one who looks after this organisation." in page.words()
    assert page.all("form") == []
    before = house.state(house.ines)
    posts = ("/roles", "/suspend", "/sign-out", "/new-password", "/lost-second-step")
    for rest in posts:
        refused = ines.post(house.of(house.ines, rest))
        assert (refused.status, "This is about yourself" in refused.words()) == (403, True), rest
    for rest in ("/roles", "/suspend"):
        assert "only another admin can" in ines.get(house.of(house.ines, rest)).words()
    assert house.state(house.ines) == before
    house.join("Otto", Role.ADMIN)
    house.session.commit()
    assert "up to the other admins" in ines.get(house.of(house.ines)).words()


PATHS = ("", "/roles", "/suspend", "/lost-second-step")
POSTS = ("/roles", "/suspend", "/resume", "/sign-out", "/new-password", "/lost-second-step")


def elsewhere(house: House) -> tuple[Person, Organisation]:
    olga, other = make.person(house.session, "Olga"), make.organisation(house.session, "Elsewhere")
    make.member(house.session, olga, other, Role.ADMIN)
    house.session.commit()
    return olga, other


def test_it_is_nobody_elses_page(house: House, ines: Browser, app: Flask) -> None:
    olga, _ = elsewhere(house)
    house.protect(house.ada)
    askers = {404: signed_in(app, house.session, olga), 403: signed_in(app, house.session, house.mia)}
    before = house.state(house.ada), house.state(house.sue), len(letters(house.session))
    for status, browser in askers.items():
        for rest in PATHS:
            assert browser.get(house.of(house.ada, rest)).status == status, rest
        for rest in POSTS:
            whom = house.sue if rest == "/resume" else house.ada
            assert browser.post(house.of(whom, rest), roles=["admin"]).status == status, rest
        named = f"?organisation={house.home.public_id}"
        assert browser.get(f"{HERE}{named}").status == status
        assert browser.get(f"/admin{named}").status == status
    for rest in PATHS:
        assert ines.get(house.of(olga, rest)).status == 404
        assert ines.get(f"{HERE}/{UNKNOWN}{rest}").status == 404
    assert (house.state(house.ada), house.state(house.sue), len(letters(house.session))) == before
    assert all(ines.get(house.of(house.ada, rest)).status == 200 for rest in PATHS)


def test_of_several_organisations_the_one_named_is_meant(house: House, ines: Browser) -> None:
    _, other = elsewhere(house)
    make.member(house.session, house.ines, other, Role.ADMIN)
    house.session.commit()
    here = f"?organisation={house.home.public_id}"
    assert names(ines.get(f"{HERE}{here}")) == ["Ada", "Ines", "Mia", "Sue"]
    assert names(ines.get(HERE)) == ["Ines", "Olga"]
    assert ines.get(house.of(house.ada)).status == 404
    page = ines.get(house.of(house.ada, f"/roles{here}"))
    assert "RolesManager" in page.press("Save", roles=["manager"]).words()


def test_a_proof_of_half_an_hour_ago_opens_nothing(house: House, ines: Browser, clock: machine.Traveller) -> None:
    assert ines.get(HERE, follow=False).status == 200
    clock.shift(31 * 60)
    for path in ("/admin", HERE, house.of(house.ada), house.of(house.ada, "/roles")):
        answer = ines.get(path, follow=False)
        assert (answer.status, answer.headers["Location"].startswith("/password-again")) == (303, True)
    assert ines.post(house.of(house.ada, "/roles"), roles=["admin"]).status == 303
    assert house.state(house.ada)[2] == {Role.MEMBER}
