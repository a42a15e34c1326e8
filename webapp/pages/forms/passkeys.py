"""What a browser and its person say about a passkey; what the device made comes as JSON that the script fills in."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from webapp.pages.forms.base import Form
from webapp.pages.forms.identity import trimmed
from webapp.web.addresses import safe_next


class NewPasskeyForm(Form):
    name = StringField(_l("Name"), filters=[trimmed])
    credential = HiddenField()


class PasskeyNameForm(Form):
    name = StringField(_l("Name"), filters=[trimmed])


class ProofForm(Form):
    credential = HiddenField()
    second = HiddenField()
    next = HiddenField(filters=[safe_next])
