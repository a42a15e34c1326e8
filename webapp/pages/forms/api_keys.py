"""What a key of an organisation may do."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.domain.api_keys import ApiKeyDraft
from webapp.domain.errors import Invalid
from webapp.domain.tokens import SCOPES, Contract
from webapp.pages.forms.base import Form
from webapp.pages.forms.identity import trimmed
from webapp.web.idempotency import new_nonce


class KeyForm(Form):
    name = StringField(_l("Name"), filters=[trimmed])
    scopes = SelectMultipleField(_l("What it may do"), widget=ListWidget(), option_widget=CheckboxInput())
    signs = BooleanField(_l("Every request has to be signed"))
    nonce = HiddenField()

    def __init__(self) -> None:
        super().__init__(nonce=new_nonce())
        self.scopes.choices = [(scope, key_scope_words(scope)) for scope in SCOPES[Contract.PROFILES]]

    def draft(self) -> ApiKeyDraft:
        """The key as its admin wants it; raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return ApiKeyDraft(self.name.data or "", tuple(self.scopes.data or ()), bool(self.signs.data))


def key_scope_words(scope: str) -> str:
    """What the scope lets a program do; a scope of another time is shown as it is written."""
    words = {
        "profiles:read": _("see profiles and leaderboards"),
        "values:write": _("enter values"),
    }
    return words.get(scope, scope)
