"""Small promises to browsers and to whoever reads the log: cookies that fit, passwords that are masked, lines that are
one line."""

import json
import logging
import random
import string
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.page import Browser
from tests.second_steps import set_up
from tests.visitors import PASSWORD, Visitor, make_person
from webapp.queries.people import viewer_of
from webapp.web.addresses import safe_next
from webapp.web.logs import JsonLines

LARGEST_COOKIE = 4096


@pytest.mark.parametrize("address", ["/login", "/signup"])
def test_passwords_are_masked_and_may_be_pasted(sqlite_app: Flask, address: str) -> None:
    field = Browser(sqlite_app).get(address).one("input", name="password")

    assert field.get("type") == "password"
    assert field.get("autocomplete") in ("current-password", "new-password")
    assert {"onpaste", "readonly", "disabled"}.isdisjoint(field.attrib)
    assert int(field.get("maxlength", "128")) >= 128


def test_the_cookie_stays_small(app: Flask, session: Session) -> None:
    """It holds most between the two steps of signing in: a secret, and the longest address one may have asked for."""
    set_up(session, viewer_of(session, make_person(session), datetime.now(UTC)))
    visitor = Visitor(app)
    longest = "/goals?" + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=1990))
    assert safe_next(longest) == longest
    answer = visitor.submit(f"/login?next={longest}", email="ada@example.org", password=PASSWORD)

    assert answer.headers["Location"] == "/login/second"
    assert len(visitor.cookie) > 2000, "it carries the address"
    assert all(len(cookie.split(";")[0].encode()) < LARGEST_COOKIE for cookie in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("said", ["one\ntwo", "one\r\ntwo", "one\u2028two", "\u202eone", '{"level": "info"}'])
def test_a_line_of_the_log_is_one_line(said: str) -> None:
    line = JsonLines().format(logging.makeLogRecord({"msg": said, "levelname": "WARNING"}))

    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == said
    assert json.loads(line)["level"] == "warning"
