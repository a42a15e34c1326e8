"""Tokens of programs, made and ended by the operator on a person's behalf."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from webapp.actions import api_tokens
from webapp.cli.ground import ready, viewer_named
from webapp.domain.errors import Invalid
from webapp.domain.tokens import SCOPES, USUAL_DAYS, Contract, TokenDraft
from webapp.extensions import db
from webapp.models.engine import begin_writing
from webapp.queries import api_tokens as queries
from webapp.queries.people import viewer_of
from webapp.web.formats import problem_text

person_option = click.option("--person", "email", required=True, metavar="EMAIL", help="Whom the token speaks for.")


@click.group("token")
def token() -> None:
    """Make, list and revoke the tokens by which programs act for a person."""


@token.command("create")
@person_option
@click.option("--contract", required=True, type=click.Choice([one.value for one in Contract]), help="What it speaks.")
@click.option("--scope", "scopes", required=True, multiple=True, help="What it may do; may stand several times.")
@click.option("--days", default=USUAL_DAYS, show_default=True, help="How long it lives.")
@click.option("--name", default="Made by the operator", show_default=True, help="What its person sees in their list.")
@click.option("--client", default="", metavar="CLIENT_ID", help="Of the reading contract: which program may use it.")
@with_appcontext
def create(email: str, contract: str, scopes: tuple[str, ...], days: int, name: str, client: str) -> None:
    """Print the secret of a new token, which is shown only now."""
    ready()
    begin_writing(db.session)
    draft = TokenDraft(name, Contract(contract), scopes, days, client)
    try:
        made, secret = api_tokens.create(db.session, viewer_named(email), draft)
    except Invalid as invalid:
        db.session.rollback()
        raise click.ClickException(_said_of(invalid, draft.contract)) from None
    db.session.commit()
    click.echo(secret)
    click.echo(f"Token {made.public_id} lives until {_moment(made.expires_at)}.", err=True)


@token.command("list")
@person_option
@with_appcontext
def list_tokens(email: str) -> None:
    """Print a person's tokens, a line each: id, state, contract, end, last use, scopes, start of the secret, name."""
    ready()
    for row in queries.listed(db.session, viewer_named(email)):
        words = (row.id, row.state, row.contract, _moment(row.expires_at), _moment(row.used_at), ",".join(row.scopes))
        click.echo("  ".join((*words, f"{row.prefix}…", row.name)))


@token.command("revoke")
@click.argument("public_id", metavar="ID")
@with_appcontext
def revoke(public_id: str) -> None:
    """End the token with this ID; a second time changes nothing."""
    ready()
    begin_writing(db.session)
    person = queries.owner_of(db.session, public_id)
    if person is None:
        raise click.ClickException("There is no such token.")
    api_tokens.revoke(db.session, viewer_of(db.session, person, datetime.now(UTC)), public_id)
    db.session.commit()
    click.echo("It opens nothing any more.")


def _said_of(invalid: Invalid, contract: Contract) -> str:
    """Every problem in a line of its own."""
    with force_locale("en"):
        lines = [f"{one.field}: {problem_text(one.code, one.params)}" for one in invalid.problems]
    if any(problem.field == "scopes" for problem in invalid.problems):
        lines.append(f"Scopes of {contract}: {', '.join(SCOPES[contract])}.")
    return "\n".join(lines)


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ") if at else "never"
