"""The worker and a real mail server: each mail once, failures later again, the broken aside (reliability, R5)."""

import io
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.application import AppFactory
from tests.visitors import Visitor, make_person
from tests.worker.conftest import Mailbox, text_of
from webapp.actions import erasure, goals, outbox
from webapp.models import Heartbeat, MailPace, OutboxMessage, SignIn
from webapp.queries.people import viewer_of
from webapp.queries.sealing import keyring
from webapp.worker import loop
from webapp.worker.loop import run

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


def put(session: Session, key: str = "one", to: str = "ada@example.org", **options: object) -> OutboxMessage:
    values = {"person_id": None, "template": "recovery", "now": datetime.now(UTC), "token": "canary-token", **options}
    message = outbox.enqueue(session, to=to, dedupe_key=key, **values)  # type: ignore[arg-type]
    session.commit()
    return message


def fresh(session: Session, message: OutboxMessage) -> OutboxMessage:
    session.rollback()
    session.refresh(message)
    return message


def test_mail_is_sent_once_and_its_words_are_gone(session: Session, mailbox: Mailbox, work: Callable[[], None]) -> None:
    message = put(session)
    work()
    work()
    (mail,) = mailbox.mails
    assert mail["To"] == "ada@example.org"
    assert mail["Message-ID"] == f"<{message.public_id}@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "http://localhost:8000/recover/canary-token" in text_of(mail)
    kept = fresh(session, message)
    assert kept.sent_at is not None
    assert (kept.payload, kept.leased_until, kept.failed_at) == (None, None, None)


def test_busy_server_is_tried_again_later(session: Session, mailbox: Mailbox, work: Callable[[], None]) -> None:
    mailbox.answers = ["451 try later"]
    with time_machine.travel(START, tick=False) as clock:
        message = put(session)
        work()
        assert mailbox.mails == []
        kept = fresh(session, message)
        assert (kept.sent_at, kept.failed_at, kept.failure) == (None, None, "data 451")
        work()
        assert mailbox.mails == []
        clock.move_to(START + timedelta(seconds=31))
        work()
    assert [mail["Message-ID"] for mail in mailbox.mails] == [f"<{message.public_id}@localhost>"]
    assert fresh(session, message).attempts == 2


def test_server_that_is_away_is_tried_again_later(app_factory, database_url: str, session: Session) -> None:
    app = app_factory(database_url, SMTP_URL="smtp://127.0.0.1:9")
    message = put(session)
    run(app, once=True)
    kept = fresh(session, message)
    assert (kept.failed_at, kept.failure) == (None, "ConnectionRefusedError")
    assert kept.payload is not None


def test_a_day_without_a_relay_loses_nothing_and_ends_slowly(
    app_factory: AppFactory, database_url: str, session: Session, mailbox: Mailbox, work: Callable[[], None]
) -> None:
    """All mail is held, longer and longer, and costs no attempt; on return ten leave in six seconds."""
    away = app_factory(database_url, SMTP_URL="smtp://127.0.0.1:9")
    with time_machine.travel(START, tick=False) as clock:
        messages = [put(session, str(number)) for number in range(15)]
        while datetime.now(UTC) < START + timedelta(days=1):
            run(away, once=True)
            clock.shift(timedelta(minutes=61))
        assert {fresh(session, one).attempts for one in messages} == {0}
        assert {one.failed_at for one in messages} == {None}
        work()
        work()
        assert len(mailbox.mails) == 10
        clock.shift(timedelta(seconds=6))
        work()
        assert len(mailbox.mails) == 15
        session.rollback()
        assert session.scalars(select(MailPace.failures)).all() == [0]


