"""How people are reminded: channels, times of the day, quiet hours, and a message to try it with."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.visitors import letters
from webapp.actions import reminder_settings, reminders
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.people import Viewer
from webapp.domain.reminder_settings import CHANNELS_OF, WishesDraft
from webapp.domain.reminders import About, Channel, Quiet, ReminderDraft
from webapp.models import Delivery, OutboxMessage, Person, PushSubscription, Reminder, ReminderSetting
from webapp.models.engine import begin_writing
from webapp.queries import reminder_history as history
from webapp.queries.reminder_next import next_of

MAIL = frozenset({Channel.MAIL})
SAID = WishesDraft(dict.fromkeys(About, MAIL), False, None, None, {About.DIGEST: time(7), About.MOOD: time(21)})


@pytest.fixture
def ada(session: Session) -> Person:
    begin_writing(session)
    return make.person(session, email="ada@example.org")


@pytest.fixture
def her(session: Session, ada: Person) -> Viewer:
    return make.viewer(session, ada)


def own(session: Session, viewer: Viewer) -> dict[About, Reminder]:
    session.expire_all()
    mine = select(Reminder).where(Reminder.person_id == viewer.id, Reminder.goal_id.is_(None))
    return {row.about: row for row in session.scalars(mine)}


def test_what_is_said_holds_and_times_begin_with_the_next_that_is_to_come(session: Session, her: Viewer) -> None:
    before = history.stands(session, her)
    assert (before.version, before.walls, before.wishes.on(About.GOAL)) == (0, {}, frozenset(Channel))
    reminder_settings.change(session, her, SAID)
    stands = history.stands(session, her)
    assert (stands.version, stands.walls) == (1, {About.DIGEST: time(7), About.MOOD: time(21)})
    assert stands.wishes.on(About.GOAL) == MAIL
    rows = own(session, her)  # it is 13:00 in Berlin
    assert rows[About.DIGEST].next_day == make.TODAY + timedelta(days=1)
    assert rows[About.MOOD].next_day == make.TODAY
    assert make.tags(session) == ["person:reminders_change"]


def test_saying_the_same_again_changes_nothing(session: Session, her: Viewer) -> None:
    reminder_settings.change(session, her, SAID)
    rows = own(session, her)
    rows[About.DIGEST].next_day = date(2026, 3, 15)
    session.flush()
    reminder_settings.change(session, her, SAID)
    assert history.stands(session, her).version == 1
    assert own(session, her)[About.DIGEST].next_day == date(2026, 3, 15)
    assert make.tags(session) == ["person:reminders_change"]


def test_a_new_time_holds_from_the_first_day_that_it_did_not_come_on(session: Session, her: Viewer) -> None:
    reminder_settings.change(session, her, SAID)
    evening = replace(SAID, walls={About.DIGEST: time(18), About.MOOD: time(21)})
    reminder_settings.change(session, her, evening)
    digest = own(session, her)[About.DIGEST]
    assert (digest.wall, digest.next_day, digest.next_at) == (time(18), make.TODAY, make.NOW)
    came = {"reminder_id": digest.id, "local_date": make.TODAY, "due": make.TODAY, "at": make.NOW}
    session.add(Delivery(**came, channel=Channel.MAIL))
    session.flush()
    reminder_settings.change(session, her, replace(evening, walls={About.DIGEST: time(19)}))
    assert own(session, her)[About.DIGEST].next_day == make.TODAY + timedelta(days=1)


def test_without_a_time_it_is_gone_with_what_came_of_it(session: Session, her: Viewer) -> None:
    reminder_settings.change(session, her, SAID)
    digest = own(session, her)[About.DIGEST]
    came = {"reminder_id": digest.id, "local_date": make.TODAY, "due": make.TODAY, "at": make.NOW}
    session.add(Delivery(**came, channel=Channel.MAIL))
    session.flush()
    reminder_settings.change(session, her, replace(SAID, walls={About.MOOD: time(21)}))
    assert own(session, her).keys() == {About.MOOD}
    assert session.scalars(select(Delivery)).all() == []


def test_other_quiet_hours_make_everything_looked_at_again(session: Session, her: Viewer) -> None:
    reminder_settings.change(session, her, SAID)
    later = make.NOW + timedelta(hours=20)
    for row in own(session, her).values():
        row.next_at = later
    session.flush()
    reminder_settings.change(session, her, replace(SAID, detail=True))
    assert {row.next_at for row in own(session, her).values()} == {later}
    reminder_settings.change(session, her, replace(SAID, quiet_since=time(22), quiet_until=time(7)))
    assert {row.next_at for row in own(session, her).values()} == {make.NOW}
    assert history.stands(session, her).wishes.quiet == Quiet(time(22), time(7))
    assert history.quiet_of(session, her) == Quiet(time(22), time(7))


def test_quiet_hours_from_midnight_are_quiet_hours(session: Session, her: Viewer) -> None:
    reminder_settings.change(session, her, replace(SAID, quiet_since=time(0), quiet_until=time(6)))
    assert history.quiet_of(session, her) == Quiet(time(0), time(6))


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [(time(22), None, "quiet_until"), (None, time(7), "quiet_since"), (time(7), time(7), "quiet_until")],
)
def test_half_of_the_quiet_hours_is_refused_and_nothing_is_kept(
    session: Session, her: Viewer, since: time | None, until: time | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        reminder_settings.change(session, her, replace(SAID, quiet_since=since, quiet_until=until))
    assert [problem.field for problem in refused.value.problems] == [field]
    assert session.get(ReminderSetting, her.id) is None
    assert own(session, her) == {}


def test_who_saw_another_version_changes_nothing(session: Session, her: Viewer) -> None:
    reminder_settings.change(session, her, SAID, seen=0)
    with pytest.raises(Conflict):
        reminder_settings.change(session, her, replace(SAID, detail=True), seen=0)
    assert not history.stands(session, her).wishes.detail
    reminder_settings.change(session, her, replace(SAID, detail=True), seen=1)
    assert history.stands(session, her).wishes.detail


def test_what_has_no_place_on_the_pages_never_has_one(session: Session, her: Viewer) -> None:
    everything = {about: frozenset(Channel) for about in About}
    reminder_settings.change(session, her, replace(SAID, channels=everything))
    wishes = history.stands(session, her).wishes
    assert Channel.PAGE in wishes.on(About.GOAL)
    assert Channel.PAGE not in wishes.on(About.DIGEST) | wishes.on(About.REVIEWS)
    stored = session.get_one(ReminderSetting, her.id).channels
    assert stored["digest"] == ["mail", "push"]


USUAL = WishesDraft({about: frozenset(CHANNELS_OF[about]) for about in About}, False, None, None, {})


def are_nudged(session: Session, viewer: Viewer) -> bool:
    """Whether they are reminded of reviews once somebody asked them for one."""
    reminders.expect_reviews(session, [viewer.id], make.NOW)
    return About.REVIEWS in own(session, viewer)


def test_who_stopped_mails_about_goals_is_still_nudged_to_review(session: Session, ada: Person, her: Viewer) -> None:
    assert reminder_settings.stop_mail(session, ada.public_id, [About.GOAL], make.NOW)
    assert session.get_one(ReminderSetting, her.id).channels == {"goal": ["page", "push"]}
    assert history.stands(session, her).wishes.on(About.REVIEWS) == {Channel.MAIL, Channel.PUSH}
    assert are_nudged(session, her)


def test_who_stopped_mails_about_reviews_is_not_nudged(session: Session, ada: Person, her: Viewer) -> None:
    reminder_settings.stop_mail(session, ada.public_id, [About.REVIEWS], make.NOW)
    reminder_settings.stop_mail(session, ada.public_id, [About.REVIEWS, About.GOAL], make.NOW)
    stored = session.get_one(ReminderSetting, her.id)
    assert (stored.channels, stored.version) == ({"goal": ["page", "push"], "reviews": ["push"]}, 2)
    assert not are_nudged(session, her)


def test_a_form_that_leaves_reviews_as_they_are_says_nothing_of_them(session: Session, her: Viewer) -> None:
    reminder_settings.change(session, her, replace(USUAL, walls={About.DIGEST: time(7)}), seen=0)
    assert session.get_one(ReminderSetting, her.id).channels.keys() == set(About) - {About.REVIEWS}
    assert are_nudged(session, her)
    reminder_settings.change(session, her, replace(USUAL, walls={}), seen=1)
    assert are_nudged(session, her) is False, "switched off"
    reminder_settings.change(session, her, replace(USUAL, detail=True), seen=2)
    assert are_nudged(session, her) is False, "and never on again by itself"


@pytest.mark.parametrize(
    "draft",
    [
        replace(USUAL, channels={**USUAL.channels, About.REVIEWS: MAIL}),
        replace(USUAL, walls={About.REVIEWS: time(17)}),
    ],
)
def test_what_a_form_says_of_reviews_holds(session: Session, her: Viewer, draft: WishesDraft) -> None:
    reminder_settings.change(session, her, draft, seen=0)
    assert About.REVIEWS in session.get_one(ReminderSetting, her.id).channels
    reminders.expect_reviews(session, [her.id], make.NOW)
    stands = history.stands(session, her)
    assert stands.wishes.on(About.REVIEWS) == draft.wishes().on(About.REVIEWS)
    assert stands.walls == draft.walls


def test_a_time_said_just_when_somebody_asks_for_a_review_is_the_time(
    session: Session, her: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = reminders.row_about

    def too_late(viewer: Viewer, about: About, wall: time) -> dict[str, Any]:
        """Between looking and writing another request has written the same."""
        reminders.add(session, [new(viewer, about, reminders.NUDGE_AT) | {"next_day": None}])
        return new(viewer, about, wall)

    monkeypatch.setattr(reminders, "row_about", too_late)
    reminder_settings.change(session, her, replace(SAID, walls={About.REVIEWS: time(17)}))
    rows = own(session, her)
    assert [(about, row.wall, row.next_day) for about, row in rows.items()] == [(About.REVIEWS, time(17), make.TODAY)]


def test_nobody_elses_reminders_are_touched(session: Session, her: Viewer) -> None:
    other = make.viewer(session, make.person(session, "Bea"))
    reminder_settings.change(session, other, SAID)
    reminder_settings.change(session, her, SAID)
    reminder_settings.change(session, her, replace(SAID, walls={}, quiet_since=time(1), quiet_until=time(2)))
    assert own(session, other).keys() == {About.DIGEST, About.MOOD}
    assert history.stands(session, other).version == 1


def test_a_test_goes_by_mail_and_by_push_where_a_device_is(session: Session, her: Viewer) -> None:
    assert reminder_settings.try_out(session, her) == [Channel.MAIL]
    device = {"person_id": her.id, "endpoint_hash": b"1" * 32, "address": b"sealed", "created_at": make.NOW}
    session.add(PushSubscription(**device))
    session.flush()
    assert reminder_settings.try_out(session, her) == [Channel.MAIL, Channel.PUSH]
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [(row.channel, row.domain) for row in rows] == [("mail", "example.org")] * 2 + [("push", None)]
    rows[1].sent_at = make.NOW
    session.commit()
    assert {letter["template"] for letter in letters(session)} == {"reminder-test"}
    assert dict(history.tests_of(session, her)) == {Channel.MAIL: "sent", Channel.PUSH: "waiting"}


def test_what_came_of_reminders_is_told_for_seven_days_to_their_own_person(session: Session, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk")
    reminders.set_all(session, her, goal, [ReminderDraft(time(8))])
    (reminder,) = session.scalars(select(Reminder)).all()
    message = {"person_id": her.id, "created_at": make.NOW, "due_at": make.NOW}
    sent = OutboxMessage(**message, dedupe_key="1", sent_at=make.NOW)
    silent = OutboxMessage(**message, dedupe_key="2", failed_at=make.NOW, failure="nothing to say")
    failed = OutboxMessage(**message, dedupe_key="3", failed_at=make.NOW, failure="refused")
    session.add_all([sent, silent, failed])
    session.flush()
    for back, more in enumerate(
        (
            {"channel": Channel.MAIL, "message_id": sent.id},
            {"channel": Channel.MAIL, "message_id": silent.id},
            {"channel": Channel.MAIL, "message_id": failed.id},
            {"channel": Channel.MAIL, "stale": True},
            {"channel": Channel.PAGE},
            {"channel": Channel.PAGE, "seen_at": make.NOW},
            {"channel": Channel.MAIL},
            {"channel": Channel.MAIL, "stale": True},
        )
    ):
        day = make.days_ago(back)
        at = make.NOW - timedelta(days=back) - timedelta(hours=back)
        session.add(Delivery(reminder_id=reminder.id, local_date=day, due=day, at=at, **more))
    session.flush()
    told = history.latest(session, her)
    assert [one.fate for one in told] == ["sent", "silent", "failed", "stale", "shown", "put_away", "waiting"]
    assert {(one.title, one.goal_id) for one in told} == {("Walk", goal.public_id)}
    assert history.latest(session, make.viewer(session, make.person(session, "Bea"))) == []


def test_the_next_reminder_is_the_earliest_that_may_come(session: Session, her: Viewer) -> None:
    wishes = SAID.wishes()
    assert next_of(session, her, wishes, has_push=False) is None
    goal = make.goal(session, her, "Walk")
    reminders.set_all(session, her, goal, [ReminderDraft(time(20))])
    reminder_settings.change(session, her, SAID)
    coming = next_of(session, her, wishes, has_push=False)
    assert coming is not None
    assert (coming.title, coming.at) == ("Walk", make.NOW.replace(hour=19))
    reminders.remind(session, her, goal, {"reminder": False})
    coming = next_of(session, her, wishes, has_push=False)
    assert coming is not None
    assert (coming.about, coming.at) == (About.MOOD, make.NOW.replace(hour=20))
    coming = next_of(session, her, replace(wishes, quiet=Quiet(time(20), time(7))), has_push=False)
    assert coming is not None
    assert coming.at == make.NOW.replace(hour=6) + timedelta(days=1)
