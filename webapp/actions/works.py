"""Works: the Quran, courses and programmes, of which everybody has one of each once they need it, and books."""

from sqlalchemy import func, select

from webapp.actions.audit import Tag, record
from webapp.domain import quran
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.domain.reading import UNITS, Category, Unit
from webapp.domain.reading_drafts import WORKS_PER_PERSON, WorkDraft
from webapp.models import Goal, Person, Work
from webapp.models.engine import AnySession
from webapp.queries import reading as queries


def hold(session: AnySession, viewer: Viewer) -> None:
    """Nothing of what the viewer reads is written by anybody else before this transaction ends."""
    session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update(key_share=True))


def of_category(session: AnySession, viewer: Viewer, category: Category) -> Work:
    """The viewer's one work of a category other than books, made now if there was none; the caller holds the viewer."""
    work = queries.work_of_category(session, viewer, category)
    if work is None:
        unit = UNITS.get(category, Unit.PARTS)
        mushaf = quran.USUAL_MUSHAF if category is Category.QURAN else None
        work = Work(goal_id=_goal(session, viewer).id, owner_id=viewer.id, category=category, unit=unit, mushaf=mushaf)
        session.add(work)
        session.flush()
    return work


def add(session: AnySession, viewer: Viewer, draft: WorkDraft) -> Work:
    """The viewer has a book to read; raises Invalid, also when they have as many as anybody may have."""
    hold(session, viewer)
    problems = draft.check()
    mine = (Work.owner_id == viewer.id, Work.category == Category.BOOK)
    if not problems and (session.scalar(select(func.count()).where(*mine)) or 0) >= WORKS_PER_PERSON:
        problems = [Problem("", "too_many", {"most": WORKS_PER_PERSON})]
    if problems or draft.unit is None:
        raise Invalid(problems)
    goal = _goal(session, viewer)
    goal.title, goal.colour = viewer.words.seal("goal.title", draft.title.strip()), draft.colour
    work = Work(goal_id=goal.id, owner_id=viewer.id, category=Category.BOOK, unit=draft.unit, size=draft.size)
    session.add(work)
    record(session, Tag.WORK_ADD, at=viewer.now, viewer=viewer, thing=goal)
    session.flush()
    return work


def change(session: AnySession, viewer: Viewer, public_id: str, draft: WorkDraft) -> Work:
    """The viewer's book is as the draft says; its unit stays once something of it was read.

    Raises NotFound, and Invalid by field.
    """
    hold(session, viewer)
    work = queries.find_work(session, viewer, public_id)
    if work.category is not Category.BOOK:
        raise NotFound
    problems = draft.check()
    if not problems and draft.unit is not work.unit and work.place is not None:
        problems = [Problem("unit", "already_read")]
    if problems or draft.unit is None:
        raise Invalid(problems)
    goal = session.get_one(Goal, work.goal_id)
    goal.title, goal.colour = viewer.words.seal("goal.title", draft.title.strip()), draft.colour
    goal.updated_at = viewer.now
    work.unit, work.size = draft.unit, draft.size
    record(session, Tag.WORK_CHANGE, at=viewer.now, viewer=viewer, thing=goal)
    session.flush()
    return work


def put_away(session: AnySession, viewer: Viewer, public_id: str) -> None:
    """The book is out of the way with all that was read of it; again changes nothing. Raises NotFound."""
    _shelve(session, viewer, public_id, away=True)


def bring_back(session: AnySession, viewer: Viewer, public_id: str) -> None:
    """The book is in sight again, with its goal as it was; again changes nothing. Raises NotFound."""
    _shelve(session, viewer, public_id, away=False)


def _shelve(session: AnySession, viewer: Viewer, public_id: str, *, away: bool) -> None:
    hold(session, viewer)
    work = queries.find_work(session, viewer, public_id)
    if work.category is not Category.BOOK:
        raise NotFound
    goal = session.get_one(Goal, work.goal_id)
    if (goal.archived_at is not None) is away:
        return
    goal.archived_at = viewer.now if away else None
    tag = Tag.WORK_PUT_AWAY if away else Tag.WORK_BRING_BACK
    record(session, tag, at=viewer.now, viewer=viewer, thing=goal)
    session.flush()


def _goal(session: AnySession, viewer: Viewer) -> Goal:
    goal = Goal(kind=Kind.READING, owner_id=viewer.id, created_at=viewer.now, updated_at=viewer.now)
    goal.title = viewer.words.seal("goal.title", "")
    session.add(goal)
    session.flush()
    return goal
