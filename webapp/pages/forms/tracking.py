"""What a tick says."""

from datetime import date
from decimal import Decimal

from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from webapp.domain.errors import Invalid, Problem
from webapp.domain.tracking import DayState, EntryDraft, Mode
from webapp.pages.forms.base import AmountField, Form


class DayForm(Form):
    """One goal on one day: the pressed button's state, the amount typed beside it, a note where the form has one."""

    # Never drawn from here, so no labels: WTForms would translate six that nobody reads, at every tick.
    state = StringField("")
    value = AmountField("")
    add = AmountField("")
    note = TextAreaField("")
    view = HiddenField("")
    back = HiddenField("")
    restore = BooleanField("")

    def draft(self, local_date: date, *, judged: bool) -> EntryDraft:
        """What was said, ready for the rules; raises Invalid when the amount cannot be read or the state is unknown.

        What is to be added builds on what stands, whatever is typed beside it.
        `judged` when the goal has a target, so that the amount decides whether the day is done, and not the button.
        """
        problems = self.read()
        note = self.note.data if self.note.raw_data else None
        if self.add.raw_data:
            if self.add.process_errors:
                raise Invalid(problems)
            return EntryDraft(local_date=local_date, value=self.add.data, mode=Mode.ADD, note=note)
        if self.value.data is not None and self.value.data < 0:
            problems.append(Problem("value", "negative"))
        try:
            state = DayState(self.state.data) if self.state.data else None
        except ValueError:
            problems.append(Problem("state", "unknown_choice"))
        if problems:
            raise Invalid(problems)
        if self.state.raw_data == [""] and self.value.data is None:
            state = DayState.OPEN  # the amount was to say how it went, and there is none (any more)
        value: Decimal | None = self.value.data
        if not self.restore.data and state in (DayState.OPEN, DayState.SKIPPED):
            value = None  # undoing and skipping say nothing of the number that still stands in the field
        if judged and not self.restore.data and value is not None and state is DayState.DONE:
            state = None
        return EntryDraft(local_date=local_date, state=state, value=value, note=note)
