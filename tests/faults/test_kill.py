"""No acknowledged write is lost: the whole server is killed in mid-flight, again and again, and comes back sound."""

import http.client
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.benchmarks import data
from tests.benchmarks.browser import signed_in
from tests.benchmarks.serving import ROOT, end_group, free_port, wait_for
from tests.faults.truth import faults
from tests.faults.visitors import Visitor
from webapp.models import Entry

CLIENTS = 4


def test_thirty_kills_lose_nothing_that_was_acknowledged(
    app: Flask, engine: Engine, session: Session, environment: dict[str, str], tmp_path: Path
) -> None:
    assert kills(app, engine, session, environment, tmp_path, rounds=30) >= 30 * CLIENTS


@pytest.mark.nightly
def test_a_thousand_kills_lose_nothing_that_was_acknowledged(
    app: Flask, engine: Engine, session: Session, environment: dict[str, str], tmp_path: Path
) -> None:
    assert kills(app, engine, session, environment, tmp_path, rounds=1_000) >= 1_000 * CLIENTS


def kills(
    app: Flask, engine: Engine, session: Session, environment: dict[str, str], folder: Path, *, rounds: int
) -> int:
    """Returns how many writes were acknowledged; after every round each of them is in the ledger and all fits."""
    with app.app_context():
        person = data.person(session, "killed", count=CLIENTS, pattern="a", days=3)
    session.close()
    browser, numbers, chance = signed_in(app, person.id), count(1), random.Random(1)
    files = [folder / f"acknowledged-{client}" for client in range(CLIENTS)]
    with starter(environment, folder) as start:
        port, group = start()
        for _ in range(rounds):
            stop, begun = Event(), [Event() for _ in range(CLIENTS)]
            visitors = [Visitor(port, browser) for _ in range(CLIENTS)]
            writers = [
                Thread(target=write, args=(visitor, f"/goals/{goal}/days", person.today, numbers, file, first, stop))
                for visitor, goal, file, first in zip(visitors, person.goals, files, begun, strict=True)
            ]
            for writer in writers:
                writer.start()
            assert all(first.wait(10) for first in begun), "a client could not write"
            time.sleep(chance.uniform(0.005, 0.080))
            end_group(group)
            stop.set()
            for writer in writers:
                writer.join()
            port, group = start()
            acknowledged = {int(line) for file in files if file.exists() for line in file.read_text().split()}
            with Session(engine) as look:
                kept = {int(value) for value in look.scalars(select(Entry.value).where(Entry.value.is_not(None)))}
            assert acknowledged - kept == set()
            assert faults(engine) == []
    return len(acknowledged)


def write(
    visitor: Visitor, path: str, today: date, numbers: Iterator[int], file: Path, first: Event, stop: Event
) -> None:
    """Amounts that nobody else writes, one after the other; each that was answered well is on the disk at once."""
    with file.open("a") as acknowledged, suppress(OSError, http.client.HTTPException):
        while not stop.is_set():
            number = next(numbers)
            fields = {"value": str(number), "view": "row"}
            status = visitor.post(f"{path}/{today - timedelta(days=number % 60)}", fields)
            if not 200 <= status < 400:
                break
            acknowledged.write(f"{number}\n")
            acknowledged.flush()
            os.fsync(acknowledged.fileno())
            first.set()
    visitor.close()


@contextmanager
def starter(environment: dict[str, str], folder: Path) -> Iterator[Callable[[], tuple[int, int]]]:
    """Calling it starts a server of two workers: (port, process group). The last one ends with the block."""
    groups: list[int] = []
    log = folder / "servers.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.starter"],
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", "")} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdin
    assert process.stdout
    stdin, stdout = process.stdin, process.stdout

    def start() -> tuple[int, int]:
        if groups:
            assert stdout.readline() == "gone\n"
        port = free_port()
        stdin.write(f"{port}\n")
        stdin.flush()
        groups.append(int(stdout.readline()))
        wait_for(port, "/healthz", lambda: process.poll() is None, log)
        return port, groups[-1]

    try:
        yield start
    finally:
        if groups:
            end_group(groups[-1])
        stdin.close()
        process.wait(10)
        stdout.close()
