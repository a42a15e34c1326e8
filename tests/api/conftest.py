"""Programs of Ada, of Bob who is nothing to her, and of her therapist."""

from collections.abc import Iterator

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import Program, Reader, program, reader
from webapp.domain.people import Role, Viewer
from webapp.models import Person


@pytest.fixture
def clock() -> Iterator[machine.Traveller]:
    """The time of day for everything in this test: make.NOW, until the test moves it."""
    with machine.travel(make.NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def ada(session: Session, clock: machine.Traveller) -> Person:
    """Ada, who lives in Berlin."""
    return make.person(session)


@pytest.fixture
def her(session: Session, ada: Person) -> Viewer:
    """Ada as the rules meet her."""
    return make.viewer(session, ada)


@pytest.fixture
def hers(app: Flask, session: Session, ada: Person) -> Program:
    """A program of Ada's that may do everything."""
    return program(app, session, ada)


@pytest.fixture
def adas(app: Flask, session: Session, ada: Person) -> Reader:
    """A program of Ada's that may do everything with what she reads."""
    return reader(app, session, ada)


@pytest.fixture
def bob(session: Session, clock: machine.Traveller) -> Person:
    return make.person(session, "Bob")


@pytest.fixture
def his(app: Flask, session: Session, bob: Person) -> Program:
    """A program of Bob's, who has nothing to do with Ada."""
    return program(app, session, bob)


@pytest.fixture
def thea(session: Session, clock: machine.Traveller) -> Person:
    """A therapist."""
    made = make.person(session, "Thea")
    make.member(session, made, make.organisation(session), Role.THERAPIST)
    return made


@pytest.fixture
def theas(app: Flask, session: Session, thea: Person) -> Program:
    """A program of the therapist's."""
    return program(app, session, thea)
