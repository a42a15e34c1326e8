"""What a life holds that has a ladder, reading, reminders and an organisation in it, so many of each."""

from datetime import UTC, datetime, time
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make, readers
from tests.benchmarks.data import Made
from tests.pushing import Receiver
from webapp.actions import (
    calendar_feeds,
    invitations,
    member_tables,
    participants,
    push,
    reading_clients,
    reminders,
    reporting,
    second_factors,
    teams,
    values,
)
from webapp.actions.values import PersonValue
from webapp.domain.calendar_feeds import FeedDraft, Option
from webapp.domain.days import shifted
from webapp.domain.organisations import InvitationDraft, TeamDraft
from webapp.domain.people import Role
from webapp.domain.profile_drafts import ValueDraft
from webapp.domain.profiles import Period
from webapp.domain.reminders import Channel, ReminderDraft
from webapp.domain.tracking import Source
from webapp.models import Delivery, Entry, GoalKeyword, Passkey, Person, Profile, Reminder, Target
from webapp.queries import goals, ladders
from webapp.queries.second_factors import passkeys_of


def ladder_of(session: Session, person: Made, number: int) -> dict[str, str]:
    """A ladder with so many rungs above the person's own, which asks so many goals; so many others on it beside four,
    and so many values of each. The public ids of the rung above and of a value, and when the period before began."""
    now = datetime.now(UTC)
    found, home, boss = session.get_one(Person, person.id), make.organisation(session), make.person(session, "Boss")
    make.member(session, boss, home, Role.ADMIN)
    rungs = [
        Profile(organisation_id=home.id, name=f"Rung {place}", position=place, created_at=now)
        for place in range(1, number + 2)
    ]
    words = [
        GoalKeyword(organisation_id=home.id, keyword=f"goal_{place}" if place else "sales") for place in range(number)
    ]
    session.add_all([*rungs, *words])
    session.flush()
    terms = {"period": Period.MONTHLY, "minimum": Decimal(0), "maximum": Decimal(99), "currency": "EUR"}
    session.add_all(
        Target(profile_id=rung.id, keyword_id=word.id, display_name=word.keyword, self_report=True, **terms)
        for rung in rungs
        for word in words
    )
    session.flush()
    admin, others = make.viewer(session, boss, now), [make.person(session, "Other") for _ in range(4 + number)]
    people = [found, *others]
    for one in people:
        make.member(session, one, home)
        participants.place(session, admin, rungs[0], one.id)
    drafts = [ValueDraft(word.keyword, Decimal(1), now) for word in words for _ in range(number)]
    sent = [PersonValue(one.id, draft) for one in people for draft in drafts]
    values.enter(session, admin, home.id, sent, Source.PAGE)
    session.commit()
    value = select(Entry.public_id).where(Entry.subject_id == person.id).order_by(Entry.id.desc()).limit(1)
    earlier = shifted(now.date().replace(day=1), -1).replace(day=1)
    return {"rung": rungs[1].public_id, "value": session.scalars(value).one(), "earlier": earlier.isoformat()}


def reading_of(session: Session, person: Made, number: int) -> dict[str, str]:
    """What the person reads, and so many programs of an organisation they administer; the public ids of the Quran, its
    goal, a book and a program."""
    found, now = session.get_one(Person, person.id), datetime.now(UTC)
    named = readers.read_long(session, make.viewer(session, found, now), number)
    home = make.organisation(session)
    make.member(session, found, home, Role.ADMIN)
    programs = [reading_clients.make(session, "Reader", now, organisation_id=home.id) for _ in range(number)]
    session.commit()
    return named | {"reader": programs[-1].public_id}


def reminders_of(session: Session, person: Made, number: int) -> dict[str, str]:
    """So many reminders of so many goals, each on the pages today; so many devices and feeds. The public id of a feed,
    its secret, and the number of a notice."""
    viewer = make.viewer(session, session.get_one(Person, person.id), datetime.now(UTC))
    drafts = [ReminderDraft(time(8, minute)) for minute in range(number)]
    for place in range(number):
        goal = goals.find(session, viewer, person.goals[place % len(person.goals)], lock=True)
        reminders.set_all(session, viewer, goal, drafts)
        taker = Receiver(f"https://push.example/{person.id}/{place}")
        push.subscribe(session, viewer, taker.draft, "A device", ("push.example",), ())
        feed, secret = calendar_feeds.create(session, viewer, FeedDraft("Phone", frozenset(Option)))
    for row in session.scalars(select(Reminder).where(Reminder.person_id == person.id)):
        came = {"reminder_id": row.id, "local_date": viewer.today, "due": viewer.today, "at": viewer.now}
        told = Delivery(**came, channel=Channel.PAGE)
        session.add(told)
    session.commit()
    return {"feed": feed.public_id, "secret": secret, "notice": str(told.id)}


def organisation_of(session: Session, person: Made, number: int) -> dict[str, str]:
    """An organisation the person administers, with so many members beside the one who is shown, teams, lines,
    objectives and invitations, and a table that waits; so many invitations for the person, and passkeys of theirs. The
    public ids of what is shown."""
    now, found = datetime.now(UTC), session.get_one(Person, person.id)
    home = make.organisation(session, "Works")
    make.member(session, found, home, Role.ADMIN)
    admin, shown = make.viewer(session, found, now), make.person(session, "Shown", at=now)
    make.member(session, shown, home, Role.MANAGER)
    cycle, table = make.cycle(session, home), ["Person\tManager\tTeam\tLead"]
    for place in range(number):
        other, elsewhere = make.person(session, "Other", at=now), make.organisation(session, "Elsewhere")
        make.member(session, other, home)
        make.member(session, other, elsewhere, Role.ADMIN)
        _passkeys(session, place, found, shown)
        team = teams.create(session, admin, home.id, TeamDraft(f"Team {place}", shown.public_id))
        for one in (shown, other):
            teams.put_in(session, admin, team, one.public_id)
        reporting.add(session, admin, home.id, other.public_id, shown.public_id)
        make.objective(session, make.viewer(session, shown, now), cycle, "One")
        draft = InvitationDraft(f"nora.{person.id}.{place}@example.org", frozenset())
        ours = invitations.invite(session, admin, home.id, draft)
        draft = InvitationDraft(found.email, frozenset())
        asked = invitations.invite(session, make.viewer(session, other, now), elsewhere.id, draft)
        table.append(f"{other.email}\t{found.email}\tNew team {place}\tno")
    reporting.add(session, admin, home.id, shown.public_id, found.public_id)
    kept = member_tables.keep(session, admin, ladders.home(session, home.id), "\n".join(table).encode())
    second_factors.begin_app(session, admin)
    session.commit()
    named = {"works": home.public_id, "member": shown.public_id, "team": team.public_id, "table": kept.public_id}
    key = passkeys_of(session, person.id)[0].public_id
    return named | {"ours": ours.public_id, "asked_in": asked.public_id, "passkey": key}


def _passkeys(session: Session, place: int, *people: Person) -> None:
    """One more of each of them."""
    for one in people:
        about = {"name": "A key", "synced": False, "created_at": datetime.now(UTC)}
        unique = {"credential_id": f"{one.id} {place}".encode(), "public_key": b"key"}
        session.add(Passkey(person_id=one.id, **unique, **about))
    session.flush()
