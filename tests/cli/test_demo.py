"""The demo: who is in it, that it can be started afresh, and where it will not run."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import application, make
from tests.page import Browser
from webapp.actions import planning
from webapp.actions.passwords import matches, password_problems
from webapp.demo.people import CAST, PASSWORD
from webapp.domain.goals import Kind, Lifecycle
from webapp.domain.grants import GrantAct, GrantState
from webapp.domain.people import Viewer
from webapp.domain.reviews import ProposalState, Stage
from webapp.domain.tokens import SCOPES, Contract
from webapp.models import (
    Access,
    ActivityDay,
    Entry,
    Goal,
    GoalProposal,
    Grant,
    GrantEvent,
    Membership,
    Organisation,
    OutboxMessage,
    Person,
    ReadingStreak,
    ReportingLine,
)
from webapp.queries import clients, comments, exports, goals, inbox, reminders, reviews
from webapp.queries.doctor_reminders import reminder_findings
from webapp.queries.people import person_by_email, viewer_by_token
from webapp.queries.reading import readings
from webapp.queries.signing import signer

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)
ROLES = {"client", "peer", "therapist", "former_therapist", "manager", "admin", "stranger"}
Run = Callable[..., Result]
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = pytest.mark.xdist_group("demo")  # so that it is made by one process


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=words, catch_exceptions=False)


def filled(run: Run, *words: str, at: datetime = NOW) -> Result:
    with time_machine.travel(at, tick=False):
        answer = run("demo", *words)
    assert answer.exit_code == 0, answer.stderr
    return answer


class Made(NamedTuple):
    """A file with the demo in it, what was said when it was made, and what was written beside it."""

    file: Path
    said: str
    json: dict[str, Any]


@pytest.fixture(scope="module")
def _demo(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Made once for all who only look, or go on from there."""
    file = tmp_path_factory.mktemp("demo") / "aimline.db"
    written = file.with_name("demo.json")
    shutil.copyfile(_sqlite_template, file)
    file.chmod(0o600)
    app = application.create_app(application.settings_for(f"sqlite:///{file}", file.parent))
    run = partial(app.test_cli_runner().invoke, catch_exceptions=False)
    said = filled(lambda *words: run(args=words), "--json", str(written)).stdout
    application.disconnect(app)
    assert not file.with_name("aimline.db-wal").exists(), "it is one whole file"
    return Made(file, said, json.loads(written.read_text(encoding="utf-8")))


@pytest.fixture
def demo(_demo: Made, sqlite_url: str) -> Made:
    """The demo is in the test's database."""
    shutil.copyfile(_demo.file, sqlite_url.removeprefix("sqlite:///"))
    return _demo


NUMBERS = frozenset({"profile", "keyword", "target", "after"})
"""What the log says by the numbers of rows, which a second run makes anew."""


def lives(session: Session) -> dict[str, Any]:
    """What everybody would take out, without the numbers that a fresh start gives anew; of those who only stand on the
    ladder, the first two."""
    session.rollback()
    everybody = list(session.scalars(select(Person).order_by(Person.email)))
    extras = [person for person in everybody if person.email.endswith("@colleagues.demo.example")]
    people = [person for person in everybody if person not in extras[2:]]
    whole = {person.email: exports.everything(session, make.viewer(session, person, NOW)) for person in people}
    session.rollback()
    for export in whole.values():
        for row in (*export["entries"], *export["check_ins"], *export["values"], *export["readings"]):
            del row["id"]  # random
            row["supersedes"] = row["supersedes"] is not None
        for row in export["tokens"]:
            del row["id"]  # made anew
        for row in export["value_queries"]:
            del row["value"]  # random, too
        for row in export["occurrences"]:
            row["entry"] = row["entry"] is not None
        for row in export["events"]:
            row["details"] = {name: said for name, said in row["details"].items() if name not in NUMBERS}
    return whole


