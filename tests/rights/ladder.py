"""Ladders in the world of Ada's rights: that of her organisation, on which she and others stand, and one elsewhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW
from tests.pictures import picture
from tests.rights.cast import THEN, World
from tests.rights.marks import MARKS
from webapp.actions import api_keys, courses, images, participants, portraits, profiles, value_queries, values
from webapp.actions import value_tables as tables
from webapp.actions.values import PersonValue
from webapp.domain.api_keys import ApiKeyDraft
from webapp.domain.boards import Display
from webapp.domain.people import Viewer
from webapp.domain.profile_drafts import (
    AdviceDraft,
    CourseDraft,
    CourseKind,
    PresenceDraft,
    ProfileDraft,
    TargetDraft,
    ValueDraft,
)
from webapp.domain.profiles import Period
from webapp.domain.tokens import SCOPES, Contract
from webapp.domain.tracking import Source
from webapp.models import Course, Entry, Goal, Image, Organisation, Person, Profile, Target, TargetGoal, ValueQuery
from webapp.queries import ladders as queries

FEBRUARY = NOW - timedelta(days=28)
"""In the month before, whose boards are frozen by now."""
CLIMBERS = ("ada", "peer", "manager", "other manager", "admin")
"""Those who stand on the first rung of Ada's organisation, the best first; one in house is a member and stands on
none."""
SALES, TRAINING, FOREIGN = "quatrefoil", "palimpsest", "elsewhere_sales"
EVERYTHING = SCOPES[Contract.PROFILES]
ABSENT = "Xanthippe Xylander"
"""A member who stands on the first rung and is not listed any more."""


@dataclass(frozen=True)
class Ladder:
    """An organisation's ladder while it is built by its admin; names of its things begin with `of`."""

    world: World
    organisation: Organisation
    who: str
    of: str = ""

    @property
    def session(self) -> Session:
        return self.world.session

    def admin(self, at: datetime = THEN) -> Viewer:
        return self.world.viewer(self.who, at)

    def name(self, name: str, thing: Profile | Target | Course | Entry | ValueQuery | Goal) -> None:
        self.world.named[self.of + name] = thing.public_id

    def rung(self, name: str, called: str) -> Profile:
        made = profiles.create(self.session, self.admin(), self.organisation.id, ProfileDraft(called))
        self.name(name, made)
        self.world.named[f"{self.of}{name}_number"] = made.id
        return made

    def ask(self, name: str, profile: Profile, keyword: str, maximum: int, called: str, own: bool = False) -> Target:
        terms = (Period.MONTHLY, Decimal(0), Decimal(maximum))
        draft = TargetDraft(keyword, called, *terms, self_report=own)
        made = profiles.set_target(self.session, self.admin(), profile, draft)
        self.name(name, made)
        return made

    def value(
        self, name: str, person: Person, amount: int, keyword: str = SALES, note: str = "", at: datetime = THEN
    ) -> Entry:
        """So much, as the admin entered it when it happened."""
        return self.late(name, person, amount, keyword, note, at, at)

    def late(
        self, name: str, person: Person, amount: int, keyword: str, note: str, at: datetime, entered: datetime
    ) -> Entry:
        draft = ValueDraft(keyword, Decimal(amount), at, note=note)
        wanted = [PersonValue(person.id, draft)]
        values.enter(self.session, self.admin(entered), self.organisation.id, wanted, Source.PAGE)
        made = last_value(self.session)
        self.name(name, made)
        return made

    def course(self, name: str, title: str, kind: CourseKind = CourseKind.COURSE) -> Course:
        draft = CourseDraft(kind, title, "How to begin", "https://learn.example.org/begin", 45)
        drawn = images.draw(picture())
        made = courses.create(self.session, self.admin(), self.organisation.id, draft, drawn)
        self.name(name, made)
        return made

    def key(self, name: str, called: str, scopes: tuple[str, ...] = EVERYTHING) -> str:
        draft = ApiKeyDraft(called, scopes)
        made, key, _ = api_keys.create(self.session, self.admin(), self.organisation.id, draft)
        self.world.named[self.of + name] = made.public_id
        return key


def climb(world: World) -> None:
    """Ada's organisation has a ladder, and so has the one elsewhere; programs of all three have a key."""
    session = world.session
    by_name = {one.name: one for one in session.scalars(select(Organisation))}
    home, elsewhere, practice = (by_name[name] for name in ("Home", "Elsewhere", "Practice"))
    _home(world, Ladder(world, home, "admin"))
    _elsewhere(world, Ladder(world, elsewhere, "stranger", "foreign "))
    ours = Ladder(world, home, "admin").key("our key", MARKS["key"])
    theirs = Ladder(world, elsewhere, "stranger").key("foreign key", "Till")
    none = Ladder(world, practice, "head of practice").key("key of practice", "Till")
    world.facts["reading key"] = Ladder(world, home, "admin").key("second key", "Screen", EVERYTHING[:1])
    world.facts |= {"key": ours, "home key": ours, "key of elsewhere": theirs}
    world.facts["keys"] = {home.public_id: ours, elsewhere.public_id: theirs, practice.public_id: none}
    session.flush()


