"""Reminders, notices, devices and feeds are one's own: what secrets open, and what a list puts away."""

import pytest

from tests import make
from tests.rights.asking import OBJECTIVES, TRACKING, marks_in, told
from tests.rights.cast import EVERYBODY
from tests.rights.conftest import Stage
from tests.rights.marks import MARKS
from webapp.domain.tokens import Contract
from webapp.models import Delivery

READERS = ("anonymous", "ada", "thea", "admin", "stranger")
IN_HER_FEED = {"title", "former title", "feeding"}
"""What Ada called the goals that are due."""


def feed(secret: str) -> str:
    return f"/calendar/feeds/{secret}.ics"


@pytest.mark.parametrize("who", READERS)
def test_a_feed_tells_of_its_person_alone_whoever_asks(stage: Stage, who: str) -> None:
    """A cookie that comes along changes nothing, and none is given."""
    stage.put_back()
    client = stage.visitor(who).browser.client
    for owner in ("ada", "thea", "second", "peer", "manager", "admin", "stranger"):
        answer = client.get(feed(stage.world.facts[f"feed of {owner}"]))
        assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
        assert "Set-Cookie" not in answer.headers
        assert b"VEVENT" in answer.data
        assert set(marks_in(answer, MARKS)) == (IN_HER_FEED if owner == "ada" else set()), owner


def test_a_feed_without_names_tells_none(stage: Stage) -> None:
    answer = stage.visitor("anonymous").browser.client.get(feed(stage.world.facts["plain feed"]))
    assert b"VEVENT" in answer.data
    assert set(marks_in(answer, MARKS)) == set()


def test_no_other_secret_opens_a_feed(stage: Stage) -> None:
    """Neither a program's token, nor a sign-in, nor what was mailed, nor a feed that is over; all are told the same."""
    stage.put_back()
    world, client = stage.world, stage.visitor("anonymous").browser.client
    before = make.everything(stage.session)
    nothing = told(client.get(feed("aimline_feed_" + "0" * 43)))
    assert nothing[0] == 404
    mailed = [world.facts[f"{name}_link"] for name in ("sign_up", "email", "recovery")]
    tokens = [world.programs["ada", contract] for contract in Contract]
    others = [world.secrets["ada"], world.facts["feed that is over"], world.facts["stop"]]
    for secret in (*mailed, *tokens, *others):
        assert told(client.get(feed(secret))) == nothing
    assert {name: rows for name, rows in make.everything(stage.session).items() if rows != before[name]}.keys() <= {
        "limit_count"
    }


def test_a_feed_and_the_address_that_stops_mails_open_nothing_else(stage: Stage) -> None:
    stage.put_back()
    world, visitor = stage.world, stage.newcomer("anonymous")
    before = make.everything(stage.session)
    for secret in (world.facts["feed of ada"], world.facts["stop"]):
        for contract, at in ((Contract.TRACKING, f"{TRACKING}goals"), (Contract.OBJECTIVES, OBJECTIVES)):
            own = {
                "Authorization": f"Bearer {world.programs['ada', contract]}",
                "gtmhub-accountId": world.own["ada"]["account"],
            }
            assert visitor.client.get(at, headers=own).status_code == 200
            wrong = visitor.client.get(at, headers={**own, "Authorization": f"Bearer {secret}"})
            assert wrong.status_code == 401
        for way in ("recover", "signup/confirm", "account/email"):
            there, never = (visitor.browser.client.get(f"/{way}/{one}") for one in (secret, "0" * len(secret)))
            assert told(there)[:2] == told(never)[:2]
        with visitor.browser.client.session_transaction() as cookie:
            cookie["_user_id"] = secret
        assert visitor.browser.client.get("/goals").status_code == 303
    assert visitor.browser.client.get(f"/unsubscribe/{world.facts['feed of ada']}").status_code == 404
    assert make.everything(stage.session) == before


@pytest.mark.parametrize("who", ["thea", "second", "in house"])
def test_the_page_of_a_goal_says_to_its_owner_alone_when_it_reminds(stage: Stage, who: str) -> None:
    """A therapist's program is told, since it sends back what it was told with its approval."""
    stage.put_back()
    at = f"/goals/{stage.world.named['reminding']}"
    for whose, says in (("ada", True), (who, False)):
        answer = stage.visitor(whose).browser.client.get(at)
        assert answer.status_code == 200
        assert "title" in set(marks_in(answer, MARKS))
        assert ("reminded at" in set(marks_in(answer, MARKS))) is says
        assert (b"/reminders" in answer.data) is says


@pytest.mark.parametrize("who", ["thea", "manager", "admin", "stranger"])
def test_putting_all_away_puts_away_nothing_of_anothers(stage: Stage, who: str) -> None:
    """However far one says that one has looked; Ada, who says the same, puts hers away."""
    stage.put_back()
    notice = stage.world.named["notice"]
    for whose, is_away in ((who, False), ("ada", True)):
        browser = stage.visitor(whose).browser
        answer = browser.client.post("/notices/away", data={"csrf_token": browser.token(), "last": "9" * 18})
        assert answer.status_code == 303
        stage.session.rollback()
        told_at = stage.session.get_one(Delivery, notice, populate_existing=True).seen_at
        assert (told_at is not None) is is_away
    stage.put_back()


def test_stopping_mails_is_signed_for_one_person(stage: Stage) -> None:
    """A letter more or less, and it stops nobody's."""
    stage.put_back()
    before = make.everything(stage.session)
    browser, signed = stage.newcomer("stranger").browser, stage.world.facts["stop"]
    for wrong in (signed[:-1], f"{signed}0", signed.swapcase(), signed.partition(".")[0], "0"):
        assert browser.client.get(f"/unsubscribe/{wrong}").status_code == 404
        assert browser.client.post(f"/unsubscribe/{wrong}").status_code == 404
    assert make.everything(stage.session) == before
    assert browser.client.post(f"/unsubscribe/{signed}").status_code == 200
    changed = {name for name, rows in make.everything(stage.session).items() if rows != before[name]}
    assert changed == {"reminder_setting", "audit_event"}
    stage.put_back()


def test_everybody_has_a_feed_to_look_at(stage: Stage) -> None:
    assert {f"feed of {who}" for who in ("ada", *EVERYBODY)} <= stage.world.facts.keys()
