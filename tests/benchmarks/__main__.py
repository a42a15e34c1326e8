"""python -m tests.benchmarks [--postgresql] [--full]: how fast it is, beside the least that this stack can do."""

import argparse
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy.orm import Session

from tests import application, servers
from tests.benchmarks import (
    caseload,
    data,
    floor,
    ladders,
    objective_programs,
    objectives,
    programs,
    reading,
    reminders,
)
from tests.benchmarks.browser import Browser, signed_in
from tests.benchmarks.data import Made
from tests.benchmarks.imports import imported
from tests.benchmarks.load import GENERATOR, Target
from tests.benchmarks.measures import (
    Cores,
    floor_ticks,
    growth,
    interleaved,
    memory,
    sizes,
    speed,
    start,
    ticks,
)
from tests.benchmarks.moods import journal
from tests.benchmarks.report import Line, at_most, table
from tests.benchmarks.serving import Server, served
from tests.benchmarks.statements import counted
from webapp.domain.days import shifted
from webapp.extensions import db

FORM = "application/x-www-form-urlencoded"


def main() -> None:
    reader = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    reader.add_argument("--postgresql", action="store_true", help="on an embedded PostgreSQL instead of SQLite")
    reader.add_argument("--full", action="store_true", help="longer rounds, 10,000 mixed requests for the memory")
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="aimline-bench-") as name, databases(asked.postgresql, Path(name)) as urls:
        lines = list(measure(*urls, Path(name), full=asked.full))
    print(f"\n{'PostgreSQL' if asked.postgresql else 'SQLite'}, one worker on one core, load by {GENERATOR}\n")
    print(table(lines))


@contextmanager
def databases(postgresql: bool, folder: Path) -> Iterator[tuple[str, str]]:
    """Two empty databases, the application's and the floor's, that write as safely as they would in earnest."""
    if not postgresql:
        yield f"sqlite:///{folder / 'aimline.db'}", str(folder / "floor.db")
        return
    ours = servers.VARIABLE not in os.environ
    with servers.postgresql() as server, servers.database(server) as one, servers.database(server) as other:
        if ours:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute("ALTER SYSTEM RESET ALL")
                connection.execute("SELECT pg_reload_conf()")
        yield one, other


