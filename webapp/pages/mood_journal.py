"""What the journal shows: a month in pixels, and the moods of it or of one of its days."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from webapp.domain.crisis import COUNTRIES, country_of_zone
from webapp.domain.days import EARLIEST_DAY, LATEST_DAY, local_day, month_grid
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.pages.forms.moods import MoodForm
from webapp.pages.mood_lines import UNRATED, by_day, faces, month_after, month_cells, weekdays
from webapp.queries import moods
from webapp.queries.moods import MOST, Palette
from webapp.web.addresses import read_day
from webapp.web.formats import day
from webapp.web.idempotency import new_nonce
from webapp.web.mood_words import level_names, mood_words

LOWEST = 1
FEW = 20
"""So many moods of a month are listed before all of them are asked for."""
MOST_REASONS = 20
"""So many reasons are chips at once; the others open below them."""
_MONTH = re.compile("([0-9]{4})-(0[1-9]|1[0-2])")


class Asked(NamedTuple):
    """The first day of the month to show, and the day of it whose moods are wanted, or None for the month's newest,
    or `whole` for all of them."""

    month: date
    day: date | None = None
    whole: bool = False

    @property
    def address(self) -> str:
        """Where this is shown."""
        if self.day:
            return f"/moods?day={self.day}"
        return f"/moods?month={self.month:%Y-%m}{'&whole=1' if self.whole else ''}"

    @property
    def shown(self) -> str:
        """The day or month in a word, which the form carries along; `asked_again` reads it."""
        return str(self.day or f"{self.month:%Y-%m}")


def asked_for(values: Mapping[str, str], today: date) -> Asked:
    """The month or day a request names, this month when it names none; raises NotFound for one that does not exist."""
    if values.get("day"):
        chosen = read_day(values["day"])
        return Asked(chosen.replace(day=1), chosen)
    if not values.get("month"):
        return Asked(today.replace(day=1))
    found = _MONTH.fullmatch(values["month"])
    if found is None or not EARLIEST_DAY.year <= int(found[1]) <= LATEST_DAY.year:
        raise NotFound
    return Asked(date(int(found[1]), int(found[2]), 1), whole=values.get("whole") == "1")


def asked_again(shown: str, today: date) -> Asked:
    """What the journal showed when the form was sent; this month when it was sent from elsewhere."""
    return asked_for({"day" if shown.count("-") == 2 else "month": shown}, today)


def empty_form(palette: Palette, day: date | None = None) -> MoodForm:
    """The form for another mood, of a day that is looked at; it is logged once however often it is sent."""
    return MoodForm(palette, formdata=None, nonce=new_nonce(), day=day)


def form_of(form: MoodForm, latest: date) -> dict[str, Any]:
    """What the template of the form needs; `latest` is the day the calendar shows where the mood is felt."""
    return {
        "form": form,
        "faces": faces(form.palette.labels),
        "palette": form.palette,
        "latest": latest,
        "chosen": set(form.reasons.data or ()),
        "most_reasons": MOST_REASONS,
        "more_open": form.opened,
    }


def days_of(viewer: Viewer, palette: Palette, asked: Asked) -> dict[str, Any]:
    """What the template of the month and its moods needs."""
    weeks = month_grid(asked.month.year, asked.month.month, viewer.week_start)
    found = moods.days_of(db.session, viewer, weeks[0][0], weeks[-1][-1])
    names = level_names(palette.labels)
    weeks_shown = month_cells(viewer, asked.month, found, names, asked.day)
    following = month_after(asked.month, 1)
    span = (asked.day, asked.day) if asked.day else (asked.month, date.fromordinal(following.toordinal() - 1))
    listed = moods.logged(db.session, viewer, *span, limit=MOST if asked.day or asked.whole else FEW)
    logged = sum(of_day.count for local_date, of_day in found.items() if span[0] <= local_date <= span[1])
    return {
        "asked": asked,
        "month_title": day(asked.month, "MMMM y"),
        "previous": Asked(month_after(asked.month, -1)).address if asked.month > EARLIEST_DAY else None,
        "following": Asked(following).address if following <= viewer.today else None,
        "weekdays": weekdays(viewer),
        "weeks": weeks_shown,
        "unrated": mood_words().unrated if any(one.level == UNRATED for week in weeks_shown for one in week) else "",
        "level_names": names,
        "listed": by_day(listed),
        "cut": len(listed) >= MOST,
        "logged": logged,
        "all_of_it": asked._replace(whole=True).address if len(listed) == FEW < logged else None,
        "this_month": asked == Asked(viewer.today.replace(day=1)),
        "low": bool(listed) and listed[0].local_date == viewer.today and listed[0].label.level == LOWEST,
    }


def journal_of(
    viewer: Viewer, asked: Asked, form: MoodForm | None = None, palette: Palette | None = None
) -> dict[str, Any]:
    """The whole page: the form, as it was typed if it could not be used, and the days."""
    palette = palette or moods.palette_of(db.session, viewer, hidden=True)
    past = asked.day if asked.day and asked.day < viewer.today else None
    shown = form_of(form or empty_form(palette, past), local_day(viewer.now, viewer.zone))
    country = COUNTRIES.get(country_of_zone(viewer.zone) or "")
    return {**shown, **days_of(viewer, palette, asked), "emergency": country.emergency if country else ""}
