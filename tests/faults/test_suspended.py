"""Who is suspended is refused on every path from the next request on, and comes in again once they are let in; who left
keeps what is theirs alone."""

from collections.abc import Callable, Iterator
from datetime import time, timedelta

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import program, reader, till
from tests.api.quarter import Asker
from tests.ladders import Ladder
from tests.page import Browser, Page, signed_in
from tests.passkeys import SITE, asked, enrol
from tests.second_steps import set_up, write
from tests.visitors import PASSWORD, Visitor, letters, link_of
from webapp.actions import (
    calendar_feeds,
    outbox,
    passkeys,
    passwords,
    people,
    planning,
    reminder_settings,
    second_factors,
    sign_ins,
)
from webapp.actions import invitations as invitation_acts
from webapp.domain.calendar_feeds import FeedDraft
from webapp.domain.errors import NotFound, Refused
from webapp.domain.organisations import InvitationDraft
from webapp.domain.people import Role, Viewer
from webapp.domain.reminder_settings import OF_THE_PERSON, WishesDraft
from webapp.domain.reminders import About, Channel
from webapp.models import OutboxMessage, Person, PushSubscription, SignIn
from webapp.queries.people import credentials_of
from webapp.web import mail_links
from webapp.web.mail_links import Stop
from webapp.worker.loop import run

Door = Callable[[], bool]


@pytest.fixture
def clock() -> Iterator[machine.Traveller]:
    with machine.travel(make.NOW, tick=False) as coordinates:
        yield coordinates


class House:
    """Ada, a member, whom the admin Ines suspends by her pages; every door that Ada has."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        self.they = Ladder(session, people=("Ada",))
        self.home, self.ada = self.they.home, self.they.people["Ada"]
        self.ada.password_hash = passwords.hash_password(PASSWORD)
        session.commit()
        self.ines = signed_in(app, session, self.they.admin)

    @property
    def her(self) -> Viewer:
        return make.viewer(self.session, self.ada)

    def admin(self, act: str, **fields: str) -> Page:
        page = self.ines.post(f"/admin/people/{self.ada.public_id}/{act}", **fields)
        assert page.status == 303, page.words()
        self.session.rollback()
        self.session.expire_all()
        return page

    def personal(self) -> dict[str, Door]:
        """Programs and addresses that open what is hers alone."""
        tracking, reading = program(self.app, self.session, self.ada), reader(self.app, self.session, self.ada)
        _, secret = calendar_feeds.create(self.session, self.her, FeedDraft("Mine"))
        stop = mail_links.signed(self.app, Stop(self.ada.public_id, (About.GOAL,)))
        self.session.commit()
        return {
            "tracking": lambda: tracking.get("/goals").status_code == 200,
            "reading": lambda: reading.get("/streaks?type=QURAN").status_code == 200,
            "calendar": lambda: Browser(self.app).get(f"/calendar/feeds/{secret}.ics").status == 200,
            "unsubscribe": lambda: Browser(self.app).ask("POST", f"/unsubscribe/{stop}").status == 200,
            "password": lambda: Visitor(self.app).sign_in(self.ada.email).status_code == 303,
        }

    def of_the_organisation(self) -> dict[str, Door]:
        """Programs that open what is the organisation's."""
        objectives = Asker(self.app, self.session, self.ada, self.home.public_id)
        plain, signing = (till(self.app, self.session, self.home, self.ada, signs=signs) for signs in (False, True))
        overview = "/overview/"
        return {
            "objectives": lambda: objectives.get("/goals").status_code == 200,
            "profiles": lambda: plain.get(overview).status_code == 200,
            "signed profiles": lambda: signing.get(overview, **signing.signature("GET", overview)).status_code == 200,
        }


@pytest.fixture
def house(app: Flask, session: Session, clock: machine.Traveller) -> House:
    with app.app_context():
        return House(app, session)


def opening(doors: dict[str, Door]) -> set[str]:
    return {name for name, door in doors.items() if door()}


def test_every_standing_door_closes_and_opens_again(house: House) -> None:
    with house.app.app_context():
        doors = house.personal() | house.of_the_organisation()
    browser = signed_in(house.app, house.session, house.ada)
    assert browser.get("/notices", htmx=True).status in (200, 204)
    assert browser.get("/account", follow=False).status == 200
    assert opening(doors) == set(doors)
    house.admin("suspend")
    assert opening(doors) == set()
    gone = browser.get("/account", follow=False)
    assert (gone.status, gone.headers["Location"].partition("?")[0]) == (303, "/login")
    assert browser.get("/notices", htmx=True).status == 204
    house.admin("resume")
    assert opening(doors) == set(doors)
    assert browser.get("/account", follow=False).status == 303, "a device that was signed out stays so"


