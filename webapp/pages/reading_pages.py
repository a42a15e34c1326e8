"""What the pages of works, of their days and of streaks show, in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.days import shifted
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_streaks import Run, current
from webapp.extensions import db
from webapp.pages import charts
from webapp.pages.goal_history import date_in, query_of
from webapp.pages.reading_pictures import heat_of, map_of
from webapp.queries import reading_days, reading_streaks
from webapp.queries import reading_history as queries
from webapp.queries.reading import DayRow, Reading, WorkRow
from webapp.queries.reading_days import BatchRow
from webapp.queries.reading_history import PastGoal
from webapp.web.formats import day, moment
from webapp.web.reading_words import (
    amount_words,
    continue_at,
    day_words,
    days_words,
    goal_words,
    measure_words,
    place_words,
    portion_words,
    span_words,
    time_words,
    verses_words,
    work_title,
)

YEAR = 365
"""So many days back the map of chapters looks where no goal says since when."""
Numbers = list[tuple[str, str, str]]


def work_page(viewer: Viewer, reading: Reading, asked: Mapping[str, str]) -> dict[str, Any]:
    """A work: its goal and how far it is, its pictures, and thirty of its days."""
    work, plan = reading.work, reading.plan
    address, before = f"/reading/works/{work.id}", date_in(asked, "before")
    heat = heat_of(viewer, address, asked, work)
    rows, more = queries.latest_days(db.session, viewer, work.number, before=before)
    is_quran = work.category is Category.QURAN
    since = plan.terms.starts if plan else shifted(viewer.today, -YEAR)
    past = queries.past_goals(db.session, viewer, work.number)
    older = query_of({"year": heat.year, "before": rows[-1].local_date}) if more else ""
    return {
        "reading": reading,
        "title": work_title(work.category, work.title),
        "place_said": continue_at(reading),
        "goal": goal_words(plan.terms, work) if plan else "",
        "over": over_words(reading, viewer.today),
        "past": [past_line(reading, one) for one in past],
        "again": next((one.id for one in past if not one.reached), "") if not (plan or work.archived) else "",
        "numbers": numbers_of(reading, viewer.today),
        "percent": int(reading.standing.share * 100) if reading.standing else None,
        "share": share_of(work),
        "chapters": map_of(queries.covered(db.session, viewer, work.number, since)) if is_quran else None,
        "since": day(since, "long"),
        "heat": heat,
        "days": [day_line(reading, one, viewer.today) for one in rows],
        "older": f"{address}{older}#days-title" if more else "",
        "newer": address if before else "",
    }


def day_page(viewer: Viewer, reading: Reading, on: date) -> dict[str, Any]:
    """One day of a work: what it asked, how far it was, and everything that was said of it; raises NotFound for a day
    ahead of which nothing is said."""
    work = reading.work
    row = queries.day_of_work(db.session, viewer, work.number, on)
    said = reading_days.said(db.session, viewer, work.id, on)
    if on > viewer.today and row is None and not said:
        raise NotFound
    return {
        "reading": reading,
        "title": work_title(work.category, work.title),
        "on": on,
        "following": shifted(on, 1) if on < viewer.today else None,
        "previous": shifted(on, -1),
        "facts": day_facts(reading, row, on == viewer.today),
        "batches": [batch_line(reading, one) for one in said],
        "can_log": on <= viewer.today and not work.archived,
    }


def streaks_page(viewer: Viewer, asked: Mapping[str, str]) -> dict[str, Any]:
    """Streaks with their lengths as bars, and a year of days on which anything was read."""
    before, address = date_in(asked, "before"), "/reading/streaks"
    heat = heat_of(viewer, address, asked)
    runs, more = queries.streaks(db.session, viewer, before=before)
    longest = reading_streaks.longest(db.session, viewer)
    now = None if before else current(runs, viewer.today)
    older = query_of({"year": heat.year, "before": runs[-1].first}) if more else ""
    return {
        "heat": heat,
        "rows": [streak_line(one, longest, one == now) for one in runs],
        "numbers": streak_numbers(now, longest, shows_now=before is None),
        "older": f"{address}{older}#streaks-title" if more else "",
        "newer": address if before else "",
    }


def book_line(reading: Reading) -> dict[str, Any]:
    """A book in a list: where its reader is, and what its goal asks."""
    work = reading.work
    facts = [place_words(work), goal_words(reading.plan.terms, work) if reading.plan else ""]
    return {
        "id": work.id,
        "title": work.title,
        "colour": work.colour,
        "archived": work.archived,
        "facts": " · ".join(one for one in facts if one) or _("not begun"),
    }


def share_of(work: WorkRow) -> int | None:
    """How much of a book its reader is through, in whole per cent; None where nothing says it."""
    if work.size is None or work.place is None:
        return None
    return min(100 * work.place // work.size, 100)


def numbers_of(reading: Reading, today: date) -> Numbers:
    """The numbers of a goal: (words, number, what belongs to it)."""
    if reading.plan is None or reading.today is None:
        return []
    terms, standing, found = reading.plan.terms, reading.standing, reading.today
    left = portion_words(found.left, terms, reading.work)
    numbers = [(_("Left today"), left or _("nothing"), "")]
    if standing is None:
        return numbers
    whole = measure_words(standing.left, terms, reading.work)
    numbers.append((_("Left in all"), whole if standing.left else _("nothing"), ""))
    if not standing.reached and terms.ends is not None and today <= terms.ends:
        numbers.append((_("Days left"), str(standing.days_left), _("up to %(day)s", day=day(terms.ends))))
    return numbers


def over_words(reading: Reading, today: date) -> str:
    """What to say of a goal that is reached, or whose time is over; "" of any other."""
    plan, standing = reading.plan, reading.standing
    if plan is None or standing is None or plan.terms.ends is None:
        return ""
    if standing.reached:
        return _("This goal is reached.")
    if today <= plan.terms.ends:
        return ""
    left, days = measure_words(standing.left, plan.terms, reading.work), plan.terms.duration or 0
    return ngettext(
        "The day is over; %(left)s are left.", "The %(num)d days are over; %(left)s are left.", days, left=left
    )


def past_line(reading: Reading, goal: PastGoal) -> dict[str, Any]:
    """A goal that is over: what it asked, from when to when, and whether it was reached."""
    how = _("reached") if goal.reached else _("ended")
    dates = span_words(min(goal.terms.starts, goal.ended), goal.ended)
    return {"id": goal.id, "words": goal_words(goal.terms, reading.work), "dates": dates, "how": how}


def day_line(reading: Reading, row: DayRow, today: date) -> dict[str, Any]:
    """A day of the list: what was read, and how much of what it asked."""
    form = "EEE d MMM" if row.local_date.year == today.year else "EEE d MMM y"
    return {
        "id": row.local_date.isoformat(),
        "address": f"/reading/works/{reading.work.id}/days/{row.local_date}",
        "day": day(row.local_date, form),
        "read": day_words(row.read, reading.work, row.filled),
        "share": _("%(number)s %%", number=int(row.progress * 100)) if row.progress is not None else "",
    }


def day_facts(reading: Reading, row: DayRow | None, is_today: bool) -> list[tuple[str, str]]:
    """What the day asked, what was read, and how far that was; nothing of what nobody knows."""
    facts, progress = [], row.progress if row else None
    if is_today and reading.plan is not None and reading.today is not None:
        asked = portion_words(reading.today.portion, reading.plan.terms, reading.work)
        facts.append((_("Asked"), asked or _("nothing")))
        progress = reading.today.progress
    elif row is not None and row.asked is not None:
        facts.append((_("Asked"), asked_words(reading, row)))
    if row is not None:
        facts.append((_("Read"), day_words(row.read, reading.work, row.filled)))
    if progress is not None:
        facts.append((_("Of what was asked"), _("%(number)s %%", number=int(progress * 100))))
    return facts


def asked_words(reading: Reading, row: DayRow) -> str:
    """What an earlier day asked, by the goal it was a day of."""
    asked = row.asked
    if asked is None or not (asked.amount or asked.verses):
        return _("nothing")
    if asked.verses:
        return verses_words(asked.verses)
    return time_words(asked.amount) if row.asks is Asks.TIME else amount_words(asked.amount, reading.work.unit)


def batch_line(reading: Reading, one: BatchRow) -> dict[str, Any]:
    """Something that was said, when, and what takes it back."""
    words = day_words(one.read, reading.work, one.filled)
    return {"id": one.id, "words": words, "at": _("said %(moment)s", moment=moment(one.at))}


def streak_line(run: Run, longest: Run | None, is_current: bool) -> dict[str, Any]:
    """A streak as a share of the longest, and where its days are shown."""
    return {
        "days": run.days,
        "words": ngettext("day, %(dates)s", "days, %(dates)s", run.days, dates=span_words(run.first, run.last)),
        "address": f"/reading/streaks?year={run.last.year}#year",
        "share": charts.share(run.days, longest.days if longest else run.days),
        "current": is_current,
    }


def streak_numbers(now: Run | None, longest: Run | None, *, shows_now: bool) -> Numbers:
    """The current streak and the longest one: (words, number, when)."""
    numbers: Numbers = []
    if now is not None:
        numbers.append((_("Current streak"), days_words(now.days), span_words(now.first, now.last)))
    elif shows_now and longest is not None:
        numbers.append((_("Current streak"), _("begins with the next reading"), ""))
    if longest is not None:
        numbers.append((_("Longest streak"), days_words(longest.days), span_words(longest.first, longest.last)))
    return numbers