@only_sqlite
def test_json_names_everybody(session: Session, demo: Made) -> None:
    table, made = demo.said, demo.json
    assert made.keys() == {"people", "organisations", "tokens"}
    assert made["people"].keys() == ROLES
    assert made["tokens"].keys() == {"tracking", "objectives", "profiles", "reading"}
    assert made["tokens"]["tracking"].keys() == {"client", "peer", "therapist", "stranger"}
    assert made["tokens"]["objectives"].keys() == {"client", "manager", "admin", "stranger"}
    assert made["tokens"]["profiles"].keys() == {"client"}
    assert made["tokens"]["profiles"]["client"].keys() == {"apikey", "secret", "bearer"}
    assert made["tokens"]["reading"].keys() == {"client"}
    assert made["tokens"]["reading"]["client"].keys() == {"x-auth-token", "x-client-id"}
    assert made["organisations"].keys() == {"home", "other"}
    for role, person in made["people"].items():
        assert person.keys() == {"id", "public_id", "email", "password", "timezone", "account_id"}
        assert person["account_id"] == made["organisations"]["other" if role == "stranger" else "home"]["id"]
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
    run: Run, session: Session, demo: Made
) -> None:
    """The second time they are written to standard output, where nothing but JSON stands then."""
    assert "aimline_" not in demo.said
    first = let_in(session, demo.json["tokens"])
    answer = filled(run, "--json", "-")
    made = json.loads(answer.stdout)
    assert made["people"].keys() == ROLES
    assert "client@demo.example" in answer.stderr
    assert "aimline_" not in answer.stderr
    let_in(session, made["tokens"])
    assert [viewer_by_token(session, secret, NOW) for secret in first] == [None] * len(first)


def let_in(session: Session, tokens: dict[str, dict[str, Any]]) -> list[str]:
    """Each token speaks for whose it is, for thirty days; returns them all."""
    session.rollback()
    by_contract = [(contract, *one) for contract, by_role in tokens.items() for one in by_role.items()]
    bearers = [(contract, role, _bearer(contract, secret)) for contract, role, secret in by_contract]
    for contract, role, secret in bearers:
        found = viewer_by_token(session, secret, NOW + timedelta(days=30, seconds=-1))
        assert found is not None
        assert (found[0].email, found[1].scopes) == (f"{role}@demo.example", set(SCOPES[Contract(contract)]))
        assert viewer_by_token(session, secret, NOW + timedelta(days=30)) is None
    session.rollback()
    return [secret for _, _, secret in bearers]


def _bearer(contract: str, secret: Any) -> str:
    """What a person's token is known by."""
    if contract != "reading":
        return str(secret["bearer"] if contract == "profiles" else secret)
    claims = signer.read(secret["x-auth-token"], secret["x-client-id"], NOW)
    return claims.id if claims else ""


@only_sqlite
def test_a_path_that_cannot_be_written_is_an_error(run: Run, session: Session, tmp_path: Path) -> None:
    answer = run("demo", "--json", str(tmp_path / "no" / "demo.json"))
    assert answer.exit_code == 1
    assert "cannot be written" in answer.stderr
    assert make.counts(session)["person"] == 0


def test_the_password_would_be_accepted() -> None:
    for cast in CAST:
        assert password_problems(PASSWORD, about=(cast.name, cast.email)) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_second_run_gives_the_same(run: Run, session: Session) -> None:
    """So it does on SQLite, where something was played with between the two."""
    filled(run)
    before, rows = lives(session), make.counts(session)
    assert rows["entry"] > 1500
    filled(run)
    assert make.counts(session) == rows
    assert lives(session) == before
    doctor_passes(run)


def doctor_passes(run: Run) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = run("doctor")
    assert answer.exit_code == 0, answer.stdout


