"""How a key result stands, in somebody's words: the value, how sure they are in percent, a comment, a date."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import Optional

from webapp.domain.errors import Invalid, Problem
from webapp.domain.objective_drafts import CheckInDraft
from webapp.models import KeyResult, Objective
from webapp.pages.forms.base import AmountField, Form
from webapp.queries.check_ins import CheckIn
from webapp.web.idempotency import new_nonce

FIELDS = ("actual", "confidence", "comment", "day")


class CheckInForm(Form):
    """One key result's form; several may stand on a page, so that its fields have ids of their own."""

    actual = AmountField(_l("Value"))
    confidence = AmountField(_l("Confidence, in percent"))
    comment = TextAreaField(_l("What happened?"))
    day = DateField(_l("Date"), [Optional()])
    view = HiddenField()
    nonce = HiddenField()

    def __init__(self, key_result: KeyResult, *, view: str = "", **kwargs: Any) -> None:
        super().__init__(**{"nonce": new_nonce(), "view": view, **kwargs})
        for name in FIELDS:
            self[name].id = f"{name}-{key_result.public_id}"
        if key_result.unit:
            self.actual.label.text = _("Value, in %(unit)s", unit=key_result.unit)

    @classmethod
    def of(cls, key_result: KeyResult, said: CheckIn) -> "CheckInForm":
        """The form that corrects what was said."""
        confidence = None if said.confidence is None else 100 * said.confidence
        said_before: dict[str, Any] = {"actual": said.value, "comment": said.comment, "day": said.day}
        return cls(key_result, confidence=confidence, **said_before)

    def draft(self) -> CheckInDraft:
        """What was typed, ready for the rules; what could not be read travels along as problems."""
        problems, percent = self.read(), self.confidence.data
        if percent is not None and not 0 <= percent <= 100:
            problems.append(Problem("confidence", "out_of_range", {"minimum": 0, "maximum": 100}))
            percent = None
        unread = {problem.field for problem in problems}
        if "actual" in unread:  # it is said already that this is no number
            self.actual.data = Decimal(0)
        return CheckInDraft(
            actual=self.actual.data,
            comment=(self.comment.data or "").replace("\r\n", "\n"),
            confidence=None if percent is None else percent / 100,
            day=self.day.data,
            problems=tuple(problems),
        )


class ConfidenceForm(Form):
    """How sure somebody is of a whole objective, in percent, and why."""

    confidence = AmountField(_l("Confidence, in percent"))
    reason = TextAreaField(_l("Why?"))

    @classmethod
    def of(cls, objective: Objective) -> "ConfidenceForm":
        """The form that begins with what was said last."""
        confidence = None if objective.confidence is None else 100 * objective.confidence
        return cls(confidence=confidence, reason=objective.confidence_reason)

    def belief(self) -> tuple[Decimal | None, str]:
        """What was typed, as a fraction, and why; raises Invalid for what cannot be read."""
        problems, percent = self.read(), self.confidence.data
        if percent is not None and not 0 <= percent <= 100:
            problems.append(Problem("confidence", "out_of_range", {"minimum": 0, "maximum": 100}))
        if problems:
            raise Invalid(problems)
        return None if percent is None else percent / 100, (self.reason.data or "").replace("\r\n", "\n")
