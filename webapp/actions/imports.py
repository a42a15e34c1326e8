"""Bringing what another program kept: first what would happen, then all of it in one transaction.

A goal is known again by its `source_uid`, an entry by its own; what is there already stays as it is, and a day that
anything else speaks for is left alone. Bringing the same file twice changes nothing the second time. A goal that was
brought before and deleted since is left out, unless its owner says that it shall come back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from webapp.actions import goals, history, import_moods, occurrences
from webapp.actions.audit import Tag, record
from webapp.actions.history import PastFact
from webapp.actions.import_moods import Levels, MoodPreview, MoodResult
from webapp.domain.colours import nearest
from webapp.domain.days import instant_of
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.domain.goals import GOALS_PER_PERSON, GoalDraft
from webapp.domain.imports import reading
from webapp.domain.imports.brought import Brought, BroughtEntry, BroughtGoal, GoalKind, RowProblem
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, ScheduleDraft
from webapp.domain.tracking import DayState, Direction, Source
from webapp.models import Goal, Person
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import imports as queries

NOON = time(12)
UNTITLED = "Untitled"
NAMED_PROBLEMS = 1_000


class Fate(StrEnum):
    """What becomes of a goal of the file."""

    CREATED = "created"
    MERGED = "merged"
    DELETED = "deleted"


@dataclass(frozen=True)
class GoalPreview:
    """What would become of one goal of the file; `id` is the goal's here, if it is here already.

    `entries` would be written, `there` were brought before, `kept` are days that another entry speaks for.
    """

    brought: BroughtGoal
    fate: Fate
    colour: int
    id: str | None
    entries: int
    there: int
    kept: int


@dataclass(frozen=True)
class Preview:
    """What would happen on yes."""

    source: str
    goals: tuple[GoalPreview, ...]
    moods: MoodPreview
    problems: tuple[RowProblem, ...]

    def count(self, fate: Fate) -> int:
        """How many goals have this fate."""
        return sum(goal.fate == fate for goal in self.goals)

    @property
    def entries(self) -> int:
        """Entries that would be written, those of deleted goals left out."""
        return sum(goal.entries for goal in self.goals if goal.fate is not Fate.DELETED)

    @property
    def there(self) -> int:
        return sum(goal.there for goal in self.goals)

    @property
    def kept(self) -> int:
        return sum(goal.kept for goal in self.goals)

    @property
    def dropped(self) -> int:
        """Days the other program filled in by itself; they are not facts."""
        return sum(goal.brought.dropped for goal in self.goals)

    @property
    def changes_something(self) -> bool:
        return bool(self.count(Fate.CREATED) or self.entries or self.moods.new)


@dataclass(frozen=True)
class Result:
    """What happened at the instant `at` (ISO 8601): goals by their public ids, and numbers of entries and moods.

    `problems` were found in so many rows; the first thousand are named.
    """

    created: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    revived: tuple[str, ...] = ()
    entries: int = 0
    there: int = 0
    kept: int = 0
    left_out: int = 0
    problems: int = 0
    findings: tuple[RowProblem, ...] = ()
    moods: MoodResult = field(default_factory=MoodResult)
    at: str = ""


def read(data: bytes, today: date, *, most_bytes: int, most_rows: int) -> Brought:
    """What the file brings; raises Invalid on the field "file" for one that is unusable or over these limits."""
    if len(data) > most_bytes:
        raise Invalid([Problem("file", "too_large", {"most": most_bytes, "size": len(data), "unpacked": False})])
    return reading.read(data, today, most_rows=most_rows)


def preview(session: AnySession, viewer: Viewer, brought: Brought) -> Preview:
    """What `bring` would do now; nothing is written. Raises Invalid where it would."""
    plans = _plans(session, viewer, _keyed(viewer, brought), lock=False)
    moods = import_moods.preview(session, viewer, brought)
    return Preview(brought.source, tuple(_preview(plan) for plan in plans), moods, brought.problems)


def bring(
    session: AnySession, viewer: Viewer, brought: Brought, *, levels: Levels | None = None, revive: bool = False
) -> Result:
    """The viewer has the file's goals, entries and moods, each once; `levels` says what its labels stand for.

    With `revive` what was brought before and deleted since is back. Raises Invalid when the goals, labels or reasons
    would be more than a person can carry.
    """
    # Two imports of one person at the same moment would both find nothing there.
    session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update())
    created: list[str] = []
    merged: list[str] = []
    revived: list[str] = []
    written = 0
    plans = _plans(session, viewer, _keyed(viewer, brought), lock=True)
    for plan in plans:
        if plan.fate is Fate.DELETED and not revive:
            continue
        goal, places = plan.goal, merged
        if goal is None:
            goal, places = _create(session, viewer, plan.brought), created
        elif plan.fate is Fate.DELETED:
            goal, places = goals.undelete(session, viewer, goal.public_id), revived
        _write(session, viewer, goal, plan)
        places.append(goal.public_id)
        written += len(plan.new)
    moods = import_moods.bring(session, viewer, brought, levels or {}, revive=revive)
    result = Result(
        created=tuple(created),
        merged=tuple(merged),
        revived=tuple(revived),
        entries=written,
        there=sum(plan.there for plan in plans),
        kept=sum(plan.kept for plan in plans),
        left_out=len(plans) - len(created) - len(merged) - len(revived),
        problems=len(brought.problems),
        findings=brought.problems[:NAMED_PROBLEMS],
        moods=moods,
        at=viewer.now.isoformat(),
    )
    counts: dict[str, Any] = {"goals": len(created), "revived": len(revived), "entries": written, "there": result.there}
    counts["moods"] = moods.new
    record(session, Tag.PERSON_IMPORT, at=viewer.now, viewer=viewer, source=brought.source, **counts)
    session.flush()
    return result


def take_back(session: AnySession, viewer: Viewer, result: Result) -> tuple[int, int]:
    """The goals and moods this import created are deleted; returns how many of each still were there."""
    moods = import_moods.take_back(session, viewer, datetime.fromisoformat(result.at))
    taken = 0
    for public_id in result.created:
        try:
            goal = goal_queries.find(session, viewer, public_id, lock=True)
        except NotFound:
            continue
        goals.delete(session, viewer, goal)
        taken += 1
    return taken, moods


@dataclass(frozen=True)
class _Plan:
    """One goal of the file beside what is here: the goal, the entries to write, the numbers of the others."""

    brought: BroughtGoal
    goal: Goal | None
    new: tuple[BroughtEntry, ...]
    there: int
    kept: int

    @property
    def fate(self) -> Fate:
        if self.goal is None:
            return Fate.CREATED
        return Fate.MERGED if self.goal.deleted_at is None else Fate.DELETED


def _keyed(viewer: Viewer, brought: Brought) -> Brought:
    """The same with identities made from the viewer's own key: a plain hash of a habit's name could be guessed."""
    keyed = []
    for goal in brought.goals:
        uid = viewer.words.fingerprint(goal.source_uid)
        entries = (
            replace(entry, source_uid=uid + entry.source_uid.removeprefix(goal.source_uid)) for entry in goal.entries
        )
        keyed.append(replace(goal, source_uid=uid, entries=tuple(entries)))
    return replace(brought, goals=tuple(keyed))


def _plans(session: AnySession, viewer: Viewer, brought: Brought, *, lock: bool) -> list[_Plan]:
    """In the order of the other program; raises Invalid when there are too many goals."""
    too_many = Invalid([Problem("file", "too_many_goals", {"most": GOALS_PER_PERSON})])
    if len(brought.goals) > GOALS_PER_PERSON:
        raise too_many
    here = queries.brought_before(session, viewer, [goal.source_uid for goal in brought.goals], lock=lock)
    if brought.source == "entries_csv":  # our own table of days, which knows goals by their names alone
        titled = {goal.name: goal.source_uid for goal in brought.goals if goal.source_uid not in here}
        named = queries.goals_by_title(session, viewer, titled, lock=lock)
        here |= {titled[title]: goal for title, goal in named.items()}
    # Deleted ones count too, since the owner may want them back.
    added = sum(uid not in here or here[uid].deleted_at is not None for uid in _uids(brought))
    if added and queries.live_goals(session, viewer) + added > GOALS_PER_PERSON:
        raise too_many
    ids = [goal.id for goal in here.values()]
    there = queries.entries_there(session, ids)
    spoken_for = queries.days_spoken_for(session, ids)
    ordered = sorted(brought.goals, key=lambda goal: goal.position)
    return [_plan(goal, here.get(goal.source_uid), there, spoken_for) for goal in ordered]


def _plan(
    brought: BroughtGoal, goal: Goal | None, there: frozenset[str], spoken_for: frozenset[tuple[int, date]]
) -> _Plan:
    unknown = [entry for entry in brought.entries if entry.source_uid not in there]
    new = tuple(entry for entry in unknown if goal is None or (goal.id, entry.local_date) not in spoken_for)
    return _Plan(brought, goal, new, len(brought.entries) - len(unknown), len(unknown) - len(new))


def _preview(plan: _Plan) -> GoalPreview:
    goal = plan.goal
    return GoalPreview(
        brought=plan.brought,
        fate=plan.fate,
        colour=goal.colour if goal else nearest(plan.brought.colour),
        id=goal.public_id if goal else None,
        entries=len(plan.new),
        there=plan.there,
        kept=plan.kept,
    )


def _create(session: AnySession, viewer: Viewer, brought: BroughtGoal) -> Goal:
    draft = GoalDraft(
        title=brought.name or UNTITLED,
        question=brought.question,
        description=brought.description,
        colour=nearest(brought.colour),
        direction=Direction(brought.direction) if brought.direction else None,
        target=brought.target,
        unit=brought.unit,
        tags=brought.tags,
        schedule=_schedule(viewer, brought),
    )
    goal = goals.create(session, viewer, draft, source_uid=brought.source_uid)
    return goals.archive(session, viewer, goal) if brought.archived else goal


def _schedule(viewer: Viewer, brought: BroughtGoal) -> ScheduleDraft:
    """As the file says it, else every day or so many times in so many days, counted back from each day."""
    start = min([viewer.today, *(entry.local_date for entry in brought.entries)])
    if brought.schedule is not None:
        return replace(brought.schedule, start=brought.schedule.start or start, week_start=viewer.week_start)
    if (brought.times, brought.days) == (1, 1):
        return ScheduleDraft(Frequency.DAILY, start=start, week_start=viewer.week_start)
    return ScheduleDraft(
        Frequency.QUOTA,
        start=start,
        times=brought.times,
        period=QuotaPeriod.ROLLING,
        length=brought.days,
        week_start=viewer.week_start,
    )


def _write(session: AnySession, viewer: Viewer, goal: Goal, plan: _Plan) -> None:
    require(viewer, Permission.GOAL_TICK, goal_queries.facts_of(session, viewer, goal))
    history.add(session, viewer, goal, [_fact(viewer, plan.brought, entry) for entry in plan.new], Source.IMPORT)
    if plan.new:
        occurrences.settle(session, goal, viewer.now, viewer)


def _fact(viewer: Viewer, brought: BroughtGoal, entry: BroughtEntry) -> PastFact:
    """The entry at noon of its date, where the person lives now: the file says neither hour nor zone."""
    state = entry.state or DayState.OPEN
    if entry.value and brought.kind is GoalKind.AMOUNT and brought.direction is None:
        state = DayState.DONE  # an amount without a target: something was done
    return PastFact(
        local_date=entry.local_date,
        at=instant_of(entry.local_date, NOON, viewer.zone),
        recorded_at=viewer.now,
        state=state,
        value=entry.value,
        note=entry.note,
        source_uid=entry.source_uid,
    )


def _uids(brought: Brought) -> Iterable[str]:
    return (goal.source_uid for goal in brought.goals)
