"""What a calendar feed tells, said by the person whose goals it shows."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField

from webapp.domain.calendar_feeds import FeedDraft, Option
from webapp.domain.errors import Invalid
from webapp.pages.forms.base import Form
from webapp.pages.forms.identity import trimmed
from webapp.web.idempotency import new_nonce


class FeedForm(Form):
    name = StringField(_l("Name"), filters=[trimmed])
    titles = BooleanField(_l("Show the names of my goals"))
    timed = BooleanField(_l("Show goals at the time of their reminder"))
    alarms = BooleanField(_l("Let the calendar ring at my reminders"))
    nonce = HiddenField()

    def __init__(self) -> None:
        super().__init__(nonce=new_nonce())

    def draft(self) -> FeedDraft:
        """The feed as its person wants it; raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return FeedDraft(self.name.data or "", frozenset(option for option in Option if self[option.value].data))
