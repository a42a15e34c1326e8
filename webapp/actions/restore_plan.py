"""What an export of ours would change here: decided once, for the preview and for doing it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from webapp.actions.restore_palette import PalettePlan, plan_palette
from webapp.actions.restore_reading import Marks, ReadingPlan, plan_reading
from webapp.domain.errors import Invalid, Problem
from webapp.domain.goals import GOALS_PER_PERSON, Kind
from webapp.domain.imports.own import OwnExport, OwnSettings
from webapp.domain.imports.own_goals import OwnEntry, OwnGoal, OwnPause
from webapp.domain.imports.own_moods import OwnMood
from webapp.domain.people import Viewer
from webapp.domain.reminder_settings import WishesDraft
from webapp.models import Entry, Goal, Mood, Person, PlannedPause, ReminderSetting
from webapp.models.engine import AnySession
from webapp.queries.imports import days_spoken_for
from webapp.queries.visibility import goals_of

WORK = 50_000
"""So many rows are made beside the entries in one go, a few seconds' worth."""
GOAL_IN_ROWS, MONTH_IN_ROWS = 100, 12
"""What opening a goal and closing a month cost, in rows of days."""


class Fate(StrEnum):
    """What becomes of a goal of the file."""

    CREATED = "created"
    THERE = "there"
    KEPT = "kept"
    DELETED = "deleted"
    WAITING = "waiting"


@dataclass(frozen=True)
class GoalFate:
    """One goal of the file: `id` is its address here when it is here, `entries` are those that come.

    A goal that is here and says something else now is kept; one that was deleted here stays so.
    """

    own: OwnGoal
    fate: Fate
    id: str | None
    entries: int


@dataclass(frozen=True)
class Plan:
    """Everything that would be written, in the order it was written down; the counts are of goals, entries, pauses and
    moods together."""

    goals: tuple[GoalFate, ...]
    entries: tuple[OwnEntry, ...]
    pauses: tuple[OwnPause, ...]
    moods: tuple[OwnMood, ...]
    palette: PalettePlan
    reading: ReadingPlan
    settings: bool
    """Whether the account takes over the settings: it is new, and has others."""
    known: dict[str, int]
    """The number here of each goal of the file that is here."""
    there: int
    kept: int
    waiting: int
    reminding: WishesDraft | None
    """How the viewer is to be reminded, where they never said it here."""

    def created(self) -> list[OwnGoal]:
        return [goal.own for goal in self.goals if goal.fate is Fate.CREATED]


def identity(viewer: Viewer, public_id: str) -> str:
    """By what a thing of another account's export is known again here."""
    return viewer.words.fingerprint(f"own:{public_id}")


def address(viewer: Viewer, public_id: str) -> str:
    """The public id of what has no other mark by which it is known again: as hard to guess as a random one."""
    return identity(viewer, public_id)[:24]


def marks(viewer: Viewer) -> Marks:
    """Both of them."""
    return Marks(lambda public_id: identity(viewer, public_id), lambda public_id: address(viewer, public_id))


