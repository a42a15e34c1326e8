"""A quarter at work as programs of the objectives contract meet it."""

from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import make
from tests.relations import Work
from webapp.actions import api_tokens
from webapp.domain.people import MembershipStatus, Role
from webapp.domain.reviews import Stage
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.models import Cycle, Goal, Membership, Organisation, Person
from webapp.queries import goals as goal_queries
from webapp.queries import objectives, reviews

UNKNOWN = "0123456789abcdef01234567"
NOBODY = {"code": 404, "message": "Not found.", "details": {}}
USED = frozenset({"token", "audit_event"})
"""Tables that say that somebody asked."""


class Asker:
    """A program of a person's that names an organisation in its header."""

    def __init__(self, app: Flask, session: Session, person: Person, account: str | None, *scopes: str) -> None:
        draft = TokenDraft("a test", Contract.OBJECTIVES, scopes or SCOPES[Contract.OBJECTIVES])
        _, self.token = api_tokens.create(session, make.viewer(session, person), draft)
        session.commit()
        self._app, self._account, self.id = app, account, person.public_id

    def ask(self, method: str, path: str, body: Any = None, *, version: str = "v1", **headers: str) -> TestResponse:
        """The answer; names of headers with underscores. Text that is no object of JSON is sent as it is."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given["Authorization"] = f"Bearer {self.token}"
        if self._account is not None:
            given.setdefault("gtmhub-accountId", self._account)
        sent: dict[str, Any] = {} if body is None else {"json": body}
        if isinstance(body, bytes):
            sent = {"data": body, "content_type": "application/json"}
        return self._app.test_client().open(f"/api/{version}{path}", method=method, headers=given, **sent)

    def get(self, path: str, **more: str) -> TestResponse:
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: str) -> TestResponse:
        return self.ask("POST", path, body, **more)

    def put(self, path: str, body: Any, **more: str) -> TestResponse:
        return self.ask("PUT", path, body, **more)

    def patch(self, path: str, body: Any, **more: str) -> TestResponse:
        return self.ask("PATCH", path, body, **more)

    def delete(self, path: str, body: Any = None, **more: str) -> TestResponse:
        return self.ask("DELETE", path, body, **more)


class Quarter:
    """Paul with his manager Mona and their admin Ines, his colleague Nora, and Zoe, who administers another house.

    `goal` is Paul's in a cycle that asks for one review, `free` his in one that asks for none.
    """

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session, self.work = app, session, Work(session)
        work = self.work
        self.home, self.cycle = work.home, work.cycle
        self.account = self.home.public_id
        colleague, stranger = make.person(session, "Nora"), make.person(session, "Zoe")
        make.member(session, colleague, self.home)
        self.elsewhere = make.organisation(session, "Elsewhere")
        make.member(session, stranger, self.elsewhere, Role.ADMIN)
        self.year = make.cycle(session, self.home, "Year", starts=make.days_ago(60), ends=make.days_ago(-300))
        self.foreign = make.cycle(session, self.elsewhere, "Their year")
        theirs = make.objective(session, make.viewer(session, stranger), self.foreign, "Theirs")
        free = make.objective(session, work.paul, self.year, "Bake better", key_results=(make.key_result("Stars", 5),))
        session.commit()
        self.goal, self.free, self.theirs = work.goal.public_id, free.goal.public_id, theirs.goal.public_id
        self.metric = objectives.key_results_of(session, work.goal.id)[0].public_id
        self.free_metric = objectives.key_results_of(session, free.goal.id)[0].public_id
        self.people = {"paul": work.person, "mona": work.manager, "ines": work.admin, "nora": colleague}
        self.paul, self.mona, self.ines, self.nora = (self.asker(one) for one in self.people.values())
        self.stranger = stranger
        self.zoe = Asker(app, session, stranger, self.elsewhere.public_id)
        session.rollback()

    def asker(self, person: Person, *scopes: str) -> Asker:
        return Asker(self.app, self.session, person, self.account, *scopes)

    def new(self, **said: Any) -> dict[str, Any]:
        """A goal of Paul's as a program writes one."""
        given = {"name": "Win ten shops", "sessionId": self.year.public_id, "ownerId": self.paul.id}
        return {**given, **said}

    def made(self, **said: Any) -> dict[str, Any]:
        answer = self.paul.post("/goals", self.new(**said))
        assert answer.status_code == 201, answer.json
        return answer.json  # type: ignore[no-any-return]

    def read(self, goal_id: str) -> dict[str, Any]:
        answer = self.paul.get(f"/goals/{goal_id}")
        assert answer.status_code == 200, answer.json
        return answer.json  # type: ignore[no-any-return]

    def found(self, goal_id: str) -> Goal:
        """The goal as the rules meet it now."""
        self.session.rollback()
        self.session.expire_all()
        return goal_queries.find(self.session, self.work.paul, goal_id)

    def stage(self, goal_id: str) -> Stage:
        """Where the goal stands, as the pages read it."""
        return reviews.standing(self.session, self.work.paul, self.found(goal_id)).stage

    def refuse(self, asker: Asker, method: str, path: str, body: Any, field: str) -> None:
        """Refused for this field alone, and nothing is changed."""
        before = self.everything()
        answer = asker.ask(method, path, body)
        assert answer.status_code == 400, (body, answer.json)
        assert (answer.json["code"], list(answer.json["details"])) == (400, [field]), body
        assert self.everything() == before

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        return make.everything(self.session, but=USED)

    def send(self, goal_id: str, *people: Asker) -> None:
        wanted = [one.id for one in people]
        assert self.paul.post(f"/goals/{goal_id}/review", {"reviewers": wanted}).status_code == 204

    def approve(self, goal_id: str) -> None:
        """Sent to Mona and approved by her."""
        self.send(goal_id, self.mona)
        assert self.mona.post(f"/goals/{goal_id}/approve", {"comment": ""}).status_code == 204

    def turn(self, cycle: Cycle, status: str) -> None:
        """The session has this status."""
        answer = self.ines.patch(f"/sessions/{cycle.public_id}", {"status": status})
        assert answer.status_code == 200, answer.json

    def leave(self, person: Person, organisation: Organisation) -> None:
        """The person belongs to the organisation no more."""
        self.session.rollback()
        for one in self.session.query(Membership).filter_by(person_id=person.id, organisation_id=organisation.id):
            one.status = MembershipStatus.LEFT
        self.session.commit()


ADDRESSES = (
    "/goals",
    "/goals/groupBy/owners",
    "/goals/groupBy/reviewers",
    "/goals/metric/{paul}",
    "/goals/{goal}",
    "/goals/{goal}/workflow-actions",
    "/sessions",
)
"""Everything that is read."""


def addresses(quarter: Quarter, goal: str | None = None) -> list[str]:
    """The addresses, of the quarter's goal unless another is named."""
    return [one.format(paul=quarter.paul.id, goal=goal or quarter.goal) for one in ADDRESSES]
