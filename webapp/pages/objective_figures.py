"""How far an objective is, whether that is where it should be, and the same of each of its key results, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.goals import Lifecycle
from webapp.domain.objectives import (
    NOTHING,
    Course,
    Position,
    Said,
    check_in_due,
    expected,
    position,
    progress,
    value_at,
)
from webapp.domain.reviews import Act, takes_check_ins
from webapp.extensions import db
from webapp.models import KeyResult
from webapp.pages.forms.check_ins import CheckInForm
from webapp.pages.objective_charts import SPARK_HEIGHT, SPARK_WIDTH, Drawn, drawn
from webapp.pages.objective_words import PACE_ICONS, measure, over_words, pace_words, percent, share, target_words
from webapp.queries import members
from webapp.queries.cycles import today_in
from webapp.queries.objective_page import Shown
from webapp.queries.objective_why import Ledger, key_result_course
from webapp.queries.objectives import Found, course_of
from webapp.queries.reviews import Standing
from webapp.web.formats import amount, day

ROWS = 60
"""So many days the table behind a chart shows, the newest first."""


@dataclass(frozen=True, slots=True)
class PaceWords:
    """Where something stands beside where it should be: its name, a sign, and by how much it is ahead or behind."""

    name: str
    words: str
    icon: str
    gap: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Progress over time: what is drawn, what it says in a sentence, the ends of its time, and its table of (day,
    reached, expected)."""

    drawn: Drawn
    words: str
    first: str
    last: str
    rows: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Figures:
    """An objective in numbers: shares are whole percent between 0 and 100."""

    share: int
    percent: str
    expected: str
    expected_share: int
    pace: PaceWords
    confidence: str
    reason: str
    time: str
    last: str
    due: str
    outdated: bool
    chart: Chart


@dataclass(frozen=True, slots=True)
class KeyResultLine:
    """A key result in words; `form` is there for who may check in now."""

    id: str
    name: str
    description: str
    owner: str
    asked: str
    way: str
    value: str
    measured: bool
    share: int
    percent: str
    over: str
    expected_share: int
    expected: str
    spark: Drawn
    confidence: str
    reason: str
    last: str
    due: str
    outdated: bool
    weight: str
    form: CheckInForm | None = None
    open: bool = False
    view: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the check-in of one key result needs beside the key result: where it stands."""

    found: Found
    standing: Standing
    owners: Mapping[int, str] = field(default_factory=dict)

    def may_check_in(self, key_result: KeyResult) -> bool:
        """Whether the viewer may say now how it stands."""
        return Act.CHECK_IN in self.standing.may and g.viewer.id in (self.found.goal.owner_id, key_result.owner_id)


def figures_of(shown: Shown, ledger: Ledger) -> Figures:
    """The objective's own numbers as of today."""
    found, today = shown.found, today_in(g.viewer, shown.found.cycle)
    course = course_of(found.objective, found.cycle)
    quiet = not takes_check_ins(found.goal.review_state, found.goal.lifecycle)
    attainment, last = found.objective.attainment, found.objective.last_check_in
    stands = position(course, attainment, last, today, quiet=quiet)
    objective = found.objective
    return Figures(
        share=share(attainment),
        percent=percent(attainment),
        expected=percent(stands.expected),
        expected_share=share(stands.expected),
        pace=pace_of(stands, closed=found.goal.lifecycle is Lifecycle.CLOSED),
        confidence="" if objective.confidence is None else percent(objective.confidence),
        reason=objective.confidence_reason,
        time=time_words(course, today),
        last=last_words(last),
        due="" if quiet else due_words(course, last, today),
        outdated=stands.outdated,
        chart=chart_of(course, line_of(ledger, course, today), today),
    )


def lines_of(shown: Shown, ledger: Ledger, standing: Standing, typed: CheckInForm | None = None, on: str = "") -> Any:
    """The key results of the objective in their order; `typed` is the form of the one of id `on`, as it was sent."""
    rows = ledger.key_results.get(shown.found.goal.id, [])
    owners = members.names_of(db.session, {one.owner_id for one in rows if one.owner_id})
    told = Told(shown.found, standing, owners | {shown.found.goal.owner_id: shown.owner})
    return [
        key_result_line(one, told, ledger.said.get(one.id, ()), typed if one.public_id == on else None) for one in rows
    ]


