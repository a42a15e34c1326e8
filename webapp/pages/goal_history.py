"""The latest days of a goal with their notes, as its page lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from webapp.domain.months import Mark
from webapp.domain.people import Viewer
from webapp.domain.tracking import DayState
from webapp.domain.verdicts import Terms
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages.goal_spans import Chosen
from webapp.pages.year_words import state_names
from webapp.queries import history
from webapp.queries.history import PastDay, Sight
from webapp.queries.progress import Span
from webapp.web.addresses import plain_date
from webapp.web.formats import amount, day


class Line(NamedTuple):
    """One day of the list."""

    id: str
    day: str
    address: str
    state: str
    words: str
    amount: str
    note: str


@dataclass(frozen=True, slots=True)
class History:
    """One page of days, the newest first; `older` is the address of the days before them."""

    rows: list[Line]
    older: str
    here: str
    measured: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """The days of one page as they were read, and whether there are more."""

    days: list[PastDay]
    more: bool
    before: date | None
    year: int | None

    def reaches(self, terms: Terms, first: date) -> date:
        """The earliest day of which the list has to know whether its skip was covered, else `first`."""
        skipped = [one.local_date for one in self.days if one.state is DayState.SKIPPED]
        has_budget = terms.skip_budget is not None or any(aim.skip_budget is not None for aim in terms.earlier.values())
        return min(skipped[-1], first) if skipped and has_budget else first


def listed(viewer: Viewer, goal: Goal, sight: Sight, asked: Mapping[str, str], shown: Chosen) -> Listed:
    """Thirty days: the newest, those of the end of the year that is shown, or those before `asked["before"]`."""
    before = date_in(asked, "before")
    bound = before or (date(shown.year + 1, 1, 1) if shown.year and shown.year < viewer.today.year else None)
    days, more = history.latest_days(db.session, goal, sight.words, viewer.today, before=bound, since=sight.since)
    return Listed(days, more, before, shown.year)


def of(viewer: Viewer, goal: Goal, listed: Listed, span: Span | None, shown: Chosen) -> History:
    """The list ready for the template; `span` tells which skips the budget does not cover."""
    address = f"/goals/{goal.public_id}"
    words = DayWords(viewer.today)
    asked = {"year": listed.year, "before": listed.before and listed.before.isoformat()}
    query = query_of(asked)
    days = listed.days
    older = ""
    if listed.more:
        last = days[-1].local_date
        year = last.year if listed.year or last < shown.first else None
        older = address + query_of({"year": year, "before": last.isoformat()}) + "#days-title"
    return History(
        rows=[words.line(one, address, query, span) for one in days],
        older=older,
        here=address + query,
        measured=goal.direction is not None or any(one.value is not None for one in days),
    )


class DayWords:
    """The words of all days of one page."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.names = state_names()

    def line(self, one: PastDay, address: str, query: str, span: Span | None) -> Line:
        """One day, in the words of what was said of it."""
        iso = one.local_date.isoformat()
        form = "EEE d MMM" if one.local_date.year == self.today.year else "EEE d MMM y"
        beyond = one.state is DayState.SKIPPED and span is not None and span.mark_on(one.local_date) == Mark.MISSED
        state, words = self.said(one, beyond)
        link = f"{address}/days/{iso}{query}"
        return Line(iso, day(one.local_date, form), link, state, words, amount(one.value), one.note)

    def said(self, one: PastDay, beyond: bool = False) -> tuple[str, str]:
        """The picture of a day and its word; a skip that the budget does not cover looks missed."""
        if one.state is DayState.SKIPPED and beyond:
            return "missed", self.names.beyond
        if one.state is not DayState.OPEN:
            return one.state.value, self.names.states[one.state]
        if one.value:
            return "partial", self.names.partly
        if one.paused:
            return "paused", self.names.paused
        return "open", self.names.unanswered if one.local_date < self.today else self.names.states[DayState.OPEN]


def date_in(asked: Mapping[str, str], name: str) -> date | None:
    """The date in a query; None for none and for what is none."""
    return plain_date(asked.get(name, ""))


def query_of(asked: Mapping[str, object]) -> str:
    """Only numbers and dates stand in it, so that nothing has to be quoted."""
    said = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    return f"?{said}" if said else ""
