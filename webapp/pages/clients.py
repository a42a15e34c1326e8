"""A therapist's clients: the caseload, one client, proposing a goal to them, and ending the relation."""

from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import access, grants
from webapp.actions import proposals as actions
from webapp.domain.days import shifted
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.goals import GoalDraft
from webapp.domain.grants import Scope
from webapp.domain.people import Role
from webapp.domain.schedules import Frequency, ScheduleDraft
from webapp.extensions import db
from webapp.pages import client_lines, preview
from webapp.pages.forms.clients import CaseloadForm, ProposalForm, as_client
from webapp.pages.respond import onward, page, reply
from webapp.pages.sharing_words import scopes_words
from webapp.queries import caseload, client_moods, clients, proposals
from webapp.queries.adherence import DAYS
from webapp.queries.clients import Shown
from webapp.web.idempotency import answered, keep
from webapp.web.mood_words import mood_words
from webapp.web.policies import fresh, recent
from webapp.web.transaction import only_reads, will_write

bp = Blueprint("clients", __name__, url_prefix="/clients")


@bp.before_request
def for_therapists() -> None:
    """Nothing is here for whoever is no therapist in good standing."""
    if not g.viewer.has(Role.THERAPIST):
        raise NotFound


@bp.get("")
@recent
def index() -> Any:
    """Everybody who lets the viewer see something, in an order the address names."""
    return listing(CaseloadForm(search=False, formdata=request.args))


@bp.post("/search")
@recent
def search() -> Any:
    """Those with some letters in their names; sent as a form, because a name belongs in no address."""
    form = CaseloadForm(formdata=request.form)
    order, letters = form.wanted
    if letters:
        return listing(form)
    return onward(url_for(".index", order=None if order is caseload.Order.NAME else order.value))


@bp.get("/<client>")
@recent
def show(client: str) -> Any:
    """One client: what they share, as far as they share it, and what the viewer proposed to them."""
    shown = looked_at(client, "client")
    made = proposals.made_to(db.session, g.viewer, shown.client.number, shown.words)
    told = [(one, client_lines.proposal_words(one)) for one in made]
    return page("clients/show.html", **about(shown), **goals_of(shown), **moods_of(shown), proposals=told)


@bp.route("/<client>/end", methods=["GET", "POST"])
@fresh
def end(client: str) -> Any:
    """What ending the relation means; on yes the viewer sees nothing of this client any more."""
    shown = clients.find(db.session, g.viewer, client)
    if request.method != "POST":
        return page("clients/end.html", client=looked_at(client, "client").client)
    for share in shown.client.shares:
        grants.leave(db.session, g.viewer, share)
    flash(_("You see nothing of this client any more."))
    return onward(url_for(".index"))


@bp.get("/<client>/goals/new")
@recent
def new_goal(client: str) -> Any:
    """The editor of a goal for this client, in their calendar."""
    shown = shows_goals(looked_at(client, "client"))
    empty = GoalDraft(title="", schedule=ScheduleDraft(Frequency.DAILY))
    form = ProposalForm.new(as_client(g.viewer, shown.client), empty)
    return page("clients/propose.html", **editor(form, shown))


@bp.post("/<client>/goals")
@recent
def propose(client: str) -> Any:
    """The goal waits for the client's answer."""
    shown = shows_goals(clients.find(db.session, g.viewer, client))
    form = ProposalForm(as_client(g.viewer, shown.client))
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        actions.propose(db.session, g.viewer, shown, form.proposal())
    except Invalid as invalid:
        form.absorb(invalid)
        return reply("goals/_form.html", page="clients/propose.html", **editor(form, shown)), 422
    keep(form.nonce.data, address := url_for(".show", client=client))
    flash(_("Proposed. It is theirs once they accept it."))
    return onward(address)


