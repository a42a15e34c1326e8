"""Ladders of sixty people and of a hundred thousand: boards as members and programs read them, and values coming in."""

import gzip
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from tests.benchmarks import ladder_data
from tests.benchmarks.browser import signed_in
from tests.benchmarks.ladder_data import GOALS, Made
from tests.benchmarks.load import CONNECTIONS, TURN, Target
from tests.benchmarks.measures import KILOBYTE, Measured
from tests.benchmarks.report import Line, at_least, at_most
from tests.benchmarks.serving import Server
from tests.benchmarks.statements import counted
from webapp.actions import api_keys, api_tokens
from webapp.domain.api_keys import ApiKeyDraft
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.extensions import db
from webapp.models import Person
from webapp.queries.people import viewer_of

API = "/api/v1/profiles"
BOARD, GOAL_BOARD = "/leaderboard", f"/leaderboard?goal={GOALS[0][0]}"
PROGRAM = f"{API}/user/goals-leaderboard/"
VALUES = f"{API}/values/"
SIZES = (60, 600, 1_000, 100_000)
MANY = 1_000
"""So many values come at once."""


@dataclass(frozen=True)
class Ladder:
    """A ladder and who looks at it from the middle: by a browser, and by a program of the organisation's."""

    made: Made
    cookie: Mapping[str, str]
    program: Mapping[str, str]


def ladders(app: Flask) -> dict[int, Ladder]:
    """A ladder of each size, by how many stand on it; the largest two ask two goals each."""
    now, found = datetime.now(UTC), {}
    for place, size in enumerate(SIZES, start=1):
        with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
            goals = 2 if size >= MANY else len(GOALS)
            made = ladder_data.ladder(session, size, first=place * 10_000_000, now=now, goals=goals)
            program = _program(session, made, now)
        found[size] = Ladder(made, {"Cookie": signed_in(app, made.viewer).cookie}, program)
    return found


def _program(session: Session, made: Made, now: datetime) -> dict[str, str]:
    """The headers of a program that asks for who stands in the middle; committed."""
    scopes = SCOPES[Contract.PROFILES]
    viewer = viewer_of(session, session.get_one(Person, made.viewer), now)
    _, key, _ = api_keys.make(session, made.home, ApiKeyDraft("bench", scopes), now)
    _, token = api_tokens.create(session, viewer, TokenDraft("bench", Contract.PROFILES, scopes))
    session.commit()
    return {"apikey": key, "Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def boards(
    found: Mapping[int, Ladder], ours: Server, theirs: Server, floor: Mapping[str, str], secret: str
) -> dict[str, tuple[Server, Target]]:
    """Boards beside the floor's page, and beside floors that show and dump as many ready rows."""
    bearer = {"Authorization": f"Bearer {secret}"}
    small, large = found[60], found[600]
    return {
        "floor page": (theirs, Target(theirs.port, floor)),
        "floor board of 60": (theirs, Target(theirs.port, floor, "/board/60")),
        "floor board of 105": (theirs, Target(theirs.port, floor, "/board/105")),
        "floor ranking": (theirs, Target(theirs.port, bearer, "/ranking/60")),
        "board of 60": (ours, Target(ours.port, small.cookie, BOARD)),
        "goal's board of 60": (ours, Target(ours.port, small.cookie, GOAL_BOARD)),
        "board of 600": (ours, Target(ours.port, large.cookie, BOARD)),
        "goal's board of 600": (ours, Target(ours.port, large.cookie, GOAL_BOARD)),
        "profile": (ours, Target(ours.port, small.cookie, "/profile")),
        "boards by a program": (ours, Target(ours.port, small.program, PROGRAM)),
    }


def sizes_of(found: Mapping[int, Ladder], ours: Server) -> dict[str, tuple[Server, Target]]:
    """The same board and the same answer among a thousand and among a hundred thousand."""
    return {
        f"{name} of {size}": (ours, Target(ours.port, given, path))
        for size, one in found.items()
        if size >= MANY
        for name, path, given in (
            ("board", BOARD, one.cookie),
            ("goal's board", GOAL_BOARD, one.cookie),
            ("boards by a program", PROGRAM, one.program),
        )
    }


def entries(
    found: Mapping[int, Ladder], ours: Server, theirs: Server, secret: str, *, many: bool
) -> dict[str, tuple[Server, Target]]:
    """A value, or a thousand of different people, beside a floor that writes the same rows; of so long requests one
    after the other, so that none waits when the next measurement begins."""
    bearer = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    made, given = found[MANY].made, found[MANY].program
    people = [made.viewer, *made.people]
    bodies = [[value(person) for person in people]] if many else [value(person) for person in people[:20]]
    name, texts = "1,000 values" if many else "value", [json.dumps(body) for body in bodies]
    at_once = 1 if many else CONNECTIONS
    bare = Target(theirs.port, bearer, posts=[("/values", text) for text in texts], connections=at_once)
    whole = Target(ours.port, given, posts=[(VALUES, text) for text in texts], connections=at_once)
    return {f"floor {name}": (theirs, bare), name: (ours, whole)}


