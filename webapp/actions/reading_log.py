"""What was read goes into the ledger, batch by batch, and everything that is kept of it follows in the same
transaction: the day, the streaks, the goal, and what a key result shows of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from webapp.actions import feeds, reading_goals, reading_streaks, works
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, Problem
from webapp.domain.people import Viewer
from webapp.domain.ranges import united
from webapp.domain.reading import SECONDS_A_DAY, Category, Read
from webapp.domain.reading_drafts import ReadingDraft
from webapp.domain.tracking import Mode, Source
from webapp.models import ActivityDay, Entry, Goal, ReadingBatch, Work
from webapp.models.engine import AnySession
from webapp.queries import reading as queries
from webapp.queries.reading_days import BatchRow, batches_on, find_day, place_of


@dataclass(frozen=True, slots=True)
class Logged:
    """What was said: the public id of its entry, and the day it counts for."""

    entry_id: str
    day: date


def log(
    session: AnySession,
    viewer: Viewer,
    draft: ReadingDraft,
    category: Category,
    *,
    work_id: str = "",
    source: Source = Source.PAGE,
) -> Logged:
    """What the viewer read is added to its day; `work_id` is the public id of a book, which goes before the category.

    Said again under its `source_uid` it adds nothing. Raises NotFound, and Invalid by field.
    """
    works.hold(session, viewer)
    book = queries.find_work(session, viewer, work_id) if work_id else None
    category = book.category if book else category
    if problems := draft.check(category, viewer.today):
        raise Invalid(problems)
    uid = f"r:{draft.source_uid}" if draft.source_uid else None  # other programs' entries have theirs
    if uid and (known := _said_before(session, viewer, uid)) is not None:
        return Logged(known.public_id, known.local_date)
    if book is None and category is Category.BOOK:
        raise Invalid([Problem("category", "which_book")])
    work = book or works.of_category(session, viewer, category)
    on = draft.day or viewer.today
    day = find_day(session, work.goal_id, on)
    if (day.seconds if day else 0) + (draft.seconds or 0) > SECONDS_A_DAY:
        raise Invalid([Problem("seconds", "day_is_full")])
    mushaf = draft.mushaf or work.mushaf
    read = Read(draft.seconds or 0, draft.amount or Decimal(0), united(draft.verses))
    entry = _entry(session, viewer, work, on, read.filled(mushaf), source)
    entry.source_uid = uid
    verses = [list(part) for part in read.verses]
    session.add(ReadingBatch(entry_id=entry.id, seconds=read.seconds, amount=read.amount, verses=verses, mushaf=mushaf))
    work.mushaf = mushaf
    _advance(work, read, on)
    if day is None:
        day = ActivityDay(goal_id=work.goal_id, owner_id=viewer.id, local_date=on)
        session.add(day)
        write_day(day, [])
    add_to_day(day, BatchRow(entry.public_id, on, entry.at, read, entry.value or Decimal(0), mushaf, source))
    _follow(session, viewer, work, on, day)
    record(session, Tag.READING_LOG, at=viewer.now, viewer=viewer, thing=entry)
    session.flush()
    return Logged(entry.public_id, on)


def take_back(session: AnySession, viewer: Viewer, entry_id: str) -> date:
    """What the viewer said they read counts no more; the ledger keeps both. Repeated, it changes nothing.

    Returns its day; raises NotFound.
    """
    works.hold(session, viewer)
    entry, work = queries.find_batch(session, viewer, entry_id)
    if session.scalar(select(Entry.id).where(Entry.supersedes_id == entry.id)) is not None:
        return entry.local_date
    instead = _entry(session, viewer, work, entry.local_date, Decimal(0), entry.source)
    instead.supersedes_id = entry.id
    session.flush()
    session.add(ReadingBatch(entry_id=instead.id, verses=[]))
    session.flush()
    day = _count_anew(session, work, entry.local_date)
    find_place(session, work)
    _follow(session, viewer, work, entry.local_date, day)
    record(session, Tag.READING_TAKE_BACK, at=viewer.now, viewer=viewer, thing=instead)
    session.flush()
    return entry.local_date


def find_place(session: AnySession, work: Work) -> None:
    """The work knows how far its reader is by what stands."""
    session.flush()
    work.place, work.place_on, work.through = place_of(session, work)


def _advance(work: Work, read: Read, on: date) -> None:
    """The work knows how far its reader is, as `find_place` says, without looking back."""
    if work.category is not Category.QURAN:
        work.through += read.amount
        work.place = int(work.through) if work.through else None
    elif read.verses and (work.place_on is None or on >= work.place_on):
        work.place, work.place_on = read.verses[-1][1], on


def _said_before(session: AnySession, viewer: Viewer, source_uid: str) -> Entry | None:
    return session.scalars(
        select(Entry).where(Entry.subject_id == viewer.id, Entry.source_uid == source_uid)
    ).one_or_none()


def _entry(session: AnySession, viewer: Viewer, work: Work, day: date, value: Decimal, source: Source) -> Entry:
    entry = Entry(goal_id=work.goal_id, subject_id=viewer.id, author_id=viewer.id, local_date=day, value=value)
    entry.at = entry.recorded_at = viewer.now
    entry.zone, entry.mode, entry.source = viewer.zone, Mode.ADD, source
    session.add(entry)
    session.flush()
    return entry


def write_day(day: ActivityDay, said: Iterable[BatchRow]) -> None:
    """The day is what was said of it and nothing else."""
    day.batches = day.seconds = day.by_hand = 0
    day.amount = day.filled = Decimal(0)
    day.verses, day.mushaf = [], None
    for one in said:
        add_to_day(day, one)


def add_to_day(day: ActivityDay, said: BatchRow) -> None:
    """The day has what was said as well: seconds and amounts added up, verses united."""
    read = queries.read_of(day).and_(said.read)
    day.batches += 1
    day.seconds, day.amount = read.seconds, read.amount
    day.by_hand += said.read.seconds if said.source is Source.PAGE else 0
    day.verses = [list(part) for part in read.verses]
    day.mushaf = said.mushaf if said.mushaf is not None else day.mushaf
    day.filled = read.filled(day.mushaf)


def _count_anew(session: AnySession, work: Work, on: date) -> ActivityDay | None:
    """The day is what stands of what was said of it; None when nothing does."""
    day, said = find_day(session, work.goal_id, on), batches_on(session, work.goal_id, on)
    if day is None or said:
        if day is not None:
            write_day(day, said)
        return day
    session.delete(day)
    session.flush()
    return None


def _follow(session: AnySession, viewer: Viewer, work: Work, on: date, day: ActivityDay | None) -> None:
    """What hangs on a day follows it: the streaks, the goal, and key results that show the work."""
    session.flush()
    reading_streaks.follow(session, viewer, work.category, on)
    _follow_goal(session, viewer, work, on, day)
    feeds.follow(session, viewer, session.get_one(Goal, work.goal_id))


def _follow_goal(session: AnySession, viewer: Viewer, work: Work, on: date, day: ActivityDay | None) -> None:
    goal = queries.live_goal(session, work.goal_id)
    if goal is None or on < goal.starts:
        if day is not None:
            reading_goals.measure(session, day)
        return
    if on < goal.settled_until:  # it may have counted what is otherwise now
        goal.settled_until, goal.settled, goal.covered = goal.starts, Decimal(0), []
    reading_goals.follow(session, viewer, work, goal)
    if day is not None and on != viewer.today:
        reading_goals.ask(day, goal, queries.done_before(session, work.goal_id, queries.plan_row(goal), on))
