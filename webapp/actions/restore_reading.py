"""Bringing back works, reading goals and what was read, of an export: what is here stays, and what is not is added."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from webapp.actions import feeds, reading_goals, reading_log
from webapp.domain.goals import Kind
from webapp.domain.imports.own import OwnExport
from webapp.domain.imports.own_reading import OwnReading, OwnReadingGoal, OwnWork
from webapp.domain.people import Viewer
from webapp.domain.reading import NOTHING, SECONDS_A_DAY, Category
from webapp.domain.reading_drafts import WORKS_PER_PERSON
from webapp.domain.reading_streaks import ANY, Run, runs
from webapp.domain.tracking import Mode
from webapp.models import ActivityDay, Entry, Goal, ReadingBatch, ReadingGoal, ReadingStreak, Work
from webapp.models.engine import AnySession
from webapp.queries import reading as queries
from webapp.queries import reading_days
from webapp.queries.reading_days import BatchRow

Mark = Callable[[str], str]


class Marks(NamedTuple):
    """By what a thing of the file is known again here: an entry or a work by its mark, a goal by its address."""

    identity: Mark
    address: Mark


@dataclass(frozen=True)
class ReadingPlan:
    """What comes of reading; `here` are numbers of works of the file that are here already, by their id in the file."""

    here: dict[str, int]
    works: tuple[OwnWork, ...]
    goals: tuple[OwnReadingGoal, ...]
    readings: tuple[OwnReading, ...]
    there: int
    kept: int


def plan_reading(
    session: AnySession,
    viewer: Viewer,
    own: OwnExport,
    marks: Marks,
    take: Callable[[int], bool],
) -> ReadingPlan:
    """What restoring would do now. Works are known by their ids, else by their category, books else by their title.

    A reading that is here stays as it is, taken back or not. A live goal stays away where its work has one. `take` says
    whether so many rows fit.
    """
    identity, address = marks
    own_works, own_goals, own_readings = own.works, own.reading_goals, own.readings
    here = _works_here(session, viewer, own_works, identity)
    books = sum(work.category is Category.BOOK for work in own_works if work.id not in here)
    room = WORKS_PER_PERSON - len(_books(session, viewer)) >= books
    new = [work for work in own_works if work.id not in here and (room or work.category is not Category.BOOK)]
    known = {*here, *(work.id for work in new)}
    mine = select(ReadingGoal.public_id, ReadingGoal.goal_id, ReadingGoal.ended_at).join(
        Work, Work.goal_id == ReadingGoal.goal_id
    )
    rows = session.execute(mine.where(Work.owner_id == viewer.id)).all()
    ids, live = {row.public_id for row in rows}, {row.goal_id for row in rows if row.ended_at is None}
    strange = [goal for goal in own_goals if goal.work in known and not ids & {goal.id, address(goal.id)}]
    goals = [goal for goal in strange if goal.ended_at is not None or here.get(goal.work) not in live]
    marked = select(Entry.public_id, Entry.source_uid).where(Entry.subject_id == viewer.id)
    there = {said for row in session.execute(marked) for said in row}
    absent = [one for one in own_readings if not there & {one.id, identity(one.id)}]
    there_already = {one.id for one in own_readings} - {one.id for one in absent}
    possible = [one for one in absent if one.work in known and one.supersedes not in there_already]
    whole = _days_with_room(session, here, possible)
    coming = [one for one in possible if (one.work, one.local_date) in whole]
    same = len(own_works) - len(new) + len(own_goals) - len(strange) + len(there_already)
    kept = len(strange) - len(goals) + len(absent) - len(coming)
    taken = {one.supersedes for one in coming}  # what was taken back comes together with that
    fits = {one.id for one in coming if one.supersedes is None and take(2 if one.id in taken else 1)}
    chosen = [one for one in coming if (one.supersedes or one.id) in fits]
    return ReadingPlan(here, tuple(new), tuple(goals), tuple(chosen), same, kept)


def write_reading(session: AnySession, viewer: Viewer, plan: ReadingPlan, marks: Marks) -> None:
    """It is the viewer's, who is held, and everything that is kept of it follows."""
    if not (plan.works or plan.goals or plan.readings):
        return
    identity, address = marks
    mine = {public_id: session.get_one(Work, number) for public_id, number in plan.here.items()}
    mine |= {own.id: _work(session, viewer, own, identity) for own in plan.works}
    for goal in plan.goals:
        session.add(_goal(viewer, goal, mine[goal.work], address(goal.id)))
    entries = {one.id: _entry(viewer, one, mine[one.work], identity(one.id)) for one in plan.readings}
    session.add_all(entries.values())
    session.flush()
    for one in plan.readings:
        entries[one.id].supersedes_id = entries[one.supersedes].id if one.supersedes else None
        session.add(_batch(entries[one.id], one))
    session.flush()
    for public_id, work in mine.items():
        said = [(entries[one.id], one) for one in plan.readings if one.work == public_id]
        _days(session, viewer, work, said)
        if said or any(goal.work == public_id for goal in plan.goals):
            _follow(session, viewer, work)
    if plan.readings:
        _streaks(session, viewer)


