"""Lines a person ticks, prepared for the template: every word and address is computed here, once per page or row."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from flask_babel import gettext as _

from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState
from webapp.queries.days import DueRow
from webapp.web.formats import amount, day
from webapp.web.words import schedule_words, state_words, target_words


class RowWords:
    """The sentences of all rows of one page, translated once."""

    def __init__(self) -> None:
        self.mark = _("Mark %(title)s done")
        self.undo = _("Undo %(title)s")
        self.log = _("Log %(title)s")
        self.more = _("More for %(title)s")
        self.amount = _("Amount of %(title)s")
        self.of = _("of %(amount)s %(unit)s")
        self.skipped = _("Skipped")
        self.since = _("since %(day)s")
        self.tally = _("%(day)s: %(done)s of %(due)s done")


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
    more_label: str
    measured: bool
    amount_label: str
    typed: str
    of: str
    skippable: bool
    error: str


def row(due: DueRow, viewer: Viewer, words: RowWords, *, typed: str | None = None, error: str = "") -> Line:
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
        facts=_facts(due, words),
        late=words.since % {"day": day(due.local_date, "d MMM")} if _is_late(due, viewer) else "",
        tick="open" if settled else "done",
        tick_label=(words.undo if settled else words.log if measured else words.mark) % title,
        more_label=words.more % title,
        measured=measured,
        amount_label=words.amount % title if measured else "",
        typed=amount(due.value) if typed is None else typed,
        of=(words.of % {"amount": amount(due.target), "unit": due.unit}).strip() if measured else "",
        skippable=due.state is not DayState.SKIPPED,
        error=error,
    )


def shown_state(due: DueRow, today: date) -> str:
    """The state as a picture: an amount begun is "partial", a day that passed unanswered "missed", a plain circle."""
    if due.state is not DayState.OPEN:
        return due.state.value
    if due.value:
        return "partial"
    passed = due.local_date < today and due.schedule.frequency is not Frequency.ONE_TIME
    return "missed" if passed else due.state.value


def announcement(title: str, state: DayState, value: Decimal | None, local_date: date, today: date) -> str:
    """What the live region says after a change."""
    if state is DayState.OPEN and value is None:
        return _("%(title)s is open again", title=title)
    if state is DayState.OPEN:
        return _("%(title)s: %(amount)s logged", title=title, amount=amount(value))
    return _("%(title)s: %(state)s", title=title, state=state_words(state, local_date, today))


def _facts(due: DueRow, words: RowWords) -> str:
    parts = [words.skipped] if due.state is DayState.SKIPPED else []
    if due.schedule.frequency is not Frequency.ONE_TIME:
        parts.append(schedule_words(due.schedule))
    if due.direction is not None and due.target is not None:
        parts.append(target_words(due.direction, due.target, due.unit))
    return " · ".join(parts)


def _is_late(due: DueRow, viewer: Viewer) -> bool:
    return due.schedule.frequency is Frequency.ONE_TIME and due.local_date < viewer.today and due.state is DayState.OPEN
