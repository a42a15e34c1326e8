"""Whatever a program sends, the contracts are kept: schemathesis asks for Ada with Bob's goals and moods beside hers,
for Paul with another organisation's objectives beside his, for Ada on a ladder with another organisation's beside it,
and for Ada with what Bob reads beside what she reads."""

import itertools
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
import time_machine as machine
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from sqlalchemy.orm import Session

from tests import application, make
from tests.api.programs import program, reader, till
from tests.api.quarter import Quarter
from tests.ladders import Ladder
from webapp.actions import reading_goals, reading_log, works
from webapp.api.documents import document
from webapp.api.profiles import examples as examples_of
from webapp.domain.people import Viewer
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanDraft, ReadingDraft, WorkDraft
from webapp.domain.tokens import Contract
from webapp.models import Person

CANARY = "-".join(("Zugzwang", "44de"))
"""Put together only here: hypothesis also sends the strings that it finds written in the code."""
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "missing_required_header",
)
PHASES = ("examples", "coverage", "fuzzing", "stateful")
SAME_SHAPE = ["/api/v1/tracking/goals/bulk", "/api/v1/tracking/goals/bulk/{goalid}"]
SAME_SHAPE_OF_OBJECTIVES = ["/api/v2/goals/groupBy/reviewers", "/api/v2/goals/{goal_id}/decline"]
"""What they take is what other operations take, whose every edge is tried in each run; theirs only at night."""
SELDOM = ("HTTP_IDEMPOTENCY_KEY", "HTTP_IF_MATCH", "HTTP_X_TIMESTAMP")
CHANGING = frozenset({"token", "api_key", "idempotent_answer", "access", "audit_event", "limit_count"})
"""Tables that say what Ada's program did."""


@pytest.fixture
def fuzzed(app_factory: Callable[..., Flask], sqlite_url: str) -> Iterator[Flask]:
    """An application that lets programs ask as often as they like, and does not write a line for each request."""
    with machine.travel(make.NOW, tick=True):
        app = app_factory(sqlite_url, LIMIT_API_MINUTE="1000000")
        app.logger.setLevel(logging.WARNING)
        yield app
        app.logger.setLevel(logging.NOTSET)


@pytest.fixture
def people(fuzzed: Flask) -> Iterator[Session]:
    with fuzzed.app_context():
        engine = application.db.engine
    with Session(engine, expire_on_commit=False) as session:
        yield session


def test_a_few_examples_of_everything(fuzzed: Flask, people: Session) -> None:
    """What every run tries: 20 examples an operation."""
    fuzz(fuzzed, people, 20, operations=[without_edges(SAME_SHAPE)])


@pytest.mark.nightly
def test_many_examples_of_everything(fuzzed: Flask, people: Session) -> None:
    """200 examples an operation."""
    fuzz(fuzzed, people, 200)


def test_a_few_examples_of_objectives(fuzzed: Flask, people: Session) -> None:
    """What every run tries of one version, 10 examples an operation: the other has the same views."""
    other_version = {"include-path-regex": "^/api/v1/", "enabled": False}
    fuzz_objectives(fuzzed, people, 10, operations=[other_version, without_edges(SAME_SHAPE_OF_OBJECTIVES)])


@pytest.mark.nightly
def test_many_examples_of_objectives(fuzzed: Flask, people: Session) -> None:
    """200 examples an operation, of both versions."""
    fuzz_objectives(fuzzed, people, 200)


def test_a_few_examples_of_profiles(fuzzed: Flask, people: Session) -> None:
    """What every run tries: 20 examples an operation."""
    fuzz_profiles(fuzzed, people, 20)


@pytest.mark.nightly
def test_many_examples_of_profiles(fuzzed: Flask, people: Session) -> None:
    """200 examples an operation."""
    fuzz_profiles(fuzzed, people, 200)


def test_a_few_examples_of_reading(fuzzed: Flask, people: Session) -> None:
    """What every run tries: 10 examples an operation."""
    fuzz_reading(fuzzed, people, 10)