def _home(world: World, ladder: Ladder) -> None:
    first, above = ladder.rung("rung", MARKS["rung"]), ladder.rung("next rung", "Silver")
    sales = ladder.ask("target", first, SALES, 1_000, MARKS["asked"])
    ladder.ask("training", first, TRAINING, 10, "Hours of training", own=True)
    ladder.ask("next target", above, SALES, 2_000, "Sales")
    world.named |= {"sales": SALES, "hours": TRAINING, "elsewhere sales": FOREIGN}
    put_away = ladder.rung("rung_gone", "Gone")
    profiles.remove(world.session, ladder.admin(), put_away)
    absent = _stand(world, ladder, first)
    _values(world, ladder)
    _presence(world, ladder, absent)
    _learning(world, ladder, first, sales)
    home = queries.home(world.session, ladder.organisation.id)
    content = f"Person\tGoal\tAmount\tWhen\n{world.people['ada'].email}\t{SALES}\t5\t2026-03-05"
    world.named["table"] = tables.keep(world.session, ladder.admin(NOW), home, content.encode()).public_id


def _stand(world: World, ladder: Ladder, first: Profile) -> Person:
    """All of them stand on the first rung since February, and came to something in each month; returns the one who will
    not be listed."""
    absent = make.person(world.session, ABSENT, at=THEN)
    make.member(world.session, absent, ladder.organisation)
    everybody = [*(world.people[who] for who in CLIMBERS), absent]
    for person in everybody:
        participants.place(world.session, ladder.admin(FEBRUARY), first, person.id)
    for at in (FEBRUARY, THEN):
        for step, person in enumerate(everybody):
            ladder.value("first value", person, 900 - 100 * step, at=at)
    return absent


def _values(world: World, ladder: Ladder) -> None:
    """Of Ada's: one with a note, one she reported herself, one that came late, and some that she says are wrong: one
    waits, one was kept, one corrected."""
    session, ada = world.session, world.people["ada"]
    ladder.value("value", ada, 300, note=MARKS["value note"])
    ladder.late("late", ada, 5, SALES, "", FEBRUARY, THEN)
    said = {}
    for name, words in (("open", MARKS["value asked"]), ("kept", "Was it not more?"), ("corrected", "It was 30.")):
        asked = ladder.value(f"{name} value", ada, 20)
        said[name] = value_queries.ask(session, world.viewer("ada"), asked.public_id, words)
        ladder.name(f"{name} query", said[name])
    value_queries.answer(session, ladder.admin(), said["kept"].public_id, text=MARKS["answer"])
    value_queries.answer(session, ladder.admin(), said["corrected"].public_id, amount=Decimal(30))
    ladder.name("correction", last_value(session))
    own = ValueDraft(TRAINING, Decimal(10), NOW)
    values.report(session, world.viewer("ada", NOW), ladder.organisation.id, own)
    reported = last_value(session)
    ladder.name("reported", reported)
    goals = select(Goal).join(TargetGoal, TargetGoal.goal_id == Goal.id).where(TargetGoal.owner_id == ada.id)
    world.name_goal("sales goal", session.scalars(goals.where(Goal.id != reported.goal_id)).one())


def _presence(world: World, ladder: Ladder, absent: Person) -> None:
    """Ada stands there under a word of her own with a portrait, and one who is not listed has another."""
    session, home_id, ada = world.session, ladder.organisation.id, world.viewer("ada")
    participants.present(session, ada, home_id, PresenceDraft(True, Display.ALIAS, MARKS["alias"]))
    drawn = images.draw(picture(colour="red"), portrait=True)
    world.named["portrait"] = portraits.show(session, ada, home_id, drawn).public_id
    viewer = make.viewer(session, absent, THEN)
    portrait = portraits.show(session, viewer, home_id, images.draw(picture(colour="blue"), portrait=True))
    participants.present(session, viewer, home_id, PresenceDraft(False, Display.ALIAS, MARKS["not listed"]))
    world.facts |= {"absent": absent.id, "absent_portrait": portrait.public_id}


def _learning(world: World, ladder: Ladder, profile: Profile, target: Target) -> None:
    course = ladder.course("course", MARKS["course"])
    world.named["image"] = picture_of(world.session, course)
    article = ladder.course("article", MARKS["article"], CourseKind.ARTICLE)
    courses.delete(world.session, ladder.admin(), ladder.course("course_gone", "Gone"))
    chosen = {"course": course.public_id, "article": article.public_id}
    draft = AdviceDraft(MARKS["advice"], Decimal(0), "https://learn.example.org/advice", **chosen)
    world.named["advice"] = courses.advise(world.session, ladder.admin(), profile, target, draft).public_id


def _elsewhere(world: World, ladder: Ladder) -> None:
    """The same of the stranger's: nothing of it is known to anybody here."""
    session, stranger = world.session, world.people["stranger"]
    first = ladder.rung("rung", MARKS["foreign rung"])
    target = ladder.ask("target", first, FOREIGN, 100, "Sales")
    others = [make.person(session, f"Elsewhere {number}", at=THEN) for number in range(4)]
    for person in others:
        make.member(session, person, ladder.organisation)
    for person in (stranger, *others):
        participants.place(session, ladder.admin(), first, person.id)
        ladder.value("value", person, 10, FOREIGN)
    asked = value_queries.ask(session, make.viewer(session, others[-1], THEN), world.named["foreign value"], "Really?")
    ladder.name("query", asked)
    course = ladder.course("course", "Far away")
    world.named["foreign image"] = picture_of(session, course)
    draft = AdviceDraft("Go far", Decimal(0))
    world.named["foreign advice"] = courses.advise(session, ladder.admin(), first, target, draft).public_id


def last_value(session: Session) -> Entry:
    """What was entered last."""
    return session.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()


def picture_of(session: Session, course: Course) -> str:
    """The public id of the course's picture."""
    return session.scalars(select(Image.public_id).where(Image.id == course.image_id)).one()
