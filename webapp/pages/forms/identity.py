"""What people type to come in."""

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField

from webapp.domain.days import zone_names
from webapp.domain.errors import Invalid
from webapp.domain.identity import SignUp
from webapp.pages.forms.base import Form
from webapp.web.addresses import safe_next

DEFAULT_ZONE = "Etc/UTC"


def trimmed(text: str | None) -> str:
    return (text or "").strip()


def zone_label(zone: str) -> str:
    """A zone's name as people read it: "America / St Johns"."""
    return zone.removeprefix("Etc/").replace("/", " / ").replace("_", " ")


class SignInForm(Form):
    email = EmailField(_l("E-mail"), filters=[trimmed])
    password = PasswordField(_l("Password"))
    next = HiddenField(filters=[safe_next])


class PasswordAgainForm(Form):
    password = PasswordField(_l("Password"))
    next = HiddenField(filters=[safe_next])


class SignUpForm(Form):
    name = StringField(_l("How shall we call you?"), filters=[trimmed])
    email = EmailField(_l("E-mail"), filters=[trimmed])
    password = PasswordField(_l("Password"))
    zone = SelectField(_l("Time zone"), id="timezone", default=DEFAULT_ZONE, validate_choice=False)
    agrees = BooleanField(_l("I agree that Aimline stores what I enter, as described above."))
    agrees_health = BooleanField(
        _l("I expressly agree that Aimline keeps what I enter about my health, so that it can show it to me.")
    )

    def __init__(self) -> None:
        super().__init__()
        self.zone.choices = [(zone, zone_label(zone)) for zone in zone_names()]

    def draft(self) -> SignUp:
        """Who asks for an account; raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return SignUp(
            name=self.name.data or "",
            email=self.email.data or "",
            password=self.password.data or "",
            zone=self.zone.data or "",
            locale=str(get_locale() or "en"),
            agrees=bool(self.agrees.data),
            agrees_health=bool(self.agrees_health.data),
        )


class ConfirmForm(Form):
    password = PasswordField(_l("Password"))


class RecoverForm(Form):
    email = EmailField(_l("E-mail"), filters=[trimmed])


class NewPasswordForm(Form):
    password = PasswordField(_l("New password"))
