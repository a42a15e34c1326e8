"""The application as tests set it up; apart from conftest so that tests of the rules need not load it."""

import base64
import dataclasses
from collections.abc import Callable
from pathlib import Path

import flask_migrate
from flask import Flask

from tests import scoping
from webapp import create_app
from webapp.actions import passwords
from webapp.extensions import db
from webapp.queries.sealing import keyring
from webapp.queries.signing import signer
from webapp.settings import Settings
from webapp.web.limits import LOOKING

scoping.watch()
AppFactory = Callable[..., Flask]
ENVIRONMENT = {
    "APP_ENV": "test",
    "SECRET_KEY": "a key that only tests know, 40 letters..",
    "FIELD_KEYS": f"test:{base64.urlsafe_b64encode(bytes(range(32))).decode()}",
    "VAPID_PRIVATE_KEY": base64.urlsafe_b64encode(bytes(range(1, 33))).decode(),
    "LIMIT_API_MINUTE": "1000000",  # one clock stands still for many tests
}


def settings_for(url: str, folder: Path, **environment: str) -> Settings:
    """Settings for one test: mails become files in FOLDER/mail, and a password costs next to nothing to hash."""
    given = {**ENVIRONMENT, "DATABASE_URL": url, "SMTP_URL": f"folder:{folder / 'mail'}", **environment}
    return dataclasses.replace(Settings.load(given), password_memory_kib=64, password_passes=1)


def migrate(url: str, folder: Path) -> None:
    """The database stands at the newest revision and nobody is connected to it."""
    app = create_app(settings_for(url, folder))
    with app.app_context():
        flask_migrate.upgrade()
    disconnect(app)


def let_go(app: Flask) -> None:
    """The application waits for the next test: connections to a server stay, those to a file are closed with it."""
    app.extensions.pop(LOOKING, None)
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            if engine.dialect.name == "sqlite":
                engine.dispose()
    assert not (unscoped := scoping.forget()), unscoped


def settle() -> None:
    """What a process has once, keys and the cost of a password, is again as these tests expect it, after an application
    with settings of its own."""
    settings = Settings.load(ENVIRONMENT)
    keyring.configure(settings.field_keys)
    signer.configure((settings.secret_key,))
    passwords.configure(memory_kib=64, passes=1)


def disconnect(app: Flask) -> None:
    """The application holds no connection any more."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
