"""What people type to set up a second step, or to be rid of one they lost."""

from typing import Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField

from webapp.pages.forms.base import Form


class AppForm(Form):
    code = StringField(_l("Code of the app"))


class LostForm(Form):
    password = PasswordField(_l("Password"))

    def refuse(self) -> Self:
        """The password is not that of the link's person."""
        self.password.errors = [_("That is not the password of this account.")]
        return self
