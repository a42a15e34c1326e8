"""How long the largest file takes that may be brought in one go: read, written and committed."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from tests.benchmarks.report import Line, at_most
from tests.domain.imports.loop_files import Habit, new_export
from webapp.actions import imports, people
from webapp.models.engine import begin_writing
from webapp.queries.people import viewer_of

ROWS = 20_000
HABITS = 20
MEGABYTES = 5_000_000
MOODS = ("awful", "bad", "meh", "good", "rad", "dreamy")


def imported(session: Session) -> Iterator[Line]:
    """Twenty habits of Loop with all the days that fit beside them, and a journal of Daylio with 20,000 moods."""
    now = datetime.now(UTC)
    for name, content in (("Loop", loop(now)), ("Daylio", daylio(now))):
        who = people.create(session, name=name, email=f"{name}@bench.example", password_hash=None, now=now)
        session.commit()
        begun = time.perf_counter()
        begin_writing(session)
        viewer = viewer_of(session, who, now)
        brought = imports.read(content, viewer.today, most_bytes=MEGABYTES, most_rows=ROWS)
        result = imports.bring(session, viewer, brought)
        session.commit()
        seconds = time.perf_counter() - begun
        assert result.entries + result.moods.new >= ROWS - HABITS
        yield at_most(f"import of 20,000 rows, {name}", seconds, 5, "s")


def loop(now: datetime) -> bytes:
    dates = [(now.date() - timedelta(days=ago)).isoformat() for ago in range(1, ROWS // HABITS)]
    notes = ("", "a few words")
    marks = [(day, "YES_MANUAL", notes[at % 2]) for at, day in enumerate(dates)]
    return new_export(*(Habit(f"Habit {number}", checkmarks=marks) for number in range(HABITS)))


def daylio(now: datetime) -> bytes:
    lines = ["full_date,date,weekday,time,mood,activities,note_title,note"]
    for number in range(ROWS):
        moment = now - timedelta(hours=4 * number + 4)
        mood, said = MOODS[number % len(MOODS)], "a few words" if number % 2 else ""
        when = f"{moment:%Y-%m-%d},{moment:%d %B},{moment:%A},{moment:%H:%M}"
        lines.append(f'{when},{mood},"work | walk | music",,"{said}"')
    return "\n".join(lines).encode()
