"""Who may see what of a person's, and who looked, for the export: a client's side of a relation, or a therapist's."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.people import Viewer
from webapp.models import Access, Grant, GrantEvent, GrantInvitation, Person, TherapistCode
from webapp.models.engine import AnySession
from webapp.queries.export_rows import Row, opened, rows_of


def grants(session: AnySession, viewer: Viewer) -> list[Row]:
    """Both those the viewer gave and those they hold, each with its record; what a client wrote as the purpose stays
    the client's. Whose code a client typed they learn when they are taken on, and not before."""
    client, therapist = aliased(Person), aliased(Person)
    scopes = ("sees_goals", "sees_tracking", "sees_mood_levels", "sees_mood_notes")
    names = (
        "state",
        *scopes,
        "from_date",
        "opens_at",
        "expires_at",
        "text_version",
        "created_at",
        "decided_at",
        "ended_at",
    )
    statement = (
        select(
            Grant.public_id.label("id"),
            client.public_id.label("client"),
            therapist.public_id.label("therapist"),
            *(getattr(Grant, name) for name in ("code_hint", *names)),
            Grant.purpose,
        )
        .join(client, client.id == Grant.client_id)
        .outerjoin(therapist, and_(therapist.id == Grant.therapist_id, _is_named(viewer)))
        .where(_is_theirs(viewer))
        .order_by(Grant.id)
    )
    rows = rows_of(session, statement)
    steps = _steps(session, viewer)
    for row in rows:
        if row["client"] != viewer.public_id:
            del row["purpose"]
        row["events"] = steps.get(row["id"], [])
    return opened(viewer, rows, "consent_grant", "purpose")


def _steps(session: AnySession, viewer: Viewer) -> dict[str, list[Row]]:
    """What happened to each grant, in order."""
    actor = aliased(Person)
    names = ("act", "at", "scopes", "from_date", "expires_at", "text_version")
    known = and_(actor.id == GrantEvent.actor_id, or_(actor.id == viewer.id, _is_named(viewer)))
    statement = (
        select(Grant.public_id.label("grant"), actor.public_id.label("by"))
        .add_columns(*(getattr(GrantEvent, name) for name in names))
        .select_from(GrantEvent)
        .join(Grant, Grant.id == GrantEvent.grant_id)
        .outerjoin(actor, known)
        .where(_is_theirs(viewer))
        .order_by(GrantEvent.id)
    )
    found: dict[str, list[Row]] = {}
    for row in rows_of(session, statement):
        found.setdefault(row.pop("grant"), []).append(row)
    return found


def accesses(session: AnySession, viewer: Viewer) -> list[Row]:
    """Who looked at what of the viewer's."""
    statement = (
        select(Access.at, Access.what, Person.public_id.label("by"), Grant.public_id.label("grant"))
        .join(Person, Person.id == Access.viewer_id)
        .join(Grant, Grant.id == Access.grant_id)
        .where(Access.client_id == viewer.id, _is_named(viewer))
        .order_by(Access.id)
    )
    return rows_of(session, statement)


def codes(session: AnySession, viewer: Viewer) -> list[Row]:
    """What clients type to ask the viewer."""
    columns = (TherapistCode.code, TherapistCode.created_at)
    return rows_of(session, select(*columns).where(TherapistCode.person_id == viewer.id))


def invitations(session: AnySession, viewer: Viewer) -> list[Row]:
    """Whom the viewer invited, without the secrets of the mailed links."""
    names = ("address", "created_at", "expires_at", "answered_at", "withdrawn_at")
    columns: list[Any] = [GrantInvitation.public_id.label("id"), *(getattr(GrantInvitation, name) for name in names)]
    statement = select(*columns).where(GrantInvitation.therapist_id == viewer.id).order_by(GrantInvitation.id)
    return opened(viewer, rows_of(session, statement), "grant_invitation", "address")


def _is_theirs(viewer: Viewer) -> ColumnElement[bool]:
    return or_(Grant.client_id == viewer.id, Grant.therapist_id == viewer.id)


def _is_named(viewer: Viewer) -> ColumnElement[bool]:
    """Grants whose therapist the viewer knows: they are it, they were taken on by them, or no code was typed."""
    return or_(Grant.therapist_id == viewer.id, Grant.decided_at.is_not(None), Grant.code_hint.is_(None))
