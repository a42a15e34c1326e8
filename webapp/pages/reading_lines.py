"""What the reading page shows: today's portion of each work, the week ahead, the whole, and the streak."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain import quran
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.reading import SECONDS_A_DAY, UNITS, Asks, Category, Done, Portion, Standing, Terms, Unit
from webapp.domain.reading_drafts import LARGEST_AMOUNT, MOST_RANGES, ReadingDraft
from webapp.domain.reading_streaks import ANY, Run
from webapp.extensions import db
from webapp.pages.board_words import percent_words
from webapp.pages.forms.reading import LogForm, mushaf_of
from webapp.queries import reading as queries
from webapp.queries import reading_streaks
from webapp.queries.reading import Reading, WorkRow
from webapp.web.formats import day
from webapp.web.reading_words import (
    continue_at,
    day_words,
    goal_words,
    measure_words,
    next_verse,
    portion_words,
    run_words,
    work_title,
)

CARDS = 6
"""So many works stand open on the page; more are listed below them."""
NEXT = 3
"""So many works are named on the page of today."""
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Whole:
    """How far a goal is as a whole: percent of it, and what is to go and until when."""

    share: int
    percent: str
    words: str


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row in words, each "" where there are none: those that go on, of the Quran too where it has others,
    and the most there were."""

    current: str
    quran: str
    longest: str


@dataclass(frozen=True, slots=True)
class Card:
    """One work as it stands today. `asked` and `rest` are amounts, of verses the pages they fill; `left` is what is
    left as it is read; `shown` what one tap says was read, "" where it can say nothing."""

    key: str
    id: str
    title: str
    colour: int
    goal: str
    goal_id: str
    asked: str
    rest: str
    left: str
    shown: str
    read: str
    share: int
    percent: str
    place: str
    whole: Whole | None
    week: list[tuple[str, str]]
    form: LogForm | None
    open: bool

    @property
    def fields(self) -> dict[str, str]:
        """What names the work in its form."""
        return {"work": self.id} if self.id else {"category": self.key}


@dataclass(frozen=True, slots=True)
class Line:
    """A work without an open card: where it is logged, and how it stands."""

    key: str
    id: str
    title: str
    colour: int
    words: str


def key_of(work: WorkRow) -> str:
    """The work's word on the page: of books their public id, of any other, which nobody has twice, its category."""
    return work.id if work.category is Category.BOOK else work.category.value


def unread(category: Category) -> Reading:
    """A work that nobody has yet: it is made when the first of it is logged."""
    unit = UNITS.get(category, Unit.PARTS)
    return Reading(
        WorkRow(0, "", category, "", unit, None, None, None, 1, archived=False), None, None, Done(), None, None
    )


def named(readings: list[Reading], key: str) -> Reading:
    """The work of this key or public id, also one that nobody has yet; raises NotFound."""
    for one in readings:
        if key in (key_of(one.work), one.work.id):
            return one
    if key in set(Category) - {Category.BOOK}:
        return unread(Category(key))
    raise NotFound


def tap_draft(reading: Reading) -> ReadingDraft | None:
    """What one tap says was read: what is left of today's portion; None when that is nothing, or more than can be
    read in a day."""
    if reading.plan is None or reading.today is None:
        return None
    left, asks = reading.today.left, reading.plan.terms.asks
    if asks is Asks.RANGE:
        return ReadingDraft(verses=left.verses) if 0 < len(left.verses) <= MOST_RANGES else None
    if asks is Asks.TIME:
        fits = reading.read.seconds + left.amount <= SECONDS_A_DAY
        return ReadingDraft(seconds=left.amount) if left.amount and fits else None
    if not 0 < left.amount <= LARGEST_AMOUNT:
        return None
    mushaf, place = reading.plan.terms.mushaf, reading.work.place
    if reading.work.category is not Category.QURAN or place is None:
        return ReadingDraft(amount=Decimal(left.amount), mushaf=mushaf)
    usual = mushaf or quran.USUAL_MUSHAF  # with verses, so that it knows where to go on
    verses = quran.following(place, left.amount, usual, reading.read.verses)
    lacking = left.amount - quran.kept_pages(quran.pages_of(verses, usual))
    return ReadingDraft(verses=verses, amount=lacking if lacking > 0 else None, mushaf=mushaf)


def shown_of(reading: Reading, today: date) -> str:
    """The day and what is left of its portion, as the button of one tap carries them; "" where there is none."""
    if reading.plan is None or reading.today is None or tap_draft(reading) is None:
        return ""
    left = reading.today.left
    verses = ",".join(f"{first}-{last}" for first, last in left.verses)
    return f"{today}:{reading.plan.terms.asks}:{verses or left.amount}"


def page_of(viewer: Viewer, *, asked: str = "", on: date | None = None, form: LogForm | None = None) -> dict[str, Any]:
    """The whole page; `asked` is the work whose form stands open, with the day it is for or as it was typed."""
    everything = queries.readings(db.session, viewer, archived=True)
    shown = [one for one in everything if not one.work.archived]
    wanted = named(everything, asked) if asked else None
    planned = [one for one in shown if one.plan is not None]
    first = planned[:CARDS]
    if wanted is not None:
        first = [wanted, *(one for one in first if one is not wanted)][:CARDS]
    others = [one for one in shown if one not in first]
    if shown and not any(one.work.category is Category.QURAN for one in (*shown, *first)):
        others.append(unread(Category.QURAN))
    cards = [card(one, viewer, with_form(one, viewer)) for one in first if one is not wanted]
    if wanted is not None:
        cards.insert(0, card(wanted, viewer, form or with_form(wanted, viewer, on), opened=True))
    context: dict[str, Any] = {"cards": cards, "others": [line(one) for one in others], "presets": presets()}
    return context | {"put_away": len(everything) - len(shown), "streak": streak_of(viewer)}


