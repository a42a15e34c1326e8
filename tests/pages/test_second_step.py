"""Signing in with more than a password: the code is asked for, counted, used up, and nothing leads around it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from tests.conftest import AppFactory
from tests.second_steps import App, set_up
from tests.visitors import OTHER_PASSWORD, PASSWORD, Visitor, letters, link_of, make_person
from webapp.models import AuditEvent, Person, SignIn
from webapp.queries.people import viewer_of


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def ada(session: Session, clock: time_machine.Traveller) -> Person:
    return make_person(session)


@pytest.fixture
def hers(session: Session, ada: Person) -> App:
    """The app of Ada, who is signed in nowhere."""
    return set_up(session, viewer_of(session, ada, make.NOW))


def begun(app: Flask) -> Visitor:
    """Somebody who has typed Ada's password."""
    visitor = Visitor(app)
    answer = visitor.sign_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login/second")
    return visitor


def sign_ins(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(SignIn)) or 0


def test_password_alone_opens_nothing_and_the_code_does(app: Flask, session: Session, hers: App) -> None:
    visitor = begun(app)
    between = visitor.cookie
    assert not visitor.is_in()
    assert sign_ins(session) == 0

    answer = visitor.submit("/login/second", code=hers.code(make.NOW))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert visitor.is_in()
    thief = Visitor(app)
    thief.cookie = between
    assert not thief.is_in(), "what the cookie held between the steps is used up"
    assert thief.post("/login/second", {"code": hers.code(make.NOW, 1)}).status_code in (303, 400)
    assert sign_ins(session) == 1


def test_page_asked_for_is_reached_after_both_steps(app: Flask, hers: App) -> None:
    visitor = Visitor(app)
    visitor.submit("/login?next=/goals", email="ada@example.org", password=PASSWORD)
    answer = visitor.submit("/login/second", code=hers.code(make.NOW))
    assert answer.headers["Location"] == "/goals"


def test_recovery_code_stands_in_for_the_app_once(app: Flask, session: Session, hers: App) -> None:
    assert begun(app).submit("/login/second", code=hers.recovery_codes[0]).status_code == 303
    again = begun(app)
    assert again.submit("/login/second", code=hers.recovery_codes[0]).status_code == 422
    assert not again.is_in()
    told = [letter["values"]["what"] for letter in letters(session, "account-changed")]
    assert told == ["app_added", "recovery_code_used"]


@pytest.mark.parametrize("typed", ["", "123456789", "abcdef", "é" * 500])
def test_wrong_code_is_refused_in_words_and_not_shown_again(
    app: Flask, session: Session, hers: App, typed: str
) -> None:
    visitor = begun(app)
    for code in (typed, hers.wrong(make.NOW)):
        answer = visitor.submit("/login/second", code=code)
        assert answer.status_code == 422
        assert "That is not the code." in answer.text
        assert not code or code not in answer.text
    assert not visitor.is_in()
    assert visitor.submit("/login/second", code=hers.code(make.NOW)).status_code == 303, "a typing error costs nothing"


def test_nobody_waits_without_the_password(app: Flask, hers: App) -> None:
    visitor = Visitor(app)
    assert visitor.get("/login/second").headers["Location"] == "/login"
    token = visitor.form("/login").values["csrf_token"]
    answer = visitor.post("/login/second", {"csrf_token": token, "code": hers.code(make.NOW)})
    assert answer.headers["Location"] == "/login"
    assert not visitor.is_in()
    assert begun(app).submit("/login/second", code=hers.code(make.NOW)).status_code == 303, "the code was not used"


def test_who_waits_too_long_types_the_password_again(app: Flask, hers: App, clock: time_machine.Traveller) -> None:
    visitor = Visitor(app)
    visitor.submit("/login?next=/goals", email="ada@example.org", password=PASSWORD)
    form = visitor.form("/login/second")
    clock.shift(timedelta(minutes=10))
    answer = visitor.post("/login/second", {**form.values, "code": hers.code(make.NOW + timedelta(minutes=10))})
    assert answer.headers["Location"] == "/login?next=/goals"
    assert "That took too long." in visitor.get("/login").text
    assert not visitor.is_in()


