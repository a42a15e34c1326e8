"""Keys of organisations, made and ended by the operator."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from webapp.actions import api_keys
from webapp.cli.ground import ready
from webapp.domain.api_keys import ApiKeyDraft
from webapp.domain.errors import Invalid
from webapp.domain.tokens import SCOPES, Contract
from webapp.extensions import db
from webapp.models import Organisation
from webapp.models.engine import begin_writing
from webapp.queries import api_keys as queries
from webapp.web.formats import problem_text

organisation_option = click.option(
    "--organisation", "public_id", required=True, metavar="ID", help="Whose programs come in by it: 24 hex digits."
)


@click.group("key")
def key() -> None:
    """Make, list and revoke the keys by which an organisation's own programs come in."""


@key.command("create")
@organisation_option
@click.option("--name", required=True, help="What the organisation's admins see in their list.")
@click.option("--scope", "scopes", required=True, multiple=True, help="What it may do; may stand several times.")
@click.option("--signs", is_flag=True, help="Demand a signature of every request.")
@with_appcontext
def create(public_id: str, name: str, scopes: tuple[str, ...], signs: bool) -> None:
    """Print a new key and, on a second line, the secret it signs with; both are shown only now."""
    ready()
    begin_writing(db.session)
    draft = ApiKeyDraft(name, scopes, signs)
    try:
        made, secret_key, secret = api_keys.make(db.session, _named(public_id).id, draft, datetime.now(UTC))
    except Invalid as invalid:
        db.session.rollback()
        raise click.ClickException(_said_of(invalid)) from None
    db.session.commit()
    click.echo(secret_key)
    click.echo(secret)
    click.echo(
        f"Key {made.public_id} {'demands signatures' if signs else 'takes requests without a signature'}.", err=True
    )


@key.command("list")
@organisation_option
@with_appcontext
def list_keys(public_id: str) -> None:
    """Print an organisation's keys, a line each: id, state, signing, last use, scopes, start of the key, name."""
    ready()
    for row in queries.all_of(db.session, _named(public_id).id):
        words = (row.id, "live" if row.is_live else "revoked", "signs" if row.signs else "plain", _moment(row.used_at))
        click.echo("  ".join((*words, ",".join(row.scopes), f"{row.prefix}…", row.name)))


@key.command("revoke")
@click.argument("public_id", metavar="ID")
@with_appcontext
def revoke(public_id: str) -> None:
    """End the key with this ID; a second time changes nothing."""
    ready()
    begin_writing(db.session)
    found = queries.by_id(db.session, public_id)
    if found is None:
        raise click.ClickException("There is no such key.")
    api_keys.end(db.session, found, datetime.now(UTC))
    db.session.commit()
    click.echo("It opens nothing any more.")


def _named(public_id: str) -> Organisation:
    """The organisation with this public id; ends the command when there is none."""
    found = queries.organisation_named(db.session, public_id)
    if found is None:
        raise click.ClickException("There is no such organisation.")
    return found


def _said_of(invalid: Invalid) -> str:
    """Every problem in a line of its own."""
    with force_locale("en"):
        lines = [f"{one.field}: {problem_text(one.code, one.params)}" for one in invalid.problems]
    if any(problem.field == "scopes" for problem in invalid.problems):
        lines.append(f"Scopes: {', '.join(SCOPES[Contract.PROFILES])}.")
    return "\n".join(lines)


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ") if at else "never"
