"""When nothing is to be asked, and of which goal."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField
from wtforms.validators import Optional

from webapp.domain.errors import Invalid, Problem
from webapp.domain.pauses import Pause
from webapp.pages.forms.base import Form


class PauseForm(Form):
    """The days of a pause; the same fields plan one and change one."""

    first = DateField(_l("First day"), [Optional()])
    last = DateField(_l("Last day"), [Optional()])

    def days(self) -> Pause:
        """The days typed; raises Invalid when one cannot be read or there is no first."""
        problems = [problem for problem in self.read() if problem.field in ("first", "last")]
        if not problems and self.first.data is None:
            problems = [Problem("first", "required")]
        if problems or self.first.data is None:
            raise Invalid(problems)
        return Pause(self.first.data, self.last.data)


class PlanForm(PauseForm):
    """A pause that is not planned yet."""

    goal = SelectField(_l("Of what?"), validate_choice=False)
    nonce = HiddenField()

    def __init__(self, goals: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        """`goals` are the viewer's own, by address and title."""
        super().__init__(**kwargs)
        self.goal.choices = [("", _l("All goals")), *goals]
