"""What the calendar shows, prepared for its templates."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from flask_babel import gettext as _

from webapp.domain.days import EARLIEST_DAY, LATEST_DAY, days_between, month_grid, week_containing
from webapp.domain.people import Viewer
from webapp.domain.tracking import DayState
from webapp.extensions import db
from webapp.pages.rows import RowWords, row, row_words, shown_state
from webapp.queries import days
from webapp.queries.days import DayTally, DueRow
from webapp.web.formats import day
from webapp.web.words import month_name, weekday_name

DISCS = 6
LISTED_DAYS = 7


class Disc(NamedTuple):
    """One goal on one day: a button that sends `mark`, or where an amount is logged a link to `open` the day."""

    letter: str
    title: str
    colour: int
    state: str
    mark: str
    open: str
    label: str


class View(StrEnum):
    MONTH = "month"
    WEEK = "week"
    AGENDA = "agenda"


def calendar_of(viewer: Viewer, view: View, chosen: date) -> dict[str, Any]:
    """Everything the calendar's templates need for one view around one day."""
    chosen = min(max(chosen, EARLIEST_DAY + timedelta(days=62)), LATEST_DAY - timedelta(days=62))
    first, last, previous, following, title = _span(viewer, view, chosen)
    due = days.due_between(db.session, viewer, first, last)
    words = row_words()
    context: dict[str, Any] = {
        "view": view.value,
        "chosen": chosen,
        "title": title,
        "previous": f"/calendar?view={view.value}&day={previous}",
        "following": f"/calendar?view={view.value}&day={following}",
        "today_link": f"/calendar?view={view.value}",
        "views": [(one.value, name, f"/calendar?view={one.value}&day={chosen}") for one, name in _names()],
    }
    if view is View.MONTH:
        weeks = [
            days_between(first + timedelta(weeks=number), first + timedelta(weeks=number, days=6))
            for number in range((last - first).days // 7 + 1)
        ]
        context["weeks"] = [
            [_cell(viewer, one, due.get(one, []), chosen, words, most=DISCS) for one in week] for week in weeks
        ]
        context["weekdays"] = [_weekday(viewer, number) for number in range(7)]
        context["day_rows"] = [row(one, viewer, words) for one in due.get(chosen, [])]
        context["legend"] = _legend(due.values())
    elif view is View.WEEK:
        context["plan"] = [_cell(viewer, one, due.get(one, []), chosen, words) for one in days_between(first, last)]
    else:
        listed = [(one, due[one]) for one in days_between(first, last) if due.get(one)]
        context["listed"] = [(one, [row(each, viewer, words) for each in rows]) for one, rows in listed]
    return context


def _span(viewer: Viewer, view: View, chosen: date) -> tuple[date, date, date, date, str]:
    """First and last day shown, a day in the span before and after, and what the span is called."""
    if view is View.MONTH:
        grid = month_grid(chosen.year, chosen.month, viewer.week_start)
        begin = chosen.replace(day=1)
        previous, following = begin - timedelta(days=1), (begin + timedelta(days=32)).replace(day=1)
        return grid[0][0], grid[-1][-1], previous.replace(day=1), following, f"{month_name(chosen.month)} {chosen.year}"
    if view is View.WEEK:
        first, last = week_containing(chosen, viewer.week_start)
    else:
        first, last = chosen, chosen + timedelta(days=LISTED_DAYS - 1)
    step = timedelta(days=(last - first).days + 1)
    title = _(
        "%(first)s to %(last)s",
        first=day(first, "d" if first.month == last.month else "d MMM"),
        last=day(last, "d MMM y"),
    )
    return first, last, chosen - step, chosen + step, title


def _cell(
    viewer: Viewer, one: date, due: Sequence[DueRow], chosen: date, words: RowWords, *, most: int | None = None
) -> dict[str, Any]:
    """One day of the month or week: how full it is, and a button for each goal; when they are more than `most`, the
    last button makes room for how many more there are."""
    done, counted = days.tally_of(each for each in due if not each.paused)
    shown = due if most is None or len(due) <= most else due[: most - 1]
    named = day(one, "MMMM, EEEE")  # the number stands before it
    on = f", {day(one, 'd MMMM')}"
    return {
        "day": one,
        "iso": one.isoformat(),
        "number": one.day,
        "weekday": weekday_name(one.weekday(), "abbreviated"),
        "label": words.tally % {"day": named, "done": done, "due": counted} if counted else named,
        "tally": f"{done}/{counted}" if counted else "",
        "level": DayTally(one, done, counted).level if counted and one <= viewer.today else None,
        "other": one.month != chosen.month,
        "today": one == viewer.today,
        "chosen": one == chosen,
        "discs": [_disc(each, on, viewer.today, words, "agenda" if most is None else "month") for each in shown],
        "rest": len(due) - len(shown),
    }


def _disc(due: DueRow, on: str, today: date, words: RowWords, view: str) -> Disc:
    settled = due.state in (DayState.DONE, DayState.SKIPPED)
    iso = due.local_date.isoformat()
    measured = due.direction is not None
    spoken = (words.log if measured else words.undo if settled else words.mark) % {"title": due.title}
    state = shown_state(due, today)
    return Disc(
        letter=due.title[:1].upper(),
        title=due.title,
        colour=due.colour,
        state=state,
        mark=f"{due.goal_id}:{iso}:{'open' if settled else 'done'}",
        open=f"/calendar?view={view}&day={iso}#day" if measured else "",
        label=f"{spoken}{on}, {words.paused}" if state == "paused" else spoken + on,
    )


def _legend(days_of_goals: Any) -> list[tuple[str, int]]:
    """Title and colour of every goal that appears, in the viewer's order of first appearance."""
    return list(dict.fromkeys((due.title, due.colour) for dues in days_of_goals for due in dues))


def _weekday(viewer: Viewer, offset: int) -> tuple[str, str]:
    number = (viewer.week_start + offset) % 7
    return weekday_name(number), weekday_name(number, "abbreviated")


def _names() -> list[tuple[View, str]]:
    return [(View.MONTH, _("Month")), (View.WEEK, _("Week")), (View.AGENDA, _("List"))]
