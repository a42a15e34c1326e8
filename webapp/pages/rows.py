"""Lines a person ticks, prepared for the template: every word and address is computed here, once per page or row."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from flask_babel import gettext, ngettext
from flask_babel import gettext as _

from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.running import QuotaCount
from webapp.domain.schedules import Frequency, Schedule
from webapp.domain.tracking import DayState, Direction
from webapp.queries.days import DueRow
from webapp.web.formats import amount, day, region
from webapp.web.words import schedule_words, state_words


class RowWords:
    """The sentences of all rows, in one language."""

    def __init__(self) -> None:
        self.region = region()
        self.skip = _("Skip this day")
        self.add = _("Add one")
        self.history = _("History")
        self.mark = _("Mark %(title)s done")
        self.undo = _("Undo %(title)s")
        self.log = _("Log %(title)s")
        self.more = _("More for %(title)s")
        self.amount = _("Amount of %(title)s")
        self.note = _("Note on %(title)s")
        self.of = _("of %(amount)s %(unit)s")
        self.at_most = _("at most %(amount)s %(unit)s")
        self.skipped = _("Skipped")
        self.paused = _("Paused")
        self.since = _("since %(day)s")
        self.tally = _("%(day)s: %(done)s of %(due)s done")


def row_words() -> RowWords:
    """The sentences in the viewer's language."""
    return _row_words(region())


@lru_cache(maxsize=100)
def _row_words(_region: str) -> RowWords:
    """Translated once: every page with rows needs them all, and that took longer than a small query."""
    return RowWords()


class Line(NamedTuple):
    """One line to tick, ready for `tracking/_row.html`."""

    id: str
    address: str
    goal_address: str
    title: str
    colour: int
    state: str
    facts: str
    late: str
    tick: str
    """The state a click on the circle would say."""
    tick_label: str
    enter_label: str
    """What Enter in the amount does, where a click on the circle would take the amount back."""
    more_label: str
    measured: bool
    amount_label: str
    typed: str
    of: str
    skippable: bool
    error: str
    note: str
    note_label: str
    keep: str
    """The state to send with a note alone; nothing where the amount beside it says it."""


def row(
    due: DueRow, viewer: Viewer, words: RowWords, *, typed: str | None = None, error: str = "", note: str = ""
) -> Line:
    """One line: what a click would say, what stands there, and where it is sent."""
    title = {"title": due.title}
    measured = due.direction is not None and due.target is not None
    settled = due.state in (DayState.DONE, DayState.SKIPPED)
    iso = due.local_date.isoformat()
    return Line(
        id=f"{due.goal_id}-{iso}",
        address=f"/goals/{due.goal_id}/days/{iso}",
        goal_address=f"/goals/{due.goal_id}",
        title=due.title,
        colour=due.colour,
        state=shown_state(due, viewer.today),
        facts=_facts(due, viewer.today, words),
        late=words.since % {"day": day(due.local_date, "d MMM")} if _is_late(due, viewer) else "",
        tick="open" if settled else "done",
        tick_label=(words.undo if settled else words.log if measured else words.mark) % title,
        enter_label=words.log % title if settled and measured else "",
        more_label=words.more % title,
        measured=measured,
        amount_label=words.amount % title if measured else "",
        typed=amount(due.value) if typed is None else typed,
        of=_aim(due, words) if measured else "",
        skippable=due.state is not DayState.SKIPPED,
        error=error,
        note=note,
        note_label=words.note % title,
        keep="" if measured and (due.value is not None or due.state is DayState.OPEN) else due.state.value,
    )


def shown_state(due: DueRow, today: date) -> str:
    """The state as a picture: an amount begun is "partial", a quota that needs no more "met", a day that passed
    unanswered "missed", a plain circle."""
    if due.state is not DayState.OPEN:
        return due.state.value
    if due.value:
        return "partial"
    if due.paused:
        return "paused"
    if due.quota is not None and due.quota.is_met:
        return "met"
    passed = due.planned and due.local_date < today and due.schedule.frequency is not Frequency.ONE_TIME
    return "missed" if passed else due.state.value


def announcement(title: str, state: DayState, value: Decimal | None, local_date: date, today: date) -> str:
    """What the live region says after a change."""
    if state is DayState.OPEN and value is None:
        return _("%(title)s is open again", title=title)
    if state is DayState.OPEN:
        return _("%(title)s: %(amount)s logged", title=title, amount=amount(value))
    return _("%(title)s: %(state)s", title=title, state=state_words(state, local_date, today))


def streak_words(length: int, schedule: Schedule) -> str:
    """So many in a row: "12 in a row", "4 weeks in a row" for a quota; nothing for less than two."""
    return _streak_words(length, _period(schedule), region()) if length > 1 else ""


def _period(schedule: Schedule) -> QuotaPeriod | None:
    return schedule.quota.period if schedule.quota else None


def count_words(quota: QuotaCount | None) -> str:
    """How far a quota is: "1 of 3 this week"; nothing without one."""
    return _count_words(quota, region()) if quota else ""


@lru_cache(maxsize=2_000)
def _streak_words(length: int, period: QuotaPeriod | None, _region: str) -> str:
    """Worded once for each language, as schedules are: every row says one."""
    if period is QuotaPeriod.WEEK:
        return ngettext("%(num)d week in a row", "%(num)d weeks in a row", length)
    if period is QuotaPeriod.MONTH:
        return ngettext("%(num)d month in a row", "%(num)d months in a row", length)
    return ngettext("%(num)d in a row", "%(num)d in a row", length)


@lru_cache(maxsize=2_000)
def _count_words(quota: QuotaCount, _region: str) -> str:
    if quota.period is QuotaPeriod.WEEK:
        return gettext("%(done)s of %(times)s this week", done=quota.done, times=quota.required)
    if quota.period is QuotaPeriod.MONTH:
        return gettext("%(done)s of %(times)s this month", done=quota.done, times=quota.required)
    return ngettext(
        "%(done)s of %(times)s in the last day",
        "%(done)s of %(times)s in the last %(num)d days",
        quota.length,
        done=quota.done,
        times=quota.required,
    )


def _facts(due: DueRow, today: date, words: RowWords) -> str:
    """What else there is to say; how far a quota or streak is only today, for the words mean the running week."""
    parts = [words.skipped] if due.state is DayState.SKIPPED else [words.paused] if due.paused else []
    if due.quota is not None and due.local_date == today:
        parts.append(count_words(due.quota))
    elif due.schedule.frequency is not Frequency.ONE_TIME:
        parts.append(schedule_words(due.schedule, words.region))
    if due.streak > 1 and due.local_date == today:
        parts.append(_streak_words(due.streak, _period(due.schedule), words.region))
    return " · ".join(parts)


def _aim(due: DueRow, words: RowWords) -> str:
    """What the amount is measured by, beside it."""
    said = words.at_most if due.direction is Direction.AT_MOST else words.of
    return (said % {"amount": amount(due.target), "unit": due.unit}).strip()


def _is_late(due: DueRow, viewer: Viewer) -> bool:
    return due.schedule.frequency is Frequency.ONE_TIME and due.local_date < viewer.today and due.state is DayState.OPEN
