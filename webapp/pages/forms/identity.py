"""What people type to come in."""

from collections.abc import Collection
from typing import Self

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField

from webapp.domain.days import zone_names
from webapp.domain.errors import Invalid, TooMany
from webapp.domain.identity import SignUp
from webapp.domain.second_factors import Factor
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


class CodeForm(Form):
    code = StringField(_l("Code"))

    def refuse(self, proof: str = "code", ways: Collection[str] = ()) -> Self:
        """What was typed proves nothing; it is not shown again, because a code is worth as much as a password."""
        self.code.data = None
        if Factor.APP in ways:
            self.code.errors = [_("That is not the code. Each works once: wait until the app shows the next one.")]
        else:
            self.code.errors = [_("That is not one of your recovery codes, or it was used before.")]
        return self

    def stop(self, error: TooMany, ways: Collection[str]) -> Self:
        """So many were wrong that no more are taken for a while; what else opens is named."""
        self.code.data = None
        if error.limit == "totp_day" and Factor.PASSKEY in ways:
            words = _("Too many wrong codes were tried for today. A recovery code or your passkey still opens.")
        elif error.limit == "totp_day":
            words = _("Too many wrong codes were tried for today. A recovery code still opens.")
        elif Factor.PASSKEY in ways:
            words = _("Too many recovery codes were tried from here. Wait an hour, or use your passkey.")
        else:
            words = _("Too many recovery codes were tried from here. Wait an hour, or use a code of your app.")
        self.code.errors = [words]
        return self


class PasswordAgainForm(CodeForm):
    password = PasswordField(_l("Password"))
    next = HiddenField(filters=[safe_next])

    def refuse(self, proof: str = "credentials", ways: Collection[str] = ()) -> Self:
        """Which of both was wrong: of the code nothing is said before the password is right."""
        if proof == "code":
            return super().refuse(ways=ways)
        self.code.data = None
        self.form_errors.append(_("That is not your password."))
        return self


class AccountForm(Form):
    """What begins an account, but for its address."""

    name = StringField(_l("How shall we call you?"), filters=[trimmed])
    password = PasswordField(_l("Password"))
    zone = SelectField(_l("Time zone"), id="timezone", default=DEFAULT_ZONE, validate_choice=False)
    agrees = BooleanField(_l("I agree that Aimline stores what I enter, as described above."))
    agrees_health = BooleanField(
        _l("I expressly agree that Aimline keeps what I enter about my health, so that it can show it to me.")
    )

    def __init__(self) -> None:
        super().__init__()
        self.zone.choices = [(zone, zone_label(zone)) for zone in zone_names()]

    def draft(self, email: str) -> SignUp:
        """Who begins an account under this address; raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return SignUp(
            name=self.name.data or "",
            email=email,
            password=self.password.data or "",
            zone=self.zone.data or "",
            locale=str(get_locale() or "en"),
            agrees=bool(self.agrees.data),
            agrees_health=bool(self.agrees_health.data),
        )


class SignUpForm(AccountForm):
    email = EmailField(_l("E-mail"), filters=[trimmed])


class ConfirmForm(Form):
    password = PasswordField(_l("Password"))


class RecoverForm(Form):
    email = EmailField(_l("E-mail"), filters=[trimmed])


class NewPasswordForm(Form):
    password = PasswordField(_l("New password"))
