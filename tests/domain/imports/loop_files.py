"""Loop exports made in memory, in both formats, and zips that no honest program would make."""

import csv
import io
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

NEW_HEADINGS = [
    "Position", "Name", "Type", "Question", "Description", "FrequencyNumerator", "FrequencyDenominator",
    "Color", "Unit", "Target Type", "Target Value", "Archived?",
]  # fmt: skip
OLD_HEADINGS = ["Position", "Name", "Question", "Description", "NumRepetitions", "Interval", "Color"]


@dataclass(frozen=True)
class Habit:
    """One habit as Loop holds it; `checkmarks` are (date, value, note), newest first."""

    name: str
    type: str = "YES_NO"
    question: str = ""
    description: str = ""
    times: object = 1
    days: object = 1
    colour: str = "#1976D2"
    unit: str = ""
    direction: str = ""
    target: str = ""
    archived: str = "false"
    checkmarks: Sequence[tuple[str, str, str]] = ()
    scores: Sequence[tuple[str, str]] = ()
    folder: str | None = None


SAMPLE_HABITS = (
    Habit("someone", description="77", times=3, days=7, archived="true", scores=[("2026-07-04", "0.0000")]),
    Habit(
        "value habit",
        type="NUMERICAL",
        question="quest",
        description="memo",
        times=1,
        days=30,
        unit="unit",
        direction="AT_MOST",
        target="12.0",
        checkmarks=[("2026-07-04", "12000", ""), ("2026-07-03", "3000", ""), ("2026-07-02", "30000", "hi")],
        scores=[("2026-07-04", "0.9712"), ("2026-07-03", "0.9807"), ("2026-07-02", "0.9903")],
    ),
    Habit(
        "bool habit",
        question="titke",
        description="memo",
        times=3,
        days=14,
        colour="#FF8F00",
        checkmarks=[
            ("2026-07-04", "YES_MANUAL", ""),
            ("2026-07-03", "NO", ""),
            ("2026-07-02", "YES_MANUAL", "yes"),
            ("2026-07-01", "NO", "no"),
        ],
        scores=[("2026-07-04", "0.0160"), ("2026-07-03", "0.0080"), ("2026-07-02", "0.0041"), ("2026-07-01", "0.0000")],
    ),
)


def new_export(*habits: Habit, top: str = "", encoding: str = "utf-8") -> bytes:
    """An export as Loop writes it since 2.3.1, optionally packed into a `top` folder ("name/")."""
    rows = [
        (_number(at), h.name, h.type, h.question, h.description, h.times, h.days,
         h.colour, h.unit, h.direction, h.target, h.archived)
        for at, h in enumerate(habits, 1)
    ]  # fmt: skip
    files = {"Habits.csv": csv_text([NEW_HEADINGS, *rows])}
    for at, habit in enumerate(habits, 1):
        folder = _folder(at, habit)
        files[f"{folder}/Scores.csv"] = csv_text([("Date", "Score"), *habit.scores])
        files[f"{folder}/Checkmarks.csv"] = csv_text([("Date", "Value", "Notes"), *habit.checkmarks])
    # Loop leaves these names unquoted and ends each line with a comma.
    files["Checkmarks.csv"] = "Date," + "".join(f"{habit.name}," for habit in habits) + "\n"
    return zip_of({top + name: text.encode(encoding) for name, text in files.items()})


def old_export(*habits: Habit) -> bytes:
    """An export as Loop wrote it up to 2.3.0: no type, no headings over the checkmarks, no notes."""
    rows = [
        [_number(at), h.name, h.question, h.description, h.times, h.days, h.colour] for at, h in enumerate(habits, 1)
    ]
    files = {"Habits.csv": csv_text([OLD_HEADINGS, *rows])}
    for at, habit in enumerate(habits, 1):
        folder = _folder(at, habit)
        files[f"{folder}/Checkmarks.csv"] = csv_text([(day, value) for day, value, _ in habit.checkmarks])
    return zip_of({name: text.encode() for name, text in files.items()})


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as Loop quotes them: only where a comma, a quote or a line break asks for it."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def zip_of(files: Mapping[str, bytes] | Iterable[tuple[str | ZipInfo, bytes]], level: int = 6) -> bytes:
    """A zip of these files in this order, the same at any time; pairs may repeat a name, a ZipInfo may lie."""
    pairs = files.items() if isinstance(files, Mapping) else files
    out = io.BytesIO()
    with warnings.catch_warnings(), ZipFile(out, "w", ZIP_DEFLATED, compresslevel=level) as zipped:
        warnings.simplefilter("ignore", UserWarning)
        for name, content in pairs:
            if isinstance(name, str):
                zipped.writestr(_plain(name), content, ZIP_DEFLATED, level)
            else:
                zipped.writestr(name, content)
    return out.getvalue()


def _plain(name: str) -> ZipInfo:
    info = ZipInfo(name, date_time=(2026, 3, 1, 12, 0, 0))
    info.external_attr = 0o600 << 16
    return info


def _number(position: int) -> str:
    return f"{position:03d}"


def _folder(position: int, habit: Habit) -> str:
    if habit.folder is not None:
        return habit.folder
    kept = "".join(c for c in habit.name if c.isascii() and (c.isalnum() or c in " ._-"))
    return f"{_number(position)} {kept[:100]}".strip()
