"""What every step of a review comes to in rows: rounds, places, and the record of who did what."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from webapp.actions import reminders
from webapp.actions.audit import Tag, record
from webapp.domain.people import Viewer, Words
from webapp.domain.reviews import Act, RoundState, Verdict
from webapp.models import Goal, ReviewEvent, ReviewRound, ReviewSeat
from webapp.models.engine import AnySession
from webapp.queries.reviews import owner_words


def open_round(
    session: AnySession, viewer: Viewer, goal: Goal, revision: int, reviewer_ids: Sequence[int], needed: int = 1
) -> ReviewRound:
    """These people are asked to decide on the revision; the caller holds the goal, which has no open round."""
    made = ReviewRound(goal_id=goal.id, revision=revision, needed=needed, state=RoundState.OPEN)
    made.sent_by_id, made.sent_at = viewer.id, viewer.now
    session.add(made)
    session.flush()
    session.add_all(ReviewSeat(round_id=made.id, reviewer_id=one, named_at=viewer.now) for one in reviewer_ids)
    session.flush()
    reminders.expect_reviews(session, reviewer_ids, viewer.now)
    return made


def close(round_: ReviewRound, state: RoundState, at: datetime) -> None:
    """Nobody is asked any more."""
    round_.state, round_.closed_at = state, at


def end_open(session: AnySession, viewer: Viewer | None, goal: Goal, *, at: datetime | None = None) -> None:
    """The goal's open round, if there is one, is over without a verdict."""
    if goal.review_state is None:
        return
    statement = select(ReviewRound).where(ReviewRound.goal_id == goal.id, ReviewRound.state == RoundState.OPEN)
    round_ = session.scalars(statement).one_or_none()
    moment = viewer.now if viewer else at
    if round_ is not None and moment is not None:
        close(round_, RoundState.ENDED, moment)
        note(session, goal, Act.END, viewer, at=moment, round_=round_)


def decided_at_once(
    session: AnySession,
    goal: Goal,
    reviewer_id: int,
    verdict: Verdict,
    at: datetime,
    *,
    asked_by: int,
    beside: bool = False,
) -> ReviewRound:
    """The revision in force was asked about and decided by this reviewer in one round, so that a later change of it
    finds who knows it."""
    state = RoundState.APPROVED if verdict is Verdict.APPROVE else RoundState.DECLINED
    made = ReviewRound(goal_id=goal.id, revision=goal.revision, state=state, sent_by_id=asked_by, beside=beside)
    made.sent_at = made.closed_at = at
    session.add(made)
    session.flush()
    session.add(ReviewSeat(round_id=made.id, reviewer_id=reviewer_id, named_at=at, verdict=verdict, decided_at=at))
    act = Act.APPROVE if verdict is Verdict.APPROVE else Act.DECLINE
    _add(session, goal, act, reviewer_id, at, made, goal.revision, None)
    return made


def note(
    session: AnySession,
    goal: Goal,
    act: Act,
    viewer: Viewer | None,
    *,
    at: datetime | None = None,
    round_: ReviewRound | None = None,
    words: Words | None = None,
    comment: str = "",
) -> None:
    """The step stands in the goal's story; `words` are the goal owner's, and seal the comment."""
    moment = viewer.now if viewer else at
    assert moment is not None
    sealed = words.seal("review_event.comment", comment.strip()) if words and comment.strip() else None
    revision = round_.revision if round_ else goal.revision
    _add(session, goal, act, viewer.id if viewer else None, moment, round_, revision, sealed)


def step(
    session: AnySession,
    viewer: Viewer,
    goal: Goal,
    act: Act,
    tag: Tag,
    round_: ReviewRound | None,
    comment: str = "",
) -> None:
    """The step stands in the goal's story and in the log; the words are sealed for the goal's owner."""
    note(session, goal, act, viewer, round_=round_, words=owner_words(session, viewer, goal), comment=comment)
    log(session, viewer, goal, tag, round_)


def log(session: AnySession, viewer: Viewer, goal: Goal, tag: Tag, round_: ReviewRound | None = None) -> None:
    """The step stands in the audit log; what happens to an objective is its organisation's to read."""
    revision = round_.revision if round_ else goal.revision
    owner, home = goal.owner_id, goal.organisation_id
    record(
        session,
        tag,
        at=viewer.now,
        viewer=viewer,
        subject_id=owner,
        organisation_id=home,
        thing=goal,
        revision=revision,
    )
    session.flush()


def _add(
    session: AnySession,
    goal: Goal,
    act: Act,
    actor_id: int | None,
    at: datetime,
    round_: ReviewRound | None,
    revision: int,
    comment: bytes | None,
) -> None:
    event = ReviewEvent(goal_id=goal.id, round_id=round_.id if round_ else None, revision=revision, actor_id=actor_id)
    event.act, event.comment, event.at = act, comment, at
    session.add(event)
    session.flush()
