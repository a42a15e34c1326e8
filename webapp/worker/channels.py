"""How a mail leaves, by SMTP_URL: into a folder (`folder:PATH`), or to a relay (`smtp://`, `smtps://`)."""

import os
import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

CONNECT_SECONDS = 10.0
TOTAL_SECONDS = 30.0
"""Well under the lease, so that no second worker sends what the first is still sending."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Undelivered(Exception):
    """The mail has not left; `reason` names no address, and `for_good` says that trying again makes no sense."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good


class Channel(Protocol):
    def deliver(self, message: EmailMessage) -> None: ...


def channel_for(url: str, *, strict: bool) -> Channel:
    """The channel an SMTP_URL names; a strict one never speaks to another machine without encryption.

    Raises ValueError when the address is none of the three kinds.
    """
    if url.startswith("folder:"):
        return Folder(Path(url.removeprefix("folder:")))
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("SMTP_URL begins with folder:, smtp:// or smtps://")
    return Relay(parts, strict=strict)


@dataclass(frozen=True)
class Folder:
    """Mails become files that any mail program opens, under names that sort by time."""

    path: Path

    def deliver(self, message: EmailMessage) -> None:
        """The whole file is there, or none."""
        moment = message["Date"].datetime.strftime("%Y%m%d-%H%M%S")
        number = str(message["Message-ID"]).strip("<>")[:8]
        name = f"{moment} {_readable(message['Subject'])} to {_readable(message['To'])} {number}.eml"
        draft = self.path / f".{number}.{os.getpid()}"
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.touch(mode=0o600)  # mails carry links that open accounts
            draft.write_bytes(message.as_bytes())
            draft.replace(self.path / name)
        except OSError as error:
            raise Undelivered(f"folder {error.errno}") from error


def _readable(words: object) -> str:
    return re.sub(r"[^\w@.+-]+", "-", str(words)).strip("-.")[:80]


@dataclass(frozen=True)
class Relay:
    """A mail server; certificates are verified, and nothing falls back to plain text."""

    parts: SplitResult
    strict: bool

    def deliver(self, message: EmailMessage) -> None:
        """The relay has said 250; connecting takes at most 10 seconds and the whole at most 30."""
        deadline = time.monotonic() + TOTAL_SECONDS
        with _said_calmly():
            server = self._connect()
            try:
                self._introduce(server, deadline)
                _hurry(server, deadline)
                server.send_message(message)
            finally:
                server.close()

    def _connect(self) -> smtplib.SMTP:
        host = self.parts.hostname or ""
        if self.parts.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, self.parts.port or 465, timeout=CONNECT_SECONDS, context=context)
        return smtplib.SMTP(host, self.parts.port or 25, timeout=CONNECT_SECONDS)

    def _introduce(self, server: smtplib.SMTP, deadline: float) -> None:
        _hurry(server, deadline)
        server.ehlo_or_helo_if_needed()
        if self.parts.scheme == "smtp" and self.parts.hostname not in LOOPBACK:
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                _hurry(server, deadline)
                server.ehlo()
            elif self.strict or self.parts.username:
                raise Undelivered("no encryption offered")
        if self.parts.username:
            _hurry(server, deadline)
            server.login(unquote(self.parts.username), unquote(self.parts.password or ""))


def _hurry(server: smtplib.SMTP, deadline: float) -> None:
    """What is left of the 30 seconds is all that the next step may wait."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise Undelivered("too slow")
    if server.sock is not None:
        server.sock.settimeout(left)


@contextmanager
def _said_calmly() -> Iterator[None]:
    """Every failure is Undelivered, with a reason that names no address: the libraries' own messages do."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _ in error.recipients.values()}
        raise Undelivered(f"recipient {min(codes)}", for_good=min(codes) >= 500) from None
    except smtplib.SMTPDataError as error:
        raise Undelivered(f"data {error.smtp_code}", for_good=error.smtp_code >= 500) from None
    except smtplib.SMTPResponseException as error:
        raise Undelivered(f"{type(error).__name__} {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Undelivered(type(error).__name__) from None
