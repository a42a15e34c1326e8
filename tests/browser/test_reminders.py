"""Reminders with a script: they come onto Today by themselves, and the editor's rows come and go in place."""

from datetime import UTC, datetime, time

from playwright.sync_api import expect

from tests.browser.conftest import House, Visit
from webapp.actions import reminders
from webapp.domain.people import Viewer
from webapp.domain.reminders import Channel, ReminderDraft
from webapp.models import Delivery, Goal, Reminder
from webapp.queries.goals import find


def noticed(house: House, viewer: Viewer, title: str) -> None:
    """A goal of the viewer's has come to mind on the pages."""
    address = house.goal(viewer, title)
    with house.session() as session:
        goal: Goal = find(session, viewer, address.removeprefix("/goals/"), lock=True)
        reminders.set_all(session, viewer, goal, [ReminderDraft(time(0, 1))])
        reminder = session.query(Reminder).filter_by(goal_id=goal.id).one()
        came = {"local_date": viewer.today, "due": viewer.today, "at": datetime.now(UTC)}
        session.add(Delivery(reminder_id=reminder.id, channel=Channel.PAGE, **came))


def test_reminders_come_onto_today_are_spoken_and_put_away(house: House, visit: Visit) -> None:
    viewer = house.person()
    noticed(house, viewer, "Walk")
    noticed(house, viewer, "Swim")
    page = visit("/", viewer)
    place = page.locator("#notices")
    expect(place.get_by_role("listitem")).to_have_count(2)
    expect(page.locator("#live")).to_have_text("2 reminders")
    page.get_by_role("button", name="Put away: Walk").click()
    expect(place.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="Put away: Swim").click()
    expect(place.get_by_role("listitem")).to_have_count(0)
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(place.get_by_role("listitem")).to_have_count(0)


def test_a_tick_on_today_takes_its_reminder_along(house: House, visit: Visit) -> None:
    viewer = house.person()
    noticed(house, viewer, "Walk")
    page = visit("/", viewer)
    expect(page.locator("#notices").get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="Mark Walk done").click()
    expect(page.locator("#notices").get_by_role("listitem")).to_have_count(0)


def test_without_scripts_they_are_a_link_away(house: House, visit: Visit) -> None:
    viewer = house.person()
    noticed(house, viewer, "Walk")
    page = visit("/", viewer, javascript=False)
    page.locator("#notices").get_by_role("link", name="What you are reminded of now").click()
    page.get_by_role("button", name="Mark Walk done").click()
    expect(page.get_by_text("Nothing calls for you now.")).to_be_visible()


def test_rows_of_reminders_come_and_go_and_enter_saves(house: House, visit: Visit) -> None:
    viewer = house.person()
    page = visit("/goals/new", viewer)
    page.get_by_label("What do you aim at?").fill("Walk")
    page.get_by_label("At", exact=True).fill("08:00")
    page.get_by_role("button", name="Add another").click()
    rows = page.get_by_label("At", exact=True)
    expect(rows).to_have_count(2)
    rows.nth(1).fill("20:15")
    page.get_by_role("button", name="Remove reminder 1").click()
    expect(rows).to_have_count(1)
    expect(rows).to_have_value("20:15")
    page.get_by_label("What do you aim at?").press("Enter")
    expect(page.get_by_text("20:15, on the day")).to_be_visible()
