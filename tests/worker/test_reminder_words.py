"""What the digest and reminders of reading, moods and reviews say: what is true when they leave, and no more than is
wanted."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.worker.conftest import Mailbox
from tests.worker.reminded import Reminded, plan
from webapp.actions import grants, pauses, reading_goals, reading_log, reviews
from webapp.domain.grants import Scope
from webapp.domain.pauses import Pause
from webapp.domain.people import Role
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanDraft, ReadingDraft
from webapp.domain.schedules import Frequency
from webapp.models import Grant

Work = Callable[[], None]
TODAY = date(2026, 5, 4)
START = datetime(2026, 5, 4, 5, tzinfo=UTC)
"""A Monday, seven in the morning in Berlin."""
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
EIGHT = time(8)
AT_EIGHT = START + HOUR + timedelta(seconds=3)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(app: Flask, session: Session, clock: Any) -> Reminded:
    return Reminded(session)


def reads(ada: Reminded) -> None:
    plan_ = PlanDraft(Category.QURAN, Asks.RANGE, span=(150, 200))
    reading_goals.start(ada.session, ada.viewer, plan_)
    ada.session.commit()


def has_read(ada: Reminded, first: int = 150, last: int = 200) -> None:
    reading_log.log(ada.session, ada.viewer, ReadingDraft(verses=((first, last),)), Category.QURAN)
    ada.session.commit()


def feels(ada: Reminded) -> None:
    make.mood(ada.session, ada.viewer)
    ada.session.commit()


# Reading


def test_reading_is_named_only_when_wanted(ada: Reminded, mailbox: Mailbox, work: Work, clock: Any) -> None:
    reads(ada)
    ada.wish(reading=EIGHT)
    clock.move_to(AT_EIGHT)
    work()
    (said,) = ada.mails(mailbox)
    assert said.startswith("You have a reminder\n")
    for word in ("Quran", "read", "2:", "verse"):
        assert word not in said
    ada.wish(detail=True, reading=EIGHT)
    clock.shift(DAY)
    work()
    _, said = ada.mails(mailbox)
    assert "- Quran, still to read today: 2:143–2:193 (Al-Baqara): http://localhost:8000/reading\n" in said


def test_reading_says_how_much_is_left(ada: Reminded, mailbox: Mailbox, work: Work, clock: Any) -> None:
    reads(ada)
    ada.wish(detail=True, reading=EIGHT)
    has_read(ada, 150, 190)
    clock.move_to(AT_EIGHT)
    work()
    assert "still to read today: 2:184–2:193 (Al-Baqara)" in ada.mails(mailbox)[0]


@pytest.mark.parametrize("planned", [True, False])
def test_what_is_read_needs_no_reminder(
    ada: Reminded, mailbox: Mailbox, work: Work, clock: Any, session: Session, planned: bool
) -> None:
    bob = Reminded(session, "Bob")
    for one in (ada, bob):
        reads(one)
        one.wish(reading=EIGHT)
    clock.move_to(AT_EIGHT)
    if planned:
        plan(session)
    has_read(ada)
    work()
    assert [mail["To"] for mail in mailbox.mails] == ["bob@example.org"]


def test_who_has_no_reading_goal_is_not_reminded_to_read(
    ada: Reminded, mailbox: Mailbox, work: Work, clock: Any
) -> None:
    ada.wish(reading=EIGHT)
    clock.move_to(AT_EIGHT)
    work()
    assert mailbox.mails == []


# Moods


@pytest.mark.parametrize("planned", [True, False])
def test_mood_is_asked_for_once_none_was_logged_today(
    ada: Reminded, mailbox: Mailbox, work: Work, clock: Any, session: Session, planned: bool
) -> None:
    bob = Reminded(session, "Bob")
    feels(bob)
    for one in (ada, bob):
        one.wish(mood=EIGHT)
    clock.move_to(AT_EIGHT + DAY)
    if planned:
        plan(session)
    feels(ada)
    work()
    assert [mail["To"] for mail in mailbox.mails] == ["bob@example.org"]
    (said,) = bob.mails(mailbox)
    for word in ("feel", "mood"):
        assert word not in said


def test_mood_before_the_day_begins_belongs_to_yesterday(
    ada: Reminded, mailbox: Mailbox, work: Work, clock: Any, session: Session
) -> None:
    ada.person.day_start = 4
    session.commit()
    ada.wish(detail=True, mood=time(23))
    clock.move_to(datetime(2026, 5, 5, 0, tzinfo=UTC))  # two in the night of Monday
    feels(ada)
    clock.move_to(datetime(2026, 5, 5, 21, 0, 3, tzinfo=UTC))
    work()
    assert "- How you feel today: http://localhost:8000/moods\n" in ada.mails(mailbox)[0]


# Reviews


@pytest.fixture
def grant(ada: Reminded, thea: Reminded) -> Grant:
    home = make.organisation(ada.session)
    make.member(ada.session, thea.person, home, Role.THERAPIST)
    made = make.grant(ada.session, ada.person, thea.person, Scope.GOALS)
    ada.session.commit()
    return made


@pytest.fixture
def thea(app: Flask, session: Session, clock: Any) -> Reminded:
    return Reminded(session, "Thea")


def asks(ada: Reminded, thea: Reminded, title: str = "Breathe") -> None:
    held = ada.held(make.goal(ada.session, ada.viewer, title))
    reviews.send(ada.session, ada.viewer, held, [thea.person.public_id], seen=held.version)
    ada.session.commit()


@pytest.mark.parametrize("detail", [True, False])
def test_reviews_are_counted_and_never_named(
    ada: Reminded, thea: Reminded, grant: Grant, mailbox: Mailbox, work: Work, clock: Any, detail: bool
) -> None:
    thea.wish(detail=detail, reviews=EIGHT)
    asks(ada, thea)
    asks(ada, thea, "Sleep")
    mailbox.mails.clear()
    came = []
    for day in range(9):
        clock.move_to(AT_EIGHT + day * DAY)
        work()
        came += [day] * (len(thea.mails(mailbox)) - len(came))
    assert came == [2, 7]
    said = thea.mails(mailbox)[0]
    assert said.startswith("2 reviews wait for you\n")
    assert "http://localhost:8000/reviews\n" in said
    for word in ("Ada", "Breathe", "Sleep", "client", "therap", "objective"):
        assert word not in said


@pytest.mark.parametrize("way", ["revoked", "expired", None])
def test_right_that_ended_meanwhile_silences(
    ada: Reminded,
    thea: Reminded,
    grant: Grant,
    mailbox: Mailbox,
    work: Work,
    clock: Any,
    session: Session,
    way: str | None,
) -> None:
    thea.wish(reviews=EIGHT)
    asks(ada, thea)
    clock.move_to(AT_EIGHT + 2 * DAY)
    plan(session)
    if way == "revoked":
        grants.revoke(session, ada.viewer, grant.public_id)
    elif way == "expired":
        session.get_one(Grant, grant.id).expires_at = START + DAY
    session.commit()
    work()
    assert len([said for said in thea.mails(mailbox) if "review waits" in said.splitlines()[0]]) == (way is None)


# The digest


def test_digest_counts_the_day_in_their_own_morning(app: Flask, session: Session, mailbox: Mailbox, work: Work) -> None:
    with time_machine.travel(START, tick=False) as clock:
        people = [Reminded(session, "Aiko", zone="Asia/Tokyo"), Reminded(session, "Bob", zone="America/New_York")]
        for one in people:
            one.goal("Walk", time(23))
            one.goal("Read", time(23))
            one.wish(digest=time(7))
        got: dict[str, list[datetime]] = {one.person.email: [] for one in people}
        for hours in range(48):
            moment = START + hours * HOUR + timedelta(seconds=3)
            clock.move_to(moment)
            mailbox.mails.clear()
            work()
            for mail in mailbox.mails:
                if mail["Subject"] == "2 things today":
                    got[mail["To"]].append(START + hours * HOUR)
    seven_in_tokyo, seven_in_new_york = START + 17 * HOUR, START + 6 * HOUR
    assert got == {
        "aiko@example.org": [seven_in_tokyo, seven_in_tokyo + DAY],
        "bob@example.org": [seven_in_new_york, seven_in_new_york + DAY],
    }


def test_digest_names_goals_only_when_wanted(
    ada: Reminded, thea: Reminded, grant: Grant, mailbox: Mailbox, work: Work, clock: Any
) -> None:
    make.goal(ada.session, ada.viewer, "Take the tablets")
    make.goal(ada.session, ada.viewer, "Passport", make.schedule(Frequency.ONE_TIME, TODAY, TODAY))
    reads(ada)
    ada.wish(digest=EIGHT)
    clock.move_to(AT_EIGHT + DAY)
    work()
    (said,) = ada.mails(mailbox)
    assert said.startswith("3 things today\n")
    for word in ("tablets", "Passport", "Quran", "/goals", "/reading", "due"):
        assert word not in said
    ada.wish(detail=True, digest=EIGHT)
    clock.shift(DAY)
    work()
    _, said = ada.mails(mailbox)
    for line in (
        "- Take the tablets, due today: http",
        "- Passport, was due 2 days ago: http",
        "- Quran, still to read",
    ):
        assert line in said


def test_digest_of_a_therapist_counts_what_waits_and_names_nobody(
    ada: Reminded, thea: Reminded, grant: Grant, mailbox: Mailbox, work: Work, clock: Any
) -> None:
    thea.wish(detail=True, digest=EIGHT, reviews=time(8))
    asks(ada, thea)
    clock.move_to(AT_EIGHT + 2 * DAY)
    work()
    said = [one for one in thea.mails(mailbox) if one.startswith("One thing today\n")]
    assert len(said) == 1
    assert "One thing waits for an answer of yours." in said[0]
    for word in ("Ada", "Breathe", "therap"):
        assert word not in said[0]


@pytest.mark.parametrize("planned", [True, False])
def test_digest_with_nothing_in_it_is_left_out(
    ada: Reminded, mailbox: Mailbox, work: Work, clock: Any, session: Session, planned: bool
) -> None:
    bob = Reminded(session, "Bob")
    walks = [make.goal(session, one.viewer, "Walk") for one in (ada, bob)]
    make.goal(session, ada.viewer, "Sing")
    for one in (ada, bob):
        one.wish(digest=EIGHT)
    clock.move_to(AT_EIGHT)
    if planned:
        plan(session)
    make.tick(session, ada.viewer, walks[0], TODAY)
    pauses.plan(session, ada.viewer, Pause(TODAY))
    session.commit()
    work()
    assert [mail["To"] for mail in mailbox.mails] == ["bob@example.org"]
    assert bob.mails(mailbox)[0].startswith("One thing today\n")


def test_all_that_is_due_at_once_is_one_mail_and_says_nothing_twice(
    ada: Reminded, mailbox: Mailbox, work: Work, clock: Any
) -> None:
    ada.goal("Walk", EIGHT)
    ada.goal("Passport", EIGHT, make.schedule(Frequency.ONE_TIME, TODAY, TODAY + DAY), days=-1)
    reads(ada)
    ada.wish(detail=True, digest=EIGHT, reading=EIGHT, mood=EIGHT)
    clock.move_to(AT_EIGHT)
    work()
    (said,) = ada.mails(mailbox)
    assert said.startswith("You have 4 reminders\n")
    lines = [line.split(":")[0] for line in said.splitlines() if line.startswith("- ")]
    assert lines == [
        "- Walk, due today",
        "- Passport, due tomorrow",
        "- Quran, still to read today",
        "- How you feel today",
    ]
