"""Help in a crisis: numbers by country, for everybody, and never a wrong guess kept."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, Page
from webapp.domain.crisis import COUNTRIES, country_codes, country_of_zone

HELP = "/moods/help"


def numbers(page: Page) -> list[str]:
    return [one.get("href", "") for one in page.all("a") if re.match("tel:|sms:", one.get("href", ""))]


def test_the_country_is_guessed_from_the_time_zone(visit: Browser) -> None:
    page = visit.get(HELP)
    assert page.value("country") == "DE"
    assert numbers(page)[:2] == ["tel:112", "tel:08001110111"]
    (elsewhere,) = [one for one in page.all("a") if one.get("href", "").startswith("https:")]
    assert elsewhere.attrib == {"href": "https://findahelpline.com", "rel": "noopener noreferrer"}


def test_another_country_is_looked_at_or_kept(session: Session, visit: Browser, ada: Any) -> None:
    assert numbers(visit.get(f"{HELP}?country=us"))[:3] == ["tel:911", "tel:988", "sms:988"]
    session.rollback()
    session.refresh(ada)
    assert ada.country is None
    page = visit.get(HELP).press("Show its numbers", country="GB")
    assert numbers(page)[0] == "tel:999"
    session.rollback()
    session.refresh(ada)
    assert ada.country == "GB"
    assert visit.get(HELP).value("country") == "GB"


def test_a_country_that_is_none_is_refused(session: Session, visit: Browser) -> None:
    before = make.everything(session)
    for code in ("", "XX", "de", "<b>"):
        page = visit.post(HELP, country=code)
        assert (page.status, page.errors().get("country")) == (422, "Please choose one of the list.")
    assert make.everything(session) == before


def test_who_is_not_signed_in_is_asked_for_the_country(app: Flask) -> None:
    nobody = Browser(app)
    page = nobody.get(HELP)
    assert (page.status, page.value("country"), numbers(page)) == (200, "", [])
    assert "Choose your country" in page.words()
    assert numbers(page.press("Show its numbers", country="AT"))[0] == "tel:112"
    assert nobody.post(HELP, country="AT").status == 303


def test_a_country_of_which_nothing_is_certain_says_so(visit: Browser) -> None:
    page = visit.get(f"{HELP}?country=AQ")
    assert numbers(page) == []
    assert "112 leads there" in page.words()


@pytest.mark.parametrize("code", COUNTRIES)
def test_every_number_can_be_dialled(code: str) -> None:
    found = COUNTRIES[code]
    assert code in country_codes()
    assert re.fullmatch("[0-9]{3,4}", found.emergency)
    for line in found.lines:
        assert line.name.strip() == line.name != ""
        assert re.fullmatch("[0-9]{3,11}", line.digits)
    assert len(set(found.lines)) == len(found.lines)


def test_zones_know_their_countries() -> None:
    assert country_of_zone("Europe/Berlin") == "DE"
    assert country_of_zone("America/New_York") == "US"
    assert country_of_zone("Etc/UTC") is None
