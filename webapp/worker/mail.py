"""Making a mail of a waiting letter: words by template in the reader's language, links by BASE_URL alone."""

import re
from binascii import b2a_qp
from collections.abc import Callable, Iterator
from datetime import datetime
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import force_locale

from webapp.actions.outbox import Claim, Letter
from webapp.settings import Settings
from webapp.web.formats import RIGHT_TO_LEFT
from webapp.web.mail_links import address_to_stop
from webapp.worker.channels import Channel

LONGEST_LINE = 900
"""Under the 998 characters that a line may have on its way (RFC 5322)."""

_POINT = "- "
_BREAKS = re.compile(r"[\r\n]")


_parsed = lru_cache(maxsize=256)(HeaderRegistry())
"""A header taken apart; a mail being written asks for the same ones many times."""


class _Plainly(EmailPolicy):
    """The SMTP policy, except that what is short and plain is neither taken apart nor folded: that costs milliseconds
    a mail. A line break in a header is refused as it is there."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if _BREAKS.search(str(value)):
            raise ValueError("Header values may not contain linefeed or carriage return characters")
        return name, value

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        return _parsed(name, str(value))

    def fold(self, name: str, value: Any) -> str:
        text = str(value)
        if text.isascii() and len(text) < LONGEST_LINE:
            return f"{name}: {text}\r\n"
        return str(_parsed(name, text).fold(policy=self))

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii", "surrogateescape")


POLICY = _Plainly(linesep="\r\n")


class Mails:
    """Letters leave as mails by a channel."""

    def __init__(self, app: Flask, channel: Channel) -> None:
        self.app = app
        self.channel = channel

    def send(self, claim: Claim, letter: Letter, now: datetime, until: float) -> None:
        """The relay has taken the mail; raises Undelivered, and what `compose` raises."""
        self.channel.deliver(compose(self.app, claim, letter, now), until)

    def close(self) -> None:
        """No connection is open any more."""
        self.channel.close()


def compose(app: Flask, claim: Claim, letter: Letter, now: datetime) -> EmailMessage:
    """The mail, as text and as HTML; its Message-ID is the same at every attempt. Raises ValueError for a header with a
    line break in it, and what Jinja raises for a template that cannot be filled in."""
    settings: Settings = app.config["SETTINGS"]
    stop = address_to_stop(app, settings.base_url, letter.values.get("person"), letter.values.get("abouts", ()))
    subject, text = words_of(app, letter, settings.base_url, stop=stop)
    message = EmailMessage(policy=POLICY)
    message["From"] = settings.mail_from
    message["To"] = letter.to
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{claim.public_id}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.locale.replace("_", "-")
    if stop:
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'multipart/alternative; boundary="={claim.public_id}"'
    message.set_payload([_part("plain", text), _part("html", html_of(app, letter, settings.base_url, subject, text))])
    return message


def words_of(app: Flask, letter: Letter, base_url: str, *, stop: str | None = None) -> tuple[str, str]:
    """Subject and text of a letter; one that can be stopped says where."""
    template = app.jinja_env.get_template(f"mail/{letter.template}.txt")
    values: dict[str, Any] = {**letter.values, "link": links(app, base_url), "site": base_url, "stop": stop}
    with force_locale(letter.locale):
        text = template.render(values)
        subject = "".join(template.blocks["subject"](template.new_context(values)))
    return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


class Block(NamedTuple):
    """A paragraph's lines, or the points of a list."""

    is_list: bool
    lines: tuple[str, ...]


def html_of(app: Flask, letter: Letter, base_url: str, subject: str, text: str) -> str:
    """The same words as a page; nothing in them is markup, and only addresses of this Aimline are links."""
    body, _, foot = text.rpartition("\n-- \n")
    return app.jinja_env.get_template("mail/letter.html").render(
        subject=subject,
        language=letter.locale.replace("_", "-"),
        direction="rtl" if letter.locale.split("_")[0] in RIGHT_TO_LEFT else "ltr",
        body=list(blocks_of(body)),
        foot=list(blocks_of(foot)),
        is_home=_is_home(base_url),
    )


def blocks_of(text: str) -> Iterator[Block]:
    """The text by its empty lines, lines that begin with a dash as lists."""
    for paragraph in text.split("\n\n"):
        lines = [line for line in paragraph.split("\n") if line.strip()]
        begun: list[str] = []
        was_point = False
        for line in lines:
            is_point = line.startswith(_POINT)
            if begun and is_point != was_point:
                yield Block(was_point, tuple(begun))
                begun = []
            begun.append(line.removeprefix(_POINT) if is_point else line)
            was_point = is_point
        if begun:
            yield Block(was_point, tuple(begun))


def links(app: Flask, base_url: str) -> Callable[..., str]:
    """A function that gives the full address of a page, whatever host a request may once have named."""
    paths = app.url_map.bind("mail")

    def link(endpoint: str, **values: str) -> str:
        return base_url + paths.build(endpoint, values)

    return link


def _is_home(base_url: str) -> Callable[[str], bool]:
    """Tells the addresses of this Aimline from other words: what people write never becomes a link."""
    return lambda word: word == base_url or word.startswith(f"{base_url}/")


def _part(subtype: str, words: str) -> EmailMessage:
    part = EmailMessage(policy=POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    if words.isascii() and all(len(line) < LONGEST_LINE for line in words.splitlines()):
        part["Content-Transfer-Encoding"] = "7bit"
        part.set_payload(words)
    else:
        part["Content-Transfer-Encoding"] = "quoted-printable"
        part.set_payload(b2a_qp(words.encode()).decode("ascii"))
    return part
