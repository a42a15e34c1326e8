"""The life of reminders and what came of them: taken out, brought back, forgotten in time, looked through by doctor."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import reminder_settings, reminders, restore, retention
from webapp.actions.planning import plan_due
from webapp.domain.imports.own import OwnExport, read_own
from webapp.domain.people import Viewer
from webapp.domain.reminder_settings import CHANNELS_OF, OF_THE_PERSON, WishesDraft
from webapp.domain.reminders import About, Channel, Clock, ReminderDraft
from webapp.models import Delivery, Goal, OutboxMessage, PushSubscription, Reminder, ReminderSetting
from webapp.queries import exports
from webapp.queries import reminders as queries
from webapp.queries.doctor_reminders import reminder_findings
from webapp.queries.reminder_history import stands
from webapp.queries.sealed_cells import broken_cells

WALLS = [(time(18), -1), (time(8), 0)]
WISHES = WishesDraft(
    channels={about: [Channel.MAIL] for about in About},
    detail=True,
    quiet_since=time(22),
    quiet_until=time(7),
    walls=dict.fromkeys(OF_THE_PERSON) | {About.DIGEST: time(7)},
)
LATER = make.NOW + timedelta(days=1)
once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def ada(session: Session) -> Viewer:
    """Who is reminded of a goal and in the morning, and was already."""
    viewer = make.viewer(session, make.person(session, "Ada"))
    goal = make.goal(session, viewer, "Walk")
    reminders.set_all(session, viewer, goal, [ReminderDraft(*said) for said in WALLS], anyway=True)
    reminder_settings.change(session, viewer, WISHES)
    for hours in range(25):
        plan_due(session, make.NOW + timedelta(hours=hours))
    device = PushSubscription(person_id=viewer.id, endpoint_hash=b"x" * 32, device="Fox", created_at=make.NOW)
    device.address = viewer.words.seal("push_subscription.address", "where to")
    session.add(device)
    session.commit()
    return viewer


def taken_out(session: Session, viewer: Viewer) -> OwnExport:
    return read_own(exports.as_json(exports.everything(session, viewer)).encode(), viewer.today)


def test_all_of_it_is_taken_out_without_keys(session: Session, ada: Viewer) -> None:
    export = exports.everything(session, ada)
    (goal,) = export["goals"]
    assert goal["remind_anyway"] is True
    assert [(row["wall"], row["days"]) for row in goal["reminders"]] == [("18:00:00", -1), ("08:00:00", 0)]
    (said,) = export["reminder_settings"]
    assert (said["detail"], said["quiet_since"], said["walls"]) == (True, "22:00:00", {"digest": "07:00:00"})
    assert said["channels"]["goal"] == ["mail"]
    came = session.scalars(select(Delivery)).all()
    assert came
    assert len(export["deliveries"]) == len(came)
    assert {row["about"] for row in export["deliveries"]} >= {"goal"}
    (device,) = export["devices"]
    assert device.keys() == {"id", "device", "created_at", "used_at"}
    assert "where to" not in json.dumps(export)


def test_they_come_back_and_begin_with_the_next_time_to_come(session: Session, ada: Viewer) -> None:
    own = taken_out(session, ada)
    bob = make.viewer(session, make.person(session, "Bob"))
    restored = restore.restore(session, bob, own)
    assert restored.counts.settings
    goal = session.scalars(select(Goal).where(Goal.owner_id == bob.id)).one()
    assert (queries.of_goal(session, goal.id), goal.remind_anyway) == (WALLS, True)
    wishes, walls = stands(session, bob)[:2]
    assert (wishes, walls) == (WISHES.wishes(), {About.DIGEST: time(7)})
    clock = Clock(bob.zone, bob.day_start)
    for row in session.scalars(select(Reminder).where(Reminder.person_id == bob.id)):
        assert (row.next_day, row.next_at) == (clock.first_day(row.wall, bob.now), bob.now)
    assert not session.scalars(select(Delivery).join(Reminder).where(Reminder.person_id == bob.id)).all()
    assert not restore.preview(session, bob, own).counts.changes_something
    assert not list(reminder_findings(session))


@pytest.mark.parametrize("seen", [None, 0])
def test_what_was_said_of_reviews_comes_back_and_what_was_not_does_not(session: Session, seen: int | None) -> None:
    """A form leaves out reviews that it does not change; without one, the same was said."""
    eve, bob = (make.viewer(session, make.person(session, name)) for name in ("Eve", "Bob"))
    everything = {about: CHANNELS_OF[about] for about in About}
    reminder_settings.change(session, eve, replace(WISHES, channels=everything), seen=seen)
    restore.restore(session, bob, taken_out(session, eve))
    said, came = (session.get_one(ReminderSetting, viewer.id).channels for viewer in (eve, bob))
    assert came == said
    assert ("reviews" in came) is (seen is None)


def test_who_said_how_to_be_reminded_keeps_that(session: Session, ada: Viewer) -> None:
    own = taken_out(session, ada)
    bob = make.viewer(session, make.person(session, "Bob"))
    reminder_settings.change(session, bob, replace(WISHES, detail=False, quiet_since=None, quiet_until=None))
    before = stands(session, bob)[:2]
    restore.restore(session, bob, own)
    assert stands(session, bob)[:2] == before


@once
def test_older_files_say_no_days(session: Session, ada: Viewer) -> None:
    export = exports.everything(session, ada)
    for name in ("reminder_settings", "deliveries", "devices"):
        del export[name]
    export["goals"][0]["reminders"] = [{"wall": "07:30:00", "created_at": make.NOW.isoformat()}]
    del export["goals"][0]["remind_anyway"]
    own = read_own(exports.as_json(export).encode(), ada.today)
    (goal,) = own.goals
    assert (goal.reminders, goal.remind_anyway, own.reminding) == (((time(7, 30), 0),), False, None)


def test_deliveries_go_after_thirty_days_and_before_their_messages(session: Session, ada: Viewer) -> None:
    session.execute(update(OutboxMessage).values(sent_at=LATER, payload=None))
    session.commit()
    assert session.scalars(select(Delivery.id)).first()
    retention.forget(session, LATER + timedelta(days=20))
    assert session.scalars(select(Delivery.id)).first()
    retention.forget(session, LATER + timedelta(days=30, minutes=1))
    assert not session.scalars(select(Delivery.id)).all()
    assert not session.scalars(select(OutboxMessage.id)).all()
    assert session.scalars(select(Reminder.id)).first()


def never(session: Session) -> None:
    session.execute(update(Reminder).values(next_at=None))


def back(session: Session) -> None:
    session.execute(update(Reminder).values(next_day=date(2020, 1, 1)))


def alone(session: Session) -> None:
    session.execute(update(Delivery).where(Delivery.message_id.is_not(None)).values(message_id=None))


def elsewhere(session: Session) -> None:
    session.execute(update(OutboxMessage).values(channel="push"))


def strange(session: Session) -> None:
    session.execute(update(Reminder).values(person_id=make.person(session, "Eve").id))


def dateless(session: Session) -> None:
    due = datetime.now(UTC).date()
    session.execute(update(Reminder).where(Reminder.days == -1).values(once=due))


@once
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (never, "is never looked at again"),
        (back, "it came on"),
        (alone, "has no message to leave with"),
        (elsewhere, "which goes elsewhere"),
        (strange, "is of somebody else's goal"),
        (dateless, "does not come when the date"),
    ],
)
def test_doctor_finds(session: Session, ada: Viewer, spoil: Callable[[Session], None], says: str) -> None:
    assert not list(reminder_findings(session))
    spoil(session)
    session.flush()
    assert any(says in str(finding) for finding in reminder_findings(session))


@once
def test_sealed_addresses_are_looked_at(session: Session, ada: Viewer) -> None:
    assert not list(broken_cells(session))
    session.execute(update(PushSubscription).values(address=b"something else"))
    assert [cell.split()[0] for cell in broken_cells(session)] == ["push_subscription.address"]
