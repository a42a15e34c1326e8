"""Choosing a picture to show."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField

from webapp.actions import images
from webapp.actions.images import Drawn
from webapp.pages.forms.base import Form
from webapp.web.transaction import unlocked

ACCEPTED = "image/jpeg,image/png,image/webp,image/gif"


class PictureForm(Form):
    """A form with a picture; `without` takes away the one there is."""

    image = FileField(_l("Picture"))
    without = BooleanField(_l("Show no picture"))

    def drawn(self, *, portrait: bool = False) -> Drawn | None:
        """The chosen picture drawn anew, or None when none was chosen; raises Invalid. What was written before is
        dropped: nobody waits while it is drawn."""
        content = self.image.data.read() if self.image.data else b""
        if not content:
            return None
        with unlocked():
            return images.draw(content, portrait=portrait)
