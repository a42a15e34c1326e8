"""Choosing a file, and saying yes to what it brings."""

from collections.abc import Sequence

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from webapp.domain.errors import Invalid
from webapp.domain.imports.brought import BroughtLabel
from webapp.domain.moods import LEVELS
from webapp.pages.forms.base import Form
from webapp.web.import_words import file_problem


class FileForm(Form):
    file = FileField(_l("File"), [FileRequired(_l("Choose the file first."))])

    def content(self) -> bytes:
        """The bytes of the chosen file; raises Invalid when none was chosen."""
        if problems := self.read():
            raise Invalid(problems)
        content: bytes = self.file.data.read()
        return content

    def absorb(self, invalid: Invalid) -> "FileForm":
        """Whatever is wrong with the file stands at the one field there is."""
        words = [file_problem(problem) for problem in invalid.problems if problem.code != "unreadable"]
        self.file.errors = [*self.file.errors, *words]
        return self


class YesForm(Form):
    revive = BooleanField(_l("Bring back what I deleted here"))

    def levels(self, labels: Sequence[BroughtLabel]) -> dict[str, int | None]:
        """What was said of the labels of the file: the level of each that was asked about, None for none."""
        known = {str(level): level for level in LEVELS}
        said = {label.name: request.form.get(f"level-{number}") for number, label in enumerate(labels)}
        return {name: known.get(level) for name, level in said.items() if level is not None}
