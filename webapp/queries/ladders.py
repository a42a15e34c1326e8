"""Ladders as the members of their organisations see them: profiles in order, what each asks, and who stands where."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, select

from webapp.domain.boards import Display
from webapp.domain.days import local_day
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.policy import LadderFacts
from webapp.domain.profiles import Span, Terms, span_of, span_of_all
from webapp.models import GoalKeyword, Organisation, Participant, Profile, Target
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id

ASKS = exists().where(Target.profile_id == Profile.id).label("asks")
"""Whether a profile asks for anything."""


@dataclass(frozen=True, slots=True)
class Home:
    """An organisation as its ladder needs it."""

    id: int
    public_id: str
    name: str
    zone: str
    hides_amounts: bool

    def today(self, now: datetime) -> date:
        """The date by which its periods begin and end."""
        return local_day(now, self.zone)


@dataclass(frozen=True, slots=True)
class Rung:
    """A profile; `id` is its public id, `level` its place on the ladder from 1. One that `asks` for nothing yet is
    nobody's next."""

    number: int
    id: str
    organisation_id: int
    name: str
    level: int
    participants: int
    version: int
    asks: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What one profile asks of one goal; `id` is the target's public id."""

    number: int
    id: str
    profile_id: int
    keyword_id: int
    terms: Terms
    self_report: bool

    def span(self, today: date) -> Span:
        """The period that runs."""
        return span_of(self.terms.period, today)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands on an organisation's ladder; `number` is the participant's."""

    number: int
    organisation_id: int
    person_id: int
    profile_id: int | None
    since: datetime | None
    opted_out: bool
    listed: bool
    display: Display
    alias: str
    image_id: int | None


def homes_of(session: AnySession, viewer: Viewer) -> list[Home]:
    """The organisations the viewer is an active member of, by name."""
    here = viewer.homes
    if not here:
        return []
    columns = (Organisation.id, Organisation.public_id, Organisation.name, Organisation.zone)
    statement = select(*columns, Organisation.hides_amounts).where(Organisation.id.in_(here))
    return [Home(*row) for row in session.execute(statement.order_by(Organisation.name, Organisation.id))]


def home(session: AnySession, organisation_id: int, *, hold: bool = False) -> Home:
    """The organisation with this number, which the caller knows the viewer belongs to; raises NotFound. Held, nobody
    else moves anything on its boards before this transaction ends."""
    statement = _HELD_HOME if hold else _HOME
    row = session.connection().execute(statement, {"organisation": organisation_id}).one_or_none()
    if row is None:
        raise NotFound
    return Home(*row)


def rungs_of(session: AnySession, organisation_ids: Collection[int]) -> list[Rung]:
    """The profiles of these organisations, each ladder from its first rung up."""
    if not organisation_ids:
        return []
    columns = (Profile.id, Profile.public_id, Profile.organisation_id, Profile.name, Profile.position)
    statement = select(*columns, Profile.participants, Profile.version, ASKS).where(
        Profile.organisation_id.in_(sorted(organisation_ids)), Profile.deleted_at.is_(None)
    )
    return [Rung(*row) for row in session.execute(statement.order_by(Profile.organisation_id, Profile.position))]


def asked_of(session: AnySession, profile_ids: Collection[int]) -> dict[int, list[Asked]]:
    """What these profiles ask, in their order, by the number of the profile."""
    found: dict[int, list[Asked]] = {number: [] for number in profile_ids}
    if not found:
        return found
    for row in session.connection().execute(_ASKED, {"profiles": sorted(found)}):
        terms = Terms(row.keyword, row.period, row.minimum, row.maximum, row.display_name, row.currency)
        asked = Asked(row.id, row.public_id, row.profile_id, row.keyword_id, terms, row.self_report)
        found[row.profile_id].append(asked)
    return found


def places_of(session: AnySession, viewer: Viewer) -> list[Place]:
    """Where the viewer stands, on every ladder of an organisation they are an active member of."""
    here = viewer.homes
    mine = (Participant.person_id == viewer.id, Participant.organisation_id.in_(here))
    return places_where(session, *mine) if here else []


def places_in(session: AnySession, organisation_id: int, person_ids: Collection[int]) -> dict[int, Place]:
    """Where these people stand on the organisation's ladder, by the number of the person."""
    if not person_ids:
        return {}
    wanted = {"organisation": organisation_id, "people": sorted(person_ids)}
    return {row.person_id: Place(*row) for row in session.connection().execute(_PLACES, wanted)}


def find_profile(session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False) -> Profile:
    """The profile, if it is of an organisation of the viewer's, else NotFound; `lock` holds its row on PostgreSQL."""
    if not is_public_id(public_id):
        raise NotFound
    statement = select(Profile).where(Profile.public_id == public_id, profiles_visible_to(viewer))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    profile = session.scalars(statement).one_or_none()
    if profile is None:
        raise NotFound
    return profile


def profiles_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Every profile of an organisation the viewer is an active member of."""
    here = viewer.homes
    return Profile.organisation_id.in_(here) & Profile.deleted_at.is_(None)


def facts_of(organisation_id: int) -> LadderFacts:
    """What the policy must know of a ladder."""
    return LadderFacts(organisation_id)


def overall_span(asked: Sequence[Asked], today: date) -> Span:
    """The days around today in which no target of the profile begins anew."""
    return span_of_all((one.terms.period for one in asked), today)


def next_rung(rungs: Sequence[Rung], current: int | None) -> Rung | None:
    """The next rung above this one that asks for anything, by number; for who stands on none, the first."""
    numbers = [rung.number for rung in rungs]
    begin = 0 if current is None else numbers.index(current) + 1 if current in numbers else len(rungs)
    return next((rung for rung in rungs[begin:] if rung.asks), None)


def places_where(session: AnySession, *wanted: ColumnElement[bool]) -> list[Place]:
    """Participants of whom this holds."""
    return [Place(*row) for row in session.execute(select(*PLACE).where(*wanted).order_by(Participant.id))]


PLACE: tuple[Any, ...] = (
    Participant.id,
    Participant.organisation_id,
    Participant.person_id,
    Participant.profile_id,
    Participant.since,
    Participant.opted_out,
    Participant.listed,
    Participant.display,
    Participant.alias,
    Participant.image_id,
)

# The way of every value: statements built once, and plain rows.
_HOME = select(Organisation.id, Organisation.public_id, Organisation.name, Organisation.zone).add_columns(
    Organisation.hides_amounts
)
_HOME = _HOME.where(Organisation.id == bindparam("organisation"))
_HELD_HOME = _HOME.with_for_update(key_share=True)
_ASKED = (
    select(Target.id, Target.public_id, Target.profile_id, Target.keyword_id, GoalKeyword.keyword, Target.period)
    .add_columns(Target.minimum, Target.maximum, Target.display_name, Target.currency, Target.self_report)
    .join(GoalKeyword, GoalKeyword.id == Target.keyword_id)
    .where(Target.profile_id.in_(bindparam("profiles", expanding=True)))
    .order_by(Target.profile_id, Target.position, Target.id)
)
_PLACES = select(*PLACE).where(
    Participant.organisation_id == bindparam("organisation"),
    Participant.person_id.in_(bindparam("people", expanding=True)),
)
