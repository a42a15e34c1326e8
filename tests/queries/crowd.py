"""Many people in three organisations, with everything somebody could want to see, and what is true of it."""

import itertools
import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session

from tests import make
from webapp.domain.goals import Kind
from webapp.domain.grants import GrantFacts, GrantState, Scope
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.policy import CommentFacts, Facts, GoalFacts, MoodFacts, Permission, RoundFacts, allows
from webapp.domain.reviews import RoundState, Verdict
from webapp.models import Comment, Goal, Grant, Mood, Organisation, Person, ReviewRound, ReviewSeat
from webapp.queries import visibility

PEOPLE = 20
ORGANISATIONS = 3
DAYS = (make.days_ago(2), make.days_ago(1), make.TODAY, make.days_ago(-1))
"""Of moods; the last is a mood of somebody where it is tomorrow already."""
EXPIRIES = (None, make.NOW - timedelta(seconds=1), make.NOW, make.NOW + timedelta(seconds=1))
OPENINGS = (make.NOW - timedelta(seconds=1), make.NOW, make.NOW + timedelta(seconds=1))
SCOPES = ((), (Scope.GOALS,), (Scope.TRACKING,), (Scope.GOALS, Scope.TRACKING), (Scope.MOOD_LEVELS, Scope.MOOD_NOTES))
GRANTS = tuple(itertools.product(GrantState, EXPIRIES, SCOPES))
WHOLE = {"scopes": tuple(Scope)}
NEARLY: tuple[dict[str, Any], ...] = (
    WHOLE,
    *({**WHOLE, "state": state} for state in GrantState if state is not GrantState.ACTIVE),
    *({**WHOLE, "expires_at": moment} for moment in EXPIRIES[1:]),
    *({**WHOLE, "from_date": day} for day in DAYS),
    *({**WHOLE, "opens_at": moment} for moment in OPENINGS),
    {"scopes": (Scope.MOOD_LEVELS,)},
    {"scopes": (Scope.MOOD_NOTES,)},
    {"scopes": (Scope.GOALS, Scope.TRACKING)},
)
"""A grant that opens everything, and others that differ from it in one thing."""


Thing = Goal | Mood | Comment | ReviewRound


@dataclass(frozen=True)
class Sight:
    """What the policy says of a permission, and SQL of the same: rows of `model` for which the clause holds."""

    permission: Permission
    model: type[Thing]
    clause: Callable[[Viewer], ColumnElement[bool]]
    conditions: int
    """So many the clause is made of."""

    def seen(self, session: Session, clause: ColumnElement[bool]) -> set[int]:
        """Ids of the rows a clause lets through; a clause broken on purpose may join what it should not."""
        statement = select(self.model.id)
        if self.model not in (Goal, Mood):
            statement = statement.join(Goal)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)
            return set(session.scalars(statement.where(clause)))


SIGHTS = (
    Sight(Permission.GOAL_READ, Goal, visibility.goals_visible_to, 27),
    Sight(Permission.MOOD_READ, Mood, visibility.moods_visible_to, 22),
    Sight(Permission.MOOD_READ_WORDS, Mood, visibility.mood_words_visible_to, 23),
    Sight(Permission.COMMENT_READ, Comment, visibility.comments_visible_to, 32),
    Sight(Permission.ROUND_READ, ReviewRound, visibility.rounds_visible_to, 36),
)


