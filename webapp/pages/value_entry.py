"""Values as admins enter them one by one, and what became of each: corrected, or taken back."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import values as actions
from webapp.actions.values import PersonValue
from webapp.domain.errors import Conflict, Invalid, Problem
from webapp.domain.policy import Permission, require
from webapp.domain.tracking import Source
from webapp.extensions import db
from webapp.models import Entry
from webapp.pages.forms.values import CorrectForm, ValueForm
from webapp.pages.ladder_homes import Homes, address_of, administered, home_of
from webapp.pages.respond import onward, page, say
from webapp.pages.value_lines import AdminLine, line_of, period_words
from webapp.queries import value_people, value_queries
from webapp.queries import values as queries
from webapp.queries.goals import is_public_id
from webapp.queries.ladders import facts_of
from webapp.queries.value_people import GoalChoice, Wanted
from webapp.web.idempotency import answered, keep, new_nonce
from webapp.web.policies import recent

LONGEST_SEARCH = 100
bp = Blueprint("values", __name__, url_prefix="/admin/values")


@bp.get("")
@recent
def index() -> str:
    """The latest values of an organisation the viewer administers, or those asked for, and a form for one more."""
    homes = administered()
    goals = value_people.goals_offered(db.session, homes.here.id)
    return listing(homes, goals, ValueForm(goals, g.viewer, homes.here, empty=True), wanted())


@bp.post("")
@recent
def enter() -> Any:
    """One value of a member stands, and can be taken back at once."""
    homes = administered()
    goals = value_people.goals_offered(db.session, homes.here.id)
    form = ValueForm(goals, g.viewer, homes.here)
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        made = entered(homes, form)
    except Invalid as invalid:
        form.absorb(placeless(invalid))
        return listing(homes, goals, form), 422
    keep(form.nonce.data, there := address_of(".index", homes))
    one = line_of(value_people.story(db.session, made)[0], named(goals), homes.here)
    undo = {"action": url_for(".take_back", public_id=one.id), "fields": {}}
    say(_("%(amount)s for %(name)s is entered.", amount=one.amount, name=one.person), undo)
    return onward(there)


@bp.get("/<public_id>")
@recent
def show(public_id: str) -> str:
    """One value with its story, and forms that correct it or take it back."""
    entry, homes = found(public_id)
    return about(entry, homes, CorrectForm(formdata=None, amount=entry.value))


@bp.post("/<public_id>")
@recent
def correct(public_id: str) -> Any:
    """The value is so much instead."""
    entry, homes = found(public_id)
    form = CorrectForm()
    try:
        made = actions.correct(db.session, g.viewer, public_id, form.read_amount(), form.note.data or "")
    except Invalid as invalid:
        form.absorb(invalid)
        return about(entry, homes, form), 422
    except Conflict:
        return meanwhile(entry, homes, form), 409
    say(_("Corrected."))
    return onward(url_for(".show", public_id=made.public_id))


@bp.post("/<public_id>/take-back")
@recent
def take_back(public_id: str) -> Any:
    """The value counts no more; what was entered stays to be read."""
    entry, homes = found(public_id)
    try:
        actions.correct(db.session, g.viewer, public_id, Decimal(0))
    except Conflict:
        return meanwhile(entry, homes), 409
    say(_("Taken back. It counts no more."))
    return onward(address_of(".index", homes))


def entered(homes: Homes, form: ValueForm) -> Entry:
    """The value that the form says; raises Invalid."""
    draft = form.draft(f"page-{new_nonce()}")
    member = value_people.member_meant(db.session, homes.here.id, form.user.data or "")
    if not form.user.data:
        raise Invalid([Problem("user", "required"), *draft.check(g.viewer.now)])
    value = PersonValue(member.number if member else None, draft)
    actions.enter(db.session, g.viewer, homes.here.id, [value], Source.PAGE)
    return value_people.numbered(db.session, actions.people_of(value), actions.uid_of(homes.here, value))


def found(public_id: str) -> tuple[Entry, Homes]:
    """The value, for who administers its organisation; raises NotFound, and Refused for whose it is alone."""
    entry, organisation_id = queries.find(db.session, g.viewer, public_id)
    require(g.viewer, Permission.LADDER_CHANGE, facts_of(organisation_id))
    return entry, home_of(organisation_id)


def wanted() -> Wanted:
    """The values that the address asks for; a place that cannot be is the first page."""
    letters = request.args.get("q", "").strip()[:LONGEST_SEARCH].replace("\x00", "")
    keyword = request.args.get("goal", "").replace("\x00", "")
    before = request.args.get("before", "")
    return Wanted(letters, keyword, before if is_public_id(before) else "")


def listing(homes: Homes, goals: list[GoalChoice], form: ValueForm, asked: Wanted | None = None) -> str:
    """The page of all values, or of those asked for."""
    asked = asked or Wanted()
    rows, more = value_people.latest(db.session, g.viewer, homes.here.id, asked)
    lines = [line_of(row, named(goals), homes.here) for row in rows]
    kept = {"q": asked.letters, "goal": asked.keyword}
    kept = {name: text for name, text in kept.items() if text}
    context: dict[str, Any] = {"form": form, "lines": lines, "asked": asked, "first": address_of(".index", homes)}
    context["newest"] = address_of(".index", homes, **kept) if asked.before else ""
    context["older"] = address_of(".index", homes, **kept, before=lines[-1].id) if more else ""
    context["members"] = value_people.members_offered(db.session, homes.here.id)
    context["waiting"] = value_queries.count_waiting(db.session, homes.here.id)
    return page("values/index.html", homes=homes, **context)


def meanwhile(entry: Entry, homes: Homes, form: CorrectForm | None = None) -> str:
    """The page of what stands in the place of the value by now, with what was typed to correct the first."""
    stands = value_queries.standing(db.session, entry.id)
    form = form or CorrectForm(formdata=None, amount=stands.value)
    words = _("Somebody corrected this meanwhile, and nothing of yours is saved. This is what stands now.")
    form.form_errors.append(words)
    return about(stands, homes, form)


def about(entry: Entry, homes: Homes, form: CorrectForm) -> str:
    """The page of one value."""
    goals = named(value_people.goals_offered(db.session, homes.here.id))
    rows = value_people.story(db.session, entry)
    lines = [line_of(row, goals, homes.here) for row in rows]
    here: AdminLine = next(line for line in lines if line.id == entry.public_id)
    over, words = period_words(rows[0], homes.here, g.viewer.now)
    asked = value_queries.is_open(db.session, entry.id)
    back = address_of(".index", homes)
    context: dict[str, Any] = {"line": here, "story": lines, "form": form, "over": over, "period": words}
    return page("values/show.html", homes=homes, asked=asked, back=back, **context)


def named(goals: list[GoalChoice]) -> dict[str, GoalChoice]:
    """The goals by keyword."""
    return {goal.keyword: goal for goal in goals}


def placeless(invalid: Invalid) -> Invalid:
    """The problems of the only value that was sent, at its fields."""
    return Invalid(
        Problem(problem.field.removeprefix("0."), problem.code, problem.params) for problem in invalid.problems
    )
