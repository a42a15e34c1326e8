"""Whose therapist the viewer is: clients with a grant in force, and how far each lets them see.

Everything a therapist reads of a client begins here; who is not found here is nobody's client.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, select

from webapp.domain.days import local_day
from webapp.domain.errors import NotFound
from webapp.domain.grants import Scope
from webapp.domain.people import Viewer, Words
from webapp.models import DataKey, Grant, Person
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id, open_or_empty
from webapp.queries.sealing import keyring
from webapp.queries.visibility import holds_for

_GRANT = (
    Grant.id,
    Grant.public_id,
    Grant.sees_goals,
    Grant.sees_tracking,
    Grant.sees_mood_levels,
    Grant.sees_mood_notes,
    Grant.from_date,
    Grant.expires_at,
)
_CLIENT = (
    Person.id.label("client_id"),
    Person.public_id.label("client"),
    Person.name,
    Person.zone,
    Person.day_start,
    Person.week_start,
)


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who lets the viewer see these scopes, each from a day on (`date.min`: from the beginning).

    `today` is their own date. `until` is when the last grant runs out, None when one has no end; `grants` are numbers,
    `shares` public ids of the same grants.
    """

    number: int
    id: str
    name: str
    zone: str
    day_start: int
    week_start: int
    today: date
    since: Mapping[Scope, date]
    until: datetime | None
    grants: tuple[int, ...]
    shares: tuple[str, ...]

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What the client lets see, in the order of scopes."""
        return tuple(scope for scope in Scope if scope in self.since)

    @property
    def tracks(self) -> bool:
        """Whether days of goals may be seen: of goals that may be."""
        return Scope.GOALS in self.since and Scope.TRACKING in self.since


@dataclass(frozen=True, slots=True)
class Shown:
    """One client with what it takes to open their words, and what they say the grants are for."""

    client: Client
    words: Words
    purposes: tuple[str, ...]


def clients_of(session: AnySession, viewer: Viewer) -> list[Client]:
    """Everybody with a grant in force for the viewer, a therapist in good standing, by name."""
    rows = session.execute(_clients(viewer).order_by(Person.id, Grant.id)).all()
    found = [_client(list(same), viewer.now) for _number, same in groupby(rows, lambda row: row.client_id)]
    return sorted(found, key=lambda client: (client.name.casefold(), client.number))


def find(session: AnySession, viewer: Viewer, public_id: str) -> Shown:
    """The viewer's client; raises NotFound for everybody who has no grant in force for them."""
    if not is_public_id(public_id):
        raise NotFound
    keys = (DataKey.id.label("key_id"), DataKey.wrapped_by, DataKey.wrapped)
    statement = _clients(viewer).add_columns(Grant.purpose, *keys).join(DataKey, DataKey.person_id == Person.id)
    rows = session.execute(statement.where(Person.public_id == public_id).order_by(Grant.id)).all()
    if not rows:
        raise NotFound
    one = rows[0]
    words = keyring.words(one.client_id, one.key_id, one.wrapped_by, one.wrapped)
    said = [open_or_empty(words, "consent_grant.purpose", row.purpose) for row in rows]
    return Shown(_client(rows, viewer.now), words, tuple(filter(None, said)))


def _clients(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    in_force = (Grant.therapist_id == viewer.id, *holds_for(viewer.id, viewer.now))
    return select(*_GRANT, *_CLIENT).join(Person, Person.id == Grant.client_id).where(*in_force)


def _client(rows: Sequence[Any], now: datetime) -> Client:
    one = rows[0]
    ends = [row.expires_at for row in rows]
    return Client(
        number=one.client_id,
        id=one.client,
        name=one.name,
        zone=one.zone,
        day_start=one.day_start,
        week_start=one.week_start,
        today=local_day(now, one.zone, one.day_start),
        since=_since(rows),
        until=None if None in ends else max(ends),
        grants=tuple(row.id for row in rows),
        shares=tuple(row.public_id for row in rows),
    )


def _since(rows: Iterable[Any]) -> dict[Scope, date]:
    """From when on each scope is shown; days without their goals, and notes without their levels, are not."""
    since: dict[Scope, date] = {}
    for row in rows:
        shown = {
            Scope.GOALS: row.sees_goals,
            Scope.TRACKING: row.sees_goals and row.sees_tracking,
            Scope.MOOD_LEVELS: row.sees_mood_levels,
            Scope.MOOD_NOTES: row.sees_mood_levels and row.sees_mood_notes,
        }
        first = row.from_date or date.min
        for scope in (scope for scope, sees in shown.items() if sees):
            since[scope] = min(since.get(scope, first), first)
    return since
