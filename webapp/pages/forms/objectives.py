"""What the editor of objectives can be told: one objective and its key results, row by row."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from webapp.domain.errors import Invalid, Problem
from webapp.domain.goals import tag_names
from webapp.domain.objective_drafts import MOST_KEY_RESULTS, KeyResultDraft, ObjectiveDraft
from webapp.domain.objectives import Curve, Milestone, Operator, RollUp
from webapp.pages.forms.base import AmountField, Form, one_line
from webapp.pages.objective_words import curve_words, operator_words, roll_up_words
from webapp.queries.objective_choices import Choices
from webapp.web.addresses import plain_date
from webapp.web.formats import amount
from webapp.web.idempotency import new_nonce

ROW = re.compile(r"key_results\.([0-9]{1,3})\.name")
PLACE = re.compile(r"key_results\.([0-9]+)\.?(.*)")
SAID = ("name", "target", "baseline", "unit", "description", "owner", "due")


class KeyResultFields(Form):
    """One key result; a row of which nothing was said is none."""

    class Meta(Form.Meta):
        csrf = False

    id = HiddenField()
    name = StringField(_l("Key result"), [one_line])
    operator = SelectField(_l("Asks for"), validate_choice=False, default=Operator.AT_LEAST.value)
    baseline = AmountField(_l("From"))
    target = AmountField(_l("To"))
    unit = StringField(_l("Unit"), [one_line])
    weight = AmountField(_l("Weight"))
    owner = StringField(_l("Owner"), [one_line])
    due = DateField(_l("Due"), [Optional()])
    description = TextAreaField(_l("Description"))
    remove = BooleanField(_l("Remove this key result"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.operator.choices = [(one.value, operator_words(one)) for one in Operator]

    @property
    def is_said(self) -> bool:
        """Whether it is a key result, and stays one."""
        said = bool(self.id.data) or any(self[name].raw_data and self[name].raw_data[0].strip() for name in SAID)
        return said and not self.remove.data

    def draft(self, problems: list[Problem]) -> KeyResultDraft:
        """What was typed; what could not be read are `problems`."""
        operator = next((one for one in Operator if one.value == self.operator.data), None)
        return KeyResultDraft(
            id=self.id.data or None,
            name=self.name.data or "",
            operator=operator,
            baseline=_or(self.baseline, Decimal(0)),
            target=_or(self.target, None),
            unit=self.unit.data or "",
            weight=_or(self.weight, Decimal(1)),
            owner=(self.owner.data or "").strip() or None,
            due=self.due.data,
            description=_lines(self.description.data),
            problems=tuple(problems),
        )


class ObjectiveForm(Form):
    """An objective and its key results."""

    name = StringField(_l("Objective"), [one_line])
    description = TextAreaField(_l("Why it matters"))
    owner = SelectField(_l("Owner"), validate_choice=False)
    team = SelectField(_l("Team"), validate_choice=False)
    cycle = SelectField(_l("Cycle"), validate_choice=False)
    starts = DateField(_l("Starts"), [Optional()])
    ends = DateField(_l("Ends"), [Optional()])
    parent = SelectField(_l("Serves"), validate_choice=False)
    curve = RadioField(_l("Expected to rise"), validate_choice=False, default=Curve.LINEAR.value)
    milestones = TextAreaField(_l("Milestones"))
    roll_up = SelectField(_l("Adds up"), validate_choice=False, default=RollUp.BOTH.value)
    weight = AmountField(_l("Weight in what it serves"))
    tags = StringField(_l("Tags"), [one_line])
    comment = TextAreaField(_l("What the reviewers should know"))
    version = IntegerField(widget=HiddenInput(), default=1)
    nonce = HiddenField()

    def __init__(self, choices: Choices, rows: Sequence[Mapping[str, Any]] | None = None, **kwargs: Any) -> None:
        """`rows` are the key results where the form is not sent but opened."""
        super().__init__(**kwargs)
        self.offered = choices
        self.owner.choices = [(one.id, one.name) for one in choices.owners]
        self.team.choices = [("", _l("none: it is a person's")), *((one.id, one.name) for one in choices.teams)]
        self.cycle.choices = [(one.public_id, one.title) for one in choices.cycles]
        parents = [(one.id, f"{one.name} ({one.cycle})") for one in choices.parents]
        self.parent.choices = [("", _l("nothing: it stands at the top")), *parents]
        self.curve.choices = [(one.value, curve_words(one)) for one in Curve]
        self.roll_up.choices = [(one.value, roll_up_words(one)) for one in RollUp]
        self.rows = _sent_rows() if rows is None else [_row(number, data) for number, data in enumerate(rows)]
        self._numbers: list[int] = []

    @classmethod
    def new(cls, choices: Choices, draft: ObjectiveDraft) -> "ObjectiveForm":
        """The editor of an objective that is not there yet."""
        data = {**_fields(draft), "nonce": new_nonce()}
        return cls(choices, [{}], formdata=None, data=data)

    @classmethod
    def of(cls, choices: Choices, draft: ObjectiveDraft, version: int) -> "ObjectiveForm":
        """The editor as it opens on an objective."""
        addresses = {one.id: one.email for one in choices.members}
        rows = [_row_fields(one, addresses) for one in draft.key_results]
        return cls(choices, rows or [{}], formdata=None, data={**_fields(draft), "version": version})

    def with_more(self) -> "ObjectiveForm":
        """The same with one row more, and without those ticked to be removed."""
        kept = [row for row in self.rows if not row.remove.data]
        self.rows = [_row(number, row.data, row) for number, row in enumerate(kept)]
        if len(self.rows) < MOST_KEY_RESULTS:
            self.rows.append(_row(len(self.rows), {}))
        return self

    def draft(self) -> ObjectiveDraft:
        """What was typed, ready for the rules; what could not be read travels along as problems."""
        problems = self.read()
        self._numbers = [number for number, row in enumerate(self.rows) if row.is_said]
        key_results = [self.rows[number].draft(self.rows[number].read()) for number in self._numbers]
        curve = next((one for one in Curve if one.value == self.curve.data), None)
        roll_up = next((one for one in RollUp if one.value == self.roll_up.data), None)
        problems += [
            Problem(name, "unknown_choice") for name, one in (("curve", curve), ("roll_up", roll_up)) if one is None
        ]
        milestones, amiss = read_milestones(self.milestones.data or "") if curve is Curve.STEPPED else ((), [])
        return ObjectiveDraft(
            name=self.name.data or "",
            cycle=self.cycle.data or "",
            owner=self.owner.data or "",
            team=self.team.data or None,
            parent=self.parent.data or None,
            description=_lines(self.description.data),
            starts=self.starts.data,
            ends=self.ends.data,
            curve=curve or Curve.LINEAR,
            milestones=milestones,
            roll_up=roll_up or RollUp.BOTH,
            weight=_or(self.weight, Decimal(1)),
            tags=tag_names((self.tags.data or "").split(",")),
            key_results=tuple(key_results),
            problems=tuple(problems + amiss),
        )

    def absorb(self, invalid: Invalid) -> "ObjectiveForm":
        """Each problem stands at its field, those of a key result in its row."""
        for problem in invalid.problems:
            at = PLACE.fullmatch(problem.field)
            if at is not None and at[2] and int(at[1]) < len(self._numbers):
                row = self.rows[self._numbers[int(at[1])]]
                self._at(row, Problem(at[2], problem.code, problem.params))
            else:
                self._at(self, problem)
        return self

    def seen(self, version: int) -> int:
        """The version the form was opened on; where it was lost this one, since the draft says so already."""
        return version if self.version.process_errors else self.version.data or 0

    @staticmethod
    def _at(form: Form, problem: Problem) -> None:
        """What cannot be read is said already; that it is missing as well would say it twice."""
        field = form._fields.get(problem.field)
        if problem.code == "required" and field is not None and field.errors:
            return
        Form.absorb(form, Invalid([problem]))


def read_milestones(text: str) -> tuple[tuple[Milestone, ...], list[Problem]]:
    """Milestones of a date and percent a line, "2026-04-30 25"; the first line that is none is a problem."""
    found: list[Milestone] = []
    for line in text.splitlines():
        day, _space, rest = line.strip().partition(" ")
        if not day:
            continue
        when, reached = plain_date(day.rstrip(",;:")), _percent(rest)
        if when is None or reached is None:
            return tuple(found), [Problem("milestones", "milestone_unreadable", {"line": line.strip()[:60]})]
        if not 0 <= reached <= 1:
            return tuple(found), [Problem("milestones", "out_of_range", {"minimum": 0, "maximum": 100})]
        found.append(Milestone(when, reached))
    return tuple(found), []


def _percent(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip().rstrip("%").strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number / 100 if number.is_finite() and abs(number) <= 1000 else None


def _sent_rows() -> list[KeyResultFields]:
    """The rows of the request, numbered anew in their order; a few more than may be, so that it can be said."""
    sent = sorted({int(found[1]) for key in request.form if (found := ROW.fullmatch(key))})[: MOST_KEY_RESULTS + 1]
    rows = [KeyResultFields(prefix=f"key_results.{number}.", formdata=request.form) for number in sent]
    numbered = enumerate(zip(sent, rows, strict=True))
    return [row if at == number else _row(at, row.data, row) for at, (number, row) in numbered]


def _row(number: int, data: Mapping[str, Any], typed: KeyResultFields | None = None) -> KeyResultFields:
    """The row of this number; what was `typed` in another one stays as it was typed."""
    row = KeyResultFields(prefix=f"key_results.{number}.", formdata=None, data=dict(data))
    for name, field in typed._fields.items() if typed else ():
        row[name].raw_data, row[name].process_errors = field.raw_data, field.process_errors
    return row


def _row_fields(draft: KeyResultDraft, addresses: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": draft.id or "",
        "name": draft.name,
        "operator": (draft.operator or Operator.AT_LEAST).value,
        "baseline": draft.baseline,
        "target": draft.target,
        "unit": draft.unit,
        "weight": None if draft.weight == 1 else draft.weight,
        "owner": addresses.get(draft.owner or "", draft.owner or ""),
        "due": draft.due,
        "description": draft.description,
    }


def _fields(draft: ObjectiveDraft) -> dict[str, Any]:
    """The fields as they stand when the editor opens."""
    return {
        "name": draft.name,
        "description": draft.description,
        "owner": draft.owner,
        "team": draft.team or "",
        "cycle": draft.cycle,
        "starts": draft.starts,
        "ends": draft.ends,
        "parent": draft.parent or "",
        "curve": draft.curve.value,
        "milestones": "\n".join(_milestone(one.day, one.reached) for one in draft.milestones),
        "roll_up": draft.roll_up.value,
        "weight": None if draft.weight == 1 else draft.weight,
        "tags": ", ".join(draft.tags),
    }


def _milestone(day: date, reached: Decimal) -> str:
    return f"{day.isoformat()} {amount((100 * reached).normalize() + 0)}"


def _or(field: AmountField, otherwise: Decimal | None) -> Decimal | None:
    """The number; something else where nothing was typed, and any where it cannot be read, which is said already."""
    if field.data is None and not field.process_errors:
        return otherwise
    return field.data if field.data is not None else Decimal(1)


def _lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n")
