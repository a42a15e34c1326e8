"""How a mail leaves, by SMTP_URL: into a folder (`folder:PATH`), or to a relay (`smtp://`, `smtps://`)."""

import math
import os
import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

CONNECT_SECONDS = 10.0
TOTAL_SECONDS = 30.0
"""Well under the lease, so that no second worker sends what the first is still sending."""

IDLE_SECONDS = 60.0
MOST_MESSAGES = 100
"""A connection is kept for so many messages, and so long when there are none."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_GOODBYE_SECONDS = 2.0
_SERVICE_CLOSES = 421
_ABOUT_ONE_ADDRESS = re.compile(rb"4\.[12]\.")
"""Enhanced status codes (RFC 3463) of an address or a mailbox; a full one says nothing of its neighbours."""


class Undelivered(Exception):
    """The message has not left; `reason` names no address, and `for_good` says that trying again makes no sense.

    `relay` says that it was not about the one who should get it, but about whoever carries all of them; `domain`, that
    nobody at the recipient's domain gets anything at present; `until`, that it is not wanted before; `told`, whether
    the operator hears of it.
    """

    def __init__(
        self,
        reason: str,
        *,
        for_good: bool = False,
        relay: bool = False,
        domain: bool = False,
        until: datetime | None = None,
        told: bool = True,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good
        self.relay = relay
        self.domain = domain
        self.until = until
        self.told = told


class Channel(Protocol):
    def deliver(self, message: EmailMessage, until: float = math.inf) -> None:
        """It has been taken; `until`, by the monotonic clock, is when the right to hand it over ends. Raises
        Undelivered."""

    def close(self) -> None:
        """Nothing is held open any more."""


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

    def deliver(self, message: EmailMessage, until: float = math.inf) -> None:
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

    def close(self) -> None:
        """A folder holds nothing open."""


def _readable(words: object) -> str:
    return re.sub(r"[^\w@.+-]+", "-", str(words)).strip("-.")[:80]


class Relay:
    """A mail server, spoken to over one connection that is kept between messages; certificates are verified, and
    nothing falls back to plain text. One thread's at a time."""

    def __init__(self, parts: SplitResult, *, strict: bool) -> None:
        self._parts = parts
        self._strict = strict
        self._server: smtplib.SMTP | None = None
        self._carried = 0
        self._used = 0.0

    def deliver(self, message: EmailMessage, until: float = math.inf) -> None:
        """The relay has said 250; connecting takes at most 10 seconds and the whole at most 30.

        Once the words are on their way nothing is tried again here: who knows whether they arrived.
        """
        deadline = time.monotonic() + TOTAL_SECONDS
        try:
            server = self._announced(message, deadline)
            _address(server, message, deadline)
            if time.monotonic() > until - TOTAL_SECONDS:
                raise Undelivered("lease nearly over")
            _hand_over(server, message, deadline)
        except BaseException:
            self._drop()
            raise
        self._used = time.monotonic()
        self._carried += 1

    def close(self) -> None:
        """The relay has been told goodbye, if it was still there."""
        if self._server is not None and self._server.sock is not None:
            self._server.sock.settimeout(_GOODBYE_SECONDS)
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
        self._drop()

    def _announced(self, message: EmailMessage, deadline: float) -> smtplib.SMTP:
        """A connection on which the relay has taken the sender: the kept one, or a new one where that is over."""
        if self._carried >= MOST_MESSAGES or time.monotonic() - self._used > IDLE_SECONDS:
            self.close()
        if self._server is not None:
            try:
                with _relay_said("sender"):
                    _announce(self._server, message, deadline)
                return self._server
            except Undelivered as error:
                if error.for_good:
                    raise
                self._drop()  # it may have been closed at the other end
        with _relay_said("sender"):
            server = self._server = self._connect()
            self._introduce(server, deadline)
            _announce(server, message, deadline)
        return server

    def _connect(self) -> smtplib.SMTP:
        host = self._parts.hostname or ""
        if self._parts.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, self._parts.port or 465, timeout=CONNECT_SECONDS, context=context)
        return smtplib.SMTP(host, self._parts.port or 25, timeout=CONNECT_SECONDS)

    def _introduce(self, server: smtplib.SMTP, deadline: float) -> None:
        _hurry(server, deadline)
        server.ehlo_or_helo_if_needed()
        if self._parts.scheme == "smtp" and self._parts.hostname not in LOOPBACK:
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                _hurry(server, deadline)
                server.ehlo()
            elif self._strict or self._parts.username:
                raise Undelivered("no encryption offered", relay=True)
        if self._parts.username:
            _hurry(server, deadline)
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None
        self._carried = 0


