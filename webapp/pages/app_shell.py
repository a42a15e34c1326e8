"""What makes the pages an app that can be installed: its manifest, its worker in the browser, a page for offline."""

import json
from collections.abc import Callable

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.settings import ROOT
from webapp.web.policies import anyone

bp = Blueprint("app_shell", __name__)
SCRIPT = (ROOT / "static" / "js" / "sw.js").read_text(encoding="utf-8")
PAPER = "#fbf8f1"
ICONS = (("img/icon-192.png", 192, "any"), ("img/icon-512.png", 512, "any"), ("img/icon-maskable.png", 512, "maskable"))
APP = {
    "id": "/",
    "name": "Aimline",
    "short_name": "Aimline",
    "start_url": "/",
    "scope": "/",
    "display": "standalone",
    "background_color": PAPER,
    "theme_color": PAPER,
}


@bp.get("/manifest.webmanifest")
@anyone
def manifest() -> Response:
    """How the app is called and looks where it is installed."""
    icons = [
        {"src": asset(path), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for path, size, purpose in ICONS
    ]
    said = {**APP, "description": _("One place for every goal you carry."), "icons": icons}
    return Response(json.dumps(said), content_type="application/manifest+json")


@bp.get("/sw.js")
@anyone
def worker() -> Response:
    """The script that stands between pages and network, where its person wanted one; it knows the icon's address."""
    return Response(
        f"const ICON = {json.dumps(asset(ICONS[0][0]))};\n{SCRIPT}", content_type="text/javascript; charset=utf-8"
    )


@bp.get("/offline")
@anyone
def offline() -> str:
    """What stands in for a page that cannot be had."""
    return render_template("offline.html", viewer=None)


def asset(path: str) -> str:
    """The address of a static file."""
    address: Callable[[str], str] = current_app.jinja_env.globals["asset"]  # type: ignore[assignment]
    return address(path)
