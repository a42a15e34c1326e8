"""What people of the demo read: ten months of the Quran, a khatm on its way, a book, and some minutes a day.

What lies long back is written in one go; the days of goals go through the same doors as anybody's.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select

from webapp.actions import reading_clients, reading_goals, reading_log, works
from webapp.demo.history import QUIET_WEEKS, on
from webapp.demo.people import public_id
from webapp.domain import quran
from webapp.domain.days import days_between, instant_of, shifted
from webapp.domain.people import Viewer
from webapp.domain.reading import Asks, Category, Read
from webapp.domain.reading_drafts import PlanDraft, ReadingDraft, WorkDraft
from webapp.domain.reading_streaks import ANY, runs
from webapp.domain.tracking import Mode, Source
from webapp.models import ActivityDay, Entry, Goal, Organisation, ReadingBatch, ReadingClient, ReadingStreak, Work
from webapp.models.engine import AnySession
from webapp.queries import reading as queries
from webapp.queries.reading_days import BatchRow

BEGAN, KHATM_BEGAN, BOOK_BEGAN = 305, 12, 20
"""So many days ago each of it was begun."""
MISSED = frozenset({8, 4})
"""The days of the khatm on which nothing was read, in days ago."""
MORNING, EVENING = time(6), time(21)
KHATM = PlanDraft(Category.QURAN, Asks.RANGE, span=quran.WHOLE, duration=30, mushaf=quran.USUAL_MUSHAF)
BOOK = WorkDraft("Middlemarch", size=880, colour=4)
TEN_MINUTES = PlanDraft(Category.QURAN, Asks.TIME, amount=600)


def tell(session: AnySession, viewers: dict[str, Viewer]) -> None:
    """The client reads the Quran and a book, the peer some minutes a day."""
    client, peer = viewers["client"], viewers["peer"]
    _long_back(session, client)
    _khatm(session, client)
    _book(session, client)
    _minutes(session, peer)
    for role in ("client", "peer"):
        _address(session, role, viewers[role])


def program(session: AnySession, home: Organisation, now: datetime) -> ReadingClient:
    """A program of the reading contract that members of the organisation may let act for them."""
    client = reading_clients.make(session, "A program of the demo", now, organisation_id=home.id)
    client.public_id = public_id("reading client")
    client.client_id = f"reading-{client.public_id}"
    return client


def _long_back(session: AnySession, viewer: Viewer) -> None:
    """Two pages on most days, until the khatm was begun; which pages is decided by the date."""
    work = works.of_category(session, on(viewer, shifted(viewer.today, -BEGAN), MORNING), Category.QURAN)
    lived = [day for day in _days(viewer, BEGAN, KHATM_BEGAN + 1) if _reads(day, 0.93)]
    reads = []
    for day in lived:
        page = day.toordinal() * 2 % 600 + 1
        verses = quran.verses_on(page, page + 1)
        assert verses is not None
        reads.append((day, Read(seconds=240 + day.toordinal() * 7 % 90, verses=(verses,))))
    _write(session, viewer, work, reads)
    for category in (Category.QURAN.value, ANY):
        for run in runs(lived):
            streak = ReadingStreak(owner_id=viewer.id, category=category, first=run.first, last=run.last, days=run.days)
            session.add(streak)
    session.flush()


def _write(session: AnySession, viewer: Viewer, work: Work, reads: Iterable[tuple[date, Read]]) -> None:
    """Entries with what they say and the days they come to, a batch a day, of a work nobody means to read."""
    said = [(_entry(viewer, work, day, read), read) for day, read in reads]
    session.add_all(entry for entry, _ in said)
    session.flush()
    for entry, read in said:
        verses = [list(part) for part in read.verses]
        session.add(ReadingBatch(entry_id=entry.id, seconds=read.seconds, verses=verses, mushaf=work.mushaf))
        day = ActivityDay(goal_id=work.goal_id, owner_id=viewer.id, local_date=entry.local_date)
        value = entry.value or Decimal(0)
        row = BatchRow(entry.public_id, entry.local_date, entry.at, read, value, work.mushaf, entry.source)
        reading_log.write_day(day, [row])
        session.add(day)
    session.flush()


def _entry(viewer: Viewer, work: Work, day: date, read: Read) -> Entry:
    at = instant_of(day, MORNING, viewer.zone) + timedelta(minutes=day.toordinal() % 50)
    entry = Entry(goal_id=work.goal_id, subject_id=viewer.id, author_id=viewer.id, local_date=day)
    entry.at = entry.recorded_at = at
    entry.zone, entry.mode, entry.source, entry.value = viewer.zone, Mode.ADD, Source.API, read.filled(work.mushaf)
    return entry


def _khatm(session: AnySession, viewer: Viewer) -> None:
    """The whole Quran in thirty days: each day what it asks, but for two, and today the first half."""
    goal = reading_goals.start(session, _then(viewer, KHATM_BEGAN), KHATM)
    goal.public_id = public_id("reading goal", "client", "khatm")
    work = session.get_one(Goal, goal.goal_id).public_id
    for ago in range(KHATM_BEGAN, -1, -1):
        if ago in MISSED:
            continue
        then = _then(viewer, ago)
        standing = queries.reading_of(session, then, work).today
        assert standing is not None
        verses = standing.portion.verses
        if not ago:
            verses = quran.first_part(verses, quran.pages_of(verses) / 2)
        draft = ReadingDraft(seconds=quran.seconds_for(verses), verses=verses, mushaf=KHATM.mushaf)
        reading_log.log(session, then, draft, Category.QURAN)


def _book(session: AnySession, viewer: Viewer) -> None:
    """A novel in sixty days, some evenings; a number mistyped once was taken back."""
    work = works.add(session, _then(viewer, BOOK_BEGAN, EVENING), BOOK)
    goal = session.get_one(Goal, work.goal_id)
    goal.public_id = public_id("work", "client", "book")
    session.flush()
    plan = PlanDraft(Category.BOOK, Asks.AMOUNT, amount=BOOK.size, duration=60)
    begun = reading_goals.start(session, _then(viewer, BOOK_BEGAN, EVENING), plan, goal.public_id)
    begun.public_id = public_id("reading goal", "client", "book")
    for ago in range(BOOK_BEGAN, 0, -1):
        day, then = shifted(viewer.today, -ago), _then(viewer, ago, EVENING)
        if ago not in MISSED and not _reads(day, 0.6):
            continue
        pages = ReadingDraft(amount=Decimal(10 + day.toordinal() % 14))
        if ago == BOOK_BEGAN:
            wrong = reading_log.log(
                session, then, ReadingDraft(amount=Decimal(250)), Category.BOOK, work_id=goal.public_id
            )
            reading_log.take_back(session, then, wrong.entry_id)
        reading_log.log(session, then, pages, Category.BOOK, work_id=goal.public_id)


def _minutes(session: AnySession, viewer: Viewer) -> None:
    """Ten minutes a day, most days."""
    goal = reading_goals.start(session, _then(viewer, KHATM_BEGAN), TEN_MINUTES)
    goal.public_id = public_id("reading goal", "peer", "minutes")
    for ago in range(KHATM_BEGAN, 0, -1):
        day = shifted(viewer.today, -ago)
        if _reads(day, 0.8):
            seconds = 60 * (8 + day.toordinal() % 6)
            reading_log.log(session, _then(viewer, ago), ReadingDraft(seconds=seconds), Category.QURAN)


def _then(viewer: Viewer, ago: int, wall: time = MORNING) -> Viewer:
    """The same person at this time so many days ago, today no later than it is."""
    then = on(viewer, shifted(viewer.today, -ago), wall)
    return replace(then, now=min(then.now, viewer.now))


def _days(viewer: Viewer, first: int, last: int) -> Iterable[date]:
    """The days between so many and so many days ago, both included."""
    return days_between(shifted(viewer.today, -first), shifted(viewer.today, -last))


def _reads(day: date, chance: float) -> bool:
    if (day.month, day.isocalendar().week) in QUIET_WEEKS:
        chance /= 2
    return Random(f"reading|{day.isoformat()}").random() < chance  # noqa: S311 - a story, not a secret


def _address(session: AnySession, role: str, viewer: Viewer) -> None:
    """Works, days and streaks have the same address in every demo."""
    session.flush()
    mine = select(Goal, Work).join(Work, Work.goal_id == Goal.id).where(Work.owner_id == viewer.id)
    for goal, work in session.execute(mine):
        goal.public_id = public_id("work", role, work.category)
        for day in session.scalars(select(ActivityDay).where(ActivityDay.goal_id == goal.id)):
            day.public_id = public_id("activity day", role, work.category, day.local_date.isoformat())
    for streak in session.scalars(select(ReadingStreak).where(ReadingStreak.owner_id == viewer.id)):
        streak.public_id = public_id("reading streak", role, streak.category, streak.first.isoformat())
    session.flush()
