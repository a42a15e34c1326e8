"""Typed settings from the environment, or from the file a `*_FILE` variable names; unsafe ones are refused."""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from webapp.domain.organisations import GIVEN

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"
DATABASES = ("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many keys there are on the curve of push messages."""


class UnsafeSettings(Exception):
    """The settings cannot be used; the message names each variable at fault and never a value."""


@dataclass(frozen=True)
class Limits:
    """How often a thing may be tried; every figure is overridden by the LIMIT_* variable of its name."""

    sign_in_address_hour: int = 20
    sign_in_account_day: int = 20
    mail_address_hour: int = 10
    mail_target_hour: int = 5
    password_again_day: int = 10
    sign_up_address_hour: int = 20
    import_hour: int = 30
    export_minute: int = 6
    api_minute: int = 120
    code_hour: int = 10
    invitation_day: int = 20
    reminder_test_hour: int = 5
    totp_day: int = 96
    second_step_hour: int = 20
    passkey_hour: int = 60
    passkey_tries_hour: int = 20
    organisation_mail_day: int = 200
    import_rows: int = 20_000
    import_bytes: int = 5 * 1024 * 1024
    body_bytes: int = 2 * 1024 * 1024


@dataclass(frozen=True)
class Settings:
    app_env: str = "development"
    base_url: str = "http://localhost:8000"
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0
    database_url: str = ""
    secret_key: str = ""
    secret_key_fallbacks: tuple[str, ...] = ()
    field_keys: tuple[tuple[str, bytes], ...] = ()
    smtp_url: str = ""
    mail_from: str = "Aimline <no-reply@localhost>"
    security_contact: str = ""
    totp_required_for: tuple[str, ...] = ()
    port: int = 8000
    debug: bool = False
    password_memory_kib: int = 19456
    password_passes: int = 2
    web_processes: int = 2
    writing_at_once: int = 4
    vapid_private_key: bytes = field(default=b"", repr=False)
    push_hosts: tuple[str, ...] = PUSH_HOSTS
    outbound_allow: tuple[tuple[str, int], ...] = ()
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> "Settings":
        """Settings that are safe for their APP_ENV; raises UnsafeSettings with every problem found."""
        settings = _read(environ)
        problems = settings.problems()
        if problems:
            raise UnsafeSettings("; ".join(problems))
        return settings

    @property
    def production(self) -> bool:
        return self.app_env == "production"

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None

    @property
    def hashes_at_once(self) -> int:
        """How many passwords one process computes at once: its share of two for each core."""
        return max(1, 2 * (os.cpu_count() or 1) // max(1, self.web_processes))

    @property
    def contact(self) -> str:
        """Where whoever carries our messages finds the operator."""
        return self.base_url if self.https else f"mailto:{parseaddr(self.mail_from)[1]}"

    @property
    def reports_to(self) -> str:
        """Where whoever found a weakness finds somebody to tell (RFC 9116, Contact)."""
        return self.security_contact or self.contact

    def problems(self) -> list[str]:
        """What makes these settings unusable, in words for the operator."""
        found = []
        if not set(self.totp_required_for) <= set(GIVEN):
            found.append(f"TOTP_REQUIRED_FOR names roles ({', '.join(GIVEN)}), or none")
        if self.app_env not in ("development", "test", "production"):
            found.append("APP_ENV is development, test or production")
        if urlsplit(self.base_url).scheme not in ("http", "https") or not urlsplit(self.base_url).hostname:
            found.append("BASE_URL is an http or https address")
        if self.security_contact and not self.security_contact.startswith(("mailto:", "https://")):
            found.append("SECURITY_CONTACT is a mailto: or https: address")
        if not self.database_url.startswith(DATABASES) or self.database_url in DATABASES:
            found.append("DATABASE_URL begins with sqlite:/// and a file, or with postgresql://")
        if self.writing_at_once < 1:
            found.append("WEB_WRITING_AT_ONCE is at least 1")
        if self.sqlite_file is not None and "?" in self.database_url:
            found.append("DATABASE_URL of a SQLite file carries no options: they are ours to set")
        return found + (self._production_problems() if self.production else [])

    def _production_problems(self) -> list[str]:
        found = []
        if not self.https:
            found.append("BASE_URL must be https in production")
        if self.debug:
            found.append("FLASK_DEBUG must be off in production")
        if not self.smtp_url.startswith(("smtp://", "smtps://")):
            found.append("SMTP_URL is missing, or begins with neither smtps:// nor smtp://")
        if any(_is_weak(key) for key in (self.secret_key, *self.secret_key_fallbacks)):
            found.append("SECRET_KEY and its fallbacks need at least 32 random bytes each")
        if not self.field_keys:
            found.append("FIELD_KEYS is missing")
        if any(len(set(key)) < 10 for _, key in self.field_keys):
            found.append("FIELD_KEYS needs 32 random bytes each")
        if self.vapid_private_key and len(set(self.vapid_private_key)) < 10:
            found.append("VAPID_PRIVATE_KEY needs 32 random bytes")
        if self.outbound_allow:
            found.append("OUTBOUND_ALLOW must be empty in production")
        file = self.sqlite_file
        if file is not None and file.exists() and file.stat().st_mode & 0o077:
            found.append("the database file may be readable by its owner only (mode 0600)")
        return found


def _is_weak(key: str) -> bool:
    return len(key.encode()) < 32 or len(set(key)) < 10


def _read(environ: Mapping[str, str]) -> Settings:
    raw = _Reader(environ)
    app_env = raw.text("APP_ENV", "development")
    production = app_env == "production"
    keys = {} if production else _development_keys(environ)
    base_url = raw.text("BASE_URL", "" if production else f"http://localhost:{raw.number('PORT', 8000)}").rstrip("/")
    return Settings(
        app_env=app_env,
        base_url=base_url,
        trusted_hosts=raw.words("TRUSTED_HOSTS") or _hosts_of(base_url, production),
        proxy_hops=raw.number("PROXY_HOPS", 0),
        database_url=_whole(raw.text("DATABASE_URL", "" if production else f"sqlite:///{INSTANCE / 'aimline.db'}")),
        secret_key=raw.text("SECRET_KEY", keys.get("SECRET_KEY", "")),
        secret_key_fallbacks=raw.words("SECRET_KEY_FALLBACKS"),
        field_keys=_field_keys(raw.words("FIELD_KEYS") or tuple(keys.get("FIELD_KEYS", "").split())),
        smtp_url=raw.text("SMTP_URL", "" if production else f"folder:{INSTANCE / 'mail'}"),
        mail_from=raw.text("MAIL_FROM", f"Aimline <no-reply@{urlsplit(base_url).hostname or 'localhost'}>"),
        security_contact=raw.text("SECURITY_CONTACT", ""),
        totp_required_for=_roles(raw.words("TOTP_REQUIRED_FOR"), production),
        port=raw.number("PORT", 8000),
        web_processes=raw.number("WEB_CONCURRENCY", 2),
        writing_at_once=raw.number("WEB_WRITING_AT_ONCE", 4),
        debug=raw.text("FLASK_DEBUG", "0").lower() not in ("", "0", "false", "no"),
        vapid_private_key=_vapid_key(raw.text("VAPID_PRIVATE_KEY", keys.get("VAPID_PRIVATE_KEY", ""))),
        push_hosts=tuple(host.lower() for host in raw.words("PUSH_HOSTS")) or PUSH_HOSTS,
        outbound_allow=tuple(map(_host_and_port, raw.words("OUTBOUND_ALLOW"))),
        limits=Limits(**{item.name: raw.number(f"LIMIT_{item.name.upper()}", item.default) for item in fields(Limits)}),
    )


def _whole(database_url: str) -> str:
    """A SQLite address with the whole path of its file: relative ones start where the command was started."""
    prefix, path = "sqlite:///", database_url.removeprefix("sqlite:///")
    return f"{prefix}{Path(path).resolve()}" if database_url.startswith(prefix) and path else database_url


class _Reader:
    """Reads one variable, or the file its `*_FILE` twin names; an unreadable file or number ends the start."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    def text(self, name: str, default: str) -> str:
        path = self.environ.get(f"{name}_FILE")
        if path is None:
            return self.environ.get(name, default)
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UnsafeSettings(f"{name}_FILE cannot be read") from error

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(self.text(name, "").replace(",", " ").split())

    def number(self, name: str, default: Any) -> int:
        text = self.text(name, "") or str(default)
        if not text.isascii() or not text.isdigit():
            raise UnsafeSettings(f"{name} is a whole number")
        return int(text)


def _hosts_of(base_url: str, production: bool) -> tuple[str, ...]:
    host = urlsplit(base_url).hostname or ""
    return (host,) if production else tuple(dict.fromkeys((host, "localhost", "127.0.0.1", "[::1]")))


def _roles(words: tuple[str, ...], production: bool) -> tuple[str, ...]:
    """The roles that ask for a second factor; said nothing, in production every one that is given."""
    if not words:
        return GIVEN if production else ()
    return () if words == ("none",) else words


def _field_keys(words: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    """`name:base64` pairs of 32-byte keys; the first one wraps, all of them open."""
    keys: list[tuple[str, bytes]] = []
    for word in words:
        name, _, encoded = word.partition(":")
        try:
            key = base64.urlsafe_b64decode(encoded)
        except (ValueError, binascii.Error) as error:
            raise UnsafeSettings("FIELD_KEYS holds name:base64 pairs") from error
        if len(key) != 32 or not 1 <= len(name.encode()) <= 16:
            raise UnsafeSettings("FIELD_KEYS holds name:base64 pairs of 32 bytes with names of at most 16")
        if name in dict(keys):
            raise UnsafeSettings("FIELD_KEYS names each key once")
        keys.append((name, key))
    return tuple(keys)


def _vapid_key(encoded: str) -> bytes:
    """The 32 bytes of a private key on P-256; none when nothing is said, and then push is not offered."""
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise UnsafeSettings("VAPID_PRIVATE_KEY is base64url") from error
    if key and (len(key) != 32 or not 0 < int.from_bytes(key, "big") < _P256):
        raise UnsafeSettings("VAPID_PRIVATE_KEY is the 32 bytes of a private key on P-256")
    return key


def _host_and_port(word: str) -> tuple[str, int]:
    host, _, port = word.lower().rpartition(":")
    if not host or not port.isascii() or not port.isdigit():
        raise UnsafeSettings("OUTBOUND_ALLOW holds host:port pairs")
    return host, int(port)


def _development_keys(environ: Mapping[str, str]) -> dict[str, str]:
    """Keys made once in instance/keys and instance/push-key (0600), so that development needs no settings."""
    if "SECRET_KEY" in environ and "FIELD_KEYS" in environ:
        return {}
    INSTANCE.mkdir(mode=0o700, exist_ok=True)
    field_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    vapid_key = base64.urlsafe_b64encode((1 + secrets.randbelow(_P256 - 1)).to_bytes(32, "big")).decode()
    files = {
        "keys": f"SECRET_KEY={secrets.token_urlsafe(48)}\nFIELD_KEYS=dev:{field_key}\n",
        "push-key": f"VAPID_PRIVATE_KEY={vapid_key}\n",
    }
    found: dict[str, str] = {}
    for name, text in files.items():
        path = INSTANCE / name
        if not path.exists():
            _write_once(path, text)
        found |= dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines() if line)
    return found


def _write_once(path: Path, text: str) -> None:
    """The file exists with mode 0600; where two processes start at once, the first one's text stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
