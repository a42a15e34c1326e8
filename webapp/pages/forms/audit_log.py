"""What an admin looks for in the log of their organisation."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField
from wtforms.validators import Optional

from webapp.domain.days import EARLIEST_DAY, LATEST_DAY
from webapp.pages.audit_words import what_choices
from webapp.pages.forms.base import Form
from webapp.queries.audit_log import NOBODY, Wanted
from webapp.queries.goals import is_public_id


class LogForm(Form):
    """Filters that live in the address, so that they can be kept; persons are named there by public ids alone."""

    class Meta(Form.Meta):
        csrf = False

    by = HiddenField()
    about = HiddenField()
    what = SelectField(_l("What"), default="")
    outcome = SelectField(_l("Outcome"), default="")
    first = DateField(_l("From"), [Optional()])
    last = DateField(_l("To"), [Optional()])

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.what.choices = {"": [("", _l("Everything"))]} | dict(what_choices())
        self.outcome.choices = [("", _l("All")), ("done", _l("Done")), ("denied", _l("Refused"))]

    def wanted(self) -> Wanted:
        """The rows that are meant; what cannot be read is said at its field and asks for nothing."""
        self.validate()
        what = "" if self.what.errors else self.what.data or ""
        outcome = "" if self.outcome.errors else self.outcome.data or ""
        people = (_person(self.by.data), _person(self.about.data))
        return Wanted(*people, what, outcome, _day(self.first.data), _day(self.last.data))


def address_values(wanted: Wanted) -> dict[str, str]:
    """The filters as they stand in an address."""
    days = {"first": wanted.first, "last": wanted.last}
    said = {"by": wanted.by, "about": wanted.about, "what": wanted.what, "outcome": wanted.outcome}
    said |= {name: day.isoformat() for name, day in days.items() if day is not None}
    return {name: value for name, value in said.items() if value}


def _person(text: str | None) -> str:
    return text if text and (text == NOBODY or is_public_id(text)) else ""


def _day(value: date | None) -> date | None:
    return value if value is not None and EARLIEST_DAY <= value <= LATEST_DAY else None
