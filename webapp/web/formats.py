"""Dates, times and numbers as the viewer reads them, and the words for what the rules found wrong."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, g, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

LOCALES = ("en",)
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(day=day, moment=moment, amount=amount)
    app.jinja_env.globals.update(problem_text=problem_text)


def choose_locale() -> str:
    """The viewer's language, else the best the browser asks for, else English."""
    viewer = g.get("viewer")
    if viewer is not None and viewer.locale in LOCALES:
        return str(viewer.locale)
    return request.accept_languages.best_match(LOCALES, "en") or "en"


def choose_zone() -> str:
    viewer = g.get("viewer")
    return viewer.zone if viewer is not None else "Etc/UTC"


def text_direction() -> str:
    """`rtl` or `ltr`, for the root of the page; `?dir=rtl` mirrors any page so that translators and tests can look."""
    if request.args.get("dir") == "rtl":
        return "rtl"
    return "rtl" if str(get_locale() or "en").split("_")[0] in RIGHT_TO_LEFT else "ltr"


def day(value: date, form: str = "medium") -> str:
    """A calendar date; `form` is short, medium, long, full or a CLDR pattern."""
    return format_date(value, form, locale=get_locale() or "en")


def moment(value: datetime, form: str = "medium") -> str:
    """An instant on the viewer's own wall clock."""
    return format_datetime(value.astimezone(ZoneInfo(choose_zone())), form, locale=get_locale() or "en")


def amount(value: Decimal | int | None) -> str:
    """A number as short as it is exact; nothing for none."""
    return "" if value is None else format_decimal(value, locale=get_locale() or "en", decimal_quantization=False)


def problem_text(code: str, params: Mapping[str, object]) -> str:
    """A problem in the viewer's language, ready to stand at its field."""
    texts = {
        "required": _("Please fill this in."),
        "too_long": _("At most %(longest)s characters.", longest=params.get("longest", "")),
        "unusable_characters": _("This holds characters that cannot be stored."),
        "unknown_choice": _("Please choose one of the list."),
        "not_an_email": _("Please type a full address, like name@example.org."),
        "same_email": _("This is the address you have already."),
        "password_short": _(
            "At least %(shortest)s characters, please. A few words in a row are easy to remember.",
            shortest=params.get("shortest", ""),
        ),
        "password_guessable": _("This one is easy to guess. Try a few words that do not belong together."),
        "consent_missing": _("We can only keep what you enter if you agree to this."),
        "unknown_zone": _("Please choose a time zone of the list."),
        "out_of_range": _(
            "From %(minimum)s to %(maximum)s.",
            minimum=params.get("minimum", ""),
            maximum=params.get("maximum", ""),
        ),
        "too_far": _("That is too far ahead: at most ten years."),
        "too_many_goals": ngettext(
            "You can carry one goal at a time.",
            "You can carry at most %(num)d goals; archive or delete some first.",
            int(str(params.get("most", 500))),
        ),
    }
    return texts.get(code) or _("This cannot be used as it is (%(code)s).", code=code)
