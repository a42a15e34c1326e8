"""Who belongs to the organisations as their admins see it, who is asked in, and what proves Ada beside her password."""

import pyotp
from sqlalchemy import select

from tests.authenticators import Device
from tests.make import NOW
from tests.rights.cast import World
from tests.rights.marks import MARKS
from webapp.actions import audit, invitations, member_tables, passkeys, second_factors, teams
from webapp.actions.audit import Tag
from webapp.actions.passkeys import Site
from webapp.domain.organisations import InvitationDraft, TeamDraft
from webapp.domain.people import Role
from webapp.models import Organisation
from webapp.queries import ladders
from webapp.queries.second_factors import waiting_secret

SITE = Site("localhost", "http://localhost:8000")
NEW_ADMIN = "new-admin@example.org"


def belong(world: World) -> None:
    """Teams, tables that wait, invitations, and an organisation's log; what proves Ada, a peer and a stranger."""
    world.facts["elsewhere_id"] = world.session.scalars(
        select(Organisation.id).where(Organisation.name == "Elsewhere")
    ).one()
    _teams(world)
    _invitations(world)
    _log(world)
    _proofs(world)


def _teams(world: World) -> None:
    """A team of Ada's and one elsewhere, and tables of both organisations."""
    session = world.session
    for name, who, home, title, people in (
        ("team", "admin", "home_id", MARKS["team"], ("ada",)),
        ("foreign team", "stranger", "elsewhere_id", "Theirs", ()),
    ):
        viewer, number = world.viewer(who), world.facts[home]
        lead = world.people["manager"].public_id if people else ""
        team = teams.create(session, viewer, number, TeamDraft(title, lead))
        for one in people:
            teams.put_in(session, viewer, team, world.people[one].public_id)
        table = f"Person\tTeam\tLead\n{world.people[who].email}\t{MARKS['lines'] if people else 'Others'}\tno\n"
        kept = member_tables.keep(session, world.viewer(who, NOW), ladders.home(session, number), table.encode())
        world.named |= {name: team.public_id, f"table of {who}": kept.public_id}
    world.facts |= {f"{who}s email": world.people[who].email for who in ("peer", "other manager", "stranger")}
    world.named |= {f"{who} person": world.people[who].public_id for who in ("suspended", "left", "peer")}


def _invitations(world: World) -> None:
    """Ada is asked in elsewhere, and was before; her organisation asks somebody, who is no member."""
    session, home, elsewhere = world.session, world.facts["home_id"], world.facts["elsewhere_id"]
    ada = world.people["ada"].email
    for name in ("invitation over", "asked in"):  # the second ends the first
        made = invitations.invite(session, world.viewer("stranger"), elsewhere, InvitationDraft(ada, frozenset()))
        world.named[name] = made.public_id
    ours = InvitationDraft(f"{MARKS['invited']}@example.org", frozenset({Role.MANAGER}))
    world.named["our invitation"] = invitations.invite(session, world.viewer("admin"), home, ours).public_id
    for name, email in (("first admin link", NEW_ADMIN), ("peers admin link", world.people["peer"].email)):
        there = session.get_one(Organisation, elsewhere)
        world.facts[name] = invitations.ask_first_admin(session, there, email, NOW)


def _log(world: World) -> None:
    """What was done at Ada's work, and what she did for herself."""
    ada, home = world.viewer("ada", NOW), world.facts["home_id"]
    here = {"organisation_id": home, "subject_id": ada.id}
    audit.record(world.session, Tag.MEMBERSHIP_CREATE, at=NOW, viewer=ada, zone=MARKS["logged"], **here)
    audit.record(
        world.session, Tag.PERSON_PROFILE_CHANGE, at=NOW, viewer=ada, subject_id=ada.id, fields=MARKS["logged apart"]
    )
    world.session.flush()


def _proofs(world: World) -> None:
    """Ada has an app and a passkey, a stranger a passkey; a peer is about to have an app. What their devices say."""
    session, ada = world.session, world.viewer("ada", NOW)
    second_factors.begin_app(session, world.viewer("ada"))
    clock = pyotp.TOTP(waiting_secret(session, ada) or "")
    codes = second_factors.confirm_app(session, world.viewer("ada"), clock.at(world.viewer("ada").now))
    world.facts["code"] = codes[0]
    devices = {}
    for name, who, mark in (("passkey", "ada", MARKS["passkey"]), ("far passkey", "stranger", "Theirs")):
        devices[who], viewer = Device(), world.viewer(who)
        made = devices[who].make(passkeys.offer(session, viewer, SITE))
        passkeys.add(session, viewer, made, mark, SITE)
        world.named[name] = next(one.public_id for one in second_factors.queries.passkeys_of(session, viewer.id))
    world.facts["new passkey"] = Device().make(passkeys.offer(session, ada, SITE))
    world.facts["proof"] = devices["ada"].prove(passkeys.ask(session, None, SITE, NOW))
    world.facts["own proof"] = devices["ada"].prove(passkeys.ask(session, ada.id, SITE, NOW))
    peer = world.viewer("peer", NOW)
    second_factors.begin_app(session, peer)
    world.facts["peers code"] = pyotp.TOTP(waiting_secret(session, peer) or "").at(NOW)
