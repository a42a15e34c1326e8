"""What is refused on the pages of admins is written down, although nothing else of the request is kept."""

from flask import current_app, g, request
from sqlalchemy.exc import OperationalError

from webapp.actions import refusals
from webapp.domain.errors import Refused
from webapp.extensions import db
from webapp.web import transaction


def about(organisation_id: int) -> None:
    """From here on, what is refused in this request is about this organisation."""
    g.organisation_id = organisation_id


def keep(error: Refused) -> None:
    """A refusal on a page for admins stands in the log of the organisation, in a transaction of its own; nothing where
    nobody is signed in, or no organisation is meant. What the request did before it is dropped."""
    viewer, home = g.get("viewer"), error.organisation_id or g.get("organisation_id")
    if viewer is None or home is None or not f"{request.path}/".startswith("/admin/"):
        return
    g.writes = False  # who is refused has nothing left to write
    try:
        with transaction.apart():
            refusals.write_down(db.session, viewer, home, error.code)
    except OperationalError:
        db.session.rollback()
        current_app.logger.warning("refusal not kept", exc_info=True)
