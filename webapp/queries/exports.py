"""Everything of one person's, as lists by kind: what they own, what was written down about them, and who may see it.

Things are named by their public ids, dates and instants are ISO 8601 (instants in UTC), sealed words are opened. An
amount is a number; one with more digits than a floating-point number holds is a text, so that no digit is lost.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Executable, Select, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.people import Viewer
from webapp.models import (
    Access,
    AuditEvent,
    Entry,
    Goal,
    GoalRevision,
    GoalTag,
    Grant,
    Membership,
    MembershipRole,
    Occurrence,
    Organisation,
    Person,
    PlannedPause,
    ReportingLine,
    ScheduleVersion,
    SignIn,
    Tag,
    Team,
    TeamMember,
    Token,
)
from webapp.models.engine import AnySession

Row = dict[str, Any]
FORMAT, VERSION = "aimline", 1

EXPORTED = {
    "person": "person",
    "membership": "memberships",
    "membership_role": "memberships",
    "organisation": "memberships",
    "team": "teams",
    "team_member": "teams",
    "reporting_line": "reporting_lines",
    "goal": "goals",
    "goal_revision": "revisions",
    "schedule_version": "schedules",
    "pause": "pauses",
    "tag": "goals",
    "goal_tag": "goals",
    "occurrence": "occurrences",
    "entry": "entries",
    "consent_grant": "grants",
    "access": "accesses",
    "sign_in": "sessions",
    "token": "tokens",
    "audit_event": "events",
}
"""Under which list each table's rows are found."""

LEFT_OUT = {
    "goal_month": "what days come to month by month; computed from entries, schedules and pauses",
    "data_key": "the key that seals the words; they are exported opened",
    "upload": "a file the person brought, gone within the hour",
    "outbox_message": "messages on their way, emptied once sent",
    "idempotent_answer": "answers kept for repeated requests, gone within three days",
}
"""Why a table that knows a person is not exported."""


