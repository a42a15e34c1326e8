"""Export: what proves the person beside their password, without any secret or key, and who asked them in where."""

from sqlalchemy import case, literal, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.people import Viewer
from webapp.models import Authenticator, Invitation, Organisation, Passkey, Person
from webapp.models.engine import AnySession
from webapp.queries.export_rows import Row, rows_of
from webapp.queries.people import email_key


def factors(session: AnySession, viewer: Viewer) -> list[Row]:
    """The app and the passkeys; recovery codes are among the tokens."""
    app = select(literal("app").label("kind"), Authenticator.created_at, Authenticator.confirmed_at)
    passkey = (literal("passkey").label("kind"), Passkey.public_id.label("id"), Passkey.name)
    keys = select(*passkey, Passkey.transports, Passkey.synced, Passkey.created_at, Passkey.used_at)
    return [
        *rows_of(session, app.where(Authenticator.person_id == viewer.id)),
        *rows_of(session, keys.where(Passkey.person_id == viewer.id).order_by(Passkey.id)),
    ]


def invitations(session: AnySession, viewer: Viewer) -> list[Row]:
    """Those addressed to the viewer or accepted by them, and those they sent, whose addresses are others' to know."""
    inviter = aliased(Person)
    mine = or_(Invitation.email_key == email_key(viewer.email), Invitation.accepted_by_id == viewer.id)
    statement = (
        select(
            Invitation.public_id.label("id"),
            Organisation.public_id.label("organisation"),
            Organisation.name,
            inviter.public_id.label("by"),
            case((mine, Invitation.email)).label("email"),
            Invitation.roles,
            Invitation.created_at,
            Invitation.expires_at,
            Invitation.ended_at,
            (Invitation.accepted_by_id == viewer.id).label("accepted"),
        )
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .outerjoin(inviter, inviter.id == Invitation.inviter_id)
        .where(or_(mine, Invitation.inviter_id == viewer.id))
        .order_by(Invitation.id)
    )
    return rows_of(session, statement)
