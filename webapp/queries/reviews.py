"""Reviews as their owner and their reviewers see them, always through the viewer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, or_, select
from sqlalchemy.orm import aliased, selectinload

from webapp.domain import objective_terms
from webapp.domain.errors import NotFound
from webapp.domain.goals import Kind, Lifecycle
from webapp.domain.objective_terms import ObjectiveDifferences, ObjectiveTerms
from webapp.domain.objectives import CycleState
from webapp.domain.people import Role, Viewer, Words
from webapp.domain.reviews import (
    NOT_OF_OBJECTIVES,
    RULES,
    Act,
    Part,
    RoundState,
    Stage,
    Verdict,
    Word,
    allowed,
    stage_of,
    stands_approved,
)
from webapp.domain.revisions import Difference, RevisionTerms, differences, read
from webapp.models import (
    Goal,
    GoalClosing,
    GoalRevision,
    Person,
    ReviewEvent,
    ReviewRound,
    ReviewSeat,
)
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import objectives, reviewers
from webapp.queries.objective_standing import held_by_cycle, parts_in
from webapp.queries.sealing import PLAIN, words_of
from webapp.queries.visibility import rounds_visible_to

AnyTerms = RevisionTerms | ObjectiveTerms
CHECKED_IN = RULES[Act.CHECK_IN].stages
LISTED = 100
"""So many reviews a list shows at once."""
_TAKEN = or_(ReviewSeat.removed_at.is_(None), ReviewSeat.decided_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Seat:
    """One reviewer's place in a round, as the viewer may know of it."""

    reviewer_id: int
    name: str
    verdict: Verdict | None
    decided_at: datetime | None
    nudged_at: datetime | None
    named_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a goal stands for one viewer, and what they may do: `round` is the open one, if they may know of it."""

    stage: Stage
    parts: frozenset[Part]
    round: ReviewRound | None = None
    seats: tuple[Seat, ...] = ()
    cycle: CycleState = CycleState.OPEN
    cycle_held: tuple[list[str], datetime] | None = None
    """By whom and since when the cycle is locked or closed."""
    of_objective: bool = False

    @property
    def may(self) -> tuple[Act, ...]:
        """What the viewer may do, in the order of the table."""
        may = allowed(self.stage, self.parts, self.cycle)
        return tuple(act for act in may if not self.of_objective or (self.stage, act) not in NOT_OF_OBJECTIVES)

    def held(self) -> dict[str, Any]:
        """By whom the goal is held and since when, as `Locked` carries it."""
        if self.cycle_held is not None:
            return {"by": self.cycle_held[0], "since": self.cycle_held[1]}
        waiting = [seat.name for seat in self.seats if seat.verdict is None]
        return {"by": waiting, "since": self.round.sent_at if self.round else None}


@dataclass(frozen=True, slots=True)
class Compared:
    """What a round asks for: its terms, and what of them is new since the last approved revision (`before` None when
    nothing was approved yet, as far as the viewer may know)."""

    before: AnyTerms | None
    after: AnyTerms
    changes: tuple[Difference, ...] | ObjectiveDifferences


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the story of a goal's reviews."""

    at: datetime
    act: Act
    revision: int
    who: str | None
    mine: bool
    comment: str = field(repr=False)
    ended: RoundState | None = None
    """What became of the round, as it stands now."""


def standing(session: AnySession, viewer: Viewer, goal: Goal) -> Standing:
    """Where the goal stands for the viewer, who may see it; one statement, none for a goal nobody was ever asked about,
    two more for an objective.

    A therapist knows of rounds in which they have a place and of no others.
    """
    owns = goal.owner_id == viewer.id
    parts = {Part.OWNER} if owns else set()
    if goal.kind is Kind.OBJECTIVE:
        parts |= parts_in(session, viewer, goal)
    closed = goal.lifecycle is Lifecycle.CLOSED
    rows = [] if goal.review_state is None else _open_seats(session, goal)
    round_ = rows[0][0] if rows else None
    seats = tuple(_seat(seat, name) for _, seat, name in rows)
    mine = [seat for seat in seats if seat.reviewer_id == viewer.id]
    if any(seat.verdict is None for seat in mine):
        parts.add(Part.REVIEWER)
    if closed and not owns and _approved(session, viewer, goal):
        parts.add(Part.PAST_REVIEWER)
    stage = stage_of(goal.review_state, waiting=round_ is not None, closed=closed)
    if owns or mine or goal.kind is Kind.OBJECTIVE:
        is_objective = goal.kind is Kind.OBJECTIVE
        return Standing(
            stage, frozenset(parts), round_, seats, of_objective=is_objective, **held_by_cycle(session, goal)
        )
    return Standing(Stage.CLOSED if closed else Stage.FREE, frozenset(parts))


