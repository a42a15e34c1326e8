"""Devices that take push messages: let in by their person, bound to the sign-in they were let in with."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, func, select, update

from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, Problem
from webapp.domain.people import Viewer
from webapp.domain.push import DEVICES_PER_PERSON, PushDraft
from webapp.models import Person, PushSubscription
from webapp.models.engine import AnySession
from webapp.queries import push as queries

Allow = Collection[tuple[str, int]]


def subscribe(
    session: AnySession, viewer: Viewer, draft: PushDraft, device: str, hosts: Collection[str], allow: Allow
) -> PushSubscription:
    """This browser takes the viewer's push messages, and nobody else's: who had it before is forgotten there.

    Raises Invalid for an address or keys that are none, and when the viewer has as many devices as anybody may have.
    """
    problems = draft.check(hosts, allow) or _off_the_curve(draft)
    if problems:
        raise Invalid(problems)
    session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update(key_share=True))
    row = _known(session, draft)
    if row is None or row.person_id != viewer.id:
        if _count(session, viewer) >= DEVICES_PER_PERSON:
            raise Invalid([Problem("endpoint", "too_many_devices", {"most": DEVICES_PER_PERSON})])
        if row is not None:
            session.delete(row)
            session.flush()
        row = PushSubscription(person_id=viewer.id, endpoint_hash=_hash(draft), created_at=viewer.now)
        session.add(row)
    _bind(row, viewer, draft, device)
    session.flush()
    record(session, Tag.PUSH_SUBSCRIBE, at=viewer.now, viewer=viewer, thing=row)
    return row


def renew(session: AnySession, viewer: Viewer, draft: PushDraft, device: str) -> bool:
    """The viewer's device is bound to the present sign-in; False when it is none of theirs, and then it is nobody's any
    more. No event: they let it in before."""
    row = _known(session, draft)
    if row is None:
        return False
    if row.person_id != viewer.id:
        session.delete(row)
        session.flush()
        return False
    _bind(row, viewer, draft, device)
    session.flush()
    return True


def stop(session: AnySession, viewer: Viewer, draft: PushDraft) -> None:
    """This browser takes none of the viewer's push messages any more, whether it did or not."""
    row = _known(session, draft)
    if row is not None and row.person_id == viewer.id:
        _delete(session, viewer, row)


def remove(session: AnySession, viewer: Viewer, public_id: str) -> None:
    """The viewer's device gets nothing any more; NotFound for anything else."""
    _delete(session, viewer, queries.find(session, viewer, public_id))


def forget_with(session: AnySession, sign_ins: Collection[int]) -> None:
    """The devices that were let in with these sign-ins get nothing any more; part of an act that is recorded."""
    if sign_ins:
        session.execute(delete(PushSubscription).where(PushSubscription.sign_in_id.in_(sign_ins)))


def forget(session: AnySession, receivers: Collection[int]) -> None:
    """Push services no longer know these devices, and neither do we. No event: it is nobody's act."""
    session.execute(delete(PushSubscription).where(PushSubscription.id.in_(receivers)))


def keep_used(session: AnySession, receivers: Collection[int], now: datetime) -> None:
    """Messages to these devices were taken now."""
    session.execute(update(PushSubscription).where(PushSubscription.id.in_(receivers)).values(used_at=now))


def _delete(session: AnySession, viewer: Viewer, row: PushSubscription) -> None:
    record(session, Tag.PUSH_REMOVE, at=viewer.now, viewer=viewer, thing=row)
    session.delete(row)
    session.flush()


def _bind(row: PushSubscription, viewer: Viewer, draft: PushDraft, device: str) -> None:
    row.address = viewer.words.seal(queries.COLUMN, queries.written(draft))
    row.sign_in_id, row.device = viewer.session_id, device[:120]


def _known(session: AnySession, draft: PushDraft) -> PushSubscription | None:
    statement = select(PushSubscription).where(PushSubscription.endpoint_hash == _hash(draft)).with_for_update()
    return session.execute(statement).scalar_one_or_none()


def _hash(draft: PushDraft) -> bytes:
    return hashlib.sha256(draft.endpoint.encode()).digest()


def _off_the_curve(draft: PushDraft) -> list[Problem]:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), draft.public_key)
    except ValueError:
        return [Problem("p256dh", "unreadable")]
    return []


def _count(session: AnySession, viewer: Viewer) -> int:
    theirs = PushSubscription.person_id == viewer.id
    return session.scalar(select(func.count()).select_from(PushSubscription).where(theirs)) or 0
