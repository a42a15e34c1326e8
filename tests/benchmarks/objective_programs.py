"""What programs ask of objectives: a list of a hundred with fields, filter and metrics, and groups over 10,000."""

import secrets
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select

from tests.benchmarks.load import Target
from tests.benchmarks.measures import Measured
from tests.benchmarks.report import Line, at_least, at_most
from tests.benchmarks.serving import Server
from tests.benchmarks.statements import counted
from webapp.domain.goals import Kind
from webapp.domain.tokens import SCOPES, Contract
from webapp.extensions import db
from webapp.models import Cycle, Goal, Membership, Objective, Organisation, Person, Token
from webapp.models.base import new_public_id
from webapp.queries.people import secret_hash

FIELDS = "name,ownerId,parentId,attainment,dateTo,status,closedStatus,metrics{name,ownerId,goalId,actual,attainment}"
LISTED = f"/api/v2/goals?fields={quote(FIELDS)}&filter={quote('{attainment: {$gte: 0}}')}&limit=100"
GROUPED = "/api/v1/goals/groupBy/owners?take=10&sort=-attainment&fields=name,attainment&filter=current"
MANY = 10_000
ADMIN = "owner-0@bench.example"


def bearer(app: Flask) -> dict[str, str]:
    """The headers of a program of who administers the organisation of `objectives.admin`; committed."""
    secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with app.app_context():
        person_id = db.session.scalars(select(Person.id).where(Person.email == ADMIN)).one()
        db.session.rollback()
    token = Token(person_id=person_id, purpose="api", contract=Contract.OBJECTIVES, name="bench", created_at=now)
    token.secret_hash, token.scopes = secret_hash(secret), " ".join(SCOPES[Contract.OBJECTIVES])
    token.expires_at, token.used_at = now + timedelta(days=1), now
    home = select(Organisation.public_id).join(Membership, Membership.organisation_id == Organisation.id)
    with app.app_context():
        db.session.add(token)
        account = db.session.scalars(home.where(Membership.person_id == person_id)).one()
        db.session.commit()
    return {"Authorization": f"Bearer {secret}", "gtmhub-accountId": account}


def targets(ours: Server, theirs: Server, secret: str, given: Mapping[str, str]) -> dict[str, tuple[Server, Target]]:
    """The list beside a floor that dumps as many rows of as many columns."""
    return {
        "floor list": (theirs, Target(theirs.port, {"Authorization": f"Bearer {secret}"}, "/goals")),
        "list of 100": (ours, Target(ours.port, given, LISTED)),
    }


def speed(found: Mapping[str, Measured]) -> Iterator[Line]:
    """Requests per second against the floor's."""
    floor, ours = found["floor list"], found["list of 100"]
    yield Line("floor list", "1", detail=str(floor))
    yield at_least("JSON list of 100 with fields, filter, metrics", ours.rate / floor.rate, 0.4, ours.beside(floor))


def grouped(app: Flask, given: Mapping[str, str]) -> Iterator[Line]:
    """Groups by owner over ten thousand objectives, in this process: seconds, and statements however many there are."""
    client = app.test_client(use_cookies=False)
    with app.app_context():
        engine = db.engine
    few = asked(client, engine, given)
    grow(app, given["gtmhub-accountId"])
    taken, many = min(asked(client, engine, given) for _ in range(3))
    yield at_most(f"groupBy owners over {MANY}", taken, 1, "s", f"{few[1]} statements for 200, {many} for {MANY}")


def asked(client: FlaskClient, engine: Engine, given: Mapping[str, str]) -> tuple[float, int]:
    begun = time.perf_counter()
    with counted(engine) as statements:
        answer = client.get(GROUPED, headers=dict(given))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.get_json()["items"]
    return time.perf_counter() - begun, len(statements)


def grow(app: Flask, account: str) -> None:
    """The organisation has ten thousand objectives, of the people who own some already."""
    now = datetime.now(UTC)
    with app.app_context():
        home = db.session.scalars(select(Organisation.id).where(Organisation.public_id == account)).one()
        owners = sorted(set(db.session.scalars(select(Goal.owner_id).where(Goal.organisation_id == home))))
        cycle = db.session.scalars(select(Cycle).where(Cycle.organisation_id == home)).first()
        assert cycle is not None
        last = db.session.scalars(select(Goal.id).order_by(Goal.id.desc()).limit(1)).one()
        numbers = range(last + 1, last + 1 + MANY)
        goals = [
            {
                "id": number,
                "public_id": new_public_id(),
                "owner_id": owners[number % len(owners)],
                "organisation_id": home,
                "kind": Kind.OBJECTIVE,
                "created_at": now,
                "updated_at": now,
            }
            for number in numbers
        ]
        db.session.execute(insert(Goal), goals)
        dates = {"cycle_id": cycle.id, "starts": cycle.starts, "ends": cycle.ends}
        db.session.execute(
            insert(Objective), [{"goal_id": number, "name": f"Objective {number}", **dates} for number in numbers]
        )
        db.session.commit()