def find_round(session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False) -> tuple[ReviewRound, Goal]:
    """The round and its goal, if the viewer may know of it, else NotFound; held, the goal's row first."""
    if not goal_queries.is_public_id(public_id):
        raise NotFound
    statement = select(ReviewRound, Goal).join(Goal, Goal.id == ReviewRound.goal_id)
    asked = statement.options(selectinload(Goal.schedules)).where(ReviewRound.public_id == public_id)
    row = session.execute(asked.where(rounds_visible_to(viewer))).one_or_none()
    if row is None:
        raise NotFound
    goal = goal_queries.find(session, viewer, row[1].public_id, lock=True) if lock else row[1]
    if lock:  # what was read before the goal was held may have changed while waiting for it
        session.refresh(row[0])
        if session.execute(statement.where(ReviewRound.id == row[0].id, rounds_visible_to(viewer))).first() is None:
            raise NotFound
    return row[0], goal


def open_round_of(session: AnySession, goal: Goal) -> ReviewRound | None:
    """The goal's open round, for who holds the goal and has the right to act on it."""
    statement = select(ReviewRound).where(ReviewRound.goal_id == goal.id, ReviewRound.state == RoundState.OPEN)
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


_WORDS = (
    select(
        ReviewRound.goal_id,
        ReviewRound.state,
        ReviewRound.beside,
        (ReviewRound.revision == Goal.revision).label("in_force"),
        exists()
        .where(ReviewSeat.round_id == ReviewRound.id, ReviewSeat.reviewer_id == bindparam("viewer_id"), _TAKEN)
        .label("mine"),
    )
    .join(Goal, Goal.id == ReviewRound.goal_id)
    .where(Goal.owner_id == bindparam("owner_id"))
    .order_by(ReviewRound.id)
)


def words_on(session: AnySession, viewer: Viewer, owner_id: int) -> dict[int, Word]:
    """What the viewer knows of the reviews of this owner's goals, by goal; nobody was asked about those left out."""
    words: dict[int, Word] = {}
    for row in session.connection().execute(_WORDS, {"viewer_id": viewer.id, "owner_id": owner_id}):
        word = replace(words.get(row.goal_id, Word()), anybody=True)
        if row.mine:
            word = replace(word, asked=word.asked or not row.beside)
        if row.mine and row.in_force:
            word = replace(word, state=row.state, beside=bool(row.beside))
        words[row.goal_id] = word
    return words


def is_approved_for(session: AnySession, viewer: Viewer, goal: Goal) -> bool:
    """Whether the goal counts as approved, as far as the viewer may know."""
    own = goal.owner_id == viewer.id
    return stands_approved(
        goal.review_state, None if own else words_on(session, viewer, goal.owner_id).get(goal.id, Word())
    )


def is_others_to_review(session: AnySession, viewer: Viewer, goal: Goal) -> bool:
    """Whether somebody else was asked about the revision in force, and the viewer was not."""
    of_goal = (ReviewRound.goal_id == goal.id, ReviewRound.revision == goal.revision, ReviewRound.beside.is_(False))
    mine = (ReviewSeat.round_id == ReviewRound.id, ReviewSeat.reviewer_id == viewer.id, _TAKEN)
    asked = session.scalars(select(exists().where(*mine)).where(*of_goal)).all()
    return bool(asked) and not any(asked)


def closing_of(session: AnySession, goal: Goal) -> GoalClosing | None:
    """How the goal stands closed, None when it is open."""
    statement = select(GoalClosing).where(GoalClosing.goal_id == goal.id, GoalClosing.reopened_at.is_(None))
    return session.scalars(statement).one_or_none()


def approved_round_of(session: AnySession, goal: Goal) -> ReviewRound | None:
    """The round in which the revision in force was approved, None when no review was asked for it."""
    of_goal = (
        ReviewRound.goal_id == goal.id,
        ReviewRound.state == RoundState.APPROVED,
        ReviewRound.beside.is_(False),
    )
    statement = select(ReviewRound).where(*of_goal, ReviewRound.revision == goal.revision)
    return session.scalars(statement.order_by(ReviewRound.closed_at.desc(), ReviewRound.id.desc()).limit(1)).first()


