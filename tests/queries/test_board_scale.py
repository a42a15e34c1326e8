"""A board of a million people beside one of a thousand, each alone in its database: ratios inside one run."""

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests import application, servers
from tests.benchmarks import ladder_data
from tests.benchmarks.ladder_data import GOALS, Made
from webapp.actions import values
from webapp.actions.values import PersonValue
from webapp.domain.profile_drafts import ValueDraft
from webapp.models import Person
from webapp.models.engine import begin_writing, normal_url
from webapp.queries import boards
from webapp.queries.boards import Shown
from webapp.queries.ladders import asked_of
from webapp.queries.people import viewer_of

FEW, MANY = 1_000, 1_000_000
ROUNDS = 40
MOST = 1.3


@dataclasses.dataclass
class World:
    """A ladder in a database of its own, and who looks at it from the middle."""

    session: Session
    made: Made

    def look(self) -> tuple[Shown, ...]:
        """The boards as the page and the programs read them."""
        now = datetime.now(UTC)
        viewer = viewer_of(self.session, self.session.get_one(Person, self.made.viewer), now)
        (ladder,) = boards.ladders(self.session, viewer)
        rung, today = ladder.rungs[0], ladder.home.today(now)
        asked = asked_of(self.session, [rung.number])[rung.number]
        wholes, goals = boards.heads(self.session, rung, asked, asked[0].keyword_id, today)
        return tuple(boards.shown(self.session, viewer, rung, asked, ladder.place, [wholes[0], goals[0]], today))

    def enter(self) -> None:
        """A value of somebody in the middle comes in."""
        self.session.rollback()
        begin_writing(self.session)
        now = datetime.now(UTC)
        viewer = viewer_of(self.session, self.session.get_one(Person, self.made.viewer), now)
        draft = ValueDraft(GOALS[0][0], Decimal("0.5"), now)
        values.take_in(self.session, viewer, self.made.home, [PersonValue(viewer.id, draft)], key_id=0)
        self.session.commit()


@contextmanager
def world(app: Flask, server: str, folder: Path, count: int) -> Iterator[World]:
    with ExitStack() as stack:
        url = stack.enter_context(servers.database(server))
        application.migrate(url, folder)
        engine = create_engine(normal_url(url))
        stack.callback(engine.dispose)
        with app.app_context(), Session(engine, expire_on_commit=False) as session:
            made = ladder_data.ladder(session, count, first=10_000_000, now=datetime.now(UTC), goals=2)
            yield World(session, made)


@pytest.mark.nightly
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_board_costs_the_same_among_a_thousand_and_among_a_million(
    app: Flask, postgresql_server: str, tmp_path: Path
) -> None:
    with world(app, postgresql_server, tmp_path, FEW) as few, world(app, postgresql_server, tmp_path, MANY) as many:
        for one, count in ((few, FEW), (many, MANY)):
            for shown in one.look():
                assert shown.participants == count
                assert shown.mine is not None
                assert shown.mine.rank is not None
                assert 0.4 * count < shown.mine.rank < 0.6 * count
        ratios = {}
        for name, act in (("boards", World.look), ("a value", World.enter)):
            pairs = [(taken(act, many), taken(act, few)) for _ in range(ROUNDS)]
            most, least = (min(times) for times in zip(*pairs, strict=True))  # what else the machine does only adds
            print(f"{name}, participants {FEW:,} → {MANY:,}: {most / least:.2f} ×, {1_000 * most:.1f} ms")  # noqa: T201
            ratios[name] = most / least
        assert max(ratios.values()) <= MOST


def taken(act: Callable[[World], object], one: World) -> float:
    begun = time.perf_counter()
    act(one)
    return time.perf_counter() - begun
