"""One prepared database per engine and worker; every test finds it freshly migrated and leaves it without a trace."""

import contextlib
import gc
import importlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from zlib import crc32

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from tests import servers

hypothesis.settings.register_profile("aimline", deadline=None)  # a busy machine is not a broken promise
hypothesis.settings.load_profile("aimline")

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "samples"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

AppFactory = Callable[..., Flask]
FACES = frozenset({"pages", "api"})
ENGINES = ("sqlite", "postgresql")
BOTH = frozenset({"test_locks.py", "test_moods_rights.py", "test_rights.py", "test_sealed.py", "test_statements.py"})
"""Files of the faces whose tests are about what the engines do differently, or too important for one of them."""
LONG = frozenset({"test_reminder_answers.py", "test_reminder_kills.py"})
"""Files beside the faces whose tests take so long that one engine has to do."""


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL before the workers, in the one process that outlives them; alone, when a test first asks."""
    if not hasattr(config, "workerinput") and config.getoption("dist", "no") != "no":
        running = contextlib.ExitStack()
        config.add_cleanup(running.close)
        running.enter_context(servers.postgresql())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files that other programs published may lie beside the project; where they do not, nothing asks for them. On a
    laptop without Chromium the browser's tests are left out; a build machine has to have one."""
    if getattr(config.option, "loadgroup", False):
        _name_groups(items)
    if not os.environ.get("EVERY_ENGINE") and not any("::" in argument for argument in config.args):
        _choose_engines(config, items)
    if absent := [item for item in items if item.get_closest_marker("published") and not PUBLISHED.exists()]:
        items[:] = [item for item in items if item not in absent]
        config.hook.pytest_deselected(items=absent)
    if CHROMIUM or os.environ.get("CI") == "true":
        return
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


