"""A team, a member chosen by name or address, and how an organisation is called."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField

from webapp.domain.days import zone_names
from webapp.domain.errors import Invalid
from webapp.domain.organisations import OrganisationDraft
from webapp.pages.forms.base import Form, one_line
from webapp.pages.forms.identity import trimmed, zone_label
from webapp.queries.ladders import Home
from webapp.web.idempotency import new_nonce


class TeamForm(Form):
    """A team, new or as it is; its lead by address or name."""

    name = StringField(_l("Name"), [one_line], filters=[trimmed])
    lead = StringField(_l("Lead"), [one_line], filters=[trimmed])
    nonce = HiddenField()

    def __init__(self, **said: Any) -> None:
        super().__init__(nonce=new_nonce(), **said)

    def said(self) -> tuple[str, str]:
        """Name and lead as they were typed; raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return self.name.data or "", self.lead.data or ""


class PersonForm(Form):
    """Somebody to put into a team."""

    person = StringField(_l("Person"), [one_line], filters=[trimmed])


class ManagerForm(Form):
    """To whom somebody reports as well."""

    manager = StringField(_l("Manager"), [one_line], filters=[trimmed])


class OrganisationForm(Form):
    """How an organisation is called, and its zone."""

    name = StringField(_l("Name"), [one_line], filters=[trimmed])
    zone = SelectField(_l("Time zone"))

    def __init__(self, home: Home) -> None:
        super().__init__(name=home.name, zone=home.zone)
        self.zone.choices = [(zone, zone_label(zone)) for zone in sorted({*zone_names(), home.zone})]

    def draft(self) -> OrganisationDraft:
        """What was typed, ready for the rules; raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return OrganisationDraft(self.name.data or "", self.zone.data or "")
