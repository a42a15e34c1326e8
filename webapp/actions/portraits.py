"""The portrait that stands beside somebody's name on the boards of an organisation."""

from typing import Any

from sqlalchemy import select, update

from webapp.actions import images, roll_ups
from webapp.actions.audit import Tag, record
from webapp.actions.images import Drawn
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.models import Image, Participant, Profile
from webapp.models.engine import AnySession
from webapp.queries import ladders as queries


def show(session: AnySession, viewer: Viewer, organisation_id: int, drawn: Drawn) -> Image:
    """The boards show this picture beside the viewer's name, and the one before is gone.

    Raises NotFound for who is not on the ladder.
    """
    participant = _held(session, viewer, organisation_id)
    made = images.keep(session, organisation_id, viewer.id, drawn, viewer.now)
    _change(session, viewer, participant, made)
    return made


def hide(session: AnySession, viewer: Viewer, organisation_id: int) -> None:
    """The boards show no picture beside the viewer's name. Raises as `show`."""
    participant = _held(session, viewer, organisation_id)
    if participant.image_id is not None:
        _change(session, viewer, participant, None)


def _held(session: AnySession, viewer: Viewer, organisation_id: int) -> Participant:
    """The viewer on the ladder, whom nobody else changes meanwhile."""
    require(viewer, Permission.LADDER_READ, queries.facts_of(organisation_id))
    roll_ups.hold(session, organisation_id)
    mine = (Participant.organisation_id == organisation_id, Participant.person_id == viewer.id)
    statement = select(Participant).where(*mine).execution_options(populate_existing=True)
    participant = session.scalars(statement).one_or_none()
    if participant is None:
        raise NotFound
    return participant


def _change(session: AnySession, viewer: Viewer, participant: Participant, image: Image | None) -> None:
    before = session.get(Image, participant.image_id) if participant.image_id is not None else None
    participant.image_id = image.id if image is not None else None
    if before is not None:
        images.drop(session, before)
    newer = update(Profile).where(Profile.id == participant.profile_id).values(version=Profile.version + 1)
    session.execute(newer)
    about: dict[str, Any] = {
        "subject_id": viewer.id,
        "organisation_id": participant.organisation_id,
        "portrait": image is not None,
    }
    record(session, Tag.PARTICIPANT_PRESENT, at=viewer.now, viewer=viewer, thing=participant, **about)
    session.flush()
