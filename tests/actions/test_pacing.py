"""How fast mails leave: held after failures, slowly again, others unaffected (reliability R6)."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.actions import limits, outbox, pacing
from webapp.actions.outbox import Claim
from webapp.extensions import db
from webapp.models import LimitCount, MailPace, OutboxMessage
from webapp.queries import pacing as paces
from webapp.queries.outbox import OPEN, Gate

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def mail(domain: str = "slow.test", number: int = 1, expires_at: datetime | None = None) -> Claim:
    return Claim(number, f"m{number}", None, "mail", domain, "a", 1, expires_at, None)


def pace(session: Session, domain: str) -> MailPace:
    return session.scalars(select(MailPace).where(MailPace.domain == domain)).one()


def test_without_trouble_everything_may_leave_and_nothing_is_written(session: Session) -> None:
    assert paces.gate(session, NOW) == OPEN
    claims = [mail()]
    assert pacing.admit(session, claims, OPEN, NOW) == claims
    pacing.went_well(session, mail(), OPEN, NOW)
    assert session.scalars(select(MailPace)).all() == []
    assert session.scalars(select(LimitCount)).all() == []


def test_a_domain_is_held_ever_longer_up_to_an_hour_and_no_other(session: Session) -> None:
    moment, holds = NOW, []
    for _ in range(10):
        pacing.went_wrong(session, mail(), moment, relay=False)
        until = pace(session, "slow.test").hold_until
        assert until is not None
        holds.append((until - moment).total_seconds())
        gate = paces.gate(session, moment)
        assert (gate.mail, gate.closed) == (True, {"slow.test"})
        moment = until
        assert paces.gate(session, moment).closed == frozenset()
    expected = [min(3600, 30 * 2**number) for number in range(10)]
    assert all(0.75 * whole <= hold <= whole for hold, whole in zip(holds, expected, strict=True))


def test_workers_that_fail_together_count_once(session: Session) -> None:
    pacing.went_wrong(session, mail(), NOW, relay=False)
    pacing.went_wrong(session, mail(), NOW + timedelta(seconds=1), relay=False)
    assert pace(session, "slow.test").failures == 1


def test_relay_that_is_away_holds_all_mail_and_nothing_else(session: Session) -> None:
    pacing.went_wrong(session, mail(), NOW, relay=True)
    gate = paces.gate(session, NOW)
    assert (gate.mail, gate.closed) == (False, frozenset())
    push = Claim(2, "p", None, "push", None, "a", 1, None, None)
    pacing.went_wrong(session, push, NOW, relay=True)
    assert pacing.admit(session, [push], gate, NOW) == [push]
    assert [row.failures for row in session.scalars(select(MailPace))] == [1]


@pytest.mark.parametrize("relay", [True, False])
def test_a_hundred_a_minute_leave_on_return_for_an_hour(session: Session, relay: bool) -> None:
    pacing.went_wrong(session, mail(), NOW, relay=relay)
    back = NOW + timedelta(minutes=1)
    pacing.went_well(session, mail(), paces.gate(session, back), back)
    numbers = iter(range(1, 10_000))

    def sent_in_a_minute(start: datetime, domain: str = "slow.test") -> int:
        count = 0
        for second in range(60):
            now = start + timedelta(seconds=second)
            for _ in range(3):
                gate = paces.gate(session, now)
                if gate.mail and domain not in gate.closed:
                    batch = [mail(domain, next(numbers)) for _ in range(10)]
                    count += len(pacing.admit(session, batch, gate, now))
        return count

    assert sent_in_a_minute(back) == 100
    assert sent_in_a_minute(back + timedelta(minutes=1)) == 100
    assert sent_in_a_minute(back + timedelta(minutes=2), "quick.test") == (100 if relay else 1800)
    assert sent_in_a_minute(back + timedelta(hours=1)) == 1800


def test_what_has_no_place_waits_as_if_nobody_had_claimed_it(session: Session) -> None:
    for number in range(12):
        outbox.enqueue(session, None, "ada@slow.test", "recovery", str(number), NOW, token="x")
    pacing.went_wrong(session, mail(), NOW - timedelta(minutes=2), relay=False)
    session.commit()
    gate = paces.gate(session, NOW)
    claims = outbox.claim(session, NOW, gate, 12)
    assert len(pacing.admit(session, claims, gate, NOW)) == 10
    session.commit()
    waiting = session.scalars(select(OutboxMessage).where(OutboxMessage.leased_until.is_(None))).all()
    assert [(one.attempts, one.attempt) for one in waiting] == [(0, None), (0, None)]
    assert paces.gate(session, NOW).closed == {"slow.test"}


def counted(session: Session) -> dict[str, int]:
    return {row.key: row.count for row in session.scalars(select(LimitCount)) if row.count}


def test_where_the_relay_and_a_domain_are_slow_those_that_waited_longest_leave(session: Session) -> None:
    gate = Gate(slow=frozenset({paces.RELAY, "a.test", "b.test"}))
    for _ in range(8):
        limits.take(session, "mail_pace", paces.key_of("a.test"), 10, paces.WINDOW, NOW)
    domains = ["b.test", *["a.test"] * 4, *["b.test"] * 5, *["c.test"] * 4]
    claims = [mail(domain, number) for number, domain in enumerate(domains)]
    # two of the four to a.test have no place, and cost the relay none
    assert [one.id for one in pacing.admit(session, claims, gate, NOW)] == [0, 1, 2, 5, 6, 7, 8, 9, 10, 11]
    assert counted(session) == {paces.key_of(name): 10 if name != "b.test" else 6 for name in gate.slow}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_workers_with_the_same_domains_in_another_order_never_stop_each_other(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        engine = db.engine
    gate = Gate(slow=frozenset({"a.test", "b.test"}))
    take, both, admitted = limits.take, threading.Barrier(2), []

    def take_and_wait(*given: Any) -> None:
        take(*given)
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)

    def work(domains: list[str]) -> None:
        with Session(engine) as own:
            claims = [mail(domain, number) for number, domain in enumerate(domains)]
            admitted.append(len(pacing.admit(own, claims, gate, NOW)))
            own.commit()

    monkeypatch.setattr(limits, "take", take_and_wait)
    workers = [threading.Thread(target=work, args=(order,)) for order in (["a.test", "b.test"], ["b.test", "a.test"])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert admitted == [2, 2]
    assert counted(session) == {paces.key_of(name): 2 for name in gate.slow}


def test_what_came_too_late_takes_nobodys_place(session: Session) -> None:
    pacing.went_wrong(session, mail(), NOW - timedelta(minutes=2), relay=True)
    gate = paces.gate(session, NOW)
    late = [mail(number=number, expires_at=NOW) for number in range(1, 30)]
    assert pacing.admit(session, late, gate, NOW) == late
    assert session.scalars(select(LimitCount)).all() == []


def test_relay_that_is_away_costs_no_attempt_for_three_days(session: Session) -> None:
    message = outbox.enqueue(session, None, "ada@slow.test", "recovery", "one", NOW, token="x")
    session.commit()
    for now, attempts in ((NOW, 0), (NOW + timedelta(days=2), 0), (NOW + timedelta(days=4), 1)):
        (claim,) = outbox.claim(session, now)
        assert outbox.wait_for_relay(session, claim, now, "ConnectionRefusedError")
        session.commit()
        session.refresh(message)
        assert (message.attempts, message.leased_until, message.attempt) == (attempts, None, None)
        assert now < message.due_at <= now + timedelta(seconds=30)
        assert not outbox.wait_for_relay(session, claim, now, "not mine any more")


def test_domains_without_trouble_are_forgotten(session: Session) -> None:
    pacing.went_wrong(session, mail(), NOW, relay=False)
    pacing.forget_before(session, NOW)
    assert len(session.scalars(select(MailPace)).all()) == 1
    pacing.forget_before(session, NOW + timedelta(days=1))
    assert session.scalars(select(MailPace)).all() == []
