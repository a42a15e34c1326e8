"""Comments on goals, always through the viewer: what they may read, and where somebody named them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from webapp.domain.comments import Listener
from webapp.domain.errors import NotFound
from webapp.domain.people import MembershipStatus, Viewer
from webapp.domain.policy import CommentFacts
from webapp.models import Comment, CommentMention, Goal, Membership, Objective, Person
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries.reviewers import IS_HERE, eligible
from webapp.queries.reviews import owner_words
from webapp.queries.visibility import comments_visible_to

MENTIONS_LISTED = 20


@dataclass(frozen=True, slots=True)
class Said:
    """One comment, opened: `author` is None when they are no longer here, `alone` whether only the owner reads it.

    `to` is the therapist to whom the owner, who is looking, said it; `told` are the names of those who were told.
    """

    id: str
    author: str | None
    mine: bool
    alone: bool
    to: str | None
    at: datetime
    text: str = field(repr=False)
    told: tuple[str, ...]
    unread: bool
    """Whether it names the viewer, who has not said yet that they read it."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named the viewer: `goal` is the public id of what it is about, and `title` is that goal's where the
    viewer may know it without looking at somebody else's (a look is written down, a list of duties is none)."""

    id: str
    goal: str
    author: str | None
    at: datetime
    title: str | None = field(repr=False)


def of_goal(session: AnySession, viewer: Viewer, goal: Goal, *, most: int) -> tuple[list[Said], bool]:
    """The newest comments on the goal that the viewer may read, in the order they were said; whether there are older.

    The viewer may see the goal. One statement.
    """
    author, other, mention = aliased(Person), aliased(Person), aliased(CommentMention)
    mine = (mention.comment_id == Comment.id) & (mention.person_id == viewer.id)
    statement = (
        select(Comment, author.name.label("author"), other.name.label("to"), _names_told().label("told"))
        .add_columns(mention.id.label("mention"), mention.seen_at)
        .join(Goal, Goal.id == Comment.goal_id)
        .join(author, author.id == Comment.author_id)
        .outerjoin(other, other.id == Comment.between_id)
        .outerjoin(mention, mine)
        .where(Comment.goal_id == goal.id, comments_visible_to(viewer))
        .order_by(Comment.id.desc())
        .limit(most + 1)
    )
    rows = session.execute(statement).all()
    if not rows:
        return [], False
    words = owner_words(session, viewer, goal)
    return [
        Said(
            id=row.Comment.public_id,
            author=row.author or None,
            mine=row.Comment.author_id == viewer.id,
            alone=goal.kind.is_private and row.Comment.between_id is None,
            to=row.to or None if row.Comment.author_id == viewer.id == goal.owner_id else None,
            at=row.Comment.at,
            text=words.open("comment.body", row.Comment.body),
            told=tuple(sorted(name for name in (row.told or "").split("\n") if name)),
            unread=row.mention is not None and row.seen_at is None,
        )
        for row in reversed(rows[:most])
    ], len(rows) > most


def listeners(session: AnySession, viewer: Viewer, goal: Goal) -> Sequence[Listener]:
    """Everybody beside the viewer to whom a comment on the goal may be said, by name.

    Of a private goal these are for its owner the therapists who may see it now, for a therapist its owner alone; of an
    objective all active members of its organisation.
    """
    if goal.kind.is_private and goal.owner_id == viewer.id:
        return [Listener(one.number, one.id, one.name) for one in eligible(session, goal, viewer.now)]
    statement = select(Person.id, Person.public_id, Person.name).where(*IS_HERE, Person.id != viewer.id)
    if goal.kind.is_private:
        statement = statement.where(Person.id == goal.owner_id)
    else:
        here = (Membership.organisation_id == goal.organisation_id, Membership.status == MembershipStatus.ACTIVE)
        statement = statement.where(Person.id.in_(select(Membership.person_id).where(*here)))
    return [Listener(*row) for row in session.execute(statement.order_by(Person.name, Person.id))]


def find(session: AnySession, viewer: Viewer, public_id: str, *, deleted: bool = False) -> tuple[Comment, Goal]:
    """The comment, held, and its goal, if the viewer may read it, else NotFound; or one of their own they deleted."""
    if not goal_queries.is_public_id(public_id):
        raise NotFound
    statement = (
        select(Comment, Goal)
        .join(Goal, Goal.id == Comment.goal_id)
        .where(Comment.public_id == public_id, comments_visible_to(viewer, deleted=deleted))
    )
    if deleted:
        statement = statement.where(Comment.author_id == viewer.id)
    row = session.execute(statement.with_for_update(of=Comment)).one_or_none()
    if row is None:
        raise NotFound
    return row.Comment, row.Goal


def facts_of(session: AnySession, viewer: Viewer, comment: Comment, goal: Goal) -> CommentFacts:
    """What the policy must know of a comment the viewer reached."""
    about = goal_queries.facts_of(session, viewer, goal)
    return CommentFacts(about, comment.author_id, comment.between_id, comment.deleted_at is not None)


def count_on(session: AnySession, goal: Goal) -> int:
    """How many comments the goal has, those included that were deleted."""
    return session.scalar(select(func.count()).select_from(Comment).where(Comment.goal_id == goal.id)) or 0


def unread_on(session: AnySession, viewer: Viewer, goal: Goal) -> Sequence[CommentMention]:
    """The viewer's mentions on the goal that they may read and have not read."""
    return session.scalars(_unread(viewer, CommentMention).where(Comment.goal_id == goal.id)).all()


def mentions_of(session: AnySession, viewer: Viewer) -> list[Mention]:
    """Where somebody named the viewer who has not read it, and still may: the latest 20. Two statements."""
    author = aliased(Person)
    columns = (Comment.public_id, Comment.at, Goal, Objective.name, author.name.label("author"))
    statement = _unread(viewer, *columns).join(author, author.id == Comment.author_id)
    statement = statement.outerjoin(Objective, Objective.goal_id == Goal.id)
    rows = session.execute(statement.order_by(Comment.id.desc()).limit(MENTIONS_LISTED)).all()
    return [
        Mention(row.public_id, row.Goal.public_id, row.author or None, row.at, row.name or _title(viewer, row.Goal))
        for row in rows
    ]


def _title(viewer: Viewer, goal: Goal) -> str | None:
    """What the viewer's own goal is called; a therapist reads the name of a client's once they open it."""
    return viewer.words.open("goal.title", goal.title) if goal.owner_id == viewer.id else None


def _unread(viewer: Viewer, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(CommentMention)
        .join(Comment, Comment.id == CommentMention.comment_id)
        .join(Goal, Goal.id == Comment.goal_id)
        .where(CommentMention.person_id == viewer.id, CommentMention.seen_at.is_(None), comments_visible_to(viewer))
    )


def _names_told() -> Any:
    """The names of those whom a comment names, one a line."""
    told, person = aliased(CommentMention), aliased(Person)
    return (
        select(func.aggregate_strings(person.name, "\n"))
        .join(told, told.person_id == person.id)
        .where(told.comment_id == Comment.id)
        .correlate(Comment)
        .scalar_subquery()
    )
