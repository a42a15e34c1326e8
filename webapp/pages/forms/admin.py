"""What an admin says of who belongs to their organisation."""

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.domain.errors import Invalid
from webapp.domain.organisations import GIVEN, InvitationDraft
from webapp.domain.people import MembershipStatus, Role
from webapp.pages.admin_words import role_words, status_words
from webapp.pages.forms.base import Form
from webapp.pages.forms.identity import trimmed
from webapp.web.idempotency import new_nonce

UNPROVEN = "none"


class PeopleForm(Form):
    """Which members are listed; it changes nothing, so it needs no token."""

    class Meta:
        csrf = False

    status = SelectField(_l("State"), validate_choice=False)
    role = SelectField(_l("Role"), validate_choice=False)
    proof = SelectField(_l("Second step"), validate_choice=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.status.choices = [("", _l("Any")), *((one.value, status_words(one)) for one in MembershipStatus)]
        self.role.choices = [("", _l("Any")), *((one.value, role_words(one)) for one in Role)]
        self.proof.choices = [("", _l("Any")), (UNPROVEN, _l("None yet"))]

    def wanted(self) -> dict[str, Any]:
        """What the query is asked; what is not known is left out."""
        states = {one.value: one for one in MembershipStatus}
        roles = {one.value: one for one in Role}
        asked = {"status": states.get(self.status.data), "role": roles.get(self.role.data)}
        return asked | {"unproven": self.proof.data == UNPROVEN}

    def said(self) -> dict[str, str]:
        """The same as an address carries it."""
        wanted = self.wanted()
        found = {"status": wanted["status"] or "", "role": wanted["role"] or ""}
        found["proof"] = UNPROVEN if wanted["unproven"] else ""
        return {name: str(value) for name, value in found.items() if value}


class RolesForm(Form):
    """As what somebody belongs beside being a member."""

    roles = SelectMultipleField(_l("Roles"), widget=ListWidget(), option_widget=CheckboxInput())

    def __init__(self, held: Collection[Role] = (), **kwargs: Any) -> None:
        super().__init__(roles=[role.value for role in GIVEN if role in held], **kwargs)
        self.roles.choices = [(role.value, role_words(role)) for role in GIVEN]

    def wanted(self) -> frozenset[Role]:
        """The roles that were ticked; raises Invalid for what is none."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return frozenset(Role(one) for one in self.roles.data or ())


class InvitationForm(RolesForm):
    """Whom to ask in, and as what."""

    email = StringField(_l("E-mail"), filters=[trimmed])
    nonce = HiddenField()

    def __init__(self, email: str = "", held: Collection[Role] = ()) -> None:
        super().__init__(held, email=email, nonce=new_nonce())

    def draft(self) -> InvitationDraft:
        """What was typed, ready for the rules."""
        return InvitationDraft(self.email.data or "", self.wanted())
