"""Why an objective's and a key result's numbers are what they are, as of any date: formulas with their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, g, request
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.objectives import AT_RISK, ON_TRACK, OUTDATED_AFTER, Course, Curve, Operator, Position
from webapp.extensions import db
from webapp.models import KeyResult
from webapp.pages.objective_figures import pace_of
from webapp.pages.objective_words import cadence_words, curve_words, exact, measure, over_words, percent, target_words
from webapp.pages.respond import page
from webapp.queries import objective_page, objectives
from webapp.queries import objective_why as queries
from webapp.queries.cycles import today_in
from webapp.queries.objective_why import Explained, KeyResultExplained, Part
from webapp.web.addresses import plain_date
from webapp.web.formats import amount, day
from webapp.web.policies import signed_in

bp = Blueprint("objective_why", __name__, url_prefix="/objectives")


@dataclass(frozen=True, slots=True)
class AsOf:
    """The date that is meant, what was typed for it, and why it is another."""

    day: date
    typed: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of the roll-up: its progress as it is, and as it counts."""

    address: str
    name: str
    is_child: bool
    weight: str
    progress: str
    counted: str
    over: str


@bp.get("/<public_id>/why")
@signed_in
def why(public_id: str) -> Any:
    """What an objective's progress and pace were made of on a date."""
    shown = objective_page.shown(db.session, g.viewer, public_id)
    as_of = asked_day(request.args, today_in(g.viewer, shown.found.cycle))
    found = queries.explained(db.session, g.viewer, shown.found, as_of.day)
    about = {"id": public_id, "name": shown.found.objective.name}
    told = {"parts": list(map(part_line, found.parts)), "left_out": found.left_out, "sum": sum_words(found)}
    body = page("objectives/why.html", objective=about, as_of=as_of, found=found, **told, **pace_words_of(found))
    return body, 422 if as_of.error else 200


@bp.get("/key-results/<public_id>/why")
@signed_in
def why_key_result(public_id: str) -> Any:
    """What a key result's progress was made of on a date."""
    row, found = objectives.find_key_result(db.session, g.viewer, public_id)
    as_of = asked_day(request.args, today_in(g.viewer, found.cycle))
    said = queries.key_result_explained(db.session, row, found, as_of.day)
    course = queries.key_result_course(row, found)
    context = {"steps": steps_of(row, said), "facts": facts_of(row), "entries": entries_of(row, said)}
    context |= pace_of_course(course, said.position, as_of.day, said.last_check_in, said.due)
    about = {"id": found.goal.public_id, "name": found.objective.name}
    body = page("objectives/why_key_result.html", key_result=row, objective=about, as_of=as_of, found=said, **context)
    return body, 422 if as_of.error else 200


def asked_day(values: Mapping[str, str], today: date) -> AsOf:
    """The date in `as_of`; today when there is none, and in place of one that cannot be taken."""
    typed = values.get("as_of", "")
    if not typed:
        return AsOf(today, today.isoformat())
    chosen = plain_date(typed)
    if chosen is None:
        return AsOf(today, typed, _("Please choose a day."))
    if chosen > today:
        return AsOf(today, typed, _("That day is still to come. Shown is today."))
    return AsOf(chosen, typed)


def part_line(part: Part) -> PartLine:
    return PartLine(
        address=f"/objectives/{part.id}/why" if part.is_child else f"/objectives/key-results/{part.id}/why",
        name=part.name,
        is_child=part.is_child,
        weight=amount(part.weight),
        progress=_("not measured") if part.progress is None else exact(part.progress),
        counted=exact(part.counted),
        over=over_words(part.progress),
    )


def sum_words(found: Explained) -> str:
    """The weighted mean with its numbers in place; nothing without parts."""
    if not found.parts:
        return ""
    above = " + ".join(f"{amount(one.weight)} · {exact(one.counted)}" for one in found.parts)
    below = " + ".join(amount(one.weight) for one in found.parts)
    return f"({above}) / ({below}) = {exact(found.attainment)}"


def pace_words_of(found: Explained) -> dict[str, Any]:
    """The pace of an objective and the silence of its owner."""
    return pace_of_course(found.course, found.position, found.as_of, found.last_check_in, found.due)