def _choose_engines(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A page or an answer to a program is looked at on one engine, which the name of the test decides: what lies below
    is tried on both, and twice as many would not tell more. With EVERY_ENGINE=1, or asked for by name, a test runs on
    both."""
    there = {item.nodeid for item in items}
    left_out = {item for item in items if _meets_another(item, there)}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _meets_another(item: pytest.Item, there: set[str]) -> bool:
    """Whether the same test is there for the other engine, and that is the one it is to meet."""
    callspec = getattr(item, "callspec", None)
    engine = callspec.params.get("database_url") if callspec else None
    on_one = item.path.name in LONG or (item.path.parent.name in FACES and item.path.name not in BOTH)
    if engine not in ENGINES or not on_one:
        return False
    chosen = ENGINES[crc32(item.nodeid.replace(engine, "").encode()) % 2]
    return chosen != engine and item.nodeid.replace(engine, chosen) in there


def _name_groups(items: list[pytest.Item]) -> None:
    """What is marked to run in one process does: pytest-xdist 3.8 reads the group from the end of a test's name, where
    it cannot write it since pytest 9.2."""
    for item in items:
        for mark in item.iter_markers("xdist_group"):
            if not item.nodeid.endswith(f"@{mark.args[0]}"):
                item._id = type(item._id).parse(f"{item.nodeid}@{mark.args[0]}")  # type: ignore[attr-defined]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look through it for rubbish again and again would cost a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


# Browser: what pytest-playwright asks for.


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: apt-get install chromium")
    quiet = ["disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
    quiet += ["disable-component-update", "disable-sync", "no-sandbox"]
    quiet += ["js-flags=--no-turbofan"]  # no page lives as long as it takes to make its scripts fast
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": [f"--{word}" for word in quiet]}


# Databases: prepared once for each worker, fresh for each test.


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of the PostgreSQL server; make databases of your own there with `servers.database`."""
    with servers.postgresql() as address:
        yield address


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _application().migrate(f"sqlite:///{path}", path.parent)
    assert not path.with_name("template.db-wal").exists(), "the template is one whole file"
    return path


@pytest.fixture(scope="session")
def _postgresql_database(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.database(postgresql_server) as address:
        _application().migrate(address, tmp_path_factory.mktemp("postgresql"))
        yield address


@pytest.fixture(scope="session")
def _emptying(_postgresql_database: str) -> Iterator[Callable[[], None]]:
    with servers.emptying(_postgresql_database) as empty:
        yield empty


@pytest.fixture(scope="session")
def _sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("database") / "aimline.db"


@pytest.fixture
def sqlite_url(_sqlite_template: Path, _sqlite_file: Path) -> str:
    """A migrated, empty SQLite database for one test, always at the same address."""
    for rest in _sqlite_file.parent.iterdir():
        rest.unlink()
    shutil.copyfile(_sqlite_template, _sqlite_file)
    _sqlite_file.chmod(0o600)
    return f"sqlite:///{_sqlite_file}"


@pytest.fixture
def postgresql_url(_postgresql_database: str, _emptying: Callable[[], None]) -> Iterator[str]:
    """A migrated, empty PostgreSQL database for one test."""
    yield _postgresql_database
    _emptying()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database for one test; the test runs once for each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def together(engine: str) -> Any:
    """The tests of a file on this engine run in one process, so that what they share is made once."""
    return pytest.param(engine, marks=pytest.mark.xdist_group(engine))


@pytest.fixture(scope="module", params=[together("sqlite"), together("postgresql")])
def lasting_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated database for all tests of a file, which stays as they leave it; the file runs once for each engine."""
    folder = tmp_path_factory.mktemp("lasting")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("_sqlite_template"), folder / "aimline.db")
        yield f"sqlite:///{folder / 'aimline.db'}"
        return
    with servers.database(request.getfixturevalue("postgresql_server")) as address:
        _application().migrate(address, folder)
        yield address


# The application.


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled so far: some tests have an application of their own, and they take long to compile."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app_factory(tmp_path: Path, compiled: FileSystemBytecodeCache) -> Iterator[AppFactory]:
    """`app_factory(url, NAME="value", …)` is an application with these settings, disconnected after the test."""
    application = _application()
    made: list[Flask] = []

    def make(url: str, **environment: str) -> Flask:
        app = application.create_app(application.settings_for(url, tmp_path, **environment))
        app.jinja_env.bytecode_cache = compiled
        made.append(app)
        return app

    yield make
    for app in made:
        application.disconnect(app)
    application.settle()


@pytest.fixture(scope="session")
def _standing(
    tmp_path_factory: pytest.TempPathFactory, compiled: FileSystemBytecodeCache
) -> Iterator[Callable[[str], Flask]]:
    """The application on a database, made once for each: its templates and statements stay compiled."""
    application = _application()
    made: dict[str, Flask] = {}

    def standing(url: str) -> Flask:
        if url not in made:
            folder = tmp_path_factory.mktemp("application")
            made[url] = application.create_app(application.settings_for(url, folder))
            made[url].jinja_env.bytecode_cache = compiled
        return made[url]

    yield standing
    for app in made.values():
        application.disconnect(app)


@pytest.fixture
def app(_standing: Callable[[str], Flask], database_url: str) -> Iterator[Flask]:
    """The application on each engine in turn; a test that changes it makes its own by `app_factory`."""
    yield _standing(database_url)
    _application().let_go(_standing(database_url))


@pytest.fixture
def sqlite_app(_standing: Callable[[str], Flask], sqlite_url: str) -> Iterator[Flask]:
    """The application on SQLite alone, for tests that do not care about the engine."""
    yield _standing(sqlite_url)
    _application().let_go(_standing(sqlite_url))


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session beside the application's own: what it writes must be committed before a request can see it."""
    with app.app_context():
        engine = _application().db.engine
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript, nobody signed in."""
    return app.test_client()


def _application() -> ModuleType:
    """Loaded by the first test that needs it: tests of the rules start at once."""
    return importlib.import_module("tests.application")
