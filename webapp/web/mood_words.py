"""Moods in the viewer's language: the usual words of the five levels, usual reasons, and what a day comes to."""

from collections.abc import Iterable
from decimal import ROUND_HALF_DOWN, Decimal
from functools import lru_cache
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from webapp.domain.moods import ENERGIES, LEVELS
from webapp.queries.moods import DayMood, Label
from webapp.web.formats import amount, region


class MoodWords(NamedTuple):
    """What every page with moods says, in one language."""

    levels: dict[int, str]
    energies: dict[int, str]
    reasons: tuple[str, ...]
    nothing: str
    unrated: str
    wordless: str
    day: str
    ahead: str
    edit: str
    delete: str


def mood_words() -> MoodWords:
    """The words in the viewer's language."""
    return _mood_words(region())


def label_name(label: Label) -> str:
    """The person's own word, or the usual one for its level; a program may have said none."""
    words = mood_words()
    return label.name or (words.levels[label.level] if label.level else words.wordless)


def level_names(labels: Iterable[Label]) -> dict[int, str]:
    """What this person calls each level: their first shown word for it, else the usual one."""
    names: dict[int, str] = {}
    for label in labels:
        if label.level is not None and not label.hidden:
            names.setdefault(label.level, label_name(label))
    return {level: names.get(level) or mood_words().levels[level] for level in LEVELS}


def nearest_level(mean: Decimal) -> int:
    """The level a mean is drawn as; half-way between two it is the lower one, like the median."""
    return int(mean.to_integral_value(ROUND_HALF_DOWN))


def day_mood_words(day: DayMood | None, names: dict[int, str]) -> str:
    """What a day comes to in a few words: "good, 1 mood", "between meh and good, 2 moods"."""
    words = mood_words()
    if day is None:
        return words.nothing
    moods = ngettext("%(num)d mood", "%(num)d moods", day.count)
    if day.mean is None:
        return f"{words.unrated}, {moods}"
    if day.mean == day.mean.to_integral_value():
        return f"{names[int(day.mean)]}, {moods}"
    lower = int(day.mean)
    between = _("between %(lower)s and %(upper)s", lower=names[lower], upper=names[lower + 1])
    return f"{between}, {moods}"


def rounded(value: Decimal | None, places: int = 1) -> str:
    """A mean as short as it can be read, nothing for none."""
    return "" if value is None else amount(round(value, places).normalize() + 0)


@lru_cache(maxsize=50)
def _mood_words(_region: str) -> MoodWords:
    levels = (
        pgettext("mood", "rad"),
        pgettext("mood", "good"),
        pgettext("mood", "meh"),
        pgettext("mood", "bad"),
        pgettext("mood", "awful"),
    )
    energies = (_("1, very low"), _("2, low"), _("3, middling"), _("4, high"), _("5, very high"))
    return MoodWords(
        levels=dict(zip(LEVELS, levels, strict=True)),
        energies=dict(zip(ENERGIES, energies, strict=True)),
        reasons=(
            _("work"),
            _("family"),
            _("friends"),
            _("partner"),
            _("sleep"),
            _("health"),
            _("exercise"),
            _("food"),
            _("weather"),
            _("money"),
        ),
        nothing=_("nothing logged"),
        unrated=_("no level"),
        wordless=_("no word"),
        day=_("%(day)s: %(mood)s"),
        ahead=_("still ahead"),
        edit=_("Edit {mood}, {time}"),
        delete=_("Delete {mood}, {time}"),
    )
