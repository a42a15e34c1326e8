"""Somebody to look at pages with: Ada, signed in, at noon of a Tuesday."""

from collections.abc import Iterator

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, signed_in
from webapp.domain.people import Viewer
from webapp.models import Person


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
