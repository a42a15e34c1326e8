"""Somebody to look at pages with: Ada, signed in, at noon of a Tuesday."""

import os
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, signed_in
from webapp.domain.people import Viewer
from webapp.models import Person

HERE = Path(__file__).parent
ENGINES = ("sqlite", "postgresql")
BOTH = frozenset({"test_locks.py", "test_moods_rights.py", "test_rights.py", "test_sealed.py", "test_statements.py"})
"""Files whose tests are about what the engines do differently, or too important for one of them."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A page is looked at on one engine, which the name of the test decides: what lies below pages is tried on both,
    and twice as many pages would not tell more. With EVERY_ENGINE=1, or asked for by name, a test runs on both."""
    if os.environ.get("EVERY_ENGINE") or any("::" in argument for argument in config.args):
        return
    there = {item.nodeid for item in items}
    left_out = {item for item in items if _meets_another(item, there)}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _meets_another(item: pytest.Item, there: set[str]) -> bool:
    """Whether the same test is there for the other engine, and that is the one it is to meet."""
    callspec = getattr(item, "callspec", None)
    engine = callspec.params.get("database_url") if callspec else None
    if engine not in ENGINES or item.path.parent != HERE or item.path.name in BOTH:
        return False
    chosen = ENGINES[crc32(item.nodeid.replace(engine, "").encode()) % 2]
    return chosen != engine and item.nodeid.replace(engine, chosen) in there


@pytest.fixture
def clock() -> Iterator[machine.Traveller]:
    """The time of day for everything in this test: make.NOW, until the test moves it."""
    with machine.travel(make.NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def ada(session: Session, clock: machine.Traveller) -> Person:
    """Ada, who lives in Berlin."""
    made = make.person(session)
    session.commit()
    return made


@pytest.fixture
def her(session: Session, ada: Person) -> Viewer:
    """Ada as the rules meet her."""
    return make.viewer(session, ada)


@pytest.fixture
def visit(app: Flask, session: Session, ada: Person) -> Browser:
    """Ada's browser, signed in: `visit.get("/goals")` is the page she sees there."""
    return signed_in(app, session, ada)