@dataclass
class Crowd:
    """What was made, remembered apart from the database, so that the policy is asked about the truth."""

    people: list[Person] = field(default_factory=list)
    roles: dict[int, set[tuple[int, Role]]] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    moods: list[Mood] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    rounds: list[ReviewRound] = field(default_factory=list)
    places: dict[int, set[int]] = field(default_factory=dict)
    """By the number of a round, those who have a place in it that was not taken away undecided."""
    grants: list[Grant] = field(default_factory=list)
    viewers: list[Viewer] = field(default_factory=list)
    known: dict[Thing, Facts] = field(default_factory=dict)
    said: dict[tuple[int, Permission], set[int]] = field(default_factory=dict)

    def facts(self, thing: Thing) -> Facts:
        """What is true of a thing, found out once."""
        if thing not in self.known:
            self.known[thing] = self._facts(thing)
        return self.known[thing]

    def readable(self, viewer: Viewer, sight: Sight) -> set[int]:
        """Ids of the things the policy lets the viewer read, which it is asked once."""
        if (viewer.id, sight.permission) not in self.said:
            every: dict[type[Thing], list[Any]] = {
                Goal: self.goals,
                Mood: self.moods,
                Comment: self.comments,
                ReviewRound: self.rounds,
            }
            allowed = {one.id for one in every[sight.model] if allows(viewer, sight.permission, self.facts(one))}
            self.said[viewer.id, sight.permission] = allowed
        return self.said[viewer.id, sight.permission]

    def _facts(self, thing: Thing) -> Facts:
        if isinstance(thing, Comment | ReviewRound):
            about = next(goal for goal in self.goals if goal.id == thing.goal_id)
            of_goal = self.facts(about)
            assert isinstance(of_goal, GoalFacts)
            if isinstance(thing, ReviewRound):
                return RoundFacts(of_goal, frozenset(self.places[thing.id]))
            return CommentFacts(of_goal, thing.author_id, thing.between_id, thing.deleted_at is not None)
        owner_id = thing.owner_id if isinstance(thing, Goal) else thing.person_id
        granted = tuple(self._grant(grant) for grant in self.grants if grant.client_id == owner_id)
        if isinstance(thing, Goal):
            admins = {one for one, roles in self.roles.items() if (thing.organisation_id, Role.ADMIN) in roles}
            updaters = frozenset(admins - {owner_id}) if thing.kind is Kind.OBJECTIVE else frozenset()
            deleted = thing.deleted_at is not None
            return GoalFacts(owner_id, thing.kind, thing.organisation_id, deleted, granted, updaters)
        return MoodFacts(owner_id, thing.local_date, thing.deleted_at is not None, granted)

    def _grant(self, grant: Grant) -> GrantFacts:
        seen = {
            Scope.GOALS: grant.sees_goals,
            Scope.TRACKING: grant.sees_tracking,
            Scope.MOOD_LEVELS: grant.sees_mood_levels,
            Scope.MOOD_NOTES: grant.sees_mood_notes,
        }
        scopes = frozenset(scope for scope, sees in seen.items() if sees)
        practises = any(role is Role.THERAPIST for _, role in self.roles[grant.therapist_id])
        return GrantFacts(
            grant.client_id,
            grant.therapist_id,
            grant.state,
            scopes,
            grant.expires_at,
            therapist_active=practises,
            from_date=grant.from_date,
            opens_at=grant.opens_at,
        )


def gather(session: Session, chance: random.Random) -> Crowd:
    crowd = Crowd()
    houses = [make.organisation(session, f"House {number}") for number in range(ORGANISATIONS)]
    crowd.people = [make.person(session, f"Person {number}") for number in range(PEOPLE)]
    for someone, house in itertools.product(crowd.people, houses):
        crowd.roles.setdefault(someone.id, set())
        status = chance.choice([None, None, *MembershipStatus, MembershipStatus.ACTIVE])
        if status is None:
            continue
        roles = chance.sample(list(Role), chance.randint(1, 2))
        make.member(session, someone, house, *roles, status=status)
        if status is MembershipStatus.ACTIVE:
            crowd.roles[someone.id] |= {(house.id, role) for role in roles}
    pairs = chance.sample(list(itertools.permutations(crowd.people, 2)), 4 * len(GRANTS))
    for (client, therapist), (state, expires_at, scopes) in zip(pairs, 4 * GRANTS, strict=True):
        given = make.grant(session, client, therapist, *scopes, state=state, expires_at=expires_at)
        given.from_date = chance.choice((None, None, make.days_ago(1), make.TODAY, make.days_ago(-1)))
        given.opens_at = chance.choice((None, None, *OPENINGS))
        crowd.grants.append(given)
    for owner, kind, deleted in itertools.product(crowd.people, Kind, (False, True)):
        house = None if kind.is_private else chance.choice(houses)
        goal = make.any_goal(session, owner, kind, house)
        goal.deleted_at = make.NOW if deleted else None
        crowd.goals.append(goal)
    practice(session, crowd, houses)
    crowd.comments = talk(session, crowd)
    review(session, crowd, chance)
    session.commit()
    crowd.viewers = [make.viewer(session, someone) for someone in crowd.people]
    return crowd


