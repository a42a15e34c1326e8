"""Settings: what an operator may leave out, what production refuses, and that no refusal tells a secret."""

import base64
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.application import AppFactory, disconnect, settle
from webapp import create_app, settings
from webapp.settings import Limits, Settings, UnsafeSettings
from webapp.web.health import PendingMigration

KEY = secrets.token_urlsafe(48)
FIELD_KEY = f"one:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"
PRODUCTION = {
    "APP_ENV": "production",
    "BASE_URL": "https://aimline.example",
    "DATABASE_URL": "postgresql://aimline@db.example/aimline",
    "SECRET_KEY": KEY,
    "FIELD_KEYS": FIELD_KEY,
    "SMTP_URL": "smtps://mail.example",
}

Start = Callable[[str], Flask]


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for what development makes."""
    folder = tmp_path / "instance"
    monkeypatch.setattr(settings, "INSTANCE", folder)
    return folder


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(UnsafeSettings) as raised:
        Settings.load(environ)
    return str(raised.value)


def test_production_starts_with_what_it_needs() -> None:
    loaded = Settings.load(PRODUCTION)

    assert (loaded.production, loaded.https, loaded.debug) == (True, True, False)
    assert loaded.trusted_hosts == ("aimline.example",)
    assert loaded.totp_required_for == ("therapist", "manager", "admin")
    assert loaded.limits == Limits()
    assert Settings.load({**PRODUCTION, "TOTP_REQUIRED_FOR": "admin"}).totp_required_for == ("admin",)
    assert Settings.load({**PRODUCTION, "TOTP_REQUIRED_FOR": "none"}).totp_required_for == ()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "k" * 31}, "SECRET_KEY"),
        ({"SECRET_KEY": "k" * 64}, "SECRET_KEY"),
        ({"SECRET_KEY": "changeme"}, "SECRET_KEY"),
        ({"SECRET_KEY_FALLBACKS": f"{KEY},password"}, "SECRET_KEY"),
        ({"FIELD_KEYS": ""}, "FIELD_KEYS"),
        ({"FIELD_KEYS": f"one:{'A' * 43}="}, "FIELD_KEYS"),
        ({"FIELD_KEYS": f"{FIELD_KEY} {FIELD_KEY}"}, "FIELD_KEYS"),
        ({"FIELD_KEYS": "one:c2hvcnQ="}, "FIELD_KEYS"),
        ({"FIELD_KEYS": "one:!!"}, "FIELD_KEYS"),
        ({"FIELD_KEYS": FIELD_KEY.replace("one", "a name of 17 byt")}, "FIELD_KEYS"),
        ({"BASE_URL": "http://aimline.example"}, "BASE_URL"),
        ({"BASE_URL": ""}, "BASE_URL"),
        ({"BASE_URL": "ftp://aimline.example"}, "BASE_URL"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"SMTP_URL": ""}, "SMTP_URL"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgressql://typo/aimline"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://db/aimline"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///"}, "DATABASE_URL"),
        ({"APP_ENV": "prod"}, "APP_ENV"),
        ({"SECURITY_CONTACT": "safe@aimline.example"}, "SECURITY_CONTACT"),
        ({"TOTP_REQUIRED_FOR": "manager,boss"}, "TOTP_REQUIRED_FOR"),
        ({"PORT": "80x"}, "PORT"),
        ({"PROXY_HOPS": "-1"}, "PROXY_HOPS"),
        ({"LIMIT_IMPORT_ROWS": "many"}, "LIMIT_IMPORT_ROWS"),
    ],
)
def test_what_is_not_safe_is_refused_by_its_name(instance: Path, change: dict[str, str], named: str) -> None:
    said = refusal({**PRODUCTION, **change})

    assert named in said
    assert KEY not in said
    assert FIELD_KEY.partition(":")[2] not in said


def test_every_problem_is_named_at_once() -> None:
    said = refusal({"APP_ENV": "production"})
    for name in ("BASE_URL", "DATABASE_URL", "SECRET_KEY", "FIELD_KEYS", "SMTP_URL"):
        assert name in said


@pytest.mark.parametrize(("mode", "refused"), [(0o600, False), (0o640, True), (0o604, True), (0o660, True)])
def test_a_database_file_that_others_may_read_is_refused(tmp_path: Path, mode: int, refused: bool) -> None:
    file = tmp_path / "aimline.db"
    file.touch()
    file.chmod(mode)
    environ = {**PRODUCTION, "DATABASE_URL": f"sqlite:///{file}"}

    if refused:
        assert "0600" in refusal(environ)
    else:
        assert Settings.load(environ).sqlite_file == file


def test_a_new_database_file_is_its_owners_alone(app_factory: AppFactory, tmp_path: Path) -> None:
    file = tmp_path / "new" / "aimline.db"
    app_factory(f"sqlite:///{file}")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "SMTP_URL"])
def test_a_secret_may_stand_in_a_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{PRODUCTION[name]}\n", encoding="utf-8")
    environ = {key: value for key, value in PRODUCTION.items() if key != name}

    assert Settings.load({**environ, f"{name}_FILE": str(file)}) == Settings.load(PRODUCTION)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_ends_the_start(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    assert "SECRET_KEY_FILE cannot be read" in refusal({**PRODUCTION, "SECRET_KEY_FILE": str(file)})


def test_development_needs_nothing_and_makes_its_keys_once(instance: Path) -> None:
    first, second = Settings.load({}), Settings.load({})

    assert first == second
    assert (first.secret_key != "", len(first.field_keys)) == (True, 1)
    assert first.base_url == "http://localhost:8000"
    assert set(first.trusted_hosts) == {"localhost", "127.0.0.1", "[::1]"}
    assert stat.S_IMODE((instance / "keys").stat().st_mode) == 0o600
    assert stat.S_IMODE(instance.stat().st_mode) == 0o700
    assert sorted(file.name for file in instance.iterdir()) == ["keys", "push-key"]
    assert stat.S_IMODE((instance / "push-key").stat().st_mode) == 0o600
    assert len(first.vapid_private_key) == 32


def test_development_that_has_keys_is_given_the_one_for_push(instance: Path) -> None:
    made = Settings.load({})
    (instance / "push-key").unlink()
    again = Settings.load({})
    assert (again.secret_key, again.field_keys) == (made.secret_key, made.field_keys)
    assert len(again.vapid_private_key) == 32


def test_production_may_go_without_push() -> None:
    loaded = Settings.load(PRODUCTION)
    assert (loaded.vapid_private_key, loaded.outbound_allow) == (b"", ())
    assert "fcm.googleapis.com" in loaded.push_hosts


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"VAPID_PRIVATE_KEY": "c2hvcnQ"}, "VAPID_PRIVATE_KEY"),
        ({"VAPID_PRIVATE_KEY": "no base64!"}, "VAPID_PRIVATE_KEY"),
        ({"VAPID_PRIVATE_KEY": base64.urlsafe_b64encode(bytes(32)).decode()}, "VAPID_PRIVATE_KEY"),
        ({"VAPID_PRIVATE_KEY": base64.urlsafe_b64encode(b"\xff" * 32).decode()}, "VAPID_PRIVATE_KEY"),
        ({"VAPID_PRIVATE_KEY": base64.urlsafe_b64encode(b"\x01" * 32).decode()}, "VAPID_PRIVATE_KEY"),
        ({"OUTBOUND_ALLOW": "push.example:8443"}, "OUTBOUND_ALLOW"),
        ({"OUTBOUND_ALLOW": "push.example"}, "OUTBOUND_ALLOW"),
    ],
)
def test_production_refuses_what_push_cannot_use(change: dict[str, str], named: str) -> None:
    said = refusal({**PRODUCTION, **change})
    assert named in said
    assert all(value not in said for value in change.values())


def test_production_makes_no_keys(instance: Path) -> None:
    Settings.load(PRODUCTION)
    assert not instance.exists()


def test_a_port_moves_the_base_url(instance: Path) -> None:
    assert Settings.load({"PORT": "8123"}).base_url == "http://localhost:8123"


def test_limits_have_names(instance: Path) -> None:
    assert Settings.load({"LIMIT_SIGN_IN_ADDRESS_HOUR": "3"}).limits == Limits(sign_in_address_hour=3)


@pytest.fixture
def start() -> Iterator[Start]:
    """`start(url)` starts the application in production on this database."""
    made: list[Flask] = []

    def make(url: str) -> Flask:
        made.append(create_app(Settings.load({**PRODUCTION, "DATABASE_URL": url})))
        return made[-1]

    yield make
    for app in made:
        disconnect(app)
    settle()


def test_production_refuses_a_pending_migration(start: Start, tmp_path: Path) -> None:
    with pytest.raises(PendingMigration, match="db upgrade"):
        start(f"sqlite:///{tmp_path / 'empty.db'}")


def test_production_serves_a_database_of_its_own_revision(start: Start, sqlite_url: str) -> None:
    answer = start(sqlite_url).test_client().get("/healthz", base_url="https://aimline.example")
    assert answer.status_code == 200


def test_under_https_the_cookie_is_bound_to_the_host_and_transport_is_strict(start: Start, sqlite_url: str) -> None:
    answer = start(sqlite_url).test_client().get("/login", base_url="https://aimline.example")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sid=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_relative_database_file_is_the_one_whose_mode_is_checked(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.db").touch(mode=0o644)
    environment = {**PRODUCTION, "DATABASE_URL": "sqlite:///here.db"}

    with pytest.raises(UnsafeSettings, match="0600"):
        Settings.load(environment)
    (tmp_path / "here.db").chmod(0o600)
    assert Settings.load(environment).database_url == f"sqlite:///{tmp_path / 'here.db'}"

    with pytest.raises(UnsafeSettings, match="no options"):
        Settings.load({**PRODUCTION, "DATABASE_URL": f"sqlite:///{tmp_path / 'here.db'}?timeout=5"})
