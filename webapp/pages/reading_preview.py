"""What a reading goal will ask on the next days, while it is being planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from webapp.domain import quran, reading
from webapp.domain.days import shifted
from webapp.domain.errors import Invalid, Problem
from webapp.domain.people import Viewer
from webapp.domain.reading import NOTHING, UNITS, Asks, Category, Done, Portion, Terms, Unit
from webapp.domain.reading_drafts import PlanDraft
from webapp.extensions import db
from webapp.pages.forms.reading_goals import WHOLE, ReadingGoalForm
from webapp.queries import reading_history as queries
from webapp.queries.reading import Reading, WorkRow
from webapp.web.formats import day, problem_text
from webapp.web.reading_words import amount_words, goal_words, portion_words, time_words

UNSAID = frozenset({"required", "unreadable", "unknown_choice"})
"""Problems of somebody who has not finished typing."""


@dataclass(frozen=True)
class Preview:
    """Ready for `reading/_preview.html`: the goal in a sentence, a day's share, each of the next days, or why not."""

    words: str = ""
    share: str = ""
    days: Sequence[tuple[str, str]] = ()
    problem: str = ""


def preview_of(viewer: Viewer, form: ReadingGoalForm, readings: Sequence[Reading], changed: Reading | None) -> Preview:
    """The next days of what stands in the form; `changed` is the work whose goal it would change, else it is one of
    the readings, or not there yet."""
    try:
        draft = form.looked_at()
        if problems := draft.check():
            raise Invalid(problems)
    except Invalid as invalid:
        return Preview(problem=_why(form, invalid.problems[0]))
    terms = draft.terms(form.starts)
    known = changed or _chosen(form, readings)
    before = queries.done_anew(db.session, changed, terms, viewer.today) if changed else Done()
    today = known.read if known else NOTHING
    days = reading.week(terms, before, viewer.today, today)
    read = [one for one in days[:1] if reading.day_of(terms, one[1], today).left == Portion()]
    work = known.work if known else new_work(draft)
    words = goal_words(terms, work)
    is_rest = form.asks.data == WHOLE and terms.amount is not None and terms.amount != work.size
    return Preview(
        words=_("The rest, %(goal)s", goal=words) if is_rest else words,
        share=share_words(terms, days[0][1], work) if days else "",
        days=[
            (_day_words(one, viewer), portion_words(asked, terms, work))
            for one, asked in days
            if (one, asked) not in read
        ],
        problem="" if days else _("All of it is read: such a goal would be reached at once."),
    )


def share_words(terms: Terms, asked: Portion, work: WorkRow) -> str:
    """What a day's portion of the Quran comes to in pages and time; "" for what says it already."""
    if work.category is not Category.QURAN or terms.asks is Asks.TIME:
        return ""
    if terms.asks is Asks.AMOUNT:
        seconds = (
            asked.amount * quran.SECONDS_A_PAGE * quran.PAGES // quran.pages_in(terms.mushaf or quran.USUAL_MUSHAF)
        )
        return _("About %(time)s a day", time=time_words(seconds))
    pages = quran.shown_pages(quran.pages_of(asked.verses, terms.mushaf or quran.USUAL_MUSHAF))
    time = time_words(quran.seconds_for(asked.verses))
    return _("About %(pages)s or %(time)s a day", pages=amount_words(max(pages, Decimal("0.1")), Unit.PAGES), time=time)


def new_work(draft: PlanDraft) -> WorkRow:
    """A work that is made with its first goal."""
    assert draft.category is not None
    unit = UNITS.get(draft.category, Unit.PARTS)
    return WorkRow(0, "", draft.category, "", unit, draft.size, None, draft.mushaf, 1, False)


def _chosen(form: ReadingGoalForm, readings: Sequence[Reading]) -> Reading | None:
    category, book = form.category(), form.book_id()
    found = (one for one in readings if one.work.category is category and (not book or one.work.id == book))
    return next(found, None)


def _why(form: ReadingGoalForm, problem: Problem) -> str:
    if problem.code == "unreadable" and (said := form[problem.field].errors):
        return str(said[0])
    if problem.code in UNSAID:
        return _("Fill in the rest to see the next days.")
    return problem_text(problem.code, problem.params)


def _day_words(one: date, viewer: Viewer) -> str:
    """Today, tomorrow, and then weekdays."""
    named = {viewer.today: _("Today"), shifted(viewer.today, 1): _("Tomorrow")}
    return named.get(one) or day(one, "EEE d")
