"""Bringing back what an export of ours holds: first what would happen, then all of it in one transaction.

Goals, entries, pauses and moods are known again by their public id, where they are the viewer's own, or by the mark
they got when they were restored before; what is here stays as it is. So a second time changes nothing, nor does an
export brought back into the account it came from. Whose ids a file names makes no difference: nobody else's are looked
at. Reviews, grants, target values, memberships, sign-ins and tokens never come back.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from webapp.actions import months, occurrences, reminder_settings, reminders
from webapp.actions.audit import Tag, record
from webapp.actions.restore_goals import write_days, write_entries, write_goals, write_pauses
from webapp.actions.restore_moods import write_moods
from webapp.actions.restore_palette import write_palette
from webapp.actions.restore_plan import Fate, GoalFate, Plan, address, marks, plan
from webapp.actions.restore_reading import write_reading
from webapp.domain.days import local_day
from webapp.domain.goals import Kind, Lifecycle
from webapp.domain.imports.brought import MAX_ROWS
from webapp.domain.imports.own import OwnExport, OwnSettings
from webapp.domain.imports.own_goals import OwnEntry
from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency
from webapp.models import Goal, Person
from webapp.models.engine import AnySession

__all__ = ["Counts", "Fate", "GoalFate", "Preview", "Restored", "preview", "restore"]

SOURCE = "aimline"
SOON = timedelta(days=30)
"""As long as rows reach this far ahead the worker leaves them alone, and so does a restore."""


@dataclass(frozen=True)
class Counts:
    """How much comes and how much does not.

    `works` are what is read, with reading goals, `readings` what was read of it.
    `there` is here as it is in the file, `kept` is here and stays though the file says something else, `waiting` are
    rows over the limit, which come when the same file is brought again, `left_out` belongs to more than one person.
    """

    goals: int = 0
    entries: int = 0
    pauses: int = 0
    moods: int = 0
    works: int = 0
    readings: int = 0
    labels: int = 0
    reasons: int = 0
    settings: bool = False
    there: int = 0
    kept: int = 0
    waiting: int = 0
    left_out: int = 0

    @property
    def changes_something(self) -> bool:
        words = (self.labels, self.reasons, self.settings)
        return any((self.goals, self.entries, self.pauses, self.moods, self.works, self.readings, *words))


@dataclass(frozen=True)
class Preview:
    """What would happen on yes, goal by goal."""

    counts: Counts
    goals: tuple[GoalFate, ...]
    exported_on: date


@dataclass(frozen=True)
class Restored:
    """What happened; `created` are the public ids of the goals that came."""

    counts: Counts
    created: tuple[str, ...]


def preview(session: AnySession, viewer: Viewer, own: OwnExport, *, most_rows: int = MAX_ROWS) -> Preview:
    """What `restore` would do now; nothing is written. Raises Invalid where it would."""
    found = plan(session, viewer, own, most_rows)
    return Preview(_counts(found, own), found.goals, own.exported_on)


def restore(session: AnySession, viewer: Viewer, own: OwnExport, *, most_rows: int = MAX_ROWS) -> Restored:
    """What the export holds and is not here yet is the viewer's, up to `most_rows` entries and moods, the oldest goals
    first; raises Invalid on the field "file" when it is more than a person can carry."""
    # Two restores of one person at the same moment would both find nothing there. Ticks, which only need the person to
    # exist, need not wait.
    session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update(key_share=True))
    found = plan(session, viewer, own, most_rows)
    if found.settings:
        viewer = _take_over(session, viewer, own.settings)
    if found.reminding:
        reminder_settings.change(session, viewer, found.reminding)
    labels, reasons = write_palette(session, viewer, found.palette, address)
    made = write_goals(session, viewer, found.created())
    write_pauses(session, viewer, found.pauses, made)
    _write_history(session, viewer, found, made)
    write_moods(session, viewer, found.moods, labels, reasons)
    write_reading(session, viewer, found.reading, marks(viewer))
    counts = _counts(found, own)
    record(session, Tag.PERSON_IMPORT, at=viewer.now, viewer=viewer, source=SOURCE, **asdict(counts))
    session.flush()
    return Restored(counts, tuple(goal.public_id for goal in made.values()))


def _write_history(session: AnySession, viewer: Viewer, found: Plan, made: dict[str, Goal]) -> None:
    """Ledger and rows, and what is kept of them for speed."""
    everywhere = [pause.days.first for pause in found.pauses if pause.goal is None]
    concerned = {entry.goal for entry in found.entries if entry.goal in found.known}
    numbers_here = [found.known[goal] for goal in concerned]
    here = {goal.id: goal for goal in _held(session, viewer, None if everywhere else numbers_here)}
    if everywhere:
        occurrences.pause(session, viewer.id, None, min(everywhere), None)
    goal_ids = {**found.known, **{public_id: goal.id for public_id, goal in made.items()}}
    numbers = write_entries(session, viewer, found.entries, goal_ids)
    entries: dict[str, list[OwnEntry]] = defaultdict(list)
    for entry in found.entries:
        entries[entry.goal].append(entry)
    for fate in found.goals:
        own = fate.own
        if own.id in made:
            write_days(session, viewer, own, made[own.id], entries[own.id], numbers, new=True)
            reminders.follow_own(session, viewer, made[own.id])
        elif own.id in concerned:
            goal = here[found.known[own.id]]
            write_days(session, viewer, own, goal, entries[own.id], numbers, new=False)
    _follow(session, viewer, [*made.values(), *here.values()])


def _held(session: AnySession, viewer: Viewer, numbers: list[int] | None) -> Iterable[Goal]:
    """These goals of the viewer's, or all that were here before, deleted ones left out, with their schedules."""
    if numbers == []:
        return []
    mine = (Goal.owner_id == viewer.id, Goal.kind == Kind.PERSONAL)
    statement = select(Goal).where(*mine, Goal.deleted_at.is_(None)).order_by(Goal.id)
    if numbers is not None:
        statement = statement.where(Goal.id.in_(numbers))
    statement = statement.options(selectinload(Goal.schedules)).execution_options(populate_existing=True)
    return session.scalars(statement.with_for_update()).all()


