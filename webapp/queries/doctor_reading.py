"""Is what is kept of reading what the ledger says: days, streaks, what goals have settled, and whose everything is?

People are gone through one at a time and their works one by one, so that memory holds no more than one work's past.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain import reading
from webapp.domain.goals import Kind
from webapp.domain.ranges import united
from webapp.domain.reading import NOTHING, Category, Done, Read
from webapp.domain.reading_streaks import ANY, runs
from webapp.domain.tokens import Contract
from webapp.domain.tracking import Source
from webapp.models import (
    ActivityDay,
    Entry,
    Goal,
    Person,
    ReadingBatch,
    ReadingClient,
    ReadingGoal,
    ReadingStreak,
    ReadingToken,
    Token,
    Work,
)
from webapp.models.engine import AnySession
from webapp.queries.doctor_finding import Finding
from webapp.queries.reading import as_ranges, plan_row, read_of
from webapp.queries.reading_days import place_of

Shown = tuple[int, int, int, Decimal, Decimal, tuple[tuple[int, int], ...], int | None]


def reading_findings(session: AnySession) -> Iterator[Finding]:
    """Every finding; what is kept for speed is worked out anew from the entries that stand."""
    for where, statement, what in _checks():
        for number in session.scalars(statement.order_by(statement.selected_columns[0])):
            yield Finding(f"{where} {number}", what)
    last = 0
    while (person_id := session.scalar(_next_reader(last))) is not None:
        last = person_id
        yield from _reader(session, person_id)
        session.expunge_all()


def _checks() -> Iterator[tuple[str, Select[int], str]]:
    described = exists().where(Work.goal_id == Goal.id)
    goals = select(Goal.id)
    yield "goal", goals.where(Goal.kind == Kind.READING, ~described), "is of reading without its work"
    yield "goal", goals.where(Goal.kind != Kind.READING, described), "has a work and is not of reading"
    works = select(Work.goal_id).join(Goal, Goal.id == Work.goal_id)
    yield "work", works.where(Work.owner_id != Goal.owner_id), "is another person's than its goal"
    entries = select(Entry.id).join(Work, Work.goal_id == Entry.goal_id)
    said = exists().where(ReadingBatch.entry_id == Entry.id)
    yield "entry", entries.where(~said), "is about a work and does not say what was read"
    strange = entries.where(or_(Entry.subject_id != Work.owner_id, Entry.author_id != Work.owner_id))
    yield "entry", strange, "is about or by somebody else than the reader"
    elsewhere = select(ReadingBatch.entry_id).join(Entry, Entry.id == ReadingBatch.entry_id)
    yield "entry", elsewhere.where(~exists().where(Work.goal_id == Entry.goal_id)), "says what was read of no work"
    earlier = aliased(Entry)
    moved = entries.join(earlier, earlier.id == Entry.supersedes_id)
    otherwise = or_(earlier.goal_id != Entry.goal_id, earlier.local_date != Entry.local_date, Entry.value != Decimal(0))
    yield "entry", moved.where(otherwise), "takes back more than what was said of its day"
    days = select(ActivityDay.id).join(Work, Work.goal_id == ActivityDay.goal_id)
    yield "activity_day", days.where(ActivityDay.owner_id != Work.owner_id), "is another person's than its work"
    asking = aliased(Work)
    asked = days.join(ReadingGoal, ReadingGoal.id == ActivityDay.reading_goal_id)
    asked = asked.join(asking, asking.goal_id == ReadingGoal.goal_id).where(asking.owner_id != Work.owner_id)
    yield "activity_day", asked, "is measured by somebody else's goal"
    live = select(ReadingGoal.goal_id).where(ReadingGoal.ended_at.is_(None)).group_by(ReadingGoal.goal_id)
    yield "work", live.having(func.count() > 1), "has more than one live goal"
    plans = select(ReadingGoal.id)
    half = (ReadingGoal.ended_at.is_(None)) != (ReadingGoal.outcome.is_(None))
    yield "reading_goal", plans.where(half), "is over and has no outcome, or the other way round"
    erased = select(Person.id).where(Person.deleted_at.is_not(None))
    theirs = or_(exists().where(Work.owner_id == Person.id), exists().where(ReadingStreak.owner_id == Person.id))
    yield "person", erased.where(theirs), "was erased and has something to read"
    tokens = select(Token.id).join(ReadingToken, ReadingToken.token_id == Token.id)
    shut = tokens.join(ReadingClient, ReadingClient.id == ReadingToken.client_id)
    shut = shut.where(Token.revoked_at.is_(None), ReadingClient.revoked_at.is_not(None))
    yield "token", shut, "is live though its program is shut out"
    named = exists().where(ReadingToken.token_id == Token.id)
    yield (
        "token",
        select(Token.id).where(Token.contract == Contract.READING.value, ~named),
        "is for reading and of no program",
    )
    yield "token", tokens.where(Token.contract != Contract.READING.value), "is of a program and not for reading"


def _next_reader(after: int) -> Select[int]:
    """Whoever has a work or a streak, by number."""
    has = or_(exists().where(Work.owner_id == Person.id), exists().where(ReadingStreak.owner_id == Person.id))
    return select(Person.id).where(Person.id > after, has).order_by(Person.id).limit(1)


def _reader(session: AnySession, person_id: int) -> Iterator[Finding]:
    lived: dict[str, set[date]] = defaultdict(set)
    for work in session.scalars(select(Work).where(Work.owner_id == person_id).order_by(Work.goal_id)).all():
        said = _said(session, work)
        yield from _days(session, work, said)
        if (work.place, work.place_on, work.through) != place_of(session, work):
            yield Finding(f"work {work.goal_id}", "is read up to elsewhere than its days say")
        yield from _goals(session, work)
        lived[work.category] |= said.keys()
        lived[ANY] |= said.keys()
    yield from _streaks(session, person_id, lived)


def _said(session: AnySession, work: Work) -> dict[date, list[Any]]:
    """What stands of what was said of a work, by day, in the order it was said."""
    later = aliased(Entry)
    statement = (
        select(Entry.local_date, Entry.source, Entry.value)
        .add_columns(ReadingBatch.seconds, ReadingBatch.amount, ReadingBatch.verses, ReadingBatch.mushaf)
        .join(ReadingBatch, ReadingBatch.entry_id == Entry.id)
        .where(Entry.goal_id == work.goal_id, Entry.supersedes_id.is_(None))
        .where(~exists().where(later.supersedes_id == Entry.id))
        .order_by(Entry.id)
    )
    found: dict[date, list[Any]] = defaultdict(list)
    for row in session.execute(statement):
        found[row.local_date].append(row)
    return found


def _days(session: AnySession, work: Work, said: dict[date, list[Any]]) -> Iterator[Finding]:
    """Each day shows what was said of it, and there is none of which nothing was said."""
    there = {
        day.local_date: day for day in session.scalars(select(ActivityDay).where(ActivityDay.goal_id == work.goal_id))
    }
    for local_date in sorted(said.keys() - there.keys()):
        yield Finding(f"work {work.goal_id}", f"{local_date} has entries and no day")
    for local_date, day in sorted(there.items()):
        if local_date not in said or _shown(day) != _added_up(said[local_date]):
            yield Finding(f"activity_day {day.id}", "shows other than its entries come to")
        elif (day.progress is None) != (day.reading_goal_id is None):
            yield Finding(f"activity_day {day.id}", "is measured by no goal, or not measured by its goal")


def _shown(day: ActivityDay) -> Shown:
    verses = as_ranges(day.verses)
    return day.batches, day.seconds, day.by_hand, day.amount, day.filled, verses, day.mushaf


def _added_up(said: Sequence[Any]) -> Shown:
    seconds = sum(one.seconds for one in said)
    by_hand = sum(one.seconds for one in said if one.source is Source.PAGE)
    amount = sum((one.amount for one in said), Decimal(0))
    verses = united(*(as_ranges(one.verses) for one in said))
    mushaf = next((one.mushaf for one in reversed(said) if one.mushaf is not None), None)
    filled = Read(seconds, amount, verses).filled(mushaf)
    return len(said), seconds, by_hand, amount, filled, verses, mushaf


def _goals(session: AnySession, work: Work) -> Iterator[Finding]:
    """What a live goal has settled, and whether it is reached, is what the days since it was begun come to."""
    for goal in session.scalars(select(ReadingGoal).where(ReadingGoal.goal_id == work.goal_id)):
        where, plan = f"reading_goal {goal.id}", plan_row(goal)
        if goal.settled_until < goal.starts:
            yield Finding(where, "has settled days before it was begun")
        if goal.ended_at is not None:
            continue
        days = select(ActivityDay.local_date, ActivityDay.seconds, ActivityDay.amount, ActivityDay.verses)
        days = days.where(ActivityDay.goal_id == work.goal_id, ActivityDay.local_date >= goal.starts)
        read = {row.local_date: read_of(row) for row in session.execute(days)}
        daily = plan.terms.duration is None
        before = [] if daily else [one for day, one in read.items() if day < goal.settled_until]
        settled = Done().after(plan.terms, before)
        if (goal.settled, as_ranges(goal.covered)) != (settled.amount, settled.verses):
            yield Finding(where, "has settled other than its days come to")
        up_to = settled.after(plan.terms, [read.get(goal.settled_until, NOTHING)])
        standing = reading.standing(plan.terms, up_to, goal.settled_until)
        if (goal.reached_at is not None) != (standing is not None and standing.reached):
            yield Finding(where, "says otherwise than its days whether it is reached")


def _streaks(session: AnySession, person_id: int, lived: dict[str, set[date]]) -> Iterator[Finding]:
    """The rows are the runs of the days, of each category and of all."""
    rows = select(ReadingStreak).where(ReadingStreak.owner_id == person_id)
    there: dict[str, set[tuple[date, date, int]]] = defaultdict(set)
    for row in session.scalars(rows):
        there[row.category].add((row.first, row.last, row.days))
    for category in (*Category, ANY):
        due = {(run.first, run.last, run.days) for run in runs(lived[category])}
        if there.pop(category, set()) != due:
            yield Finding(f"person {person_id}", f"has streaks of {category} that their days do not come to")
    for category in sorted(there):
        yield Finding(f"person {person_id}", f"has streaks of {category}, which nobody reads")
