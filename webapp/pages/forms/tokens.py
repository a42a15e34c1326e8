"""What a program may do, said by the person it acts for."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.domain.errors import Invalid
from webapp.domain.tokens import SCOPES, USUAL_DAYS, Contract, TokenDraft
from webapp.pages.forms.base import Form
from webapp.pages.forms.identity import trimmed
from webapp.queries.reading_clients import ClientRow
from webapp.web.idempotency import new_nonce

DAYS = ((30, _l("30 days")), (USUAL_DAYS, _l("90 days")), (366, _l("a year")))


class TokenForm(Form):
    name = StringField(_l("Name"), filters=[trimmed])
    contract = RadioField(_l("What it was written for"), coerce=str)
    scopes = SelectMultipleField(_l("What it may do"), widget=ListWidget(), option_widget=CheckboxInput())
    client = SelectField(_l("Reading program"), default="")
    days = RadioField(_l("How long"), coerce=int, default=USUAL_DAYS)
    nonce = HiddenField()

    def __init__(self, clients: Sequence[ClientRow]) -> None:
        super().__init__(contract=Contract.TRACKING.value, nonce=new_nonce())
        self.contract.choices = [(contract.value, contract_words(contract)) for contract in Contract]
        self.knows_clients = bool(clients)
        self.client.choices = [("", _("none")), *((row.client_id, client_words(row)) for row in clients)]
        self.days.choices = [(days, str(words)) for days, words in DAYS]
        known = dict.fromkeys(scope for scopes in SCOPES.values() for scope in scopes)
        self.scopes.choices = [(scope, scope_words(scope)) for scope in known]

    def draft(self) -> TokenDraft:
        """The token as its person wants it; raises Invalid when a field cannot be read. A reading program counts for
        the reading contract alone."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        contract, scopes = Contract(self.contract.data), tuple(self.scopes.data or ())
        client = self.client.data if contract is Contract.READING else ""
        return TokenDraft(self.name.data or "", contract, scopes, self.days.data, client or "")


def client_words(row: ClientRow) -> str:
    """A reading program, and whose it is."""
    if not row.organisation:
        return row.name
    return _("%(name)s, of %(organisation)s", name=row.name, organisation=row.organisation)


def contract_words(contract: Contract) -> str:
    """What programs of this contract are about."""
    words = {
        Contract.TRACKING: _("Goals, tracking and moods"),
        Contract.OBJECTIVES: _("Objectives, key results and their reviews"),
        Contract.PROFILES: _("Profiles, leaderboards and values"),
        Contract.READING: _("Reading goals, days and streaks"),
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
        "goal.read": _("see reading goals and what today asks"),
        "goal.create": _("make reading goals"),
        "goal.update": _("change reading goals"),
        "goal.delete": _("delete reading goals"),
        "goal.estimate": _("work out what a reading goal would ask"),
        "streak.read": _("see reading streaks"),
        "activity_day.read": _("see what was read on which day"),
        "activity_day.create": _("log what was read"),
    }
    return words.get(scope, scope)