@only_sqlite
def test_a_second_run_takes_away_what_was_played_with(run: Run, session: Session, demo: Made) -> None:
    before, rows = lives(session), make.counts(session)
    client = person_by_email(session, "client@demo.example")
    assert client is not None
    make.goal(session, viewer(session, "client"), "Played with")
    client.email = client.email_key = "moved@demo.example"
    client.name, client.password_hash = "Somebody", None
    session.commit()
    assert lives(session) != before
    filled(run)
    assert make.counts(session) == rows
    assert lives(session) == before


@only_sqlite
def test_tomorrow_the_past_is_the_same(run: Run, session: Session, demo: Made) -> None:
    first = _walks(session)
    filled(run, at=NOW + timedelta(days=1))
    second = _walks(session)
    shared = [day for day in first if day in second and day < date(2026, 11, 21)]
    assert len(shared) > 200
    assert {day: first[day] for day in shared} == {day: second[day] for day in shared}
    assert max(second) == date(2026, 11, 22)


@only_sqlite
def test_the_cast_stands_as_it_should(session: Session, demo: Made) -> None:
    people = {person.email.split("@")[0]: person for person in session.scalars(select(Person))}
    people = {role: people[role] for role in ROLES}
    lines = {(line.person_id, line.manager_id) for line in session.scalars(select(ReportingLine))}
    assert lines == {(people[role].id, people["manager"].id) for role in ("client", "peer")}
    homes = {row.person_id: row.organisation_id for row in session.scalars(select(Membership))}
    assert [role for role in ROLES if homes[people[role].id] != homes[people["client"].id]] == ["stranger"]
    assert len({person.zone for person in people.values()}) >= 4


@only_sqlite
def test_the_client_is_reminded_without_a_flood(session: Session, demo: Made) -> None:
    client = make.viewer(session, person_by_email(session, "client@demo.example"), NOW)
    assert len(reminders.notices(session, client)) == 2
    planning.plan_due(session, NOW)
    assert not session.scalars(select(OutboxMessage.id)).all()
    assert not list(reminder_findings(session))


@only_sqlite
def test_the_client_has_grants_in_every_state(session: Session, demo: Made) -> None:
    people = {person.id: person.email.split("@")[0] for person in session.scalars(select(Person))}
    given = session.scalars(select(Grant).order_by(Grant.created_at)).all()
    hers = [
        (people.get(grant.therapist_id or 0), grant.state) for grant in given if people[grant.client_id] == "client"
    ]
    assert hers == [
        ("former_therapist", GrantState.EXPIRED),
        ("former_therapist", GrantState.REVOKED),
        ("therapist", GrantState.ACTIVE),
        (None, GrantState.REQUESTED),
    ]
    acts = {act for (act,) in session.execute(select(GrantEvent.act).distinct())}
    assert acts == {GrantAct.REQUESTED, GrantAct.ACCEPTED, GrantAct.EXPIRED, GrantAct.REVOKED}
    looked = session.scalars(select(Access.at).where(Access.viewer_id != 0)).all()
    assert (max(looked) - min(looked)).days > 7 * 11


@only_sqlite
def test_the_therapist_cares_for_eight_with_reviews_to_give(session: Session, demo: Made) -> None:
    therapist = viewer(session, "therapist")
    caseload = clients.clients_of(session, therapist)
    assert len(caseload) == 8
    assert len({frozenset(client.since) for client in caseload}) >= 4, "not everybody shares the same"
    assert "Clara Lindqvist" in [client.name for client in caseload]
    assert len(inbox.waiting(session, therapist)) == 4
    (for_manager,) = inbox.waiting(session, viewer(session, "manager"))
    assert (for_manager.kind, for_manager.title) == (Kind.OBJECTIVE, "Publish the harbour guide")
    entries = sum(session.scalar(select(func.count()).where(Entry.subject_id == one.number)) or 0 for one in caseload)
    assert entries > 1500


