"""The floor: a bare Flask page and a bare tick, the least this stack can do. FLOOR_DATABASE names the database file, or
a PostgreSQL address."""

import json
import os
import secrets
import threading
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from flask import Flask, abort, jsonify, render_template, request, session

from webapp.models.engine import PRAGMAS, sqlite_module

DATABASE = os.environ.get("FLOOR_DATABASE", "")
TABLES = """
    CREATE TABLE person (id {key}, name TEXT NOT NULL, zone TEXT NOT NULL, secret TEXT NOT NULL UNIQUE);
    CREATE TABLE entry (id {key}, person_id INTEGER NOT NULL REFERENCES person, item_id INTEGER NOT NULL,
        local_date TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL, supersedes_id INTEGER UNIQUE);
    CREATE INDEX entry_day ON entry (item_id, local_date);
    CREATE TABLE item (id {key}, person_id INTEGER NOT NULL REFERENCES person, number INTEGER NOT NULL,
        local_date TEXT NOT NULL, title TEXT NOT NULL, facts TEXT NOT NULL, colour INTEGER NOT NULL,
        state TEXT NOT NULL, entry_id INTEGER REFERENCES entry, UNIQUE (person_id, local_date, number));
    CREATE TABLE mood (id {key}, person_id INTEGER NOT NULL REFERENCES person, local_date TEXT NOT NULL,
        level INTEGER NOT NULL, UNIQUE (person_id, local_date));
    CREATE TABLE audit_event (id {key}, at TEXT NOT NULL, tag TEXT NOT NULL, person_id INTEGER NOT NULL,
        object_id INTEGER NOT NULL, details TEXT NOT NULL);
    CREATE INDEX audit_event_person ON audit_event (person_id, at);
    CREATE TABLE client (id {key}, person_id INTEGER NOT NULL REFERENCES person, number INTEGER NOT NULL,
        name TEXT NOT NULL, shared TEXT NOT NULL, tally TEXT NOT NULL, percent INTEGER NOT NULL, last TEXT NOT NULL,
        moods TEXT NOT NULL, spark TEXT NOT NULL, waiting INTEGER NOT NULL, UNIQUE (person_id, number));
    CREATE TABLE look (id {key}, client_id INTEGER NOT NULL REFERENCES client, person_id INTEGER NOT NULL,
        at TEXT NOT NULL, what TEXT NOT NULL);
    CREATE INDEX look_client ON look (client_id, at);
    CREATE TABLE objective (id {key}, parent_id INTEGER, name TEXT NOT NULL, owner TEXT NOT NULL, last TEXT NOT NULL,
        confidence TEXT NOT NULL, percent INTEGER NOT NULL, due INTEGER NOT NULL, pace TEXT NOT NULL);
    CREATE TABLE key_result (id {key}, objective_id INTEGER NOT NULL REFERENCES objective, name TEXT NOT NULL,
        owner TEXT NOT NULL, value TEXT NOT NULL, percent INTEGER NOT NULL);
    CREATE INDEX key_result_objective ON key_result (objective_id);
    CREATE TABLE ranking (id {key}, place INTEGER NOT NULL UNIQUE, name TEXT NOT NULL, percent TEXT NOT NULL,
        share INTEGER NOT NULL, amount TEXT NOT NULL, rest TEXT NOT NULL);
    CREATE TABLE value (id {key}, author_id INTEGER NOT NULL, person_id INTEGER NOT NULL, goal TEXT NOT NULL,
        amount TEXT NOT NULL, occurred_at TEXT NOT NULL, at TEXT NOT NULL, source_uid TEXT NOT NULL);
"""
CLIENTS = 100
CLIENT = (
    "SELECT id, name, shared, tally, percent, last, moods, spark, waiting FROM client"
    " WHERE person_id = ? ORDER BY number"
)
OBJECTIVES, BELOW = 200, 6
RANKED = 105
TREE = "SELECT id, parent_id, name, owner, last, confidence, percent, due, pace FROM objective ORDER BY id"
KEY_RESULTS = "SELECT id, objective_id, name, owner, value, percent FROM key_result ORDER BY objective_id, id"
LISTED = (
    "SELECT id, parent_id, name, owner, last, confidence, percent, due, pace FROM objective WHERE percent > ? "
    "ORDER BY id LIMIT 100"
)
PARTS_LISTED = (
    "SELECT id, objective_id, name, owner, value, percent FROM key_result WHERE objective_id IN "
    "(SELECT id FROM objective WHERE percent > ? ORDER BY id LIMIT 100) ORDER BY objective_id, id"
)
LISTED_NAMES = ("id", "parentId", "name", "ownerId", "last", "confidence", "percent", "due", "pace")
PART_NAMES = ("id", "objectiveId", "name", "owner", "value", "percent")
RANKING = "SELECT place, name, percent, share, amount, rest FROM ranking WHERE place <= ? ORDER BY place"
RANKING_NAMES = ("rank", "name", "percentage", "share", "value", "rest")
INSERT_VALUE = (
    "INSERT INTO value (author_id, person_id, goal, amount, occurred_at, at, source_uid) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
INSERT_LOOK = "INSERT INTO look (client_id, person_id, at, what) VALUES (?, ?, ?, 'caseload')"
PERSON = "SELECT id, name, zone FROM person WHERE secret = ?"
ITEMS = (
    "SELECT id, number, title, facts, colour, state FROM item WHERE person_id = ? AND local_date = ? ORDER BY number"
)
MOODS = "SELECT local_date, level FROM mood WHERE person_id = ? AND local_date >= ? ORDER BY local_date"
ITEM = (
    "SELECT id, number, title, facts, colour, state, entry_id FROM item"
    " WHERE person_id = ? AND local_date = ? AND number = ?"
)
INSERT_ENTRY = (
    "INSERT INTO entry (person_id, item_id, local_date, at, state, supersedes_id)"
    " VALUES (?, ?, ?, ?, ?, ?) RETURNING id"
)
DAYS = (
    "SELECT id, number, local_date, title, facts, colour, state FROM item"
    " WHERE person_id = ? AND local_date BETWEEN ? AND ? ORDER BY local_date, number"
)
NAMES = ("id", "number", "local_date", "title", "facts", "colour", "state")
UPDATE_ITEM = "UPDATE item SET state = ?, entry_id = ? WHERE id = ?"
INSERT_AUDIT = "INSERT INTO audit_event (at, tag, person_id, object_id, details) VALUES (?, ?, ?, ?, ?)"

here = threading.local()
app = Flask(__name__)
app.secret_key = "the floor has no secrets to keep"
app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


@app.get("/robots.txt")
def alive() -> str:
    return ""


@app.get("/")
def page() -> str:
    person = who(session["secret"])
    items = run(ITEMS, person[0], today()).fetchall()
    moods = run(MOODS, person[0], days_ago(29)).fetchall()
    return render_template("floor.html", person=person, items=items, moods=moods, today=today(), csrf=session["csrf"])


@app.get("/caseload")
def caseload() -> str:
    person, clients = looked_at()
    return render_template("floor_caseload.html", person=person, clients=clients)


@app.get("/inbox")
def inbox() -> str:
    person, clients = looked_at()
    return render_template("floor_inbox.html", person=person, clients=clients)


@app.get("/tree")
def tree() -> str:
    person, below, key_results = who(session["secret"]), defaultdict(list), defaultdict(list)
    for row in run(TREE).fetchall():
        below[row[1]].append(row)
    for row in run(KEY_RESULTS).fetchall():
        key_results[row[1]].append(row)
    return render_template(
        "floor_tree.html", person=person, objectives=below[None], below=below, key_results=key_results
    )


@app.get("/board/<int:count>")
def board(count: int) -> str:
    person = who(session["secret"])
    return render_template("floor_board.html", person=person, rows=run(RANKING, count).fetchall())


@app.get("/ranking/<int:count>")
def ranking(count: int) -> Any:
    """Two boards of so many."""
    who(bearer())
    boards = [run(RANKING, count).fetchall() for _ in range(2)]
    return jsonify([{row[0]: dict(zip(RANKING_NAMES, row, strict=True)) for row in rows} for rows in boards])


@app.post("/values")
def values() -> Any:
    sent = json.loads(request.get_data())
    begin()
    person, at = who(bearer()), datetime.now(UTC).isoformat()
    new = sent if isinstance(sent, list) else [sent]
    rows = [(person[0], v["user"], v["goal"], v["amount"], v["occurred_at"], at, v["source_uid"]) for v in new]
    run_many(INSERT_VALUE, rows)
    run("COMMIT")
    return jsonify({"accepted": len(rows), "repeated": 0})


@app.get("/goals")
def listed() -> Any:
    who(bearer())
    parts = defaultdict(list)
    for row in run(PARTS_LISTED, 10).fetchall():
        parts[row[1]].append(dict(zip(PART_NAMES, row, strict=True)))
    rows = run(LISTED, 10).fetchall()
    items = [{**dict(zip(LISTED_NAMES, row, strict=True)), "metrics": parts[row[0]]} for row in rows]
    return jsonify({"items": items, "totalCount": len(items)})


@app.post("/items/<int:number>")
def tick(number: int) -> str:
    if request.form["csrf"] != session["csrf"]:
        abort(400)
    state = request.form["state"]
    begin()
    item = write(who(session["secret"]), number, state)
    return render_template("floor_item.html", items=[(*item[:5], state)], csrf=session["csrf"])


@app.post("/tracker")
def tracker() -> Any:
    asked = json.loads(request.get_data())
    rows = run(DAYS, who(bearer())[0], asked["fromdate"], asked["todate"]).fetchall()
    return jsonify([dict(zip(NAMES, row, strict=True)) for row in rows])


@app.put("/items/<int:number>")
def tick_by_program(number: int) -> Any:
    state = json.loads(request.get_data())["state"]
    begin()
    item = write(who(bearer()), number, state)
    return jsonify({"id": item[0], "number": item[1], "title": item[2], "state": state})


def write(person: Any, number: int, state: str) -> Any:
    item = run(ITEM, person[0], today(), number).fetchone()
    at = datetime.now(UTC).isoformat()
    (entry,) = run(INSERT_ENTRY, person[0], item[0], today(), at, state, item[6]).fetchone()
    run(UPDATE_ITEM, state, entry, item[0])
    run(INSERT_AUDIT, at, "entry:record", person[0], item[0], '{"before": "open"}')
    run("COMMIT")
    return item


def looked_at() -> tuple[Any, Any]:
    begin()
    person = who(session["secret"])
    clients = run(CLIENT, person[0]).fetchall()
    at = datetime.now(UTC).isoformat()
    run_many(INSERT_LOOK, [(client[0], person[0], at) for client in clients])
    run("COMMIT")
    return person, clients


def bearer() -> str:
    return request.headers["Authorization"].removeprefix("Bearer ")


def who(secret: str) -> Any:
    person = run(PERSON, secret).fetchone()
    return person or abort(403)


def today() -> str:
    return date.today().isoformat()  # noqa: DTZ011 - the floor has one zone


def days_ago(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()  # noqa: DTZ011


def begin() -> None:
    run("BEGIN" if on_postgresql() else "BEGIN IMMEDIATE")


def run(statement: str, *values: Any) -> Any:
    if on_postgresql():
        return connection().execute(statement.replace("?", "%s"), values or None)
    return connection().execute(statement, values)


def run_many(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    if on_postgresql():
        connection().cursor().executemany(statement.replace("?", "%s"), rows)
    else:
        connection().executemany(statement, rows)


def connection() -> Any:
    """One connection for each thread, as the application has it."""
    if not hasattr(here, "connection"):
        here.connection = connect(DATABASE)
    return here.connection


def connect(database: str) -> Any:
    if database.startswith("postgresql"):
        return psycopg.connect(database, autocommit=True)
    opened = sqlite_module.connect(database, timeout=5, isolation_level=None)
    for pragma in PRAGMAS:
        opened.execute(pragma)
    return opened


def on_postgresql() -> bool:
    return DATABASE.startswith("postgresql")


def fill(database: str, titles: Sequence[str], *, days: int = 365) -> str:
    """The tables hold one person with a year of items and moods; returns the secret of their cookie."""
    opened, secret = connect(database), secrets.token_urlsafe(32)
    postgresql = database.startswith("postgresql")
    key = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY" if postgresql else "INTEGER PRIMARY KEY"
    opened.execute("BEGIN")
    for statement in TABLES.format(key=key).split(";")[:-1]:
        opened.execute(statement)
    cursor = opened.cursor()
    mark = "%s" if postgresql else "?"
    cursor.execute(f"INSERT INTO person (name, zone, secret) VALUES ('one', 'Etc/UTC', {mark})", (secret,))
    last = date.today()  # noqa: DTZ011
    dates = [(last - timedelta(days=back)).isoformat() for back in range(-60, days)]
    items = [
        (number, day, title, "Daily · at least 20 pages", number % 12 + 1, "done" if number % 2 else "open")
        for day in reversed(dates)
        for number, title in enumerate(titles)
    ]
    columns = "person_id, number, local_date, title, facts, colour, state"
    cursor.executemany(f"INSERT INTO item ({columns}) VALUES (1, {', '.join([mark] * 6)})", items)
    moods = [(day, index % 5 + 1) for index, day in enumerate(dates)]
    cursor.executemany(f"INSERT INTO mood (person_id, local_date, level) VALUES (1, {mark}, {mark})", moods)
    spark = "".join(f"{'ML'[at > 0]}{4 * at} {at % 25}" for at in range(28))
    said = ("Goals, how goals went", "103 of 121", 85, "today", "median good, 41 moods on 24 of 28 days", spark, 0)
    columns = "person_id, number, name, shared, tally, percent, last, moods, spark, waiting"
    clients = [(number, f"client-{number}", *said) for number in range(CLIENTS)]
    cursor.executemany(f"INSERT INTO client ({columns}) VALUES (1, {', '.join([mark] * 9)})", clients)
    parents = [None if number < 5 else 1 + (number - 5) // BELOW for number in range(OBJECTIVES)]
    said = ("owner-7", "checked in 3 Nov", "70 % sure", 43, 50, "on track")
    objectives = [(parent, f"Win the shops of the north, {number}", *said) for number, parent in enumerate(parents)]
    columns = "parent_id, name, owner, last, confidence, percent, due, pace"
    cursor.executemany(f"INSERT INTO objective ({columns}) VALUES ({', '.join([mark] * 8)})", objectives)
    parts = [
        (objective, f"Key result {part} of {objective}", "owner-3", "43 of 100 shops", 43)
        for objective in range(1, OBJECTIVES + 1)
        for part in range(3)
    ]
    columns = "objective_id, name, owner, value, percent"
    cursor.executemany(f"INSERT INTO key_result ({columns}) VALUES ({', '.join([mark] * 5)})", parts)
    ranking = [
        (place, f"Person {place}", "43.5 %", 43, "€4,350.00", "€5,650.00 to go") for place in range(1, RANKED + 1)
    ]
    columns = "place, name, percent, share, amount, rest"
    cursor.executemany(f"INSERT INTO ranking ({columns}) VALUES ({', '.join([mark] * 6)})", ranking)
    opened.execute("COMMIT")
    opened.close()
    return secret


def cookie(secret: str) -> str:
    """What the browser of that person sends; its forms carry the token "floor"."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"session={serializer.dumps({'secret': secret, 'csrf': 'floor'})}"
