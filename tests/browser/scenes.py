"""Every page there is, as somebody has it before them: who they are, where they go, what they have just done."""

from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page

from tests.browser.admin_scenes import ADMIN_SCENES
from tests.browser.conftest import House
from tests.browser.ladder_scenes import LADDER_SCENES
from tests.browser.reading_scenes import READING_SCENES
from tests.browser.reminder_scenes import REMINDER_SCENES
from tests.browser.scene import NEWCOMER, NOBODY, Scene, fill_and_send, open_details, open_menu
from tests.domain.imports.loop_files import SAMPLE_HABITS, Habit, new_export
from webapp.demo.people import public_id

AMOUNT, QUOTA = "Read before bed", "Strength training"
"""Two goals of the client's: an amount for every day, with a year of days and notes; and three times a week."""


def goal_of_client(more: str = "", title: str = AMOUNT) -> Callable[[House], str]:
    def address(house: House) -> str:
        return f"/goals/{house.of_demo(title)}{more}"

    return address


def client_of_therapist(more: str = "") -> Callable[[House], str]:
    def address(house: House) -> str:
        return f"/clients/{house.demo['client'].public_id}{more}"

    return address


def days_ago(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()  # noqa: DTZ011 - as good as any zone's


def choose_goals(page: Page) -> None:
    for box in page.locator("#goals input[type=checkbox]").all()[:2]:
        box.check()


def search_for(letters: str) -> Callable[[Page], None]:
    def then(page: Page) -> None:
        page.locator("[name=q]").fill(letters)
        page.locator("[name=q]").press("Enter")
        page.locator(".empty").wait_for()

    return then


def choose_file(page: Page) -> None:
    problem = Habit("Stretch", checkmarks=[("2026-13-45", "YES_MANUAL", ""), ("2026-07-04", "YES_MANUAL", "")])
    export = new_export(*SAMPLE_HABITS, problem)
    file = {"name": "Loop Habits CSV.zip", "mimeType": "application/zip", "buffer": export}
    page.get_by_label("File", exact=True).set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Show what is inside").click()
    page.wait_for_url("**/import/*")


def bring_file(page: Page) -> None:
    choose_file(page)
    page.locator("main form button.primary").click()
    page.wait_for_url("**/done")


def wrong_amount(page: Page) -> None:
    page.locator(".amount input").first.fill("a lot")
    page.locator(".amount input").first.press("Enter")
    page.locator("p.error").wait_for()


def tick(page: Page) -> None:
    page.locator("#due button.tick").first.click()
    page.locator(".toast").wait_for()


def check_in_place(page: Page) -> None:
    """The little form in the list stands open, and what was typed in it amiss came back."""
    page.get_by_role("link", name="Check in").first.click()
    page.locator(".line-form [name=actual]").fill("many")
    page.locator(".line-form button.primary").click()
    page.locator(".line-form .error").wait_for()


def open_everything(page: Page) -> None:
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = !one.matches('.menu') })")
    open_menu(page)


def make_a_token(page: Page) -> None:
    page.get_by_label("see goals and their days").check()
    fill_and_send("Make the token", name="n" * 100)(page)
    page.get_by_role("heading", name="Your new token").wait_for()


def revoke_a_token(page: Page) -> None:
    page.locator("main a[href$='/revoke']").first.click()
    page.wait_for_url("**/revoke")


def make_a_feed(page: Page) -> None:
    fill_and_send("Make the feed", name="n" * 100)(page)
    page.get_by_role("heading", name="Your feed's address").wait_for()


def make_feeds(page: Page) -> None:
    """One that tells everything, and one that tells nothing."""
    for box in page.locator("main [type=checkbox]").all():
        box.check()
    make_a_feed(page)
    page.goto("/calendar/feeds/new")
    fill_and_send("Make the feed", name="Phone")(page)
    page.get_by_role("link", name="I have it").click()
    page.wait_for_url("**/calendar/feeds")


def turn_to_a_feed(act: str) -> Callable[[Page], None]:
    def then(page: Page) -> None:
        make_a_feed(page)
        page.goto("/calendar/feeds")
        page.locator(f"main a[href$='/{act}']").first.click()
        page.wait_for_url(f"**/{act}")

    return then


def open_a_review(page: Page) -> None:
    page.locator(".reviews h3 a").first.click()
    page.wait_for_url("**/reviews/*")
    open_details(page)


def send_back_without_a_word(page: Page) -> None:
    open_a_review(page)
    fill_and_send("Send back")(page)
    page.locator("p.error").wait_for()