def talk(session: Session, crowd: Crowd) -> list[Comment]:
    """On each goal a note of its owner's, what is between them and each whom they ever gave a grant or nearly, one that
    was deleted, and of the same on goals of which nothing can be between two."""
    made = []
    for goal in crowd.goals:
        partners = [grant.therapist_id for grant in crowd.grants if grant.client_id == goal.owner_id]
        strangers = [one.id for one in crowd.people if one.id not in (*partners, goal.owner_id)]
        for between in (None, *partners, *strangers[:1]):
            for deleted in (False, True) if between in (None, partners[0]) else (False,):
                author = goal.owner_id if between is None or len(made) % 2 else between
                comment = Comment(goal_id=goal.id, author_id=author, between_id=between, body=b"", at=make.NOW)
                comment.deleted_at = make.NOW if deleted else None
                made.append(comment)
    session.add_all(made)
    session.flush()
    return made


def review(session: Session, crowd: Crowd, chance: random.Random) -> None:
    """On each goal a round of whom its owner ever gave a grant, and of others: with places still open, taken away
    before a verdict, and given a verdict before or after all."""
    fates = tuple(itertools.product((False, True), repeat=2))
    for goal, _ in itertools.product(crowd.goals, fates):
        made = ReviewRound(goal_id=goal.id, revision=1, state=RoundState.ENDED, sent_by_id=goal.owner_id)
        made.sent_at = make.NOW
        crowd.rounds.append(made)
    session.add_all(crowd.rounds)
    session.flush()
    for made, (goal, (removed, decided)) in zip(crowd.rounds, itertools.product(crowd.goals, fates), strict=True):
        partners = [grant.therapist_id for grant in crowd.grants if grant.client_id == goal.owner_id]
        others = [one.id for one in crowd.people if one.id not in (*partners, goal.owner_id)]
        reviewers = {*partners, *chance.sample(others, min(3, len(others)))}
        for reviewer in reviewers:
            seat = ReviewSeat(round_id=made.id, reviewer_id=reviewer, named_at=make.NOW)
            seat.removed_at = make.NOW if removed else None
            seat.verdict, seat.decided_at = (Verdict.APPROVE, make.NOW) if decided else (None, None)
            session.add(seat)
        crowd.places[made.id] = reviewers if decided or not removed else set()
    session.flush()


def practice(session: Session, crowd: Crowd, houses: list[Organisation]) -> None:
    """Clients with moods and a goal, each with a therapist who may see nearly all of it; one has two more who are
    none."""
    therapist, former, manager = (make.person(session, name) for name in ("Therapist", "Former", "Manager"))
    make.member(session, therapist, houses[0], Role.THERAPIST)
    make.member(session, former, houses[0], Role.THERAPIST, status=MembershipStatus.SUSPENDED)
    make.member(session, former, houses[1])
    make.member(session, manager, houses[0], Role.MANAGER)
    crowd.roles[therapist.id] = {(houses[0].id, Role.THERAPIST)}
    crowd.roles[former.id] = {(houses[1].id, Role.MEMBER)}
    crowd.roles[manager.id] = {(houses[0].id, Role.MANAGER)}
    clients = [make.person(session, f"Client {number}") for number in range(len(NEARLY))]
    pairs = [*((client, therapist) for client in clients), (clients[0], former), (clients[0], manager)]
    for (client, other), terms in zip(pairs, (*NEARLY, WHOLE, WHOLE), strict=True):
        scopes, from_date = terms["scopes"], terms.get("from_date")
        dated = {name: terms[name] for name in ("state", "expires_at") if name in terms}
        given = make.grant(session, client, other, *scopes, **dated)
        given.from_date, given.opens_at = from_date, terms.get("opens_at")
        crowd.grants.append(given)
    for client in clients:
        crowd.goals.append(make.any_goal(session, client, Kind.PERSONAL))
        crowd.moods += moods_of(session, make.viewer(session, client))
        make.member(session, client, houses[2])
        crowd.roles[client.id] = {(houses[2].id, Role.MEMBER)}
    crowd.people = [therapist, former, manager, clients[0], *crowd.people]


def moods_of(session: Session, viewer: Viewer) -> list[Mood]:
    """A mood on each of the days, and one that was deleted."""
    label = make.label(session, viewer)
    moments = {"at": make.NOW, "recorded_at": make.NOW, "zone": viewer.zone}
    made = []
    for day, deleted in itertools.product(DAYS, (False, True)):
        mood = Mood(person_id=viewer.id, local_date=day, label_id=label.id, level=label.level, **moments)
        mood.deleted_at = make.NOW if deleted else None
        made.append(mood)
    session.add_all(made)
    session.flush()
    return made
