"""The pages of a ladder: one's own profile with the values behind it, and the boards."""

from playwright.sync_api import Page

from tests.browser.scene import NEWCOMER, Scene, fill_and_send, open_details
from webapp.demo.people import public_id


def report_amiss(page: Page) -> None:
    form = page.locator("details.say").first
    form.locator("summary").click()
    form.locator("[name=amount]").fill("many")
    form.get_by_role("button", name="Report it").click()
    page.locator("p.error").wait_for()


def say_it_is_wrong(page: Page) -> None:
    page.get_by_role("link", name="This is wrong").first.click()
    page.get_by_role("button", name="Tell the admins").click()
    page.locator("p.error").wait_for()


def choose_a_goal(page: Page) -> None:
    """The board of the first goal, which comes without the rest of the page."""
    page.locator("select[name=goal]").select_option(index=1)
    page.locator(".list .sum small").first.wait_for()


def name_without_a_word(page: Page) -> None:
    page.locator("[name=display][value=alias]").check()
    fill_and_send("Save", alias="")(page)
    page.locator("p.error").wait_for()


LADDER_SCENES = (
    Scene("leaderboard", "/leaderboard"),
    Scene("leaderboard of a goal", "/leaderboard", "client", choose_a_goal),
    Scene("leaderboard, as the admin sees it", "/leaderboard", "admin"),
    Scene("leaderboard of a newcomer", "/leaderboard", NEWCOMER),
    Scene("how somebody is listed", "/leaderboard/me"),
    Scene("how somebody is listed, amiss", "/leaderboard/me", "client", name_without_a_word),
    Scene("my profile", "/profile", "client", open_details),
    Scene("my profile, the next rung open", "/profile", "peer"),
    Scene("my profile, a report amiss", "/profile", "client", report_amiss),
    Scene("my profile, on no rung", "/profile", "admin"),
    Scene("my profile, no ladder", "/profile", NEWCOMER),
    Scene("what a rung asks", f"/profile?rung={public_id('profile', 'Advisor')}"),
    Scene("values behind a number", "/profile/values/personal_sales"),
    Scene("everything behind a number", "/profile/values/personal_sales?all=1"),
    Scene("a value is wrong", "/profile/values/personal_sales", "client", say_it_is_wrong),
)
