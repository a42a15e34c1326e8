"""How people say when and how they are reminded: the page of it, the editor of a goal, and the goal's page."""

from datetime import date, time, timedelta

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, signed_in
from tests.visitors import letters
from webapp.actions import reminder_settings, reminders
from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.domain.reminder_settings import WishesDraft
from webapp.domain.reminders import About, Channel, ReminderDraft
from webapp.domain.schedules import Frequency, QuotaPeriod
from webapp.models import Delivery, Goal, Person, Reminder
from webapp.queries import reminder_history as history
from webapp.queries.reminders import of_goal

PAGE = "/account/reminders"


def stands(session: Session, viewer: Viewer) -> history.Stands:
    session.rollback()
    session.expire_all()
    return history.stands(session, viewer)


def quiet_night(session: Session, viewer: Viewer) -> None:
    channels = dict.fromkeys(About, frozenset(Channel))
    reminder_settings.change(session, viewer, WishesDraft(channels, False, time(22), time(7), {}))
    session.commit()


def only_goal(session: Session) -> Goal:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Goal)).one()


def test_the_page_opens_from_the_account_and_keeps_what_is_said(session: Session, visit: Browser, her: Viewer) -> None:
    assert PAGE in {link.get("href") for link in visit.get("/account").all("a")}
    page = visit.get(PAGE)
    assert "No reminder comes in the next two weeks." in page.words()
    said = {"goal": ["mail"], "digest": ["mail"], "digest_at": "07:30", "quiet_since": "22:00", "quiet_until": "6:15"}
    page = page.press("Save", **said, detail="y")
    assert "Saved." in page.words()
    assert page.value("digest_at") == "07:30"
    assert "Next: 11 Mar 2026, 07:30, The day at a glance." in page.words()
    now = stands(session, her)
    assert now.walls == {About.DIGEST: time(7, 30)}
    assert (now.wishes.on(About.GOAL), now.wishes.detail) == ({Channel.MAIL}, True)
    assert now.wishes.quiet is not None
    assert now.wishes.quiet.until == time(6, 15)
    page = page.press("Save", goal=[], digest_at="", quiet_since="", quiet_until="", detail=None)
    now = stands(session, her)
    assert (now.walls, now.wishes.on(About.GOAL), now.wishes.detail, now.wishes.quiet) == ({}, set(), False, None)


def test_digest_and_reviews_have_no_place_on_the_pages(visit: Browser) -> None:
    page = visit.get(PAGE)
    offered = {
        name: [one.get("value") for one in page.all("input", name=name)] for name in ("goal", "digest", "reviews")
    }
    assert offered == {"goal": ["page", "mail", "push"], "digest": ["mail", "push"], "reviews": ["mail", "push"]}


def test_what_cannot_be_stays_typed_with_words_at_its_field(session: Session, visit: Browser, her: Viewer) -> None:
    page = visit.get(PAGE).press("Save", digest_at="half seven", quiet_since="22:00", mood_at="21:00")
    assert page.status == 422
    assert page.errors() == {
        "digest_at": "Please write a time, like 07:30.",
        "quiet_until": "Please fill this in.",
    }
    assert (page.value("digest_at"), page.value("quiet_since"), page.value("mood_at")) == (
        "half seven",
        "22:00",
        "21:00",
    )
    same = page.press("Save", digest_at="07:00", quiet_until="22:00")
    assert same.errors() == {"quiet_until": "Both are the same. Choose two times, or leave both empty."}
    assert stands(session, her).version == 0
    assert same.press("Save", quiet_until="07:00").status == 200
    assert stands(session, her).walls == {About.DIGEST: time(7), About.MOOD: time(21)}


def test_a_channel_that_there_is_not_is_refused(session: Session, visit: Browser, her: Viewer) -> None:
    assert visit.post(PAGE, version="0", digest=["page"]).status == 422
    assert visit.post(PAGE, version="0", goal=["pigeon"]).status == 422
    assert stands(session, her).version == 0


