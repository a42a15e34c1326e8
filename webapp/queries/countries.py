"""The country a person said they are in, which only the page with help in a crisis asks for."""

from sqlalchemy import select

from webapp.domain.people import Viewer
from webapp.models import Person
from webapp.models.engine import AnySession


def country_of(session: AnySession, viewer: Viewer) -> str | None:
    """The viewer's country as an ISO code, once they have said it."""
    code: str | None = session.execute(select(Person.country).where(Person.id == viewer.id)).scalar_one_or_none()
    return code