def measure(url: str, floor_database: str, folder: Path, *, full: bool) -> Iterator[Line]:
    """Every line of the table, in its order."""
    seconds, mixed = (3.0, 10_000) if full else (1.0, 2_000)
    cores = two_cores()
    environment = application.ENVIRONMENT | {
        "APP_ENV": "development",
        "DATABASE_URL": url,
        "SMTP_URL": f"folder:{folder}",
        "LIMIT_API_MINUTE": "10000000",
    }
    say("filling the databases")
    app = prepared(url, folder)
    person, older = people(app)
    browser, older_browser = signed_in(app, person.id), signed_in(app, older.id)
    forms, headers = ticks(person, browser), {"Cookie": browser.cookie}
    said = {"Cookie": older_browser.cookie}
    secret = floor.fill(floor_database, data.TITLES[:4] * 5)
    floor_headers, bearer = {"Cookie": floor.cookie(secret)}, programs.bearer(app, person)
    statistics = f"/moods/statistics?first={shifted(older.today, -10 * data.YEAR)}&last={older.today}"
    with ExitStack() as stack:
        ours = stack.enter_context(served("wsgi:app", environment, folder, core=cores.server))
        bare = {"FLOOR_DATABASE": floor_database}
        theirs = stack.enter_context(
            served("tests.benchmarks.floor:app", bare, folder, core=cores.server, ready="/robots.txt")
        )

        def page(path: str, given: dict[str, str]) -> tuple[Server, Target]:
            return ours, Target(ours.port, given, path)

        say("pages and ticks, five rounds")
        found = interleaved(
            {
                "floor": (theirs, Target(theirs.port, floor_headers)),
                "dashboard": page("/", headers),
                "calendar month": page("/calendar", headers),
                "goal, 10 years": page(f"/goals/{older.goals[0]}", said),
                "mood month": page("/moods", said),
                "mood year": page("/moods/year", said),
                "mood statistics of 10 years": page(statistics, said),
                "dashboard, gzip": page("/", headers | {"Accept-Encoding": "gzip"}),
                "floor tick": (
                    theirs,
                    Target(theirs.port, floor_headers | {"Content-Type": FORM}, posts=floor_ticks(20)),
                ),
                "tick": (
                    ours,
                    Target(ours.port, headers | {"Content-Type": FORM, "HX-Request": "true"}, posts=forms),
                ),
            },
            seconds,
            folder,
            cores,
        )
        yield from speed(found, found["floor"], found["floor tick"])
        say("programs, five rounds")
        asked = programs.targets(app, person, ours, theirs, secret, bearer)
        yield from programs.speed(interleaved(asked, seconds, folder, cores))
        say("a caseload, five rounds")
        cases = caseload.targets(app, ours, theirs, floor_headers)
        yield from caseload.speed(interleaved(cases, seconds, folder, cores))
        say("a quarter's objectives, five rounds")
        quarter = objectives.targets(app, ours, theirs, floor_headers)
        yield from objectives.speed(interleaved(quarter, seconds, folder, cores))
        say("programs of objectives, five rounds")
        member = objective_programs.bearer(app)
        listed = objective_programs.targets(ours, theirs, secret, member)
        yield from objective_programs.speed(interleaved(listed, seconds, folder, cores))
        say("ladders, five rounds")
        stairs = ladders.ladders(app)
        shown = ladders.boards(stairs, ours, theirs, floor_headers, secret)
        yield from ladders.speed(interleaved(shown, seconds, folder, cores))
        yield from ladders.growth(interleaved(ladders.sizes_of(stairs, ours), seconds, folder, cores))
        for many in (False, True):
            sent = ladders.entries(stairs, ours, theirs, secret, many=many)
            yield from ladders.taken_in(interleaved(sent, seconds, folder, cores), many=many)
        say("reading, one year and ten, five rounds")
        readers = reading.readers(app)
        yield from reading.growth(interleaved(reading.targets(readers, ours), seconds, folder, cores))
        paths = {
            "dashboard": "/",
            "calendar month": "/calendar",
            "goal": f"/goals/{person.goals[0]}",
            "mood month": "/moods",
            "mood year": "/moods/year",
        }
        yield from sizes(ours.port, browser.cookie, forms[0], paths)
        yield from statements(app, browser, forms[0], forms[len(forms) // 2], paths)
        say("one year and ten, five rounds")
        longer = paths | {"goal": f"/goals/{older.goals[0]}"}
        yield from growth(
            interleaved(
                {f"{name}, 1 year": page(path, headers) for name, path in paths.items()}
                | {f"{name}, 10 years": page(path, said) for name, path in longer.items()},
                seconds,
                folder,
                cores,
            )
        )
    yield from programs.bulk(app, bearer)
    yield from objective_programs.grouped(app, member)
    yield from ladders.statements(app, stairs)
    yield from reading.statements(app, readers)
    say("imports")
    with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        yield from imported(session)
    say("memory and start")
    with served("wsgi:app", environment, folder, core=cores.server) as fresh:
        mix = [
            "/",
            "/calendar",
            "/calendar?view=week",
            "/goals",
            "/moods",
            "/moods/statistics",
            f"/goals/{person.goals[0]}",
        ]
        yield from memory(fresh, mix, forms, browser.cookie, mixed)
    yield start(environment, folder, cores)
    say("reminders")
    with reminders.sink() as smtp:
        yield from reminders.throughput(reminders.working_app(url, folder, smtp))


def prepared(url: str, folder: Path) -> Flask:
    """The application in this process, on the migrated database; it signs what the servers believe."""
    application.migrate(url, folder)
    app: Flask = application.create_app(application.settings_for(url, folder, APP_ENV="development"))
    app.logger.disabled = True
    return app


def people(app: Flask) -> tuple[Made, Made]:
    """Somebody with one year behind them, and somebody with ten."""
    with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        person, older = data.person(session, "one-year"), data.person(session, "ten-years", days=10 * data.YEAR)
        journal(session, person, days=data.YEAR)
        journal(session, older, days=10 * data.YEAR)
        return person, older


def statements(
    app: Flask, browser: Browser, form: tuple[str, str], other: tuple[str, str], paths: Mapping[str, str]
) -> Iterator[Line]:
    """Statements of pages and of a tick, counted in this process; `other` says something else of the same day."""
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": browser.cookie, "HX-Request": "true", "Content-Type": FORM}
    with app.app_context():
        engine = db.engine
    for name, path in paths.items():
        with counted(engine) as sent:
            client.get(path, headers=headers)
        yield at_most(f"{name}, statements", len(sent), 8, "")
    client.post(form[0], data=form[1], headers=headers)
    with counted(engine) as sent:
        client.post(other[0], data=other[1], headers=headers)
    yield at_most("tick, statements", len(sent), 14, "")


def two_cores() -> Cores:
    """The first core this process may use for servers, the last for the load."""
    usable = sorted(os.sched_getaffinity(0))
    return Cores(usable[0], usable[-1]) if len(usable) > 1 else Cores(None, None)


def say(what: str) -> None:
    print(f"… {what}", flush=True)


if __name__ == "__main__":
    main()
