"""What a program may do, said by the person it acts for."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.domain.errors import Invalid
from webapp.domain.tokens import SCOPES, USUAL_DAYS, Contract, TokenDraft
from webapp.pages.forms.base import Form
from webapp.pages.forms.identity import trimmed
from webapp.web.idempotency import new_nonce

DAYS = ((30, _l("30 days")), (USUAL_DAYS, _l("90 days")), (366, _l("a year")))


class TokenForm(Form):
    name = StringField(_l("Name"), filters=[trimmed])
    contract = RadioField(_l("What it was written for"), coerce=str)
    scopes = SelectMultipleField(_l("What it may do"), widget=ListWidget(), option_widget=CheckboxInput())
    days = RadioField(_l("How long"), coerce=int, default=USUAL_DAYS)
    nonce = HiddenField()

    def __init__(self) -> None:
        super().__init__(contract=Contract.TRACKING.value, nonce=new_nonce())
        self.contract.choices = [(contract.value, contract_words(contract)) for contract in Contract]
        self.days.choices = [(days, str(words)) for days, words in DAYS]
        known = dict.fromkeys(scope for scopes in SCOPES.values() for scope in scopes)
        self.scopes.choices = [(scope, scope_words(scope)) for scope in known]

    def draft(self) -> TokenDraft:
        """The token as its person wants it; raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        scopes = tuple(self.scopes.data or ())
        return TokenDraft(self.name.data or "", Contract(self.contract.data), scopes, self.days.data)


def contract_words(contract: Contract) -> str:
    """What programs of this contract are about."""
    words = {
        Contract.TRACKING: _("Goals, tracking and moods"),
        Contract.OBJECTIVES: _("Objectives, key results and their reviews"),
        Contract.PROFILES: _("Profiles, leaderboards and values"),
    }
    return words[contract]


def scope_words(scope: str) -> str:
    """What the scope lets a program do; a scope of another time is shown as it is written."""
    words = {
        "goals:read": _("see goals and their days"),
        "goals:write": _("make, change and delete goals"),
        "goals:tick": _("tick goals"),
        "moods:read": _("see moods and their statistics"),
        "moods:write": _("log, change and delete moods"),
        "objectives:read": _("see objectives, cycles and their reviews"),
        "objectives:write": _("make, change and delete objectives"),
        "objectives:check_in": _("check in on key results"),
        "objectives:review": _("send objectives to review, decide on them and take them back"),
        "sessions:write": _("make and change cycles"),
        "profiles:read": _("see your profile, your values and leaderboards"),
        "values:write": _("enter values, where a key of the organisation allows it too"),
    }
    return words.get(scope, scope)
