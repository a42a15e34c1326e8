"""Which of one's own goals a key result shows, and what of it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from webapp.domain.objective_drafts import FeedDraft
from webapp.domain.objectives import FeedKind
from webapp.pages.forms.base import Form
from webapp.queries.feeds import Choice
from webapp.web.reading_words import work_title


class FeedForm(Form):
    goal = SelectField(_l("Which of your goals"), validate_choice=False)
    kind = RadioField(_l("What it shows"), validate_choice=False, default=FeedKind.COMPLETION.value)

    def __init__(self, goals: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.goal.choices = [("", _l("Choose one")), *((one.id, work_title(one.category, one.title)) for one in goals)]
        self.kind.choices = [
            (
                FeedKind.COMPLETION.value,
                _l("how many percent of its due dates are done, or of the days you read"),
            ),
            (FeedKind.SUM.value, _l("the sum of its amounts, or of the pages read")),
        ]

    def draft(self) -> FeedDraft:
        """What was chosen, ready for the rules."""
        kind = next((one for one in FeedKind if one.value == self.kind.data), None)
        return FeedDraft(self.goal.data or "", kind)
