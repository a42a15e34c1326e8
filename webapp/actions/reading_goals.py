"""Reading goals: begun, changed, ended and taken up again by whose they are (domain rules §11)."""

from dataclasses import replace
from datetime import date, datetime

from webapp.actions import works
from webapp.actions.audit import Tag, record
from webapp.domain import reading
from webapp.domain.errors import Conflict, Invalid, NotFound, Problem
from webapp.domain.goals import Outcome
from webapp.domain.people import Viewer
from webapp.domain.reading import Category, Done
from webapp.domain.reading_drafts import PlanChanges, PlanDraft
from webapp.models import ActivityDay, ReadingGoal, Work
from webapp.models.engine import AnySession
from webapp.queries import reading as queries
from webapp.queries.reading_days import find_day


def start(session: AnySession, viewer: Viewer, draft: PlanDraft, work_id: str = "") -> ReadingGoal:
    """The viewer means to read this, from today on; `work_id` is the public id of a book.

    A goal of the same work that is reached is over by it. Raises NotFound, and Invalid by field, also when another goal
    of the work is live: it is named.
    """
    works.hold(session, viewer)
    book = queries.find_work(session, viewer, work_id) if work_id else None
    if book is not None:
        draft = replace(draft, category=book.category, size=book.size)
    elif draft.category is not None and draft.mushaf is None:
        known = queries.work_of_category(session, viewer, draft.category)
        draft = replace(draft, mushaf=known.mushaf if known else None)
    if problems := draft.check():
        raise Invalid(problems)
    assert draft.category is not None
    if book is None and draft.category is Category.BOOK:
        raise Invalid([Problem("category", "which_book")])
    work = book or works.of_category(session, viewer, draft.category)
    _make_room(session, viewer, work)
    goal = ReadingGoal(goal_id=work.goal_id, created_at=viewer.now, starts=viewer.today, settled_until=viewer.today)
    session.add(goal)
    _say(goal, work, draft, viewer.now)
    follow(session, viewer, work, goal)
    record(session, Tag.READING_START, at=viewer.now, viewer=viewer, thing=goal)
    session.flush()
    return goal


def change(
    session: AnySession, viewer: Viewer, public_id: str, changes: PlanChanges, *, seen: int | None = None
) -> ReadingGoal:
    """The viewer's live goal asks what the changes say, over the days since it was begun; repeated, nothing changes.

    Raises NotFound, Conflict when it is no longer the version that was seen and would change, and Invalid by field.
    """
    works.hold(session, viewer)
    goal, work = queries.find_goal(session, viewer, public_id)
    said = _said(goal, work)
    draft = changes.applied(said)
    if draft == said:
        return goal
    if seen is not None and seen != goal.version:
        raise Conflict("changed_meanwhile")
    draft = draft if draft.category is work.category else replace(draft, size=None)
    if problems := draft.check():
        raise Invalid(problems)
    assert draft.category is not None
    if draft.category is not work.category:
        if draft.category is Category.BOOK:
            raise Invalid([Problem("category", "which_book")])
        work = works.of_category(session, viewer, draft.category)
        _make_room(session, viewer, work)
        goal.goal_id = work.goal_id
    _say(goal, work, draft, viewer.now)
    goal.version += 1
    _forget(goal)
    follow(session, viewer, work, goal)
    record(session, Tag.READING_CHANGE, at=viewer.now, viewer=viewer, thing=goal)
    session.flush()
    return goal


def end(session: AnySession, viewer: Viewer, public_id: str, category: Category | None = None) -> ReadingGoal:
    """The viewer's goal is over; what was read stays. Raises NotFound, also where it is of another category."""
    works.hold(session, viewer)
    goal, work = queries.find_goal(session, viewer, public_id)
    if category is not None and category is not work.category:
        raise NotFound
    _over(session, viewer, goal)
    return goal


def resume(session: AnySession, viewer: Viewer, public_id: str) -> ReadingGoal:
    """The goal that the viewer ended is live again, with its days as they were; raises NotFound, and Invalid when
    another goal of the work is live by now."""
    works.hold(session, viewer)
    goal, work = queries.find_goal(session, viewer, public_id, over=True)
    _make_room(session, viewer, work)
    goal.ended_at = goal.outcome = None
    _forget(goal)
    follow(session, viewer, work, goal)
    record(session, Tag.READING_RESUME, at=viewer.now, viewer=viewer, thing=goal)
    session.flush()
    return goal


