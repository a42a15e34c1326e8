"""The world in a database of its own, which is put back as it was before each thing that is really carried out."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine as machine
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import application, exports, make
from tests.rights.asking import Matrix, Visitor
from tests.rights.cast import World
from tests.rights.reminding import address_to_stop
from tests.rights.world import build
from webapp.actions import heartbeats
from webapp.extensions import db

PLENTIFUL = ("API_MINUTE", "EXPORT_MINUTE", "MAIL_ADDRESS_HOUR", "SIGN_IN_ADDRESS_HOUR")
PLENTY = {f"LIMIT_{name}": "1000000" for name in PLENTIFUL}


class Stage:
    """The application on the world."""

    def __init__(self, app: Flask, file: Path, world: World, session: Session) -> None:
        self.app, self.world, self.session = app, world, session
        self._file, self._kept = file, file.with_suffix(".kept")
        self._visitors: dict[str, Visitor] = {}
        for who in world.people:
            self.visitor(who).begin()
        self.lay_down()
        shutil.copyfile(self._file, self._kept)

    def visitor(self, who: str) -> Visitor:
        """Somebody whose browser stays signed in from one request to the next."""
        if who not in self._visitors:
            self._visitors[who] = Visitor(self.app, self.world, who)
        return self._visitors[who]

    def newcomer(self, who: str) -> Visitor:
        """The same with a browser of their own, for what may sign them out."""
        return Visitor(self.app, self.world, who)

    def put_back(self) -> None:
        """Nothing has happened since the world was made."""
        self.lay_down()
        shutil.copyfile(self._kept, self._file)

    def lay_down(self) -> None:
        """Nobody is connected to the file."""
        self.session.rollback()
        self.session.close()
        self.engine().dispose()
        application.disconnect(self.app)

    def engine(self) -> Engine:
        engine = self.session.get_bind()
        assert isinstance(engine, Engine)
        return engine


@pytest.fixture(scope="session")
def matrix() -> Matrix:
    return Matrix()


@pytest.fixture(scope="module")
def clock() -> Iterator[machine.Traveller]:
    """The time of day for everything here: make.NOW."""
    with machine.travel(make.NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture(scope="module")
def stage(
    _sqlite_template: Path,
    compiled: FileSystemBytecodeCache,
    tmp_path_factory: pytest.TempPathFactory,
    clock: machine.Traveller,
) -> Iterator[Stage]:
    """One world for all tests of a file; whoever changes it puts it back first."""
    folder = tmp_path_factory.mktemp("rights")
    file = folder / "aimline.db"
    shutil.copyfile(_sqlite_template, file)
    app = application.create_app(application.settings_for(f"sqlite:///{file}", folder, **PLENTY))
    app.jinja_env.bytecode_cache = compiled
    app.logger.setLevel(logging.WARNING)  # thousands of lines that nobody reads cost as much as the requests
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        yield Stage(app, file, peopled(app, session), session)
    app.logger.setLevel(logging.NOTSET)
    application.disconnect(app)


def peopled(app: Flask, session: Session) -> World:
    """The world, and what the application itself has to show and to be sent."""
    world = build(session)
    world.facts["file"] = exports.recent(3, name="Stretch")
    heartbeats.beat(session, "worker", make.NOW)
    session.commit()
    world.facts["sheet"] = app.jinja_env.globals["icons"]
    world.facts["stop"] = address_to_stop(app, world)
    return world
