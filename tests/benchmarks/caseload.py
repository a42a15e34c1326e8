"""A therapist with a hundred clients: five goals each, a year of answers and moods, and one goal of each to review."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy.orm import Session

from tests.benchmarks import data
from tests.benchmarks.browser import signed_in
from tests.benchmarks.load import Target
from tests.benchmarks.measures import Measured
from tests.benchmarks.moods import journal
from tests.benchmarks.report import Line, at_least
from tests.benchmarks.serving import Server
from webapp.actions import people, reviews
from webapp.domain.grants import GrantState
from webapp.domain.people import Role
from webapp.extensions import db
from webapp.models import Grant, Membership, MembershipRole, Organisation, Person
from webapp.queries import goals
from webapp.queries.people import viewer_of

CLIENTS = 100
GOALS = 5


def therapist(app: Flask, *, clients: int = CLIENTS) -> int:
    """The number of a therapist whom so many clients let see everything; committed."""
    now = datetime.now(UTC)
    with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        who = people.create(session, name="therapist", email="therapist@bench.example", password_hash=None, now=now)
        home = Organisation(name="bench", created_at=now)
        session.add(home)
        session.flush()
        membership = Membership(person_id=who.id, organisation_id=home.id, created_at=now)
        session.add(membership)
        session.flush()
        session.add(MembershipRole(membership_id=membership.id, role=Role.THERAPIST))
        session.commit()
        for number in range(clients):
            made = data.person(session, f"client-{number}", count=GOALS, seed=number)
            journal(session, made, days=data.YEAR, seed=number)
            grant = Grant(client_id=made.id, therapist_id=who.id, state=GrantState.ACTIVE, created_at=now)
            grant.sees_goals = grant.sees_tracking = grant.sees_mood_levels = grant.sees_mood_notes = True
            session.add(grant)
            session.flush()
            viewer = viewer_of(session, session.get_one(Person, made.id), now)
            goal = goals.find(session, viewer, made.goals[0], lock=True)
            reviews.send(session, viewer, goal, [who.public_id], seen=goal.version)
            session.commit()
        return who.id


def targets(app: Flask, ours: Server, theirs: Server, floor: Mapping[str, str]) -> dict[str, tuple[Server, Target]]:
    """Caseload and inbox beside floors that show as many ready lines and write as many rows in one statement."""
    cookie = {"Cookie": signed_in(app, therapist(app)).cookie}
    return {
        "floor caseload": (theirs, Target(theirs.port, floor, "/caseload")),
        "caseload of 100": (ours, Target(ours.port, cookie, "/clients")),
        "floor inbox": (theirs, Target(theirs.port, floor, "/inbox")),
        "inbox of 100": (ours, Target(ours.port, cookie, "/reviews")),
    }


def speed(found: Mapping[str, Measured]) -> Iterator[Line]:
    """Requests per second against the floor's."""
    for name in ("caseload", "inbox"):
        floor, ours = found[f"floor {name}"], found[f"{name} of {CLIENTS}"]
        yield Line(f"floor {name}", "1", detail=str(floor))
        yield at_least(f"{name} of {CLIENTS}", ours.rate / floor.rate, 0.4, ours.beside(floor))
