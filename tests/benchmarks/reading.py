"""Readers with one year of reading behind them and with ten: today's plan, the page, and saying what was read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from tests.benchmarks.browser import signed_in
from tests.benchmarks.data import YEAR, noon_zone
from tests.benchmarks.load import CONNECTIONS, Target
from tests.benchmarks.measures import Measured
from tests.benchmarks.report import Line, at_most
from tests.benchmarks.serving import Server
from tests.benchmarks.statements import counted
from webapp.actions import api_tokens, people, reading_clients, reading_goals, reading_log, works
from webapp.domain import quran
from webapp.domain.days import shifted
from webapp.domain.people import Viewer
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import MOST_DAYS, PlanDraft, ReadingDraft
from webapp.domain.reading_streaks import runs
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.domain.tracking import Mode, Source
from webapp.extensions import db
from webapp.models import ActivityDay, Entry, ReadingBatch, ReadingStreak
from webapp.models.base import new_public_id, table_of
from webapp.queries.people import viewer_of

PAGE = "/reading"
PLAN = "/auth/v1/goals/get-todays-plan?type=QURAN_PAGES&mushafId=4"
LOG = "/auth/v1/activity-days"
YEARS = (1, 10)
MISSED = 9
"""Every ninth day nothing is read."""


@dataclass(frozen=True)
class Reader:
    """Somebody who reads, as a browser and as a program comes in for them."""

    cookie: Mapping[str, str]
    program: Mapping[str, str]


def readers(app: Flask) -> dict[int, Reader]:
    """A reader for each number of years; committed."""
    now, found = datetime.now(UTC), {}
    for years in YEARS:
        with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
            name = f"reader-{years}"
            who = people.create(
                session, name=name, email=f"{name}@bench.example", password_hash=None, now=now, zone=noon_zone(now)
            )
            _read(session, who.id, viewer_of(session, who, now), years * YEAR)
            client = reading_clients.make(session, name, now)
            draft = TokenDraft("bench", Contract.READING, SCOPES[Contract.READING], client=client.client_id)
            _, token = api_tokens.create(session, viewer_of(session, who, now), draft)
            session.commit()
        program = {"x-auth-token": token, "x-client-id": client.client_id, "Content-Type": "application/json"}
        found[years] = Reader({"Cookie": signed_in(app, who.id).cookie}, program)
    return found


def targets(found: Mapping[int, Reader], ours: Server) -> dict[str, tuple[Server, Target]]:
    """What is asked of both."""
    batch = json.dumps({"type": "QURAN", "seconds": 1, "ranges": ["2:1-2:5"], "mushafId": 4})
    asked = {}
    for years, reader in found.items():
        asked[f"plan of {years}"] = (ours, Target(ours.port, reader.program, PLAN))
        asked[f"reading page of {years}"] = (ours, Target(ours.port, reader.cookie, PAGE))
        asked[f"batch of {years}"] = (
            ours,
            Target(ours.port, reader.program, posts=[(LOG, batch)], connections=CONNECTIONS),
        )
    return asked


def growth(found: Mapping[str, Measured]) -> Iterator[Line]:
    """The time of each with ten years behind it against one."""
    few, many = YEARS
    for name in ("plan", "reading page", "batch"):
        short, long = found[f"{name} of {few}"], found[f"{name} of {many}"]
        detail = f"{long.cpu / short.cpu:.2f} × by CPU; {long}"
        yield at_most(f"{name}, activity 1 → 10 years", short.rate / long.rate, 1.15, "×", detail)


def statements(app: Flask, found: Mapping[int, Reader]) -> Iterator[Line]:
    """Statements of today's plan and of the page after ten years, counted in this process."""
    client, reader = app.test_client(use_cookies=False), found[YEARS[-1]]
    with app.app_context():
        engine = db.engine
    for name, path, given in (("plan", PLAN, reader.program), ("reading page", PAGE, reader.cookie)):
        with counted(engine) as sent:
            client.get(path, headers=given)
        yield at_most(f"{name}, statements", len(sent), 8, "")


def _read(session: Session, person_id: int, viewer: Viewer, days: int) -> None:
    """The Quran over and over, a page or so a day, under a goal begun on the first day and a book beside it."""
    work = works.of_category(session, viewer, Category.QURAN)
    first = shifted(viewer.today, -days)
    read = [shifted(first, number) for number in range(days) if number % MISSED]
    rows = [_row(viewer, work.goal_id, number, day) for number, day in enumerate(read)]
    table = table_of(Entry)
    numbers = session.execute(
        insert(table).returning(table.c.id, sort_by_parameter_order=True), [row["entry"] for row in rows]
    ).scalars()
    batches = [{**row["batch"], "entry_id": number} for row, number in zip(rows, numbers, strict=True)]
    session.execute(insert(table_of(ReadingBatch)), batches)
    session.execute(insert(table_of(ActivityDay)), [row["day"] for row in rows])
    streaks = [
        {"public_id": new_public_id(), "owner_id": person_id, "category": category}
        | {"first": run.first, "last": run.last, "days": run.days}
        for category in (Category.QURAN.value, "any")
        for run in runs(read)
    ]
    session.execute(insert(table_of(ReadingStreak)), streaks)
    draft = PlanDraft(Category.QURAN, Asks.AMOUNT, amount=quran.PAGES, duration=MOST_DAYS, mushaf=quran.USUAL_MUSHAF)
    goal = reading_goals.start(session, viewer, draft)
    goal.starts = goal.settled_until = first
    reading_log.log(session, viewer, ReadingDraft(seconds=60), Category.QURAN)
    session.flush()


def _row(viewer: Viewer, work_id: int, number: int, day: date) -> dict[str, Any]:
    """A page a day, as an entry, its batch and its day."""
    verses = quran.verses_on(number % quran.PAGES + 1, number % quran.PAGES + 1)
    assert verses is not None
    at = viewer.now - timedelta(days=(viewer.today - day).days)
    what = {"seconds": 120, "amount": Decimal(0), "verses": [list(verses)], "mushaf": quran.USUAL_MUSHAF}
    who = {"public_id": new_public_id(), "goal_id": work_id, "local_date": day}
    entry = {"subject_id": viewer.id, "author_id": viewer.id, "at": at, "recorded_at": at, "zone": viewer.zone}
    entry |= {"mode": Mode.ADD, "value": Decimal(1), "source": Source.API}
    kept = {"owner_id": viewer.id, "batches": 1, "by_hand": 0, "filled": Decimal(1)}
    return {"entry": who | entry, "batch": what, "day": {**who, "public_id": new_public_id()} | kept | what}
