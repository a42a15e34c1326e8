"""Workers and a mail server that tests start, stop and kill, and people who are to be reminded."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, delete, insert, update
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.serving import ROOT
from webapp.domain.reminders import About, Channel
from webapp.domain.schedules import Frequency, ScheduleDraft
from webapp.models import LimitCount, MailPace, OutboxMessage, Reminder, ReminderSetting
from webapp.models.base import new_public_id

LONGEST_START = 30.0
AGES = timedelta(days=1)


class Line(NamedTuple):
    """What the mail server wrote down: a recipient it was asked for, or a mail it took; `at` by the monotonic clock."""

    what: str
    at: float
    worker: int
    to: str
    message_id: str


@dataclass(frozen=True)
class MailServer:
    """A mail server, and the book it keeps."""

    url: str
    book: Path

    def lines(self, what: str = "taken") -> list[Line]:
        """What happened so far, in its order."""
        if not self.book.exists():
            return []
        whole = self.book.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
        return [line for line in (Line(**json.loads(words)) for words in whole) if line.what == what]

    def names(self, what: str = "taken") -> list[str]:
        """For whom that was, in the order of their names."""
        return sorted(line.to.partition("@")[0] for line in self.lines(what))


@contextmanager
def mail_server(folder: Path, *, seconds: float = 0.0, busy: int = 0) -> Iterator[MailServer]:
    """A mail server that takes so long for each mail, and turns so many connections away at first."""
    book = folder / "book"
    command = [sys.executable, "-m", "tests.faults.sink", str(book), str(seconds), str(busy)]
    with started(command, {}, folder / "sink.log") as process:
        yield MailServer(f"smtp://127.0.0.1:{answer(process, folder / 'sink.log')}", book)


class Workers:
    """Workers that are forked from one process, with what they are told (`worker_starter.work`)."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self.log = log
        self.alive: list[int] = []

    def start(self, **order: float | bool) -> int:
        """The number of a new one."""
        self.alive.append(self._ask(order))
        return self.alive[-1]

    def end(self, number: int, sign: signal.Signals = signal.SIGKILL) -> int:
        """It gets the signal and is gone; returns how it ended (its exit status, a signal as a negative number)."""
        os.kill(number, sign)
        return self.wait(number)

    def wait(self, number: int) -> int:
        """It is gone; returns how it ended."""
        self.alive.remove(number)
        return self._ask({"wait": number})

    def once(self, **order: float | bool) -> None:
        """One has done everything that is due, and ended well."""
        ended = self.wait(self.start(once=True, **order))
        assert ended == 0, self.log.read_text(encoding="utf-8")[-3000:]

    def _ask(self, order: Mapping[str, float | bool]) -> int:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return answer(self.process, self.log)


@contextmanager
def workers(environment: Mapping[str, str], server: MailServer, folder: Path) -> Iterator[Workers]:
    """Workers that send by this server; all of them end with the block. One has worked already when it begins, so that
    whoever is to be reminded comes in it."""
    given = environment | {"SMTP_URL": server.url}
    command, log = [sys.executable, "-m", "tests.faults.worker_starter"], folder / "workers.log"
    with started(command, given, log) as process:
        answer(process, log)
        made = Workers(process, log)
        try:
            yield made
        finally:
            for number in list(made.alive):
                made.end(number)


@contextmanager
def started(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is gone after the block, and the pipes to it."""
    given = {"PATH": os.environ.get("PATH", "")} | environment
    pipe = subprocess.PIPE
    with (
        log.open("wb") as errors,
        subprocess.Popen(command, cwd=ROOT, env=given, stdin=pipe, stdout=pipe, stderr=errors, text=True) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def answer(process: subprocess.Popen[str], log: Path) -> int:
    """The next number that the process prints; raises RuntimeError with its last words when there is none."""
    assert process.stdout
    if select.select([process.stdout], [], [], LONGEST_START)[0] and (line := process.stdout.readline()):
        return int(line)
    raise RuntimeError(f"no answer:\n{log.read_text(encoding='utf-8')[-3000:]}")


def wait_until(what: Callable[[], object], seconds: float = 20.0) -> None:
    """It is so; fails when it is not after that time."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def remind(session: Session, names: Sequence[str], first: datetime, apart: timedelta = timedelta(0)) -> None:
    """People of these names, each at a domain of their own, with a goal due today that reminds them once, by mail: the
    first at that time, each next one so much later. Committed."""
    now = datetime.now(UTC)
    rows, settings = [], []
    for place, name in enumerate(names):
        person = make.person(session, name, email=f"{name}@{name}.example", at=now, zone="Etc/UTC")
        at = first + place * apart
        viewer = make.viewer(session, person, at)
        goal = make.goal(session, viewer, when=ScheduleDraft(Frequency.ONE_TIME))
        goal.reminds = True
        rows.append(
            {
                "public_id": new_public_id(),
                "person_id": person.id,
                "about": About.GOAL,
                "goal_id": goal.id,
                "wall": at.time(),
                "days": 0,
                "next_day": at.date(),
                "next_at": at,
                "created_at": now,
            }
        )
        settings.append({"person_id": person.id, "channels": {About.GOAL.value: [Channel.MAIL.value]}})
    session.flush()
    session.execute(insert(Reminder), rows)
    session.execute(insert(ReminderSetting), settings)
    session.commit()


def age(engine: Engine) -> None:
    """Long enough has passed for every lease to be over, every pause, and all that slows mails down."""
    let_leases_end(engine)
    waiting = (OutboxMessage.sent_at.is_(None), OutboxMessage.failed_at.is_(None))
    with engine.begin() as connection:
        connection.execute(update(OutboxMessage).where(*waiting).values(due_at=datetime.now(UTC) - AGES))
        connection.execute(delete(MailPace))
        connection.execute(delete(LimitCount))


def let_leases_end(engine: Engine) -> None:
    """Long enough has passed for every lease to be over."""
    leased = OutboxMessage.leased_until.is_not(None)
    with engine.begin() as connection:
        connection.execute(update(OutboxMessage).where(leased).values(leased_until=datetime.now(UTC) - AGES))
