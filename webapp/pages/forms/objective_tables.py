"""A table of objectives: pasted, or as a file."""

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, TextAreaField

from webapp.domain.pasted import decoded
from webapp.pages.forms.base import Form
from webapp.queries.objective_choices import Choices
from webapp.web.idempotency import new_nonce


class PasteForm(Form):
    """The table stays in the form from the preview to the yes, so that nothing of it is kept before."""

    cycle = SelectField(_l("Cycle"), validate_choice=False)
    table = TextAreaField(_l("Table"))
    file = FileField(_l("Or a CSV file"))
    nonce = HiddenField()

    def __init__(self, choices: Choices, *, empty: bool = False) -> None:
        given = {"formdata": None} if empty else {}
        super().__init__(**given, nonce=new_nonce(), cycle=choices.cycle.public_id)
        self.cycle.choices = [(one.public_id, one.title) for one in choices.cycles]

    def text(self) -> str:
        """The table: a file that was chosen takes the place of what was pasted."""
        file = request.files.get("file")
        if file is not None and file.filename:
            self.table.raw_data, self.table.data = None, decoded(file.read()).replace("\r\n", "\n")
        return str(self.table.data or "")
