"""What the fault tests share: the engine beside the servers, and the settings that servers are started with."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests import application
from webapp.extensions import db


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The application's own engine: what its connections are told, these are told."""
    with app.app_context():
        return db.engine


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """Settings for servers on the test's database; what `app` signs, they believe."""
    return application.ENVIRONMENT | {"DATABASE_URL": database_url, "SMTP_URL": f"folder:{tmp_path / 'mail'}"}
