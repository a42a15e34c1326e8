"""Grouping goals by words of one's own."""

from collections.abc import Iterable

from sqlalchemy import delete, func, insert, select

from webapp.domain.errors import Invalid, Problem
from webapp.domain.goals import TAGS_PER_PERSON, tag_names
from webapp.domain.people import Viewer
from webapp.models import Goal, GoalTag, Tag
from webapp.models.engine import AnySession


def carry(session: AnySession, viewer: Viewer, goal: Goal, names: Iterable[str]) -> bool:
    """The viewer's goal carries exactly these tags; returns whether that is new. A tag no goal carries is gone.

    Case makes no difference: the first spelling stays. Raises Invalid when they would be over a hundred.
    """
    wanted = {viewer.words.fingerprint(name.casefold()): name for name in tag_names(names)}
    carried = set(session.scalars(select(GoalTag.tag_id).where(GoalTag.goal_id == goal.id)))
    if not wanted and not carried:
        return False
    known = select(Tag.fingerprint, Tag.id).where(Tag.owner_id == viewer.id, Tag.fingerprint.in_(wanted))
    ids = {row.fingerprint: row.id for row in session.execute(known)}
    _refuse_too_many(session, viewer, len(wanted) - len(ids))
    for fingerprint, name in wanted.items():
        if fingerprint not in ids:
            tag = Tag(owner_id=viewer.id, fingerprint=fingerprint, created_at=viewer.now)
            tag.name = viewer.words.seal("tag.name", name)
            session.add(tag)
            session.flush()
            ids[fingerprint] = tag.id
    added, dropped = set(ids.values()) - carried, carried - set(ids.values())
    if added:
        session.execute(insert(GoalTag), [{"goal_id": goal.id, "tag_id": tag_id} for tag_id in sorted(added)])
    if dropped:
        session.execute(delete(GoalTag).where(GoalTag.goal_id == goal.id, GoalTag.tag_id.in_(dropped)))
        unused = ~select(GoalTag.tag_id).where(GoalTag.tag_id == Tag.id).exists()
        session.execute(delete(Tag).where(Tag.owner_id == viewer.id, Tag.id.in_(dropped), unused))
    return bool(added or dropped)


def _refuse_too_many(session: AnySession, viewer: Viewer, new: int) -> None:
    if new <= 0:
        return
    there = session.scalar(select(func.count()).select_from(Tag).where(Tag.owner_id == viewer.id)) or 0
    if there + new > TAGS_PER_PERSON:
        raise Invalid([Problem("tags", "too_many_tags", {"most": TAGS_PER_PERSON})])