@only_sqlite
def test_the_client_has_a_goal_in_every_stage_and_something_is_owed(session: Session, demo: Made) -> None:
    client = viewer(session, "client")
    hers = session.scalars(select(Goal).where(Goal.owner_id == client.id)).all()
    stages = {reviews.standing(session, client, goal).stage for goal in hers}
    assert stages == set(Stage)
    assert len(comments.mentions_of(session, client)) == 2
    assert len(comments.mentions_of(session, viewer(session, "therapist"))) == 1
    (proposal,) = session.scalars(select(GoalProposal)).all()
    assert (proposal.client_id, proposal.state) == (client.id, ProposalState.WAITING)
    assert session.scalars(select(OutboxMessage)).all() == [], "nobody gets mail about a story"


def viewer(session: Session, role: str) -> Viewer:
    person = person_by_email(session, f"{role}@demo.example")
    assert person is not None
    return make.viewer(session, person, NOW)


@only_sqlite
def test_the_client_has_a_lifelike_year(session: Session, demo: Made) -> None:
    client = viewer(session, "client")
    live = goals.listed(session, client, goals.Filter())
    assert len(live) >= 12
    assert len({row.schedule.frequency for row in live}) >= 6
    assert [row.lifecycle for row in live].count(Lifecycle.COMPLETED) >= 1
    away = {row.lifecycle for row in goals.listed(session, client, goals.Filter(archived=True))}
    assert away == {Lifecycle.ACTIVE, Lifecycle.CLOSED}
    states = set(session.scalars(select(Entry.state).where(Entry.subject_id == client.id)))
    assert {state.value for state in states if state} >= {"done", "skipped", "open"}
    first, last = session.execute(select(func.min(Entry.local_date), func.max(Entry.local_date))).one()
    assert (last - first).days > 350
    assert session.scalar(select(func.max(Entry.at))) <= client.now


@only_sqlite
def test_the_client_reads_a_third_of_a_khatm_and_a_book_and_the_peer_some_minutes(session: Session, demo: Made) -> None:
    client, peer = viewer(session, "client"), viewer(session, "peer")
    (khatm, book), (minutes,) = readings(session, client), readings(session, peer)
    assert 0.3 < getattr(khatm.standing, "share", 0) < 0.4
    assert 0 < getattr(khatm.today, "progress", 0) < 1
    assert (book.work.title, book.standing is not None) == ("Middlemarch", True)
    assert minutes.plan is not None
    assert minutes.plan.terms.amount == 600
    days = session.scalars(select(ActivityDay.local_date).where(ActivityDay.owner_id == client.id)).all()
    assert (len(set(days)) > 250, (max(days) - min(days)).days > 300) == (True, True)
    streaks = session.scalars(select(ReadingStreak).where(ReadingStreak.owner_id == client.id)).all()
    ends = {streak.last: streak.days for streak in streaks if streak.category == "quran"}
    assert ends.pop(client.today) >= 3, "one goes on"
    assert max(ends.values()) > 20, "and there were others"


@only_sqlite
def test_everybody_can_sign_in_and_look(app: Flask, demo: Made) -> None:
    browser = Browser(app)
    browser.post("/login", email="client@demo.example", password=PASSWORD)
    for path in ("/", "/goals", "/calendar", "/account", "/import", "/export"):
        assert browser.get(path, follow=False).status == 200


@only_sqlite
def test_doctor_passes_on_the_demo(run: Run, demo: Made) -> None:
    """So it does on PostgreSQL, above, after the second run."""
    doctor_passes(run)


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
    assert "never runs in production" in answer.stderr
    assert make.counts(session)["person"] == 0


def _walks(session: Session) -> dict[date, str]:
    session.rollback()
    statement = select(Entry.local_date, Entry.state).join(Goal, Goal.id == Entry.goal_id)
    hers = statement.where(Goal.owner_id == viewer(session, "client").id, Goal.position == 1)
    return {day: str(state) for day, state in session.execute(hers)}
