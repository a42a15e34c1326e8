"""One page as somebody has it before them, and what they do there."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.conftest import House, Visit

Path = str | Callable[[House], str]
NOBODY, NEWCOMER = "", "newcomer"


@dataclass(frozen=True)
class Scene:
    """`who` is a role of the demo, somebody without goals, or nobody; `then` is done once the page is open."""

    name: str
    path: Path
    who: str = "client"
    then: Callable[[Page], None] = lambda page: None

    def show(self, house: House, visit: Visit, *, width: int = 1280) -> Page:
        """The page, in a new browser."""
        viewer = house.person() if self.who == NEWCOMER else house.demo.get(self.who)
        page = visit(self.path if isinstance(self.path, str) else self.path(house), viewer, width=width)
        self.then(page)
        page.wait_for_load_state("load")
        return page


def fill_and_send(button: str, **typed: str) -> Callable[[Page], None]:
    def then(page: Page) -> None:
        for name, text in typed.items():
            page.locator(f"[name={name}]").first.fill(text)
        page.locator("form[novalidate], form").evaluate_all(
            "forms => forms.forEach(form => { form.noValidate = true })"
        )
        page.get_by_role("button", name=button).click()
        page.wait_for_load_state("networkidle")

    return then


def open_menu(page: Page) -> None:
    page.locator("details.menu > summary").first.click()


def open_details(page: Page) -> None:
    page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true })")
