"""What was wrong in a file while it was read, row by row, and the days of its goals as they are found."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from webapp.domain.goals import GOALS_PER_PERSON, TAG_LENGTH, TAGS_PER_GOAL
from webapp.domain.imports.archive import refusal
from webapp.domain.imports.brought import NOTE_LENGTH, BroughtEntry, RowProblem, one_line
from webapp.domain.imports.cells import Unusable
from webapp.domain.tracking import DayState

# Rows beyond the limit are only counted, and only so far, so that the refusal can name a figure.
COUNTED_ROWS = 50_000


class Report:
    """The problems found so far, and how many rows were read."""

    def __init__(self, most_rows: int) -> None:
        self.problems: list[RowProblem] = []
        self._most_rows = most_rows
        self._rows = 0
        self._goals = 0

    def say(self, file: str, row: int, code: str, **params: object) -> None:
        """The problem is noted; row 0 means the whole file."""
        self.problems.append(RowProblem(file, row, code, params))

    def unusable(self, file: str, row: int, unusable: Unusable) -> None:
        """The cell is noted as a problem of its row."""
        self.problems.append(RowProblem(file, row, unusable.code, unusable.params))

    def cut(self, file: str, row: int, field: str, text: str, most: int) -> str:
        """The text to at most so many characters; a problem says when some are gone."""
        if len(text) <= most:
            return text
        self.say(file, row, "shortened", field=field, most=most)
        return text[:most].rstrip()

    def tags(self, file: str, row: int, names: Iterable[str]) -> tuple[str, ...]:
        """The names as tags of one goal, each once whatever its case; a problem says when there are too many."""
        found: dict[str, str] = {}
        for name in map(one_line, names):
            if name:
                found.setdefault(name.casefold(), self.cut(file, row, "tag", name, TAG_LENGTH))
        if len(found) > TAGS_PER_GOAL:
            self.say(file, row, "too_many_tags", most=TAGS_PER_GOAL, count=len(found))
        return tuple(found.values())[:TAGS_PER_GOAL]

    def left_out(self, file: str, counts: Iterable[tuple[str, int]]) -> None:
        """One problem names everything of the file that has no place here, the file's own words with their numbers."""
        counted = [(what, count) for what, count in counts if count]
        if counted:
            words = ", ".join(f"{one_line(what)} {count}" for what, count in counted)
            self.say(file, 0, "left_out", value=words, count=sum(count for _, count in counted))

    def goal(self) -> None:
        """One more goal is found; raises Invalid when they are more than anybody can have."""
        self._goals += 1
        if self._goals > GOALS_PER_PERSON:
            raise refusal("too_many_goals", most=GOALS_PER_PERSON)

    def row(self) -> None:
        """One more row is read; raises Invalid when they are more than may come in one go."""
        self._rows += 1
        if self._rows > self._most_rows:
            raise refusal("too_many_rows", rows=self._rows, most=self._most_rows, or_more=True)


class Days:
    """The days of one goal as they are found, each once: the first row that speaks for a day counts."""

    def __init__(self, report: Report, file: str, source_uid: str) -> None:
        self._report = report
        self._file = file
        self._source_uid = source_uid
        self._found: dict[date, BroughtEntry | None] = {}

    @property
    def entries(self) -> tuple[BroughtEntry, ...]:
        """What was found, oldest first."""
        return tuple(entry for _, entry in sorted(self._found.items()) if entry is not None)

    def add(self, row: int, local_date: date, state: DayState | None, value: Decimal | None, note: str) -> None:
        """The day is found; one that says nothing at all brings no entry, but speaks for its date."""
        if local_date in self._found:
            self._report.say(self._file, row, "duplicate_date", date=local_date.isoformat())
            return
        note = self._report.cut(self._file, row, "note", note, NOTE_LENGTH)
        brings = state is not None or value is not None or note
        uid = f"{self._source_uid}:{local_date.isoformat()}"
        self._found[local_date] = BroughtEntry(local_date, state, value, note, row, uid) if brings else None