def test_who_is_in_is_led_on(app: Flask, hers: App) -> None:
    visitor = begun(app)
    visitor.submit("/login/second", code=hers.code(make.NOW))
    assert visitor.get("/login/second").headers["Location"] == "/"


def test_of_ten_sent_at_once_one_signs_in(app: Flask, session: Session, hers: App) -> None:
    visitors = [begun(app) for _ in range(10)]
    sent = [(visitor, visitor.form("/login/second").values | {"code": hers.code(make.NOW)}) for visitor in visitors]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda one: one[0].post("/login/second", one[1]).status_code, sent))
    assert sorted(answers) == [303] + [422] * 9
    assert sign_ins(session) == 1


def test_codes_are_counted_although_each_wrong_one_is_rolled_back(app: Flask, session: Session, hers: App) -> None:
    visitor = begun(app)
    form = visitor.form("/login/second")
    for number in range(96):
        somewhere = {"environ_overrides": {"REMOTE_ADDR": f"198.51.100.{number}"}}
        answer = visitor.post("/login/second", {**form.values, "code": hers.wrong(make.NOW)}, **somewhere)
        assert answer.status_code == 422
    right = {**form.values, "code": hers.code(make.NOW)}
    answer = visitor.post("/login/second", right)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    assert "A recovery code still opens." in answer.text
    assert begun(app).post("/login/second", right).status_code in (400, 429)
    assert sign_ins(session) == 0
    refused = select(func.count()).select_from(AuditEvent).where(AuditEvent.tag == "person:sign_in_refused")
    assert session.scalar(refused) == 96
    answer = visitor.submit("/login/second", code=hers.recovery_codes[0])
    assert answer.status_code == 303, "whoever guesses codes keeps nobody out who kept their recovery codes"


def burn_codes(app: Flask, session: Session, hers: App) -> None:
    """A stranger who knows Ada's password uses up what codes may be tried in a day."""
    visitor = begun(app)
    wrong = {**visitor.form("/login/second").values, "code": hers.wrong(make.NOW)}
    assert [visitor.post("/login/second", wrong).status_code for _ in range(97)] == [422] * 96 + [429]


def test_a_mailed_link_leads_past_a_stranger_who_used_up_the_codes(app: Flask, session: Session, hers: App) -> None:
    burn_codes(app, session, hers)
    assert begun(app).submit("/login/second", code=hers.code(make.NOW)).status_code == 429
    owner = Visitor(app)
    owner.submit("/recover", email="ada@example.org")
    owner.submit(f"/recover/{link_of(session, 'recovery')}", password=PASSWORD)
    owner.sign_in()
    assert owner.submit("/login/second", code=hers.code(make.NOW)).status_code == 303
    assert owner.is_in()
    assert begun(app).submit("/login/second", code=hers.code(make.NOW, 1)).status_code == 429, "it spares it alone"


def test_a_device_that_is_in_has_its_own_count_of_codes(app: Flask, session: Session, hers: App) -> None:
    owner = begun(app)
    owner.submit("/login/second", code=hers.code(make.NOW))
    burn_codes(app, session, hers)
    again = {"password": PASSWORD, "code": hers.code(make.NOW, 1)}
    assert owner.submit("/password-again?next=/goals", **again).headers["Location"] == "/goals"


def test_codes_used_up_on_a_device_that_is_in_leave_recovery_codes(
    app_factory: AppFactory, database_url: str, session: Session, hers: App
) -> None:
    app = app_factory(database_url, LIMIT_TOTP_DAY="2")
    owner = begun(app)
    owner.submit("/login/second", code=hers.code(make.NOW))
    wrong = {"password": PASSWORD, "code": hers.wrong(make.NOW)}
    assert [owner.submit("/password-again", **wrong).status_code for _ in range(2)] == [422, 422]
    answer = owner.submit("/password-again", **wrong)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    assert "A recovery code still opens." in answer.text
    assert owner.submit("/password-again", password=PASSWORD, code=hers.recovery_codes[0]).status_code == 303


def burn(visitor: Visitor) -> None:
    """Somebody who waits for a second step uses up what recovery codes may be tried there."""
    wrong = {**visitor.form("/login/second").values, "code": "a" * 24}
    assert [visitor.post("/login/second", wrong).status_code for _ in range(21)] == [422] * 20 + [429]


