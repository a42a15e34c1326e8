"""How somebody stands on the boards of an organisation."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField

from webapp.domain.boards import Display, board_name
from webapp.domain.errors import Invalid
from webapp.domain.profile_drafts import PresenceDraft
from webapp.pages.forms.identity import trimmed
from webapp.pages.forms.pictures import PictureForm
from webapp.queries.ladders import Place


class PresenceForm(PictureForm):
    organisation = HiddenField()
    display = RadioField(_l("The others read"), coerce=str)
    alias = StringField(_l("A word of your own"), filters=[trimmed])

    def __init__(self, name: str, organisation: str, place: Place) -> None:
        super().__init__(organisation=organisation, display=place.display.value, alias=place.alias)
        self.listed = not place.opted_out
        self.display.choices = [(display.value, display_words(display, name)) for display in Display]

    def draft(self) -> PresenceDraft:
        """Being listed stays as it is; raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return PresenceDraft(self.listed, Display(self.display.data), self.alias.data or "")


def display_words(display: Display, name: str) -> str:
    """What of a name is read, as it would be."""
    if display is Display.ALIAS:
        return _("a word of your own")
    return str(board_name(name, display))
