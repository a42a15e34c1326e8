"""Filling an empty database, or one that holds a demo already; the second time everything of it is made anew."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, or_, select

from webapp.demo import consent, ladder, objectives, reading, reminders, reviews
from webapp.demo.caseload import CASES
from webapp.demo.goals import PLANS
from webapp.demo.history import live, rest
from webapp.demo.moods import TEMPERS, feel
from webapp.demo.people import CAST, ORIGIN, PASSWORD, organisations, people, tokens
from webapp.domain.people import Viewer
from webapp.models import Base, Organisation, OutboxMessage, Person
from webapp.models.engine import AnySession

KEPT = frozenset({"person", "organisation", "data_key", "sign_in", "heartbeat"})
"""What a fresh start leaves: people keep their numbers, and who is signed in stays so."""


class Refusal(Exception):
    """The demo does not touch this database; the message says why."""


@dataclass(frozen=True)
class Made:
    """Whom the demo made, by role, and their organisations."""

    viewers: dict[str, Viewer]
    organisations: dict[str, Organisation]
    tokens: dict[str, dict[str, Any]]
    """Secrets of programs that may do everything, by contract and role; `as_table` leaves them out. Those of profiles
    are three: the house's key, the secret it signs with, and the person's bearer token. Those of reading are the two
    headers of a request."""

    def as_json(self) -> dict[str, Any]:
        """What other programs need to sign in as each of them."""
        return {
            "people": {
                cast.role: {
                    "id": self.viewers[cast.role].id,
                    "public_id": self.viewers[cast.role].public_id,
                    "email": cast.email,
                    "password": PASSWORD,
                    "timezone": cast.zone,
                    "account_id": self.organisations[cast.organisation].public_id,
                }
                for cast in CAST
            },
            "organisations": {key: {"id": found.public_id} for key, found in self.organisations.items()},
            "tokens": self.tokens,
        }

    def as_table(self) -> str:
        """The same for eyes."""
        widest = max(len(cast.email) for cast in CAST)
        lines = [f"  {cast.email:<{widest}}  {cast.name:<16}  {cast.zone}" for cast in CAST]
        return "\n".join(("Sign in as any of them:", *lines, f"  password: {PASSWORD}"))


def fill(session: AnySession, now: datetime, *, production: bool) -> Made:
    """The database holds the demo and nothing else; raises Refusal and changes nothing where it may not."""
    if production:
        raise Refusal("The demo never runs in production (APP_ENV).")
    if _holds_others(session):
        raise Refusal("This database holds people that the demo did not make. Point DATABASE_URL at another one.")
    _empty(session)
    viewers = people(session, (*CAST, *(case.cast for case in CASES)), now)
    homes = organisations(session, viewers, now)
    plans = PLANS | {case.cast.role: case.plans for case in CASES}
    goals = {role: {plan.key: live(session, viewers[role], role, plan) for plan in plans[role]} for role in plans}
    for role in PLANS:
        rest(session, viewers[role], role)
    for role, temper in (TEMPERS | {case.cast.role: case.temper for case in CASES if case.temper}).items():
        feel(session, viewers[role], role, temper)
    consent.share(session, viewers, goals["client"]["walk"], now)
    story = reviews.Story(session, viewers, goals)
    reviews.tell(story)
    objectives.tell(story, homes["home"])
    key = ladder.tell(session, viewers, homes["home"])
    reading.tell(session, viewers)
    reminders.tell(session, viewers["client"], goals["client"])
    reader = reading.program(session, homes["home"], now).client_id
    secrets: dict[str, dict[str, Any]] = dict(tokens(session, viewers, reader))
    session.execute(delete(OutboxMessage))  # nobody is to get mail about a story
    secrets["profiles"] = {role: {**key, "bearer": bearer} for role, bearer in secrets["profiles"].items()}
    by_header = {role: {"x-auth-token": text, "x-client-id": reader} for role, text in secrets["reading"].items()}
    secrets["reading"] = by_header
    return Made(viewers, homes, secrets)


def _holds_others(session: AnySession) -> bool:
    strangers = or_(exists().where(Person.origin != ORIGIN), exists().where(Organisation.origin != ORIGIN))
    return bool(session.execute(select(strangers)).scalar())


def _empty(session: AnySession) -> None:
    for table in reversed(Base.metadata.sorted_tables):
        if table.name not in KEPT:
            session.execute(delete(table))