def may_decide_again(session: AnySession, viewer: Viewer, goal: Goal) -> tuple[list[int], int]:
    """Numbers of those who approved the revision in force and may still decide, and how many of them it takes."""
    last = approved_round_of(session, goal)
    if last is None:
        return [], 1
    able = {one.number for one in reviewers.eligible(session, goal, viewer.now)}
    return [seat.reviewer_id for seat in seats_of(session, last) if seat.reviewer_id in able], last.needed


def seats_of(session: AnySession, round_: ReviewRound) -> list[ReviewSeat]:
    """The places of a round that were not taken away, in the order in which they were given."""
    statement = select(ReviewSeat).where(ReviewSeat.round_id == round_.id, _TAKEN).order_by(ReviewSeat.id)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def seat_of(session: AnySession, viewer: Viewer, round_: ReviewRound) -> ReviewSeat | None:
    """The viewer's own place in the round, None when they have none."""
    return next((seat for seat in seats_of(session, round_) if seat.reviewer_id == viewer.id), None)


def names_of(session: AnySession, round_: ReviewRound) -> list[Seat]:
    """The places of a round with the names of those who have them."""
    statement = select(ReviewSeat, Person.name).join(Person, Person.id == ReviewSeat.reviewer_id)
    rows = session.execute(statement.where(ReviewSeat.round_id == round_.id, _TAKEN).order_by(ReviewSeat.id))
    return [_seat(seat, name) for seat, name in rows]


def compared(session: AnySession, viewer: Viewer, round_: ReviewRound, goal: Goal) -> Compared:
    """What the round asks for beside the last approved revision before it; raises NotFound when it was not kept."""
    words = owner_words(session, viewer, goal)
    kept = revisions_of(session, words, goal)
    approved = [ReviewRound.goal_id == goal.id, ReviewRound.state == RoundState.APPROVED, ReviewRound.id < round_.id]
    approved.append(ReviewRound.beside.is_(False))
    if goal.owner_id != viewer.id and goal.kind.is_private:  # what somebody else approved is not theirs to know
        approved.append(decided_by(viewer, ReviewRound.id))
    last = session.scalars(select(ReviewRound.revision).where(*approved).order_by(ReviewRound.id.desc())).first()
    after = kept.get(round_.revision)
    if after is None:
        raise NotFound
    before = kept.get(last) if last is not None else None
    return Compared(before, after, between(before, after) if before else ())


def between(before: AnyTerms, after: AnyTerms) -> tuple[Difference, ...] | ObjectiveDifferences:
    """How two revisions of one goal differ."""
    if isinstance(before, ObjectiveTerms) and isinstance(after, ObjectiveTerms):
        return objective_terms.differences(before, after)
    assert isinstance(before, RevisionTerms)
    assert isinstance(after, RevisionTerms)
    return differences(before, after)


def revisions_of(session: AnySession, words: Words, goal: Goal) -> dict[int, AnyTerms]:
    """What the goal bound its owner to at each revision, by its number, in order."""
    statement = select(GoalRevision.number, GoalRevision.terms).where(GoalRevision.goal_id == goal.id)
    kept = {
        number: json.loads(words.open("goal_revision.terms", terms))
        for number, terms in session.execute(statement.order_by(GoalRevision.number))
    }
    if goal.kind is Kind.OBJECTIVE:
        return {number: objective_terms.read(terms) for number, terms in kept.items()}
    week_start = next(version for version in goal.schedules if version.is_current).week_start
    return {number: read(terms, week_start=week_start) for number, terms in kept.items()}