@bp.post("/<client>/goals/preview")
@recent
@only_reads
def dates(client: str) -> Any:
    """The next dates of what stands in the editor, in the client's calendar; nothing is saved."""
    shown = shows_goals(clients.find(db.session, g.viewer, client))
    form = ProposalForm(as_client(g.viewer, shown.client))
    return reply("goals/_preview.html", page="clients/propose.html", **editor(form, shown))


@bp.post("/<client>/proposals/<proposal>/withdraw")
@recent
def withdraw(client: str, proposal: str) -> Any:
    """What was proposed is taken back."""
    shown = clients.find(db.session, g.viewer, client)
    made = proposals.find_made(db.session, g.viewer, proposal, shown.client.number)
    actions.withdraw(db.session, g.viewer, made)
    flash(_("Taken back."))
    return onward(url_for(".show", client=client))


def listing(form: CaseloadForm) -> str:
    """The clients that are meant; that each of them was looked at is written down before the answer leaves."""
    will_write()
    order, letters = form.wanted
    rows = caseload.caseload(db.session, g.viewer, order=order, search=letters)
    looks = [(row.client.grants[0], row.client.number) for row in rows]
    access.record_looks(db.session, g.viewer, looks, "caseload")
    words = client_lines.CaseWords()
    lines = [client_lines.case_line(row, words) for row in rows]
    return page("clients/index.html", lines=lines, form=form, order=order, letters=letters)


def looked_at(client: str, what: str) -> Shown:
    """The viewer's client, who can read that they were looked at; else NotFound."""
    will_write()
    shown = clients.find(db.session, g.viewer, client)
    access.record_looks(db.session, g.viewer, [(shown.client.grants[0], shown.client.number)], what)
    return shown


def shows_goals(shown: Shown) -> Shown:
    """The client, if they let see goals; else there is nothing to propose to them."""
    if Scope.GOALS not in shown.client.since:
        raise NotFound
    return shown


def about(shown: Shown) -> dict[str, Any]:
    """Who it is, what they share and what for."""
    client = shown.client
    return {
        "client": client,
        "shared": scopes_words(client.scopes),
        "begins": [(scopes_words([scope]), since) for scope, since in client.since.items() if since.year > 1],
        "purposes": shown.purposes,
        "sees_goals": Scope.GOALS in client.since,
        "sees_levels": Scope.MOOD_LEVELS in client.since,
        "sees_notes": Scope.MOOD_NOTES in client.since,
    }


def goals_of(shown: Shown) -> dict[str, Any]:
    """The client's live goals as far as they share them."""
    found = caseload.by_owner(db.session, [shown.client], opened_for=g.viewer.id)
    goals = found.get(shown.client.number, [])
    return {"goals": client_lines.goal_lines(shown.client, goals, shown.words)}


def moods_of(shown: Shown) -> dict[str, Any]:
    """Four weeks of the client's moods as far as they share them."""
    client = shown.client
    levels = caseload.levels_of(db.session, [client]).get(client.number)
    names = {"level_names": mood_words().levels}
    if levels is None:
        return {"levels": None, **names}
    said = []
    if Scope.MOOD_NOTES in client.since:
        first = shifted(client.today, 1 - DAYS)
        said = client_moods.said(db.session, shown.words, client.grants, first, client.today)
    return {
        "levels": levels,
        "levels_words": client_lines.levels_words(levels, client_lines.CaseWords()),
        "weeks": client_lines.mood_weeks(levels, client),
        "weekdays": client_lines.grid_weekdays(levels),
        "said": client_lines.said_lines(said),
        **names,
    }


def editor(form: ProposalForm, shown: Shown) -> dict[str, Any]:
    """What the editor's page and its fragments need."""
    address = url_for(".propose", client=shown.client.id)
    return {
        "form": form,
        "client": shown.client,
        "preview": preview.of(form),
        "own_tags": [],
        "address": address,
        "preview_address": url_for(".dates", client=shown.client.id),
        "back": url_for(".show", client=shown.client.id),
        "saves": _("Propose this goal"),
    }
