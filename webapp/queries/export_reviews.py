"""Reviews, closings, proposals and comments, for the export.

About a person's own goals all of it comes out, whoever said it: it is about them. What they did on other people's
goals comes out without words and without naming the goal, save what they said about objectives, which their
organisation hears.
"""

import json
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.models import (
    Comment,
    CommentMention,
    Goal,
    GoalClosing,
    GoalProposal,
    Person,
    ReviewEvent,
    ReviewRound,
    ReviewSeat,
)
from webapp.models.engine import AnySession
from webapp.queries.export_rows import IS_PLAIN, Row, of_goals, opened, rows_of
from webapp.queries.visibility import comments_visible_to


def rounds(session: AnySession, viewer: Viewer) -> list[Row]:
    """Each time somebody was asked to decide on a goal of the viewer's, with the places of those who were."""
    names = ("revision", "needed", "state", "sent_at", "closed_at")
    columns = [ReviewRound.public_id.label("id"), *(getattr(ReviewRound, name) for name in names)]
    statement = of_goals(viewer, *columns).join(ReviewRound, ReviewRound.goal_id == Goal.id).order_by(ReviewRound.id)
    places: dict[str, list[Row]] = {}
    for row in rows_of(session, _seats(Person.public_id.label("reviewer")).where(Goal.owner_id == viewer.id)):
        places.setdefault(row.pop("round"), []).append(row)
    return [{**row, "reviewers": places.get(row["id"], [])} for row in rows_of(session, statement)]


def seats(session: AnySession, viewer: Viewer) -> list[Row]:
    """What the viewer was asked to decide on for others, and how they did."""
    return rows_of(session, _seats().where(ReviewSeat.reviewer_id == viewer.id, Goal.owner_id != viewer.id))


def events(session: AnySession, viewer: Viewer) -> list[Row]:
    """What happened in the reviews of the viewer's goals, and without its words what they did in those of others."""
    actor = aliased(Person)
    steps = (ReviewEvent.act, ReviewEvent.at, ReviewEvent.revision)
    told: tuple[Any, ...] = (*steps, actor.public_id.label("by"), ReviewEvent.comment)
    own = of_goals(viewer, IS_PLAIN, *told).join(ReviewEvent, ReviewEvent.goal_id == Goal.id)
    rows = rows_of(session, own.outerjoin(actor, actor.id == ReviewEvent.actor_id).order_by(ReviewEvent.id))
    others = select(*steps).join(Goal, Goal.id == ReviewEvent.goal_id)
    others = others.where(ReviewEvent.actor_id == viewer.id, Goal.owner_id != viewer.id).order_by(ReviewEvent.id)
    decided = [{"goal": None, **row, "by": viewer.public_id} for row in rows_of(session, others)]
    return opened(viewer, rows, "review_event", "comment") + decided


def closings(session: AnySession, viewer: Viewer) -> list[Row]:
    """What came of the viewer's goals each time they were closed."""
    other = aliased(Person)
    names = ("closed_at", "outcome", "score", "words", "acknowledged_at", "reopened_at")
    columns = [other.public_id.label("acknowledged_by"), *(getattr(GoalClosing, name) for name in names)]
    statement = of_goals(viewer, IS_PLAIN, *columns).join(GoalClosing, GoalClosing.goal_id == Goal.id)
    statement = statement.outerjoin(other, other.id == GoalClosing.acknowledged_by_id).order_by(GoalClosing.id)
    return opened(viewer, rows_of(session, statement), "goal_closing", "words")


def proposals(session: AnySession, viewer: Viewer) -> list[Row]:
    """Goals that were proposed to the viewer, and without their words those the viewer proposed."""
    client, therapist = aliased(Person), aliased(Person)
    names = ("state", "created_at", "decided_at", "terms", "message")
    statement = (
        select(GoalProposal.public_id.label("id"), client.public_id.label("client"))
        .add_columns(therapist.public_id.label("therapist"), Goal.public_id.label("goal"))
        .add_columns(*(getattr(GoalProposal, name) for name in names))
        .join(client, client.id == GoalProposal.client_id)
        .join(therapist, therapist.id == GoalProposal.therapist_id)
        .outerjoin(Goal, Goal.id == GoalProposal.goal_id)
        .order_by(GoalProposal.id)
    )
    to_them = rows_of(session, statement.where(GoalProposal.client_id == viewer.id))
    by_them = rows_of(session, statement.where(GoalProposal.therapist_id == viewer.id))
    without = ("goal", "terms", "message")
    bare = [{name: value for name, value in row.items() if name not in without} for row in by_them]
    worded = opened(viewer, to_them, "goal_proposal", "terms", "message")
    return [{**row, "terms": json.loads(row["terms"])} for row in worded] + bare


def comments(session: AnySession, viewer: Viewer) -> list[Row]:
    """Everything said about the viewer's goals, and what they said themselves about objectives of others; what they
    said about a client's goal is the client's, and comes out as having been said."""
    own = _comments(session, Goal.owner_id == viewer.id)
    elsewhere = _comments(session, Comment.author_id == viewer.id, Goal.owner_id != viewer.id)
    readable = select(Comment.public_id).join(Goal, Goal.id == Comment.goal_id).where(comments_visible_to(viewer))
    heard = set(session.scalars(readable.where(Comment.author_id == viewer.id, Goal.kind == Kind.OBJECTIVE)))
    bare = ("id", "at", "deleted_at")
    said = [row for row in elsewhere if row["id"] in heard]
    unheard = [{name: row[name] for name in bare} for row in elsewhere if row["id"] not in heard]
    return opened(viewer, own + said, "comment", "body") + unheard


def mentions(session: AnySession, viewer: Viewer) -> list[Row]:
    """When a comment named the viewer, and when they read it."""
    statement = select(Comment.at, CommentMention.seen_at).join(Comment, Comment.id == CommentMention.comment_id)
    return rows_of(session, statement.where(CommentMention.person_id == viewer.id).order_by(CommentMention.id))


def _seats(*columns: Any) -> Any:
    names = ("named_at", "removed_at", "verdict", "decided_at", "nudged_at")
    kept = [*columns, *(getattr(ReviewSeat, name) for name in names)]
    return (
        select(ReviewRound.public_id.label("round"), *kept)
        .select_from(ReviewSeat)
        .join(ReviewRound, ReviewRound.id == ReviewSeat.round_id)
        .join(Goal, Goal.id == ReviewRound.goal_id)
        .join(Person, Person.id == ReviewSeat.reviewer_id)
        .order_by(ReviewSeat.id)
    )


def _comments(session: AnySession, *which: ColumnElement[bool]) -> list[Row]:
    author, other = aliased(Person), aliased(Person)
    statement = (
        select(Comment.public_id.label("id"), Goal.public_id.label("goal"), IS_PLAIN)
        .add_columns(author.public_id.label("by"), other.public_id.label("between"))
        .add_columns(Comment.at, Comment.body, Comment.deleted_at)
        .join(Goal, Goal.id == Comment.goal_id)
        .join(author, author.id == Comment.author_id)
        .outerjoin(other, other.id == Comment.between_id)
        .where(*which)
        .order_by(Comment.id)
    )
    return rows_of(session, statement)
