"""The moods of one file as they are found: its words once each, every mood with an identity, no mood twice."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from webapp.domain.imports.brought import BroughtLabel, BroughtMood, one_line, several_lines
from webapp.domain.imports.cells import Unusable, identity
from webapp.domain.imports.report import Report
from webapp.domain.moods import NAME_LENGTH, NOTE_LENGTH, REASONS_ON_ONE

# Nobody has felt tomorrow; but in some zone it has begun.
MOODS_AHEAD = timedelta(days=1)


class MoodRows:
    """Moods and labels of one file.

    A mood's identity is its source, date, hour and minute, and an ordinal for others of that minute: the same in every
    export and every format of one program, whatever became of words and notes since.
    """

    def __init__(self, source: str, file: str, report: Report) -> None:
        self.moods: list[BroughtMood] = []
        self._source = source
        self._file = file
        self._report = report
        self._labels: dict[str, BroughtLabel] = {}
        self._of_minute: Counter[tuple[date, time]] = Counter()
        self._seen: set[tuple[object, ...]] = set()

    @property
    def labels(self) -> tuple[BroughtLabel, ...]:
        """The words of the file in the order in which they came."""
        return tuple(self._labels.values())

    def label(self, row: int, written: str, level: int | None) -> str:
        """The label's name, known in any case; it has the first level anybody says.

        A second word that is spelt the same and means another level is a label of its own, with its level behind.
        Raises Unusable("no_mood") where there is no word.
        """
        name = self._report.cut(self._file, row, "mood", one_line(written), NAME_LENGTH)
        if not name:
            raise Unusable("no_mood")
        known = self._labels.get(name.casefold())
        if known is not None and None not in (known.level, level) and known.level != level:
            name = f"{name[: NAME_LENGTH - 4]} ({level})"
            known = self._labels.get(name.casefold())
        if known is None or known.level is None:
            known = BroughtLabel(known.name if known else name, level)
            self._labels[name.casefold()] = known
        return known.name

    def add(
        self,
        row: int,
        local_date: date,
        wall: time,
        label: str,
        *,
        reasons: Iterable[str] = (),
        note: str = "",
        at: datetime | None = None,
        energy: int | None = None,
        zone: str | None = None,
    ) -> None:
        """The mood is found; one that repeats another in everything is a problem of its row."""
        wall = wall.replace(second=0, microsecond=0)
        note = self._report.cut(self._file, row, "note", several_lines(note), NOTE_LENGTH)
        named = self._reasons(row, reasons)
        everything = (local_date, wall, label, frozenset(named), note, energy)
        if everything in self._seen:
            self._report.say(self._file, row, "duplicate_mood", date=local_date.isoformat())
            return
        self._seen.add(everything)
        self._of_minute[local_date, wall] += 1
        ordinal = self._of_minute[local_date, wall]
        uid = identity(self._source, local_date.isoformat(), wall.strftime("%H:%M"), str(ordinal))
        self.moods.append(BroughtMood(local_date, wall, at, label, named, note, row, uid, energy, zone))

    def _reasons(self, row: int, written: Iterable[str]) -> tuple[str, ...]:
        found: dict[str, str] = {}
        for name in map(one_line, written):
            if name:
                found.setdefault(name.casefold(), self._report.cut(self._file, row, "reason", name, NAME_LENGTH))
        if len(found) > REASONS_ON_ONE:
            self._report.say(self._file, row, "too_many_reasons", most=REASONS_ON_ONE, count=len(found))
        return tuple(found.values())[:REASONS_ON_ONE]