def value(person: int, uid: str = TURN) -> dict[str, Any]:
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    said = {"user": person, "goal": GOALS[0][0], "amount": 120.5, "occurred_at": moment}
    return {**said, "source_uid": f"{uid}-{person}"}


def speed(found: Mapping[str, Measured]) -> Iterator[Line]:
    """Requests per second of boards against the floors'."""
    page, ranking = found["floor page"], found["floor ranking"]
    for name in ("floor board of 60", "floor board of 105"):
        yield Line(name, f"{found[name].rate / page.rate:.2f}", detail=found[name].beside(page))
    for name, rows in (("board of 60", 60), ("goal's board of 60", 60), ("board of 600", 105)):
        floor = found[f"floor board of {rows}"]
        beside = f"; {found[name].rate / page.rate:.2f} of the floor page"
        yield at_least(name, found[name].rate / floor.rate, 0.4, found[name].beside(floor) + beside)
    for name, floor in (("goal's board of 600", found["floor board of 105"]), ("profile", page)):
        yield Line(name, f"{found[name].rate / floor.rate:.2f}", detail=found[name].beside(floor))
    ours = found["boards by a program"]
    yield Line("floor ranking", "1", detail=str(ranking))
    yield Line("boards by a program", f"{ours.rate / ranking.rate:.2f}", detail=ours.beside(ranking))


def growth(found: Mapping[str, Measured]) -> Iterator[Line]:
    """The time of a board among a hundred thousand against a thousand."""
    for name in ("board", "goal's board", "boards by a program"):
        few, many = found[f"{name} of {SIZES[-2]}"], found[f"{name} of {SIZES[-1]}"]
        detail = f"{many.cpu / few.cpu:.2f} × by CPU; {many}"
        yield at_most(f"{name}, participants 1,000 → 100,000", few.rate / many.rate, 1.3, "×", detail)


def taken_in(found: Mapping[str, Measured], *, many: bool) -> Iterator[Line]:
    """Requests per second of values against the floor's."""
    name = "1,000 values" if many else "value"
    floor, ours = found[f"floor {name}"], found[name]
    yield Line(f"floor {name}", "1", detail=str(floor))
    each = f"; {1_000 * ours.cpu / MANY:.3g} ms CPU a value" if many else ""
    yield at_least(name, ours.rate / floor.rate, 0.3, ours.beside(floor) + each)


def statements(app: Flask, found: Mapping[int, Ladder]) -> Iterator[Line]:
    """Statements and bytes of pages, answers and values, counted in this process, however many stand on the board."""
    client = app.test_client(use_cookies=False)
    with app.app_context():
        engine = db.engine
    for name, path in (("leaderboard", BOARD), ("leaderboard of a goal", GOAL_BOARD), ("profile", "/profile")):
        counts, packed = [], []
        for size in SIZES:
            with counted(engine) as sent:
                answer = client.get(path, headers=dict(found[size].cookie))
            assert answer.status_code == 200, answer.get_data(as_text=True)
            counts.append(len(sent))
            packed.append(len(gzip.compress(answer.get_data(), 6)) / KILOBYTE)
        yield at_most(f"{name}, statements", max(counts), 8, "", f"{min(counts)} to {max(counts)}")
        yield at_most(f"{name}, page", max(packed), 12, "kB", f"{packed[0]:.3g} kB of 60")
    given = dict(found[60].program)
    with counted(engine) as sent:
        answer = client.get(PROGRAM, headers=given)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    yield Line(
        "boards by a program, statements", str(len(sent)), detail=f"{len(gzip.compress(answer.get_data()))} bytes"
    )
    yield from _entered(app, found[SIZES[-1]])


def _entered(app: Flask, one: Ladder) -> Iterator[Line]:
    """A value and a thousand of people who had none of this goal before, and again."""
    client = app.test_client(use_cookies=False)
    with app.app_context():
        engine = db.engine
    for count, wanted in ((1, 10), (MANY, 30)):
        for turn in ("first", "again"):
            people = one.made.people[count : 2 * count]
            sent = [value(person, f"{turn}-{count}") for person in people]
            begun = time.process_time()
            with counted(engine) as told:
                answer = client.post(VALUES, json=sent if count > 1 else sent[0], headers=dict(one.program))
            spent = 1_000 * (time.process_time() - begun)
            assert answer.status_code == 200, answer.get_data(as_text=True)
            assert answer.get_json()["data"]["accepted"] == count
            figure = f"{spent:.3g} ms of this process, {spent / count:.3g} ms a value"
            if turn == "again":
                yield at_most(f"{count:,} values, statements", len(told), wanted, "", figure)
            else:
                yield Line(f"{count:,} values of new goals, statements", str(len(told)), detail=figure)
