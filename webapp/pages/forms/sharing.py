"""What a client lets a therapist see, in the client's own choice; and whom a therapist invites."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.domain.errors import Invalid
from webapp.domain.grants import GrantDraft, Scope, Term
from webapp.pages.forms.base import Form
from webapp.pages.forms.identity import trimmed
from webapp.pages.sharing_words import scope_name
from webapp.web.idempotency import new_nonce


class ConsentForm(Form):
    """What is shared, since when and until when; nothing is ticked unless somebody ticks it."""

    scopes = SelectMultipleField(_l("What may be seen"), widget=ListWidget(), option_widget=CheckboxInput())
    from_date = DateField(_l("From which day on"), [Optional()])
    term = RadioField(_l("For how long"), default=Term.HALF_YEAR.value)
    purpose = TextAreaField(_l("What for"), filters=[trimmed])
    nonce = HiddenField()

    def __init__(self, before: GrantDraft | None = None, *, today: date | None = None, keep: bool = False) -> None:
        """Empty but for `today`, or as it was `before`; with `keep` the end can stay as it is."""
        said: dict[str, Any] = {"from_date": today}
        if before is not None:
            said = {"from_date": before.from_date, "purpose": before.purpose, "term": before.term.value}
            said["scopes"] = [scope.value for scope in before.scopes]
        super().__init__(nonce=new_nonce(), **said)
        self.scopes.choices = [(scope.value, scope_name(scope)) for scope in Scope]
        terms = [term for term in Term if keep or term is not Term.KEEP]
        self.term.choices = [(term.value, term_name(term)) for term in terms]

    def draft(self) -> GrantDraft:
        """What the client lets be seen; raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        scopes = frozenset(Scope(scope) for scope in self.scopes.data or ())
        return GrantDraft(scopes, self.purpose.data or "", self.from_date.data, Term(self.term.data))


class CodeForm(ConsentForm):
    """The same for the therapist whose code is typed."""

    code = StringField(_l("Code of the therapist"), filters=[trimmed])


class InvitationForm(Form):
    email = EmailField(_l("E-mail"), filters=[trimmed])


def term_name(term: Term) -> str:
    return {
        Term.MONTH: _("1 month"),
        Term.QUARTER: _("3 months"),
        Term.HALF_YEAR: _("6 months"),
        Term.YEAR: _("a year"),
        Term.OPEN: _("no end"),
        Term.KEEP: _("as it is"),
    }[term]
