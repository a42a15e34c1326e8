"""A client with a therapist, and somebody at work with a manager and an admin: who sends goals, and who decides."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY
from webapp.actions import check_ins, decisions, reviews
from webapp.domain.grants import Scope
from webapp.domain.objective_drafts import CheckInDraft
from webapp.domain.people import Role, Viewer
from webapp.domain.reviews import Act, Stage, Verdict
from webapp.models import (
    Entry,
    Goal,
    Person,
    ReportingLine,
    ReviewRound,
)
from webapp.queries import goals as goal_queries
from webapp.queries import inbox
from webapp.queries import objectives as objective_queries
from webapp.queries import reviews as queries
from webapp.queries.objectives import Found

LATER = timedelta(days=1, minutes=1)


class Relation:
    """Ada, whose therapist Thea may see her goals, and what they do with one of them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.home = make.organisation(session)
        self.client, self.therapist = make.person(session, "Ada"), make.person(session, "Thea")
        make.member(session, self.therapist, self.home, Role.THERAPIST)
        self.grant = make.grant(session, self.client, self.therapist, Scope.GOALS, Scope.TRACKING)
        self.ada, self.thea = make.viewer(session, self.client), make.viewer(session, self.therapist)
        self.walk = make.goal(session, self.ada, "Walk", description="By the river.")
        session.commit()

    def held(self, viewer: Viewer | None = None, goal: Goal | None = None) -> Goal:
        return goal_queries.find(self.session, viewer or self.ada, (goal or self.walk).public_id, lock=True)

    def send(self, comment: str = "", *, goal: Goal | None = None, to: Person | None = None) -> ReviewRound:
        held = self.held(goal=goal)
        wanted = [(to or self.therapist).public_id]
        return reviews.send(self.session, self.ada, held, wanted, seen=held.version, comment=comment)

    def decide(self, round_: ReviewRound, verdict: Verdict, comment: str = "", **more: Any) -> ReviewRound:
        found, goal = queries.find_round(self.session, self.thea, round_.public_id, lock=True)
        given = {"revision": found.revision, **more}
        return decisions.decide(self.session, self.thea, found, goal, verdict, comment=comment, **given)

    def save(self, title: str = "Walk", when: Any = None, **more: Any) -> Act:
        held = self.held()
        draft = make.draft(title, when, **{"description": "By the river.", **more})
        return reviews.save(self.session, self.ada, held, draft, seen=held.version)

    def decide_last(self) -> ReviewRound:
        """What waits for Thea is approved."""
        (row,) = inbox.waiting(self.session, self.thea)
        found, goal = queries.find_round(self.session, self.thea, row.id, lock=True)
        return decisions.decide(self.session, self.thea, found, goal, Verdict.APPROVE, revision=found.revision)

    def approved(self) -> ReviewRound:
        return self.decide(self.send(), Verdict.APPROVE)

    def stage(self, viewer: Viewer | None = None) -> Stage:
        self.session.expire_all()
        return queries.standing(self.session, viewer or self.ada, self.held(viewer)).stage

    def told(self) -> list[tuple[Act, str]]:
        """The story as Ada reads it, the first step first."""
        return [(step.act, step.comment) for step in reversed(queries.story(self.session, self.ada, self.held()))]


class Work:
    """Paul, his objective, his manager Mona and their admin Ines."""

    def __init__(self, session: Session) -> None:
        self.session, self.home = session, make.organisation(session)
        self.person = make.person(session, "Paul")
        self.manager, self.admin = make.person(session, "Mona"), make.person(session, "Ines")
        make.member(session, self.person, self.home)
        make.member(session, self.manager, self.home, Role.MANAGER)
        make.member(session, self.admin, self.home, Role.ADMIN)
        session.add(
            ReportingLine(
                organisation_id=self.home.id, person_id=self.person.id, manager_id=self.manager.id, since=TODAY
            )
        )
        session.flush()
        self.paul, self.mona, self.ines = (make.viewer(session, one) for one in (self.person, self.manager, self.admin))
        self.cycle = make.cycle(session, self.home, reviewers=1)
        shops = make.key_result("Shops won", 10, unit="shops")
        self.goal = make.objective(session, self.paul, self.cycle, "Win ten shops", key_results=(shops,)).goal
        session.commit()

    def send(self, *people: Person) -> ReviewRound:
        held = goal_queries.find(self.session, self.paul, self.goal.public_id, lock=True)
        wanted = [one.public_id for one in people]
        return reviews.send(self.session, self.paul, held, wanted, seen=held.version)

    def check_in(self, viewer: Viewer, found: Found, value: Any, **said: Any) -> Entry:
        """The first key result of the objective came to this."""
        (row, *_) = objective_queries.key_results_of(self.session, found.goal.id)
        key_result, held = objective_queries.find_key_result(self.session, viewer, row.public_id, lock=True)
        return check_ins.check_in(self.session, viewer, key_result, held, CheckInDraft(Decimal(value), **said))
