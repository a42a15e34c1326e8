"""What Ada reads, which is known to her alone; what a peer and a stranger read; and programs that are let in."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from tests.rights.cast import THEN, World
from tests.rights.marks import MARKS
from webapp.actions import feeds, reading_clients, reading_goals, reading_log, works
from webapp.domain import quran
from webapp.domain.objective_drafts import FeedDraft
from webapp.domain.objectives import FeedKind
from webapp.domain.people import Viewer
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanDraft, ReadingDraft, WorkDraft
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.models import Goal, Work
from webapp.queries import objectives as objective_queries
from webapp.queries import reading as queries

KHATM = PlanDraft(Category.QURAN, Asks.RANGE, span=quran.WHOLE, duration=90)
READ = {"ada": 3900, "peer": 3000, "stranger": 3000}
"""Up to which verse each read before today: Ada's portion of today begins at 37:113."""
assert quran.verse_text(READ["ada"] + 1) == MARKS["portion"]


@dataclass(frozen=True)
class Reader:
    """Somebody who reads; names of their things begin with `of`."""

    world: World
    who: str
    of: str = ""

    @property
    def session(self) -> Session:
        return self.world.session

    def on(self, day: date) -> Viewer:
        """The same person at noon of a day."""
        viewer = self.world.viewer(self.who, NOW)
        return replace(viewer, today=day, now=NOW - (TODAY - day))

    def name(self, name: str, public_id: str, number: int | None = None) -> None:
        assert self.of + name not in self.world.named
        self.world.named[self.of + name] = public_id
        if number is not None:
            self.world.named[f"{self.of}{name}_id"] = number

    def book(self, name: str, title: str) -> str:
        made = works.add(self.session, self.on(THEN.date()), WorkDraft(title, size=400))
        return self.own(name, made)

    def own(self, name: str, work: Work) -> str:
        goal = self.session.get_one(Goal, work.goal_id)
        self.name(name, goal.public_id, goal.id)
        return goal.public_id

    def begin(self, name: str, draft: PlanDraft, book: str = "") -> str:
        made = reading_goals.start(self.session, self.on(THEN.date()), draft, book)
        self.name(name, made.public_id)
        return made.public_id

    def log(self, name: str, day: date, category: Category = Category.QURAN, book: str = "", **said: Any) -> str:
        made = reading_log.log(self.session, self.on(day), ReadingDraft(**said), category, work_id=book)
        self.name(name, made.entry_id)
        return made.entry_id


def read(world: World) -> None:
    """Three people read the same under other titles; a key result of Ada's shows how much of the Quran she reads."""
    for who, of, mark in (("ada", "", "book"), ("peer", "peers ", "peers book"), ("stranger", "foreign ", "far book")):
        _reads(Reader(world, who, of), MARKS[mark])
    ada = Reader(world, "ada")
    away = ada.book("book away", MARKS["book away"])
    works.put_away(world.session, ada.on(TODAY), away)
    ada.begin("plain goal", PlanDraft(Category.PROGRAMME, Asks.AMOUNT, amount=2))
    _feed(world)
    _let_in(world)


def _reads(reader: Reader, title: str) -> None:
    """Four days in a row with a khatm, one of whose batches was taken back, a book, and a goal that is over."""
    reader.begin("khatm", KHATM)
    reader.log("earlier batch", THEN.date(), verses=((1, READ[reader.who]),), seconds=900)
    for ago in (2, 1):
        reader.log(f"batch {ago}", make.days_ago(ago), seconds=600)
    reader.log("batch", TODAY, seconds=600)
    gone = reader.log("batch gone", TODAY, verses=((6000, 6010),))
    reading_log.take_back(reader.session, reader.on(TODAY), gone)
    session, her = reader.session, reader.on(TODAY)
    quran_work = queries.work_of_category(session, her, Category.QURAN)
    assert quran_work is not None
    reader.own("quran", quran_work)
    book = reader.book("book", title)
    reader.begin("book goal", PlanDraft(Category.BOOK, Asks.AMOUNT, amount=400, duration=40), book)
    reader.log("book batch", TODAY, Category.BOOK, book, amount=Decimal(12))
    reader.book("fresh book", "Nothing yet")
    over = reader.begin("goal over", PlanDraft(Category.COURSE, Asks.AMOUNT, amount=1))
    reader.log("course batch", THEN.date(), Category.COURSE, amount=Decimal(1))
    reading_goals.end(session, her, over)
    lessons = queries.work_of_category(session, her, Category.COURSE)
    assert lessons is not None
    reader.own("lessons", lessons)


def _feed(world: World) -> None:
    ada = world.viewer("ada", NOW)
    key_result, found = objective_queries.find_key_result(world.session, ada, world.named["read"], lock=True)
    feeds.connect(world.session, ada, key_result, found, FeedDraft(world.named["quran"], FeedKind.SUM))
    world.facts["aim_version"] = world.goal("aim").version


def _let_in(world: World) -> None:
    """Programs of Ada's organisation, of the one elsewhere, and one that the operator lets in for everybody."""
    session, at = world.session, NOW - timedelta(hours=1)
    for name, who, there in (("program", "admin", "home"), ("far program", "stranger", "elsewhere")):
        viewer = world.viewer(who, at)
        (organisation,) = {one for one, _ in viewer.roles}
        made = reading_clients.create(session, viewer, organisation, MARKS[name])
        world.named |= {name: made.public_id, f"{name} at {there}": made.client_id}
    everybodys = reading_clients.make(session, "A reader for everybody", at)
    world.named["everybodys program"] = everybodys.public_id
    world.facts["client"] = everybodys.client_id


def token_of(world: World, contract: Contract) -> TokenDraft:
    """The draft of a token that may do everything its contract has; a reading program is everybody's."""
    client = world.facts["client"] if contract is Contract.READING else ""
    return TokenDraft("a program", contract, SCOPES[contract], client=client)
