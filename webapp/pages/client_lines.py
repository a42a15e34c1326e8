"""Clients as templates show them: their figures in words, with a small picture beside each and never in its place."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.days import local_day, shifted
from webapp.domain.goals import Lifecycle, ReviewState
from webapp.domain.grants import Scope
from webapp.domain.moods import LEVELS
from webapp.domain.people import Words
from webapp.domain.reviews import ProposalState, RoundState
from webapp.domain.streaks import length_on
from webapp.models.goals import schedule_of
from webapp.pages.mood_lines import Cell, level_of
from webapp.pages.rows import streak_words
from webapp.pages.sharing_words import scopes_words
from webapp.queries.adherence import Lived, Tally
from webapp.queries.caseload import CaseRow
from webapp.queries.client_moods import FEW, Levels, SaidMood, mean_of
from webapp.queries.clients import Client
from webapp.queries.moods import DayMood
from webapp.queries.proposals import Proposed
from webapp.web.formats import day
from webapp.web.mood_words import day_mood_words, mood_words
from webapp.web.words import schedule_words, weekday_name

STEP, HEIGHT = 4, 24


class CaseWords:
    """The sentences of all lines, translated once."""

    def __init__(self) -> None:
        self.hidden = _("not shared")
        self.nothing = _("nothing yet")
        self.today = _("today")
        self.yesterday = _("yesterday")
        self.no_dates = _("nothing was due")
        self.of = _("%(done)s of %(due)s")
        self.few = _("%(done)s of %(due)s: few")
        self.until = _("until %(day)s")
        self.endless = _("without an end")
        self.no_moods = _("no moods")
        self.median = _("median %(level)s")
        self.on_days = _("%(moods)s on %(days)s of 28 days")
        self.too_few = _("few")
        self.levels = mood_words().levels
        self._scopes: dict[tuple[Scope, ...], str] = {}
        self._moods: dict[int, str] = {}

    def scopes(self, scopes: tuple[Scope, ...]) -> str:
        """What is shared; many clients share the same."""
        if scopes not in self._scopes:
            self._scopes[scopes] = scopes_words(scopes)
        return self._scopes[scopes]

    def moods(self, count: int) -> str:
        """So many moods."""
        if count not in self._moods:
            self._moods[count] = ngettext("%(num)d mood", "%(num)d moods", count)
        return self._moods[count]


class CaseLine(NamedTuple):
    """One client, ready for the template; `percent` is None where a bar would say too much."""

    id: str
    name: str
    shared: str
    tally: str
    percent: int | None
    last: str
    moods: str
    spark: str
    waiting: int | None


def local(instant: datetime) -> str:
    """The date an instant has where the viewer is."""
    return day(local_day(instant, g.viewer.zone))


def case_line(row: CaseRow, words: CaseWords) -> CaseLine:
    """One client of the caseload."""
    client = row.client
    until = words.until % {"day": local(client.until)} if client.until else words.endless
    return CaseLine(
        id=client.id,
        name=client.name,
        shared=f"{words.scopes(client.scopes)}, {until}",
        tally=words.hidden if row.tally is None else tally_words(row.tally, words),
        percent=None if row.tally is None or row.tally.is_few else row.tally.percent,
        last=last_words(row.last, client.today, words) if row.shares_days else words.hidden,
        moods=words.hidden if row.levels is None else levels_words(row.levels, words),
        spark=spark(row.levels.means) if row.levels else "",
        waiting=row.waiting,
    )


def tally_words(tally: Tally, words: CaseWords) -> str:
    """How many due dates were done: "12 of 14"; of under seven that they are few."""
    if not tally.due:
        return words.no_dates
    return (words.few if tally.is_few else words.of) % {"done": tally.done, "due": tally.due}


def last_words(last: date | None, today: date, words: CaseWords) -> str:
    """When something was last said."""
    if last is None:
        return words.nothing
    if last >= today:
        return words.today
    return words.yesterday if last == shifted(today, -1) else day(last)


def levels_words(levels: Levels, words: CaseWords) -> str:
    """The median first, then of how many moods: "median good, 24 moods on 15 of 28 days"."""
    median = levels.median
    if median is None:
        return words.no_moods
    counted = words.on_days % {"moods": words.moods(levels.total), "days": len(levels.days)}
    if levels.total < FEW:
        return f"{counted}: {words.too_few}"
    return f"{words.median % {'level': words.levels[median]}}, {counted}"


def spark(means: Sequence[Decimal | None]) -> str:
    """A line through daily means from left to right, broken where nothing was logged; a day alone is a dot."""
    drawn, before = [], False
    for position, mean in enumerate(means):
        if mean is not None:
            place = f"{STEP * position} {_height(mean)}"
            drawn.append(f"L{place}" if before else f"M{place}h0")
        before = mean is not None
    return "".join(drawn)


@lru_cache(maxsize=1_000)
def _height(mean: Decimal) -> int:
    """How far below the best level a mean is drawn."""
    return round((LEVELS[0] - mean) * HEIGHT / (LEVELS[0] - LEVELS[-1]))


class GoalLine(NamedTuple):
    """One goal of a client's."""

    id: str
    title: str
    colour: int
    facts: str
    tally: str
    percent: int | None
    review: str