@pytest.mark.nightly
def test_many_examples_of_reading(fuzzed: Flask, people: Session) -> None:
    """200 examples an operation."""
    fuzz_reading(fuzzed, people, 200)


def without_edges(paths: list[str]) -> dict[str, Any]:
    """These operations are tried in every phase but the one that tries every edge of what they take."""
    return {"include-path": paths, "phases": {"coverage": {"enabled": False}}}


def fuzz(app: Flask, session: Session, examples: int, **config: Any) -> None:
    """Nothing was found, every operation was tried in every phase, and Bob's are as they were."""
    ada, bob = make.person(session), make.person(session, "Bob")
    for person, word in ((bob, CANARY), (ada, "Walk")):
        live(session, person, word)
    token = program(app, session, ada).token
    before = of_bob(session, bob)
    look(schema(app, Contract.TRACKING, {"Authorization": f"Bearer {token}"}, examples, config))
    assert of_bob(session, bob) == before


def fuzz_objectives(app: Flask, session: Session, examples: int, **config: Any) -> None:
    """As `fuzz`, for Paul; what stands in another organisation is as it was."""
    quarter = Quarter(app, session)
    zoe = make.viewer(session, quarter.stranger)
    make.objective(session, zoe, quarter.foreign, CANARY, description=CANARY)
    session.commit()
    headers = {"Authorization": f"Bearer {quarter.paul.token}", "gtmhub-accountId": quarter.account}
    before = elsewhere(session, quarter.elsewhere.id)
    assert before["objective"]
    look(schema(app, Contract.OBJECTIVES, headers, examples, config))
    session.rollback()
    assert elsewhere(session, quarter.elsewhere.id) == before


def fuzz_profiles(app: Flask, session: Session, examples: int, **config: Any) -> None:
    """As `fuzz`, for Ada on a ladder; what stands in another organisation is as it was."""
    ladder, foreign = Ladder(session), Ladder(session, (f"{CANARY} {number}" for number in range(5)))
    for person in foreign.people:
        foreign.value(person, 100)
    ladder.sold(Ada=500, Ben=900, Cem=900)
    make.member(session, make.person(session, "Zoe", id=examples_of.VALUE["user"]), ladder.home)
    asking = till(app, session, ladder.home, ladder.people["Ada"])
    before = elsewhere(session, foreign.home.id)
    assert before["entry"]
    look(schema(app, Contract.PROFILES, asking.headers, examples, config), phases=PHASES[:-1])
    session.rollback()
    assert elsewhere(session, foreign.home.id) == before


def fuzz_reading(app: Flask, session: Session, examples: int, **config: Any) -> None:
    """As `fuzz`, for Ada, who reads; what Bob reads is as it was."""
    ada, bob = make.person(session), make.person(session, "Bob")
    for person, title in ((bob, CANARY), (ada, "Middlemarch")):
        read(session, make.viewer(session, person), title)
    asking = reader(app, session, ada)
    before = of_bob(session, bob)
    assert before["activity_day"]
    look(schema(app, Contract.READING, asking.headers, examples, config), phases=PHASES[:-1])
    session.rollback()
    assert of_bob(session, bob) == before


def read(session: Session, viewer: Viewer, title: str) -> None:
    """Somebody with a goal of the Quran, a book, and two days of reading."""
    works.add(session, viewer, WorkDraft(title))
    reading_goals.start(session, viewer, PlanDraft(Category.QURAN, Asks.AMOUNT, 604, duration=30, mushaf=4))
    for ago in (0, 2):
        draft = ReadingDraft(600, verses=((1, 50),), day=make.days_ago(ago))
        reading_log.log(session, viewer, draft, Category.QURAN)
    session.commit()


def elsewhere(session: Session, there: int) -> dict[str, list[dict[str, Any]]]:
    """Every row of the other organisation's goals, cycles and ladders."""
    everything = make.everything(session, but=CHANGING)
    goals = {row["id"] for row in everything["goal"] if row["organisation_id"] == there}

    def is_there(row: dict[str, Any]) -> bool:
        return row.get("organisation_id") == there or row.get("goal_id") in goals

    return {table: [row for row in rows if is_there(row)] for table, rows in everything.items()}


