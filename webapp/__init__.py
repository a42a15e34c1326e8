"""Aimline: one place for every goal a person carries."""

import os
import sys
from datetime import timedelta

from flask import Flask, g
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import api, cli
from webapp.actions import passwords
from webapp.api import docs
from webapp.extensions import babel, csrf, db, login, migrate
from webapp.models.engine import engine_options, normal_url, prepare
from webapp.pages import (
    account,
    admin,
    admin_invitations,
    admin_leaving,
    admin_log,
    admin_people,
    admin_reporting,
    admin_settings,
    admin_tables,
    admin_teams,
    api_keys,
    app_shell,
    board_presence,
    calendar,
    calendar_feeds,
    check_ins,
    client_report,
    clients,
    closings,
    comments,
    courses,
    cycles,
    dashboard,
    days,
    editor,
    errors,
    exports,
    feeds,
    first_admin,
    goal,
    goals,
    identity,
    images,
    imports,
    invitations,
    ladder,
    ladder_people,
    ladder_targets,
    leaderboard,
    mood_help,
    mood_palette,
    moods,
    notices,
    objective,
    objective_confidence,
    objective_editor,
    objective_paste,
    objective_why,
    objectives,
    owed,
    own_organisations,
    passkeys,
    pauses,
    profile,
    profile_values,
    proposals,
    push,
    reading,
    reading_clients,
    reading_goals,
    reading_works,
    relations,
    reminders,
    review_requests,
    reviews,
    second_factors,
    second_step,
    sharing,
    tokens,
    tracking,
    unsubscribe,
    value_entry,
    value_queries,
    value_tables,
    well_known,
)
from webapp.queries.sealing import keyring
from webapp.queries.signing import signer
from webapp.settings import ROOT, Settings
from webapp.web import formats, headers, health, logs, origin, policies, transaction, viewer
from webapp.web.assets import Assets
from webapp.web.catalogue import Catalogue

BLUEPRINTS = (
    health.bp,
    identity.bp,
    first_admin.bp,
    invitations.bp,
    own_organisations.bp,
    well_known.bp,
    second_step.bp,
    second_factors.bp,
    dashboard.bp,
    goals.bp,
    editor.bp,
    goal.bp,
    comments.bp,
    reviews.bp,
    review_requests.bp,
    closings.bp,
    tracking.bp,
    days.bp,
    calendar.bp,
    calendar_feeds.bp,
    pauses.bp,
    owed.bp,
    notices.bp,
    mood_help.bp,
    mood_palette.bp,
    moods.bp,
    objectives.bp,
    cycles.bp,
    objective_confidence.bp,
    objective_editor.bp,
    objective_paste.bp,
    objective_why.bp,
    objective.bp,
    check_ins.bp,
    feeds.bp,
    reading.bp,
    reading_goals.bp,
    reading_works.bp,
    leaderboard.bp,
    board_presence.bp,
    account.bp,
    admin.bp,
    admin_people.bp,
    admin_leaving.bp,
    admin_invitations.bp,
    reminders.bp,
    unsubscribe.bp,
    sharing.bp,
    relations.bp,
    clients.bp,
    client_report.bp,
    proposals.bp,
    tokens.bp,
    passkeys.bp,
    value_queries.bp,
    value_tables.bp,
    value_entry.bp,
    api_keys.bp,
    reading_clients.bp,
    profile.bp,
    profile_values.bp,
    admin_teams.bp,
    admin_tables.bp,
    admin_reporting.bp,
    admin_settings.bp,
    ladder_people.bp,
    ladder_targets.bp,
    ladder.bp,
    admin_log.bp,
    courses.bp,
    images.bp,
    imports.bp,
    exports.bp,
    push.bp,
    app_shell.bp,
    docs.bp,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The application, or an exception that says which setting or route is not safe to serve."""
    settings = settings or Settings.load(os.environ)
    app = Flask(
        __name__,
        static_folder=None,
        template_folder=str(ROOT / "templates"),
        instance_path=str(ROOT / "instance"),
    )
    configure(app, settings)
    connect(app, settings)
    guard(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    api.init_app(app)
    Assets(ROOT / "static").init_app(app)
    errors.init_app(app)
    cli.init_app(app)
    policies.check(app)
    # Commands must run on an old schema too: `db upgrade` is one of them. Whoever serves must not.
    commanded = "FLASK_RUN_FROM_CLI" in os.environ and "run" not in sys.argv[1:]
    if settings.production and not commanded:
        health.refuse_pending_migration(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Flask and its extensions know our settings and nothing else."""
    app.config.update(
        SETTINGS=settings,
        TESTING=settings.app_env == "test",
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=settings.limits.body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.limits.body_bytes,
        MAX_FORM_PARTS=100,
        SQLALCHEMY_DATABASE_URI=normal_url(settings.database_url),
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SESSION_COOKIE_NAME="__Host-sid" if settings.https else "sid",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.https,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "webapp" / "translations"),
    )
    app.url_map.merge_slashes = False  # an address with too many is nobody's, and no write is redirected
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


def connect(app: Flask, settings: Settings) -> None:
    """The database, the keys and the libraries are ready."""
    if settings.sqlite_file is not None:
        private_file(settings)
    keyring.configure(settings.field_keys)
    signer.configure((settings.secret_key, *settings.secret_key_fallbacks))
    cost = {"memory_kib": settings.password_memory_kib, "passes": settings.password_passes}
    passwords.configure(**cost, at_once=settings.hashes_at_once)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    babel.init_app(app, locale_selector=formats.choose_locale, timezone_selector=formats.choose_zone)
    login.init_app(app)
    formats.init_app(app)
    Catalogue().init_app(app)
    with app.app_context():
        prepare(db.engine)


def guard(app: Flask, settings: Settings) -> None:
    """The order in which a request meets the house; answers pass it the other way round."""
    headers.init_app(app, https=settings.https)
    logs.init_app(app)
    origin.init_app(app, base_url=settings.base_url)
    csrf.init_app(app)
    transaction.init_app(app, writing_at_once=settings.writing_at_once)
    viewer.init_app(app)
    policies.init_app(app)
    app.context_processor(lambda: {"viewer": g.get("viewer"), "text_direction": formats.text_direction()})


def private_file(settings: Settings) -> None:
    """The database file, and the folder made for it, can be read by its owner only."""
    file = settings.sqlite_file
    assert file is not None
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        file.touch(mode=0o600)
