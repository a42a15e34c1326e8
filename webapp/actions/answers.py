"""What was answered to a write of a program, so that its repeat gets the same and changes nothing."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from webapp.domain.errors import Invalid, Problem
from webapp.domain.people import Viewer
from webapp.models import IdempotentAnswer, Person
from webapp.models.engine import AnySession

BODY = "idempotent_answer.body"
KEPT_FOR = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The status and body that the first of several equal writes got."""

    status: int
    content: bytes


def find(session: AnySession, viewer: Viewer, route: str, key: str, body_hash: bytes) -> FirstAnswer | None:
    """The answer to the first write under this key, None when this is the first; a twin waits for the first one.

    Raises Invalid when the first said something else.
    """
    session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update(key_share=True))
    mine = (IdempotentAnswer.person_id == viewer.id, IdempotentAnswer.route == route, IdempotentAnswer.key == key)
    kept = session.scalars(select(IdempotentAnswer).where(*mine)).one_or_none()
    if kept is not None and kept.created_at <= viewer.now - KEPT_FOR:
        session.delete(kept)
        session.flush()
        kept = None
    if kept is None:
        return None
    if kept.body_hash != body_hash:
        raise Invalid([Problem("Idempotency-Key", "key_reused")])
    return FirstAnswer(kept.status, viewer.words.open_bytes(BODY, kept.body) if kept.body else b"")


def keep(
    session: AnySession, viewer: Viewer, route: str, key: str, body_hash: bytes, *, status: int, content: bytes
) -> None:
    """A repeat of this write gets this answer; its words are sealed like everything else of the person's."""
    answer = IdempotentAnswer(person_id=viewer.id, route=route, key=key, body_hash=body_hash, status=status)
    answer.body = viewer.words.seal_bytes(BODY, content) if content else None
    answer.created_at = viewer.now
    session.add(answer)
    session.flush()