def _works_here(session: AnySession, viewer: Viewer, own: Sequence[OwnWork], identity: Mark) -> dict[str, int]:
    rows = session.execute(
        select(Goal.public_id, Goal.source_uid, Goal.title, Work.goal_id, Work.category, Work.unit)
        .join(Work, Work.goal_id == Goal.id)
        .where(Work.owner_id == viewer.id)
    ).all()
    by_id = {mark: row.goal_id for row in rows for mark in (row.public_id, row.source_uid) if mark}
    found = {work.id: number for work in own for mark in (work.id, identity(work.id)) if (number := by_id.get(mark))}
    free = [row for row in rows if row.goal_id not in found.values()]
    titles = {row.goal_id: viewer.words.open("goal.title", row.title).casefold() for row in free}
    named = {(row.category, row.unit, titles[row.goal_id]): row.goal_id for row in free}
    for work in own:
        alike = named.pop((work.category, work.unit, work.title.casefold()), None) if work.id not in found else None
        if alike is not None:
            found[work.id] = alike
    return found


def _books(session: AnySession, viewer: Viewer) -> list[int]:
    return list(session.scalars(select(Work.goal_id).where(Work.owner_id == viewer.id, Work.category == Category.BOOK)))


def _days_with_room(session: AnySession, here: dict[str, int], coming: Sequence[OwnReading]) -> set[tuple[str, date]]:
    """Of these readings the works and days that stay within a day's seconds with what is here."""
    added: dict[tuple[str, date], int] = defaultdict(int)
    gone = {one.supersedes for one in coming}
    for one in coming:
        added[one.work, one.local_date] += one.read.seconds if one.id not in gone else 0
    days = select(ActivityDay.goal_id, ActivityDay.local_date, ActivityDay.seconds)
    there: dict[tuple[Any, date], int] = {
        (row.goal_id, row.local_date): row.seconds
        for row in session.execute(days.where(ActivityDay.goal_id.in_(list(here.values()))))
    }
    return {
        (work, day)
        for (work, day), seconds in added.items()
        if seconds + there.get((here.get(work), day), 0) <= SECONDS_A_DAY
    }


def _work(session: AnySession, viewer: Viewer, own: OwnWork, identity: Mark) -> Work:
    goal = Goal(kind=Kind.READING, owner_id=viewer.id, created_at=own.created_at, updated_at=viewer.now)
    goal.title, goal.colour = viewer.words.seal("goal.title", own.title), own.colour
    goal.archived_at, goal.source_uid = own.archived_at, identity(own.id)
    session.add(goal)
    session.flush()
    facts = {"category": own.category, "unit": own.unit, "size": own.size, "mushaf": own.mushaf}
    work = Work(goal_id=goal.id, owner_id=viewer.id, **facts)
    session.add(work)
    session.flush()
    return work


