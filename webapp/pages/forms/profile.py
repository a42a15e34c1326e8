"""What a member says of their own number: a value they report, and that one of theirs is wrong."""

from datetime import date, datetime, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import Optional

from webapp.domain.days import instant_of
from webapp.domain.errors import Invalid
from webapp.domain.profile_drafts import ValueDraft
from webapp.pages.forms.base import AmountField, Form
from webapp.queries.ladders import Asked, Home
from webapp.web.idempotency import new_nonce

FIELDS = ("amount", "occurred_at", "note")
NOON = time(12)


class ReportForm(Form):
    """The form of one goal; several may stand on a page, so that its fields have ids of their own."""

    amount = AmountField(_l("Amount"))
    occurred_at = DateField(_l("Date"), [Optional()])
    note = TextAreaField(_l("Note"))
    nonce = HiddenField()

    def __init__(self, asked: Asked, today: date, **kwargs: object) -> None:
        super().__init__(**{"nonce": new_nonce(), "occurred_at": today, **kwargs})
        for name in FIELDS:
            self[name].id = f"{name}-{asked.terms.keyword}"
        if asked.terms.currency:
            self.amount.label.text = _("Amount, in %(currency)s", currency=asked.terms.currency)

    def draft(self, keyword: str, home: Home, now: datetime) -> ValueDraft:
        """What was typed, ready for the rules: today means now, another date its noon by the organisation's calendar.

        Raises Invalid for what cannot be read, together with what the rules find wrong with the rest.
        """
        unread, when = self.read(), self.occurred_at.data
        at = now if when is None or when == home.today(now) else instant_of(when, NOON, home.zone)
        note = (self.note.data or "").replace("\r\n", "\n")
        draft = ValueDraft(keyword, self.amount.data, at, note=note)
        if unread:
            fields = {problem.field for problem in unread}
            raise Invalid([*unread, *(one for one in draft.check(now) if one.field not in fields)])
        return draft


class WrongForm(Form):
    """What is wrong with a value, in the words of the person whose it is."""

    text = TextAreaField(_l("What is wrong?"))

    def words(self) -> str:
        """What was typed; raises Invalid when it cannot be read."""
        if problems := self.read():
            raise Invalid(problems)
        return (self.text.data or "").replace("\r\n", "\n")
