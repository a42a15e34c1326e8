"""Programs of the reading contract: let in by an admin for their organisation or by the operator for everybody."""

import secrets
from datetime import datetime

from sqlalchemy import func, select, update

from webapp.actions import sign_ins
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, Problem
from webapp.domain.identity import plain_name
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.text import text_problems
from webapp.models import Organisation, ReadingClient, ReadingToken, Token
from webapp.models.engine import AnySession
from webapp.queries import reading_clients as queries
from webapp.queries.api_tokens import live
from webapp.queries.ladders import facts_of

LONGEST_NAME = 100
CLIENTS_PER_ORGANISATION = 50


def create(session: AnySession, viewer: Viewer, organisation_id: int, name: str) -> ReadingClient:
    """As `make`, by an admin of the organisation, who is told by mail; raises Refused for its other members, NotFound
    for everybody else."""
    require(viewer, Permission.LADDER_CHANGE, facts_of(organisation_id))
    client = make(session, name, viewer.now, organisation_id=organisation_id, viewer=viewer)
    sign_ins.tell_own(session, viewer, "reading_program_made", client.public_id)
    return client


def make(
    session: AnySession, name: str, now: datetime, *, organisation_id: int | None = None, viewer: Viewer | None = None
) -> ReadingClient:
    """A program has a client id, with which members of the organisation, without one everybody, may let it act for
    them. Without a viewer it is the operator who says so. Raises Invalid."""
    name = plain_name(name)
    problems = text_problems("name", name, LONGEST_NAME) if name else [Problem("name", "required")]
    if not problems and organisation_id is not None and _live(session, organisation_id) >= CLIENTS_PER_ORGANISATION:
        problems = [Problem("clients", "too_many", {"most": CLIENTS_PER_ORGANISATION})]
    if problems:
        raise Invalid(problems)
    client = ReadingClient(
        organisation_id=organisation_id,
        name=name,
        client_id=f"reading-{secrets.token_hex(12)}",
        created_at=now,
        created_by_id=viewer.id if viewer else None,
    )
    session.add(client)
    session.flush()
    _log(session, Tag.READING_CLIENT_CREATE, client, now, viewer)
    return client


def revoke(session: AnySession, viewer: Viewer, public_id: str) -> None:
    """The program is shut out, as an admin of its organisation says; a second time changes nothing.

    Raises NotFound for anything else.
    """
    end(session, queries.find(session, viewer, public_id), viewer.now, viewer)


def end(session: AnySession, client: ReadingClient, now: datetime, viewer: Viewer | None = None) -> None:
    """The program is shut out, and no token of it opens anything; a second time changes nothing. Without a viewer the
    operator says so."""
    # A token that is being made for it is waited for, and ends with the others.
    session.refresh(client, with_for_update={"key_share": True})
    if client.revoked_at is not None:
        return
    client.revoked_at = now
    session.flush()
    theirs = select(ReadingToken.token_id).where(ReadingToken.client_id == client.id)
    session.execute(update(Token).where(Token.id.in_(theirs), *live(now)).values(revoked_at=now))
    _log(session, Tag.READING_CLIENT_REVOKE, client, now, viewer)


def _live(session: AnySession, organisation_id: int) -> int:
    """How many live programs there are; nobody makes another before this transaction ends."""
    session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True))
    live = (ReadingClient.organisation_id == organisation_id, ReadingClient.revoked_at.is_(None))
    return session.scalar(select(func.count()).select_from(ReadingClient).where(*live)) or 0


def _log(session: AnySession, tag: Tag, client: ReadingClient, now: datetime, viewer: Viewer | None) -> None:
    record(session, tag, at=now, viewer=viewer, thing=client, organisation_id=client.organisation_id)