def _goal(viewer: Viewer, own: OwnReadingGoal, work: Work, public_id: str) -> ReadingGoal:
    first, last = own.span or (None, None)
    goal = ReadingGoal(public_id=public_id, goal_id=work.goal_id, asks=own.asks, amount=own.amount)
    goal.first_verse, goal.last_verse, goal.duration, goal.mushaf = first, last, own.duration, own.mushaf
    goal.starts = goal.settled_until = own.starts
    goal.created_at, goal.updated_at = own.created_at, viewer.now
    goal.reached_at, goal.ended_at, goal.outcome = own.reached_at, own.ended_at, own.outcome
    return goal


def _entry(viewer: Viewer, one: OwnReading, work: Work, mark: str) -> Entry:
    entry = Entry(goal_id=work.goal_id, subject_id=viewer.id, author_id=viewer.id, local_date=one.local_date)
    entry.at = entry.recorded_at = one.at
    entry.zone, entry.mode, entry.source, entry.source_uid = one.zone, Mode.ADD, one.source, mark
    entry.value = one.read.filled(one.mushaf)
    return entry


def _batch(entry: Entry, one: OwnReading) -> ReadingBatch:
    verses = [list(part) for part in one.read.verses]
    said = {"seconds": one.read.seconds, "amount": one.read.amount, "verses": verses, "mushaf": one.mushaf}
    return ReadingBatch(entry_id=entry.id, **said)


def _days(session: AnySession, viewer: Viewer, work: Work, said: Sequence[tuple[Entry, OwnReading]]) -> None:
    """Days of the work on which something came are what stands of what was said of them."""
    gone = {one.supersedes for _, one in said}
    stands = [(entry, one) for entry, one in said if one.supersedes is None and one.id not in gone]
    there = select(ActivityDay).where(ActivityDay.goal_id == work.goal_id)
    days = {day.local_date: day for day in session.scalars(there)} if stands else {}
    for on, day in days.items():
        if any(one.local_date == on for _, one in stands):
            reading_log.write_day(day, reading_days.batches_on(session, work.goal_id, on))
    new: dict[date, list[BatchRow]] = defaultdict(list)
    for entry, one in stands:
        if one.local_date not in days:
            value = entry.value or NOTHING.amount
            row = BatchRow(entry.public_id, entry.local_date, entry.at, one.read, value, one.mushaf, one.source)
            new[one.local_date].append(row)
    for on, rows in sorted(new.items()):
        day = ActivityDay(goal_id=work.goal_id, owner_id=viewer.id, local_date=on)
        reading_log.write_day(day, rows)
        session.add(day)
    session.flush()


def _follow(session: AnySession, viewer: Viewer, work: Work) -> None:
    """How far its reader is, its live goal and key results that show the work follow its days."""
    reading_log.find_place(session, work)
    live = queries.live_goal(session, work.goal_id)
    if live is not None:
        live.settled_until, live.settled, live.covered = live.starts, NOTHING.amount, []
        reading_goals.follow(session, viewer, work, live)
    feeds.follow(session, viewer, session.get_one(Goal, work.goal_id))


def _streaks(session: AnySession, viewer: Viewer) -> None:
    """All of the viewer's streaks are the runs of their days; what is one already keeps its address."""
    lived: dict[str, set[date]] = defaultdict(set)
    days = select(Work.category, ActivityDay.local_date).join(Work, Work.goal_id == ActivityDay.goal_id)
    for category, day in session.execute(days.where(ActivityDay.owner_id == viewer.id)):
        lived[category.value].add(day)
        lived[ANY].add(day)
    due = {(of, run.first, run.last) for of, on in lived.items() for run in runs(on)}
    for streak in session.scalars(select(ReadingStreak).where(ReadingStreak.owner_id == viewer.id)):
        known = (streak.category, streak.first, streak.last)
        if known in due:
            due.discard(known)
        else:
            session.delete(streak)
    session.flush()
    for of, first, last in sorted(due):
        streak = ReadingStreak(owner_id=viewer.id, category=of, first=first, last=last)
        streak.days = Run(first, last).days
        session.add(streak)
    session.flush()
