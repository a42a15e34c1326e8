"""The pages of reading: what today asks, goals, works with their pictures, days, books, streaks, and programs."""

from datetime import date, timedelta

from playwright.sync_api import Page

from tests.browser.scene import NEWCOMER, Scene, fill_and_send, open_details
from webapp.demo.people import public_id

QURAN, BOOK = (f"/reading/works/{public_id('work', 'client', category)}" for category in ("quran", "book"))
KHATM = f"/reading/goals/{public_id('reading goal', 'client', 'khatm')}"
DAY_READ = date.today() - timedelta(days=2)  # noqa: DTZ011 - as good as any zone's


def log_amiss(page: Page) -> None:
    open_details(page)
    page.locator("#reading-quran [name=from_verse]").fill("2:300")
    page.locator("#reading-quran").get_by_role("button", name="Log it").click()
    page.locator("#reading-quran p.error").wait_for()


def put_a_book_away(page: Page) -> None:
    """One book is on the shelf, and another is not."""
    for title in ("Emma", "Persuasion"):
        page.goto(page.url.partition("/reading")[0] + "/reading/books/new")
        page.locator("[name=title]").fill(title)
        page.locator("#book button.primary").click()
        page.wait_for_url("**/reading/new?*")
    page.goto(page.url.partition("/new")[0] + "/books")
    page.get_by_role("button", name="Put away: Emma").click()
    page.locator("#away").wait_for()


def make_a_reading_token(page: Page) -> None:
    page.locator("[name=contract][value=reading]").check()
    page.locator("[name=client]").select_option(label="A program of the demo, of Harbour House")
    page.locator("[name=scopes][value='goal.read']").check()
    fill_and_send("Make the token", name="Phone")(page)
    page.get_by_role("heading", name="Your new token").wait_for()


READING_SCENES = (
    Scene("reading", "/reading", "client", open_details),
    Scene("reading, nothing yet", "/reading", NEWCOMER),
    Scene("reading, logged amiss", "/reading", "client", log_amiss),
    Scene("new reading goal", "/reading/new?preset=khatm30", NEWCOMER),
    Scene("new reading goal, amiss", "/reading/new", NEWCOMER, fill_and_send("Begin today", minutes="many")),
    Scene("end a reading goal", f"{KHATM}/end"),
    Scene("reading of the Quran", QURAN, "client", open_details),
    Scene("reading of a book", BOOK, "client", open_details),
    Scene("a day of reading", f"{QURAN}/days/{DAY_READ}"),
    Scene("new book, amiss", "/reading/books/new", NEWCOMER, fill_and_send("Add the book", title="")),
    Scene("books, one put away", "/reading/books", NEWCOMER, put_a_book_away),
    Scene("reading streaks", "/reading/streaks", "client", open_details),
    Scene("reading programs", "/admin/reading-programs", "admin"),
    Scene("new token, made for reading", "/account/tokens/new", "client", make_a_reading_token),
)
