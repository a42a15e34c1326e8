"""Organisations and their first admin, and who has lost what proves them: what only the operator can begin."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from webapp.actions import invitations, lock_outs, second_factors
from webapp.cli.ground import ready, settings
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.extensions import db
from webapp.models.engine import begin_writing
from webapp.queries import people
from webapp.queries.second_factors import has_any
from webapp.web.formats import problem_text


@click.command("create-admin")
@click.option("--email", required=True, help="Whom the link is for; with another address it opens nothing.")
@click.option("--organisation", "name", required=True, metavar="NAME", help="Made when there is none of this name.")
@click.option("--zone", help="In which its periods begin and end, like Europe/Berlin.  [default: Etc/UTC]")
@with_appcontext
def create_admin(email: str, name: str, zone: str | None) -> None:
    """Print a link by which an organisation gets its first admin. It works once, for half an hour; a second call makes
    the older one dead. Give it to nobody else: it is shown only now."""
    ready()
    begin_writing(db.session)
    now = datetime.now(UTC)
    try:
        organisation = invitations.organisation_named(db.session, name, zone, now)
        secret = invitations.ask_first_admin(db.session, organisation, email.strip(), now)
    except (Invalid, Conflict) as error:
        db.session.rollback()
        raise click.ClickException(_said_of(error)) from None
    db.session.commit()
    click.echo(f"{settings().base_url}/first-admin/{secret}")
    click.echo("It works once, until half an hour from now. A newer link for this address ends it.", err=True)


@click.command("lost-factor")
@click.option("--person", "email", required=True, metavar="EMAIL", help="Who has lost their app or passkeys.")
@with_appcontext
def lost_factor(email: str) -> None:
    """Mail somebody a link by which they, with their password, come in without their app, passkeys and recovery codes.
    Make sure first that it is they who ask."""
    ready()
    begin_writing(db.session)
    person = people.person_by_email(db.session, email)
    if person is None or person.disabled_at is not None:
        db.session.rollback()
        raise click.ClickException("There is nobody with this address who may come in.")
    if not has_any(db.session, person.id):
        db.session.rollback()
        raise click.ClickException("Their password is all that proves them: there is nothing to forget.")
    second_factors.ask_to_forget(db.session, person, datetime.now(UTC))
    db.session.commit()
    click.echo("A mail is on its way to them. Its link works once, within half an hour.")


@click.command("let-in")
@click.option("--person", "email", required=True, metavar="EMAIL", help="Who is suspended and cannot come in at all.")
@with_appcontext
def let_in(email: str) -> None:
    """Open somebody's account again that is shut because their organisation suspended them: they come in to what is
    theirs alone, and stay suspended there. They are told by mail."""
    ready()
    begin_writing(db.session)
    try:
        lock_outs.let_in(db.session, email, datetime.now(UTC))
    except NotFound:
        db.session.rollback()
        raise click.ClickException("There is nobody with this address who is locked out.") from None
    db.session.commit()
    click.echo("They can come in again. Where they are suspended, they stay so.")


def _said_of(error: Invalid | Conflict) -> str:
    """Every problem in a line of its own."""
    if isinstance(error, Conflict):
        return "There is an organisation of this name already, in another zone: leave --zone out."
    if any(problem.code == "member_already" for problem in error.problems):
        return (
            "Whoever has this address belongs there already, or is suspended there: an admin of the organisation makes"
            " them an admin on their page under “People”. Without any admin left, name another address."
        )
    options = {"name": "organisation"}
    with force_locale("en"):
        lines = (f"{options.get(one.field, one.field)}: {problem_text(one.code, one.params)}" for one in error.problems)
        return "\n".join(lines)