def test_recovery_codes_are_counted_for_the_network_that_tries_them(app: Flask, hers: App) -> None:
    visitor = begun(app)
    form = visitor.form("/login/second")
    burn(visitor)
    right = {**form.values, "code": hers.recovery_codes[0]}
    assert visitor.post("/login/second", right).status_code == 429
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "198.51.100.7"}}
    assert visitor.post("/login/second", right, **elsewhere).status_code == 303


def test_neighbours_who_try_codes_at_their_own_account_keep_nobody_out(app: Flask, session: Session, hers: App) -> None:
    set_up(session, viewer_of(session, make_person(session, "bo@example.org"), make.NOW))
    neighbour = Visitor(app)
    assert neighbour.sign_in("bo@example.org").headers["Location"] == "/login/second"
    burn(neighbour)
    assert begun(app).submit("/login/second", code=hers.recovery_codes[0]).status_code == 303


def test_a_mailed_link_leads_past_a_neighbour_who_knows_the_password(app: Flask, session: Session, hers: App) -> None:
    burn(begun(app))
    assert begun(app).submit("/login/second", code=hers.recovery_codes[0]).status_code == 429
    owner = Visitor(app)
    owner.submit("/recover", email="ada@example.org")
    owner.submit(f"/recover/{link_of(session, 'recovery')}", password=PASSWORD)
    assert owner.sign_in().headers["Location"] == "/login/second"
    assert owner.submit("/login/second", code=hers.recovery_codes[0]).status_code == 303
    assert owner.is_in()
    other = begun(app)
    assert other.submit("/login/second", code=hers.recovery_codes[1]).status_code == 429, "it spares its browser alone"


def test_who_used_a_link_has_no_more_tries_than_others(app: Flask, session: Session, hers: App) -> None:
    owner = Visitor(app)
    owner.submit("/recover", email="ada@example.org")
    owner.submit(f"/recover/{link_of(session, 'recovery')}", password=PASSWORD)
    owner.sign_in()
    burn(owner)


def test_new_password_by_mail_does_not_skip_the_second_step(app: Flask, session: Session, hers: App) -> None:
    waiting = begun(app)
    form = waiting.form("/login/second")
    Visitor(app).submit("/recover", email="ada@example.org")
    visitor = Visitor(app)
    answer = visitor.submit(f"/recover/{link_of(session, 'recovery')}", password=OTHER_PASSWORD)
    assert answer.headers["Location"] == "/login"
    assert visitor.sign_in(password=OTHER_PASSWORD).headers["Location"] == "/login/second"
    assert not visitor.is_in()
    assert waiting.post("/login/second", {**form.values, "code": hers.code(make.NOW)}).status_code == 303
    assert not waiting.is_in(), "what waited on the old password is over"
    assert visitor.submit("/login/second", code=hers.code(make.NOW)).status_code == 303
    assert visitor.is_in()


def test_password_again_asks_for_a_code_too(
    app: Flask, session: Session, hers: App, clock: time_machine.Traveller
) -> None:
    visitor = begun(app)
    visitor.submit("/login/second", code=hers.code(make.NOW))
    later = make.NOW + timedelta(minutes=20)
    clock.move_to(later)
    asks = "/password-again?next=/account/password"
    for password, code, words in (
        (OTHER_PASSWORD, hers.code(later), "That is not your password."),
        (OTHER_PASSWORD, hers.wrong(later), "That is not your password."),
        (PASSWORD, hers.wrong(later), "That is not the code."),
        (PASSWORD, "", "That is not the code."),
    ):
        answer = visitor.submit(asks, password=password, code=code)
        assert answer.status_code == 422
        assert words in answer.text
        assert answer.text.count("That is not") == 1
        assert not code or code not in answer.text
    assert visitor.get("/account/password").status_code == 303
    before = visitor.cookie
    assert visitor.submit(asks, password=PASSWORD, code=hers.code(later)).headers["Location"] == "/account/password"
    assert visitor.get("/account/password").status_code == 200
    thief = Visitor(app)
    thief.cookie = before
    assert not thief.is_in()


def test_who_has_no_second_step_is_asked_for_no_code(app: Flask, ada: Person) -> None:
    visitor = Visitor(app)
    visitor.sign_in()
    assert "code" not in visitor.form("/password-again").values
    assert visitor.submit("/password-again", password=PASSWORD).status_code == 303