def story(session: AnySession, viewer: Viewer, goal: Goal) -> list[Step]:
    """What happened in the goal's reviews, the latest first: all of it for its owner and for admins of an objective,
    for a manager the rounds they have a place in, and for a therapist what happened there since they were asked."""
    statement = select(ReviewEvent, Person.name, ReviewRound.state).where(ReviewEvent.goal_id == goal.id)
    statement = statement.outerjoin(Person, Person.id == ReviewEvent.actor_id)
    statement = statement.outerjoin(ReviewRound, ReviewRound.id == ReviewEvent.round_id)
    mine = (ReviewSeat.round_id == ReviewEvent.round_id, ReviewSeat.reviewer_id == viewer.id, _TAKEN)
    administers = goal.organisation_id is not None and viewer.has(Role.ADMIN, goal.organisation_id)
    if goal.owner_id != viewer.id and not goal.kind.is_private and not administers:
        statement = statement.where(exists().where(*mine))
    if goal.owner_id != viewer.id and goal.kind.is_private:
        statement = statement.where(*known_to_therapist(viewer.id))
    rows = session.execute(statement.order_by(ReviewEvent.id.desc()).limit(LISTED)).all()
    words = owner_words(session, viewer, goal)
    return [
        Step(
            event.at,
            event.act,
            event.revision,
            name,
            event.actor_id == viewer.id,
            goal_queries.open_or_empty(words, "review_event.comment", event.comment),
            ended,
        )
        for event, name, ended in rows
    ]


def known_to_therapist(viewer_id: int | BindParameter[int]) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a step on a private goal that a therapist may know of: it happened in a round in which they
    have a place, and since they were asked. Who was asked before them, and what was said to those, is not theirs."""
    mine = (ReviewSeat.round_id == ReviewEvent.round_id, ReviewSeat.reviewer_id == viewer_id, _TAKEN)
    asked = exists().where(*mine, ReviewSeat.named_at <= ReviewEvent.at)
    return asked, ReviewEvent.act != Act.CHANGE_REVIEWERS


def known_revisions(session: AnySession, viewer: Viewer, goal: Goal) -> set[int]:
    """Numbers of the revisions that reviewers were asked about, as far as the viewer may know."""
    statement = select(ReviewRound.revision).join(Goal, Goal.id == ReviewRound.goal_id)
    return set(session.scalars(statement.where(Goal.id == goal.id, rounds_visible_to(viewer))))


def name_of(session: AnySession, person_id: int | None) -> str:
    """What somebody the viewer may know of is called; nothing when they are gone."""
    return session.scalar(select(Person.name).where(Person.id == person_id)) or ""


def decided_by(viewer: Viewer, round_id: ColumnElement[int] | Any) -> ColumnElement[bool]:
    """Whether the viewer gave a verdict in this round."""
    seat = aliased(ReviewSeat)
    return exists().where(seat.round_id == round_id, seat.reviewer_id == viewer.id, seat.decided_at.is_not(None))


def owner_words(session: AnySession, viewer: Viewer, goal: Goal) -> Words:
    """The words in which the goal is spoken of: its owner's, or plain ones about what is an organisation's."""
    if not goal.kind.is_private:
        return PLAIN
    return viewer.words if goal.owner_id == viewer.id else words_of(session, goal.owner_id)


def terms_in_force(session: AnySession, viewer: Viewer, goal: Goal) -> AnyTerms:
    """What the goal binds its owner to now."""
    if goal.kind is Kind.OBJECTIVE:
        return objectives.terms_in_force(session, objectives.of_goal(session, goal))
    return goal_queries.terms_in_force(owner_words(session, viewer, goal), goal)


def takes_check_ins(session: AnySession, goal: Goal) -> bool:
    """Whether the stage of an objective lets its owners say how it goes."""
    waiting = open_round_of(session, goal) is not None
    return stage_of(goal.review_state, waiting=waiting, closed=goal.lifecycle is Lifecycle.CLOSED) in CHECKED_IN


def _open_seats(session: AnySession, goal: Goal) -> Sequence[Any]:
    statement = (
        select(ReviewRound, ReviewSeat, Person.name)
        .join(ReviewSeat, ReviewSeat.round_id == ReviewRound.id)
        .join(Person, Person.id == ReviewSeat.reviewer_id)
        .where(ReviewRound.goal_id == goal.id, ReviewRound.state == RoundState.OPEN, _TAKEN)
        .order_by(ReviewSeat.id)
    )
    return session.execute(statement).all()


def _approved(session: AnySession, viewer: Viewer, goal: Goal) -> bool:
    """Whether the viewer approved the revision in force."""
    round_ = approved_round_of(session, goal)
    seats = [] if round_ is None else seats_of(session, round_)
    return any(seat.reviewer_id == viewer.id and seat.verdict is Verdict.APPROVE for seat in seats)


def _seat(seat: ReviewSeat, name: str) -> Seat:
    return Seat(seat.reviewer_id, name, seat.verdict, seat.decided_at, seat.nudged_at, seat.named_at)
