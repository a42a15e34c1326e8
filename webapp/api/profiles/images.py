"""The pictures that other answers lead to."""

from typing import Any

from flask import g, url_for

from webapp.actions.images import MEDIA_TYPE
from webapp.api.operation import Answer, operation
from webapp.api.profiles.blueprint import bp
from webapp.extensions import db
from webapp.queries import images
from webapp.web.pictures import picture


@bp.get("/images/<public_id>", strict_slashes=False)
@operation("profiles:read", answers={200: Answer("The picture.", media=MEDIA_TYPE)}, tag="Pictures")
def read_image(public_id: str) -> Any:
    """Get a picture of the organisation's: a portrait or a thumbnail."""
    return picture(images.find(db.session, g.viewer, public_id))


def address_of(public_id: str, site: str) -> str:
    """Where the picture with this public id can be asked for; "" where there is none."""
    return f"{site}{url_for('api_profiles.read_image', public_id=public_id)}/" if public_id else ""
