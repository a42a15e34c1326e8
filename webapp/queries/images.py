"""Pictures, as the members of their organisation see them."""

from sqlalchemy import select

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.models import Image
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id


def find(session: AnySession, viewer: Viewer, public_id: str) -> Image:
    """The picture, if it is of an organisation the viewer is an active member of, else NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    here = viewer.homes
    statement = select(Image).where(Image.public_id == public_id, Image.organisation_id.in_(here))
    image = session.scalars(statement).one_or_none()
    if image is None:
        raise NotFound
    return image
