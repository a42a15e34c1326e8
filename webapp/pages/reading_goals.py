"""Reading goals: planned from a preset or by hand, changed, ended, and taken up again."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import reading_goals as actions
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.reading import Asks, Category
from webapp.extensions import db
from webapp.pages.forms.reading_goals import DAYS, WHOLE, ReadingGoalForm, fields_of
from webapp.pages.reading_preview import preview_of
from webapp.pages.respond import onward, page, reply, say
from webapp.queries import reading as readings
from webapp.queries import reading_history as queries
from webapp.queries.reading import Reading
from webapp.web.idempotency import answered, keep, new_nonce
from webapp.web.policies import signed_in
from webapp.web.reading_words import amount_words, days_words, goal_words, measure_words, work_title
from webapp.web.transaction import only_reads

bp = Blueprint("reading_goals", __name__, url_prefix="/reading")

QURAN = Category.QURAN.value
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "khatm30": {"work": QURAN, "asks": WHOLE, "pace": DAYS, "days": 30},
    "khatm60": {"work": QURAN, "asks": WHOLE, "pace": DAYS, "days": 60},
    "ten-minutes": {"work": QURAN, "asks": Asks.TIME.value, "minutes": Decimal(10)},
    "four-pages": {"work": QURAN, "asks": Asks.AMOUNT.value, "amount": 4},
    "book": {"asks": WHOLE, "pace": DAYS, "days": 14},
    "course": {"work": Category.COURSE.value, "asks": Asks.AMOUNT.value, "amount": 1},
    "programme": {"work": Category.PROGRAMME.value, "asks": Asks.AMOUNT.value, "amount": 1},
    "ramadan": {
        "work": Category.CHALLENGE.value,
        "asks": Asks.AMOUNT.value,
        "amount": 30,
        "pace": DAYS,
        "days": 30,
    },
}
"""What the form says at first, by the word in its address."""


@bp.get("/new")
@signed_in
def new() -> Any:
    """The form of a goal, filled in as the address says: `?preset=`, `?work=`."""
    found = readings.readings(db.session, g.viewer)
    if request.args.get("preset") == "book" and not any(one.work.category is Category.BOOK for one in found):
        return onward(url_for("reading_works.new"))
    return page("reading/goal.html", **shown(beginning(found, request.args), found))


@bp.post("/goals")
@signed_in
def create() -> Any:
    """The goal begins today."""
    found = readings.readings(db.session, g.viewer)
    form = form_for(found)
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        actions.start(db.session, g.viewer, form.draft(), form.book_id())
    except Invalid as invalid:
        db.session.rollback()
        return page("reading/goal.html", **shown(form.absorb(invalid), found), live=live_in(invalid)), 422
    keep(form.nonce.data, there := url_for("reading.index"))
    flash(_("Your reading goal begins today."))
    return onward(there)


@bp.post("/goals/preview")
@signed_in
@only_reads
def preview() -> Any:
    """The next days of what stands in the form; nothing is saved."""
    if not (goal_id := request.args.get("goal")):
        found = readings.readings(db.session, g.viewer)
        return reply("reading/_preview.html", page="reading/goal.html", **shown(form_for(found), found))
    reading = queries.reading_of_goal(db.session, g.viewer, goal_id)
    return reply("reading/_preview.html", page="reading/goal.html", **shown(form_of(reading), (), reading))


@bp.get("/goals/<goal_id>/edit")
@signed_in
def edit(goal_id: str) -> Any:
    """The form, open on a goal."""
    reading = queries.reading_of_goal(db.session, g.viewer, goal_id)
    return page("reading/goal.html", **shown(form_of(reading, opened=True), (), reading))


@bp.post("/goals/<goal_id>")
@signed_in
def update(goal_id: str) -> Any:
    """The goal asks what the form says, over the days since it began."""
    reading = queries.reading_of_goal(db.session, g.viewer, goal_id)
    form = form_of(reading)
    try:
        actions.change(db.session, g.viewer, goal_id, form.changes(), seen=form.seen())
    except Invalid as invalid:
        return again(goal_id, form, invalid), 422
    except Conflict:
        return again(goal_id, form), 409
    flash(_("Saved."))
    return onward(url_for("reading_works.show", work_id=reading.work.id))


@bp.route("/goals/<goal_id>/end", methods=["GET", "POST"])
@signed_in
def end(goal_id: str) -> Any:
    """What ending means; on yes the goal is over."""
    if request.method != "POST":
        reading = queries.reading_of_goal(db.session, g.viewer, goal_id)
        return page("reading/goal_end.html", reading=reading, **words_of(reading))
    work_id = queries.work_id_of_goal(db.session, g.viewer, goal_id)
    with suppress(NotFound):  # it was over already
        actions.end(db.session, g.viewer, goal_id)
    say(_("The goal is over. What you read stays."), {"action": url_for(".resume", goal_id=goal_id), "fields": {}})
    return onward(url_for("reading_works.show", work_id=work_id))


@bp.post("/goals/<goal_id>/resume")
@signed_in
def resume(goal_id: str) -> Any:
    """The goal that was ended goes on, with its days as they were."""
    work_id = queries.work_id_of_goal(db.session, g.viewer, goal_id)
    try:
        with suppress(NotFound):  # it goes on already
            actions.resume(db.session, g.viewer, goal_id)
        say(_("The goal goes on."))
    except Invalid:
        db.session.rollback()
        say(_("Another goal of the same has begun since. End that one first."))
    return onward(url_for("reading_works.show", work_id=work_id))


def beginning(found: Sequence[Reading], asked: Mapping[str, str]) -> ReadingGoalForm:
    """The form as it opens; raises NotFound for a work that is not the viewer's, or put away."""
    preset = PRESETS.get(asked.get("preset", ""), {})
    said: dict[str, Any] = {"work": QURAN, "nonce": new_nonce(), **preset}
    works = {one.work.id: one.work for one in found}
    books = [one for one in works.values() if one.category is Category.BOOK]
    if named := asked.get("work"):
        if named not in works:
            raise NotFound
        category = works[named].category
        said |= {"work": named if category is Category.BOOK else category.value}
        said.setdefault("asks", Asks.AMOUNT.value)
    elif preset is PRESETS["book"] and books:
        said |= {"work": books[0].id}
    if said["work"] in works and works[said["work"]].size is None and said.get("asks") == WHOLE:
        said |= {"asks": Asks.AMOUNT.value}
    return form_for(found, formdata=None, data=said)