def look(schema: Any, phases: tuple[str, ...] = PHASES) -> None:
    """Nothing was found, and every one of these phases tried something."""
    found: list[str] = []
    tried: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        found += problems(event)
        if isinstance(event, events.ScenarioFinished):
            tried[event.phase.value] += event.status is Status.SUCCESS
    assert not found, "\n\n".join(dict.fromkeys(found))
    assert all(tried[phase] for phase in phases), tried


def schema(app: Flask, contract: Contract, headers: dict[str, str], examples: int, more: dict[str, Any]) -> Any:
    """The contract's document as schemathesis reads it, with what to try and to look at."""
    config = {
        "seed": 1,
        "headers": {**headers, "Accept-Encoding": "identity"},
        "continue-on-failure": True,
        "workers": 1,
        "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
        "generation": {"max-examples": examples, "deterministic": True, "database": "none", "allow-x00": False},
        **more,
    }
    loaded = schemathesis.openapi.from_dict(document(app, contract), config=SchemathesisConfig.from_dict(config))
    loaded.app = often_alone(app)
    return loaded


def often_alone(app: Flask) -> Callable[..., Any]:
    """Most requests come without a key, version or signature: the same ones twice, and wrong ones, would hide what else
    there is to answer."""
    calls = itertools.count()

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if next(calls) % 4:
            for name in SELDOM:
                environ.pop(name, None)
        return app(environ, start_response)

    return answer


def problems(event: Any) -> Iterator[str]:
    """What the event tells of that is wrong, with what was asked."""
    if isinstance(event, events.NonFatalError):
        yield f"{event.label}: {event.value!r}"
    if isinstance(event, events.FatalError):
        raise event.exception
    if not isinstance(event, events.ScenarioFinished):
        return
    for number, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                asked = event.recorder.interactions[number].request
                body = (asked.body or b"")[:300]
                yield f"{asked.method} {asked.uri} {body!r}\n{check.name}: {check.failure_info.failure}"
    for interaction in event.recorder.interactions.values():
        answer, asked = interaction.response, interaction.request
        if answer is None:
            continue
        said = f"{asked.method} {asked.uri}: {answer.status_code}"
        if CANARY.encode() in (answer.content or b""):
            yield f"{said} tells Bob's words"
        if "set-cookie" in answer.headers:
            yield f"{said} sets a cookie"
        if "x-request-id" not in answer.headers:
            yield f"{said} has no X-Request-Id"
        if 300 <= answer.status_code < 400:
            yield f"{said} leads elsewhere"


def live(session: Session, person: Person, word: str) -> None:
    """Somebody with two goals, some days of them done, and moods."""
    viewer = make.viewer(session, person)
    goals = [make.goal(session, viewer, f"{word} {number}", description=word) for number in range(2)]
    make.tick(session, viewer, goals[0], make.TODAY, note=word)
    for level in (2, 4):
        make.mood(session, viewer, level, reasons=[word], note=word)
    session.commit()


def of_bob(session: Session, bob: Person) -> dict[str, list[dict[str, Any]]]:
    """Every row that is Bob's, by what it belongs to."""
    everything = make.everything(session, but=CHANGING)
    goals = {row["id"] for row in everything["goal"] if row["owner_id"] == bob.id}
    moods = {row["id"] for row in everything["mood"] if row["person_id"] == bob.id}
    owners = ("owner_id", "person_id", "subject_id", "client_id")

    def his(row: dict[str, Any]) -> bool:
        if row.get("goal_id") is not None:
            return row["goal_id"] in goals
        if row.get("mood_id") is not None:
            return row["mood_id"] in moods
        return any(row.get(owner) == bob.id for owner in owners)

    return {table: [row for row in rows if his(row)] for table, rows in everything.items()}
