"""The worker: claims one thing, does it, commits; any number of workers may run beside each other."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Protocol

from flask import Flask
from jinja2 import TemplateError

from webapp.actions import erasure, goals, grants, heartbeats, months, outbox, pacing, planning, retention
from webapp.actions.outbox import MOST_ATTEMPTS, Claim, Letter
from webapp.extensions import db
from webapp.models.engine import begin_writing, compact
from webapp.queries import pacing as paces
from webapp.queries.outbox import Gate, any_ready
from webapp.queries.reminders import is_due
from webapp.queries.sealing import SealBroken
from webapp.settings import Settings
from webapp.worker.channels import TOTAL_SECONDS, Undelivered, channel_for
from webapp.worker.letters import letter_for
from webapp.worker.mail import Mails
from webapp.worker.push import Pushes, vapid_of

PAUSE_SECONDS = 2.0
BEAT_SECONDS = 30.0
HORIZON_SECONDS = 60.0
MOST_BATCHES = 20
RETENTION_SECONDS = 3600.0


def run(app: Flask, once: bool) -> None:
    """Everything due is done; with `once` that is all, else it goes on until SIGTERM or SIGINT, which lets the message
    in hand be finished. A fault ends a single run, but only a pass of the endless one."""
    settings: Settings = app.config["SETTINGS"]
    mails = Mails(app, channel_for(settings.smtp_url, strict=settings.production))
    worker = Worker(app, {"mail": mails, "push": Pushes(app, vapid_of(settings))})
    with closing(mails), until_told_to_stop() as stop:
        while not stop.is_set():
            try:
                worker.work(stop)
            except Exception:
                if once:
                    raise
                app.logger.exception("worker")
            if once or stop.wait(PAUSE_SECONDS):
                return


class Way(Protocol):
    """How a letter reaches its person; `until`, by the monotonic clock, is when it may no longer be handed over."""

    def send(self, claim: Claim, letter: Letter, now: datetime, until: float) -> None:
        """It has been taken; raises Undelivered."""


class Worker:
    """One process's rounds, and when it last did what need not be done each time."""

    def __init__(self, app: Flask, ways: Mapping[str, Way]) -> None:
        self.app = app
        self.ways = ways
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}"
        self._last: dict[str, float] = {}
        self._to_compact = False

    def work(self, stop: threading.Event) -> None:
        """One round: a sign of life, every reminder and message that is due, due dates ahead, and forgetting."""
        with self.app.app_context():
            self.beat()
            while not stop.is_set():
                planned, sent = self.plan(), self.send_due(stop)
                self.beat()
                if not (planned or sent):
                    break
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

    def plan(self) -> bool:
        """Reminders of some people that are due are messages, or were found to have nothing to say; False when none
        could be looked at. People who cannot be planned for stop nobody else, nor what waits to be sent."""
        due = is_due(db.session, now())
        db.session.rollback()
        if not due:
            return False
        try:
            with writing():
                return planning.plan_due(db.session, now()) > 0
        except Exception:
            self.app.logger.exception("not planned")
        try:
            with writing():
                return planning.plan_due(db.session, now(), most=1) > 0
        except Exception:
            self.app.logger.exception("one person not planned")
        with writing():
            planning.put_off(db.session, now())
        return True

    def send_due(self, stop: threading.Event) -> bool:
        """Some of the messages that have waited longest are sent, postponed or set aside; False when none is due.

        What cannot be begun well before the lease is over is left for whoever claims it then.
        """
        gate = paces.gate(db.session, now())
        waiting = any_ready(db.session, now(), gate)
        db.session.rollback()
        if not waiting:
            return False
        until = time.monotonic() + outbox.LEASE.total_seconds()
        with writing():
            claimed = outbox.claim(db.session, now(), gate)
            claims = pacing.admit(db.session, claimed, gate, now())
        for place, claim in enumerate(claims, start=1):
            went_on = self._send(claim, until, gate)
            if claims[place:] and (stop.is_set() or not went_on or time.monotonic() > until - 2 * TOTAL_SECONDS):
                with writing():
                    outbox.release(db.session, claims[place:])
                break
            self.beat()
        return bool(claimed)

    def _send(self, claim: Claim, until: float, gate: Gate) -> bool:
        """The outcome of one message stands; False when whoever carries all of them is away."""
        failure = self._try(claim, until)
        with writing():
            kept = self._settle(claim, failure, gate)
        if failure and failure.told:
            self.app.logger.warning("message not sent", extra={"event": failure.reason})
        if not kept:
            self.app.logger.warning("lease lost")
        return failure is None or not failure.relay

    def _settle(self, claim: Claim, failure: Undelivered | None, gate: Gate) -> bool:
        """The outcome stands in the outbox, and how the domain took it; False when the lease was another's by then, who
        knows better how it went."""
        if failure is None:
            kept = outbox.mark_sent(db.session, claim, now())
            if kept:
                pacing.went_well(db.session, claim, gate, now())
            return kept
        if failure.until is not None:
            return outbox.hold(db.session, claim, failure.until)
        if failure.for_good:
            return outbox.set_aside(db.session, claim, now(), failure.reason)
        again = outbox.wait_for_relay if failure.relay else outbox.postpone
        kept = again(db.session, claim, now(), failure.reason)
        if kept and (failure.relay or failure.domain):
            pacing.went_wrong(db.session, claim, now(), relay=failure.relay)
        return kept

    def _try(self, claim: Claim, until: float) -> Undelivered | None:
        """What stood in the way, None when the message has left; what is wrong with one message stops no other."""
        try:
            if failure := self._obstacle(claim):
                return failure
            letter = letter_for(self.app, claim, now())
            if letter is None:
                return Undelivered("nothing to say", for_good=True, told=False)
            self.ways[claim.channel].send(claim, letter, now(), until)
        except Undelivered as error:
            return error
        except (SealBroken, TemplateError, KeyError, TypeError, ValueError) as error:
            return Undelivered(f"unusable: {type(error).__name__}", for_good=True)
        except Exception as error:  # unforeseen: tried again like a relay that is away, and set aside in the end
            return Undelivered(type(error).__name__)
        finally:
            db.session.rollback()
        return None

    def _obstacle(self, claim: Claim) -> Undelivered | None:
        """Why the message must not leave any more, whatever it says."""
        if claim.expires_at is not None and claim.expires_at <= now():
            return Undelivered("expired", for_good=True)
        if claim.attempts > MOST_ATTEMPTS:
            return Undelivered("workers died over it", for_good=True)
        return None

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
