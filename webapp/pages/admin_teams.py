"""Teams of an organisation: made, named, led, filled and taken away by its admins."""

from typing import Any

from flask import Blueprint, g, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import teams as actions
from webapp.domain.errors import Invalid
from webapp.domain.organisations import TeamDraft
from webapp.extensions import db
from webapp.models import Team
from webapp.pages.forms.teams import PersonForm, TeamForm
from webapp.pages.ladder_homes import Homes, address_of, administered, home_of
from webapp.pages.respond import onward, page, say
from webapp.queries import organisations
from webapp.queries import teams as queries
from webapp.queries.value_people import member_meant, members_offered
from webapp.web.formats import problem_text
from webapp.web.idempotency import answered, keep
from webapp.web.policies import recent

bp = Blueprint("admin_teams", __name__, url_prefix="/admin/teams")
Answer = str | Response | tuple[str, int]


@bp.get("")
@recent
def index() -> str:
    """The teams of an organisation the viewer administers, and a form for one more."""
    return listing(administered(), TeamForm(formdata=None))


@bp.post("")
@recent
def create() -> Answer:
    """There is one more team."""
    homes, form = administered(), TeamForm()
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        team = actions.create(db.session, g.viewer, homes.here.id, draft_of(form, homes.here.id))
    except Invalid as invalid:
        form.absorb(invalid)
        return listing(homes, form), 422
    keep(form.nonce.data, there := url_for(".show", public_id=team.public_id))
    say(_("The team is there. Now say who is in it."))
    return onward(there)


@bp.get("/<public_id>")
@recent
def show(public_id: str) -> str:
    """One team: its name, its lead, and who is in it."""
    return about(queries.find(db.session, g.viewer, public_id))


@bp.post("/<public_id>")
@recent
def change(public_id: str) -> Answer:
    """The team is called this, and led by this member."""
    team, form = queries.find(db.session, g.viewer, public_id), TeamForm()
    try:
        actions.change(db.session, g.viewer, team, draft_of(form, team.organisation_id))
    except Invalid as invalid:
        form.absorb(invalid)
        return about(team, form=form), 422
    say(_("Saved."))
    return onward(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/members")
@recent
def put_in(public_id: str) -> Answer:
    """One more member is in the team."""
    team, form = queries.find(db.session, g.viewer, public_id), PersonForm()
    try:
        actions.put_in(db.session, g.viewer, team, meant(team.organisation_id, form.person.data or ""))
    except Invalid as invalid:
        form.absorb(invalid)
        return about(team, person=form), 422
    say(_("They are in the team."))
    return onward(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/members/<person>/delete")
@recent
def take_out(public_id: str, person: str) -> Response:
    """The member is not in the team any more, and can be put back at once."""
    team = queries.find(db.session, g.viewer, public_id)
    member = organisations.find_member(db.session, g.viewer, team.organisation_id, person)
    actions.take_out(db.session, g.viewer, team, member.number)
    back = {"action": url_for(".put_in", public_id=public_id), "fields": {"person": member.id}}
    say(_("They are not in the team any more."), back)
    return onward(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/delete")
@recent
def remove(public_id: str) -> Answer:
    """The team is gone; its members stay."""
    team = queries.find(db.session, g.viewer, public_id)
    homes = home_of(team.organisation_id)
    try:
        actions.remove(db.session, g.viewer, team)
    except Invalid as invalid:
        refused = [problem_text(one.code, one.params) for one in invalid.problems]
        return about(team, refused=refused), 422
    say(_("The team is deleted."))
    return onward(address_of(".index", homes))


def listing(homes: Homes, form: TeamForm) -> str:
    """The teams, and a form for one more."""
    rows = queries.teams(db.session, g.viewer, homes.here.id)
    offered = members_offered(db.session, homes.here.id)
    return page("admin/teams.html", homes=homes, rows=rows, form=form, offered=offered)


def about(team: Team, form: TeamForm | None = None, person: PersonForm | None = None, **more: Any) -> str:
    """The page of one team."""
    homes, line = home_of(team.organisation_id), queries.line_of(db.session, team)
    members, offered = queries.members(db.session, team), members_offered(db.session, homes.here.id)
    shown: dict[str, Any] = {"homes": homes, "team": line, "members": members, "offered": offered, "refused": ()}
    shown["form"] = form or TeamForm(formdata=None, name=line.name, lead=line.lead_email)
    shown["person"] = person or PersonForm(formdata=None)
    return page("admin/team.html", **shown | more, back=address_of(".index", homes))


def draft_of(form: TeamForm, organisation_id: int) -> TeamDraft:
    """The team as it was typed; raises Invalid when a field cannot be read."""
    name, lead = form.said()
    return TeamDraft(name, meant(organisation_id, lead))


def meant(organisation_id: int, text: str) -> str:
    """The public id of the active member of this address or name; what names nobody stays as it is."""
    member = member_meant(db.session, organisation_id, text) if text else None
    return member.id if member else text
