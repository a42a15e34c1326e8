"""The pages of who looks after an organisation, of who is asked into one, and of what proves somebody."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pyotp
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import second_steps
from tests.browser.conftest import House
from tests.browser.scene import NEWCOMER, NOBODY, Scene, fill_and_send, open_details
from webapp.actions import invitations, reporting, teams, tokens
from webapp.demo.people import PASSWORD
from webapp.domain.identity import Purpose
from webapp.domain.organisations import InvitationDraft, TeamDraft
from webapp.domain.people import Role
from webapp.models import Authenticator, Organisation, Passkey, Team
from webapp.queries.second_factors import passkeys_of

LONG = "A team whose name says at length what everybody in it does, from early in the morning until late"
TABLE = """Person\tManager\tTeam\tLead
client@demo.example\tmanager@demo.example\tBakery\tyes
peer@demo.example\tmanager@demo.example\tBakery\tno"""
WRONG = "Person\tManager\tTeam\tLead\nnobody@demo.example\tclient@demo.example\tBakery\tmaybe"
_numbers = count(1)


def home_of(house: House) -> int:
    """The number of the organisation that the admin of the demo looks after."""
    return next(number for number, role in house.demo["admin"].roles if role is Role.ADMIN)


def member(role: str, more: str = "") -> Callable[[House], str]:
    return lambda house: f"/admin/people/{house.demo[role].public_id}{more}"


def asked_in(path: str = "/admin/invitations") -> Callable[[House], str]:
    """The admin of the demo asks its stranger in, and somebody of a long address."""

    def address(house: House) -> str:
        emails = (f"{'somebody.of.a.long.name.' * 2}indeed@the-very-longest.example.org", house.demo["stranger"].email)
        drafts = [InvitationDraft(email, frozenset({Role.MANAGER, Role.THERAPIST})) for email in emails]
        with house.session() as session:
            admin, home = house.demo["admin"], home_of(house)
            made = [invitations.invite(session, admin, home, draft).public_id for draft in drafts]
        return path.format(asked=made[-1])

    return address


def team(house: House) -> str:
    """A new team with a lead and a member."""
    draft = TeamDraft(f"{LONG} {next(_numbers)}"[-100:], house.demo["manager"].public_id)
    with house.session() as session:
        made = teams.create(session, house.demo["admin"], home_of(house), draft)
        teams.put_in(session, house.demo["admin"], made, house.demo["client"].public_id)
        return f"/admin/teams/{made.public_id}"


def teams_there(house: House) -> str:
    with house.session() as session:
        there = session.scalars(select(Team.id).where(Team.organisation_id == home_of(house))).first()
    if there is None:
        team(house)
    return "/admin/teams"


def going(house: House) -> str:
    with house.session() as session:
        return f"/account/organisations/{session.get_one(Organisation, home_of(house)).public_id}/leave"


def managers_of_a_member(house: House) -> str:
    with house.session() as session:
        people = (house.demo["peer"].public_id, house.demo["manager"].public_id)
        reporting.add(session, house.demo["admin"], home_of(house), *people)
    return f"/admin/reporting/{house.demo['peer'].public_id}"


def first_admin(role: str = "", more: str = "") -> Callable[[House], str]:
    """The operator's link for somebody of the demo, or for an address that nobody has."""

    def address(house: House) -> str:
        email = house.demo[role].email if role else f"nora.{next(_numbers)}@example.org"
        with house.session() as session:
            made = Organisation(name="The bakers of the old harbour", created_at=datetime.now(UTC))
            session.add(made)
            session.flush()
            return f"/first-admin/{invitations.ask_first_admin(session, made, email, datetime.now(UTC))}{more}"

    return address


def proven(path: str, role: str = "stranger") -> Callable[[House], str]:
    """Somebody of the demo has an app, a passkey and recovery codes."""

    def address(house: House) -> str:
        her = house.demo[role]
        with house.session() as session:
            if session.scalars(select(Authenticator.id).where(Authenticator.person_id == her.id)).one_or_none() is None:
                second_steps.set_up(session, her)
                _passkey(session, her.id)
            return path.format(passkey=passkeys_of(session, her.id)[0].public_id, person=her.public_id)

    return address


def _passkey(session: Session, person_id: int) -> None:
    about = {"name": "A phone of my own", "synced": True, "created_at": datetime.now(UTC)}
    key = {"credential_id": f"of {person_id}".encode(), "public_key": b"key"}
    session.add(Passkey(person_id=person_id, **key, **about))
    session.flush()


def lost_factor(house: House) -> str:
    her, now = house.demo["stranger"], datetime.now(UTC)
    with house.session() as session:
        return f"/lost-factor/{tokens.issue(session, Purpose.LOST_FACTOR, address='', now=now, person_id=her.id)[1]}"


def show_the_table(table: str) -> Callable[[Page], None]:
    def then(page: Page) -> None:
        fill_and_send("Show what it changes", table=table)(page)
        page.wait_for_url("**/import/*")

    return then


def look_for_people(page: Page) -> None:
    page.locator("main [name=q]").fill("a")
    page.get_by_role("button", name="Search people").click()
    page.locator("#members li").first.wait_for()
    open_details(page)


def leave_at_once(page: Page) -> None:
    page.get_by_role("button", name="They leave").click()
    page.locator(".error").first.wait_for()


def begin_an_app(page: Page) -> None:
    page.get_by_role("button", name="Set up an app").click()
    page.wait_for_url("**/app")


def mistype_the_code(page: Page) -> None:
    begin_an_app(page)
    fill_and_send("Turn on", code="12")(page)
    page.locator(".error").first.wait_for()


