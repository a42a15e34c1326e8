"""The devices that take push messages."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, select

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.push import PushDraft
from webapp.models import PushSubscription, SignIn
from webapp.models.engine import AnySession
from webapp.queries.people import ABSOLUTE, IDLE
from webapp.queries.sealing import words_of

COLUMN = "push_subscription.address"


@dataclass(frozen=True)
class Device:
    """One of a person's devices, as they know it again; `here` when this very sign-in let it in."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None
    here: bool


@dataclass(frozen=True)
class Receiver:
    """One device as the worker sends to it."""

    id: int
    draft: PushDraft = field(repr=False)


def devices_of(session: AnySession, viewer: Viewer) -> list[Device]:
    """The viewer's devices, the one let in last first."""
    rows = session.execute(
        select(PushSubscription)
        .where(PushSubscription.person_id == viewer.id)
        .order_by(PushSubscription.created_at.desc(), PushSubscription.id.desc())
    ).scalars()
    return [
        Device(row.public_id, row.device, row.created_at, row.used_at, row.sign_in_id == viewer.session_id)
        for row in rows
    ]


def find(session: AnySession, viewer: Viewer, public_id: str) -> PushSubscription:
    """The viewer's device; NotFound when there is none of theirs."""
    mine = (PushSubscription.public_id == public_id, PushSubscription.person_id == viewer.id)
    row = session.execute(select(PushSubscription).where(*mine)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def receivers(session: AnySession, person_id: int, now: datetime) -> Sequence[Receiver]:
    """Where the person's push messages go, opened: to devices whose sign-in still lets its person in, no others. Raises
    SealBroken when one of them cannot be."""
    lets_in = (SignIn.ended_at.is_(None), SignIn.created_at >= now - ABSOLUTE, SignIn.seen_at >= now - IDLE)
    statement = (
        select(PushSubscription.id, PushSubscription.address)
        .join(SignIn, and_(SignIn.id == PushSubscription.sign_in_id, SignIn.person_id == PushSubscription.person_id))
        .where(PushSubscription.person_id == person_id, *lets_in)
    )
    rows = session.execute(statement.order_by(PushSubscription.id)).all()
    if not rows:
        return []
    words = words_of(session, person_id)
    return [Receiver(row.id, _opened(words.open(COLUMN, row.address))) for row in rows]


def written(draft: PushDraft) -> str:
    """The draft as it is sealed."""
    return json.dumps([draft.endpoint, draft.public_key.hex(), draft.secret.hex()])


def _opened(text: str) -> PushDraft:
    endpoint, public_key, secret = json.loads(text)
    return PushDraft(endpoint, bytes.fromhex(public_key), bytes.fromhex(secret))
