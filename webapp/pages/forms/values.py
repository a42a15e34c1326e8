"""A value as an admin enters, corrects or answers for it, and a table of them."""

from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from webapp.domain.days import instant_of, local_day
from webapp.domain.errors import Invalid, Problem
from webapp.domain.people import Viewer
from webapp.domain.profile_drafts import ValueDraft
from webapp.domain.value_tables import instant_on
from webapp.pages.forms.base import AmountField, Form
from webapp.pages.forms.identity import trimmed
from webapp.pages.forms.moods import ClockField
from webapp.queries.ladders import Home
from webapp.queries.value_people import GoalChoice
from webapp.web.idempotency import new_nonce


class ValueForm(Form):
    """One value for a member; its fields are called as the rules call them."""

    user = StringField(_l("Person"), filters=[trimmed])
    goal = SelectField(_l("Goal"), validate_choice=False)
    amount = AmountField(_l("Amount"))
    occurred_at = DateField(_l("Day"), [Optional()])
    wall = ClockField(_l("Time"), [Optional()], format=["%H:%M", "%H:%M:%S"])
    note = TextAreaField(_l("Note"), filters=[trimmed])
    nonce = HiddenField()

    def __init__(self, goals: list[GoalChoice], viewer: Viewer, home: Home, *, empty: bool = False) -> None:
        given = {"formdata": None} if empty else {}
        super().__init__(**given, nonce=new_nonce(), occurred_at=home.today(viewer.now))
        self.goal.choices = [(one.keyword, choice_words(one)) for one in goals]
        self._home, self._now = home, viewer.now

    def draft(self, uid: str) -> ValueDraft:
        """The value; a day alone means its noon. Raises Invalid when a field cannot be read."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        day, at = self.occurred_at.data, None
        if day is not None:
            zone = self._home.zone
            at = instant_of(day, self.wall.data, zone) if self.wall.data else instant_on(day, zone, self._now)
            if at > self._now and day > local_day(self._now, zone):
                raise Invalid([Problem("occurred_at", "in_future")])
        return ValueDraft(self.goal.data or "", self.amount.data, at, uid, self.note.data or "")


class CorrectForm(Form):
    """How much a value is instead, and why."""

    amount = AmountField(_l("Amount"))
    note = StringField(_l("Note"), filters=[trimmed])

    def read_amount(self) -> Decimal:
        """How much it is; raises Invalid when that cannot be read or is missing."""
        return _amount_of(self)


class AnswerForm(Form):
    """What is said to somebody who says that a value is wrong."""

    amount = AmountField(_l("It should be"))
    text = StringField(_l("What you say to them"), filters=[trimmed])

    def __init__(self, public_id: str = "", **given: Any) -> None:
        """Of several on one page each has names of its own for its labels."""
        super().__init__(**given)
        for field in (self.amount, self.text):
            field.id = field.label.field_id = f"{field.name}-{public_id}"

    def read_amount(self) -> Decimal:
        """How much it should be; raises Invalid when that cannot be read or is missing."""
        return _amount_of(self)


class TableForm(Form):
    """A table of values: pasted, or as a file."""

    table = TextAreaField(_l("Table"))
    file = FileField(_l("Or a CSV file"))

    def content(self) -> bytes:
        """The table: a file that was chosen takes the place of what was pasted. Raises Invalid when there is none."""
        file = request.files.get("file")
        content = (self.table.data or "").encode()
        if file is not None and file.filename:
            content = file.read()
            file.close()
        if not content.strip():
            raise Invalid([Problem("table", "required")])
        return content


def choice_words(goal: GoalChoice) -> str:
    """A goal in a list to choose from."""
    counted = f" ({goal.currency})" if goal.currency else ""
    return f"{goal.name}{counted}" if goal.name == goal.keyword else f"{goal.name}{counted}: {goal.keyword}"


def _amount_of(form: CorrectForm | AnswerForm) -> Decimal:
    unreadable = form.read()
    if not unreadable and form.amount.data is None:
        unreadable = [Problem("amount", "required")]
    if unreadable:
        raise Invalid(unreadable)
    amount: Decimal = form.amount.data
    return amount
