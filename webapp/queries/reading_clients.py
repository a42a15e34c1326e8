"""Programs of the reading contract: which there are, and which somebody may let act for them.

Nobody but the operator learns how many people let one: that somebody reads, and what, is theirs alone to tell.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, allows, require
from webapp.models import Organisation, ReadingClient, ReadingToken, Token
from webapp.models.engine import AnySession
from webapp.queries.api_tokens import live
from webapp.queries.goals import is_public_id
from webapp.queries.ladders import facts_of

MOST_LISTED = 200
_CLIENT_ID = re.compile(r"reading-[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A program in a list; `id` is its public id, `client_id` what it says. One of no organisation is everybody's."""

    id: str
    client_id: str
    name: str
    organisation: str
    created_at: datetime
    revoked_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None


def usable(session: AnySession, viewer: Viewer, client_id: str) -> ReadingClient | None:
    """The live program with this client id, if the viewer may let it act for them; nobody shuts it out before this
    transaction ends."""
    if not _CLIENT_ID.fullmatch(client_id):
        return None
    statement = select(ReadingClient).where(ReadingClient.client_id == client_id, *_usable(viewer))
    return session.scalars(statement.with_for_update(read=True)).one_or_none()


def choices(session: AnySession, viewer: Viewer) -> list[ClientRow]:
    """The programs that the viewer may let act for them, by name: everybody's, and those of their organisations."""
    ordered = _rows_of().where(*_usable(viewer)).order_by(ReadingClient.name, ReadingClient.id)
    return [_row(row) for row in session.execute(ordered.limit(MOST_LISTED))]


def listed(session: AnySession, viewer: Viewer, organisation_id: int) -> list[ClientRow]:
    """The programs of an organisation the viewer administers, the live ones first, newest first; raises Refused for its
    other members, NotFound for everybody else."""
    require(viewer, Permission.LADDER_CHANGE, facts_of(organisation_id))
    statement = _listing(_rows_of()).where(ReadingClient.organisation_id == organisation_id)
    return [_row(row) for row in session.execute(statement)]


def counted(session: AnySession, now: datetime) -> list[tuple[ClientRow, int]]:
    """Every program there is, each with how many live tokens are of use to it: for the operator alone."""
    tokens = (
        select(func.count())
        .select_from(ReadingToken)
        .join(Token, Token.id == ReadingToken.token_id)
        .where(ReadingToken.client_id == ReadingClient.id, *live(now))
        .scalar_subquery()
    )
    statement = _listing(_rows_of().add_columns(tokens.label("tokens")))
    return [(_row(row), row.tokens) for row in session.execute(statement)]


def find(session: AnySession, viewer: Viewer, public_id: str) -> ReadingClient:
    """The program, for an admin of its organisation; raises NotFound, the same for everybody else."""
    client = by_public_id(session, public_id, ReadingClient.organisation_id.in_(viewer.homes))
    if client is None or client.organisation_id is None:
        raise NotFound
    if not allows(viewer, Permission.LADDER_CHANGE, facts_of(client.organisation_id)):
        raise NotFound
    return client


def by_public_id(session: AnySession, public_id: str, *which: ColumnElement[bool]) -> ReadingClient | None:
    """The program with this public id, for the operator, or one of which this is true; None when there is none."""
    if not is_public_id(public_id):
        return None
    return session.scalars(select(ReadingClient).where(ReadingClient.public_id == public_id, *which)).one_or_none()


def _usable(viewer: Viewer) -> tuple[Any, Any]:
    here = viewer.homes
    theirs = or_(ReadingClient.organisation_id.is_(None), ReadingClient.organisation_id.in_(here))
    return (ReadingClient.revoked_at.is_(None), theirs)


def _rows_of() -> Select[ReadingClient, str]:
    named = select(ReadingClient, Organisation.name.label("organisation"))
    return named.outerjoin(Organisation, Organisation.id == ReadingClient.organisation_id)


def _listing(statement: Any) -> Any:
    over = ReadingClient.revoked_at.is_not(None)
    return statement.order_by(over, ReadingClient.created_at.desc(), ReadingClient.id.desc()).limit(MOST_LISTED)


def _row(row: Any) -> ClientRow:
    client: ReadingClient = row.ReadingClient
    return ClientRow(
        id=client.public_id,
        client_id=client.client_id,
        name=client.name,
        organisation=row.organisation or "",
        created_at=client.created_at,
        revoked_at=client.revoked_at,
    )
