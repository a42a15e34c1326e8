"""Programs of the reading contract, let in and shut out by the operator."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from webapp.actions import reading_clients
from webapp.cli.ground import ready
from webapp.domain.errors import Invalid
from webapp.extensions import db
from webapp.models.engine import begin_writing
from webapp.queries import reading_clients as queries
from webapp.queries.api_keys import organisation_named
from webapp.web.formats import problem_text


@click.group("client")
def client() -> None:
    """Let in, list and shut out the programs of the reading contract."""


@client.command("create")
@click.option("--name", required=True, help="What people choose it by when they make a token for it.")
@click.option(
    "--organisation", "public_id", metavar="ID", help="Whose members may use it: 24 hex digits. Without it, everybody."
)
@with_appcontext
def create(name: str, public_id: str | None) -> None:
    """Print the client id of a new program, which is no secret."""
    ready()
    begin_writing(db.session)
    try:
        organisation_id = _named(public_id) if public_id is not None else None
        made = reading_clients.make(db.session, name, datetime.now(UTC), organisation_id=organisation_id)
    except Invalid as invalid:
        db.session.rollback()
        with force_locale("en"):
            lines = [f"{one.field}: {problem_text(one.code, one.params)}" for one in invalid.problems]
        raise click.ClickException("\n".join(lines)) from None
    db.session.commit()
    click.echo(made.client_id)
    click.echo(f"Program {made.public_id} is for {'its organisation' if public_id else 'everybody'}.", err=True)


@client.command("list")
@with_appcontext
def list_clients() -> None:
    """Print every program, a line each: id, state, client id, since when, live tokens, whose it is, name."""
    ready()
    for row, tokens in queries.counted(db.session, datetime.now(UTC)):
        state = "live" if row.is_live else "revoked"
        since, whose = row.created_at.strftime("%Y-%m-%dT%H:%MZ"), row.organisation or "everybody"
        click.echo("  ".join((row.id, state, row.client_id, since, str(tokens), whose, row.name)))


@client.command("revoke")
@click.argument("public_id", metavar="ID")
@with_appcontext
def revoke(public_id: str) -> None:
    """Shut out the program with this ID and end its tokens; a second time changes nothing."""
    ready()
    begin_writing(db.session)
    found = queries.by_public_id(db.session, public_id)
    if found is None:
        raise click.ClickException("There is no such program.")
    reading_clients.end(db.session, found, datetime.now(UTC))
    db.session.commit()
    click.echo("It comes in no more.")


def _named(public_id: str) -> int:
    """The number of the organisation with this public id; ends the command when there is none."""
    found = organisation_named(db.session, public_id)
    if found is None:
        raise click.ClickException("There is no such organisation.")
    return found.id
