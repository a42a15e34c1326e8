"""A quarter of an organisation: two hundred objectives in a tree three deep, with three key results each."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy.orm import Session

from tests.benchmarks.browser import signed_in
from tests.benchmarks.load import Target
from tests.benchmarks.measures import Measured
from tests.benchmarks.report import Line, at_least
from tests.benchmarks.serving import Server
from webapp.actions import check_ins, objectives, people
from webapp.domain.objective_drafts import CheckInDraft, KeyResultDraft, ObjectiveDraft
from webapp.domain.people import Role
from webapp.extensions import db
from webapp.models import Cycle, Membership, MembershipRole, Organisation, Person
from webapp.queries import objectives as queries
from webapp.queries.people import viewer_of

OBJECTIVES, KEY_RESULTS, OWNERS, BELOW = 200, 3, 20, 6
NAMES = ("Win the shops of the north", "Answer within a day", "Bake what people ask for", "Waste less flour")


def admin(app: Flask, *, count: int = OBJECTIVES) -> int:
    """The number of who administers an organisation with so many objectives in its cycle of today, half of which were
    checked in; committed."""
    now, chance = datetime.now(UTC), random.Random(7)
    with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        home = Organisation(name="bench", created_at=now)
        session.add(home)
        session.flush()
        owners = [_member(session, home, number, now) for number in range(OWNERS)]
        cycle = Cycle(organisation_id=home.id, title="This quarter", state_at=now, created_at=now)
        cycle.starts, cycle.ends = (now - timedelta(days=45)).date(), (now + timedelta(days=45)).date()
        session.add(cycle)
        session.flush()
        viewer = viewer_of(session, owners[0], now)
        made: list[queries.Found] = []
        for begin, end in ((0, 5), (5, 5 * (1 + BELOW)), (5 * (1 + BELOW), count)):
            drafts = []
            for number in range(begin, min(end, count)):
                parent = None if not begin else made[(number - begin) % len(made)].goal.public_id
                owner = owners[number % OWNERS].public_id
                parts = tuple(_part(number, part) for part in range(KEY_RESULTS))
                name = f"{NAMES[number % len(NAMES)]}, {number + 1}"
                drafts.append(ObjectiveDraft(name, cycle.public_id, owner, parent=parent, key_results=parts))
            made += objectives.create_all(session, viewer, home.id, drafts)
        for found in made:
            owner_viewer = viewer_of(session, session.get_one(Person, found.goal.owner_id), now)
            for part in queries.key_results_of(session, found.goal.id)[:2]:
                day = owner_viewer.today - timedelta(days=chance.randrange(1, 20))
                said = CheckInDraft(Decimal(chance.randrange(101)), confidence=Decimal("0.7"), day=day)
                check_ins.check_in(session, owner_viewer, part, found, said)
        session.commit()
        return owners[0].id


def _member(session: Session, home: Organisation, number: int, now: datetime) -> Person:
    email = f"owner-{number}@bench.example"
    made = people.create(session, name=f"owner-{number}", email=email, password_hash=None, now=now)
    membership = Membership(person_id=made.id, organisation_id=home.id, created_at=now)
    session.add(membership)
    session.flush()
    session.add(MembershipRole(membership_id=membership.id, role=Role.MEMBER if number else Role.ADMIN))
    session.flush()
    return made


def _part(number: int, part: int) -> KeyResultDraft:
    return KeyResultDraft(name=f"Key result {part + 1} of {number + 1}", target=Decimal(100), unit="shops")


def targets(app: Flask, ours: Server, theirs: Server, floor: Mapping[str, str]) -> dict[str, tuple[Server, Target]]:
    """The tree beside a floor that shows as many ready lines."""
    cookie = {"Cookie": signed_in(app, admin(app)).cookie}
    return {
        "floor tree": (theirs, Target(theirs.port, floor, "/tree")),
        "tree of 200": (ours, Target(ours.port, cookie, "/objectives")),
    }


def speed(found: Mapping[str, Measured]) -> Iterator[Line]:
    """Requests per second against the floor's."""
    floor, ours = found["floor tree"], found["tree of 200"]
    yield Line("floor tree", "1", detail=str(floor))
    yield at_least("tree of 200 objectives, 600 key results", ours.rate / floor.rate, 0.4, ours.beside(floor))
