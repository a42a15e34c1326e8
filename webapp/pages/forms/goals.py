"""What the goal editor can be told."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import HiddenInput

from webapp.domain.errors import Problem
from webapp.domain.goals import CRITICALITIES, GoalDraft, tag_names
from webapp.domain.people import Viewer
from webapp.domain.quick_add import LONGEST_LINE
from webapp.domain.schedules import Schedule, schedule_from
from webapp.domain.tracking import Direction
from webapp.pages.forms.base import AmountField, Form, one_line
from webapp.pages.forms.schedules import CountField, ScheduleForm, fields_of
from webapp.queries.goals import Terms
from webapp.web.idempotency import new_nonce
from webapp.web.words import colour_names


class GoalForm(ScheduleForm):
    title = StringField(_l("What do you aim at?"), [one_line])
    measured = BooleanField(_l("Count an amount"))
    direction = RadioField(_l("Reached with"), default=Direction.AT_LEAST.value, validate_choice=False)
    target = AmountField(_l("Amount"))
    unit = StringField(_l("Unit"), [one_line])
    question = StringField(_l("Question to ask yourself"), [one_line])
    description = TextAreaField(_l("Description"))
    criticality = SelectField(_l("Importance"), validate_choice=False)
    skip_budget = CountField(_l("Skips a month that do not break a streak"))
    tags = StringField(_l("Tags"), [one_line])
    colour = RadioField(_l("Colour"), coerce=int, default=1, validate_choice=False)
    version = IntegerField(widget=HiddenInput(), default=1)
    nonce = HiddenField()

    def __init__(self, viewer: Viewer, stored: Schedule | None = None, said: str | None = None, **kwargs: Any) -> None:
        """`said` is the goal's own word for its importance, kept when another program chose it."""
        super().__init__(viewer, stored, **kwargs)
        self.direction.choices = [(Direction.AT_LEAST.value, _l("at least")), (Direction.AT_MOST.value, _l("at most"))]
        levels = {"Low": _l("Low"), "Medium": _l("Medium"), "High": _l("High")}
        self.levels = {"": _l("not said"), **{level: levels[level] for level in CRITICALITIES}}
        if said:
            self.levels.setdefault(said, said)
        self.criticality.choices = list(self.levels.items())
        self.colour.choices = colour_names()

    @classmethod
    def new(cls, viewer: Viewer, draft: GoalDraft) -> "GoalForm":
        """The editor of a goal that is not planned yet, filled in."""
        schedule = schedule_from(draft.schedule, today=viewer.today)
        return cls(
            viewer, None, draft.criticality, formdata=None, data={**_fields(schedule, draft), "nonce": new_nonce()}
        )

    @classmethod
    def of(cls, viewer: Viewer, terms: Terms) -> "GoalForm":
        """The editor as it opens on a goal."""
        data = {**_fields(terms.schedule, terms), "version": terms.version}
        return cls(viewer, terms.schedule, terms.criticality, data=data)

    def draft(self) -> GoalDraft:
        """What was typed, ready for the rules; what could not be read travels along as problems."""
        problems = self.read()
        if (self.criticality.data or "") not in self.levels:
            problems.append(Problem("criticality", "unknown_choice"))
        measured = bool(self.measured.data)
        if measured and self.aim() is None:
            problems.append(Problem("direction", "unknown_choice"))
        target: Decimal | None = self.target.data if measured else None
        unread = {problem.field for problem in problems}
        return GoalDraft(
            title=self.title.data or "",
            schedule=self.schedule_draft(),
            question=self.question.data or "",
            description=self.description.data or "",
            criticality=self.criticality.data or None,
            colour=1 if self.colour.data is None else self.colour.data,
            direction=self.aim() if measured and "target" not in unread else None,
            target=target,
            unit=(self.unit.data or "") if measured else "",
            skip_budget=self.skip_budget.data,
            tags=tag_names((self.tags.data or "").split(",")),
            problems=tuple(problems),
        )

    def seen(self, version: int) -> int:
        """The version the form was opened on; where it was lost this one, since the draft says so already."""
        return version if self.version.process_errors else self.version.data or 0

    def aim(self) -> Direction | None:
        """Which side of the amount counts as reached."""
        return next((one for one in Direction if one.value == self.direction.data), None)


class QuickForm(Form):
    """A goal in one line."""

    line = StringField(_l("A goal in one line"))
    nonce = HiddenField()

    def problems(self) -> list[Problem]:
        """What keeps the line from being understood at all."""
        line = self.line.data or ""
        if not line.strip():
            return [Problem("line", "required")]
        return [Problem("line", "too_long", {"longest": LONGEST_LINE})] if len(line) > LONGEST_LINE else []


def _fields(schedule: Schedule, said: GoalDraft | Terms) -> dict[str, Any]:
    """The fields as they stand when the editor opens on what was said before."""
    tags: Sequence[str] = said.tags
    return {
        **fields_of(schedule),
        "title": said.title,
        "measured": said.direction is not None,
        "direction": (said.direction or Direction.AT_LEAST).value,
        "target": said.target,
        "unit": said.unit,
        "question": said.question,
        "description": said.description,
        "criticality": said.criticality or "",
        "skip_budget": said.skip_budget,
        "tags": ", ".join(tags),
        "colour": said.colour,
    }
