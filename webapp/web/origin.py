"""Requests that change something come from this site's own pages; what another site sends is refused.

A second wall beside the tokens in forms. Browsers say where a request comes from in Sec-Fetch-Site; the older Origin
header is asked where that is missing, and programs that send neither have no cookies to be misused.
"""

from flask import Flask, abort, request

from webapp.web.faces import face
from webapp.web.transaction import SAFE

OWN = ("same-origin", "none")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def init_app(app: Flask, *, base_url: str) -> None:
    """Unsafe requests from elsewhere, the site's own subdomains included, are answered with 403."""

    @app.before_request
    def refuse_strangers() -> None:
        if request.method in SAFE or request.routing_exception is not None or face() is not None:
            return
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site is not None and site not in OWN:
            abort(403)
        if site is None and origin is not None and origin not in (base_url, request.host_url.rstrip("/")):
            abort(403)
        if request.mimetype not in FORMS and request.content_length:
            abort(415)  # pages read forms; a program has its own face
