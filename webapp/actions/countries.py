"""Keeping the country a person is in, for numbers that help."""

from sqlalchemy import update

from webapp.actions.audit import Tag, record
from webapp.domain.crisis import country_codes
from webapp.domain.errors import Invalid, Problem
from webapp.domain.people import Viewer
from webapp.models import Person
from webapp.models.engine import AnySession


def keep_country(session: AnySession, viewer: Viewer, code: str) -> None:
    """The viewer is in this country (ISO code), until they say another; raises Invalid for one that is not known."""
    if code not in country_codes():
        raise Invalid([Problem("country", "unknown_choice")])
    session.execute(update(Person).where(Person.id == viewer.id).values(country=code))
    record(session, Tag.PERSON_PROFILE_CHANGE, at=viewer.now, viewer=viewer, changed=["country"])
    session.flush()