def test_to_sign_in_says_the_same_as_a_wrong_password(house: House) -> None:
    def answers() -> tuple[int, str]:
        answer = Visitor(house.app).sign_in(house.ada.email, "not the password at all")
        return answer.status_code, _same(answer.text, answer.headers["X-Request-Id"])

    wrong = answers()
    assert Visitor(house.app).sign_in(house.ada.email).status_code == 303
    house.admin("suspend")
    answer = Visitor(house.app).sign_in(house.ada.email)
    assert (answer.status_code, _same(answer.text, answer.headers["X-Request-Id"])) == wrong


def _same(text: str, request_id: str) -> str:
    """A page without what no two answers share."""
    kept = [line for line in text.replace(request_id, "").splitlines() if "csrf" not in line.casefold()]
    return "\n".join(kept)


def test_what_was_mailed_or_half_done_opens_nothing(house: House) -> None:
    session, app = house.session, house.app
    set_up(session, house.her)

    def fresh() -> dict[str, Door]:
        """New links and a second step that waits, each tried once."""
        people.ask_recovery(session, house.ada.email, "en", make.NOW)
        people.ask_email_change(session, house.her, "ada.new@example.org")
        second_factors.ask_to_forget(session, house.ada, make.NOW)
        proven = credentials_of(session, house.her)
        assert proven is not None
        session.commit()
        waiting = sign_ins.begin(session, proven, "a test", make.NOW)
        assert waiting.waits
        session.commit()
        names = {"/recover": "recovery", "/account/email": "email-confirm", "/lost-factor": "lost-factor"}
        links = {place: link_of(session, template) for place, template in names.items()}

        def finishes() -> bool:
            begun = session.begin_nested()
            try:
                sign_ins.finish(session, waiting.secret, "app", "a test", make.NOW)
            except NotFound:
                return False
            finally:
                begun.rollback()
                session.rollback()
            return True

        doors: dict[str, Door] = {
            place: (lambda place=place, secret=secret: Browser(app).get(f"{place}/{secret}").status == 200)
            for place, secret in links.items()
        }
        return doors | {"second step": finishes}

    doors = fresh()
    before = opening(doors)
    assert before == set(doors)
    house.admin("suspend")
    assert opening(doors) == set()
    house.admin("resume")
    assert opening(doors) == set(), "a link from before stays dead"
    assert opening(fresh()) == before


def test_what_a_passkey_was_asked_before_is_no_way_in(house: House) -> None:
    session = house.session
    write(session)
    device = enrol(session, house.her)
    ways = {"second step": house.ada.id, "alone": None}

    def fresh() -> dict[str, Door]:
        """Answers to new questions: one asked after the password, one of whoever comes."""
        answers = {name: (whom, device.prove(asked(session, whom))) for name, whom in ways.items()}
        return {name: (lambda whom=whom, said=said: proves(whom, said)) for name, (whom, said) in answers.items()}

    def proves(whom: int | None, answer: str) -> bool:
        try:
            return passkeys.prove(session, whom, answer, SITE, make.NOW).id == house.ada.id
        except Refused:
            return False
        finally:
            session.rollback()

    doors = fresh()
    assert opening(doors) == set(doors)
    house.admin("suspend")
    assert opening(doors) == set()
    assert opening(fresh()) == set()
    house.admin("resume")
    assert "second step" not in opening(doors), "what was asked of her before stays dead"
    assert opening(fresh()) == set(doors)


def test_no_link_can_be_asked_for(house: House) -> None:
    email = house.ada.email

    def asked() -> list[str]:
        Visitor(house.app).submit("/recover", email=email)
        house.session.rollback()
        return [letter["template"] for letter in letters(house.session) if letter["template"].startswith("recovery")]

    assert asked() == ["recovery"]
    house.admin("suspend")
    assert asked()[-1] == "recovery-closed"
    (closed,) = letters(house.session, "recovery-closed")
    assert (closed["to"], closed["values"]["token"]) == (email, "")
    house.admin("resume")
    assert asked()[-1] == "recovery"


