"""Ladders with any number of people on them, made by the database itself in a few statements, the same at every run."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, String, cast, insert, literal, select, text, update
from sqlalchemy.orm import Session

from webapp.actions import board_counts, courses, people, standings
from webapp.domain.boards import Display
from webapp.domain.people import MembershipStatus, Role, Theme
from webapp.domain.profile_drafts import AdviceDraft, CourseDraft, CourseKind
from webapp.domain.profiles import Period
from webapp.models import (
    Board,
    GoalKeyword,
    Membership,
    MembershipRole,
    Organisation,
    Participant,
    Person,
    Profile,
    Standing,
    Target,
)
from webapp.models.base import table_of
from webapp.models.types import Amount
from webapp.queries import ladders as queries
from webapp.queries.people import viewer_of

GOALS = (
    ("personal_sales", "Personal sales", "EUR"),
    ("new_clients", "New clients", ""),
    ("client_visits", "Client visits", ""),
    ("renewals", "Renewed contracts", "EUR"),
    ("study_hours", "Hours of study", ""),
)
RUNGS = ("Associate", "Advisor", "Senior advisor")
MAXIMUM = 2_000
STEP, STEPS = 7_919, 100_003
"""Places are spread by a prime, so that neighbours by number are none on the board."""


@dataclass(frozen=True)
class Made:
    """A ladder that is there now: `viewer` stands in the middle of the board of its first rung, `people` are numbers of
    others who stand on it."""

    home: int
    profile: int
    viewer: int
    people: range


def ladder(session: Session, count: int, *, first: int, now: datetime, goals: int = len(GOALS)) -> Made:
    """So many people, whose numbers begin at `first`, stand on the first of three rungs that ask so many goals by the
    month, and everybody has come to something in each of them; committed."""
    _make_haste(session)
    home = Organisation(name=f"ladder of {count}", created_at=now)
    session.add(home)
    session.flush()
    admin = _member(session, home, f"admin-{count}", Role.ADMIN, now)
    rungs = [
        Profile(organisation_id=home.id, name=name, position=at + 1, created_at=now) for at, name in enumerate(RUNGS)
    ]
    keywords = [GoalKeyword(organisation_id=home.id, keyword=keyword) for keyword, _, _ in GOALS[:goals]]
    session.add_all([*rungs, *keywords])
    session.flush()
    for times, rung in enumerate(rungs, start=1):
        for keyword, (_, name, currency) in zip(keywords, GOALS, strict=False):
            asked = {"period": Period.MONTHLY, "minimum": Decimal(0), "maximum": Decimal(MAXIMUM * times)}
            session.add(
                Target(profile_id=rung.id, keyword_id=keyword.id, display_name=name, currency=currency, **asked)
            )
    session.flush()
    _help(session, admin, home, rungs[0], now)
    viewer = _member(session, home, f"viewer-{count}", Role.MEMBER, now)
    _people(session, home, rungs[0], first, count - 1, now)
    place = {"organisation_id": home.id, "person_id": viewer.id, "profile_id": rungs[0].id, "listed": True}
    participant = Participant(**place)
    session.add(participant)
    session.flush()
    known = queries.home(session, home.id)
    asked_of_first = queries.asked_of(session, [rungs[0].id])[rungs[0].id]
    boards = standings.running(session, rungs[0].id, asked_of_first, known.today(now))
    for number in boards.numbers():
        unit = Decimal("0.01") if number == boards.overall else Decimal("0.2")
        _stand(session, number, participant.id, first, count - 1, unit, now)
        session.execute(update(Board).where(Board.id == number).values(ranked=count))
        board_counts.rebuild(session, number)
    session.execute(update(Profile).where(Profile.id == rungs[0].id).values(participants=count))
    session.commit()
    if _is_postgresql(session):
        session.execute(text("ANALYZE"))  # as autovacuum would by and by
        session.commit()
    return Made(home.id, rungs[0].id, viewer.id, range(first + 1, first + count))


def _make_haste(session: Session) -> None:
    if _is_postgresql(session):
        for haste in ("statement_timeout = 0", "session_replication_role = replica"):  # no row here can be wrong
            session.execute(text(f"SET LOCAL {haste}"))


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _member(session: Session, home: Organisation, name: str, role: Role, now: datetime) -> Person:
    made = people.create(session, name=name, email=f"{name}@bench.example", password_hash=None, now=now)
    membership = Membership(person_id=made.id, organisation_id=home.id, created_at=now)
    session.add(membership)
    session.flush()
    session.add(MembershipRole(membership_id=membership.id, role=role))
    session.flush()
    return made


def _help(session: Session, admin: Person, home: Organisation, rung: Profile, now: datetime) -> None:
    """What there is to learn, and what helps on each goal of the rung."""
    viewer = viewer_of(session, admin, now)
    for number in range(3):
        said = (f"Offers people understand, part {number + 1}", "One page, one price, one next step.")
        address = f"https://learn.bench.example/offers/{number}"
        courses.create(session, viewer, home.id, CourseDraft(CourseKind.COURSE, *said, address, 60))
    for target in session.query(Target).where(Target.profile_id == rung.id):
        for start in (0, 50, 90):
            courses.advise(
                session, viewer, rung, target, AdviceDraft("Send the offers that still wait.", Decimal(start))
            )


def _people(session: Session, home: Organisation, rung: Profile, first: int, count: int, now: datetime) -> None:
    """Members who stand on the rung, numbered from the one after `first`, who is nobody."""
    numbers = _numbers(count)
    number = numbers.c.i + first
    digits = cast(number + 10**15, String)
    email = literal("p") + digits + literal("@bench.example")
    person = {
        "id": number,
        "public_id": literal("abcdef00") + digits,
        "email": email,
        "email_key": email,
        "name": literal("Person ") + cast(numbers.c.i, String),
        "locale": literal("en"),
        "zone": literal("Etc/UTC"),
        "day_start": literal(0),
        "week_start": literal(0),
        "theme": literal(Theme.AUTO.value),
        "origin": literal("bench"),
        "created_at": literal(now, table_of(Person).c.created_at.type),
    }
    here = {"person_id": number, "organisation_id": literal(home.id)}
    when = literal(now, table_of(Membership).c.created_at.type)
    member = {**here, "status": literal(MembershipStatus.ACTIVE.value), "created_at": when}
    how = {"display": literal(Display.FULL.value), "alias": literal(""), "profile_id": literal(rung.id)}
    yes, no = literal(value=True), literal(value=False)
    participant = {"id": number, **here, **how, "listed": yes, "opted_out": no}
    for model, columns in ((Person, person), (Membership, member), (Participant, participant)):
        session.execute(_filled(model, columns))


def _stand(session: Session, board: int, viewer: int, first: int, count: int, unit: Decimal, now: datetime) -> None:
    """Everybody has a rank on the board: so many units from none to 100,002, the viewer half of them."""
    numbers = _numbers(count)
    row = {"board_id": literal(board), "entries": literal(1), "counted": literal(value=True)}
    row["adjustment"] = literal(Decimal(0), Amount())
    row["reached_at"] = literal(now - timedelta(hours=1), table_of(Standing).c.reached_at.type)
    spread, each = numbers.c.i * STEP % STEPS, literal(unit, Amount())
    others = {"participant_id": numbers.c.i + first, "score": spread * each, "depth": -spread * each}
    session.execute(_filled(Standing, row | others))
    middle = unit * (STEPS // 2)
    mine = {"board_id": board, "participant_id": viewer, "score": middle, "depth": -middle, "entries": 1}
    session.add(Standing(**mine, counted=True, reached_at=now - timedelta(hours=1)))
    session.flush()


def _numbers(count: int) -> Any:
    """A table of the numbers from one to `count`."""
    numbers = select(literal(1, BigInteger()).label("i")).cte("numbers", recursive=True)
    return numbers.union_all(select(numbers.c.i + 1).where(numbers.c.i < count))


def _filled(model: Any, columns: dict[str, Any]) -> Any:
    labelled = [column.label(name) for name, column in columns.items()]
    return insert(table_of(model)).from_select(list(columns), select(*labelled), include_defaults=False)
