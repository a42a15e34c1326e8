"""Handing out pictures that people uploaded: shown within our pages, and powerless opened by themselves."""

from flask import Response, g

from webapp.models import Image


def picture(image: Image) -> Response:
    """The picture, of the one type it was drawn as."""
    g.uploaded = True
    response = Response(image.content, content_type=image.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{image.public_id}.webp"'
    return response
