"""What the operator does to the whole house, and to one person's data: fill, bring, take out, examine, forget."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy.exc import SQLAlchemyError

from webapp import demo as demonstration
from webapp.actions import bringing, erasure, exports, keys, retention
from webapp.actions.imports import Result
from webapp.actions.restore import Restored
from webapp.cli.ground import ready, settings, viewer_named
from webapp.domain.errors import Invalid
from webapp.domain.imports.brought import Brought
from webapp.extensions import db
from webapp.models.engine import begin_writing, compact
from webapp.queries import doctor as doctors
from webapp.queries.doctor_organisations import unled
from webapp.queries.exports import as_json
from webapp.web.import_words import file_problem, row_problem

MOST_FINDINGS = 1_000


@click.command("demo")
@click.option(
    "--json", "json_path", metavar="PATH", help="Write who was made as JSON to this file, or to - for stdout."
)
@with_appcontext
def demo(json_path: str | None) -> None:
    """Fill the database with demo people and a lifelike year up to today; a second run starts them afresh.

    Refused in production and where people live whom the demo did not make.
    """
    ready()
    begin_writing(db.session)
    try:
        made = demonstration.fill(db.session, datetime.now(UTC), production=settings().production)
    except demonstration.Refusal as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from None
    text = json.dumps(made.as_json(), indent=2) + "\n"
    if json_path and json_path != "-":
        _write(Path(json_path), text)
    db.session.commit()
    if json_path == "-":
        click.echo(text, nl=False)
    click.echo(made.as_table(), err=json_path == "-")


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@with_appcontext
def worker(once: bool) -> None:
    """Send mails and do everything else that is done later, until told to stop."""
    from webapp.worker import loop  # only this command needs what it loads

    ready()
    loop.run(current_app._get_current_object(), once=once)  # type: ignore[attr-defined]


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--person", "email", required=True, metavar="EMAIL", help="Whose goals, entries and moods they become.")
@click.option("--mood", "moods", multiple=True, metavar="WORD=LEVEL", help="What a word for moods stands for, 1 to 5.")
@with_appcontext
def bring(file: Path, email: str, moods: tuple[str, ...]) -> None:
    """Bring FILE to a person; a second time changes nothing.

    FILE is our own export, or what Loop, Daylio, Beaver Habits, Habitica or HabitBull wrote.
    """
    ready()
    limits = settings().limits
    rows = limits.import_rows
    levels = dict(_level_of(said) for said in moods)
    with force_locale("en"):
        try:
            content = _bytes_of(file, limits.import_bytes)
            begin_writing(db.session)
            viewer = viewer_named(email)
            found = bringing.read(content, viewer.today, most_bytes=limits.import_bytes, most_rows=rows)
            result = bringing.carry_out(db.session, viewer, found, levels=levels, most_rows=rows)
            db.session.commit()
        except Invalid as invalid:
            db.session.rollback()
            raise click.ClickException("\n".join(file_problem(problem) for problem in invalid.problems)) from None
        for problem in found.problems if isinstance(found, Brought) else ():
            click.echo(f"{problem.file}, row {problem.row}: {row_problem(problem)}", err=True)
    for line in _told(result):
        click.echo(line)


@click.command("export")
@click.option("--person", "email", required=True, metavar="EMAIL", help="Whose data.")
@with_appcontext
def take_out(email: str) -> None:
    """Print everything of a person's as JSON: lists by kind."""
    ready()
    begin_writing(db.session)
    export = exports.take_out(db.session, viewer_named(email))
    db.session.commit()
    click.echo(as_json(export), nl=False)


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Recompute everything that is kept for speed, try every sealed cell, and say what is not as it should be."""
    ready()
    found = 0
    now = datetime.now(UTC)
    for finding in doctors.examine(db.session, (now + timedelta(hours=14)).date(), now):
        found += 1
        click.echo(str(finding))
        if found == MOST_FINDINGS:
            raise click.ClickException(f"{found} findings, and perhaps more.")
    if found:
        raise click.ClickException(f"{found} findings." if found > 1 else "1 finding.")
    for note in unled(db.session):
        click.echo(f"Note: {note}", err=True)
    click.echo("Everything is as it should be.")


@click.command("purge")
@with_appcontext
def purge() -> None:
    """Forget what has served its time and erase who asked for it two weeks ago, also from the database's free pages.

    The worker does the first two by itself. Rewriting waits for whoever writes and makes others wait meanwhile.
    """
    ready()
    begin_writing(db.session)
    forgotten = retention.forget(db.session, datetime.now(UTC))
    db.session.commit()
    erased = _until_done(erasure.erase_next)
    db.session.remove()
    try:
        rewritten = compact(db.engine)
    except SQLAlchemyError:
        rewritten = False
    if not rewritten:
        told = f"{forgotten} rows are forgotten and {erased} accounts erased"
        raise click.ClickException(f"{told}, but old pages are in use and still hold them; run purge again later.")
    click.echo(f"{forgotten} rows are forgotten, {erased} accounts are erased, and their pages are rewritten.")


@click.command("rotate-keys")
@with_appcontext
def rotate_keys() -> None:
    """Wrap every person's key with the first of FIELD_KEYS; people go on working meanwhile."""
    ready()
    total = _until_done(keys.rotate)
    click.echo(f"{total} keys and messages are wrapped anew.")


def _until_done(act: Callable[..., int]) -> int:
    """It is done again and again, each time in a transaction of its own, until nothing is left; returns how much."""
    total = 0
    while True:
        begin_writing(db.session)
        done = act(db.session, datetime.now(UTC))
        db.session.commit()
        if not done:
            return total
        total += done


def _level_of(said: str) -> tuple[str, int]:
    word, _, level = said.rpartition("=")
    if not word or level not in ("1", "2", "3", "4", "5"):
        raise click.ClickException(f"--mood {said}: say WORD=LEVEL, with a level from 1 to 5.")
    return word, int(level)


def _told(result: Result | Restored) -> list[str]:
    """What was brought, in a few lines."""
    if isinstance(result, Restored):
        counts = result.counts
        return [
            f"New: {counts.goals} goals, {counts.entries} entries, {counts.pauses} pauses, {counts.moods} moods.",
            f"Reading: {counts.works} works and goals, {counts.readings} readings.",
            f"{counts.there} rows already here, {counts.kept} kept as they were, {counts.waiting} wait for later.",
        ]
    moods = result.moods
    return [
        f"Goals: {len(result.created)} new, {len(result.merged)} already here, {result.left_out} left out.",
        f"Entries: {result.entries} new, {result.there} already here, {result.kept} days kept as they were.",
        f"Moods: {moods.new} new, {moods.there} already here, {moods.left_out} left out.",
    ]


def _bytes_of(file: Path, most: int) -> bytes:
    """The file's bytes, at most one more than is allowed."""
    with file.open("rb") as stream:
        return stream.read(most + 1)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error
