"""People, organisations, grants and goals for tests: each call writes what it names, and a caller commits."""

import itertools
import secrets
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.actions import entries, goals, keys, moods, objectives, palette
from webapp.actions.audit import Tag
from webapp.domain.goals import GoalDraft, Kind
from webapp.domain.grants import GrantState, Scope
from webapp.domain.moods import MoodDraft
from webapp.domain.objective_drafts import KeyResultDraft, ObjectiveDraft
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.schedules import Frequency, ScheduleDraft
from webapp.domain.tracking import DayState, EntryDraft
from webapp.models import (
    AuditEvent,
    Base,
    Cycle,
    Entry,
    Goal,
    Grant,
    Membership,
    MembershipRole,
    Mood,
    MoodLabel,
    Occurrence,
    Organisation,
    Person,
    ScheduleVersion,
    SignIn,
)
from webapp.queries import goals as queries
from webapp.queries.goals import find
from webapp.queries.objectives import Found
from webapp.queries.people import secret_hash, viewer_of

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = date(2026, 3, 10)
"""A Tuesday, the date of NOW in every zone from Honolulu to Sydney."""

_numbers = itertools.count(1)


def person(session: Session, name: str = "Ada", *, at: datetime = NOW, key: bool = True, **columns: Any) -> Person:
    """Somebody confirmed who can sign in, with a key for their words."""
    email = columns.pop("email", f"{name.casefold().replace(' ', '.')}.{next(_numbers)}@example.org")
    given = {"zone": "Europe/Berlin", "created_at": at, "confirmed_at": at, "consented_at": at, **columns}
    made = Person(email=email, email_key=email.casefold(), name=name, **given)
    session.add(made)
    session.flush()
    if key:
        keys.create(session, made.id, at)
    palette.begin(session, made.id, at)
    return made


def viewer(session: Session, person: Person, now: datetime = NOW) -> Viewer:
    """The person as the rules meet them at this instant."""
    return viewer_of(session, person, now)


def sign_in(session: Session, person: Person, now: datetime = NOW) -> str:
    """The secret of a new sign-in of the person's, as their browser carries it."""
    secret = secrets.token_urlsafe(32)
    moments = {"created_at": now, "fresh_at": now, "seen_at": now}
    session.add(SignIn(person_id=person.id, secret_hash=secret_hash(secret), device="a test", **moments))
    session.flush()
    return secret


def organisation(session: Session, name: str = "Home") -> Organisation:
    made = Organisation(name=name, created_at=NOW)
    session.add(made)
    session.flush()
    return made


def member(
    session: Session,
    person: Person,
    organisation: Organisation,
    *roles: Role,
    status: MembershipStatus = MembershipStatus.ACTIVE,
) -> Membership:
    """The person belongs to the organisation in these roles, or as a plain member."""
    made = Membership(person_id=person.id, organisation_id=organisation.id, status=status, created_at=NOW)
    session.add(made)
    session.flush()
    session.add_all(MembershipRole(membership_id=made.id, role=role) for role in roles or (Role.MEMBER,))
    session.flush()
    return made


def grant(
    session: Session,
    client: Person,
    therapist: Person,
    *scopes: Scope,
    state: GrantState = GrantState.ACTIVE,
    expires_at: datetime | None = None,
) -> Grant:
    """The client lets the therapist see these scopes, in this state."""
    made = Grant(client_id=client.id, therapist_id=therapist.id, state=state, expires_at=expires_at, created_at=NOW)
    made.decided_at = None if state is GrantState.REQUESTED else NOW
    made.sees_goals, made.sees_tracking = Scope.GOALS in scopes, Scope.TRACKING in scopes
    made.sees_mood_levels, made.sees_mood_notes = Scope.MOOD_LEVELS in scopes, Scope.MOOD_NOTES in scopes
    session.add(made)
    session.flush()
    return made


def schedule(
    frequency: Frequency | str = Frequency.DAILY, start: date | None = None, until: date | None = None, **more: Any
) -> ScheduleDraft:
    return ScheduleDraft(frequency=frequency, start=start, until=until, **more)


def draft(title: str = "Walk", when: ScheduleDraft | None = None, **more: Any) -> GoalDraft:
    return GoalDraft(title=title, schedule=when or schedule(), **more)


def goal(session: Session, viewer: Viewer, title: str = "Walk", when: ScheduleDraft | None = None, **more: Any) -> Goal:
    """A goal of the viewer's own, opened as every goal is; daily when no schedule is named."""
    return goals.create(session, viewer, draft(title, when, **more))


