"""What an export brings, in our words: goals with their entries, moods, and every problem with its row."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from webapp.domain.schedules import ScheduleDraft
from webapp.domain.tracking import DayState

MAX_ROWS = 20_000
NAME_LENGTH = 255
UNIT_LENGTH = 40
TEXT_LENGTH = 10_000
NOTE_LENGTH = 2_000
LONGEST_LINE = 1_000

# Tab and line break stay. Surrogates cannot be stored; no decoder lets them through, but JSON escapes do.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
UNFIT_FOR_NAMES = re.compile(CONTROLS.pattern[:-1] + r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class GoalKind(StrEnum):
    """How a brought goal is measured."""

    YES_NO = "yes_no"
    AMOUNT = "amount"


@dataclass(frozen=True)
class RowProblem:
    """One thing wrong in one row; rows count from 1 as a spreadsheet shows them, 0 means the whole file."""

    file: str
    row: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class BroughtEntry:
    """One day of one goal; neither state nor value means that only the note is brought."""

    local_date: date
    state: DayState | None
    value: Decimal | None
    note: str
    row: int
    source_uid: str


@dataclass(frozen=True)
class BroughtGoal:
    """One goal, to be met `times` in `days` or as `schedule` says; `dropped` counts derived days that were left out.

    The name is "" when the export has none (problem "untitled"); the colour is "#RRGGBB" or "". An entry's
    `source_uid` begins with its goal's.
    """

    name: str
    question: str
    description: str
    kind: GoalKind
    times: int
    days: int
    colour: str
    unit: str
    direction: Literal["at_least", "at_most"] | None
    target: Decimal | None
    archived: bool
    position: int
    source_uid: str
    entries: tuple[BroughtEntry, ...]
    dropped: int
    tags: tuple[str, ...] = ()
    schedule: ScheduleDraft | None = None


@dataclass(frozen=True)
class BroughtLabel:
    """A word of the other program's palette; the level (1 awful … 5 rad) is None where the file does not say it."""

    name: str
    level: int | None


@dataclass(frozen=True)
class BroughtMood:
    """One logged feeling; `label` names one of the file's labels. `at` is None where only the wall clock is known.

    `local_date` and `wall` are what the clock on the person's wall showed, in `zone` where the file names one.
    """

    local_date: date
    wall: time
    at: datetime | None
    label: str
    reasons: tuple[str, ...]
    note: str
    row: int
    source_uid: str
    energy: int | None = None
    zone: str | None = None


@dataclass(frozen=True)
class Totals:
    """The figures a preview opens with."""

    goals: int
    archived: int
    entries: int
    notes: int
    dropped: int
    problems: int
    moods: int = 0


@dataclass(frozen=True)
class Brought:
    """Everything one export brings; nothing of it is stored yet."""

    source: Literal["loop", "daylio", "beaver", "habitica", "habit_csv", "mood_csv", "entries_csv"]
    goals: tuple[BroughtGoal, ...]
    problems: tuple[RowProblem, ...]
    labels: tuple[BroughtLabel, ...] = ()
    moods: tuple[BroughtMood, ...] = ()

    @property
    def totals(self) -> Totals:
        """How much of everything there is."""
        entries = [entry for goal in self.goals for entry in goal.entries]
        return Totals(
            goals=len(self.goals),
            archived=sum(goal.archived for goal in self.goals),
            entries=len(entries),
            notes=sum(bool(entry.note) for entry in entries) + sum(bool(mood.note) for mood in self.moods),
            dropped=sum(goal.dropped for goal in self.goals),
            problems=len(self.problems),
            moods=len(self.moods),
        )


def one_line(text: str) -> str:
    """The text as a name: one line, single spaces, no control and no direction-changing characters.

    At most LONGEST_LINE characters are kept, so that no hostile name costs time.
    """
    spaced = " ".join(text.split())
    kept = " ".join(UNFIT_FOR_NAMES.sub("", spaced).split())
    return unicodedata.normalize("NFC", kept[:LONGEST_LINE])


def several_lines(text: str) -> str:
    """The text as a note: trimmed, its line breaks kept as "\\n", other control characters gone."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