def test_busy_domain_holds_up_no_other(session: Session, mailbox: Mailbox, work: Callable[[], None]) -> None:
    mailbox.refused = {"a@busy.test": "451 later"}
    with time_machine.travel(START, tick=False):
        first = put(session, "one", to="a@busy.test", now=START - timedelta(minutes=1))
        work()
        second, other = put(session, "two", to="b@busy.test"), put(session, "three")
        work()
        assert (fresh(session, first).attempts, fresh(session, second).attempts) == (1, 0)
        assert fresh(session, other).sent_at is not None


def test_mailbox_that_does_not_exist_is_given_up(session: Session, mailbox: Mailbox, work: Callable[[], None]) -> None:
    mailbox.refused = {"gone@example.org": "550 no such user"}
    message = put(session, to="gone@example.org")
    other = put(session, "two")
    work()
    kept = fresh(session, message)
    assert kept.failed_at is not None
    assert (kept.failure, kept.payload) == ("recipient 550", None)
    assert fresh(session, other).sent_at is not None


@pytest.mark.parametrize("poison", ["unsealed", "no template", "no subject", "line break", "not a letter"])
def test_poison_is_set_aside_and_others_go_on(
    session: Session, mailbox: Mailbox, work: Callable[[], None], poison: str
) -> None:
    now = datetime.now(UTC) - timedelta(hours=1)
    template = {"no template": "nothing", "no subject": "letter"}.get(poison, "recovery")
    to = "a@example.org\r\nBcc: b@example.org" if poison == "line break" else "ada@example.org"
    message = put(session, "poison", to=to, template=template, now=now)
    if poison == "unsealed":
        message.payload = (message.payload or b"")[:-1] + b"\x00"
    if poison == "not a letter":
        message.payload = keyring.seal_for_system(outbox.COLUMN, '["x"]')
    session.commit()
    other = put(session, "other")
    work()
    kept = fresh(session, message)
    assert kept.failed_at is not None
    assert (kept.failure or "").startswith("unusable")
    assert fresh(session, other).sent_at is not None
    assert len(mailbox.mails) == 1


def test_mail_over_which_workers_died_is_set_aside(
    session: Session, mailbox: Mailbox, work: Callable[[], None]
) -> None:
    message = put(session)
    message.attempts = outbox.MOST_ATTEMPTS
    session.commit()
    work()
    kept = fresh(session, message)
    assert (kept.failure, kept.payload, mailbox.mails) == ("workers died over it", None, [])


