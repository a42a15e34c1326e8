"""What people change about themselves."""

from datetime import time

from babel import Locale
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, SelectField, StringField

from webapp.domain.days import zone_names
from webapp.domain.errors import Invalid
from webapp.domain.identity import Profile
from webapp.domain.people import Theme, Viewer
from webapp.pages.forms.base import Form
from webapp.pages.forms.identity import trimmed, zone_label
from webapp.web.formats import LOCALES, clock
from webapp.web.words import weekday_name

THEMES = ((Theme.AUTO, _l("Like my device")), (Theme.LIGHT, _l("Light")), (Theme.DARK, _l("Dark")))


class ProfileForm(Form):
    name = StringField(_l("Name"), filters=[trimmed])
    zone = SelectField(_l("Time zone"))
    day_start = SelectField(_l("My day starts at"), coerce=int)
    week_start = SelectField(_l("My week starts on"), coerce=int)
    locale = SelectField(_l("Language"))
    theme = RadioField(_l("Look"), coerce=Theme)

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(obj=viewer)
        zones = sorted({*zone_names(), viewer.zone})
        self.zone.choices = [(zone, zone_label(zone)) for zone in zones]
        self.day_start.choices = [(hour, clock(time(hour))) for hour in range(24)]
        self.week_start.choices = [(day, weekday_name(day, "wide")) for day in range(7)]
        self.locale.choices = [(name, Locale.parse(name).get_display_name(name) or name) for name in LOCALES]
        self.theme.choices = [(theme.value, words) for theme, words in THEMES]

    def draft(self) -> Profile:
        """How the viewer wants to be called, and their days to run; raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        names = ("zone", "day_start", "week_start", "locale", "theme")
        return Profile(name=self.name.data or "", **{name: self[name].data for name in names})


class EmailForm(Form):
    email = EmailField(_l("New e-mail address"), filters=[trimmed])