def everything(session: AnySession, viewer: Viewer) -> dict[str, Any]:
    """All rows that are the viewer's, deleted goals too (with `deleted_at`)."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": _plain(viewer.now),
        "person": _person(session, viewer),
        "memberships": _memberships(session, viewer),
        "teams": _teams(session, viewer),
        "reporting_lines": _reporting_lines(session, viewer),
        "goals": _goals(session, viewer),
        "revisions": _revisions(session, viewer),
        "schedules": _schedules(session, viewer),
        "pauses": _pauses(session, viewer),
        "occurrences": _occurrences(session, viewer),
        "entries": _entries(session, viewer),
        "grants": _grants(session, viewer),
        "accesses": _accesses(session, viewer),
        "sessions": _sessions(session, viewer),
        "tokens": _tokens(session, viewer),
        "events": _events(session, viewer),
    }


def as_json(export: dict[str, Any]) -> str:
    """The export as text, readable by people as well."""
    return json.dumps(export, ensure_ascii=False, indent=1) + "\n"


def _person(session: AnySession, viewer: Viewer) -> Row:
    kept = ("public_id", "email", "name", "locale", "zone", "day_start", "week_start", "theme")
    instants = ("created_at", "confirmed_at", "consented_at", "consent_version")
    columns = [getattr(Person, name) for name in (*kept, *instants)]
    (person,) = _rows(session, select(*columns).where(Person.id == viewer.id))
    return {"id": person.pop("public_id"), **person}


def _memberships(session: AnySession, viewer: Viewer) -> list[Row]:
    statement = (
        select(
            Organisation.public_id.label("organisation"),
            Organisation.name,
            Membership.status,
            MembershipRole.role,
            Membership.created_at,
        )
        .join(Membership, Membership.organisation_id == Organisation.id)
        .outerjoin(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(Membership.person_id == viewer.id)
        .order_by(Membership.id, MembershipRole.role)
    )
    return _rows(session, statement)


def _teams(session: AnySession, viewer: Viewer) -> list[Row]:
    member = select(TeamMember.team_id).where(TeamMember.person_id == viewer.id)
    columns = (Team.public_id.label("id"), Team.name, Team.lead_id)
    statement = select(*columns).where(or_(Team.id.in_(member), Team.lead_id == viewer.id)).order_by(Team.id)
    return [{**row, "leads": row.pop("lead_id") == viewer.id} for row in _rows(session, statement)]


def _reporting_lines(session: AnySession, viewer: Viewer) -> list[Row]:
    person, manager = aliased(Person), aliased(Person)
    statement = (
        select(
            Organisation.public_id.label("organisation"),
            person.public_id.label("person"),
            manager.public_id.label("manager"),
            ReportingLine.since,
        )
        .join(Organisation, Organisation.id == ReportingLine.organisation_id)
        .join(person, person.id == ReportingLine.person_id)
        .join(manager, manager.id == ReportingLine.manager_id)
        .where(or_(ReportingLine.person_id == viewer.id, ReportingLine.manager_id == viewer.id))
        .order_by(ReportingLine.id)
    )
    return _rows(session, statement)


def _goals(session: AnySession, viewer: Viewer) -> list[Row]:
    names = (
        *("kind", "title", "question", "description", "lifecycle", "outcome", "review_state", "status_word"),
        *("criticality", "colour", "position", "direction", "baseline", "target", "unit", "revision", "version"),
        *("source_uid", "created_at", "updated_at", "completed_at", "archived_at", "deleted_at"),
    )
    columns = [Goal.public_id.label("id"), *(getattr(Goal, name) for name in names)]
    rows = _rows(session, select(*columns).where(Goal.owner_id == viewer.id).order_by(Goal.position, Goal.id))
    on = _tags(session, viewer)
    opened = _opened(viewer, rows, "goal", "title", "question", "description", "unit")
    return [{**row, "tags": on.get(row["id"], [])} for row in opened]


def _tags(session: AnySession, viewer: Viewer) -> dict[str, list[str]]:
    """Names of the tags on each goal, by name."""
    statement = _of_goals(viewer, Tag.name).join(GoalTag, GoalTag.goal_id == Goal.id)
    rows = _opened(viewer, _rows(session, statement.join(Tag, Tag.id == GoalTag.tag_id)), "tag", "name")
    on: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: row["name"].casefold()):
        on.setdefault(row["goal"], []).append(row["name"])
    return on


def _revisions(session: AnySession, viewer: Viewer) -> list[Row]:
    columns = (GoalRevision.number, GoalRevision.created_at, GoalRevision.terms)
    statement = _of_goals(viewer, *columns).join(GoalRevision, GoalRevision.goal_id == Goal.id)
    rows = _rows(session, statement.order_by(GoalRevision.id))
    return [{**row, "terms": json.loads(row["terms"])} for row in _opened(viewer, rows, "goal_revision", "terms")]


def _schedules(session: AnySession, viewer: Viewer) -> list[Row]:
    names = (
        *("valid_from", "is_current", "frequency", "start", "until", "days", "rule", "week_start"),
        *("quota_times", "quota_period", "quota_length", "direction", "target", "skip_budget"),
    )
    columns = [getattr(ScheduleVersion, name) for name in names]
    statement = _of_goals(viewer, *columns).join(ScheduleVersion, ScheduleVersion.goal_id == Goal.id)
    return _rows(session, statement.order_by(Goal.id, ScheduleVersion.valid_from))


def _pauses(session: AnySession, viewer: Viewer) -> list[Row]:
    """Pauses of one goal, and those of everything, where `goal` is none."""
    columns = (PlannedPause.first, PlannedPause.last, PlannedPause.created_at, Goal.public_id.label("goal"))
    statement = select(PlannedPause.public_id.label("id"), *columns).outerjoin(Goal, Goal.id == PlannedPause.goal_id)
    mine = statement.where(PlannedPause.owner_id == viewer.id)
    return _rows(session, mine.order_by(PlannedPause.first, PlannedPause.id))


def _occurrences(session: AnySession, viewer: Viewer) -> list[Row]:
    columns = (Occurrence.local_date, Occurrence.state, Occurrence.value, Entry.public_id.label("entry"))
    statement = (
        _of_goals(viewer, *columns, Occurrence.deleted_at)
        .join(Occurrence, Occurrence.goal_id == Goal.id)
        .outerjoin(Entry, Entry.id == Occurrence.entry_id)
        .order_by(Goal.id, Occurrence.local_date)
    )
    return _rows(session, statement)


def _entries(session: AnySession, viewer: Viewer) -> list[Row]:
    earlier, author = aliased(Entry), aliased(Person)
    names = ("local_date", "at", "recorded_at", "zone", "mode", "state", "value", "note", "confidence", "source")
    statement = (
        select(
            Entry.public_id.label("id"),
            Goal.public_id.label("goal"),
            *(getattr(Entry, name) for name in names),
            Entry.source_uid,
            author.public_id.label("author"),
            earlier.public_id.label("supersedes"),
        )
        .join(Goal, Goal.id == Entry.goal_id)
        .join(author, author.id == Entry.author_id)
        .outerjoin(earlier, earlier.id == Entry.supersedes_id)
        .where(Entry.subject_id == viewer.id)
        .order_by(Entry.id)
    )
    return _opened(viewer, _rows(session, statement), "entry", "note")


def _grants(session: AnySession, viewer: Viewer) -> list[Row]:
    """Both those the viewer gave and those they hold; what a client wrote as the purpose stays the client's."""
    client, therapist = aliased(Person), aliased(Person)
    scopes = ("sees_goals", "sees_tracking", "sees_mood_levels", "sees_mood_notes")
    names = ("state", *scopes, "from_date", "expires_at", "text_version", "created_at", "decided_at", "ended_at")
    statement = (
        select(
            Grant.public_id.label("id"),
            client.public_id.label("client"),
            therapist.public_id.label("therapist"),
            *(getattr(Grant, name) for name in names),
            Grant.purpose,
        )
        .join(client, client.id == Grant.client_id)
        .join(therapist, therapist.id == Grant.therapist_id)
        .where(or_(Grant.client_id == viewer.id, Grant.therapist_id == viewer.id))
        .order_by(Grant.id)
    )
    rows = _rows(session, statement)
    for row in rows:
        if row["client"] != viewer.public_id:
            del row["purpose"]
    return _opened(viewer, rows, "consent_grant", "purpose")