def test_mail_that_came_too_late_is_not_sent(session: Session, mailbox: Mailbox, work: Callable[[], None]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        late = put(session, "late", expires_at=START + timedelta(minutes=30))
        clock.move_to(START + timedelta(minutes=30))
        in_time = put(session, "in time", expires_at=START + timedelta(minutes=31))
        work()
    assert fresh(session, late).failure == "expired"
    assert fresh(session, in_time).sent_at is not None
    assert len(mailbox.mails) == 1


def test_mail_another_worker_holds_is_left_alone(session: Session, mailbox: Mailbox, work: Callable[[], None]) -> None:
    message = put(session)
    assert len(outbox.claim(session, datetime.now(UTC))) == 1
    session.commit()
    work()
    assert mailbox.mails == []
    message.leased_until = datetime.now(UTC) - timedelta(seconds=1)
    session.commit()
    work()
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
def test_who_is_shut_out_gets_security_notices_only(
    session: Session, mailbox: Mailbox, work: Callable[[], None], column: str
) -> None:
    person = make_person(session)
    link = put(session, "link", person_id=person.id)
    notice = put(session, "notice", person_id=person.id, template="password-changed")
    setattr(person, column, datetime.now(UTC))
    session.commit()
    work()
    assert fresh(session, link).failure == "person gone"
    assert fresh(session, notice).sent_at is not None
    assert [mail["Subject"] for mail in mailbox.mails] == ["Your password was changed"]


def test_nothing_personal_is_logged(app: Flask, session: Session, mailbox: Mailbox, work: Callable[[], None]) -> None:
    mailbox.refused = {"gone@example.org": "550 <gone@example.org> unknown"}
    mailbox.answers = ["250 OK", "451 <ada@example.org> greylisted"]
    put(session, "one")
    put(session, "two", to="gone@example.org")
    put(session, "three")
    put(session, "four", to="x@example.org\r\nBcc: y@example.org")
    lines = io.StringIO()
    handler = app.logger.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(lines)
    work()
    said = lines.getvalue()
    assert said.count("message not sent") == 3
    assert '"event": "recipient 550"' in said
    for canary in ("example.org", "canary", "recover/"):
        assert canary not in said


def test_worker_says_that_it_lives_and_does_the_rest_of_its_rounds(
    app: Flask, session: Session, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime] = []
    monkeypatch.setattr(goals, "extend_horizons", lambda _session, now: (asked.append(now), 3 - len(asked))[1])
    person = make_person(session)
    old = datetime.now(UTC) - timedelta(days=90)
    session.add(SignIn(person_id=person.id, secret_hash=b"x" * 32, created_at=old, fresh_at=old, seen_at=old))
    session.commit()
    work()
    session.rollback()
    (beat,) = session.scalars(select(Heartbeat)).all()
    assert datetime.now(UTC) - beat.at < timedelta(seconds=30)
    assert beat.worker.endswith(f":{os.getpid()}")
    assert len(asked) == 3
    assert session.scalars(select(SignIn)).all() == []


def test_being_told_to_stop_lets_the_mail_in_hand_be_finished(
    app: Flask, session: Session, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM arrives while the server is taking the first of two mails."""
    first, second = put(session, "one"), put(session, "two")
    taken = Mailbox.handle_DATA

    async def slowly(self: Mailbox, *given: object) -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.2)
        return await taken(self, *given)

    monkeypatch.setattr(Mailbox, "handle_DATA", slowly)
    before = signal.getsignal(signal.SIGTERM)
    run(app, once=False)
    assert signal.getsignal(signal.SIGTERM) == before
    assert fresh(session, first).sent_at is not None
    assert (fresh(session, second).sent_at, second.leased_until) == (None, None)


def test_fault_of_one_round_does_not_end_the_worker(
    app: Flask, session: Session, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []
    original = loop.Worker.work

    def work(self: loop.Worker, stop: threading.Event) -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("broken")
        original(self, stop)
        stop.set()

    monkeypatch.setattr(loop.Worker, "work", work)
    monkeypatch.setattr(loop, "PAUSE_SECONDS", 0.01)
    put(session)
    run(app, once=False)
    assert len(mailbox.mails) == 1
    rounds.clear()
    with pytest.raises(RuntimeError):
        run(app, once=True)


def test_a_whole_way_through_the_mailbox(
    app: Flask, session: Session, mailbox: Mailbox, work: Callable[[], None]
) -> None:
    make_person(session)
    Visitor(app).submit("/recover", email="ada@example.org")
    work()
    (mail,) = mailbox.mails
    link = next(line for line in text_of(mail).splitlines() if line.startswith("http://localhost:8000/recover/"))
    path = link.removeprefix("http://localhost:8000")
    assert Visitor(app).submit(path, password="nine loud violet umbrellas").status_code == 303


def test_who_asked_to_be_erased_is_gone_after_two_weeks_and_not_before(
    session: Session, mailbox: Mailbox, work: Callable[[], None]
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        person = make_person(session)
        erasure.ask(session, viewer_of(session, person, START))
        session.commit()
        work()
        assert [(mail["To"], mail["Subject"]) for mail in mailbox.mails] == [
            (person.email, "Your account will be erased")
        ]
        session.refresh(person)
        assert person.deleted_at is None
        session.commit()
        clock.shift(erasure.GRACE)
        work()
        session.refresh(person)
        assert (person.deleted_at, person.name, person.email) == (START + erasure.GRACE, "", "")


@pytest.fixture(autouse=True)
def _quiet_server(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="mail.log")