def test_an_invitation_waits_until_they_can_come_in(house: House) -> None:
    other = make.organisation(house.session, "Other")
    boss = make.person(house.session, "Boss")
    make.member(house.session, boss, other, Role.ADMIN)
    made = invitation_acts.invite(
        house.session, make.viewer(house.session, boss), other.id, InvitationDraft(house.ada.email)
    )
    house.session.commit()
    browser = signed_in(house.app, house.session, house.ada)
    assert browser.get(f"/invitations/{made.public_id}", follow=False).status == 200
    house.admin("suspend")
    assert browser.get(f"/invitations/{made.public_id}", follow=False).status == 303
    assert browser.post(f"/invitations/{made.public_id}/accept").status in (303, 400)
    assert not [role for role in house.her.roles if role[0] == other.id]


def test_nothing_leaves_to_their_devices_and_mailbox_but_the_news(house: House) -> None:
    session, app = house.session, house.app
    signed_in(app, session, house.ada)
    device = session.scalars(select(SignIn.id).where(SignIn.person_id == house.ada.id)).first()
    row = PushSubscription(person_id=house.ada.id, sign_in_id=device, endpoint_hash=b"e" * 32, created_at=make.NOW)
    row.address = house.her.words.seal("push_subscription.address", "{}")
    session.add(row)
    for person in (house.ada, house.they.admin):
        key = f"sharing-changed:{person.id}"
        outbox.enqueue(session, person.id, person.email, "sharing-changed", key, make.NOW)
    session.commit()
    house.admin("suspend")
    Visitor(app).submit("/recover", email=house.ada.email)
    assert not list(session.scalars(select(PushSubscription.id)))
    run(app, once=True)
    session.rollback()
    session.expire_all()
    sent = session.execute(select(OutboxMessage.person_id, OutboxMessage.dedupe_key, OutboxMessage.failure)).all()
    mine = {key.partition(":")[0]: failure for person, key, failure in sent if person == house.ada.id}
    assert mine == {"sharing-changed": "person gone", "account-changed": None, "recovery": None}
    assert [failure for person, _, failure in sent if person == house.they.admin.id] == [None]


def test_a_reminder_that_was_planned_before_does_not_leave(house: House, clock: machine.Traveller) -> None:
    session = house.session
    walls = dict.fromkeys(OF_THE_PERSON) | {About.DIGEST: time(14)}
    wishes = WishesDraft({about: [Channel.MAIL] for about in About}, False, None, None, walls)
    write(session)
    for person in (house.ada, house.they.admin):
        viewer = make.viewer(session, person)
        make.goal(session, viewer, "Walk")
        reminder_settings.change(session, viewer, wishes)
    session.commit()

    def reminded() -> dict[str, list[str | None]]:
        """What became of each one's reminders, in order; None has left."""
        run(house.app, once=True)
        session.rollback()
        rows = session.execute(
            select(Person.name, OutboxMessage.failure)
            .join(Person, Person.id == OutboxMessage.person_id)
            .where(OutboxMessage.dedupe_key.startswith("remind:"))
            .order_by(OutboxMessage.id)
        )
        found: dict[str, list[str | None]] = {}
        for name, failure in rows:
            found.setdefault(name, []).append(failure)
        return found

    clock.move_to(make.NOW + timedelta(hours=1))
    write(session)
    assert planning.plan_due(session, make.NOW + timedelta(hours=1)) == 2
    session.commit()
    house.admin("suspend")
    assert reminded() == {"Ada": ["nothing to say"], "Ines": [None]}
    clock.move_to(make.NOW + timedelta(days=1, hours=1))
    assert reminded() == {"Ada": ["nothing to say"], "Ines": [None, None]}


def test_who_left_keeps_what_is_theirs_and_nothing_else(house: House) -> None:
    with house.app.app_context():
        personal, theirs = house.personal(), house.of_the_organisation()
    goal = make.goal(house.session, house.her, "Walk")
    house.session.commit()
    assert opening(personal | theirs) == set(personal | theirs)
    house.admin("leave")
    assert opening(theirs) == set()
    assert opening(personal) == set(personal)
    house.session.rollback()
    browser = signed_in(house.app, house.session, house.ada)
    assert browser.get(f"/goals/{goal.public_id}").status == 200
    assert browser.get("/admin/people", follow=False).status in (403, 404)
    person = house.session.get_one(Person, house.ada.id)
    assert (person.disabled_at, sorted(house.her.roles)) == (None, [])
