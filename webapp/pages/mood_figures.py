"""What a range of moods comes to, said honestly: how often first, then the middle, and the mean as a convenience."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.days import EARLIEST_DAY, LATEST_DAY, shifted
from webapp.domain.moods import LEVELS
from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.pages import charts
from webapp.pages.mood_lines import UNRATED
from webapp.queries import moods
from webapp.queries.mood_statistics import Statistics, statistics
from webapp.web.addresses import plain_date
from webapp.web.formats import day, problem_text
from webapp.web.mood_words import label_name, level_names, mood_words, rounded
from webapp.web.words import month_name, weekday_name

FEW = 5
"""Under so many moods a mean says little, and the page says so."""
EVEN, UNEVEN = Decimal("0.5"), Decimal("1")


class Asked(NamedTuple):
    """The first and last day of a range, what was typed for them, and what is wrong with it by the field's name."""

    first: date
    last: date
    typed: Mapping[str, str]
    errors: Mapping[str, str] = {}


def asked_range(values: Mapping[str, str], today: date, begun: date) -> Asked:
    """The range a request names; the last 30 days when it names none, or one that cannot be.

    A last day alone is read with the day the first mood was logged, `begun`, a first day alone with today.
    """
    usual = (shifted(today, -29), today)
    typed = {name: values.get(name, "") for name in ("first", "last")}
    if not any(typed.values()):
        return Asked(*usual, {"first": str(usual[0]), "last": str(today)})
    days = {name: plain_date(text) for name, text in typed.items()}
    unreadable = _("Please write a date, like %(example)s.", example="2026-03-14")
    if errors := {name: unreadable for name, text in typed.items() if text and days[name] is None}:
        return Asked(*usual, typed, errors)
    last = days["last"] or today
    first = days["first"] or min(begun, last)
    if first > today:
        return Asked(*usual, typed, {"first": problem_text("in_future", {})})
    if last < first:
        return Asked(*usual, typed, {"last": problem_text("before_start", {})})
    first, last = max(first, EARLIEST_DAY), min(max(last, EARLIEST_DAY), LATEST_DAY)
    return Asked(first, last, {"first": str(first), "last": str(last)})


def figures_of(viewer: Viewer, values: Mapping[str, str]) -> dict[str, Any]:
    """What the page of statistics shows of the range a request names."""
    begun = min(moods.first_day(db.session, viewer) or viewer.today, viewer.today)
    asked = asked_range(values, viewer.today, begun)
    found = statistics(db.session, viewer, asked.first, asked.last)
    names = level_names([label for label, _count in found.by_label])
    days = (asked.last - asked.first).days + 1
    return {
        "asked": asked,
        "presets": presets(viewer.today, begun, asked),
        "found": found,
        "logged_words": ngettext(
            "on %(num)d day of %(days)s", "on %(num)d days of %(days)s", found.days_logged, days=days
        ),
        "distribution": distribution(found),
        "median": names[found.median] if found.median else "",
        "mean": rounded(found.mean),
        "few": found.total - found.unrated < FEW,
        "names": names,
        "levels": LEVELS,
        "trend": trend_of(found),
        "reasons": reason_rows(found),
        "weekdays": weekday_rows(viewer, found),
        "energies": [
            (mood_words().energies[one.energy], one.count, rounded(one.mean), one.rated < FEW)
            for one in found.by_energy
        ],
        "stability": stability_words(found),
        "stability_number": rounded(found.stability, 2),
    }


def presets(today: date, begun: date, asked: Asked) -> list[tuple[str, str, bool]]:
    """Ranges that are one tap away: words, address, whether it is shown."""
    ranges = [
        (_("Last 30 days"), shifted(today, -29), today),
        (_("Last 90 days"), shifted(today, -89), today),
        (_("This year"), today.replace(month=1, day=1), today),
        (_("Last year"), date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        (_("Everything"), begun, today),
    ]
    return [
        (words, f"/moods/statistics?first={first}&last={last}", (first, last) == asked[:2])
        for words, first, last in ranges
    ]


def distribution(found: Statistics) -> list[dict[str, Any]]:
    """A bar for each label that was used, from the best level to the worst."""
    most = max((count for _label, count in found.by_label), default=0)
    return [
        {
            "name": label_name(label),
            "level": label.level or UNRATED,
            "count": count,
            "share": charts.share(count, most),
            "percent": round(100 * count / found.total),
        }
        for label, count in found.by_label
    ]


def trend_of(found: Statistics) -> dict[str, Any]:
    """The line of the trend and its table; gaps stay gaps."""
    values = [None if point.mean is None else float(point.mean) for point in found.trend]
    line, dots = charts.trend_path(values, LEVELS[0], LEVELS[-1])
    rows = [(stretch(point.first, point.last), rounded(point.mean)) for point in found.trend if point.mean is not None]
    longest = max(((point.last - point.first).days for point in found.trend), default=0)
    unit = _("by day") if longest < 1 else _("by week") if longest < 7 else _("by month")
    return {"line": line, "dots": dots, "rows": rows, "unit": unit}


def stretch(first: date, last: date) -> str:
    """A day, or from when to when; a whole month by its name."""
    if first == last:
        return day(first)
    if first.day == 1 and shifted(last, 1).day == 1 and (first.year, first.month) == (last.year, last.month):
        return f"{month_name(first.month)} {first.year}"
    return _("%(first)s to %(last)s", first=day(first), last=day(last))


def reason_rows(found: Statistics) -> list[dict[str, Any]]:
    """Reasons, the most frequent first, each with the mean level of its moods."""
    most = max((one.count for one in found.reasons), default=0)
    return [
        {
            "name": one.reason.name,
            "count": one.count,
            "share": charts.share(one.count, most),
            "mean": rounded(one.mean),
            "few": one.rated < FEW,
        }
        for one in found.reasons
    ]


def weekday_rows(viewer: Viewer, found: Statistics) -> list[tuple[str, str, int]]:
    """Each weekday as the viewer's week begins: name, mean, and how far it is on the way from 1 to 5 in per cent."""
    numbers = [(viewer.week_start + number) % 7 for number in range(7)]
    means = [(number, found.by_weekday[number]) for number in numbers]
    return [
        (weekday_name(number), rounded(mean), charts.share(float(mean) - 1, 4) if mean else 0) for number, mean in means
    ]


def stability_words(found: Statistics) -> str:
    """How much the mood changes from one day to the next, in a sentence."""
    if found.stability is None:
        return _("Log on two days in a row, and here stands how much your mood changes from one day to the next.")
    number = rounded(found.stability, 2)
    said = ngettext(
        "From one day to the next it changed by %(number)s levels, in %(num)d pair of days.",
        "From one day to the next it changed by %(number)s levels on average, over %(num)d pairs of days.",
        found.adjacent_days,
        number=number,
    )
    if found.adjacent_days < FEW:
        return f"{said} {_('That is too few to say more.')}"
    if found.stability < EVEN:
        return f"{said} {_('Your days were much alike.')}"
    if found.stability < UNEVEN:
        return f"{said} {_('There were some ups and downs.')}"
    return f"{said} {_('There were large ups and downs.')}"
