"""Who has what somebody leaves behind."""

from collections import Counter
from collections.abc import Sequence

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField

from webapp.domain.errors import Invalid, Problem
from webapp.pages.forms.base import Form, one_line
from webapp.pages.forms.identity import trimmed
from webapp.queries.hand_overs import Left
from webapp.queries.members import Member
from webapp.queries.value_people import OFFERED

LONGEST_ADDRESS = 254


class LeaveForm(Form):
    """One heir for everything, or one for each objective, and whom the reports report to: each by their address, or by
    a name that nobody else bears."""

    heir = StringField(_l("Everything goes to"), [one_line], filters=[trimmed])
    manager = StringField(_l("From now on they report to"), [one_line], filters=[trimmed])

    def __init__(self, others: Sequence[Member]) -> None:
        super().__init__()
        self.offered = others[:OFFERED]
        bearers = Counter(one.name.casefold() for one in others)
        self._numbers = {name: one.number for one in others if bearers[name := one.name.casefold()] == 1}
        self._numbers |= {one.id: one.number for one in others} | {one.email.casefold(): one.number for one in others}
        self.heir_errors: dict[str, list[str]] = {}

    def said(self, public_id: str) -> str:
        """Whose address was typed for this objective."""
        return request.form.get(f"heir_{public_id}", "").strip()[:LONGEST_ADDRESS].replace("\x00", "")

    def heirs(self, objectives: Sequence[Left]) -> dict[int, int]:
        """Who has which objective, by numbers; none for one of which nobody was said. Raises Invalid."""
        problems, found = self.read(), {}
        for name, field in {"heir": self.heir, "manager": self.manager}.items():
            if field.data and not field.errors and self._meant(field.data) is None:
                problems.append(Problem(name, "not_a_member"))
        for one in objectives:
            word = self.said(one.id)
            heir = self._meant(word or self.heir.data)
            if heir is not None:
                found[one.number] = heir
            elif word:
                problems.append(Problem(f"heir_{one.id}", "nobody_of_that_name"))
        if problems:
            raise Invalid(problems)
        return found

    def new_manager(self) -> int | None:
        """The number of whom the reports report to from now on; `heirs` has said what names nobody."""
        return self._meant(self.manager.data)

    def _meant(self, text: str | None) -> int | None:
        return self._numbers.get((text or "").casefold())

    def absorb(self, invalid: Invalid) -> "LeaveForm":
        """Each problem stands at its field; that of an objective at the field of its own."""
        super().absorb(Invalid([one for one in invalid.problems if not one.field.startswith("heir_")]))
        for one in invalid.problems:
            if one.field.startswith("heir_"):
                unsaid = one.code == "required"
                words = _("Please say who has this one.") if unsaid else _("Nobody here has this address.")
                self.heir_errors[one.field.removeprefix("heir_")] = [words]
        return self
