"""What proves a person beside their password, as they themselves may know it: never a secret that counts already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.second_factors import RECOVERY_CODE, Factor
from webapp.models import Authenticator, Passkey, Person, Token
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.people import HAS_FACTOR

SECRET = "authenticator.secret"  # noqa: S105 - the name of a column
NEXT_SECRET = "authenticator.next_secret"  # noqa: S105 - the name of a column
UNUSED = (Token.used_at.is_(None), Token.revoked_at.is_(None))


@dataclass(frozen=True, slots=True)
class Factors:
    """What the viewer has: since when an app's codes count, their passkeys, and how many recovery codes are left."""

    app_since: datetime | None
    passkeys: Sequence[Passkey]
    codes_left: int

    @property
    def any(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)


def of(session: AnySession, viewer: Viewer) -> Factors:
    """All that proves the viewer beside their password."""
    since = select(Authenticator.confirmed_at).where(Authenticator.person_id == viewer.id)
    return Factors(session.scalar(since), passkeys_of(session, viewer.id), codes_left(session, viewer.id))


def passkeys_of(session: AnySession, person_id: int) -> Sequence[Passkey]:
    """The person's passkeys, the oldest first."""
    return session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)).all()


def find_passkey(session: AnySession, viewer: Viewer, public_id: str) -> Passkey:
    """The viewer's own passkey; raises NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    mine = select(Passkey).where(Passkey.public_id == public_id, Passkey.person_id == viewer.id)
    passkey = session.scalars(mine).one_or_none()
    if passkey is None:
        raise NotFound
    return passkey


def app_of(session: AnySession, person_id: int) -> Authenticator | None:
    """The person's app, whether it counts yet or not."""
    statement = select(Authenticator).where(Authenticator.person_id == person_id)
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def waiting_secret(session: AnySession, viewer: Viewer) -> str | None:
    """The secret that waits for the first code of the viewer's app, in base32; None when there is none, or it counts
    already and is shown to nobody any more."""
    app = app_of(session, viewer.id)
    if app is None:
        return None
    if app.confirmed_at is None:
        return viewer.words.open(SECRET, app.secret)
    return None if app.next_secret is None else viewer.words.open(NEXT_SECRET, app.next_secret)


def codes_left(session: AnySession, person_id: int) -> int:
    """How many recovery codes can still be used."""
    mine = (Token.person_id == person_id, Token.purpose == RECOVERY_CODE, *UNUSED)
    return session.scalar(select(func.count()).select_from(Token).where(*mine)) or 0


def has_any(session: AnySession, person_id: int) -> bool:
    """Whether something beside the password proves the person."""
    return bool(session.scalar(select(HAS_FACTOR).where(Person.id == person_id)))


def ways_of(session: AnySession, person_id: int) -> frozenset[Factor]:
    """By what the person can take a second step, recovery codes aside; nothing for who has none."""
    app = exists().where(Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None))
    passkey = exists().where(Passkey.person_id == person_id)
    found = session.execute(select(app.label("app"), passkey.label("passkey"))).one()
    return frozenset(way for way, there in zip((Factor.APP, Factor.PASSKEY), found, strict=True) if there)