def _accesses(session: AnySession, viewer: Viewer) -> list[Row]:
    """Who looked at what of the viewer's."""
    statement = (
        select(Access.at, Access.what, Person.public_id.label("by"), Grant.public_id.label("grant"))
        .join(Person, Person.id == Access.viewer_id)
        .join(Grant, Grant.id == Access.grant_id)
        .where(Access.client_id == viewer.id)
        .order_by(Access.id)
    )
    return _rows(session, statement)


def _sessions(session: AnySession, viewer: Viewer) -> list[Row]:
    """Signed-in devices, without the secrets they carry."""
    columns = (SignIn.public_id.label("id"), SignIn.device, SignIn.created_at, SignIn.seen_at, SignIn.ended_at)
    return _rows(session, select(*columns).where(SignIn.person_id == viewer.id).order_by(SignIn.id))


def _tokens(session: AnySession, viewer: Viewer) -> list[Row]:
    """Mailed links and programs' tokens, without their secrets."""
    names = ("purpose", "address", "name", "scopes", "created_at", "expires_at", "used_at", "revoked_at")
    columns = [Token.public_id.label("id"), *(getattr(Token, name) for name in names)]
    return _rows(session, select(*columns).where(Token.person_id == viewer.id).order_by(Token.id))


def _events(session: AnySession, viewer: Viewer) -> list[Row]:
    """What the viewer did, and what was done to their account; network addresses are only their own."""
    mine = AuditEvent.actor_id == viewer.id
    columns = (AuditEvent.at, AuditEvent.tag, AuditEvent.outcome, AuditEvent.details, AuditEvent.route)
    statement = select(*columns, AuditEvent.actor_id, AuditEvent.address).order_by(AuditEvent.id)
    rows = _rows(session, statement.where(or_(mine, AuditEvent.subject_id == viewer.id)))
    for row in rows:
        row["mine"] = row.pop("actor_id") == viewer.id
        if not row["mine"]:
            del row["address"]
    return rows


def _of_goals(viewer: Viewer, *columns: Any) -> Select[Any]:
    return select(Goal.public_id.label("goal"), *columns).select_from(Goal).where(Goal.owner_id == viewer.id)


def _rows(session: AnySession, statement: Executable) -> list[Row]:
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in session.execute(statement)]


def _opened(viewer: Viewer, rows: Iterable[Row], table: str, *columns: str) -> list[Row]:
    """The rows with these sealed columns opened."""
    opened = []
    for row in rows:
        words = {column: viewer.words.open(f"{table}.{column}", row[column]) for column in columns if row.get(column)}
        opened.append({**row, **words})
    return opened


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _number(value) if isinstance(value, Decimal) else value


def _number(amount: Decimal) -> int | float | str:
    if amount == amount.to_integral_value():
        return int(amount)
    return float(amount) if Decimal(repr(float(amount))) == amount else str(amount)
