"""How strength and percentages come about, as of any day: formula, figures, and the days that went into them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.days import shifted
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.strength import Explanation, Input, Rhythm
from webapp.domain.tracking import Direction
from webapp.domain.verdicts import Aim, JudgedDay, Terms, Verdict, counts
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages import goal_picture
from webapp.pages.goal_history import date_in
from webapp.pages.verdict_words import VerdictWords
from webapp.queries import habits, history, judgements
from webapp.queries.goals import Terms as Opened
from webapp.web.formats import amount, day

MONTH_DAYS = 30


class InputLine(NamedTuple):
    """One day of the window: what it brought, how full the window was, and the strength after it."""

    day: str
    verdict: str
    brought: str
    within: str
    fullness: str
    score: str


class Counted(NamedTuple):
    """A percentage with the days it leaves out."""

    heading: str
    done: int
    due: int
    percent: int | None
    left_out: list[tuple[str, int]]
    days: list[tuple[str, str, bool]]


def explained(viewer: Viewer, goal: Goal, opened: Opened, asked: Mapping[str, str]) -> dict[str, Any]:
    """The explanation as of the day in `asked`, else of the last decided one; `error` says why it is another day."""
    if history.sight_of(db.session, viewer, goal).since is not None:
        raise NotFound
    terms = habits.terms_of(db.session, goal)
    began = habits.began(db.session, goal)
    last = _last_decided(goal, terms, began, viewer.today)
    as_of, error = _as_of(asked, began, viewer.today, last)
    found = judgements.explained(db.session, goal, terms, as_of)
    first = max(began, min(date(as_of.year, 1, 1), shifted(as_of, 1 - MONTH_DAYS)))
    year = judgements.judged(db.session, goal, terms, first, as_of, as_of)
    return {
        "as_of": as_of,
        "typed": asked.get("as_of", as_of.isoformat()),
        "error": error,
        "is_open": as_of == last < viewer.today,
        "explanation": found,
        "score": f"{found.score:.4f}" if found else "",
        "percent": round(found.score * 100) if found else None,
        "before": f"{found.before:.4f}" if found else "",
        "figures": _figures(found, terms, opened) if found and found.rhythm else [],
        "steps": _steps(found) if found and found.rhythm else [],
        "inputs": _inputs(found.inputs) if found else [],
        "counted": [
            _counted(_("The last 30 days"), year[-MONTH_DAYS:], listed=True),
            _counted(str(as_of.year), [each for each in year if each.local_date.year == as_of.year], listed=False),
        ],
    }


def _last_decided(goal: Goal, terms: Terms, began: date, today: date) -> date:
    """Today once it has its answer, else yesterday: a day that is still open weighs nothing yet."""
    still_open = judgements.judged(db.session, goal, terms, today, today, today)[-1].verdict is Verdict.OPEN
    return shifted(today, -1) if still_open and began < today else today


def _as_of(asked: Mapping[str, str], began: date, today: date, last: date) -> tuple[date, str]:
    """The day that is meant, the last decided one when none is; today in place of one that cannot be taken, and what is
    wrong with that."""
    if not asked.get("as_of"):
        return last, ""
    one = date_in(asked, "as_of")
    if one is None:
        return today, _("Please choose a day.")
    if one > today:
        return today, _("That day is still to come. Shown is today.")
    if one < began:
        return today, _("The goal begins on %(day)s. Shown is today.", day=day(began))
    return one, ""


def _figures(found: Explanation, terms: Terms, opened: Opened) -> list[tuple[str, str]]:
    """The formula's letters and what they are for this goal on that day."""
    rhythm = found.rhythm
    assert rhythm is not None
    aim = _aim_of(found, terms)
    figures = [
        (_("How often"), _often(rhythm)),
        (_("Multiplier m"), f"{rhythm.multiplier:.6f}"),
        (_("Window"), ngettext("the day itself", "the last %(num)d days", rhythm.window)),
    ]
    unit = opened.unit if aim.is_measured else ""
    if aim.direction is Direction.AT_MOST:
        figures.append((_("The window may hold"), f"{amount(rhythm.full)} {unit}".strip()))
    else:
        figures.append((_("The window is full with"), f"{amount(rhythm.full)} {unit}".strip()))
    figures.append((_("It held"), f"{amount(found.within)} {unit}".strip()))
    figures.append((_("Fullness v"), f"{found.fullness:.4f}"))
    return figures


def _aim_of(found: Explanation, terms: Terms) -> Aim:
    """What was asked on that day."""
    versions = [version for version in terms.versions if version.valid_from <= found.as_of]
    return terms.aim(versions[-1] if versions else terms.versions[0])


def _often(rhythm: Rhythm) -> str:
    if rhythm.times == rhythm.days:
        return _("every day")
    return ngettext("%(num)d time in %(days)s days", "%(num)d times in %(days)s days", rhythm.times, days=rhythm.days)


def _steps(found: Explanation) -> list[str]:
    """The sum, with its numbers in place."""
    assert found.rhythm is not None
    if found.is_carried:
        return [_("A skipped or paused day changes nothing: s stays %(score)s.", score=f"{found.score:.4f}")]
    m = found.rhythm.multiplier
    sum_up = f"{found.before:.4f} · {m:.4f} + {found.fullness:.4f} · (1 − {m:.4f}) = {found.score:.4f}"
    return [f"m = 0.5^(√({found.rhythm.times}/{found.rhythm.days})/13) = {m:.4f}", f"s = {sum_up}"]


def _inputs(inputs: Iterable[Input]) -> list[InputLine]:
    """The days of the window, the newest first."""
    words = VerdictWords()
    carried = _("unchanged")
    found = [
        InputLine(
            day(one.local_date, "EEE d MMM y"),
            words.names[one.verdict],
            amount(one.brought),
            amount(one.within),
            carried if one.is_carried else f"{one.fullness:.4f}",
            f"{one.score:.4f}",
        )
        for one in inputs
    ]
    found.reverse()
    return found


def _counted(heading: str, days: list[JudgedDay], *, listed: bool) -> Counted:
    """Done of due, and what was left out of it; a quota's days have no due of their own."""
    words = VerdictWords()
    last = days[-1].local_date if days else date.min
    inside = [each for each in days if counts(each, last)]
    done = sum(each.verdict is Verdict.DONE for each in inside)
    outside = [words.names[each.verdict] for each in days if not counts(each, last)]
    left_out = [(name, outside.count(name)) for name in dict.fromkeys(outside)]
    lines = [(day(each.local_date, "EEE d MMM"), words.name(each), counts(each, last)) for each in reversed(days)]
    percent = goal_picture.percent(10_000 * done / len(inside)) if inside else None
    return Counted(heading, done, len(inside), percent, left_out, lines if listed else [])