def test_what_was_changed_elsewhere_is_not_overwritten_unseen(session: Session, visit: Browser, her: Viewer) -> None:
    opened = visit.get(PAGE)
    visit.get(PAGE).press("Save", mood_at="21:00")
    late = opened.press("Save", digest_at="07:00")
    assert late.status == 409
    assert "changed in another place" in late.words()
    assert late.value("digest_at") == "07:00"
    assert stands(session, her).walls == {About.MOOD: time(21)}
    assert late.press("Save").status == 200
    assert stands(session, her).walls == {About.DIGEST: time(7)}


def test_a_form_that_lost_its_version_says_so(session: Session, visit: Browser, her: Viewer) -> None:
    assert visit.post(PAGE, goal=["mail"], version="many").status in (409, 422)
    assert stands(session, her).version == 0


def test_a_test_message_is_sent_so_often_and_the_page_says_what_became_of_it(
    session: Session, visit: Browser, clock: machine.Traveller
) -> None:
    page = visit.get(PAGE).press("Send a test message")
    assert "Test message by mail: on its way." in page.words()
    for _again in range(4):
        assert page.press("Send a test message").status == 200
    assert page.press("Send a test message").status == 429
    assert len(letters(session, "reminder-test")) == 5
    clock.shift(timedelta(hours=1, seconds=1))
    assert visit.get(PAGE).press("Send a test message").status == 200
    assert len(letters(session, "reminder-test")) == 6


