"""Looking changes nothing, whoever looks: mail scanners send HEAD, browsers fetch ahead, crawlers ask for options."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, signed_in
from webapp.domain.people import Role
from webapp.models import Token
from webapp.queries.people import secret_hash

SECRET = "s" * 43
PROGRAMS = ("/api/v1/", "/api/v2/", "/auth/v1/")
"""Where programs ask, who are nobody without a token."""
PURPOSES = ("sign-up", "recovery", "email")


@pytest.fixture
def visitors(app: Flask, session: Session) -> list[Browser]:
    """An admin signed in and somebody who is not, with a mailed link of every kind on its way."""
    ada = make.person(session)
    make.member(session, ada, make.organisation(session), Role.ADMIN)
    make.goal(session, make.viewer(session, ada))
    for number, purpose in enumerate(PURPOSES):
        token = Token(person_id=ada.id, purpose=purpose, secret_hash=secret_hash(SECRET + str(number)))
        token.created_at, token.expires_at = make.NOW, make.NOW + timedelta(days=10_000)
        session.add(token)
    return [signed_in(app, session, ada, make.datetime.now(make.UTC)), Browser(app)]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "GET"])
def test_no_address_changes_anything_by_being_looked_at(
    app: Flask, session: Session, visitors: list[Browser], method: str
) -> None:
    addresses = [
        re.sub(r"<(?:\w+:)?\w+>", SECRET + str(number), re.sub(r"<int:\w+>", "1", rule.rule))
        for rule in app.url_map.iter_rules()
        for number in range(len(PURPOSES) if "token" in rule.rule else 1)
    ]
    before = make.everything(session)
    for visitor in visitors:
        for address in addresses:
            answer = visitor.client.open(address, method=method)
            fine = (400, 401, 404, 405) if address.startswith(PROGRAMS) else (200, 204, 303, 404, 405, 410, 503)
            assert answer.status_code in fine, (address, answer.status_code)
    assert make.everything(session) == before
