"""What somebody wants to say about a goal, to whom, and whom they want to tell."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.domain.comments import CommentDraft, Listener
from webapp.domain.errors import Invalid, Problem
from webapp.pages.forms.base import Form
from webapp.web.idempotency import new_nonce

BOXES = 24
"""So many people have a box to tick; more are named by "@" in the text."""


class CommentForm(Form):
    """A comment: of a private goal with one listener at a time, of an objective with all who read it."""

    text = TextAreaField(_l("Comment"), id="comment-text")
    between = RadioField(_l("Who reads it"), id="comment-between")
    tell_them = BooleanField(_l("Tell whoever reads it, so that it waits for them"), id="comment-tell-them")
    tell = SelectMultipleField(
        _l("Tell"), id="comment-tell", widget=ListWidget(), option_widget=CheckboxInput(), validate_choice=False
    )
    nonce = HiddenField(id="comment-nonce")

    def __init__(self, listeners: Sequence[Listener], *, private: bool, own: bool, empty: bool = False) -> None:
        """`listeners` are those beside the viewer to whom it may be said; `own` is whether the goal is the viewer's."""
        given = {"formdata": None} if empty else {}
        super().__init__(**given, between="", tell_them=True, nonce=new_nonce())
        self.listeners = listeners
        self.between.choices = [("", _("Only me")), *((one.id, one.name) for one in listeners)]
        self.tell.choices = [(one.id, one.name) for one in listeners[:BOXES]]
        if not (private and own and listeners):
            del self.between
        if not (private and listeners):
            del self.tell_them
        if private or not listeners:
            del self.tell

    def draft(self) -> CommentDraft:
        """The comment as it was typed; raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        between = self.between.data or "" if "between" in self else ""
        tell = tuple(self.tell.data or ()) if "tell" in self else ()
        if "tell_them" in self and self.tell_them.data:
            tell = (between,) if between else () if "between" in self else (self.listeners[0].id,)
        draft = CommentDraft((self.text.data or "").replace("\r\n", "\n"), between, tell)
        if "between" in self and not between and draft.told(self.listeners):
            raise Invalid([Problem("between", "names_somebody")])
        return draft
