"""What can be said of reminders: how a person wants to hear of them, and at what times a goal reminds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from itertools import zip_longest
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField, IntegerField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from webapp.domain.errors import Invalid, Problem
from webapp.domain.goals import GoalDraft
from webapp.domain.people import Viewer
from webapp.domain.reminder_settings import CHANNELS_OF, OF_THE_PERSON, Wishes, WishesDraft
from webapp.domain.reminders import MOST_REMINDERS, About, Channel, Quiet, ReminderDraft, check_all
from webapp.domain.schedules import Schedule
from webapp.pages.forms.base import Form
from webapp.pages.forms.goals import GoalForm
from webapp.web.formats import clock, problem_text

DAYS = (0, -1, -2, -3, -7, -14, 1, 2, 3, 7)
"""What can be chosen; a goal may have others by a program, and keeps them."""


class WallField(StringField):
    """A time of day; None when empty."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%H:%M}" if isinstance(self.data, time) else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if text := str(valuelist[0]).strip() if valuelist else "":
            self.data = read_wall(text)
            if self.data is None:
                raise ValueError(unreadable())


class ChannelsField(SelectMultipleField):
    widget = ListWidget()
    option_widget = CheckboxInput()


class SettingsForm(Form):
    """By which channels a person hears of what, when, and in which hours they never do."""

    goal = ChannelsField(_l("Reminders of goals"), validate_choice=False)
    digest = ChannelsField(_l("The day at a glance"), validate_choice=False)
    digest_at = WallField(_l("Time"))
    reading = ChannelsField(_l("Reading"), validate_choice=False)
    reading_at = WallField(_l("Time"))
    mood = ChannelsField(_l("Moods"), validate_choice=False)
    mood_at = WallField(_l("Time"))
    reviews = ChannelsField(_l("Reviews that wait"), validate_choice=False)
    reviews_at = WallField(_l("Time"))
    quiet_since = WallField(_l("From"))
    quiet_until = WallField(_l("Until"))
    detail = BooleanField(_l("Say the names of goals in messages"))
    version = IntegerField(widget=HiddenInput(), default=0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        words = {Channel.PAGE: _("On the pages"), Channel.MAIL: _("By mail"), Channel.PUSH: _("On my devices")}
        for about, channels in CHANNELS_OF.items():
            self[about.value].choices = [(channel.value, words[channel]) for channel in channels]

    @classmethod
    def of(cls, wishes: Wishes, walls: dict[About, time], version: int) -> "SettingsForm":
        """The form as it opens."""
        data: dict[str, Any] = {about.value: sorted(wishes.on(about)) for about in About}
        data |= {f"{about.value}_at": wall for about, wall in walls.items()}
        if wishes.quiet is not None:
            data |= {"quiet_since": wishes.quiet.since, "quiet_until": wishes.quiet.until}
        return cls(formdata=None, data={**data, "detail": wishes.detail, "version": version})

    def draft(self) -> WishesDraft:
        """What was said, ready for the rules; what could not be read travels along as problems."""
        problems = self.read()
        channels = {}
        for about, known in CHANNELS_OF.items():
            said = set(self[about.value].data or ())
            channels[about] = frozenset(channel for channel in known if channel.value in said)
            if said - {channel.value for channel in known}:
                problems.append(Problem(about.value, "unknown_choice"))
        return WishesDraft(
            channels=channels,
            detail=bool(self.detail.data),
            quiet_since=self.quiet_since.data,
            quiet_until=self.quiet_until.data,
            walls={about: self[f"{about.value}_at"].data for about in OF_THE_PERSON},
            problems=tuple(problems),
        )

    def seen(self) -> int:
        """The version the form was opened on; one that there never is where it was lost."""
        return -1 if self.version.process_errors or self.version.data is None else int(self.version.data)


class ReminderRow:
    """One reminder of a goal as it was typed, with what is wrong with it."""

    def __init__(self, wall: str = "", days: str = "0") -> None:
        self.wall, self.days = wall.strip(), days.strip()
        self.errors: list[str] = []
        self.hint = ""

    def draft(self) -> ReminderDraft:
        """What was typed; raises ValueError when it cannot be read, with the words to say so."""
        at = read_wall(self.wall)
        if at is None:
            raise ValueError(unreadable())
        try:
            return ReminderDraft(at, int(self.days))
        except ValueError as error:
            raise ValueError(problem_text("unknown_choice", {})) from error

    def choices(self) -> list[tuple[str, str]]:
        """When it can come; a day that only programs can choose is among them while it is said."""
        said = int(self.days) if self.days.removeprefix("-").isdecimal() and len(self.days) < 5 else 0
        offered = DAYS if said in DAYS else (*DAYS, said)
        return [(str(days), days_words(days)) for days in offered]


class ReminderRows:
    """Every reminder of a goal as its editor shows it, at least one row to type in."""

    def __init__(
        self, rows: Sequence[ReminderRow] = (), *, anyway: bool = False, is_sent: bool = False, is_off: bool = False
    ) -> None:
        self.rows, self.anyway, self.is_sent, self.is_off = list(rows) or [ReminderRow()], anyway, is_sent, is_off
        self._numbers: list[int] = []

    @classmethod
    def sent(cls) -> "ReminderRows":
        """The rows of the request, a few more than may be, so that it can be said."""
        walls, days = request.form.getlist("remind_at"), request.form.getlist("remind_days")
        rows = [ReminderRow(wall, day) for wall, day in zip_longest(walls, days, fillvalue="")]
        said = {"anyway": "remind_anyway" in request.form, "is_off": "reminders_off" in request.form}
        return cls(rows[: MOST_REMINDERS + 2], **said, is_sent=bool(rows))

    @classmethod
    def of(cls, stands: Sequence[tuple[time, int]], *, anyway: bool, is_off: bool = False) -> "ReminderRows":
        """The rows as the editor opens on a goal."""
        return cls([ReminderRow(f"{wall:%H:%M}", str(days)) for wall, days in stands], anyway=anyway, is_off=is_off)

    @property
    def has_room(self) -> bool:
        """Whether the goal can have one more."""
        return len(self.rows) < MOST_REMINDERS

    def with_more(self) -> None:
        """There is one row more, as long as a goal can have so many."""
        if self.has_room:
            self.rows.append(ReminderRow())

    def without(self, number: int) -> None:
        """The row of this number is gone, if there is one."""
        self.rows = [row for place, row in enumerate(self.rows) if place != number] or [ReminderRow()]

    def drafts(self) -> tuple[ReminderDraft, ...]:
        """What can be read of the rows with a time; one without is no reminder."""
        found, self._numbers = [], []
        for number, row in enumerate(self.rows):
            if row.wall:
                try:
                    found.append(row.draft())
                except ValueError:
                    continue
                self._numbers.append(number)
        return tuple(found)

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the rows, what cannot be read worded there already."""
        problems = check_all(self.drafts())
        for number, row in enumerate(self.rows):
            if not row.wall:
                continue
            try:
                row.draft()
            except ValueError as error:
                row.errors = [str(error)]
                problems.append(Problem(f"reminders.{number}", "unreadable"))
        return problems

    def absorb(self, problem: Problem) -> None:
        """The problem stands at its row."""
        place = problem.field.partition(".")[2]
        if problem.code != "unreadable" and place.isdecimal() and int(place) < len(self._numbers):
            row = self.rows[self._numbers[int(place)]]
            row.errors = list(dict.fromkeys([*row.errors, problem_text(problem.code, problem.params)]))

    def hint_at(self, quiet: Quiet | None) -> None:
        """Rows whose time nothing may come at say when it comes instead."""
        for row in self.rows:
            at = read_wall(row.wall)
            if quiet and at is not None and quiet.covers(at):
                row.hint = _("In your quiet hours: it comes at %(time)s.", time=clock(quiet.until))


class OwnGoalForm(GoalForm):
    """The editor of one's own goal, with its reminders."""

    def __init__(self, viewer: Viewer, stored: Schedule | None = None, said: str | None = None, **kwargs: Any) -> None:
        super().__init__(viewer, stored, said, **kwargs)
        opens = "formdata" in kwargs and kwargs["formdata"] is None
        self.reminders = ReminderRows() if opens else ReminderRows.sent()

    def with_rows_asked(self) -> "OwnGoalForm":
        """The same with one row more or less of its reminders, as the pressed button says."""
        if "more" in request.form:
            self.reminders.with_more()
        if (number := request.form.get("drop", type=int)) is not None:
            self.reminders.without(number)
        return self

    def draft(self) -> GoalDraft:
        """What was typed, ready for the rules, with what is wrong with its reminders."""
        draft = super().draft()
        return replace(draft, problems=(*draft.problems, *self.reminders.problems()))

    def absorb(self, invalid: Invalid) -> "OwnGoalForm":
        """Each problem stands at its field, one of a reminder in its row."""
        of_rows = [problem for problem in invalid.problems if problem.field.startswith("reminders.")]
        for problem in of_rows:
            self.reminders.absorb(problem)
        super().absorb(Invalid(problem for problem in invalid.problems if problem not in of_rows))
        return self


def read_wall(text: str) -> time | None:
    """A time of day to the minute as browsers send it and people type it; None when it is none."""
    hours, colon, rest = text.strip().replace(".", ":").partition(":")
    minutes = rest[:2] if rest[2:] in ("", ":00") else ""
    if not (colon and hours.isascii() and hours.isdecimal() and minutes.isascii() and minutes.isdecimal()):
        return None
    if len(minutes) != 2 or int(hours) > 23 or int(minutes) > 59:
        return None
    return time(int(hours), int(minutes))


def unreadable() -> str:
    """What is said of a time that cannot be read."""
    return _("Please write a time, like %(example)s.", example="07:30")


def days_words(days: int) -> str:
    """When a reminder comes, seen from the due date."""
    if days == 0:
        return _("on the day")
    if days < 0:
        return ngettext("the day before", "%(num)d days before", -days)
    return ngettext("the day after", "%(num)d days after", days)
