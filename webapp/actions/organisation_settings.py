"""How an organisation is called, and the zone in which its periods begin and end."""

from sqlalchemy import update

from webapp.actions import memberships, roll_ups
from webapp.actions.audit import Tag, record
from webapp.domain.days import local_day
from webapp.domain.errors import Invalid, Problem
from webapp.domain.identity import plain_name
from webapp.domain.organisations import OrganisationDraft
from webapp.domain.people import Viewer
from webapp.models import Organisation, Profile
from webapp.models.engine import AnySession
from webapp.queries.organisations import permit


def change(session: AnySession, viewer: Viewer, organisation_id: int, draft: OrganisationDraft) -> None:
    """The organisation is called this and lives by this zone; said again, nothing changes.

    Entries keep the dates they were given. The calendar never goes back a day, so that no board that is over runs
    again: a zone where it is still yesterday is refused until midnight there. Raises Refused for who is no admin,
    NotFound for a stranger, and Invalid.
    """
    permit(viewer, organisation_id)
    roll_ups.hold(session, organisation_id)
    memberships.permit_now(session, viewer, organisation_id)
    organisation = session.get_one(Organisation, organisation_id, populate_existing=True)
    problems = draft.check()
    if not problems and local_day(viewer.now, draft.zone) < local_day(viewer.now, organisation.zone):
        problems.append(Problem("zone", "yesterday_there"))
    if problems:
        raise Invalid(problems)
    name, before = plain_name(draft.name), organisation.zone
    if (organisation.name, before) == (name, draft.zone):
        return
    renamed, organisation.name, organisation.zone = organisation.name != name, name, draft.zone
    if before != draft.zone:
        of_here = update(Profile).where(Profile.organisation_id == organisation_id)
        session.execute(of_here.values(version=Profile.version + 1))
    about = {"organisation_id": organisation_id, "thing": organisation, "at": viewer.now, "viewer": viewer}
    record(session, Tag.ORGANISATION_CHANGE, **about, renamed=renamed, zone=draft.zone)  # type: ignore[arg-type]
    session.flush()