def _follow(session: AnySession, viewer: Viewer, goals: Iterable[Goal]) -> None:
    """Horizon, completion, closed months and streak are what they come to; those of a deleted goal wait until it is
    back."""
    for goal in goals:
        _lengthen(session, viewer, goal)
        occurrences.settle(session, goal, viewer.now, viewer)
        if goal.deleted_at is None:
            months.follow(session, goal, viewer.today, date.min)


def _lengthen(session: AnySession, viewer: Viewer, goal: Goal) -> None:
    """A goal without an end has rows far enough ahead, also when its file is old."""
    schedule = max(goal.schedules, key=lambda version: version.valid_from).terms()
    live = goal.lifecycle is Lifecycle.ACTIVE and goal.archived_at is None and goal.deleted_at is None
    endless = schedule.until is None and schedule.frequency is not Frequency.ONE_TIME
    if live and endless and goal.rows_until is not None and goal.rows_until < viewer.today + SOON:
        occurrences.lengthen(session, goal, schedule, viewer.today)


def _take_over(session: AnySession, viewer: Viewer, settings: OwnSettings) -> Viewer:
    """The viewer's days and pages run as the settings say; the viewer as they are now."""
    wanted = asdict(settings)
    session.execute(update(Person).where(Person.id == viewer.id).values(**wanted))
    reminders.look_again(session, viewer.id, viewer.now)
    del wanted["country"]
    today = local_day(viewer.now, settings.zone, settings.day_start)
    return replace(viewer, **wanted, today=today)


def _counts(found: Plan, own: OwnExport) -> Counts:
    return Counts(
        goals=len(found.created()),
        entries=len(found.entries),
        pauses=len(found.pauses),
        moods=len(found.moods),
        works=len(found.reading.works) + len(found.reading.goals),
        readings=len(found.reading.readings),
        labels=len(found.palette.labels),
        reasons=len(found.palette.reasons),
        settings=found.settings or found.reminding is not None,
        there=found.there,
        kept=found.kept,
        waiting=found.waiting,
        left_out=own.left_out,
    )
