"""What a program of the reading contract is called."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from webapp.domain.errors import Invalid
from webapp.pages.forms.base import Form
from webapp.pages.forms.identity import trimmed
from webapp.web.idempotency import new_nonce


class ClientForm(Form):
    name = StringField(_l("Name"), filters=[trimmed])
    nonce = HiddenField()

    def __init__(self) -> None:
        super().__init__(nonce=new_nonce())

    def named(self) -> str:
        """The name as its admin wants it; raises Invalid when it cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return self.name.data or ""
