"""What is said about a review: whom to ask, what was decided, and what came of a goal in the end."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget, RadioInput

from webapp.domain.errors import Invalid, Problem
from webapp.domain.goals import Outcome
from webapp.domain.reviews import ClosingDraft, Verdict
from webapp.pages.forms.base import Form
from webapp.queries.reviewers import Reviewer


class DecisionForm(Form):
    """A verdict on the revision that was seen; which of the buttons was pressed says which."""

    comment = TextAreaField(_l("Comment"))
    revision = IntegerField(widget=HiddenInput())
    verdict = HiddenField()

    def said(self) -> tuple[Verdict, int, str]:
        """The verdict, the revision it is about and the comment; raises Invalid when one cannot be read."""
        problems = self.read()
        verdict = next((one for one in Verdict if one.value == self.verdict.data), None)
        if verdict is None:
            problems.append(Problem("verdict", "unknown_choice"))
        if self.revision.data is None and not problems:
            problems.append(Problem("revision", "unreadable"))
        if problems or verdict is None:
            raise Invalid(problems)
        return verdict, self.revision.data or 0, one_newline(self.comment.data)

    @classmethod
    def on(cls, revision: int, comment: str = "", **kwargs: Any) -> "DecisionForm":
        """The form for a verdict on this revision, not sent yet."""
        return cls(formdata=None, revision=revision, comment=comment, **kwargs)


class ReviewersForm(Form):
    """Who is asked to decide: one person about a private goal, else as many as may."""

    reviewers = SelectMultipleField(
        _l("Who is asked"), widget=ListWidget(), option_widget=CheckboxInput(), validate_choice=False
    )

    def __init__(self, able: Sequence[Reviewer], *, private: bool, asked: Iterable[str] = (), **kwargs: Any) -> None:
        """`able` may be asked, `asked` of them (public ids) are chosen when the form opens."""
        super().__init__(reviewers=list(asked), **kwargs)
        self.reviewers.choices = [(one.id, one.name) for one in able]
        if private:
            self.reviewers.option_widget = RadioInput()

    def chosen(self) -> list[str]:
        """Public ids of those who are to be asked."""
        return list(self.reviewers.data or [])


class SendForm(ReviewersForm):
    comment = TextAreaField(_l("What they should know"))
    seen = IntegerField(widget=HiddenInput())

    def words(self) -> str:
        """What is said with it; raises Invalid when something cannot be read."""
        if problems := self.read():
            raise Invalid(problems)
        return one_newline(self.comment.data)


class ClosingForm(Form):
    """How a goal ended in its owner's eyes; the score is typed in percent."""

    outcome = RadioField(_l("How did it end?"), validate_choice=False)
    score = IntegerField(_l("How much of it, in percent"), [Optional()])
    words = TextAreaField(_l("What came of it"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outcome.choices = [
            (Outcome.ACHIEVED.value, _l("Reached")),
            (Outcome.MISSED.value, _l("Not reached")),
            (Outcome.ABANDONED.value, _l("Let go")),
        ]

    def draft(self) -> ClosingDraft:
        """What was typed, ready for the rules; raises Invalid with every problem when something of it is none."""
        problems, percent = self.read(), self.score.data
        if percent is not None and not 0 <= percent <= 100:
            problems.append(Problem("score", "out_of_range", {"minimum": 0, "maximum": 100}))
        outcome = next((one for one in Outcome if one.value == self.outcome.data), None)
        score = None if percent is None else Decimal(percent) / 100
        draft = ClosingDraft(outcome, score, one_newline(self.words.data))
        if problems:
            wrong = {problem.field for problem in problems}
            raise Invalid([*problems, *(other for other in draft.check() if other.field not in wrong)])
        return draft


def one_newline(text: str | None) -> str:
    """The text with the line breaks it was typed with; browsers send two characters for each."""
    return (text or "").replace("\r\n", "\n")
