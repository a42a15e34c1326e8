"""Who there is in the world of Ada's rights, how its things are named, and what is done with them again and again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW
from webapp.actions import decisions, reviews
from webapp.domain.grants import Scope
from webapp.domain.people import Viewer
from webapp.domain.reviews import Verdict
from webapp.domain.tokens import Contract
from webapp.models import Goal, Person, ReviewRound
from webapp.queries import goals as goal_queries
from webapp.queries import reviews as review_queries

THEN = NOW - timedelta(days=3)
PASSWORD = "seven quiet herons at dawn"
EVERYTHING = (Scope.GOALS, Scope.TRACKING, Scope.MOOD_LEVELS, Scope.MOOD_NOTES)
SHARED: dict[str, tuple[Scope, ...]] = {
    "thea": EVERYTHING,
    "second": (Scope.GOALS, Scope.TRACKING),
    "in house": (Scope.GOALS, Scope.TRACKING),
    "moods only": (Scope.MOOD_LEVELS, Scope.MOOD_NOTES),
    "revoked": EVERYTHING,
    "run out": EVERYTHING,
    "expired": EVERYTHING,
    "suspended": EVERYTHING,
    "left": EVERYTHING,
    "disabled": EVERYTHING,
}
"""Therapists whom Ada took on, and what she let each of them see."""
FORMER = ("revoked", "run out", "expired", "suspended", "left", "disabled")
"""Those who do not see anything any more."""
OUTSIDE = ("suspended", "left")
"""Those who are active members of no organisation."""
THERAPISTS = (*SHARED, "requested", "inviting", "never")
EVERYBODY = (*THERAPISTS, "peer", "manager", "other manager", "admin", "head of practice", "stranger")


@dataclass
class World:
    """Addresses of what is Ada's, which a stranger could guess at, and `facts` that a request says beside them."""

    session: Session
    people: dict[str, Person] = field(default_factory=dict)
    named: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    """By person: the secret of their sign-in."""
    programs: dict[tuple[str, Contract], str] = field(default_factory=dict)
    """By person and contract: the secret of their program's token."""
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By person: their number as `me`, that of a goal of theirs as `mine`, and of their organisation
    the id as `account` and a key as `key`."""

    def viewer(self, who: str, at: datetime = THEN) -> Viewer:
        return make.viewer(self.session, self.people[who], at)

    def goal(self, name: str) -> Goal:
        return goal_queries.find(self.session, self.viewer("ada"), self.named[name], lock=True)

    def name_goal(self, name: str, goal: Goal) -> Goal:
        self.named[name], self.named[f"{name}_id"] = goal.public_id, goal.id
        return goal


def send(world: World, name: str, to: str, comment: str) -> ReviewRound:
    """Ada asked this person to review the goal."""
    held = world.goal(name)
    asked = [world.people[to].public_id]
    made = reviews.send(world.session, world.viewer("ada"), held, asked, seen=held.version, comment=comment)
    world.named[f"{name}_round"] = made.public_id
    return made


def last_round(world: World, name: str) -> ReviewRound:
    """The last round of the goal."""
    of_goal = select(ReviewRound).where(ReviewRound.goal_id == world.named[f"{name}_id"])
    return world.session.scalars(of_goal.order_by(ReviewRound.id.desc()).limit(1)).one()


def approve(world: World, name: str, who: str) -> None:
    """This person approved the goal."""
    viewer = world.viewer(who)
    round_, goal = review_queries.find_round(world.session, viewer, last_round(world, name).public_id, lock=True)
    seen = {"revision": round_.revision, "comment": ""}
    decisions.decide(world.session, viewer, round_, goal, Verdict.APPROVE, **seen)
