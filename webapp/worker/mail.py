"""Making a mail of a waiting letter: words by template in the reader's language, links by BASE_URL alone."""

import re
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import force_locale

from webapp.actions.outbox import Claim, Letter
from webapp.settings import Settings

SECURITY_NOTICES = frozenset({"password-changed", "email-changed", "new-device", "erasure-asked"})
"""These reach people who may no longer come in: they may be the ones who should know."""


def compose(app: Flask, claim: Claim, letter: Letter, now: datetime) -> EmailMessage:
    """The mail; its Message-ID is the same at every attempt. Raises ValueError for a header with a line break in it,
    and what Jinja raises for a template that cannot be filled in."""
    settings: Settings = app.config["SETTINGS"]
    subject, text = words_of(app, letter, settings.base_url)
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = letter.to
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{claim.public_id}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.locale
    message.set_content(text, cte="7bit" if text.isascii() else "quoted-printable")
    return message


def words_of(app: Flask, letter: Letter, base_url: str) -> tuple[str, str]:
    """Subject and text of a letter."""
    template = app.jinja_env.get_template(f"mail/{letter.template}.txt")
    values: dict[str, Any] = {**letter.values, "link": links(app, base_url), "site": base_url}
    with force_locale(letter.locale):
        text = template.render(values)
        subject = "".join(template.blocks["subject"](template.new_context(values)))
    return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def links(app: Flask, base_url: str) -> Callable[..., str]:
    """A function that gives the full address of a page, whatever host a request may once have named."""
    paths = app.url_map.bind("mail")

    def link(endpoint: str, **values: str) -> str:
        return base_url + paths.build(endpoint, values)

    return link