def goal_lines(client: Client, goals: Iterable[Lived], words: Words) -> list[GoalLine]:
    """The client's goals in their own order."""
    said = CaseWords()
    return [_goal_line(client, one, words, said) for one in goals]


def _goal_line(client: Client, one: Lived, words: Words, said: CaseWords) -> GoalLine:
    row, schedule = one.row, schedule_of(one.row)
    facts = [schedule_words(schedule)]
    if row.lifecycle is Lifecycle.COMPLETED:
        facts.append(_("completed"))
    if client.since.get(Scope.TRACKING) == date.min and row.lifecycle is Lifecycle.ACTIVE:
        facts.append(streak_words(length_on(row.streak_ahead, client.today), schedule))
    if client.tracks:
        facts.append(_("last said %(day)s", day=last_words(one.last, client.today, said)) if one.last else said.nothing)
    return GoalLine(
        id=row.public_id,
        title=words.open("goal.title", row.title),
        colour=row.colour,
        facts=" · ".join(filter(None, facts)),
        tally=tally_words(one.tally, said) if one.tally else "",
        percent=None if one.tally is None or one.tally.is_few else one.tally.percent,
        review=review_words(row),
    )


def review_words(row: Any) -> str:
    """Where the goal stands between the two, as far as they had a review of it; nothing of anybody else's."""
    if row.round_state is RoundState.OPEN:
        return _("waits for review")
    if row.round_state is RoundState.APPROVED and row.review_state is ReviewState.APPROVED:
        return _("approved") if row.round_revision == row.revision else ""
    return _("draft") if row.round_state is not None and row.review_state is ReviewState.DRAFT else ""


def mood_weeks(levels: Levels, client: Client) -> list[list[Cell]]:
    """Four weeks as a grid that begins on the weekday of the first day; each day with what it came to."""
    names, word = mood_words().levels, mood_words().day
    cells = []
    for ordinal in range(levels.first.toordinal(), levels.last.toordinal() + 1):
        one = date.fromordinal(ordinal)
        digits = levels.days.get(str(one), "")
        found = DayMood(mean_of(digits), len(digits), 0) if digits else None
        said = word % {"day": day(one, "d MMMM"), "mood": day_mood_words(found, names)}
        cells.append(Cell(one.day, level_of(found), said, "", other=False, today=one == client.today, chosen=False))
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


def grid_weekdays(levels: Levels) -> list[tuple[str, str]]:
    """Seven weekdays from that of the first day on, in full and short."""
    numbers = [(levels.first.weekday() + number) % 7 for number in range(7)]
    return [(weekday_name(number), weekday_name(number, "abbreviated")) for number in numbers]


def said_lines(moods: Iterable[SaidMood]) -> list[dict[str, Any]]:
    """Moods in their person's own words."""
    words = mood_words()
    return [
        {
            "day": day(one.local_date, "EEE d MMM"),
            "level": one.level or 0,
            "name": one.label or (words.levels[one.level] if one.level else words.wordless),
            "reasons": one.reasons,
            "note": one.note,
        }
        for one in moods
    ]


def proposal_words(proposal: Proposed) -> str:
    """How a proposal stands."""
    when = local(proposal.decided_at) if proposal.decided_at else ""
    return {
        ProposalState.WAITING: _("waits since %(day)s", day=local(proposal.created_at)),
        ProposalState.ACCEPTED: _("accepted %(day)s", day=when),
        ProposalState.DECLINED: _("not taken %(day)s", day=when),
        ProposalState.WITHDRAWN: _("taken back %(day)s", day=when),
    }[proposal.state]
