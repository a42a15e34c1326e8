"""Whether the process lives, and whether it can serve."""

from datetime import timedelta
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy import func, insert, select, text

from webapp.extensions import db
from webapp.models import Heartbeat
from webapp.settings import ROOT
from webapp.web.policies import anyone
from webapp.web.viewer import now

bp = Blueprint("health", __name__)
LATEST_SIGN_OF_LIFE = timedelta(seconds=120)


@bp.get("/healthz")
@anyone
def alive() -> Response:
    """The process answers; no database is asked."""
    return jsonify(status="ok")


@bp.get("/readyz")
@anyone
def ready() -> tuple[Response, int]:
    """The database can be written, its schema is the code's, and a worker lives; no details for strangers."""
    try:
        good = can_write() and current_revision() == head_revision() and worker_lives()
    except Exception:
        current_app.logger.exception("not ready")
        good = False
    return jsonify(status="ok" if good else "unavailable"), 200 if good else 503


@bp.get("/robots.txt")
@anyone
def robots() -> Response:
    """Nothing here is for search engines."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")


class PendingMigration(Exception):
    """The database is not at the revision this code needs."""


def refuse_pending_migration(app: Flask) -> None:
    """The app does not serve a database of another revision; raises PendingMigration."""
    with app.app_context():
        if current_revision() != head_revision():
            raise PendingMigration("run `flask --app wsgi db upgrade` first")
        db.session.remove()


def can_write() -> bool:
    """A write reaches the database (and is taken back)."""
    db.session.rollback()
    db.session.connection(execution_options={"writing": True})
    db.session.execute(insert(Heartbeat).values(worker="probe", at=now()))
    db.session.rollback()
    return True


def worker_lives() -> bool:
    latest = db.session.execute(select(func.max(Heartbeat.at))).scalar()
    return latest is not None and now() - latest < LATEST_SIGN_OF_LIFE


def current_revision() -> str | None:
    """The revision the database is at, or None when it was never migrated."""
    if not db.inspect(db.engine).has_table("alembic_version"):
        return None
    return db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()


def head_revision() -> str | None:
    """The revision this code needs."""
    config = Config()
    config.set_main_option("script_location", str(Path(ROOT) / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()
