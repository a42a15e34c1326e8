"""What people do to a ladder at one moment: every value counts, one promotion is one, and ranks stay what they are."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests import make
from tests.faults.visitors import together
from tests.ladders import SALES, TRAINING, Ladder
from webapp.actions import erasure, participants, profiles, values
from webapp.actions.audit import Tag
from webapp.actions.values import PersonValue, Recorded
from webapp.domain.boards import Display
from webapp.domain.errors import DomainError, Invalid
from webapp.domain.people import Viewer
from webapp.domain.profile_drafts import PresenceDraft, ProfileDraft, ValueDraft
from webapp.domain.tracking import Source
from webapp.models import Board, Entry, Participant, Person, Profile, Standing, TargetGoal
from webapp.models.engine import begin_writing
from webapp.queries.doctor import examine
from webapp.queries.people import viewer_of

ROUNDS = 6


class House:
    """A ladder; every act in a session and transaction of its own, now."""

    def __init__(self, engine: Engine, session: Session) -> None:
        self.engine = engine
        ladder = Ladder(session, ("Ada", "Ben", "Cem", "Dora", "Emil", "Fay"))
        self.home, self.bronze, self.silver = ladder.home.id, ladder.bronze.public_id, ladder.silver.id
        self.people = {name: person.id for name, person in (ladder.people | {"Ines": ladder.admin}).items()}
        session.commit()

    def act(self, name: str, what: Callable[[Session, Viewer], object]) -> object:
        """What came of it, committed; refusals of the rules are answers too."""
        with Session(self.engine, expire_on_commit=False) as session:
            begin_writing(session)
            viewer = viewer_of(session, session.get_one(Person, self.people[name]), datetime.now(UTC))
            try:
                done = what(session, viewer)
                session.commit()
            except DomainError as error:
                session.rollback()
                return error
            return done

    def value(self, name: str, amount: int, keyword: str = SALES, uid: str = "") -> Callable[[], object]:
        def enter(session: Session, admin: Viewer) -> Recorded:
            draft = ValueDraft(keyword, Decimal(amount), datetime(2026, 3, 10, tzinfo=UTC), uid)
            draft = draft if uid else ValueDraft(keyword, Decimal(amount), admin.now)
            wanted = [PersonValue(self.people[name], draft)]
            return values.enter(session, admin, self.home, wanted, Source.API)

        return lambda: self.act("Ines", enter)

    def promote(self, name: str, by: str) -> Callable[[], object]:
        def say(session: Session, viewer: Viewer) -> int:
            profile = session.scalars(select(Profile).where(Profile.public_id == self.bronze)).one()
            return participants.promote(session, viewer, profile, self.people[name]).id

        return lambda: self.act(by, say)

    def present(self, name: str, listed: bool) -> Callable[[], object]:
        def say(session: Session, viewer: Viewer) -> object:
            return participants.present(session, viewer, self.home, PresenceDraft(listed, Display.FULL)).opted_out

        return lambda: self.act(name, say)

    def findings(self) -> list[str]:
        now = datetime.now(UTC)
        with Session(self.engine) as session:
            return [str(finding) for finding in examine(session, now.date(), now)]

    def scores(self, name: str) -> list[Decimal]:
        with Session(self.engine) as session:
            mine = select(Standing.score).join(Participant, Participant.id == Standing.participant_id)
            mine = mine.join(Board, Board.id == Standing.board_id).where(Board.keyword_id.is_not(None))
            mine = mine.where(Participant.person_id == self.people[name])
            return sorted(session.scalars(mine))


@pytest.fixture
def house(app: Flask, engine: Engine, session: Session) -> House:
    return House(engine, session)


def test_values_of_one_moment_all_count(house: House) -> None:
    for _ in range(ROUNDS):
        acts = [house.value("Ada", 10), house.value("Ada", 5, TRAINING), house.value("Ben", 7), house.value("Ada", -3)]
        assert together(*acts) == [Recorded(1, 0)] * 4
    assert house.scores("Ada") == [5 * ROUNDS, 7 * ROUNDS]
    assert house.findings() == []
    with Session(house.engine) as session:
        assert len(set(session.scalars(select(TargetGoal.goal_id)))) == 3


def test_the_same_value_sent_twice_at_once_counts_once(house: House) -> None:
    for number in range(ROUNDS):
        came = together(*[house.value("Ada", 10, uid=f"sale-{number}")] * 3)
        assert sorted((one.accepted, one.repeated) for one in came if isinstance(one, Recorded)) == [
            (0, 1),
            (0, 1),
            (1, 0),
        ]
    with Session(house.engine) as session:
        assert len(list(session.scalars(select(Entry)))) == ROUNDS
    assert house.findings() == []


def test_two_values_under_one_id_at_once_are_one_value_and_one_refusal(house: House) -> None:
    for number in range(ROUNDS):
        came = together(house.value("Ada", 10, uid=f"sale-{number}"), house.value("Ada", 20, uid=f"sale-{number}"))
        assert sorted(isinstance(one, Invalid) for one in came) == [False, True]
    assert house.findings() == []


def test_two_promotions_at_once_promote_once(house: House) -> None:
    for name in ("Ada", "Ben", "Cem"):
        house.value(name, 1_000)()
        house.value(name, 10, TRAINING)()
        came = together(house.promote(name, name), house.promote(name, "Ines"), house.promote(name, name))
        assert came == [house.silver] * 3
    with Session(house.engine) as session:
        assert make.tags(session).count(Tag.PARTICIPANT_PROMOTE) == 3
    assert house.findings() == []


def test_a_value_while_its_person_moves_up_or_leaves_the_boards_is_not_lost(house: House) -> None:
    house.value("Ada", 1_000)()
    house.value("Ada", 10, TRAINING)()
    assert together(house.promote("Ada", "Ada"), house.value("Ada", 5))[1] == Recorded(1, 0)
    assert house.scores("Ada") == [10, 1_005]
    for number in range(ROUNDS):
        together(house.present("Ben", number % 2 == 0), house.value("Ben", 1))
        assert house.findings() == []
    assert house.scores("Ben") == [ROUNDS]


def test_a_value_while_its_person_is_erased_is_refused_or_gone_with_them(house: House) -> None:
    for name in ("Ada", "Ben", "Cem"):

        def erase(session: Session, viewer: Viewer, name: str = name) -> object:
            return erasure.erase(session, house.people[name], viewer.now)

        came = together(lambda erase=erase: house.act("Ines", erase), house.value(name, 10), house.value("Fay", 1))
        assert came[2] == Recorded(1, 0)
        assert isinstance(came[1], Recorded | Invalid)
        assert house.findings() == []
        with Session(house.engine) as session:
            mine = select(TargetGoal.goal_id).where(TargetGoal.owner_id == house.people[name])
            assert list(session.scalars(mine)) == []


def test_nobody_is_placed_on_a_rung_while_it_is_removed(house: House) -> None:
    for name in ("Ada", "Ben", "Cem"):
        with Session(house.engine) as session:
            admin = viewer_of(session, session.get_one(Person, house.people["Ines"]), datetime.now(UTC))
            rung = profiles.create(session, admin, house.home, ProfileDraft(f"Rung of {name}")).id
            session.commit()

        def remove(session: Session, viewer: Viewer, rung: int = rung) -> object:
            return profiles.remove(session, viewer, session.get_one(Profile, rung))

        def place(session: Session, viewer: Viewer, rung: int = rung, name: str = name) -> object:
            return participants.place(session, viewer, session.get_one(Profile, rung), house.people[name]).profile_id

        together(lambda remove=remove: house.act("Ines", remove), lambda place=place: house.act("Ines", place))
        with Session(house.engine) as session:
            stands = select(Profile.deleted_at).join(Participant, Participant.profile_id == Profile.id)
            assert set(session.scalars(stands)) == {None}
    assert house.findings() == []