def key_result_line(
    row: KeyResult, told: Told, said: Sequence[Said], typed: CheckInForm | None = None, view: str = "objective"
) -> KeyResultLine:
    """One key result as of today."""
    found, today = told.found, today_in(g.viewer, told.found.cycle)
    quiet = not takes_check_ins(found.goal.review_state, found.goal.lifecycle)
    course = key_result_course(row, found)
    stands = position(course, row.attainment, row.last_check_in, today, quiet=quiet)
    may = told.may_check_in(row)
    return KeyResultLine(
        id=row.public_id,
        name=row.name,
        description=row.description,
        owner=told.owners.get(row.owner_id or found.goal.owner_id) or _("Somebody who is no longer here"),
        asked=target_words(row.operator, row.baseline, row.target, row.unit),
        way=_("%(baseline)s → %(target)s", baseline=amount(row.baseline), target=measure(row.target, row.unit)),
        value=measure(row.actual, row.unit),
        measured=row.actual is not None,
        share=share(row.attainment or NOTHING),
        percent=percent(row.attainment or NOTHING),
        over=over_words(row.attainment),
        expected_share=share(stands.expected),
        expected=percent(stands.expected),
        spark=drawn(course, points_of(row, course, said, today), today, SPARK_WIDTH, SPARK_HEIGHT),
        confidence="" if row.confidence is None else percent(row.confidence),
        reason=row.confidence_reason,
        last=last_words(row.last_check_in),
        due=due_words(course, row.last_check_in, today)
        if takes_check_ins(found.goal.review_state, found.goal.lifecycle)
        else "",
        outdated=stands.outdated,
        weight="" if row.weight == 1 else amount(row.weight),
        form=(typed or CheckInForm(row, view=view, formdata=None)) if may else None,
        open=typed is not None,
        view=view,
    )


def pace_of(stands: Position, *, closed: bool = False) -> PaceWords:
    """Where it stands beside where it should be; what is closed has no pace any more, as in the lists."""
    points = share(abs(stands.gap))
    if points == 0:
        gap = _("as expected")
    elif stands.gap > 0:
        gap = ngettext("%(num)d point behind", "%(num)d points behind", points)
    else:
        gap = ngettext("%(num)d point ahead", "%(num)d points ahead", points)
    if closed:
        return PaceWords("closed", _("closed"), "archive", gap)
    return PaceWords(stands.pace.value, pace_words(stands.pace), PACE_ICONS[stands.pace], gap)


def points_of(row: KeyResult, course: Course, said: Sequence[Said], today: date) -> list[tuple[date, Decimal]]:
    """How far the key result was on each day something was said of it within its time."""
    days = sorted({one.day for one in said if one.day <= min(today, course.ends)})
    values = [(each, value_at(said, row.baseline, each)) for each in days]
    return [(each, progress(row.operator, row.baseline, row.target, value) or NOTHING) for each, value in values]


def line_of(ledger: Ledger, course: Course, today: date) -> list[tuple[date, Decimal]]:
    """How far the objective was when it began, and on each day after that on which something was said."""
    until = min(today, course.ends)
    if until < course.starts:
        return []
    days = [course.starts, *(each for each in ledger.days() if course.starts < each <= until)]
    return [(each, ledger.attainment(ledger.top, each)) for each in days]


def chart_of(course: Course, points: list[tuple[date, Decimal]], today: date) -> Chart:
    """The chart of these points, with what it comes to in words."""
    rows = [(day(each), percent(reached), percent(expected(course, each))) for each, reached in points]
    until = min(today, course.ends)
    if points and until > points[-1][0]:
        rows.append((day(until), rows[-1][1], percent(expected(course, until))))
    words = _("Nothing was said yet.")
    if rows:
        words = _("On %(day)s %(reached)s was reached, %(expected)s was expected.", **_named(rows[-1]))
    return Chart(drawn(course, points, today), words, day(course.starts), day(course.ends), rows[: -ROWS - 1 : -1])


def time_words(course: Course, today: date) -> str:
    """How much of its time is gone."""
    whole = (course.ends - course.starts).days + 1
    gone = (today - course.starts).days + 1
    if gone < 1:
        return ngettext("begins tomorrow", "begins in %(num)d days", 1 - gone)
    if gone > whole:
        return _("ended on %(day)s", day=day(course.ends))
    return _("day %(number)s of %(days)s", number=gone, days=whole)


def last_words(last: date | None) -> str:
    return _("last check-in %(day)s", day=day(last)) if last else _("no check-in yet")


def due_words(course: Course, last: date | None, today: date) -> str:
    """When the next check-in is due; nothing when none is any more."""
    due = check_in_due(course, last)
    if due > course.ends:
        return ""
    if due < today:
        days = (today - due).days
        return ngettext("next was due yesterday", "next was due %(num)d days ago", days)
    if due == today:
        return _("next due today")
    if due == today + timedelta(days=1):
        return _("next due tomorrow")
    return _("next due %(day)s", day=day(due))


def _named(row: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("day", "reached", "expected"), row, strict=True))