def form_for(found: Sequence[Reading], **said: Any) -> ReadingGoalForm:
    """The form of a goal of one of these works, or of one that is not there yet."""
    books = [one.work for one in found if one.work.category is Category.BOOK]
    since = {one.work.number: one.read.amount for one in found}
    return ReadingGoalForm(books, g.viewer.today, since=since, **said)


def form_of(reading: Reading, *, opened: bool = False) -> ReadingGoalForm:
    """The form of the goal there is: as it was typed, or as it opens."""
    assert reading.plan is not None
    terms, work = reading.plan.terms, reading.work
    since = {} if work.size is None else {work.number: queries.read_since(db.session, work.number, terms.starts)}
    form = partial(ReadingGoalForm, (), terms.starts, work, since=since, verses=terms.asks is Asks.RANGE)
    if not opened:
        return form()
    said = fields_of(terms, form(formdata=None).rest()) | {"version": str(reading.plan.version)}
    return form(formdata=None, data=said)


def again(goal_id: str, form: ReadingGoalForm, invalid: Invalid | None = None) -> str:
    """The form once more with everything that was typed, and what is wrong; without that, what stands by now."""
    db.session.rollback()
    reading = queries.reading_of_goal(db.session, g.viewer, goal_id)
    assert reading.plan is not None
    if invalid is not None:
        form.absorb(invalid)
    else:
        form.version.raw_data, form.version.data = None, str(reading.plan.version)
    facts = [] if invalid else [(_("It asks now"), goal_words(reading.plan.terms, reading.work))]
    return page("reading/goal.html", **shown(form, (), reading), facts=facts)


def shown(form: ReadingGoalForm, found: Sequence[Reading], reading: Reading | None = None) -> dict[str, Any]:
    """What the form's page and its fragment need; `reading` is the work of a goal that is being changed."""
    return {
        "form": form,
        "reading": reading,
        "title": work_title(reading.work.category, reading.work.title) if reading else "",
        "preview": preview_of(g.viewer, form, found, reading),
        "has_books": any(one.work.category is Category.BOOK for one in found),
    }


def live_in(invalid: Invalid) -> str:
    """The public id of the goal that stands in the way of another; "" when something else is wrong."""
    return next((str(one.params["id"]) for one in invalid.problems if one.code == "goal_is_live"), "")


def words_of(reading: Reading) -> dict[str, Any]:
    """A goal in words: what is read, what it asks, and what is left of it."""
    assert reading.plan is not None
    terms, standing = reading.plan.terms, reading.standing
    left = ""
    if standing is not None and not standing.reached:
        rest = amount_words(standing.left, reading.work.unit) if terms.span else ""
        left = rest or measure_words(standing.left, terms, reading.work)
    return {
        "title": work_title(reading.work.category, reading.work.title),
        "goal": goal_words(terms, reading.work),
        "left": left,
        "days_left": days_words(standing.days_left) if standing else "",
    }
