"""Whom to tell of a weakness, where every other site looks for it."""

import re
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

from tests import make
from tests.conftest import AppFactory
from tests.page import Browser


def test_security_txt_names_a_contact_and_an_end_and_nothing_of_what_runs_here(sqlite_app: Flask) -> None:
    with time_machine.travel(make.NOW, tick=False) as clock:
        answer = Browser(sqlite_app).get("/.well-known/security.txt")
        clock.shift(timedelta(hours=11))
        assert Browser(sqlite_app).get("/.well-known/security.txt").text == answer.text
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert set(lines) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}
    assert lines["Contact"].startswith(("mailto:", "https://"))
    assert lines["Canonical"].endswith("/.well-known/security.txt")
    ends = datetime.strptime(lines["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=30) < ends - make.NOW < timedelta(days=365)
    assert not re.search(r"(?i)flask|gunicorn|python|werkzeug|[0-9]+\.[0-9]+\.[0-9]+", answer.text)


def test_in_production_both_addresses_are_those_people_use(app_factory: AppFactory, sqlite_url: str) -> None:
    app = app_factory(sqlite_url, BASE_URL="https://aim.example", TRUSTED_HOSTS="aim.example")
    answer = app.test_client().get("/.well-known/security.txt", base_url="https://aim.example")
    assert "Contact: https://aim.example\n" in answer.text
    assert "Canonical: https://aim.example/.well-known/security.txt\n" in answer.text


def test_the_operator_says_where_reports_go(app_factory: AppFactory, sqlite_url: str) -> None:
    app = app_factory(sqlite_url, SECURITY_CONTACT="mailto:safe@aim.example")
    assert "Contact: mailto:safe@aim.example\n" in app.test_client().get("/.well-known/security.txt").text
