"""Loop exports for tests of importing: one of known content, a long one, and files no import may take."""

from dataclasses import replace
from datetime import date, timedelta

from tests.domain.imports.loop_files import SAMPLE_HABITS, Habit, new_export, zip_of
from tests.make import TODAY

SAMPLE = new_export(*SAMPLE_HABITS)
"""What the published sample holds: three habits, amounts 30, 3, 12, notes; its days are in summer 2026."""

_EARLIER = timedelta(days=150)
SAMPLE_TODAY = new_export(
    *(
        replace(
            habit,
            checkmarks=[
                ((date.fromisoformat(day) - _EARLIER).isoformat(), value, note) for day, value, note in habit.checkmarks
            ],
        )
        for habit in SAMPLE_HABITS
    )
)
"""The same, its days moved before TODAY."""


def recent(days: int = 5, name: str = "Meditate", **more: str) -> bytes:
    """One daily habit, done on each of the last days up to yesterday."""
    return new_export(habit(days, name, **more))


def habit(days: int, name: str = "Meditate", notes: tuple[str, ...] = ("",), **more: str) -> Habit:
    """Done on each of the last days up to yesterday, the notes taken in turn."""
    dates = [(TODAY - timedelta(days=ago)).isoformat() for ago in range(1, days + 1)]
    marks = [(day, "YES_MANUAL", notes[at % len(notes)]) for at, day in enumerate(dates)]
    return Habit(name, checkmarks=marks, **more)


def long_export(habits: int, days: int) -> bytes:
    """So many daily habits, every other day with a note."""
    return new_export(*(habit(days, f"Habit {number}", ("", "a few words")) for number in range(habits)))


def unusable() -> dict[str, bytes]:
    """Files that are not what they claim, by what is wrong with them."""
    whole = recent()
    return {
        "empty": b"",
        "garbage": bytes(range(256)) * 40,
        "a database": b"SQLite format 3\x00" + bytes(4096),
        "truncated": whole[: len(whole) * 2 // 3],
        "without its list": whole[:-40],
        "another zip": zip_of({"letter.txt": b"Dear Ada"}),
        "a climb": zip_of({"../Habits.csv": b"Position,Name\n"}),
        "a bomb": zip_of({"Habits.csv": b"0" * 60_000_000}),
        "half text": zip_of({"Habits.csv": b"\x00\x01\x02"}),
    }
