"""How somebody says they felt, and the words they have for it."""

from collections.abc import Iterable, Sequence, Set
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Optional

from webapp.domain.errors import Invalid
from webapp.domain.moods import ENERGIES, LEVELS, MoodDraft
from webapp.pages.forms.base import Form, one_line
from webapp.queries.moods import Label, LoggedMood, Palette
from webapp.web.mood_words import label_name, mood_words


class NamesField(StringField):
    """Names, each a value of its own or several with commas between them; chips and a line to type share the field."""

    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered: Sequence[str] = ()

    def _value(self) -> str:
        """What was typed, without the names that are offered as chips."""
        return ", ".join(name for name in self.data or () if name not in self.offered)

    def process_formdata(self, valuelist: list[Any]) -> None:
        parts = [part.strip() for value in valuelist for part in str(value).split(",")]
        self.data = tuple(dict.fromkeys(part for part in parts if part))


class ClockField(TimeField):
    """A time of day."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Please write a time, like %(example)s.", example="14:30")) from error


class MoodForm(Form):
    """One mood: the form that logs it and the one that changes it."""

    label = RadioField(_l("How are you?"), validate_choice=False)
    reasons = SelectMultipleField(_l("Because of"), validate_choice=False)
    new_reasons = NamesField(_l("Other reasons"), [one_line])
    note = TextAreaField(_l("Note"))
    energy = RadioField(_l("Energy"), default="", validate_choice=False)
    day = DateField(_l("Day"), [Optional()])
    wall = ClockField(_l("Time"), [Optional()], format=["%H:%M", "%H:%M:%S"])
    version = HiddenField()
    nonce = HiddenField()

    @classmethod
    def of(cls, mood: LoggedMood, palette: Palette) -> "MoodForm":
        """The form filled in with what stands; what its mood uses can be chosen even when it is hidden by now."""
        stood = mood.wall
        return cls(
            palette,
            formdata=None,
            label=mood.label.id,
            reasons=[reason.id for reason in mood.reasons],
            note=mood.note,
            energy=str(mood.energy or ""),
            day=stood.date(),
            wall=stood.time(),
            version=mood.version,
        )

    def __init__(self, palette: Palette, used: Set[str] = frozenset(), **kwargs: Any) -> None:
        """Offers what the whole palette shows, and with it what was put away and is `used` or chosen here."""
        super().__init__(**kwargs)
        chosen = {*used, self.label.data, *(self.reasons.data or ())}
        known = {reason.name.casefold() for reason in palette.reasons}
        palette = Palette(
            tuple(label for label in palette.labels if not label.hidden or label.id in chosen),
            tuple(reason for reason in palette.reasons if not reason.hidden or reason.id in chosen),
        )
        self.palette = palette
        self.label.choices = [(label.id, label_name(label)) for label in palette.labels]
        self.reasons.choices = [(reason.id, reason.name) for reason in palette.reasons]
        words = mood_words()
        few = len(palette.reasons) < len(words.reasons)
        self.new_reasons.offered = [name for name in words.reasons if name.casefold() not in known] if few else []
        self.energy.choices = [("", _l("not said")), *((str(one), words.energies[one]) for one in ENERGIES)]

    def draft(self) -> MoodDraft:
        """What was said, ready for the rules; what cannot be read is one of the draft's own problems."""
        problems = [problem for problem in self.read() if problem.field in self._fields]
        return MoodDraft(
            label=self.label.data or "",
            day=self.day.data,
            wall=self.wall.data,
            reasons=tuple(self.reasons.data or ()),
            new_reasons=self.new_reasons.data or (),
            note=(self.note.data or "").replace("\r\n", "\n"),
            energy=_energy(self.energy.data),
            problems=tuple(problems),
        )

    def absorb(self, invalid: Invalid) -> "MoodForm":
        """Each problem stands at its field; a missing face is asked for in words of its own."""
        faceless = [problem for problem in invalid.problems if (problem.field, problem.code) == ("label", "required")]
        super().absorb(Invalid([problem for problem in invalid.problems if problem not in faceless]))
        if faceless:
            self.label.errors = [_("Choose how you are first.")]
        return self

    def seen(self) -> int:
        """The version that was edited; 0, which is never current, when that cannot be read."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    @property
    def opened(self) -> bool:
        """Whether something of what is folded away was said, or is wrong."""
        folded = (self.energy, self.day, self.wall)
        return any(field.data or field.errors for field in folded)


class LabelForm(Form):
    """A word for how one feels, and the level it stands for."""

    name = StringField(_l("Word"), [one_line])
    level = SelectField(_l("Level"), validate_choice=False)

    def __init__(self, label: Label | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        choices: Iterable[tuple[str, Any]] = ((str(level), name) for level, name in level_choices())
        unset = [("", _l("No level yet"))] if label is not None and label.level is None else []
        self.level.choices = [*unset, *choices]

    def wanted(self) -> tuple[str, int | None]:
        """Name and level as they were chosen; raises Invalid when the name cannot be read."""
        if problems := [problem for problem in self.read() if problem.field == "name"]:
            raise Invalid(problems)
        number = self.level.data
        return self.name.data or "", int(number) if number in {str(level) for level in LEVELS} else None


class ReasonForm(Form):
    """A word for what it was about."""

    name = StringField(_l("Reason"), [one_line])

    def wanted(self) -> str:
        """The name typed; raises Invalid when it cannot be read."""
        if problems := [problem for problem in self.read() if problem.field == "name"]:
            raise Invalid(problems)
        return self.name.data or ""


def level_choices() -> list[tuple[int, str]]:
    """The five levels with their usual words: "5, rad"."""
    words = mood_words().levels
    return [(level, f"{level}, {words[level]}") for level in LEVELS]


def _energy(text: str | None) -> int | None:
    """The number chosen; one that is not offered becomes 0, which the rules refuse."""
    if not text:
        return None
    return int(text) if text in {str(one) for one in ENERGIES} else 0
