"""Goals, days, moods and what was read as tables for spreadsheet programs: what stands now, without what was corrected
or deleted."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from webapp.domain import quran
from webapp.domain.days import wall_clock
from webapp.domain.moods import USUAL_WORDS
from webapp.domain.people import Viewer
from webapp.domain.schedules import Schedule
from webapp.domain.spreadsheets import Cell
from webapp.models import (
    ActivityDay,
    Entry,
    Goal,
    Mood,
    MoodBecause,
    MoodLabel,
    MoodReason,
    Occurrence,
    ScheduleVersion,
    Work,
)
from webapp.models.engine import AnySession
from webapp.models.goals import SCHEDULE_COLUMNS, schedule_of
from webapp.queries import tags
from webapp.queries.reading import as_ranges, works_of
from webapp.queries.visibility import goals_of

BETWEEN_WORDS = " | "
"""Stands between the tags or the reasons of one row."""
USUAL = {level: word for word, level in USUAL_WORDS.items()}


@dataclass(frozen=True)
class Table:
    """The rows under their headings, to be written as they are read."""

    headings: tuple[str, ...]
    rows: Iterator[tuple[Cell, ...]]


GOALS = (
    *("title", "question", "description", "kind", "schedule", "rule", "start", "until", "direction", "target", "unit"),
    *("tags", "colour", "criticality", "lifecycle", "outcome", "created_at", "completed_at", "archived_at"),
)
ENTRIES = ("goal", "date", "state", "value", "unit", "note", "recorded_at", "source")
MOODS = ("date", "time", "zone", "mood", "level", "energy", "reasons", "note")
READING = ("work", "category", "date", "seconds", "amount", "unit", "verses", "progress")


def goals(session: AnySession, viewer: Viewer, in_words: Callable[[Schedule], str]) -> Table:
    """A row for each goal, archived ones too; the schedule in the viewer's language and as a rule (RFC 5545)."""
    return Table(GOALS, _goals(session, viewer, in_words))


def entries(session: AnySession, viewer: Viewer) -> Table:
    """A row for each day of a goal about which something was said: what it comes to, and its last note."""
    return Table(ENTRIES, _entries(session, viewer))


def moods(session: AnySession, viewer: Viewer) -> Table:
    """A row for each mood, by the clock on the wall where it was felt."""
    return Table(MOODS, _moods(session, viewer))


def reading(session: AnySession, viewer: Viewer) -> Table:
    """A row for each day of a work on which something was read; the amount is with what the verses fill."""
    return Table(READING, _reading(session, viewer))


def _goals(session: AnySession, viewer: Viewer, in_words: Callable[[Schedule], str]) -> Iterator[tuple[Cell, ...]]:
    carried = tags.names_by_goal(session, viewer)
    statement = (
        select(Goal, *SCHEDULE_COLUMNS)
        .join(ScheduleVersion, (ScheduleVersion.goal_id == Goal.id) & ScheduleVersion.is_current)
        .where(goals_of(viewer))
        .order_by(Goal.position, Goal.id)
    )
    for row in session.execute(statement):
        goal, schedule = row.Goal, schedule_of(row)
        yield (
            _open(viewer, "goal.title", goal.title),
            _open(viewer, "goal.question", goal.question),
            _open(viewer, "goal.description", goal.description),
            goal.kind,
            in_words(schedule),
            schedule.rule,
            schedule.start,
            schedule.until,
            goal.direction,
            goal.target,
            _open(viewer, "goal.unit", goal.unit),
            BETWEEN_WORDS.join(carried.get(goal.public_id, ())),
            goal.colour,
            goal.criticality,
            goal.lifecycle,
            goal.outcome,
            goal.created_at,
            goal.completed_at,
            goal.archived_at,
        )


def _entries(session: AnySession, viewer: Viewer) -> Iterator[tuple[Cell, ...]]:
    words = select(Goal.id, Goal.title, Goal.unit).where(goals_of(viewer))
    named = {
        row.id: (_open(viewer, "goal.title", row.title), _open(viewer, "goal.unit", row.unit))
        for row in session.execute(words)
    }
    statement = (
        select(Occurrence.goal_id, Occurrence.local_date, Occurrence.state, Occurrence.value)
        .add_columns(Entry.note, Entry.recorded_at, Entry.source)
        .join(Entry, Entry.id == Occurrence.entry_id)
        .join(Goal, Goal.id == Occurrence.goal_id)
        .where(goals_of(viewer), Occurrence.deleted_at.is_(None))
        .order_by(Goal.position, Goal.id, Occurrence.local_date)
    )
    for row in session.execute(statement):
        title, unit = named[row.goal_id]
        note = _open(viewer, "entry.note", row.note)
        yield title, row.local_date, row.state, row.value, unit, note, row.recorded_at, row.source


def _moods(session: AnySession, viewer: Viewer) -> Iterator[tuple[Cell, ...]]:
    words = select(MoodReason.id, MoodReason.name).where(MoodReason.owner_id == viewer.id)
    named = {row.id: _open(viewer, "mood_reason.name", row.name) for row in session.execute(words)}
    mine = (Mood.person_id == viewer.id, Mood.deleted_at.is_(None))
    statement = select(MoodBecause.mood_id, MoodBecause.reason_id).join(Mood, Mood.id == MoodBecause.mood_id)
    because: dict[int, list[str]] = defaultdict(list)
    for mood_id, reason_id in session.execute(statement.where(*mine)):
        because[mood_id].append(named[reason_id])
    columns = (Mood.id, Mood.at, Mood.zone, Mood.level, Mood.energy, Mood.note, MoodLabel.name)
    rows = select(*columns).join(MoodLabel, MoodLabel.id == Mood.label_id).where(*mine).order_by(Mood.at, Mood.id)
    for row in session.execute(rows):
        felt = wall_clock(row.at, row.zone)
        label = _open(viewer, "mood_label.name", row.name) or USUAL.get(row.level, "")
        reasons = BETWEEN_WORDS.join(sorted(because[row.id], key=str.casefold))
        note = _open(viewer, "mood.note", row.note)
        yield felt.date(), f"{felt:%H:%M}", row.zone, label, row.level, row.energy, reasons, note


def _reading(session: AnySession, viewer: Viewer) -> Iterator[tuple[Cell, ...]]:
    statement = (
        select(Goal.title, Work.category, ActivityDay.local_date, ActivityDay.seconds, ActivityDay.filled, Work.unit)
        .add_columns(ActivityDay.verses, ActivityDay.progress)
        .join(Work, Work.goal_id == Goal.id)
        .join(ActivityDay, ActivityDay.goal_id == Work.goal_id)
        .where(works_of(viewer))
        .order_by(Goal.id, ActivityDay.local_date)
    )
    for title, category, *said, verses, progress in session.execute(statement):
        ranges = BETWEEN_WORDS.join(quran.range_text(part) for part in as_ranges(verses))
        yield _open(viewer, "goal.title", title), category, *said, ranges, progress


def _open(viewer: Viewer, column: str, sealed: bytes | None) -> str:
    return viewer.words.open(column, sealed) if sealed else ""
