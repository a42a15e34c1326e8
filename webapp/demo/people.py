"""The people of the demo, where they belong, and the programs that act for them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.actions import api_tokens, keys, palette, passwords
from webapp.domain.identity import CONSENT_VERSION
from webapp.domain.people import Role, Theme, Viewer
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.models import (
    DataKey,
    Membership,
    MembershipRole,
    MoodLabel,
    Organisation,
    Person,
    ReportingLine,
    Team,
    TeamMember,
)
from webapp.models.engine import AnySession
from webapp.queries.people import email_key, viewer_of

ORIGIN = "demo"
PASSWORD = "quiet harbour at seven"  # noqa: S105 - printed for everybody to see

TOKEN_DAYS = 30
WITH_TOKENS = {
    Contract.TRACKING: ("client", "peer", "therapist", "stranger"),
    Contract.OBJECTIVES: ("client", "manager", "admin", "stranger"),
    Contract.PROFILES: ("client",),
    Contract.READING: ("client",),
}
"""Whose programs there are to try."""


@dataclass(frozen=True)
class Cast:
    """One person of the demo; the address is `role@demo.example`."""

    role: str
    name: str
    zone: str
    organisation: str
    roles: tuple[Role, ...]
    week_start: int = 0

    @property
    def email(self) -> str:
        return f"{self.role}@demo.example"


CAST = (
    Cast("client", "Clara Lindqvist", "Europe/Berlin", "home", (Role.MEMBER,)),
    Cast("peer", "Paul Okafor", "Europe/London", "home", (Role.MEMBER,)),
    Cast("therapist", "Thea Marchetti", "Europe/Rome", "home", (Role.MEMBER, Role.THERAPIST)),
    Cast("former_therapist", "Fred Novak", "Europe/Prague", "home", (Role.MEMBER, Role.THERAPIST)),
    Cast("manager", "Mona Castillo", "America/New_York", "home", (Role.MEMBER, Role.MANAGER), 6),
    Cast("admin", "Ada Fernandes", "America/Sao_Paulo", "home", (Role.MEMBER, Role.ADMIN), 6),
    Cast("stranger", "Sam Whitfield", "Pacific/Auckland", "other", (Role.MEMBER,)),
)
ORGANISATIONS = {"home": ("Harbour House", "Europe/Berlin"), "other": ("Otherside Studio", "Pacific/Auckland")}


def public_id(*words: str) -> str:
    """The same address in every demo, so that a bookmark outlives a fresh start."""
    return hashlib.sha256("|".join(("demo", *words)).encode()).hexdigest()[:24]


def people(session: AnySession, everybody: Iterable[Cast], now: datetime) -> dict[str, Viewer]:
    """Everybody is there as on the first day, with the demo's password; by role."""
    since = now - timedelta(days=400)
    there = {person.public_id: person for person in session.scalars(select(Person))}
    viewers = {}
    for cast in everybody:
        address = public_id("person", cast.role)
        person = there.get(address) or Person(public_id=address, origin=ORIGIN, created_at=since)
        _introduce(session, person, cast)
        if session.scalar(select(DataKey.id).where(DataKey.person_id == person.id)) is None:
            keys.create(session, person.id, since)
        palette.begin(session, person.id, since)
        for label in session.scalars(select(MoodLabel).where(MoodLabel.owner_id == person.id)):
            label.public_id = public_id("label", cast.role, str(label.level))
        viewers[cast.role] = viewer_of(session, person, now)
    return viewers


def organisations(session: AnySession, viewers: dict[str, Viewer], now: datetime) -> dict[str, Organisation]:
    """Both organisations, their members and roles, one team, and who reports to whom; the viewers know their roles."""
    since = now - timedelta(days=400)
    there = {organisation.public_id: organisation for organisation in session.scalars(select(Organisation))}
    found = {}
    for key, (name, zone) in ORGANISATIONS.items():
        address = public_id("organisation", key)
        found[key] = there.get(address) or Organisation(public_id=address, origin=ORIGIN, created_at=since)
        found[key].name, found[key].zone = name, zone
        session.add(found[key])
    session.flush()
    for cast in CAST:
        _join(session, viewers[cast.role].id, found[cast.organisation].id, cast.roles, since)
    home, manager = found["home"].id, viewers["manager"].id
    team = Team(public_id=public_id("team"), organisation_id=home, name="Quayside", lead_id=manager)
    session.add(team)
    session.flush()
    for role in ("client", "peer"):
        session.add(TeamMember(team_id=team.id, person_id=viewers[role].id))
        line = {"organisation_id": home, "person_id": viewers[role].id, "manager_id": manager}
        session.add(ReportingLine(**line, since=since.date()))
    session.flush()
    for cast in CAST:
        viewers[cast.role] = viewer_of(session, session.get_one(Person, viewers[cast.role].id), now)
    return found


def tokens(session: AnySession, viewers: dict[str, Viewer], reader: str) -> dict[str, dict[str, str]]:
    """New secrets of programs that may do everything for 30 days, by contract and role; those for reading are of use to
    the program with this client id."""
    drafts = {
        contract: TokenDraft("A program of the demo", contract, SCOPES[contract], TOKEN_DAYS) for contract in Contract
    }
    drafts[Contract.READING] = replace(drafts[Contract.READING], client=reader)
    return {
        contract.value: {
            role: api_tokens.create(session, viewers[role], drafts[contract])[1] for role in WITH_TOKENS[contract]
        }
        for contract in Contract
    }


def _introduce(session: AnySession, person: Person, cast: Cast) -> None:
    person.email, person.email_key = cast.email, email_key(cast.email)
    person.name, person.zone, person.week_start = cast.name, cast.zone, cast.week_start
    person.locale, person.theme, person.day_start = "en", Theme.AUTO, 0
    person.password_hash = passwords.hash_password(PASSWORD)
    person.confirmed_at = person.consented_at = person.created_at
    person.consent_version = CONSENT_VERSION
    person.disabled_at = person.deleted_at = None
    session.add(person)
    session.flush()


def _join(session: AnySession, person_id: int, organisation_id: int, roles: tuple[Role, ...], since: datetime) -> None:
    membership = Membership(person_id=person_id, organisation_id=organisation_id, created_at=since)
    session.add(membership)
    session.flush()
    session.add_all(MembershipRole(membership_id=membership.id, role=role) for role in roles)