def plan(session: AnySession, viewer: Viewer, own: OwnExport, most_rows: int) -> Plan:
    """What restoring would do now; raises Invalid when it is more than a person can carry."""
    budget = _Budget(most_rows)
    here = _goals_here(session, viewer, own)
    known = {public_id: row.id for public_id, row in here.items()}
    fresh, differs = _is_fresh(session, viewer), _settings_here(session, viewer) != own.settings
    new, there, kept = _entries(session, viewer, own, here)
    goals, entries = [], []
    for goal in own.goals:
        row, brought = here.get(goal.id), new[goal.id]
        fate = _fate(goal, row)
        if fate is not Fate.DELETED and not budget.take(len(brought), _work(viewer, goal, brought, new=row is None)):
            fate, brought = (Fate.WAITING if row is None else fate), []
        goals.append(GoalFate(goal, fate, row.public_id if row else None, len(brought)))
        entries += brought
        there, kept = there + (fate is Fate.THERE), kept + (fate in (Fate.KEPT, Fate.DELETED))
    _refuse_too_many(session, viewer, goals)
    created = {goal.own.id for goal in goals if goal.fate is Fate.CREATED}
    pauses, pauses_there = _pauses(session, viewer, own, created, known)
    moods, moods_there, moods_kept = _moods(session, viewer, own)
    coming = {mood.id for mood in moods if budget.take(1)}
    chosen = {entry.id for entry in entries}
    reading = plan_reading(session, viewer, own, marks(viewer), budget.take)
    return Plan(
        goals=tuple(goals),
        entries=tuple(entry for entry in own.entries if entry.id in chosen),
        pauses=tuple(pauses),
        moods=tuple(mood for mood in own.moods if mood.id in coming),
        palette=plan_palette(session, viewer, own, address, replace=fresh),
        reading=reading,
        settings=fresh and differs,
        known=known,
        there=there + pauses_there + moods_there + reading.there,
        kept=kept + moods_kept + reading.kept + (differs and not fresh),
        waiting=budget.refused,
        reminding=None if session.get(ReminderSetting, viewer.id) else own.reminding,
    )


class _Budget:
    """So many rows and so much work at once, oldest first; once something did not fit, nothing that follows does."""

    def __init__(self, most: int) -> None:
        self.most = self.left = most
        self.work = WORK
        self.refused = 0

    def take(self, rows: int, work: int = 0) -> bool:
        """Whether the rows come now; raises Invalid for a goal that never could."""
        if rows > self.most:
            raise Invalid([Problem("file", "too_many_rows", {"rows": rows, "most": self.most, "or_more": False})])
        alone = self.work == WORK  # then it comes however long it takes, or it never would
        if (rows or work) and (self.refused or rows > self.left or (work > self.work and not alone)):
            self.refused += max(rows, 1)
            return False
        self.left -= rows
        self.work -= work
        return True


