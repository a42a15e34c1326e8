"""What other sites look for at well-known addresses: whom to tell of a weakness (RFC 9116)."""

from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from webapp.settings import Settings
from webapp.web.formats import LOCALES
from webapp.web.policies import anyone
from webapp.web.viewer import now

bp = Blueprint("well_known", __name__, url_prefix="/.well-known")
HOLDS = timedelta(days=180)


@bp.get("/security.txt")
@anyone
def security() -> Response:
    """Whom to write to, and until when this is true: half a year from the beginning of this day, in UTC."""
    settings: Settings = current_app.config["SETTINGS"]
    ends = datetime.combine(now().date(), time(), UTC) + HOLDS
    lines = {
        "Contact": settings.reports_to,
        "Expires": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Preferred-Languages": ", ".join(tag.replace("_", "-") for tag in LOCALES),
        "Canonical": f"{settings.base_url}/.well-known/security.txt",
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return Response(text, content_type="text/plain; charset=utf-8")
