"""The words around the charts of a goal's year and of its days, translated once for each language."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from flask_babel import gettext as _

from webapp.domain.tracking import DayState
from webapp.web.formats import region
from webapp.web.words import month_name, state_words


class YearWords(NamedTuple):
    """What stands beside the charts; those with braces are filled by the script that reads days out."""

    table: str
    together: str
    years: str
    strength: str
    strength_table: str
    strength_title: str
    full: str
    half: str
    none: str
    days: str
    days_table: str
    days_title: str
    weeks: str
    weeks_table: str
    weeks_title: str
    months: str
    months_table: str
    months_title: str
    read: str
    say_amount: str
    say_strength: str
    say_week: str
    last_year: str


class StateWords(NamedTuple):
    """What a day of a list is called; `unanswered` once it is over."""

    states: dict[DayState, str]
    unanswered: str
    partly: str
    paused: str
    beyond: str


def year_words() -> YearWords:
    """The words of the charts in the viewer's language."""
    return _year_words(region())


def state_names() -> StateWords:
    """The words of days in the viewer's language."""
    return _state_names(region())


def mark_words() -> dict[str, str]:
    """What each mark of a day means, in a word or two."""
    return _mark_words(region())


def short_months() -> tuple[str, ...]:
    """January to December in a few letters."""
    return _short_months(region())


@lru_cache(maxsize=50)
def _year_words(_region: str) -> YearWords:
    return YearWords(
        table=_("Table"),
        together=_("Charts of these days, one above the other"),
        years=_("Years"),
        strength=_("Strength"),
        strength_table=_("Strength as a table"),
        strength_title=_("Strength of each day"),
        full=_("%(number)s %%", number=100),
        half=_("%(number)s %%", number=50),
        none=_("%(number)s %%", number=0),
        days=_("Days"),
        days_table=_("Days as a table"),
        days_title=_("Every day, filled when done"),
        weeks=_("By week"),
        weeks_table=_("Weeks as a table"),
        weeks_title=_("Totals of the weeks, and what was aimed at"),
        months=_("By month"),
        months_table=_("Months as a table"),
        months_title=_("Totals of the months, and what was aimed at"),
        read=_("Point at a day, or move with the arrow keys, to read it."),
        say_amount=_("{amount} {unit}"),
        say_strength=_("strength {number} %"),
        say_week=_("{number} that week"),
        last_year=_("Last year"),
    )


@lru_cache(maxsize=50)
def _state_names(_region: str) -> StateWords:
    return StateWords(
        states={state: state_words(state, date.max, date.min) for state in DayState},
        unanswered=state_words(DayState.OPEN, date.min, date.max),
        partly=_("Partly"),
        paused=_("Paused"),
        beyond=_("Skipped, beyond the budget"),
    )


@lru_cache(maxsize=50)
def _mark_words(_region: str) -> dict[str, str]:
    partly = _("Partly")
    return {
        "d": _("Done"),
        "e": _("Done, though not asked"),
        "1": partly,
        "2": partly,
        "3": partly,
        "s": _("Skipped"),
        "m": _("Not done"),
        "p": _("Paused"),
        "o": _("Open"),
        ".": _("Not due"),
        " ": "",
    }


@lru_cache(maxsize=50)
def _short_months(_region: str) -> tuple[str, ...]:
    return tuple(month_name(month, "abbreviated") for month in range(1, 13))