def choose_who_is_asked(page: Page) -> None:
    page.locator(".reviews li", has_text="waits").locator("h3 a").first.click()
    page.get_by_role("link", name="Ask somebody else").click()
    page.wait_for_url("**/reviewers")


def open_a_share(page: Page) -> None:
    page.locator("#now h3 a").first.click()
    page.wait_for_url("**/sharing/*")


def change_a_share(page: Page) -> None:
    page.locator("#now a[href$='/change']").first.click()
    page.wait_for_url("**/change")


def make_a_code(page: Page) -> None:
    page.locator("main form button").first.click()
    page.locator("#code").wait_for()


def edit_a_mood(page: Page) -> None:
    page.locator("#mood-days a[href$='/edit']").first.click()
    page.wait_for_url("**/edit")


def feel_awful(page: Page) -> None:
    page.locator("#mood-panel button", has_text="awful").click()
    page.locator(".toast").wait_for()


def plan_and_open(page: Page) -> None:
    page.locator("[name=line]").fill("Walk every weekday")
    page.get_by_role("button", name="Add").click()
    page.locator("#due h3 a, #coming h3 a, .rows h3 a").first.click()
    page.wait_for_url("**/goals/*")


def open_an_objective(then: str = "") -> Callable[[Page], None]:
    """The objective of this demo that goes in steps, or a page of it."""

    def go(page: Page) -> None:
        page.goto(page.url.partition("?")[0] + "/new")
        address = page.locator("select[name=parent] option", has_text="Walkers find their way").get_attribute("value")
        page.goto(f"{page.url.removesuffix('/new')}/{address}{then}")

    return go


def check_in_amiss(page: Page) -> None:
    open_an_objective()(page)
    page.locator("details.say summary").first.click()
    page.locator("details.say [name=actual]").first.fill("a lot")
    page.locator("details.say button.primary").first.click()
    page.locator("details.say .error").first.wait_for()


def check_in_well(page: Page) -> None:
    open_an_objective()(page)
    page.locator("details.say summary").first.click()
    page.locator("details.say [name=actual]").first.fill("12")
    page.locator("details.say button.primary").first.click()
    page.locator(".toast").wait_for()


def open_a_key_result(more: str = "") -> Callable[[Page], None]:
    def go(page: Page) -> None:
        open_an_objective()(page)
        page.goto(
            page.url.partition("/objectives")[0]
            + (page.locator(".key-result h3 a").first.get_attribute("href") or "")
            + more
        )

    return go


def one_key_result_more(page: Page) -> None:
    page.locator("[name=name]").fill("Be known")
    page.get_by_role("button", name="Add a key result").click()
    page.locator("#row-1").wait_for()


