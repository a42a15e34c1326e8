"""Choosing a file, and saying yes to what it brings."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from webapp.domain.errors import Invalid
from webapp.pages.forms.base import Form
from webapp.web.import_words import file_problem


class FileForm(Form):
    file = FileField(_l("Zip file"), [FileRequired(_l("Choose the zip file first."))])

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
    revive = BooleanField(_l("Bring back the goals that I deleted here"))
