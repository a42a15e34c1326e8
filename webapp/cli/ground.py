"""What every command stands on: a database at its newest revision, the settings, and whom it is about."""

from datetime import UTC, datetime

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.queries import people
from webapp.settings import Settings
from webapp.web.health import current_revision, head_revision


def ready() -> None:
    """Ends the command unless the database can be reached and stands at the revision this code needs."""
    try:
        current = current_revision()
    except SQLAlchemyError as error:
        raise click.ClickException("The database cannot be reached; check DATABASE_URL.") from error
    finally:
        db.session.rollback()
    if current != head_revision():
        raise click.ClickException("The database is not up to date: run `flask --app wsgi db upgrade` first.")


def viewer_named(email: str) -> Viewer:
    """The person with this address; ends the command when there is nobody."""
    person = people.person_by_email(db.session, email)
    if person is None or person.disabled_at is not None:
        raise click.ClickException("There is nobody with this address.")
    return people.viewer_of(db.session, person, datetime.now(UTC))


def settings() -> Settings:
    """The settings of the app that the command runs in."""
    found = current_app.config["SETTINGS"]
    assert isinstance(found, Settings)
    return found