def next_of(viewer: Viewer) -> list[Card]:
    """What the goals of the viewer ask today, for the page of today."""
    planned = [one for one in queries.readings(db.session, viewer) if one.plan is not None]
    return [card(one, viewer) for one in planned[:NEXT]]


def with_form(reading: Reading, viewer: Viewer, on: date | None = None) -> LogForm:
    """The form that logs something of the work, for a day, from where to go on."""
    given: dict[str, Any] = {"day": on or viewer.today}
    if verse := next_verse(reading):
        page = quran.page_of(verse, mushaf_of(reading))
        given |= {"from_verse": verse, "from_page": page, "start": quran.verse_text(verse)}
    return LogForm(reading, key_of(reading.work), empty=True, **given)


def card(reading: Reading, viewer: Viewer, form: LogForm | None = None, *, opened: bool = False) -> Card:
    """A work as it stands today, with the form that logs something else."""
    work, plan, today = reading.work, reading.plan, reading.today
    terms, asked = (plan.terms, today) if plan and today else (None, None)
    share = int(asked.progress * HUNDRED) if asked else 0
    return Card(
        key=key_of(work),
        id=work.id,
        title=work_title(work.category, work.title),
        colour=work.colour,
        goal=goal_words(terms, work) if terms else "",
        goal_id=plan.id if plan else "",
        asked=size_words(asked.portion, terms, work) if asked and terms else "",
        rest=size_words(asked.left, terms, work) if asked and terms else "",
        left=portion_words(asked.left, terms, work) if asked and terms else "",
        shown=shown_of(reading, viewer.today),
        read=day_words(reading.read, work, reading.day.filled) if reading.day else "",
        share=share,
        percent=percent_words(Decimal(share), whole=True),
        place=continue_at(reading),
        whole=whole_of(terms, reading.standing, work, viewer.today) if terms and reading.standing else None,
        week=week_of(reading, terms, viewer.today) if terms and terms.duration else [],
        form=form,
        open=opened,
    )


def size_words(portion: Portion, terms: Terms, work: WorkRow) -> str:
    """How much a portion is: of verses the pages they fill; "" for nothing."""
    if terms.asks is not Asks.RANGE:
        return portion_words(portion, terms, work)
    pages = quran.shown_pages(quran.pages_of(portion.verses, terms.mushaf or quran.USUAL_MUSHAF))
    return measure_words(pages, terms, work) if portion.verses else ""


def line(reading: Reading) -> Line:
    """A work in the list below the open ones."""
    work, plan = reading.work, reading.plan
    words = goal_words(plan.terms, work) if plan else continue_at(reading)
    if reading.day:
        words = _("Read today: %(what)s", what=day_words(reading.read, work, reading.day.filled))
    return Line(key_of(work), work.id, work_title(work.category, work.title), work.colour, words)


def whole_of(terms: Terms, standing: Standing, work: WorkRow, today: date) -> Whole:
    """The goal as a whole; of one whose time is over what there is still to read, and nothing else."""
    share = int(standing.share * HUNDRED)
    percent, left = percent_words(Decimal(share), whole=True), measure_words(standing.left, terms, work)
    if standing.reached:
        return Whole(share, percent, _("All of it is read."))
    if terms.duration and terms.ends and terms.ends < today:
        over = ngettext(
            "The day is over; %(left)s to go.", "The %(num)d days are over; %(left)s to go.", terms.duration, left=left
        )
        return Whole(share, percent, over)
    days = ngettext("today is the last day", "%(num)d days left, with today", standing.days_left)
    return Whole(share, percent, _("%(left)s to go, %(days)s", left=left, days=days))


def week_of(reading: Reading, terms: Terms, today: date) -> list[tuple[str, str]]:
    """The days from today on and what each asks, if each is read."""
    return [
        (_("Today") if on == today else day(on, "EEEE, d MMM"), portion_words(portion, terms, reading.work))
        for on, portion in reading.week(today)
    ]


def streak_of(viewer: Viewer) -> Streak:
    """How many days in a row something was read: at all, of the Quran where that is another number, and at most."""
    now, of_quran = (reading_streaks.current(db.session, viewer, one) for one in (ANY, Category.QURAN))
    longest = reading_streaks.longest(db.session, viewer)
    return Streak(
        row_words(now) if now else "",
        row_words(of_quran) if of_quran and of_quran != now else "",
        run_words(longest) if longest else "",
    )


def row_words(run: Run) -> str:
    """A streak that goes on."""
    return ngettext(
        "%(num)d day in a row, since %(day)s",
        "%(num)d days in a row, since %(day)s",
        run.days,
        day=day(run.first, "d MMMM"),
    )


def presets() -> list[tuple[str, str]]:
    """Goals to begin with, by the word that names each in an address."""
    return [
        ("khatm30", _("The whole Quran in 30 days")),
        ("khatm60", _("The whole Quran in 60 days")),
        ("ten-minutes", _("Ten minutes of Quran a day")),
        ("four-pages", _("Four pages of Quran a day")),
        ("book", _("A book")),
        ("course", _("A course")),
        ("programme", _("A reading programme")),
        ("ramadan", _("The Ramadan challenge, 30 parts in 30 days")),
    ]