def _announce(server: smtplib.SMTP, message: EmailMessage, deadline: float) -> None:
    """The relay has taken the sender; raises SMTPResponseException when it does not, whatever the message."""
    _hurry(server, deadline)
    options = [] if _is_ascii(message) else ["SMTPUTF8"]
    code, said = server.mail(_written(message, "From"), options)
    if code != 250:
        raise smtplib.SMTPResponseException(code, said)


def _address(server: smtplib.SMTP, message: EmailMessage, deadline: float) -> None:
    """The relay takes mail for the recipient; raises Undelivered."""
    to = _written(message, "To")
    if not to:
        raise Undelivered("no address", for_good=True)
    with _relay_said("recipient"):
        _hurry(server, deadline)
        code, said = server.rcpt(to)
    if code not in (250, 251):
        raise _refusal("recipient", code, said, relay=code == _SERVICE_CLOSES)


def _hand_over(server: smtplib.SMTP, message: EmailMessage, deadline: float) -> None:
    """The relay has taken the words; raises Undelivered, also when it fell silent and nobody knows."""
    policy = message.policy if _is_ascii(message) else message.policy.clone(utf8=True)  # type: ignore[call-arg]
    words = message.as_bytes(policy=policy)
    _hurry(server, deadline)
    try:
        code, said = server.data(words)
    except smtplib.SMTPDataError as error:  # it would not even hear them
        raise _refusal("data", error.smtp_code, error.smtp_error, relay=error.smtp_code == _SERVICE_CLOSES) from None
    except (smtplib.SMTPException, OSError) as error:
        raise Undelivered(type(error).__name__, domain=True) from None
    if code != 250:
        raise _refusal("data", code, said, relay=False)


def _refusal(step: str, code: int, said: bytes | str, *, relay: bool) -> Undelivered:
    """What a refusal by code means. Once the relay has had the words, it is about this message even when it closes,
    so that one message at which relays stumble is given up in the end and holds up no others."""
    words = said.encode() if isinstance(said, str) else said
    for_good = code >= 500
    domain = not (relay or for_good or _ABOUT_ONE_ADDRESS.match(words))
    return Undelivered(f"{step} {code}", for_good=for_good, relay=relay, domain=domain)


def _written(message: EmailMessage, header: str) -> str:
    """The one address in a header, empty when there is none or more."""
    return parseaddr(str(dict(message.raw_items()).get(header, "")))[1]


def _is_ascii(message: EmailMessage) -> bool:
    return (_written(message, "From") + _written(message, "To")).isascii()


def _hurry(server: smtplib.SMTP, deadline: float) -> None:
    """What is left of the 30 seconds is all that the next step may wait."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise Undelivered("too slow", relay=True)
    if server.sock is not None:
        server.sock.settimeout(left)


@contextmanager
def _relay_said(step: str) -> Iterator[None]:
    """Every failure is one of the relay, with a reason that names no address: the libraries' own messages do."""
    try:
        yield
    except smtplib.SMTPNotSupportedError:
        raise Undelivered("no SMTPUTF8", for_good=True) from None
    except smtplib.SMTPResponseException as error:
        name = step if type(error) is smtplib.SMTPResponseException else type(error).__name__
        raise Undelivered(f"{name} {error.smtp_code}", relay=True) from None
    except (smtplib.SMTPException, OSError) as error:
        raise Undelivered(type(error).__name__, relay=True) from None
