"""What two people decide at one moment, and what is read after somebody took their consent back (two real engines)."""

import http.client
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.browser import signed_in
from tests.benchmarks.serving import served
from tests.faults.visitors import together
from webapp.actions import decisions, goals, grants, memberships, places, reviews
from webapp.domain.errors import Conflict, DomainError
from webapp.domain.goals import ReviewState
from webapp.domain.grants import Scope
from webapp.domain.people import Role, Viewer
from webapp.domain.reviews import Act, RoundState, Verdict
from webapp.models import Access, Goal, Membership, Organisation, Person, ReviewEvent, ReviewRound
from webapp.models.engine import begin_writing
from webapp.queries import goals as goal_queries
from webapp.queries import reviews as queries
from webapp.queries.people import viewer_of

GOALS = 8
READERS = 8
READS = 200
"""So many looks begin after the consent was taken back."""


class Both:
    """A client and their therapist as two processes meet them: every act in a session and transaction of its own."""

    def __init__(self, engine: Engine, session: Session) -> None:
        self.engine = engine
        now = datetime.now(UTC)
        home = make.organisation(session)
        client, therapist = (make.person(session, name, at=now) for name in ("Ada", "Thea"))
        make.member(session, therapist, home, Role.THERAPIST)
        self.grant = make.grant(session, client, therapist, Scope.GOALS, Scope.TRACKING).public_id
        ada = viewer_of(session, client, now)
        self.client, self.therapist, self.address = client.id, therapist.id, therapist.public_id
        self.goals = [make.goal(session, ada, f"Goal {number}").public_id for number in range(GOALS)]
        session.commit()

    def act(self, person_id: int, what: Callable[[Session, Viewer], object]) -> object:
        """What came of it, committed; the rules' refusals are answers too."""
        with Session(self.engine, expire_on_commit=False) as session:
            begin_writing(session)
            viewer = viewer_of(session, session.get_one(Person, person_id), datetime.now(UTC))
            try:
                done = what(session, viewer)
            except DomainError as error:
                session.rollback()
                return error
            session.commit()
            return done

    def send(self, goal: str) -> str:
        def send(session: Session, viewer: Viewer) -> str:
            held = goal_queries.find(session, viewer, goal, lock=True)
            return reviews.send(session, viewer, held, [self.address], seen=held.version).public_id

        return str(self.act(self.client, send))

    def verdict(self, round_: str, verdict: Verdict) -> Callable[[], object]:
        def decide(session: Session, viewer: Viewer) -> object:
            found, goal = queries.find_round(session, viewer, round_, lock=True)
            return decisions.decide(
                session, viewer, found, goal, verdict, revision=found.revision, comment="A word."
            ).state

        return lambda: self.act(self.therapist, decide)

    def change(self, goal: str) -> Callable[[], object]:
        def change(session: Session, viewer: Viewer) -> object:
            held = goal_queries.find(session, viewer, goal, lock=True)
            return goals.change(session, viewer, held, make.draft("Another"), seen=held.version).review_state

        return lambda: self.act(self.client, change)

    def free(self, session: Session, viewer: Viewer) -> int:
        return places.free(session, self.therapist, viewer.now, owner_id=viewer.id, viewer=viewer)

    def stands(self, goal: str) -> tuple[ReviewState | None, list[RoundState], list[Act]]:
        with Session(self.engine) as session:
            found = session.scalars(select(Goal).where(Goal.public_id == goal)).one()
            rounds = select(ReviewRound.state).where(ReviewRound.goal_id == found.id).order_by(ReviewRound.id)
            events = select(ReviewEvent.act).where(ReviewEvent.goal_id == found.id).order_by(ReviewEvent.id)
            return found.review_state, list(session.scalars(rounds)), list(session.scalars(events))


@pytest.fixture
def both(app: Flask, engine: Engine, session: Session) -> Both:
    return Both(engine, session)


def test_of_approving_and_sending_back_at_once_one_wins(both: Both) -> None:
    won = set()
    for goal in both.goals:
        round_ = both.send(goal)
        came = together(both.verdict(round_, Verdict.APPROVE), both.verdict(round_, Verdict.DECLINE))
        (lost,) = [one for one in came if isinstance(one, Exception)]
        assert isinstance(lost, Conflict), lost
        assert lost.code == "decided_meanwhile"
        state, rounds, events = both.stands(goal)
        assert (state, rounds, events) in (
            (ReviewState.APPROVED, [RoundState.APPROVED], [Act.SEND, Act.APPROVE]),
            (ReviewState.DRAFT, [RoundState.DECLINED], [Act.SEND, Act.DECLINE]),
        )
        won.add(state)
    assert won <= {ReviewState.APPROVED, ReviewState.DRAFT}


