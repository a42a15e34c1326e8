"""The worker: claims one thing, does it, commits; any number of workers may run beside each other."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask import Flask
from jinja2 import TemplateError

from webapp.actions import erasure, goals, grants, heartbeats, months, outbox, retention
from webapp.actions.outbox import MOST_ATTEMPTS, Claim, Letter
from webapp.extensions import db
from webapp.models.engine import begin_writing, compact
from webapp.queries.outbox import any_ready
from webapp.queries.people import may_receive
from webapp.queries.sealing import SealBroken
from webapp.settings import Settings
from webapp.worker.channels import Channel, Undelivered, channel_for
from webapp.worker.mail import SECURITY_NOTICES, compose

PAUSE_SECONDS = 2.0
BEAT_SECONDS = 30.0
HORIZON_SECONDS = 60.0
MOST_BATCHES = 20
RETENTION_SECONDS = 3600.0


def run(app: Flask, once: bool) -> None:
    """Everything due is done; with `once` that is all, else it goes on until SIGTERM or SIGINT, which lets the message
    in hand be finished. A fault ends a single run, but only a pass of the endless one."""
    settings: Settings = app.config["SETTINGS"]
    worker = Worker(app, channel_for(settings.smtp_url, strict=settings.production))
    with until_told_to_stop() as stop:
        while not stop.is_set():
            try:
                worker.work(stop)
            except Exception:
                if once:
                    raise
                app.logger.exception("worker")
            if once or stop.wait(PAUSE_SECONDS):
                return


class Worker:
    """One process's rounds, and when it last did what need not be done each time."""

    def __init__(self, app: Flask, channel: Channel) -> None:
        self.app = app
        self.channel = channel
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}"
        self._last: dict[str, float] = {}
        self._to_compact = False

    def work(self, stop: threading.Event) -> None:
        """One round: a sign of life, every mail that is due, due dates ahead, and forgetting."""
        with self.app.app_context():
            self.beat()
            while not stop.is_set() and self.send_one():
                self.beat()
            if self._every("horizon", HORIZON_SECONDS):
                self.repeat(stop, "grants expired", grants.expire_due)
                self.repeat(stop, "goals extended", goals.extend_horizons)
                self.repeat(stop, "goals with months closed", months.close_over)
            if self._every("retention", RETENTION_SECONDS):
                self._count("rows forgotten", retention.forget)
                self.erase(stop)
                self._count("goals judged at their end", months.finish_limits)

    def erase(self, stop: threading.Event) -> None:
        """Who asked for it two weeks ago is gone, on SQLite from the file's free pages too; PostgreSQL reuses its own
        in time, and `purge` rewrites them at an hour the operator chooses."""
        while not stop.is_set() and self._count("people erased", erasure.erase_next):
            self._to_compact = db.engine.dialect.name == "sqlite"
        if self._to_compact:
            self._to_compact = not compact(db.engine)

    def repeat(self, stop: threading.Event, what: str, act: Callable[..., int]) -> None:
        """It is done batch by batch; what is left after the last one waits for the next round."""
        for _ in range(MOST_BATCHES):
            if stop.is_set() or not self._count(what, act):
                return

    def beat(self) -> None:
        """It is known that this worker lives, at most every 30 seconds."""
        if self._every("beat", BEAT_SECONDS):
            with writing():
                heartbeats.beat(db.session, self.name, now())

    def send_one(self) -> bool:
        """The message that has waited longest is sent, postponed or set aside; False when none is due."""
        waiting = any_ready(db.session, now())
        db.session.rollback()
        if not waiting:
            return False
        with writing():
            claim = outbox.claim(db.session, now())
        if claim is None:
            return False
        settle, failure = self._try(claim)
        with writing():
            kept = settle(claim)
        if failure or not kept:
            self.app.logger.warning("mail not sent" if failure else "lease lost", extra={"event": failure})
        return True

    def _try(self, claim: Claim) -> tuple[Callable[[Claim], bool], str | None]:
        """How the claim is to be settled, and what stood in the way; what is wrong with one message stops no other."""
        try:
            letter = outbox.letter_of(claim)
            failure, for_good = self._obstacle(claim, letter), True
            if failure is None:
                self.channel.deliver(compose(self.app, claim, letter, now()))
                return lambda claim: outbox.mark_sent(db.session, claim, now()), None
        except Undelivered as error:
            failure, for_good = error.reason, error.for_good
        except (SealBroken, TemplateError, KeyError, TypeError, ValueError) as error:
            failure, for_good = f"unusable: {type(error).__name__}", True
        except Exception as error:  # unforeseen: tried again like a relay that is away, and set aside in the end
            failure, for_good = type(error).__name__, False
        finish = outbox.set_aside if for_good else outbox.postpone
        return lambda claim: finish(db.session, claim, now(), failure), failure

    def _obstacle(self, claim: Claim, letter: Letter) -> str | None:
        """Why the message must not leave any more, by what is true now and not when it was written."""
        if claim.expires_at is not None and claim.expires_at <= now():
            return "expired"
        if claim.attempts > MOST_ATTEMPTS:
            return "workers died over it"
        return None if self._may_receive(claim, letter) else "person gone"

    def _may_receive(self, claim: Claim, letter: Letter) -> bool:
        if claim.person_id is None or letter.template in SECURITY_NOTICES:
            return True
        try:
            return may_receive(db.session, claim.person_id)
        finally:
            db.session.rollback()

    def _count(self, what: str, act: Callable[..., int]) -> int:
        with writing():
            count = act(db.session, now())
        if count:
            self.app.logger.info(what, extra={"count": count})
        return count

    def _every(self, what: str, seconds: float) -> bool:
        """Whether it is time for this again."""
        moment = time.monotonic()
        if moment - self._last.get(what, -seconds) < seconds:
            return False
        self._last[what] = moment
        return True


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that writes: committed at the end of the block, or nothing has happened."""
    db.session.rollback()
    begin_writing(db.session)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


@contextmanager
def until_told_to_stop() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set; outside the main thread nothing but the caller can set it."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def now() -> datetime:
    return datetime.now(UTC)