def follow(session: AnySession, viewer: Viewer, work: Work, goal: ReadingGoal) -> None:
    """What stands of the goal is what its days come to: settled up to today, whether it is reached, today's portion.

    A day lived further east than somebody is by now counts as any other; the day before the goal was begun does not.
    """
    session.flush()
    plan = queries.plan_row(goal)
    before = queries.done_before(session, work.goal_id, plan, viewer.today)
    goal.settled_until = max(viewer.today, goal.starts)
    goal.settled, goal.covered = before.amount, [list(part) for part in before.verses]
    since = queries.days_between(session, work.goal_id, goal.settled_until, date.max)
    standing = reading.standing(plan.terms, before.after(plan.terms, since), viewer.today)
    reached = standing is not None and standing.reached
    goal.reached_at = (goal.reached_at or viewer.now) if reached else None
    day = find_day(session, work.goal_id, viewer.today)
    if day is not None and day.local_date >= goal.starts and not _was_another_goals(session, day, goal):
        ask(day, goal, before)


def _was_another_goals(session: AnySession, day: ActivityDay, goal: ReadingGoal) -> bool:
    """Whether the day is one of a goal that was reached: it stays its day."""
    if day.reading_goal_id in (None, goal.id):
        return False
    return session.get_one(ReadingGoal, day.reading_goal_id).outcome is Outcome.ACHIEVED


def ask(day: ActivityDay, goal: ReadingGoal, before: Done) -> None:
    """The day keeps what the goal asked of it, given what was done before, and how far it is."""
    terms = queries.plan_row(goal).terms
    portion = reading.portion(terms, before, day.local_date)
    day.reading_goal_id, day.asks, day.asked = goal.id, terms.asks, portion.amount
    day.asked_verses = [list(part) for part in portion.verses]
    day.progress = reading.day_of(terms, portion, queries.day_row(day).read).progress


def measure(session: AnySession, day: ActivityDay) -> None:
    """The day is as far as what was read on it reaches of what was asked of it, also when the goal is over."""
    asked = queries.day_row(day).asked
    if day.reading_goal_id is not None and day.asks is not None and asked is not None:
        terms = queries.plan_row(session.get_one(ReadingGoal, day.reading_goal_id)).terms
        terms = replace(terms, asks=day.asks)  # as it was asked then
        day.progress = reading.day_of(terms, asked, queries.day_row(day).read).progress


def _make_room(session: AnySession, viewer: Viewer, work: Work) -> None:
    """The work has no live goal; raises Invalid when it has one that is not reached."""
    live = queries.live_goal(session, work.goal_id)
    if live is None:
        return
    if live.reached_at is None:
        raise Invalid([Problem("category", "goal_is_live", {"id": live.public_id})])
    _over(session, viewer, live)


def _over(session: AnySession, viewer: Viewer, goal: ReadingGoal) -> None:
    goal.ended_at = goal.updated_at = viewer.now
    goal.outcome = Outcome.ACHIEVED if goal.reached_at else Outcome.ABANDONED
    record(session, Tag.READING_END, at=viewer.now, viewer=viewer, thing=goal)
    session.flush()


def _forget(goal: ReadingGoal) -> None:
    """Nothing of the goal is settled, so that it is worked out anew."""
    goal.settled_until, goal.settled, goal.covered = goal.starts, reading.NOTHING.amount, []


def _said(goal: ReadingGoal, work: Work) -> PlanDraft:
    """What the goal asks, as a draft says it."""
    terms = queries.plan_row(goal).terms
    return PlanDraft(work.category, terms.asks, terms.amount, terms.span, terms.duration, terms.mushaf, work.size)


def _say(goal: ReadingGoal, work: Work, draft: PlanDraft, now: datetime) -> None:
    assert draft.asks is not None
    goal.asks, goal.amount, goal.duration = draft.asks, draft.amount, draft.duration
    goal.first_verse, goal.last_verse = draft.span or (None, None)
    goal.mushaf = draft.mushaf or work.mushaf
    goal.updated_at = now
