"""The addresses in mails by which reminders are stopped with one click (RFC 8058): signed, so that nobody stops
another's; they open nothing else, and never end."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import Flask
from itsdangerous import BadData, URLSafeSerializer

from webapp.domain.errors import NotFound
from webapp.domain.reminders import About
from webapp.settings import Settings

SALT = "stop mail"
ENDPOINT = "unsubscribe.stop"
_EVERY = (About.GOAL, About.READING, About.MOOD, About.REVIEWS, About.DIGEST)
"""Addresses name these by number, since who sees a mail could read words; new ones come last."""


class Stop(NamedTuple):
    """What an address says: whose mails about what."""

    person: str
    abouts: tuple[About, ...]


def address_to_stop(app: Flask, base_url: str, person: str | None, abouts: Sequence[str]) -> str | None:
    """The full address that stops such mails to the person (by public id); None when the mail is no reminder."""
    if person is None or not abouts:
        return None
    return base_url + app.url_map.bind("mail").build(ENDPOINT, {"signed": signed(app, Stop(person, _read(abouts)))})


def signed(app: Flask, stop: Stop) -> str:
    """The text that says it."""
    return str(_serializer(app).dumps([stop.person, *(_EVERY.index(about) for about in stop.abouts)]))


def said_by(app: Flask, text: str) -> Stop:
    """What the text says; raises NotFound for one that was not signed here, or not for this."""
    try:
        person, *abouts = _serializer(app).loads(text)
        return Stop(str(person), tuple(_EVERY[number] for number in abouts))
    except (BadData, IndexError, TypeError, ValueError):
        raise NotFound from None


def _read(abouts: Sequence[str]) -> tuple[About, ...]:
    return tuple(About(about) for about in abouts)


def _serializer(app: Flask) -> URLSafeSerializer:
    settings: Settings = app.config["SETTINGS"]
    return URLSafeSerializer([*reversed(settings.secret_key_fallbacks), settings.secret_key], salt=SALT)
