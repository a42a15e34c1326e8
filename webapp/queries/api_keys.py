"""Keys of organisations, as their admins may see them and as a request is held against them: never the key itself."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, allows, require
from webapp.models import ApiKey, Organisation
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.ladders import facts_of
from webapp.queries.people import secret_hash
from webapp.queries.sealing import keyring

SECRET = "api_key.secret"  # noqa: S105 - the name of a column
MOST_LISTED = 100
_BY_KEY = select(ApiKey.id, ApiKey.organisation_id, ApiKey.scopes, ApiKey.signs, ApiKey.used_at, ApiKey.secret).where(
    ApiKey.key_hash == bindparam("key_hash"), ApiKey.revoked_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in a list; `id` is its public id, `prefix` the start of the key. One that was revoked opens nothing."""

    id: str
    name: str
    scopes: tuple[str, ...]
    prefix: str
    signs: bool
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A live key as a request carries it."""

    id: int
    organisation_id: int
    scopes: frozenset[str]
    signs: bool
    used_at: datetime | None
    sealed: bytes = field(repr=False)

    def secret(self) -> str:
        """What its requests are signed with."""
        return keyring.open_for_system(SECRET, self.sealed)


def listed(session: AnySession, viewer: Viewer, organisation_id: int) -> list[KeyRow]:
    """The organisation's keys for its admins, as `all_of`; raises NotFound or Refused for everybody else."""
    require(viewer, Permission.LADDER_CHANGE, facts_of(organisation_id))
    return all_of(session, organisation_id)


def all_of(session: AnySession, organisation_id: int) -> list[KeyRow]:
    """The organisation's keys, those that live first, newest first; of very many only the first hundred.

    Whether whoever asks may see them is for the caller to make sure of.
    """
    statement = select(ApiKey).where(ApiKey.organisation_id == organisation_id)
    ordered = statement.order_by(ApiKey.revoked_at.is_not(None), ApiKey.created_at.desc(), ApiKey.id.desc())
    return [_row(key) for key in session.scalars(ordered.limit(MOST_LISTED))]


def find(session: AnySession, viewer: Viewer, public_id: str) -> ApiKey:
    """The key, for an admin of its organisation; raises NotFound, the same for everybody else."""
    key = by_id(session, public_id, ApiKey.organisation_id.in_(viewer.homes))
    if key is None or not allows(viewer, Permission.LADDER_CHANGE, facts_of(key.organisation_id)):
        raise NotFound
    return key


def shown(session: AnySession, viewer: Viewer, public_id: str) -> KeyRow:
    """The key as the list shows it, for an admin of its organisation; raises NotFound."""
    return _row(find(session, viewer, public_id))


def by_id(session: AnySession, public_id: str, *which: ColumnElement[bool]) -> ApiKey | None:
    """The key with this public id, for the operator, or one of which this is true; None when there is none."""
    if not is_public_id(public_id):
        return None
    return session.scalars(select(ApiKey).where(ApiKey.public_id == public_id, *which)).one_or_none()


def by_key(session: AnySession, key: str) -> KeyFacts | None:
    """The live key that a request carries; None for every other text."""
    row = session.connection().execute(_BY_KEY, {"key_hash": secret_hash(key)}).one_or_none()
    if row is None:
        return None
    return KeyFacts(row.id, row.organisation_id, frozenset(row.scopes.split()), row.signs, row.used_at, row.secret)


def organisation_named(session: AnySession, public_id: str) -> Organisation | None:
    """The organisation with this public id, for the operator; None when there is none."""
    if not is_public_id(public_id):
        return None
    return session.scalars(select(Organisation).where(Organisation.public_id == public_id)).one_or_none()


def _row(key: ApiKey) -> KeyRow:
    return KeyRow(
        id=key.public_id,
        name=key.name,
        scopes=tuple(key.scopes.split()),
        prefix=key.prefix,
        signs=key.signs,
        created_at=key.created_at,
        used_at=key.used_at,
        revoked_at=key.revoked_at,
    )