def turn_on_the_app(page: Page) -> None:
    begin_an_app(page)
    secret = "".join(page.locator("main code").all_text_contents())
    fill_and_send("Turn on", code=pyotp.TOTP(secret).now())(page)
    page.get_by_role("heading", name="Your recovery codes").wait_for()


def type_the_password(page: Page) -> None:
    page.get_by_label("E-mail").fill("stranger@demo.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/login/second")


def mistype_the_second_step(page: Page) -> None:
    type_the_password(page)
    fill_and_send("Sign in", code="12")(page)
    page.locator(".error:visible").first.wait_for()
    open_details(page)


TWO_FACTOR = "/account/two-factor"
ADMIN_SCENES = (
    Scene("organisation", "/admin", "admin"),
    Scene("people of an organisation", "/admin/people", "admin"),
    Scene("people of an organisation, nothing fits", "/admin/people?page=999", "admin"),
    Scene("person of an organisation", member("client"), "admin"),
    Scene("person of an organisation, oneself", member("admin"), "admin"),
    Scene("roles", member("therapist", "/roles"), "admin"),
    Scene("roles, one's own", member("admin", "/roles"), "admin"),
    Scene("suspend", member("client", "/suspend"), "admin"),
    Scene("leave", member("client", "/leave"), "admin", open_details),
    Scene("leave, amiss", member("client", "/leave"), "admin", leave_at_once),
    Scene(
        "lost second step",
        proven("/admin/people/{person}/lost-second-step", "former_therapist"),
        "admin",
    ),
    Scene("invitations of an organisation", asked_in(), "admin"),
    Scene("invite", "/admin/invitations/new", "admin"),
    Scene("invite, amiss", "/admin/invitations/new", "admin", fill_and_send("Send the invitation", email="x")),
    Scene("teams", teams_there, "admin"),
    Scene("teams, amiss", teams_there, "admin", fill_and_send("Make the team", name="", lead="nobody of this name")),
    Scene("team", team, "admin"),
    Scene("reporting lines", "/admin/reporting", "admin"),
    Scene("managers", managers_of_a_member, "admin"),
    Scene("managers, amiss", managers_of_a_member, "admin", fill_and_send("Add the manager", manager="Paul Okafor")),
    Scene("table of members", "/admin/reporting/import", "admin"),
    Scene(
        "table of members, amiss", "/admin/reporting/import", "admin", fill_and_send("Show what it changes", table="")
    ),
    Scene("table of members, preview", "/admin/reporting/import", "admin", show_the_table(TABLE)),
    Scene("table of members, troubles", "/admin/reporting/import", "admin", show_the_table(WRONG)),
    Scene("log", asked_in("/admin/log"), "admin", open_details),
    Scene("log, people found", "/admin/log?outcome=done", "admin", look_for_people),
    Scene("log, nothing fits", "/admin/log?first=1990-01-01&last=1990-01-02", "admin"),
    Scene("settings of an organisation", "/admin/settings", "admin"),
    Scene("settings of an organisation, amiss", "/admin/settings", "admin", fill_and_send("Save", name="")),
    Scene("asked into organisations", asked_in("/invitations"), "stranger"),
    Scene("asked into organisations, none", "/invitations", NEWCOMER),
    Scene("asked into an organisation", asked_in("/invitations/{asked}"), "stranger"),
    Scene("one's organisations", "/account/organisations", "client"),
    Scene("one's organisations, none", "/account/organisations", NEWCOMER),
    Scene("leave by oneself", going, "manager"),
    Scene("leave by oneself, the only admin", going, "admin"),
    Scene("first admin", first_admin(), NOBODY),
    Scene("first admin, amiss", first_admin(), NOBODY, fill_and_send("Create account", name="", password="short")),
    Scene("first admin, who has an account", first_admin("peer"), NOBODY),
    Scene("first admin, signed in", first_admin("peer"), "peer"),
    Scene("first admin, somebody else", first_admin("peer"), "stranger"),
    Scene("first admin, dead link", "/first-admin/0", NOBODY),
    Scene("second steps", proven(TWO_FACTOR), "stranger", open_details),
    Scene("second steps, none yet", TWO_FACTOR, NEWCOMER),
    Scene("set up an app", TWO_FACTOR, NEWCOMER, begin_an_app),
    Scene("set up an app, amiss", TWO_FACTOR, NEWCOMER, mistype_the_code),
    Scene("recovery codes", TWO_FACTOR, NEWCOMER, turn_on_the_app),
    Scene("renew recovery codes", proven(f"{TWO_FACTOR}/codes"), "stranger"),
    Scene("remove an app", proven(f"{TWO_FACTOR}/app/remove"), "stranger"),
    Scene("new passkey", f"{TWO_FACTOR}/passkeys", NEWCOMER),
    Scene("rename a passkey", proven(f"{TWO_FACTOR}/passkeys/{{passkey}}/rename"), "stranger"),
    Scene("remove a passkey", proven(f"{TWO_FACTOR}/passkeys/{{passkey}}/remove"), "stranger"),
    Scene("the password and a code once more", proven("/password-again"), "stranger"),
    Scene("second step", proven("/login"), NOBODY, type_the_password),
    Scene("second step, amiss", proven("/login"), NOBODY, mistype_the_second_step),
    Scene("lost factor", lost_factor, NOBODY),
    Scene("lost factor, amiss", lost_factor, NOBODY, fill_and_send("Forget them", password="not that one")),
    Scene("lost factor, dead link", "/lost-factor/0", NOBODY),
)
