"""Saying something about a goal, taking it back, and having read it."""

from webapp.actions.audit import Tag, record
from webapp.domain.comments import COMMENTS_ON_ONE, CommentDraft, Listener
from webapp.domain.errors import Invalid, Problem
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.models import Comment, CommentMention, Goal
from webapp.models.engine import AnySession
from webapp.queries import comments as queries
from webapp.queries import goals as goal_queries
from webapp.queries.reviews import owner_words


def write(session: AnySession, viewer: Viewer, goal: Goal, draft: CommentDraft) -> Comment:
    """The goal has one more comment, those named in it are told, and what named the viewer there is read.

    About a private goal it is between its owner and one therapist, or the owner's alone. Raises Invalid with every
    problem, NotFound for whom there is no such goal.
    """
    require(viewer, Permission.GOAL_READ, goal_queries.facts_of(session, viewer, goal))
    problems = draft.check()
    between_id, readers = _readers(session, viewer, goal, draft, problems)
    if set(draft.tell) - {one.id for one in readers}:
        problems.append(Problem("tell", "unknown_choice"))
    if queries.count_on(session, goal) >= COMMENTS_ON_ONE:
        problems.append(Problem("", "too_many_comments", {"most": COMMENTS_ON_ONE}))
    if problems:
        raise Invalid(problems)
    body = owner_words(session, viewer, goal).seal("comment.body", draft.text.strip())
    comment = Comment(goal_id=goal.id, author_id=viewer.id, between_id=between_id, body=body, at=viewer.now)
    session.add(comment)
    session.flush()
    told = draft.told(readers)
    session.add_all(CommentMention(comment_id=comment.id, person_id=one.number) for one in told)
    read(session, viewer, goal)
    _record(session, viewer, Tag.COMMENT_WRITE, comment, goal)
    return comment


def delete(session: AnySession, viewer: Viewer, public_id: str) -> Goal:
    """The viewer's own comment is gone, and can come back; returns what it was about. Raises Refused and NotFound."""
    comment, goal = queries.find(session, viewer, public_id)
    require(viewer, Permission.COMMENT_DELETE, queries.facts_of(session, viewer, comment, goal))
    comment.deleted_at = viewer.now
    _record(session, viewer, Tag.COMMENT_DELETE, comment, goal)
    return goal


def undelete(session: AnySession, viewer: Viewer, public_id: str) -> Goal:
    """The viewer's deleted comment is back, for whoever may read the goal still; returns what it is about."""
    comment, goal = queries.find(session, viewer, public_id, deleted=True)
    comment.deleted_at = None
    _record(session, viewer, Tag.COMMENT_RESTORE, comment, goal)
    return goal


def read(session: AnySession, viewer: Viewer, goal: Goal) -> int:
    """Nothing on the goal names the viewer unread any more; returns how many comments did."""
    unread = queries.unread_on(session, viewer, goal)
    for mention in unread:
        mention.seen_at = viewer.now
    if unread:
        _record(session, viewer, Tag.COMMENT_READ, goal, goal)
    return len(unread)


def _readers(
    session: AnySession, viewer: Viewer, goal: Goal, draft: CommentDraft, problems: list[Problem]
) -> tuple[int | None, list[Listener]]:
    """Between whom it is said, and who beside the viewer reads it."""
    listeners = list(queries.listeners(session, viewer, goal))
    if not goal.kind.is_private:
        return None, listeners
    if goal.owner_id != viewer.id:
        return viewer.id, listeners
    if not draft.between:
        return None, []
    chosen = [one for one in listeners if one.id == draft.between]
    if not chosen:
        problems.append(Problem("between", "unknown_choice"))
        return None, []
    return chosen[0].number, chosen


def _record(session: AnySession, viewer: Viewer, tag: Tag, thing: Comment | Goal, goal: Goal) -> None:
    """The log knows of it; no organisation does when the goal is private."""
    owner, home = goal.owner_id, goal.organisation_id
    record(session, tag, at=viewer.now, viewer=viewer, subject_id=owner, organisation_id=home, thing=thing)
    session.flush()