def test_of_approving_and_taking_the_role_at_once_both_are_done_and_nothing_waits(both: Both) -> None:
    with Session(both.engine) as session:
        home = session.scalars(select(Membership.organisation_id)).one()
        boss = make.person(session, "Ines")
        make.member(session, boss, session.get_one(Organisation, home), Role.ADMIN)
        session.commit()
        ines = boss.id

    def roles(*wanted: Role) -> Callable[[], object]:
        def change(session: Session, viewer: Viewer) -> object:
            memberships.change_roles(session, viewer, home, both.therapist, wanted)
            return "done"

        return lambda: both.act(ines, change)

    for goal in both.goals:
        round_ = both.send(goal)
        came = together(both.verdict(round_, Verdict.APPROVE), roles(Role.MANAGER))
        assert came[1] == "done", came
        assert came[0] is RoundState.APPROVED or isinstance(came[0], DomainError), came
        state, rounds, _ = both.stands(goal)
        assert (state, rounds) in (
            (ReviewState.APPROVED, [RoundState.APPROVED]),
            (ReviewState.DRAFT, [RoundState.ENDED]),
        )
        assert roles(Role.THERAPIST)() == "done"


def test_the_same_approval_twice_at_once_is_one_event_and_one_answer(both: Both) -> None:
    for goal in both.goals:
        round_ = both.send(goal)
        approve = both.verdict(round_, Verdict.APPROVE)
        assert together(approve, approve) == [RoundState.APPROVED, RoundState.APPROVED]
        assert both.stands(goal)[2] == [Act.SEND, Act.APPROVE]


def test_an_approval_never_meets_what_was_changed_under_it(both: Both) -> None:
    for goal in both.goals:
        round_ = both.send(goal)
        came = together(both.verdict(round_, Verdict.APPROVE), both.change(goal))
        assert came[1] is ReviewState.DRAFT, came
        assert both.stands(goal)[0] is ReviewState.DRAFT
        assert came[0] is RoundState.APPROVED or isinstance(came[0], Conflict)


def test_an_approval_and_the_end_of_the_consent_leave_one_story(both: Both) -> None:
    for goal in both.goals:
        round_ = both.send(goal)
        approve = both.verdict(round_, Verdict.APPROVE)
        together(approve, lambda: both.act(both.client, lambda session, viewer: both.free(session, viewer)))
        assert both.stands(goal) in (
            (ReviewState.APPROVED, [RoundState.APPROVED], [Act.SEND, Act.APPROVE]),
            (ReviewState.DRAFT, [RoundState.ENDED], [Act.SEND, Act.END]),
        )


def test_what_is_sent_while_the_consent_ends_waits_for_nobody(both: Both) -> None:
    goal = both.goals[0]
    revoke = partial(both.act, both.client, lambda session, viewer: grants.revoke(session, viewer, both.grant))
    together(lambda: both.send(goal), revoke)
    assert both.stands(goal)[0] in (None, ReviewState.DRAFT)


def test_no_look_that_begins_after_the_consent_ended_succeeds(
    app: Flask, both: Both, environment: dict[str, str], tmp_path: Path
) -> None:
    browser = signed_in(app, both.therapist)
    path, over = f"/goals/{both.goals[0]}", Event()
    looks: list[tuple[float, int]] = []

    def look(port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while not over.is_set():
            begun = time.monotonic()
            connection.request("GET", path, headers={"Cookie": browser.cookie})
            answer = connection.getresponse()
            answer.read()
            looks.append((begun, answer.status))
        connection.close()

    with served("wsgi:app", environment, tmp_path, workers=2) as server, ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(look, server.port) for _ in range(READERS)]
        until = time.monotonic() + 30
        while len(looks) < READERS and time.monotonic() < until:
            time.sleep(0.01)
        revoked = both.act(both.client, lambda session, viewer: grants.revoke(session, viewer, both.grant))
        ended = time.monotonic()
        while sum(begun > ended for begun, _ in looks) < READS and time.monotonic() < until:
            time.sleep(0.01)
        over.set()
        for reader in readers:
            reader.result()
    assert not isinstance(revoked, Exception), revoked
    after = [status for begun, status in looks if begun > ended]
    assert len(after) >= READS
    assert set(after) == {404}
    seen = [status for begun, status in looks if status == 200]
    assert seen, "they saw it before"
    with Session(both.engine) as session:
        assert len(session.scalars(select(Access.id)).all()) == len(seen), "and every look was written down"
