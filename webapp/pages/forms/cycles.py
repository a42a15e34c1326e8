"""What can be said of a cycle, and of copying one forward."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.domain.days import zone_names
from webapp.domain.errors import Invalid
from webapp.domain.objective_drafts import CycleDraft
from webapp.domain.objectives import Cadence, CycleState
from webapp.models import Cycle
from webapp.pages.cycle_words import reviewers_words, state_words
from webapp.pages.forms.base import Form, one_line
from webapp.pages.forms.identity import trimmed, zone_label
from webapp.pages.objective_words import cadence_words
from webapp.web.idempotency import new_nonce


class CycleForm(Form):
    """A cycle, new or as it is; `organisation` is chosen by who administers several."""

    organisation = SelectField(_l("Organisation"), validate_choice=False)
    title = StringField(_l("Name"), [one_line], filters=[trimmed])
    starts = DateField(_l("First day"), [Optional()])
    ends = DateField(_l("Last day"), [Optional()])
    zone = SelectField(_l("Time zone"))
    cadence = RadioField(_l("A check-in is due"))
    reviewers = RadioField(_l("Review"), coerce=int)
    state = RadioField(_l("State"))
    parent = SelectField(_l("Part of"))
    version = HiddenField()
    nonce = HiddenField()

    def __init__(self, zone: str, others: list[Cycle], cycle: Cycle | None = None) -> None:
        """Of an existing cycle as it is; else empty, in this time zone. `others` are those it may be a part of."""
        said: dict[str, Any] = {"zone": zone, "cadence": Cadence.WEEKLY.value, "reviewers": 0, "state": "open"}
        if cycle is not None:
            names = ("title", "starts", "ends", "zone", "reviewers")
            said = {name: getattr(cycle, name) for name in names}
            above = next((one.public_id for one in others if one.id == cycle.parent_id), "")
            said |= {"cadence": cycle.cadence.value, "state": cycle.state.value, "parent": above}
        super().__init__(nonce=new_nonce(), **said)
        zones = sorted({*zone_names(), said["zone"]})
        self.zone.choices = [(one, zone_label(one)) for one in zones]
        self.cadence.choices = [(one.value, cadence_words(one)) for one in Cadence]
        least = 1 if cycle is not None and cycle.reviewers else 0
        self.reviewers.choices = [(number, reviewers_words(number)) for number in range(least, 3)]
        self.state.choices = [(one.value, state_words(one)) for one in CycleState]
        parents = [one for one in others if cycle is None or one.id != cycle.id]
        self.parent.choices = [("", _l("Nothing")), *((one.public_id, one.title) for one in parents)]

    def draft(self) -> CycleDraft:
        """What was typed, ready for the rules."""
        if unreadable := self.read():
            raise Invalid(unreadable)
        return CycleDraft(
            title=self.title.data or "",
            starts=self.starts.data,
            ends=self.ends.data,
            zone=self.zone.data or "",
            cadence=Cadence(self.cadence.data),
            reviewers=self.reviewers.data,
            parent=self.parent.data or None,
        )

    def seen(self) -> int:
        """The version the form was opened on; none that ever was, when it is missing."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def wanted_state(self) -> CycleState:
        return CycleState(self.state.data)


class CopyForm(Form):
    """Which objectives go on in which cycle, and how."""

    to = SelectField(_l("Into"), validate_choice=False)
    unfinished = BooleanField(_l("Only what was not achieved"))
    go_on = BooleanField(_l("Start where it ended"))
    chosen = SelectMultipleField(widget=ListWidget(), option_widget=CheckboxInput(), validate_choice=False)
    nonce = HiddenField()