def test_the_page_says_why_something_did_not_come(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk")
    reminders.set_all(session, her, goal, [ReminderDraft(time(8))])
    (reminder,) = session.scalars(select(Reminder)).all()
    came = {"reminder_id": reminder.id, "local_date": make.TODAY, "due": make.TODAY, "at": make.NOW}
    session.add(Delivery(**came, channel=Channel.MAIL, stale=True))
    session.commit()
    words = visit.get(PAGE).words()
    assert "Walk10 Mar 2026, 13:00 · by mail · left out: it came too late to be of use" in words
    assert "Next: 11 Mar 2026, 08:00, Walk." in words


def next_said(visit: Browser) -> str:
    """What the page says of the next reminder."""
    page = visit.get(PAGE)
    return next(page.words(one) for one in page.all("p") if page.words(one).startswith(("Next:", "No reminder")))


def test_what_comes_next_is_what_the_planner_would_send(session: Session, visit: Browser, her: Viewer) -> None:
    friday = make.goal(session, her, "Swim", make.schedule(Frequency.ONE_TIME, make.TODAY, date(2026, 3, 13)))
    reminders.set_all(session, her, friday, [ReminderDraft(time(9)), ReminderDraft(time(20), -1)])
    session.commit()
    assert next_said(visit) == "Next: 12 Mar 2026, 20:00, Swim. If it is done by then, it stays silent."
    run = make.goal(session, her, "Run", make.schedule(Frequency.QUOTA, times=1, period=QuotaPeriod.WEEK))
    reminders.set_all(session, her, run, [ReminderDraft(time(8))])
    session.commit()
    assert next_said(visit).startswith("Next: 11 Mar 2026, 08:00, Run.")
    make.tick(session, her, run, make.TODAY)
    session.commit()
    assert next_said(visit).startswith("Next: 12 Mar 2026, 20:00, Swim.")
    make.tick(session, her, friday, date(2026, 3, 13))
    session.commit()
    assert next_said(visit).startswith("Next: 16 Mar 2026, 08:00, Run.")
    reminders.remind(session, her, run, {"reminder": False})
    session.commit()
    assert next_said(visit) == "No reminder comes in the next two weeks."
    reminders.set_all(session, her, make.goal(session, her, "Walk"), [ReminderDraft(time(9))], anyway=True)
    session.commit()
    assert next_said(visit) == "Next: 11 Mar 2026, 09:00, Walk."


def test_nothing_comes_next_by_no_channel(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk")
    reminders.set_all(session, her, goal, [ReminderDraft(time(8))])
    for channels, said in ((["push"], "No reminder comes"), ([], "No reminder comes"), (["mail"], "Next: 11 Mar 2026")):
        session.commit()
        visit.get(PAGE).press("Save", goal=channels)
        assert next_said(visit).startswith(said)


def test_devices_say_when_nothing_is_set_to_come_on_them(visit: Browser) -> None:
    said = "As it is set above, nothing comes on devices"
    page = visit.get(PAGE)
    assert said not in page.words()
    every = {about.value: ["mail"] for about in About}
    page = page.press("Save", **every)
    assert said in page.words()
    assert said not in page.press("Save", mood=["push"]).words()


def test_a_goal_is_planned_with_its_reminders(session: Session, visit: Browser) -> None:
    editor = visit.get("/goals/new")
    editor = editor.press("Add another", title="Walk", remind_at=["08:00"])
    assert editor.value("title") == "Walk"
    assert len(editor.all("input", name="remind_at")) == 2
    editor.press("Save goal", remind_at=["08:00", "18:30"], remind_days=["0", "-1"], remind_anyway="y")
    goal = only_goal(session)
    assert of_goal(session, goal.id) == [(time(18, 30), -1), (time(8), 0)]
    assert (goal.reminds, goal.remind_anyway) == (True, True)
    words = visit.get(f"/goals/{goal.public_id}").words()
    assert "18:30, the day before" in words
    assert "Also when it is done, skipped or paused." in words
    assert "08:00, on the day" in words


def test_a_goal_without_a_time_is_planned_as_before(session: Session, visit: Browser) -> None:
    visit.get("/goals/new").press("Save goal", title="Walk")
    goal = only_goal(session)
    assert (goal.reminds, goal.version, of_goal(session, goal.id)) == (None, 1, [])
    assert "goal:remind" not in make.tags(session)


def test_rows_can_be_removed_and_nothing_is_saved_by_it(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk")
    reminders.set_all(session, her, goal, [ReminderDraft(time(8)), ReminderDraft(time(20))])
    session.commit()
    editor = visit.get(f"/goals/{goal.public_id}/edit")
    less = editor.press("Remove reminder 1", title="Walk far")
    assert [one.get("value") for one in less.all("input", name="remind_at")] == ["20:00"]
    assert less.value("title") == "Walk far"
    assert of_goal(session, goal.id) == [(time(8), 0), (time(20), 0)]
    less.press("Save goal")
    session.rollback()
    assert of_goal(session, goal.id) == [(time(20), 0)]


def test_only_the_part_is_sent_to_htmx(visit: Browser) -> None:
    part = visit.post("/goals/preview", htmx=True, more="1", remind_at=["08:00"], remind_days=["0"])
    assert (part.status, part.whole) == (200, False)
    assert [one.get("value") for one in part.all("input", name="remind_at")] == ["08:00", ""]


def test_wrong_rows_say_so_and_nothing_of_the_goal_is_kept(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk")
    reminders.set_all(session, her, goal, [ReminderDraft(time(8))])
    session.commit()
    before = make.everything(session)
    page = visit.get(f"/goals/{goal.public_id}/edit").press("Add another").press("Add another")
    typed = {"remind_at": ["8 o'clock", "09:00", "09:00"], "remind_days": ["0", "0", "0"]}
    page = page.press("Save goal", title="Walk far", **typed)
    assert page.status == 422
    said = [page.words(one) for one in page.all("p", class_="error")]
    assert said == ["Please write a time, like 07:30.", "One of them is said twice."]
    assert [one.get("value") for one in page.all("input", name="remind_at")] == typed["remind_at"]
    assert make.everything(session) == before


@pytest.mark.parametrize("days", ["99", "tomorrow"])
def test_a_day_that_there_is_not_is_refused(session: Session, visit: Browser, days: str) -> None:
    sent = {"title": "Walk", "frequency": "Daily", "remind_at": "08:00", "remind_days": days}
    assert visit.post("/goals", **sent).status == 422
    assert session.scalars(select(Goal)).all() == []
    assert visit.post("/goals", **sent | {"remind_days": "-5"}).status == 303
    assert of_goal(session, only_goal(session).id) == [(time(8), -5)]


def test_a_goal_cannot_have_more_than_ten(session: Session, visit: Browser) -> None:
    at, days = [f"{hour:02}:00" for hour in range(11)], ["0"] * 11
    sent = {"title": "Walk", "frequency": "Daily", "remind_days": days}
    refused = visit.post("/goals", **sent, remind_at=at)
    assert refused.status == 422
    assert "At most 10 of them." in refused.words()
    assert visit.post("/goals", **sent, remind_at=[*at[:10], ""]).status == 303
    assert len(of_goal(session, only_goal(session).id)) == 10


def test_a_day_a_program_chose_is_kept(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk")
    reminders.set_all(session, her, goal, [ReminderDraft(time(8), 5)])
    session.commit()
    visit.get(f"/goals/{goal.public_id}/edit").press("Save goal", title="Walk far")
    session.rollback()
    assert of_goal(session, goal.id) == [(time(8), 5)]


def test_times_in_quiet_hours_say_when_they_come(session: Session, visit: Browser, her: Viewer) -> None:
    quiet_night(session, her)
    editor = visit.get("/goals/new").press("Add another", title="Walk", remind_at=["23:00"])
    assert "In your quiet hours: it comes at 07:00." in editor.words()
    editor = editor.press("Add another", remind_at=["21:00", ""])
    assert "In your quiet hours" not in editor.words()


def test_saving_the_editor_leaves_reminders_alone_that_are_not_its_matter(
    session: Session, visit: Browser, her: Viewer
) -> None:
    goal = make.goal(session, her, "Walk")
    reminders.set_all(session, her, goal, [ReminderDraft(time(8))])
    reminders.remind(session, her, goal, {"reminder": False})
    session.commit()
    (before,) = session.scalars(select(Reminder.id)).all()
    session.rollback()
    visit.get(f"/goals/{goal.public_id}/edit").press("Save goal", title="Walk far")
    visit.post(f"/goals/{goal.public_id}", title="Walk on", frequency="Daily", version=str(only_goal(session).version))
    session.rollback()
    assert session.scalars(select(Reminder.id)).all() == [before]
    assert only_goal(session).reminds is False
    editor = visit.get(f"/goals/{goal.public_id}/edit")
    assert "Switched off at present." in editor.words()
    assert "Switched off at present." in editor.press("Add another").words()
    editor.press("Save goal", remind_at=["09:00"])
    assert only_goal(session).reminds is True
    assert "Switched off at present." not in visit.get(f"/goals/{goal.public_id}/edit").words()
    assert of_goal(session, goal.id) == [(time(9), 0)]


def test_a_goals_page_switches_its_reminders(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk")
    session.commit()
    address = f"/goals/{goal.public_id}"
    assert "This goal does not remind you." in visit.get(address).words()
    reminders.set_all(session, her, goal, [ReminderDraft(time(8))])
    session.commit()
    off = visit.get(address).press("Switch reminders off")
    assert "Switched off at present." in off.words()
    assert (only_goal(session).reminds, of_goal(session, goal.id)) == (False, [(time(8), 0)])
    assert "Switch reminders off" in off.press("Switch reminders on").words()
    assert only_goal(session).reminds is True


def test_nobody_else_switches_reminders_nor_those_of_an_objective(
    app: Flask, session: Session, visit: Browser, her: Viewer, ada: Person
) -> None:
    goal = make.goal(session, her, "Walk")
    reminders.set_all(session, her, goal, [ReminderDraft(time(8))])
    home = make.organisation(session)
    make.member(session, ada, home)
    objective = make.any_goal(session, ada, Kind.OBJECTIVE, home)
    bea = make.person(session, "Bea")
    session.commit()
    before = make.everything(session)
    other = signed_in(app, session, bea)
    assert other.post(f"/goals/{goal.public_id}/reminders", to="off").status == 404
    assert visit.post(f"/goals/{objective.public_id}/reminders", to="on").status == 404
    after = make.everything(session)
    assert (after["goal"], after["reminder"]) == (before["goal"], before["reminder"])
    assert visit.post(f"/goals/{goal.public_id}/reminders", to="off").status == 303
    session.rollback()
    assert session.get_one(Goal, goal.id, populate_existing=True).reminds is False
