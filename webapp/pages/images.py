"""Pictures for those who may see them, and letting one in by a form."""

from flask import Blueprint, g, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from webapp.actions.images import MEGABYTE, MOST_BYTES
from webapp.extensions import db
from webapp.pages import errors
from webapp.queries import images as queries
from webapp.web.pictures import picture
from webapp.web.policies import signed_in
from webapp.web.viewer import recognise

bp = Blueprint("images", __name__)
AROUND_THE_PICTURE = MEGABYTE
MOST_DISCARDED = 64 * MEGABYTE


@bp.get("/images/<public_id>")
@signed_in
def show(public_id: str) -> Response:
    """A picture of an organisation of the viewer's."""
    return picture(queries.find(db.session, g.viewer, public_id))


def let_pictures_in(blueprint: Blueprint, *views: str) -> None:
    """These forms of the blueprint may be as long as a picture: what is a little longer is answered at the field, what
    is much longer not read at all."""
    endpoints = {f"{blueprint.name}.{view}" for view in views}

    def allow(endpoint: str | None, _values: object) -> None:
        if endpoint in endpoints:
            request.max_content_length = MOST_BYTES + AROUND_THE_PICTURE

    blueprint.url_value_preprocessor(allow)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)


def _too_large(error: RequestEntityTooLarge) -> errors.Answer:
    """A browser shows the answer only after it could send all: some of it is read and thrown away."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, MOST_DISCARDED)
    while left > 0 and (chunk := stream.read(min(left, 64 * 1024))):
        left -= len(chunk)
    recognise()
    return errors.on_http(error)
