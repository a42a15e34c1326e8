"""Pauses: times in which nothing is asked, planned, changed, ended and taken back."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, g, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import pauses as actions
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.pauses import Pause
from webapp.domain.policy import Permission, require
from webapp.extensions import db
from webapp.pages.forms.pauses import PauseForm, PlanForm
from webapp.pages.respond import onward, page, say
from webapp.queries import goals
from webapp.queries import pauses as queries
from webapp.queries.pauses import PauseRow
from webapp.web.formats import day
from webapp.web.idempotency import answered, keep, new_nonce
from webapp.web.policies import signed_in

bp = Blueprint("pauses", __name__, url_prefix="/pauses")


@bp.get("")
@signed_in
def index() -> Any:
    """The viewer's pauses, and a form for another; `?goal=` chooses one goal of theirs."""
    named = request.args.get("goal", "")
    if named and goals.find(db.session, g.viewer, named).owner_id != g.viewer.id:
        raise NotFound
    return listing(empty_plan(goal=named, first=g.viewer.today))


@bp.post("")
@signed_in
def plan() -> Any:
    """Plan a pause of one goal or of all."""
    form = PlanForm(choices())
    goal = goals.find(db.session, g.viewer, form.goal.data, lock=True) if form.goal.data else None
    if goal is not None:
        require(g.viewer, Permission.GOAL_CHANGE, goals.facts_of(db.session, g.viewer, goal))
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        pause = actions.plan(db.session, g.viewer, form.days(), goal)
    except Invalid as invalid:
        db.session.rollback()
        form.absorb(invalid)
        return listing(form), 422
    keep(form.nonce.data, url_for(".index"))
    return told(_("The pause is planned."), url_for(".remove", public_id=pause.public_id), {})


@bp.post("/<public_id>")
@signed_in
def change(public_id: str) -> Any:
    """Give the pause other days."""
    pause, form = queries.find(db.session, g.viewer, public_id), PauseForm(prefix=f"{public_id}-")
    before = pause.terms()
    try:
        actions.change(db.session, g.viewer, pause, form.days())
    except Invalid as invalid:
        db.session.rollback()
        form.absorb(invalid)
        return listing(empty_plan(), changed=(public_id, form)), 422
    fields = days_again(before, f"{public_id}-")
    return told(_("The pause has other days now."), url_for(".change", public_id=public_id), fields)


@bp.post("/<public_id>/end")
@signed_in
def end(public_id: str) -> Any:
    """From today on everything is asked again."""
    again = said_again(public_id)
    before = actions.end(db.session, g.viewer, queries.find(db.session, g.viewer, public_id))
    said = _("The pause is over: from today on you are asked again.")
    if before.first >= g.viewer.today:
        return told(said, url_for(".plan"), again)
    return told(said, url_for(".change", public_id=public_id), days_again(before, f"{public_id}-"))


@bp.post("/<public_id>/remove")
@signed_in
def remove(public_id: str) -> Any:
    """The pause has never been."""
    again = said_again(public_id)
    actions.remove(db.session, g.viewer, queries.find(db.session, g.viewer, public_id))
    return told(_("The pause is removed: its days count again."), url_for(".plan"), again)


def listing(form: PlanForm, changed: tuple[str, PauseForm] | None = None) -> str:
    """The page of all pauses, with a form that could not be used as it was typed."""
    rows = queries.pauses_of(db.session, g.viewer)
    today = g.viewer.today
    over = [row for row in rows if row.last is not None and row.last < today]
    ahead = [row for row in rows if row.first > today]
    now = [row for row in rows if row not in over and row not in ahead]
    parts = [
        ("now", _("Now"), pause_lines(now, changed)),
        ("planned", _("Planned"), pause_lines(ahead[::-1], changed)),
        ("past", _("Over"), pause_lines(over, changed)),
    ]
    return page("pauses/index.html", form=form, parts=[part for part in parts if part[2]])


def empty_plan(**said: Any) -> PlanForm:
    """The form for another pause, which is planned once however often it is sent."""
    return PlanForm(choices(), formdata=None, nonce=new_nonce(), **said)


def pause_lines(rows: Sequence[PauseRow], changed: tuple[str, PauseForm] | None) -> list[dict[str, Any]]:
    """Pauses, ready for the template, each with the form that changes its days."""
    typed = dict([changed]) if changed else {}
    return [
        {
            "id": row.id,
            "title": row.title,
            "goal_id": row.goal_id,
            "colour": row.colour,
            "words": pause_words(row),
            "endable": row.first <= g.viewer.today and (row.last is None or row.last >= g.viewer.today),
            "wrong": row.id in typed,
            "form": typed.get(row.id) or PauseForm(formdata=None, prefix=f"{row.id}-", first=row.first, last=row.last),
        }
        for row in rows
    ]


def pause_words(row: PauseRow) -> str:
    """What the pause does, in a sentence."""
    over = row.last is not None and row.last < g.viewer.today
    if row.goal_id is None and over:
        said = _("Nothing was asked of any of your goals %(days)s; streaks stood still.")
    elif row.goal_id is None:
        said = _("Nothing is asked of any of your goals %(days)s; streaks stand still.")
    elif over:
        said = _("Nothing was asked of it %(days)s; its streak stood still.")
    else:
        said = _("Nothing is asked of it %(days)s; its streak stands still.")
    return said % {"days": span_words(row.days())}


def span_words(pause: Pause) -> str:
    """The days of a pause: "on 1 December", "from 1 to 14 December", "from 1 December on"."""
    first, last = pause.first, pause.last
    if last is None:
        return _("from %(day)s on", day=day(first, _form(first)))
    if last == first:
        return _("on %(day)s", day=day(first, _form(first)))
    alike = (first.year, first.month) == (last.year, last.month)
    short = "d" if alike else "d MMMM" if first.year == last.year else "d MMMM y"
    return _("from %(first)s to %(last)s", first=day(first, short), last=day(last, _form(last)))


def choices() -> list[tuple[str, str]]:
    """The viewer's live goals, to choose one of."""
    return [(row.id, row.title) for row in goals.listed(db.session, g.viewer, goals.Filter())]


def said_again(public_id: str) -> dict[str, str] | None:
    """The fields that plan this pause once more; None when it is so old that the page does not show it."""
    rows = {row.id: row for row in queries.pauses_of(db.session, g.viewer)}
    row = rows.get(public_id)
    return {**days_again(row.days()), "goal": row.goal_id or "", "nonce": new_nonce()} if row else None


def days_again(pause: Pause, prefix: str = "") -> dict[str, str]:
    """The fields that say these days again."""
    last = pause.last.isoformat() if pause.last else ""
    return {f"{prefix}first": pause.first.isoformat(), f"{prefix}last": last}


def told(said: str, address: str, fields: dict[str, str] | None) -> Response:
    """Back on the page, with a message that can take it back by these fields."""
    undo = {"action": address, "fields": fields} if fields is not None else None
    say(said, undo)
    return onward(url_for(".index"))


def _form(one: Any) -> str:
    """The year is said when it is another than this."""
    return "d MMMM" if one.year == g.viewer.today.year else "d MMMM y"