def pace_of_course(course: Course, stands: Position, as_of: date, last: date | None, due: date) -> dict[str, Any]:
    """How the pace came about, step by step, and when the next check-in was due."""
    whole = (course.ends - course.starts).days + 1
    gone = min(max((as_of - course.starts).days, 0), whole)
    passed = Decimal(gone) / whole
    steps = [
        _(
            "time: %(gone)s of %(whole)s days passed = %(passed)s",
            gone=gone,
            whole=whole,
            passed=exact(passed),
        ),
        _(
            "expected, %(curve)s: %(bent)s",
            curve=curve_words(course.curve),
            bent=bent_words(course, as_of, passed, stands),
        ),
        _(
            "gap = expected − reached = %(expected)s − %(reached)s = %(gap)s",
            expected=exact(stands.expected),
            reached=exact(stands.actual),
            gap=exact(stands.gap),
        ),
    ]
    rules = _(
        "Up to %(on_track)s missing is on track, up to %(at_risk)s at risk, more off track.",
        on_track=percent(ON_TRACK),
        at_risk=percent(AT_RISK),
    )
    return {
        "pace": pace_of(stands),
        "pace_steps": steps,
        "pace_rules": rules,
        "silence": silence(course, last, due, stands),
    }


def bent_words(course: Course, as_of: date, passed: Decimal, stands: Position) -> str:
    """The curve's part in what is expected."""
    if course.curve is Curve.BACK_LOADED:
        return f"({exact(passed)})² = {exact(stands.expected)}"
    if course.curve is Curve.STEPPED:
        if all(one.day > as_of for one in course.milestones):
            return _("no milestone is due yet")
        return _("the last milestone says %(expected)s", expected=exact(stands.expected))
    return exact(stands.expected)


def silence(course: Course, last: date | None, due: date, stands: Position) -> list[tuple[str, str]]:
    """When somebody last said how it stands, and when they were to say it again."""
    facts = [
        (_("Last check-in"), day(last) if last else _("none")),
        (_("A check-in is asked for"), cadence_words(course.cadence)),
        (_("Next check-in"), day(due) if due <= course.ends else _("no more: the time is over")),
    ]
    days = OUTDATED_AFTER.days
    if stands.outdated:
        said = ngettext("yes: more than a day late", "yes: %(num)d days late or more", days)
    else:
        said = ngettext("no: a day late at most", "no: less than %(num)d days late", days)
    return [*facts, (_("Outdated"), said)]


def facts_of(row: KeyResult) -> list[tuple[str, str]]:
    """The formula's letters and what they are."""
    return [
        (_("Asked"), target_words(row.operator, row.baseline, row.target, row.unit)),
        (_("From b"), measure(row.baseline, row.unit)),
        (_("Target t"), measure(row.target, row.unit)),
        (_("Weight"), amount(row.weight)),
    ]


def steps_of(row: KeyResult, found: KeyResultExplained) -> list[str]:
    """The formula of the key result, and with its numbers."""
    if found.actual is None or found.attainment is None:
        return [_("Never measured by then: it counts as 0 %.")]
    b, t, v = amount(row.baseline), amount(row.target), amount(found.actual)
    reached = exact(found.attainment)
    if row.operator is Operator.EXACTLY:
        return [_("100 % if v = t, else 0 %"), _("v = %(v)s, t = %(t)s: %(reached)s", v=v, t=t, reached=reached)]
    if row.operator is Operator.AT_MOST and row.baseline <= row.target:
        formula = _("100 % while v ≤ t, else 1 − (v − t) / |t|, at least 0 %")
        if found.actual <= row.target or not row.target:
            return [formula, _("v = %(v)s, t = %(t)s: %(reached)s", v=v, t=t, reached=reached)]
        return [formula, f"1 − ({v} − {t}) / |{t}| = {reached}"]
    if row.target == row.baseline:
        formula = _("b = t: 100 % if v ≥ t, else 0 %")
        return [formula, _("v = %(v)s, t = %(t)s: %(reached)s", v=v, t=t, reached=reached)]
    return ["(v − b) / (t − b)", f"({bracketed(v)} − {bracketed(b)}) / ({bracketed(t)} − {bracketed(b)}) = {reached}"]


def bracketed(number: str) -> str:
    """A number in a sum: one below zero stands in brackets."""
    return f"({number})" if number[:1] in "-−" else number


def entries_of(row: KeyResult, found: KeyResultExplained) -> list[tuple[str, str, str, bool]]:
    """The check-ins by then, the newest first: day, who, value, and whether the number is made of it."""
    return [
        (day(one.day), one.author or _("Somebody who is no longer here"), measure(one.value, row.unit), place == 0)
        for place, one in enumerate(found.check_ins)
    ]
