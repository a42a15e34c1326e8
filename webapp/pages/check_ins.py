"""Check-ins: saying how a key result stands, reading what was said of it, and correcting the latest."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask_babel import gettext as _

from webapp.actions import check_ins as actions
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.objectives import CORRECTED_WITHIN
from webapp.domain.tracking import Source
from webapp.extensions import db
from webapp.models import KeyResult
from webapp.pages import objective_figures
from webapp.pages.feeds import feed_panel
from webapp.pages.forms.check_ins import CheckInForm
from webapp.pages.objective import shown_page
from webapp.pages.objective_figures import KeyResultLine, Told, figures_of, key_result_line
from webapp.pages.objective_words import measure, percent
from webapp.pages.respond import onward, page, say, wants_fragment
from webapp.queries import check_ins as queries
from webapp.queries import members, objective_page, objectives
from webapp.queries import reviews as review_queries
from webapp.queries.check_ins import CheckIn
from webapp.queries.cycles import today_in
from webapp.queries.objective_why import Ledger, key_result_course
from webapp.queries.objectives import Found
from webapp.web.addresses import safe_next
from webapp.web.formats import amount, day, moment
from webapp.web.idempotency import answered, keep
from webapp.web.policies import signed_in

bp = Blueprint("check_ins", __name__, url_prefix="/objectives")


@dataclass(frozen=True, slots=True)
class Entry:
    """One check-in in words; `corrected` says when another took its place."""

    id: str
    who: str
    day: str
    at: str
    value: str
    change: str
    confidence: str
    comment: str
    corrected: bool
    corrects: bool
    may_correct: bool


@bp.get("/key-results/<public_id>")
@signed_in
def key_result(public_id: str) -> Any:
    """One key result: where it stands, and everything that was said of it."""
    row, found = objectives.find_key_result(db.session, g.viewer, public_id)
    return key_result_page(row, found)


@bp.post("/key-results/<public_id>/check-ins")
@signed_in
def check_in(public_id: str) -> Any:
    """Say how the key result stands."""
    row, found = objectives.find_key_result(db.session, g.viewer, public_id, lock=True)
    form = CheckInForm(row)
    if there := answered(form.nonce.data):
        return done(row, found, form, there)
    try:
        actions.check_in(db.session, g.viewer, row, found, form.draft())
    except Invalid as invalid:
        form.absorb(invalid)
        return amiss(row, found, form), 422
    keep(form.nonce.data, there := back_to(row, found))
    return done(row, found, form, there)


@bp.route("/key-results/<public_id>/check-ins/<entry>", methods=["GET", "POST"])
@signed_in
def correct(public_id: str, entry: str) -> Any:
    """The latest check-in, to be said otherwise; what was said first stays readable."""
    writes = request.method == "POST"
    row, found = objectives.find_key_result(db.session, g.viewer, public_id, lock=writes)
    said = said_as(row, entry)
    if not writes:
        actions.to_correct(db.session, g.viewer, row, found, entry)
        return correcting(row, found, said, CheckInForm.of(row, said))
    form = CheckInForm(row)
    try:
        actions.correct(db.session, g.viewer, row, found, entry, form.draft())
    except Invalid as invalid:
        form.absorb(invalid)
        return correcting(row, found, said, form), 422
    say(_("Corrected. What was said first stays readable."))
    return onward(url_for(".key_result", public_id=public_id))


def said_as(row: KeyResult, entry: str) -> CheckIn:
    """The check-in that stands under this id, else NotFound."""
    found = next((one for one in queries.history(db.session, [row.id]) if one.id == entry), None)
    if found is None:
        raise NotFound
    return found


def done(row: KeyResult, found: Found, form: CheckInForm, there: str) -> Any:
    """What the check-in changed, at every place where the page shows it; without JavaScript the page itself."""
    said = _("Checked in: %(name)s, %(value)s.", name=row.name, value=measure(row.actual, row.unit))
    if not wants_fragment():
        say(said)
        return onward(there)
    shown = objective_page.shown(db.session, g.viewer, found.goal.public_id)
    ledger = Ledger(db.session, shown.found)
    line = line_of(row, found, ledger, view=form.view.data or "")
    context = {"line": line, "figures": figures_of(shown, ledger), "objective": {"id": found.goal.public_id}}
    return render_template("objectives/checked_in.hx.html", viewer=g.viewer, said=said, undo=None, **context)


def amiss(row: KeyResult, found: Found, form: CheckInForm) -> str:
    """The form as it was sent, with what is wrong at its fields, where it stood."""
    if wants_fragment():
        line = line_of(row, found, None, form, form.view.data or "")
        return render_template("objectives/_check_in.html", viewer=g.viewer, line=line)
    if form.view.data == "key_result":
        return key_result_page(row, found, form)
    return shown_page(objective_page.shown(db.session, g.viewer, found.goal.public_id), form, row.public_id)


def line_of(
    row: KeyResult, found: Found, ledger: Ledger | None, typed: CheckInForm | None = None, view: str = ""
) -> KeyResultLine:
    """One key result in words."""
    standing = review_queries.standing(db.session, g.viewer, found.goal)
    owners = members.names_of(db.session, {row.owner_id or found.goal.owner_id})
    said = ledger.said.get(row.id, ()) if ledger else ()
    return key_result_line(row, Told(found, standing, owners), said, typed, view)


def key_result_page(row: KeyResult, found: Found, typed: CheckInForm | None = None) -> str:
    """The page of a key result with its whole history."""
    ledger = Ledger(db.session, found)
    line = line_of(row, found, ledger, typed, "key_result")
    course = key_result_course(row, found)
    points = objective_figures.points_of(row, course, ledger.said.get(row.id, ()), today_in(g.viewer, found.cycle))
    chart = objective_figures.chart_of(course, points, today_in(g.viewer, found.cycle))
    history = queries.everything_said(db.session, row.id)
    return page(
        "objectives/key_result.html",
        line=line,
        chart=chart,
        objective={"id": found.goal.public_id, "name": found.objective.name},
        entries=entries_of(row, history, may=line.form is not None),
        feed=feed_panel(row, found, may=line.form is not None),
    )


def correcting(row: KeyResult, found: Found, said: CheckIn, form: CheckInForm) -> str:
    """The form that corrects one check-in."""
    words = _("Said on %(moment)s: %(value)s", moment=moment(said.at), value=measure(said.value, row.unit))
    return page("objectives/correct.html", key_result=row, entry=said, form=form, words=words)


def entries_of(row: KeyResult, history: list[tuple[CheckIn, bool]], *, may: bool) -> list[Entry]:
    """What was said, the newest first, each with how it differs from what stood before it."""
    lines: list[Entry] = []
    before: Decimal | None = None
    latest = max((said.number for said, struck in history if not struck), default=None)
    for said, struck in sorted(history, key=lambda one: (one[0].day, one[0].number)):
        change = "" if struck or before is None else signed(said.value - before)
        young = g.viewer.now - said.at <= CORRECTED_WITHIN and said.source is not Source.FEED
        lines.append(
            Entry(
                id=said.id,
                who=_("You") if said.author_id == g.viewer.id else said.author or _("Somebody who is no longer here"),
                day=day(said.day),
                at="" if said.source is Source.FEED else moment(said.at),
                value=measure(said.value, row.unit),
                change=change,
                confidence="" if said.confidence is None else percent(said.confidence),
                comment=said.comment,
                corrected=struck,
                corrects=said.corrected,
                may_correct=may and said.number == latest and said.author_id == g.viewer.id and young,
            )
        )
        before = before if struck else said.value
    return lines[::-1]


def signed(difference: Decimal) -> str:
    """A difference with its sign; nothing changed is said so."""
    if not difference:
        return _("unchanged")
    return f"{'+' if difference > 0 else '−'}{amount(abs(difference))}"


def back_to(row: KeyResult, found: Found) -> str:
    """Where the form stood: the page it names, else the objective's."""
    if request.form.get("view") == "key_result":
        return url_for(".key_result", public_id=row.public_id)
    there = url_for("objective.show", public_id=found.goal.public_id)
    return safe_next(request.form.get("back")) or f"{there}#key-result-{row.public_id}"
