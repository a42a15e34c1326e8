"""The pages of reminders: what stands on them now, how one is reminded, devices, calendar feeds, and stopping mails."""

from collections.abc import Callable
from datetime import time

from playwright.sync_api import Page
from sqlalchemy import select

from tests import make
from tests.browser.conftest import House
from tests.browser.scene import NEWCOMER, NOBODY, Scene, fill_and_send
from tests.pushing import Receiver
from webapp.actions import push, reminders
from webapp.domain.reminders import About, Channel, ReminderDraft
from webapp.models import Delivery, Reminder
from webapp.web.mail_links import Stop, signed


def reminded(path: str) -> Callable[[House], str]:
    """The stranger of the demo has reminders on their pages, and a device."""

    def address(house: House) -> str:
        her = house.demo["stranger"]
        with house.session() as session:
            for title in ("Stretch", "Ring my sister, who is hard to reach before noon and harder after it"):
                goal = make.goal(session, her, title)
                reminders.set_all(session, her, goal, [ReminderDraft(time(8))])
                row = session.scalars(select(Reminder).where(Reminder.goal_id == goal.id)).one()
                came = {"reminder_id": row.id, "local_date": her.today, "due": her.today, "at": her.now}
                session.add(Delivery(**came, channel=Channel.PAGE))
            taker = Receiver(f"https://push.example/{goal.public_id}")
            push.subscribe(session, her, taker.draft, "Firefox on Android", ("push.example",), ())
        return path

    return address


def stop_mails(house: House) -> str:
    return f"/unsubscribe/{signed(house.app, Stop(house.demo['peer'].public_id, (About.GOAL, About.DIGEST)))}"


def one_row_more(page: Page) -> None:
    page.get_by_role("button", name="Add another").click()
    page.locator("#remind-at-1").wait_for()


def make_a_feed(page: Page) -> None:
    fill_and_send("Make the feed", name="The calendar on my phone")(page)
    page.get_by_role("heading", name="Your feed's address").wait_for()


def list_feeds(page: Page) -> None:
    make_a_feed(page)
    page.get_by_role("link", name="I have it").click()
    page.locator("#feeds").wait_for()


def ask_about_a_feed(way: str) -> Callable[[Page], None]:
    def then(page: Page) -> None:
        list_feeds(page)
        page.locator(f"main a[href$='/{way}']").first.click()
        page.wait_for_url(f"**/{way}")

    return then


def stop_them(page: Page) -> None:
    page.get_by_role("button", name="Stop these mails").click()
    page.get_by_role("heading", name="These mails are off").wait_for()


def see_what_was_tried(page: Page) -> None:
    page.get_by_role("button", name="Send a test message").click()
    page.locator("main p", has_text="Test message").first.wait_for()


REMINDER_SCENES = (
    Scene("notices", reminded("/notices"), "stranger"),
    Scene("notices, none now", "/notices", NEWCOMER),
    Scene("today, with notices", reminded("/"), "stranger", lambda page: page.locator("#notices li").first.wait_for()),
    Scene("how one is reminded", reminded("/account/reminders"), "stranger", see_what_was_tried),
    Scene("how one is reminded, nothing said yet", "/account/reminders", NEWCOMER),
    Scene(
        "how one is reminded, amiss",
        "/account/reminders",
        NEWCOMER,
        fill_and_send("Save", quiet_since="22:00", quiet_until="22:00"),
    ),
    Scene("reminders of a goal", "/goals/new", NEWCOMER, one_row_more),
    Scene("calendar feeds", "/calendar/feeds/new", NEWCOMER, list_feeds),
    Scene("calendar feeds, none yet", "/calendar/feeds", NEWCOMER),
    Scene("new calendar feed", "/calendar/feeds/new", NEWCOMER),
    Scene("new calendar feed, amiss", "/calendar/feeds/new", NEWCOMER, fill_and_send("Make the feed", name="")),
    Scene("address of a feed", "/calendar/feeds/new", NEWCOMER, make_a_feed),
    Scene("new address of a feed", "/calendar/feeds/new", NEWCOMER, ask_about_a_feed("renew")),
    Scene("end a feed", "/calendar/feeds/new", NEWCOMER, ask_about_a_feed("revoke")),
    Scene("stop mails", stop_mails, NOBODY),
    Scene("stop mails, none any more", stop_mails, NOBODY, stop_them),
    Scene("stop mails, nothing that was signed", "/unsubscribe/0", NOBODY),
    Scene("offline", "/offline", NOBODY),
)
