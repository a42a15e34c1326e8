"""Tokens of programs, as their person may see them: never the secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, select

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.tokens import Contract
from webapp.models import Person, ReadingClient, ReadingToken, Token
from webapp.models.engine import AnySession

PURPOSE = "api"
OF_PROGRAMS = Token.purpose == PURPOSE
"""The condition under which a row is a program's token, not a mailed link."""
MOST_LISTED = 100


class TokenState(StrEnum):
    """Whether a token opens anything, and if not, why."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token in a list; `id` is its public id, `prefix` the start of its secret. One of the reading contract is of use
    to the program `client` with this client id alone, and may have been `shut_out` with it."""

    id: str
    name: str
    contract: Contract
    scopes: tuple[str, ...]
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    state: TokenState
    client: str = ""
    client_id: str = ""
    shut_out: bool = False


def listed(session: AnySession, viewer: Viewer) -> list[TokenRow]:
    """The viewer's tokens, those that live first, newest first; of very many only the first hundred."""
    lives = and_(*live(viewer.now))
    statement = _of(viewer).order_by(lives.desc(), Token.created_at.desc(), Token.id.desc()).limit(MOST_LISTED)
    return [_row(token, client, viewer.now) for token, client in session.execute(statement)]


def find(session: AnySession, viewer: Viewer, public_id: str) -> Token:
    """The viewer's own token; raises NotFound."""
    statement = select(Token).where(Token.public_id == public_id, Token.person_id == viewer.id, OF_PROGRAMS)
    token = session.scalars(statement).one_or_none()
    if token is None:
        raise NotFound
    return token


def shown(session: AnySession, viewer: Viewer, public_id: str) -> TokenRow:
    """The viewer's own token as the list shows it; raises NotFound."""
    found = session.execute(_of(viewer).where(Token.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound
    token, client = found
    return _row(token, client, viewer.now)


def owner_of(session: AnySession, public_id: str) -> Person | None:
    """Whose token this is, for the operator; None when nobody's."""
    statement = select(Person).join(Token, Token.person_id == Person.id)
    return session.scalars(statement.where(Token.public_id == public_id, OF_PROGRAMS)).one_or_none()


def live(now: datetime) -> Sequence[ColumnElement[bool]]:
    """The conditions under which a program's token opens something."""
    return (Token.revoked_at.is_(None), Token.expires_at > now)


def _of(viewer: Viewer) -> Select[Token, ReadingClient]:
    """The viewer's tokens, each with the program of the reading contract that it is of use to."""
    statement = select(Token, ReadingClient).outerjoin(ReadingToken, ReadingToken.token_id == Token.id)
    statement = statement.outerjoin(ReadingClient, ReadingClient.id == ReadingToken.client_id)
    return statement.where(Token.person_id == viewer.id, OF_PROGRAMS)


def _row(token: Token, client: ReadingClient | None, now: datetime) -> TokenRow:
    return TokenRow(
        id=token.public_id,
        name=token.name or "",
        contract=Contract(token.contract or ""),
        scopes=tuple((token.scopes or "").split()),
        prefix=token.prefix or "",
        created_at=token.created_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        state=_state(token, now),
        client=client.name if client else "",
        client_id=client.client_id if client else "",
        shut_out=client is not None and token.revoked_at is not None and token.revoked_at == client.revoked_at,
    )


def _state(token: Token, now: datetime) -> TokenState:
    if token.revoked_at is not None:
        return TokenState.REVOKED
    over = token.expires_at is not None and token.expires_at <= now
    return TokenState.EXPIRED if over else TokenState.LIVE
