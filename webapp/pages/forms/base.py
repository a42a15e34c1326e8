"""What all our forms share: reading at the edge, and the rules' problems shown at their fields."""

from decimal import Decimal
from typing import Any

from babel.numbers import NumberFormatError, parse_decimal
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, StringField, ValidationError
from wtforms.widgets import HiddenInput

from webapp.domain.errors import Invalid, Problem
from webapp.web.formats import amount, problem_text


class OurWords:
    """What WTForms says of its own accord, in our words."""

    def gettext(self, text: str) -> str:
        """What is to be said instead; what nobody is shown stays as it is."""
        if text == "Not a valid date value.":
            return _("Please write a date, like %(example)s.", example="2026-03-14")
        if text == "Not a valid integer value.":
            return _("Please write a whole number.")
        return _("Please choose one of the list.") if "choice" in text.casefold() else text

    def ngettext(self, one: str, many: str, number: int) -> str:
        """As `gettext`, which is all that our fields ask for."""
        return self.gettext(one if number == 1 else many)


class Form(FlaskForm):
    """A form that is read by `read` and takes the rules' problems by `absorb`; typed text always stays."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> OurWords:
            return OurWords()

    def read(self) -> list[Problem]:
        """Read what was typed; what cannot be read is a problem of its field, already worded there."""
        self.validate()
        return [Problem(name, "unreadable") for name in self.errors if name]

    def absorb(self, invalid: Invalid) -> "Form":
        """Each problem stands at its field; those of no field of this form stand above it."""
        for problem in invalid.problems:
            field = self._fields.get(problem.field)
            hidden = field is not None and isinstance(field.widget, HiddenInput)
            if problem.code == "unreadable" and not hidden:
                continue
            text = problem_text(problem.code, problem.params)
            if field is None or hidden:
                self.form_errors.append(text)
            elif text not in field.errors:
                field.errors = [*field.errors, text]
        return self


class AmountField(StringField):
    """A decimal as the viewer's language writes it; None when empty."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return amount(self.data) if isinstance(self.data, Decimal) else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        try:
            self.data = parse_decimal(text, locale=get_locale() or "en", strict=True)
        except (NumberFormatError, ValueError) as error:
            raise ValueError(_("Please write a number, like %(example)s.", example=amount(Decimal("12.5")))) from error
        if not self.data.is_finite():
            self.data = None
            raise ValueError(_("Please write a number, like %(example)s.", example=amount(Decimal("12.5"))))


def one_line(form: Any, field: Field) -> None:
    """A validator: no line breaks or control characters, which a single line cannot show."""
    if any(ord(character) < 32 for character in str(field.data or "")):
        raise ValidationError(_("This holds characters that cannot be stored."))