def paste(text: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.locator("[name=table]").fill(text)
        page.get_by_role("button", name="Show what it makes").click()
        page.locator("ul.pasted").wait_for()

    return go


SCENES = (
    Scene("today", "/", "client", open_menu),
    Scene("today, nothing planned yet", "/", NEWCOMER),
    Scene("today, a tick and its message", "/", "peer", tick),
    Scene("today, a wrong amount", "/", "manager", wrong_amount),
    Scene("goals", "/goals", "client", open_menu),
    Scene("goals, some chosen", "/goals", "client", choose_goals),
    Scene("goals, none yet", "/goals", NEWCOMER),
    Scene("goals, none found", "/goals?frequency=Yearly"),
    Scene("goals, archived", "/goals?archived=1"),
    Scene("goals, none archived", "/goals?archived=1", NEWCOMER),
    Scene("new goal", "/goals/new"),
    Scene("new goal, amiss", "/goals/new", "client", fill_and_send("Save goal", title="", start="2026-01-01")),
    Scene("edit a goal", goal_of_client("/edit")),
    Scene("a goal", goal_of_client(), "client", open_everything),
    Scene("a goal in one line, amiss", "/", NEWCOMER, fill_and_send("Add", line=" ")),
    Scene("a goal without an answer yet", "/", NEWCOMER, plan_and_open),
    Scene("a goal with a quota", goal_of_client(title=QUOTA)),
    Scene("a goal in figures", goal_of_client("/figures")),
    Scene("why a streak is that long", goal_of_client("/streak", "Morning walk")),
    Scene("why a streak of weeks is that long", goal_of_client("/streak", QUOTA)),
    Scene("why there is no streak", goal_of_client("/streak", "Cook something new")),
    Scene("a strength explained", goal_of_client("/strength")),
    Scene("one day of a goal", goal_of_client(f"/days/{days_ago(2)}")),
    Scene("yesterday", f"/days/{days_ago(2)}"),
    Scene("pauses", "/pauses"),
    Scene("pauses, none yet", "/pauses", NEWCOMER),
    Scene("pauses, amiss", "/pauses", NEWCOMER, fill_and_send("Plan the pause", first="2026-05-02", last="2026-05-01")),
    Scene("a goal, as the therapist sees it", goal_of_client(), "therapist"),
    Scene("month", "/calendar"),
    Scene("month, nothing planned", "/calendar", NEWCOMER),
    Scene("week", "/calendar?view=week"),
    Scene("days as a list", "/calendar?view=agenda"),
    Scene("days as a list, nothing planned", "/calendar?view=agenda", NEWCOMER),
    Scene("today, a mood and its message", "/", NEWCOMER, feel_awful),
    Scene("moods", "/moods", "client", open_details),
    Scene("moods, none yet", "/moods", NEWCOMER),
    Scene("moods, amiss", "/moods", NEWCOMER, fill_and_send("Log mood", note="So so.")),
    Scene("edit a mood", "/moods", "client", edit_a_mood),
    Scene("moods of a year", "/moods/year"),
    Scene("moods in numbers", "/moods/statistics", "client", open_details),
    Scene("moods in own words", "/moods/palette", "client", open_details),
    Scene("help with moods", "/moods/help"),
    Scene("help with moods, signed out", "/moods/help", NOBODY),
    Scene("reviews, nothing waits", "/reviews", NEWCOMER),
    Scene("reviews, nothing sent", "/reviews?view=sent", NEWCOMER),
    Scene("reviews, nothing decided", "/reviews?view=decided", NEWCOMER),
    Scene("reviews that wait", "/reviews", "therapist"),
    Scene("reviews that were decided", "/reviews?view=decided", "therapist"),
    Scene("a review to decide", "/reviews", "therapist", open_a_review),
    Scene("a review to decide, amiss", "/reviews", "therapist", send_back_without_a_word),
    Scene("a review at work", "/reviews", "manager", open_a_review),
    Scene("a review of one's own", "/reviews?view=sent", "client", open_a_review),
    Scene("who is asked", "/reviews?view=sent", "client", choose_who_is_asked),
    Scene("send a goal for review", goal_of_client("/review/new")),
    Scene("revisions of a goal", goal_of_client("/revisions"), "client", open_details),
    Scene("close a goal", goal_of_client("/close")),
    Scene("close a goal, amiss", goal_of_client("/close"), "client", fill_and_send("Close the goal", score="101")),
    Scene("an objective", "/objectives", "client", open_an_objective()),
    Scene("an objective, as its reviewer sees it", "/objectives", "manager", open_an_objective()),
    Scene("an objective, checked in", "/objectives", "client", check_in_well),
    Scene("an objective, checked in amiss", "/objectives", "client", check_in_amiss),
    Scene("an objective explained", "/objectives", "client", open_an_objective("/why")),
    Scene("edit an objective", "/objectives", "client", open_an_objective("/edit")),
    Scene("a key result", "/objectives", "client", open_a_key_result()),
    Scene("a key result explained", "/objectives", "client", open_a_key_result("/why")),
    Scene("follow a goal", "/objectives", "client", open_a_key_result("/feed")),
    Scene("new objective", "/objectives/new", "client", one_key_result_more),
    Scene("new objective, amiss", "/objectives/new", "client", fill_and_send("Save objective", name="")),
    Scene("paste objectives", "/objectives/paste", "manager", paste("Objective\tKey result\tTo\nBe known\tFans\t50")),
    Scene("paste objectives, amiss", "/objectives/paste", "manager", paste("Objective\tOwner\nBe known\tx@y.z")),
    Scene("sharing", "/sharing", "client", open_details),
    Scene("sharing, nothing yet", "/sharing", NEWCOMER),
    Scene("share by a code", "/sharing/new"),
    Scene("share by a code, amiss", "/sharing/new", NEWCOMER, fill_and_send("Ask the therapist", code="x")),
    Scene("something shared", "/sharing", "client", open_a_share),
    Scene("change what is shared", "/sharing", "client", change_a_share),
    Scene("an invitation that opens nothing", "/sharing/invitations/0"),
    Scene("clients", "/clients", "therapist"),
    Scene("clients, none found", "/clients", "therapist", search_for("nobody is called so")),
    Scene("a client", client_of_therapist(), "therapist", open_details),
    Scene("a report of a client", client_of_therapist("/report"), "therapist"),
    Scene("a report, amiss", client_of_therapist("/report?from=2026-02-30"), "therapist"),
    Scene("propose a goal", client_of_therapist("/goals/new"), "therapist"),
    Scene(
        "propose a goal, amiss",
        client_of_therapist("/goals/new"),
        "therapist",
        fill_and_send("Propose this goal", title=""),
    ),
    Scene("a goal that is proposed", f"/goals/proposals/{public_id('proposal', 'sunday')}", "client", open_details),
    Scene("change a goal that is proposed", f"/goals/proposals/{public_id('proposal', 'sunday')}/edit"),
    Scene("end a relation", client_of_therapist("/end"), "therapist"),
    Scene("requests", "/clients/requests", "therapist"),
    Scene("code of a therapist", "/clients/code", "therapist", make_a_code),
    Scene(
        "invite a client",
        "/clients/invitations",
        "therapist",
        fill_and_send("Send the invitation", email="x@example.org"),
    ),
    Scene(
        "invite a client, amiss", "/clients/invitations", "therapist", fill_and_send("Send the invitation", email="x")
    ),
    Scene("account", "/account"),
    Scene("account, amiss", "/account", NEWCOMER, fill_and_send("Save", name="")),
    Scene("change the e-mail", "/account/email"),
    Scene("change the password", "/account/password"),
    Scene("change the password, amiss", "/account/password", NEWCOMER, fill_and_send("Set password", password="short")),
    Scene("objectives", "/objectives", then=open_details),
    Scene("objectives of a newcomer", "/objectives", NEWCOMER),
    Scene("objectives as a table", "/objectives?view=table"),
    Scene("objectives by owner", "/objectives?view=owners", "manager"),
    Scene("objectives by reviewer", "/objectives?view=reviewers", "manager"),
    Scene("objectives, nothing fits", "/objectives?q=nothing-like-it"),
    Scene("objectives, check in", "/objectives", "client", check_in_place),
    Scene("cycles", "/objectives/cycles", "admin"),
    Scene("new cycle, amiss", "/objectives/cycles/new", "admin", fill_and_send("Open this cycle", title="")),
    Scene("programs", "/account/tokens"),
    Scene("programs, none yet", "/account/tokens", NEWCOMER),
    Scene("new token, amiss", "/account/tokens/new", NEWCOMER, fill_and_send("Make the token", name="")),
    Scene("new token, made", "/account/tokens/new", NEWCOMER, make_a_token),
    Scene("revoke a token", "/account/tokens", "client", revoke_a_token),
    Scene("calendar feeds", "/calendar/feeds/new", NEWCOMER, make_feeds),
    Scene("calendar feeds, none yet", "/calendar/feeds", NEWCOMER),
    Scene("new feed, amiss", "/calendar/feeds/new", NEWCOMER, fill_and_send("Make the feed", name="")),
    Scene("new feed, made", "/calendar/feeds/new", NEWCOMER, make_a_feed),
    Scene("new address for a feed", "/calendar/feeds/new", NEWCOMER, turn_to_a_feed("renew")),
    Scene("end a feed", "/calendar/feeds/new", NEWCOMER, turn_to_a_feed("revoke")),
    Scene("the password once more", "/password-again"),
    Scene("import", "/import"),
    Scene("import, preview", "/import", NEWCOMER, choose_file),
    Scene("import, done", "/import", NEWCOMER, bring_file),
    Scene("export", "/export"),
    Scene("nothing here", "/goals/nothing-like-it"),
    Scene("sign in", "/login", NOBODY),
    Scene("sign in, refused", "/login", NOBODY, fill_and_send("Sign in", email="x@example.org", password="wrong one")),
    Scene("sign up", "/signup", NOBODY),
    Scene("sign up, amiss", "/signup", NOBODY, fill_and_send("Create account", email="x", password="short")),
    Scene("sign up, mail sent", "/signup/sent", NOBODY),
    Scene("sign up, dead link", "/signup/confirm/0", NOBODY),
    Scene("recover", "/recover", NOBODY),
    Scene("nothing here, signed out", "/nothing-like-it", NOBODY),
    *LADDER_SCENES,
    *READING_SCENES,
    *REMINDER_SCENES,
    *ADMIN_SCENES,
)
