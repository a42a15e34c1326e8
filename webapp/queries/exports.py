"""Everything of one person's, as lists by kind: what they own, what was written down about them, and who may see it.

Things are named by their public ids, dates and instants are ISO 8601 (instants in UTC), sealed words are opened. An
amount is a number; one with more digits than a floating-point number holds is a text, so that no digit is lost.
"""

import json
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from webapp.domain.imports.own import FORMAT, VERSION
from webapp.domain.people import Viewer
from webapp.models import (
    AuditEvent,
    Membership,
    MembershipRole,
    Organisation,
    Person,
    ReadingClient,
    ReadingToken,
    ReportingLine,
    SignIn,
    Team,
    TeamMember,
    Token,
)
from webapp.models.engine import AnySession
from webapp.queries import (
    export_factors,
    export_goals,
    export_ladders,
    export_moods,
    export_objectives,
    export_reading,
    export_reminders,
    export_reviews,
    export_trust,
)
from webapp.queries.export_rows import Row, plain, rows_of

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
    "reminder": "goals",
    "reminder_setting": "reminder_settings",
    "delivery": "deliveries",
    "push_subscription": "devices",
    "pause": "pauses",
    "tag": "goals",
    "goal_tag": "goals",
    "occurrence": "occurrences",
    "entry": "entries",
    "cycle": "objectives",
    "objective": "objectives",
    "objective_tag": "objectives",
    "key_result": "objectives",
    "key_result_feed": "feeds",
    "profile": "ladders",
    "participant": "ladders",
    "image": "ladders",
    "board": "standings",
    "standing": "standings",
    "goal_keyword": "values",
    "target_goal": "values",
    "value_query": "value_queries",
    "work": "works",
    "reading_goal": "reading_goals",
    "reading_batch": "readings",
    "activity_day": "activity_days",
    "reading_streak": "reading_streaks",
    "mood_label": "mood_labels",
    "mood_reason": "mood_reasons",
    "mood": "moods",
    "mood_because": "moods",
    "mood_revision": "moods",
    "consent_grant": "grants",
    "grant_event": "grants",
    "access": "accesses",
    "therapist_code": "codes",
    "grant_invitation": "invitations",
    "review_round": "rounds",
    "review_seat": "rounds",
    "review_event": "reviews",
    "goal_closing": "closings",
    "goal_proposal": "proposals",
    "comment": "comments",
    "comment_mention": "mentions",
    "sign_in": "sessions",
    "token": "tokens",
    "reading_token": "tokens",
    "authenticator": "factors",
    "passkey": "factors",
    "invitation": "organisation_invitations",
    "audit_event": "events",
}
"""Under which list each table's rows are found."""

LEFT_OUT = {
    "api_key": "a key of the organisation's; whoever made it is in its audit log",
    "reading_client": "a program that an organisation or the operator let in; its name is with the tokens for it",
    "target": "what a profile asks, the organisation's; what it asked of the person is with their standings",
    "advice_step": "what the organisation recommends to everybody",
    "standing_count": "how many stand where on a board; counted from all standings",
    "used_nonce": "numbers that signed requests said once, gone within minutes",
    "course": "what the organisation recommends to everybody",
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
        "exported_at": plain(viewer.now),
        "person": _person(session, viewer),
        "memberships": _memberships(session, viewer),
        "teams": _teams(session, viewer),
        "reporting_lines": _reporting_lines(session, viewer),
        "goals": export_goals.goals(session, viewer),
        "revisions": export_goals.revisions(session, viewer),
        "schedules": export_goals.schedules(session, viewer),
        "pauses": export_goals.pauses(session, viewer),
        "occurrences": export_goals.occurrences(session, viewer),
        "entries": export_goals.entries(session, viewer),
        "objectives": export_objectives.objectives(session, viewer),
        "check_ins": export_objectives.check_ins(session, viewer),
        "feeds": export_objectives.feeds(session, viewer),
        "ladders": export_ladders.ladders(session, viewer),
        "standings": export_ladders.standings(session, viewer),
        "values": export_ladders.values(session, viewer),
        "value_queries": export_ladders.value_queries(session, viewer),
        "works": export_reading.works(session, viewer),
        "reading_goals": export_reading.goals(session, viewer),
        "readings": export_reading.readings(session, viewer),
        "activity_days": export_reading.days(session, viewer),
        "reading_streaks": export_reading.streaks(session, viewer),
        "mood_labels": export_moods.labels(session, viewer),
        "mood_reasons": export_moods.reasons(session, viewer),
        "moods": export_moods.moods(session, viewer),
        "reminder_settings": export_reminders.settings(session, viewer),
        "deliveries": export_reminders.deliveries(session, viewer),
        "devices": export_reminders.devices(session, viewer),
        "grants": export_trust.grants(session, viewer),
        "accesses": export_trust.accesses(session, viewer),
        "codes": export_trust.codes(session, viewer),
        "invitations": export_trust.invitations(session, viewer),
        "rounds": export_reviews.rounds(session, viewer),
        "seats": export_reviews.seats(session, viewer),
        "reviews": export_reviews.events(session, viewer),
        "closings": export_reviews.closings(session, viewer),
        "proposals": export_reviews.proposals(session, viewer),
        "comments": export_reviews.comments(session, viewer),
        "mentions": export_reviews.mentions(session, viewer),
        "sessions": _sessions(session, viewer),
        "tokens": _tokens(session, viewer),
        "factors": export_factors.factors(session, viewer),
        "organisation_invitations": export_factors.invitations(session, viewer),
        "events": _events(session, viewer),
    }