def any_goal(session: Session, owner: Person, kind: Kind, organisation: Organisation | None = None) -> Goal:
    """A goal of any kind, also of those that cannot be opened yet."""
    moments = {"created_at": NOW, "updated_at": NOW}
    made = Goal(kind=kind, owner_id=owner.id, organisation_id=organisation and organisation.id, **moments)
    made.title = viewer(session, owner).words.seal("goal.title", f"{kind} of {owner.name}")
    made.schedules = [ScheduleVersion(valid_from=TODAY, start=TODAY, frequency=Frequency.QUOTA)]
    session.add(made)
    session.flush()
    return made


def tick(
    session: Session, viewer: Viewer, goal: Goal, day: date, state: DayState | None = DayState.DONE, **more: Any
) -> entries.Recorded:
    """The day as a person says it was, through the same door as every tick."""
    held = find(session, viewer, goal.public_id, lock=True)
    return entries.record_day(session, viewer, held, EntryDraft(local_date=day, state=state, **more))


def label(session: Session, viewer: Viewer, level: int = 4) -> MoodLabel:
    """The first label of that level in the viewer's palette."""
    mine = (MoodLabel.owner_id == viewer.id, MoodLabel.level == level)
    return session.scalars(select(MoodLabel).where(*mine).order_by(MoodLabel.id)).first()  # type: ignore[return-value]


def mood(session: Session, viewer: Viewer, level: int = 4, day: date | None = None, **more: Any) -> Mood:
    """A mood of the viewer's, logged as every mood is, with the first label of that level; `reasons` are names."""
    names = tuple(more.pop("reasons", ()))
    chosen = more.pop("label", None) or label(session, viewer, level).public_id
    return moods.log(session, viewer, MoodDraft(label=chosen, day=day, new_reasons=names, **more))


def rows(session: Session, goal: Goal) -> dict[date, Occurrence]:
    """The goal's live rows by date, as the database holds them now."""
    statement = select(Occurrence).where(Occurrence.goal_id == goal.id, Occurrence.deleted_at.is_(None))
    statement = statement.order_by(Occurrence.local_date).execution_options(populate_existing=True)
    return {row.local_date: row for row in session.scalars(statement)}


def ledger(session: Session, goal: Goal) -> list[Entry]:
    """The goal's facts in the order they were written."""
    return list(session.scalars(select(Entry).where(Entry.goal_id == goal.id).order_by(Entry.id)))


def tags(session: Session, thing: Any = None) -> list[str]:
    """What the audit log says, of one thing or of everything, in order."""
    statement = select(AuditEvent.tag).order_by(AuditEvent.id)
    if thing is not None:
        named = (AuditEvent.object_kind == type(thing).__tablename__, AuditEvent.object_id == thing.id)
        statement = statement.where(*named)
    return list(session.scalars(statement))


def everything(session: Session, *, but: frozenset[str] = frozenset()) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but those named, field by field: to show that nothing has changed. That an admin's act
    was refused is written down, and is no change."""
    session.rollback()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in but:
            rows = session.execute(select(table).order_by(*table.primary_key))
            told = [dict(row._mapping) for row in rows]
            found[table.name] = [row for row in told if row.get("tag") != Tag.ORGANISATION_REFUSE]
    session.rollback()
    return found


def counts(session: Session) -> dict[str, int]:
    """How many rows every table has."""
    session.rollback()
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def says(session: Session, viewer: Viewer, goal: Goal) -> dict[str, Any]:
    """Everything the goal says by itself, opened, without its version and address."""
    opened = asdict(queries.opened(session, viewer, find(session, viewer, goal.public_id)))
    return {name: value for name, value in opened.items() if name not in ("id", "version", "revision")}


def cycle(session: Session, organisation: Organisation, title: str = "First quarter", **columns: Any) -> Cycle:
    """A cycle of the organisation from January to March, TODAY within, that asks for no review unless told so."""
    given = {"starts": date(2026, 1, 1), "ends": date(2026, 3, 31), "zone": "Europe/Berlin", **columns}
    made = Cycle(organisation_id=organisation.id, title=title, state_at=NOW, created_at=NOW, **given)
    session.add(made)
    session.flush()
    return made


def key_result(name: str = "Win shops", target: int | str = 10, **said: Any) -> KeyResultDraft:
    """What a key result asks: at least so much, from nothing, unless told otherwise."""
    return KeyResultDraft(name=name, target=Decimal(target), **said)


def objective_draft(viewer: Viewer, cycle: Cycle, name: str = "Be the city's baker", **said: Any) -> ObjectiveDraft:
    """An objective of the viewer's with one key result, unless told otherwise."""
    given = {"owner": viewer.public_id, "key_results": (key_result(),), **said}
    return ObjectiveDraft(name=name, cycle=cycle.public_id, **given)


def objective(session: Session, viewer: Viewer, cycle: Cycle, name: str = "Be the city's baker", **said: Any) -> Found:
    """The objective exists, as whoever asks for it may make it."""
    return objectives.create(session, viewer, cycle.organisation_id, objective_draft(viewer, cycle, name, **said))