def _work(viewer: Viewer, goal: OwnGoal, brought: Sequence[OwnEntry], *, new: bool) -> int:
    """What a goal costs beside its entries, in rows to write: a file of a few lines can ask for ten years of days
    ahead, or for a history from 1900 on, while everybody else waits to write."""
    first = min((entry.local_date for entry in brought), default=viewer.today)
    months = max(0, (viewer.today - first).days // 30) * MONTH_IN_ROWS
    if not new:
        return months
    ahead = (goal.rows_until - viewer.today).days if goal.rows_until else 0
    return GOAL_IN_ROWS + len(goal.days) + max(0, ahead) + months


def _goals_here(session: AnySession, viewer: Viewer, own: OwnExport) -> dict[str, Any]:
    """Goals of the file that are the viewer's already, by their id in the file."""
    columns = (Goal.id, Goal.public_id, Goal.source_uid, Goal.version, Goal.archived_at, Goal.deleted_at)
    statement = select(*columns).where(Goal.owner_id == viewer.id, Goal.kind == Kind.PERSONAL).order_by(Goal.id)
    return _by_identity(viewer, session.execute(statement).all(), own.goals)


def _by_identity(viewer: Viewer, rows: Iterable[Any], things: Iterable[Any]) -> dict[str, Any]:
    """Which row here is which thing of the file: by its own public id, or by the mark it got when it was restored."""
    by_id, by_mark = {}, {}
    for row in rows:
        by_id[row.public_id] = row
        if row.source_uid is not None:
            by_mark[row.source_uid] = row
    if not by_id:
        return {}
    found = {thing.id: by_id.get(thing.id) or by_mark.get(identity(viewer, thing.id)) for thing in things}
    return {public_id: row for public_id, row in found.items() if row is not None}


def _fate(goal: OwnGoal, row: Any) -> Fate:
    if row is None:
        return Fate.CREATED
    if row.deleted_at is not None:
        return Fate.THERE if goal.deleted_at is not None else Fate.DELETED
    same = row.version == goal.version and (row.archived_at is None) == (goal.archived_at is None)
    return Fate.THERE if same and goal.deleted_at is None else Fate.KEPT


def _entries(
    session: AnySession, viewer: Viewer, own: OwnExport, here: dict[str, Any]
) -> tuple[dict[str, list[OwnEntry]], int, int]:
    """By goal the entries that are new; how many are here already, and how many another entry speaks for."""
    statement = select(Entry.public_id, Entry.source_uid).where(Entry.subject_id == viewer.id)
    known = _by_identity(viewer, session.execute(statement).all(), own.entries)
    spoken_for = days_spoken_for(session, [row.id for row in here.values()])
    days: dict[tuple[str, date], list[OwnEntry]] = defaultdict(list)
    for entry in own.entries:
        if entry.id not in known:
            days[entry.goal, entry.local_date].append(entry)
    new: dict[str, list[OwnEntry]] = defaultdict(list)
    kept = 0
    for (goal, day), entries in days.items():
        row = here.get(goal)
        if row is None or (row.deleted_at is None and (row.id, day) not in spoken_for and _is_whole(entries)):
            new[goal] += entries
        else:
            kept += len(entries)
    return new, len(known), kept


def _is_whole(entries: list[OwnEntry]) -> bool:
    """Whether nothing of the day corrects what was said of another."""
    ids = {entry.id for entry in entries}
    return all(entry.supersedes is None or entry.supersedes in ids for entry in entries)


def _pauses(
    session: AnySession, viewer: Viewer, own: OwnExport, created: set[str], known: dict[str, int]
) -> tuple[list[OwnPause], int]:
    """Pauses of everything and of goals that come; those of goals that are here already are left to them."""
    columns = (PlannedPause.public_id, PlannedPause.goal_id, PlannedPause.first, PlannedPause.last)
    rows = session.execute(select(*columns).where(PlannedPause.owner_id == viewer.id)).all()
    ids, days = {row.public_id for row in rows}, {(row.first, row.last) for row in rows if row.goal_id is None}
    new, there = [], 0
    for pause in own.pauses:
        mine = pause.id in ids or address(viewer, pause.id) in ids
        if mine or (pause.goal is None and (pause.days.first, pause.days.last) in days) or pause.goal in known:
            there += 1
        elif pause.goal is None or pause.goal in created:
            new.append(pause)
    return new, there


def _moods(session: AnySession, viewer: Viewer, own: OwnExport) -> tuple[list[OwnMood], int, int]:
    """New moods, the oldest first; how many are here as they are in the file, and how many otherwise."""
    columns = (Mood.public_id, Mood.source_uid, Mood.version, Mood.deleted_at)
    rows = session.execute(select(*columns).where(Mood.person_id == viewer.id)).all()
    here = _by_identity(viewer, rows, own.moods)
    same = 0
    for mood in own.moods:
        row = here.get(mood.id)
        if row is not None:
            same += row.version == mood.version and (row.deleted_at is None) == (mood.deleted_at is None)
    new = [mood for mood in own.moods if mood.id not in here]
    return sorted(new, key=lambda mood: mood.at), same, len(here) - same


def _refuse_too_many(session: AnySession, viewer: Viewer, goals: list[GoalFate]) -> None:
    added = sum(goal.fate is Fate.CREATED and goal.own.deleted_at is None for goal in goals)
    live = select(func.count()).select_from(Goal).where(goals_of(viewer))
    if added and (session.scalar(live) or 0) + added > GOALS_PER_PERSON:
        raise Invalid([Problem("file", "too_many_goals", {"most": GOALS_PER_PERSON})])


def _is_fresh(session: AnySession, viewer: Viewer) -> bool:
    """Whether nothing was ever said in this account, so that nothing in it can have been chosen with care."""
    owners = (Goal.owner_id, Mood.person_id, PlannedPause.owner_id)
    return not any(session.execute(select(owner).where(owner == viewer.id).limit(1)).first() for owner in owners)


def _settings_here(session: AnySession, viewer: Viewer) -> OwnSettings:
    columns = (Person.locale, Person.zone, Person.day_start, Person.week_start, Person.theme, Person.country)
    return OwnSettings(*session.execute(select(*columns).where(Person.id == viewer.id)).one())
