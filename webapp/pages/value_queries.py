"""The inbox of what people say is wrong with their values, and the admins' answers."""

from typing import Any

from flask import Blueprint, g, request
from flask_babel import gettext as _

from webapp.actions import value_queries as actions
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.policy import Permission, require
from webapp.extensions import db
from webapp.models import ValueQuery
from webapp.pages.forms.values import AnswerForm
from webapp.pages.ladder_homes import Homes, address_of, administered, home_of
from webapp.pages.respond import onward, page, say
from webapp.pages.value_lines import query_line
from webapp.queries import value_people
from webapp.queries import value_queries as queries
from webapp.queries.ladders import facts_of
from webapp.web.policies import recent

bp = Blueprint("value_queries", __name__, url_prefix="/admin/values/queries")


@bp.get("")
@recent
def index() -> str:
    """What waits for an answer, and below it what was answered."""
    return inbox(administered())


@bp.post("/<public_id>")
@recent
def answer(public_id: str) -> Any:
    """It is kept for a reason, or corrected."""
    found = queries.find(db.session, g.viewer, public_id)
    require(g.viewer, Permission.LADDER_CHANGE, facts_of(found.organisation_id))
    homes, form = home_of(found.organisation_id), AnswerForm(public_id)
    try:
        amount = form.read_amount() if "correct" in request.form else None
        actions.answer(db.session, g.viewer, public_id, amount=amount, text=form.text.data or "")
    except Invalid as invalid:
        form.absorb(invalid)
        return inbox(homes, {public_id: form}), 422
    except Conflict:
        return inbox(homes, late=(found, form)), 409
    say(_("Answered: the value stays as it is.") if amount is None else _("Answered and corrected."))
    return onward(address_of(".index", homes))


def inbox(
    homes: Homes, typed: dict[str, AnswerForm] | None = None, late: tuple[ValueQuery, AnswerForm] | None = None
) -> str:
    """The page, with what was typed into one of its forms, or was typed `late`: for what was answered meanwhile."""
    goals = {goal.keyword: goal for goal in value_people.goals_offered(db.session, homes.here.id)}
    known, waiting = typed or {}, []
    for row in queries.waiting(db.session, g.viewer, homes.here.id):
        form = known.get(row.said.id) or AnswerForm(row.said.id, formdata=None)
        waiting.append((query_line(row, goals, homes.here), form))
    decided = [query_line(row, goals, homes.here) for row in queries.decided(db.session, g.viewer, homes.here.id)]
    context: dict[str, Any] = {"homes": homes, "waiting": waiting, "decided": decided}
    if late is not None:
        context["late"] = (query_line(queries.row_of(db.session, late[0]), goals, homes.here), late[1])
    return page("values/queries.html", **context)
