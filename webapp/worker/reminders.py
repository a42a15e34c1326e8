"""The words of reminders: what is due, the digest, reading, moods and reviews, each as it is when it leaves."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from webapp.actions.outbox import Letter
from webapp.domain.people import Words
from webapp.domain.reminders import About
from webapp.extensions import db
from webapp.models import Person
from webapp.queries import nudges
from webapp.queries.days import DueRow
from webapp.queries.nudges import Digest
from webapp.queries.people import viewer_of
from webapp.queries.reading import Reading
from webapp.queries.reminders import Item, ToSay, today_of
from webapp.queries.sealing import words_of
from webapp.web.formats import day as day_words
from webapp.web.reading_words import portion_words, work_title

MOST_NAMED = 20
"""So many things are named; of more it is said how many."""

NAMED_SHORT = 3
FAR_DAYS = 14
"""From so many days on a date is easier to read than how many days it is away."""

_PATHS = {About.READING: "/reading", About.MOOD: "/moods", About.REVIEWS: "/reviews"}


@dataclass(frozen=True, slots=True)
class Parts:
    """All that one message says. What the digest says is not said a second time."""

    digest: Digest | None
    goals: list[Item]
    reading: list[Reading]
    mood: bool
    reviews: int

    @property
    def abouts(self) -> list[About]:
        """What there is something to say about, in the order in which it is said."""
        said = {
            About.DIGEST: self.digest is not None,
            About.GOAL: bool(self.goals),
            About.READING: bool(self.reading),
            About.MOOD: self.mood,
            About.REVIEWS: self.reviews > 0,
        }
        return [about for about, is_said in said.items() if is_said]

    @property
    def count(self) -> int:
        """How many things; what is left to read is one, as are reviews, unless the digest counts them."""
        of_day = self.digest.count if self.digest else 0
        return of_day + len(self.goals) + bool(self.reading) + self.mood + bool(self.reviews)


def reminding(said: ToSay, now: datetime) -> Letter | None:
    """The letter that says all of it, without names unless the person wants them; None when nothing is left."""
    parts = _parts(said, now)
    abouts = parts.abouts
    if not abouts:
        return None
    lines: list[dict[str, str]] = []
    if said.wishes.detail:
        with force_locale(said.locale):
            lines = _lines(parts, words_of(db.session, said.person_id), today_of(said.clock, now))
    values = {
        "abouts": [about.value for about in abouts],
        "person": said.public_id,
        "count": parts.count,
        "path": _path(parts, detail=said.wishes.detail),
        "detail": said.wishes.detail,
        "digest": parts.digest is not None,
        "waiting": parts.digest.waiting if parts.digest else 0,
        "reviews": parts.reviews,
        "alone": len(abouts) == 1,
        "lines": lines[:MOST_NAMED],
        "more": max(len(lines) - MOST_NAMED, 0),
        "first": "; ".join(line["words"] for line in lines[:NAMED_SHORT]),
        "rest": max(len(lines) - NAMED_SHORT, 0),
    }
    return Letter(said.email, "reminders", said.locale, said.clock.zone, values)


def due_words(due: date, today: date) -> str:
    """When something is or was due, without blame: "due tomorrow", "was due 3 days ago", "was due on 3 May 2026"."""
    away = (due - today).days
    if away in (-1, 0, 1):
        return {0: _("due today"), 1: _("due tomorrow"), -1: _("was due yesterday")}[away]
    if abs(away) >= FAR_DAYS:
        on = day_words(due, "d MMMM y")
        return _("due on %(day)s", day=on) if away > 0 else _("was due on %(day)s", day=on)
    if away > 0:
        return ngettext("due in %(num)d day", "due in %(num)d days", away)
    return ngettext("was due %(num)d day ago", "was due %(num)d days ago", -away)


def _parts(said: ToSay, now: datetime) -> Parts:
    """What is to be said as things stand now; reminders of goals alone were looked at already and ask nothing more."""
    goals = [item for item in said.items if item.about is About.GOAL]
    asked = {item.about for item in said.items} - {About.GOAL}
    person = db.session.get(Person, said.person_id) if asked else None
    if person is None:
        return Parts(None, goals, [], False, 0)
    viewer = viewer_of(db.session, person, now)
    digest = nudges.digest(db.session, viewer) if About.DIGEST in asked else None
    mood = About.MOOD in asked and not nudges.has_felt(db.session, viewer)
    if digest is not None and digest.count:
        listed = {(due.goal_id, due.local_date) for due in (*digest.due, *digest.overdue)}
        return Parts(digest, [item for item in goals if (item.goal_id, item.due) not in listed], [], mood, 0)
    reading = nudges.reading_left(db.session, viewer) if About.READING in asked else []
    reviews = nudges.reviews_to_nudge(db.session, viewer) if About.REVIEWS in asked else 0
    return Parts(None, goals, reading, mood, reviews)


def _path(parts: Parts, *, detail: bool) -> str:
    """Where a tap leads: to the one thing there is, else to the page of today."""
    if len(parts.abouts) > 1:
        return "/"
    if detail and len(parts.goals) == 1 and parts.digest is None:
        return f"/goals/{parts.goals[0].goal_id}"
    return _PATHS.get(parts.abouts[0], "/")


def _lines(parts: Parts, words: Words, today: date) -> list[dict[str, str]]:
    """What is named, each with the page it leads to; of reviews and answers only their number is ever said."""
    digest = parts.digest
    lines = []
    if digest:
        lines += [_due_line(due, today) for due in (*digest.due, *digest.overdue)]
    lines += [_item_line(item, words, today) for item in parts.goals]
    lines += [_reading_line(one) for one in (digest.reading if digest else parts.reading)]
    if parts.mood:
        lines.append(_line(_("How you feel today"), _PATHS[About.MOOD]))
    return lines


def _due_line(due: DueRow, today: date) -> dict[str, str]:
    return _goal_line(due.title, due.goal_id, due_words(due.local_date, today) if due.planned else "")


def _item_line(item: Item, words: Words, today: date) -> dict[str, str]:
    title = words.open("goal.title", item.title) if item.title else ""
    return _goal_line(title, item.goal_id, due_words(item.due, today) if item.planned else "")


def _goal_line(title: str, goal_id: str | None, when: str) -> dict[str, str]:
    return _line(_("%(title)s, %(when)s", title=title, when=when) if when else title, f"/goals/{goal_id}")


def _reading_line(reading: Reading) -> dict[str, str]:
    assert reading.plan is not None
    assert reading.today is not None
    left = portion_words(reading.today.left, reading.plan.terms, reading.work)
    title = work_title(reading.work.category, reading.work.title)
    return _line(_("%(title)s, still to read today: %(left)s", title=title, left=left), _PATHS[About.READING])


def _line(words: str, path: str) -> dict[str, str]:
    return {"words": " ".join(words.split()), "path": path}
