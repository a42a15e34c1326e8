"""What the goal editor and the goals list can be told."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from webapp.domain.errors import Problem
from webapp.domain.goals import CRITICALITIES, GoalDraft
from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency, Schedule, ScheduleDraft
from webapp.domain.tracking import Direction
from webapp.pages.forms.base import AmountField, Form, one_line
from webapp.queries.goals import Terms
from webapp.web.words import colour_names, frequency_name, schedule_words, weekday_name

OFFERED = (Frequency.ONE_TIME, Frequency.DAILY, Frequency.CUSTOM, Frequency.WEEKLY, Frequency.MONTHLY)
WEEKLY_KINDS = (Frequency.CUSTOM.value, Frequency.WEEKLY.value)
KEPT = "keep"


class WeekdaysField(SelectMultipleField):
    widget = ListWidget()
    option_widget = CheckboxInput()


class GoalForm(Form):
    title = StringField(_l("What do you aim at?"), [one_line])
    frequency = RadioField(_l("How often"), default=Frequency.DAILY.value, validate_choice=False)
    days = WeekdaysField(_l("On these days"), coerce=int, validate_choice=False)
    start = DateField(_l("Starts"), [Optional()])
    until = DateField(_l("Target date"), [Optional()])
    measured = BooleanField(_l("Count an amount"))
    direction = RadioField(_l("Reached with"), default=Direction.AT_LEAST.value, validate_choice=False)
    target = AmountField(_l("Amount"))
    unit = StringField(_l("Unit"), [one_line])
    question = StringField(_l("Question to ask yourself"), [one_line])
    description = TextAreaField(_l("Description"))
    criticality = SelectField(_l("Importance"), validate_choice=False)
    colour = RadioField(_l("Colour"), coerce=int, default=1, validate_choice=False)
    version = IntegerField(widget=HiddenInput(), default=1)
    nonce = HiddenField()

    def __init__(self, viewer: Viewer, stored: Schedule | None = None, said: str | None = None, **kwargs: Any) -> None:
        """`said` is the goal's own word for its importance, kept when another program chose it."""
        super().__init__(**kwargs)
        self.viewer, self.stored = viewer, stored
        self.frequency.choices = [(offered.value, frequency_name(offered)) for offered in OFFERED]
        if stored is not None and stored.frequency not in OFFERED:
            self.frequency.choices.append((KEPT, schedule_words(stored)))
        order = [(viewer.week_start + offset) % 7 for offset in range(7)]
        self.days.choices = [(number, weekday_name(number, "abbreviated")) for number in order]
        self.direction.choices = [(Direction.AT_LEAST.value, _l("at least")), (Direction.AT_MOST.value, _l("at most"))]
        levels = {"Low": _l("Low"), "Medium": _l("Medium"), "High": _l("High")}
        self.levels = {"": _l("not said"), **{level: levels[level] for level in CRITICALITIES}}
        if said:
            self.levels.setdefault(said, said)
        self.criticality.choices = list(self.levels.items())
        self.colour.choices = colour_names()

    @classmethod
    def of(cls, viewer: Viewer, terms: Terms) -> "GoalForm":
        """The editor as it opens on a goal."""
        schedule = terms.schedule
        kept = schedule.frequency not in OFFERED
        named = Frequency.CUSTOM if schedule.frequency is Frequency.DAILY and schedule.days else schedule.frequency
        return cls(
            viewer,
            schedule,
            terms.criticality,
            data={
                "title": terms.title,
                "frequency": KEPT if kept else named.value,
                "days": list(schedule.days),
                "start": schedule.start,
                "until": schedule.until,
                "measured": terms.direction is not None,
                "direction": (terms.direction or Direction.AT_LEAST).value,
                "target": terms.target,
                "unit": terms.unit,
                "question": terms.question,
                "description": terms.description,
                "criticality": terms.criticality or "",
                "colour": terms.colour,
                "version": terms.version,
            },
        )

    def draft(self) -> GoalDraft:
        """What was typed, ready for the rules; what could not be read travels along as problems."""
        problems = self.read()
        if (self.criticality.data or "") not in self.levels:
            problems.append(Problem("criticality", "unknown_choice"))
        measured = bool(self.measured.data)
        target: Decimal | None = self.target.data if measured else None
        unread = {problem.field for problem in problems}
        return GoalDraft(
            title=self.title.data or "",
            schedule=self.schedule_draft(),
            question=self.question.data or "",
            description=self.description.data or "",
            criticality=self.criticality.data or None,
            colour=self.colour.data or 1,
            direction=self._direction() if measured and "target" not in unread else None,
            target=target,
            unit=(self.unit.data or "") if measured else "",
            problems=tuple(problems),
        )

    def schedule_draft(self) -> ScheduleDraft:
        """When the goal is to be due; a schedule this editor does not offer is kept as it is."""
        if self.frequency.data == KEPT and self.stored is not None:
            quota = self.stored.quota
            return ScheduleDraft(
                frequency=self.stored.frequency,
                days=self.stored.days,
                start=self.start.data,
                until=self.until.data,
                times=quota.times if quota else None,
                period=quota.period if quota else None,
                length=quota.length if quota else None,
                rule=self.stored.rule if self.stored.frequency is Frequency.RULE else None,
                week_start=self.stored.week_start,
            )
        return ScheduleDraft(
            frequency=self.frequency.data,
            days=tuple(self.days.data or ()) if self.frequency.data in WEEKLY_KINDS else (),
            start=self.start.data,
            until=self.until.data,
            week_start=self.viewer.week_start,
        )

    def _direction(self) -> Direction | None:
        return next((one for one in Direction if one.value == self.direction.data), None)