def as_json(export: dict[str, Any]) -> str:
    """The export as text, readable by people as well."""
    return json.dumps(export, ensure_ascii=False, indent=1) + "\n"


def _person(session: AnySession, viewer: Viewer) -> Row:
    kept = ("public_id", "email", "name", "locale", "zone", "day_start", "week_start", "theme", "country")
    instants = ("created_at", "confirmed_at", "consented_at", "consent_version", "erase_at")
    columns = [getattr(Person, name) for name in (*kept, *instants)]
    (person,) = rows_of(session, select(*columns).where(Person.id == viewer.id))
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
    return rows_of(session, statement)


def _teams(session: AnySession, viewer: Viewer) -> list[Row]:
    member = select(TeamMember.team_id).where(TeamMember.person_id == viewer.id)
    columns = (Team.public_id.label("id"), Team.name, Team.lead_id)
    statement = select(*columns).where(or_(Team.id.in_(member), Team.lead_id == viewer.id)).order_by(Team.id)
    return [{**row, "leads": row.pop("lead_id") == viewer.id} for row in rows_of(session, statement)]


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
    return rows_of(session, statement)


def _sessions(session: AnySession, viewer: Viewer) -> list[Row]:
    """Signed-in devices, without the secrets they carry."""
    columns = (SignIn.public_id.label("id"), SignIn.device, SignIn.created_at, SignIn.seen_at, SignIn.ended_at)
    return rows_of(session, select(*columns).where(SignIn.person_id == viewer.id).order_by(SignIn.id))


def _tokens(session: AnySession, viewer: Viewer) -> list[Row]:
    """Mailed links and programs' tokens, without their secrets; one for reading names the program it is of use to."""
    names = ("purpose", "address", "name", "contract", "scopes", "created_at", "expires_at", "used_at", "revoked_at")
    columns = [Token.public_id.label("id"), *(getattr(Token, name) for name in names)]
    statement = (
        select(*columns, ReadingClient.name.label("program"))
        .outerjoin(ReadingToken, ReadingToken.token_id == Token.id)
        .outerjoin(ReadingClient, ReadingClient.id == ReadingToken.client_id)
        .where(Token.person_id == viewer.id)
        .order_by(Token.id)
    )
    return rows_of(session, statement)


def _events(session: AnySession, viewer: Viewer) -> list[Row]:
    """What the viewer did, and what was done to their account; network addresses are only their own."""
    mine = AuditEvent.actor_id == viewer.id
    columns = (AuditEvent.at, AuditEvent.tag, AuditEvent.outcome, AuditEvent.details, AuditEvent.route)
    statement = select(*columns, AuditEvent.actor_id, AuditEvent.address).order_by(AuditEvent.id)
    rows = rows_of(session, statement.where(or_(mine, AuditEvent.subject_id == viewer.id)))
    for row in rows:
        row["mine"] = row.pop("actor_id") == viewer.id
        if not row["mine"]:
            del row["address"]
    return rows
