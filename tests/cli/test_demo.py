"""The demo: who is in it, that it can be started afresh, and where it will not run."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser
from webapp.actions.passwords import matches, password_problems
from webapp.demo.people import CAST, PASSWORD
from webapp.domain.goals import Lifecycle
from webapp.domain.tokens import SCOPES, Contract
from webapp.models import Base, Entry, Goal, Grant, Membership, Organisation, Person, ReportingLine
from webapp.queries import exports, goals
from webapp.queries.people import person_by_email, viewer_by_token

ROLES = {"client", "peer", "therapist", "former_therapist", "manager", "admin", "stranger"}
Run = Callable[..., Result]
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=words, catch_exceptions=False)


def filled(run: Run, *words: str, day: str = "2026-11-21T15:00:00+00:00") -> Result:
    with time_machine.travel(datetime.fromisoformat(day), tick=False):
        answer = run("demo", *words)
    assert answer.exit_code == 0, answer.stderr
    return answer


def counts(session: Session) -> dict[str, int]:
    session.rollback()
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def lives(session: Session) -> dict[str, Any]:
    """What everybody would take out, without the numbers that a fresh start gives anew."""
    session.rollback()
    now = datetime(2026, 11, 21, 15, tzinfo=UTC)
    people = list(session.scalars(select(Person).order_by(Person.email)))
    whole = {person.email: exports.everything(session, make.viewer(session, person, now)) for person in people}
    session.rollback()
    for export in whole.values():
        for row in export["entries"]:
            del row["id"]  # random
        for row in export["tokens"]:
            del row["id"]  # made anew
        for row in export["occurrences"]:
            row["entry"] = row["entry"] is not None
    return whole


@only_sqlite
def test_json_names_everybody(run: Run, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    table = filled(run, "--json", str(path)).stdout
    made = json.loads(path.read_text(encoding="utf-8"))
    assert made.keys() == {"people", "organisations", "tokens"}
    assert made["people"].keys() == ROLES
    assert made["tokens"].keys() == {"tracking"}
    assert made["tokens"]["tracking"].keys() == {"client", "peer", "therapist", "stranger"}
    assert made["organisations"].keys() == {"home", "other"}
    for role, person in made["people"].items():
        assert person.keys() == {"id", "public_id", "email", "password", "timezone"}
        assert person["email"] == f"{role}@demo.example"
        assert person["email"] in table
        kept = person_by_email(session, person["email"])
        assert kept is not None
        assert (kept.id, kept.public_id, kept.zone) == (person["id"], person["public_id"], person["timezone"])
        assert matches(kept.password_hash, person["password"])
    kept_ids = set(session.scalars(select(Organisation.public_id)))
    assert {organisation["id"] for organisation in made["organisations"].values()} == kept_ids
    assert PASSWORD in table


@only_sqlite
def test_tokens_of_programs_may_do_everything_for_a_month_and_are_made_again(
    run: Run, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "demo.json"
    now = datetime(2026, 11, 21, 15, tzinfo=UTC)
    seen: dict[str, str] = {}
    for _ in range(2):
        assert "aimline_" not in filled(run, "--json", str(path)).stdout
        tokens = json.loads(path.read_text(encoding="utf-8"))["tokens"]["tracking"]
        for role, secret in tokens.items():
            found = viewer_by_token(session, secret, now + timedelta(days=30, seconds=-1))
            assert found is not None
            assert (found[0].email, found[1].scopes) == (f"{role}@demo.example", set(SCOPES[Contract.TRACKING]))
            assert viewer_by_token(session, secret, now + timedelta(days=30)) is None
        assert [viewer_by_token(session, secret, now) for secret in seen.values()] == [None] * len(seen)
        seen = tokens
        session.rollback()


@only_sqlite
def test_json_on_standard_output_is_nothing_but_json(run: Run) -> None:
    answer = filled(run, "--json", "-")
    assert json.loads(answer.stdout)["people"].keys() == ROLES
    assert "client@demo.example" in answer.stderr


@only_sqlite
def test_a_path_that_cannot_be_written_is_an_error(run: Run, session: Session, tmp_path: Path) -> None:
    answer = run("demo", "--json", str(tmp_path / "no" / "demo.json"))
    assert answer.exit_code == 1
    assert "cannot be written" in answer.stderr
    assert counts(session)["person"] == 0


def test_the_password_would_be_accepted() -> None:
    for cast in CAST:
        assert password_problems(PASSWORD, about=(cast.name, cast.email)) == []


def test_a_second_run_gives_the_same(run: Run, session: Session) -> None:
    filled(run)
    before, rows = lives(session), counts(session)
    assert rows["entry"] > 1500
    filled(run)
    assert counts(session) == rows
    assert lives(session) == before


@only_sqlite
def test_a_second_run_takes_away_what_was_played_with(run: Run, session: Session) -> None:
    filled(run)
    before = lives(session)
    client = person_by_email(session, "client@demo.example")
    assert client is not None
    viewer = make.viewer(session, client, datetime(2026, 11, 21, 15, tzinfo=UTC))
    make.goal(session, viewer, "Played with")
    client.email = client.email_key = "moved@demo.example"
    client.name, client.password_hash = "Somebody", None
    session.commit()
    assert lives(session) != before
    filled(run)
    assert lives(session) == before


@only_sqlite
def test_tomorrow_the_past_is_the_same(run: Run, session: Session) -> None:
    filled(run)
    first = _walks(session)
    filled(run, day="2026-11-22T15:00:00+00:00")
    second = _walks(session)
    shared = [day for day in first if day in second and day < date(2026, 11, 21)]
    assert len(shared) > 200
    assert {day: first[day] for day in shared} == {day: second[day] for day in shared}
    assert max(second) == date(2026, 11, 22)


@only_sqlite
def test_the_cast_stands_as_it_should(run: Run, session: Session) -> None:
    filled(run)
    people = {person.email.split("@")[0]: person for person in session.scalars(select(Person))}
    states = {(grant.client_id, grant.therapist_id): grant.state.value for grant in session.scalars(select(Grant))}
    assert states == {
        (people["client"].id, people["therapist"].id): "active",
        (people["client"].id, people["former_therapist"].id): "revoked",
    }
    lines = {(line.person_id, line.manager_id) for line in session.scalars(select(ReportingLine))}
    assert lines == {(people[role].id, people["manager"].id) for role in ("client", "peer")}
    homes = {row.person_id: row.organisation_id for row in session.scalars(select(Membership))}
    assert [role for role in ROLES if homes[people[role].id] != homes[people["client"].id]] == ["stranger"]
    assert len({person.zone for person in people.values()}) >= 4


@only_sqlite
def test_the_client_has_a_lifelike_year(run: Run, session: Session) -> None:
    filled(run)
    client = person_by_email(session, "client@demo.example")
    assert client is not None
    viewer = make.viewer(session, client, datetime(2026, 11, 21, 15, tzinfo=UTC))
    live = goals.listed(session, viewer, goals.Filter())
    assert len(live) >= 12
    assert len({row.schedule.frequency for row in live}) >= 6
    assert [row.lifecycle for row in live].count(Lifecycle.COMPLETED) >= 1
    assert len(goals.listed(session, viewer, goals.Filter(archived=True))) == 1
    states = set(session.scalars(select(Entry.state).where(Entry.subject_id == client.id)))
    assert {state.value for state in states if state} >= {"done", "skipped", "open"}
    first, last = session.execute(select(func.min(Entry.local_date), func.max(Entry.local_date))).one()
    assert (last - first).days > 350
    assert session.scalar(select(func.max(Entry.at))) <= viewer.now


@only_sqlite
def test_everybody_can_sign_in_and_look(app: Flask, run: Run) -> None:
    assert run("demo").exit_code == 0
    browser = Browser(app)
    browser.post("/login", email="client@demo.example", password=PASSWORD)
    for path in ("/", "/goals", "/calendar", "/account", "/import", "/export"):
        assert browser.get(path, follow=False).status == 200


def test_doctor_passes_on_the_demo(run: Run) -> None:
    assert run("demo").exit_code == 0
    answer = run("doctor")
    assert answer.exit_code == 0, answer.stdout


def test_a_database_with_other_people_is_refused(run: Run, session: Session) -> None:
    make.person(session)
    session.commit()
    before = make.everything(session)
    answer = run("demo")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "did not make" in answer.stderr
    assert make.everything(session) == before


@only_sqlite
def test_production_is_refused(app_factory: Callable[..., Flask], database_url: str, session: Session) -> None:
    production = {"APP_ENV": "production", "BASE_URL": "https://aimline.example", "SMTP_URL": "smtp://localhost"}
    production["SECRET_KEY"] = "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFG"
    app = app_factory(database_url, **production)
    answer = app.test_cli_runner().invoke(args=("demo",))
    assert answer.exit_code == 1
    assert re.search("never runs in production", answer.stderr)
    assert counts(session)["person"] == 0


def _walks(session: Session) -> dict[date, str]:
    session.rollback()
    statement = (
        select(Entry.local_date, Entry.state)
        .join(Goal, Goal.id == Entry.goal_id)
        .join(Person, Person.id == Goal.owner_id)
        .where(Person.email == "client@demo.example", Goal.position == 1)
    )
    return {day: str(state) for day, state in session.execute(statement)}
