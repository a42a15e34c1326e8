"""How often strangers may try, and that trying does not keep the owner out (security, section 8)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from tests.application import AppFactory
from tests.visitors import OTHER_PASSWORD, PASSWORD, Visitor, letters, link_of, make_person


def guesses(app: Flask, times: int, email: str = "ada@example.org", **visitor: str) -> list[int]:
    """The answers to so many wrong passwords from one browser."""
    guesser = Visitor(app, **visitor)
    form = guesser.form("/login")
    typed = {**form.values, "email": email, "password": OTHER_PASSWORD}
    return [guesser.post("/login", typed).status_code for _ in range(times)]


def test_twenty_wrong_passwords_an_hour_from_one_network(app: Flask, session: Session) -> None:
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        make_person(session)
        guesser = Visitor(app)
        form = guesser.form("/login")
        answers = [
            guesser.post("/login", {**form.values, "email": f"p{n}@example.org", "password": "x"}) for n in range(21)
        ]
        assert [answer.status_code for answer in answers] == [422] * 20 + [429]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
        assert Visitor(app).sign_in().status_code == 429
        assert Visitor(app, address="198.51.100.1").sign_in().status_code == 303
        clock.move_to(start + timedelta(hours=1))
        assert Visitor(app).sign_in().status_code == 303


def test_one_account_is_counted_however_its_address_is_written(app_factory: AppFactory, database_url: str) -> None:
    app = app_factory(database_url, LIMIT_SIGN_IN_ADDRESS_HOUR="100")
    spellings = ["ada@example.org", "ADA@example.org", "a.d.a@example.org", "ada+x@example.org", "\uff41da@example.org"]
    answers = [code for spelling in spellings for code in guesses(app, 4, spelling)]
    assert answers == [422] * 20
    assert guesses(app, 1, "Ada@Example.org") == [429]
    assert guesses(app, 1, "bob@example.org") == [422]


def test_only_failures_count(app: Flask, session: Session) -> None:
    make_person(session)
    assert guesses(app, 19) == [422] * 19
    assert [Visitor(app).sign_in().status_code for _ in range(25)] == [303] * 25
    assert guesses(app, 2) == [422, 429]


def test_an_ipv6_network_is_one_caller(app: Flask) -> None:
    assert guesses(app, 20, address="2001:db8:1:2::1") == [422] * 20
    assert guesses(app, 1, address="2001:db8:1:2:ffff::9") == [429]
    assert guesses(app, 1, address="2001:db8:1:3::1") == [422]


def test_forged_forwarding_headers_change_nothing(app: Flask) -> None:
    guesser = Visitor(app)
    form = guesser.form("/login")
    codes = []
    for number in range(21):
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}", "Forwarded": "for=1"}
        typed = {**form.values, "email": "ada@example.org", "password": "x"}
        codes.append(guesser.post("/login", typed, headers=headers).status_code)
    assert codes == [422] * 20 + [429]


def test_behind_one_proxy_the_last_hop_counts_and_no_other(app_factory: AppFactory, database_url: str) -> None:
    app = app_factory(database_url, PROXY_HOPS="1")
    guesser = Visitor(app, address="10.0.0.1")
    form = guesser.form("/login")

    def code(forwarded: str) -> int:
        typed = {**form.values, "email": "ada@example.org", "password": "x"}
        return guesser.post("/login", typed, headers={"X-Forwarded-For": forwarded}).status_code

    assert [code(f"192.0.2.{number}, 198.51.100.1") for number in range(21)] == [422] * 20 + [429]
    assert code("198.51.100.2") == 422


def test_fifty_tries_at_once_admit_no_more_than_the_limit(app: Flask, session: Session) -> None:
    make_person(session)
    visitors = [Visitor(app) for _ in range(50)]
    forms = [visitor.form("/login").values for visitor in visitors]

    def guess(number: int) -> int:
        typed = {**forms[number], "email": "ada@example.org", "password": OTHER_PASSWORD}
        return visitors[number].post("/login", typed).status_code

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(guess, range(50)))
    assert answers.count(422) == 20
    assert answers.count(429) == 30


def test_owner_gets_in_by_mail_while_neighbours_use_up_every_try(app: Flask, session: Session) -> None:
    make_person(session)
    assert guesses(app, 21)[-1] == 429
    assert guesses(app, 1, "bob@example.org") == [429]
    owner = Visitor(app)
    assert owner.sign_in().status_code == 429
    assert owner.submit("/recover", email="ada@example.org").status_code == 303
    link = f"/recover/{link_of(session, 'recovery')}"
    assert owner.submit(link, password=OTHER_PASSWORD).status_code == 303
    assert owner.sign_in(password=OTHER_PASSWORD).status_code == 303
    assert owner.is_in()
    assert guesses(app, 1, "bob@example.org") == [429]


@pytest.mark.parametrize("path", ["/recover", "/signup"])
def test_five_mails_an_hour_to_one_mailbox(app: Flask, session: Session, path: str) -> None:
    make_person(session)
    answers = []
    for number, email in enumerate(["ada@example.org", "Ada@example.org", "a.da@example.org", "ada+1@example.org"] * 2):
        asker = Visitor(app, address=f"198.51.100.{number}")
        typed = {"name": "x", "password": PASSWORD, "agrees": "y", "agrees_health": "y"} if path == "/signup" else {}
        answers.append(asker.submit(path, email=email, **typed).status_code)
    assert answers == [303] * 5 + [429] * 3
    assert len(letters(session)) == 5


def test_ten_mails_an_hour_from_one_network(app: Flask, session: Session) -> None:
    answers = [Visitor(app).submit("/recover", email=f"p{n}@example.org").status_code for n in range(11)]
    assert answers == [303] * 10 + [429]
    assert len(letters(session)) == 10


def test_twenty_sign_ups_an_hour_from_one_network(app: Flask, session: Session) -> None:
    visitor = Visitor(app)
    form = visitor.form("/signup")
    assert [visitor.post("/signup", form.values).status_code for _ in range(21)] == [422] * 20 + [429]
    assert letters(session) == []
