"""Push messages: a letter's title and short words, encrypted for each of its person's devices (RFC 8030, 8291)."""

import json
import time
from collections.abc import Callable
from datetime import datetime

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask_babel import force_locale

from webapp.actions import push
from webapp.actions.outbox import Claim, Letter
from webapp.domain.push import PushDraft, Target, target_of
from webapp.extensions import db
from webapp.queries.push import Receiver, receivers
from webapp.queries.vapid import Vapid
from webapp.settings import Settings
from webapp.web.addresses import safe_next
from webapp.web.transaction import apart
from webapp.worker import outbound
from webapp.worker.channels import Undelivered
from webapp.worker.mail import links
from webapp.worker.outbound import Unreachable

KEPT_SECONDS = 2 * 3600
"""So long a push service keeps a message for a device that is off: later it would come too late."""
TAKEN = (200, 201, 202)
GONE = (404, 410)
LONGEST_TITLE, LONGEST_BODY = 120, 600
"""Characters; push services take 4096 bytes in all (RFC 8030)."""
Post = Callable[[Target, dict[str, str], bytes], int]


class Pushes:
    """Letters reach a person on every device that they let in."""

    def __init__(self, app: Flask, vapid: Vapid | None) -> None:
        self.app = app
        self.vapid = vapid
        self.settings: Settings = app.config["SETTINGS"]

    def send(self, claim: Claim, letter: Letter, now: datetime, until: float) -> None:
        """A push service has taken it for at least one device; devices that are no more are forgotten. Raises
        Undelivered, for good when there is no device, or none that would ever take it."""
        if self.vapid is None:
            raise Undelivered("push is not set up", for_good=True, told=False)
        found = receivers(db.session, claim.person_id, now) if claim.person_id is not None else []
        db.session.rollback()
        said = payload(self.app, letter, claim.public_id)
        answers = {one.id: self._post(one, self.vapid, claim, said, now, until) for one in found}
        self._keep(answers, now)
        left = [answer for answer in answers.values() if answer not in GONE]
        if not left:
            raise Undelivered("no device", for_good=True, told=False)
        if any(answer in TAKEN for answer in left):
            return
        passing = [answer for answer in left if _may_pass(answer)]
        raise Undelivered(f"push {(passing or left)[0]}", for_good=not passing)

    def _post(self, one: Receiver, vapid: Vapid, claim: Claim, said: bytes, now: datetime, until: float) -> int | str:
        """The status that the device's push service answered, or why there is none."""
        target = target_of(one.draft.endpoint, self.settings.push_hosts, self.settings.outbound_allow)
        if target is None:
            return "refused"
        if time.monotonic() + outbound.SECONDS > until:
            return "too slow"
        headers = {
            "Authorization": vapid.header(target.origin, now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_SECONDS),
            "Topic": claim.public_id[:32],
            "Urgency": "normal",
        }
        try:
            return outbound.post(target, headers, encrypted(said, one.draft), self.settings.outbound_allow)
        except Unreachable as error:
            return "refused" if error.refused else error.reason

    def _keep(self, answers: dict[int, int | str], now: datetime) -> None:
        gone = [number for number, answer in answers.items() if answer in GONE]
        taken = [number for number, answer in answers.items() if answer in TAKEN]
        if gone or taken:
            with apart():
                push.forget(db.session, gone)
                push.keep_used(db.session, taken, now)


def payload(app: Flask, letter: Letter, tag: str) -> bytes:
    """What the device shows: title, body, the page it opens, and a tag under which the same message stands once."""
    settings: Settings = app.config["SETTINGS"]
    template = app.jinja_env.get_template(f"mail/{letter.template}.txt")
    values = {**letter.values, "link": links(app, settings.base_url), "site": settings.base_url}

    def block(name: str, longest: int) -> str:
        words = "".join(template.blocks[name](template.new_context(values))) if name in template.blocks else ""
        return " ".join(words.split())[:longest]

    with force_locale(letter.locale):
        said = {"title": block("subject", LONGEST_TITLE), "body": block("short", LONGEST_BODY)}
    path = safe_next(str(letter.values.get("path", ""))) or "/"
    return json.dumps({**said, "path": path, "tag": tag}, ensure_ascii=False).encode()


def encrypted(
    said: bytes, draft: PushDraft, key: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """The bytes that only the browser of this draft can read, by a key and salt that are new each time unless given."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    sealed: bytes = http_ece.encrypt(
        said, salt=salt, private_key=key, dh=draft.public_key, auth_secret=draft.secret, version="aes128gcm"
    )
    return sealed


def vapid_of(settings: Settings) -> Vapid | None:
    """Who this server is to push services; None when the operator gave it no key."""
    return Vapid.of(settings.vapid_private_key, settings.contact) if settings.vapid_private_key else None


def _may_pass(answer: int | str) -> bool:
    """Whether trying again makes sense: the service is busy or away."""
    return answer != "refused" if isinstance(answer, str) else answer == 429 or answer >= 500
