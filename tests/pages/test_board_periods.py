"""The periods of a leaderboard: each of them can be chosen, also where several began on one day."""

from datetime import timedelta

import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests.ladders import SALES, Ladder
from tests.make import NOW
from tests.page import signed_in
from webapp.domain.profiles import Period

APRIL = NOW + timedelta(days=31)
GOAL = f"/leaderboard?goal={SALES}"


def test_of_two_periods_that_began_on_one_day_either_can_be_chosen(
    app: Flask, session: Session, clock: machine.Traveller
) -> None:
    they = Ladder(session)
    (target,) = [one for one in they.targets(they.bronze) if one.keyword_id == they.sales.id]
    may, july = APRIL + timedelta(days=30), APRIL + timedelta(days=90)
    for name in they.people:
        they.value(name, 100, at=APRIL, now=APRIL)
    target.period = Period.QUARTERLY
    they.renew(they.bronze, may)
    they.value("Ada", 50, at=may, now=may)
    session.commit()
    clock.move_to(july)
    ada = signed_in(app, session, they.people["Ada"], july)
    options = ada.get(GOAL).one("select", name="period").findall("option")
    found = {option.text: option.get("value") for option in options}
    assert found == {
        "Q3 2026": "",
        "Q2 2026, over": "2026-04-01..2026-06-30",
        "April 2026, over": "2026-04-01..2026-04-30",
        "March 2026, over": "2026-03-01..2026-03-31",
    }
    for words, row in (("Q2 2026, over", "Ada you 15 % €150"), ("April 2026, over", "Ada you 10 % €100")):
        page = ada.get(f"{GOAL}&period={found[words]}")
        (chosen,) = [one.text for one in page.one("select", name="period").iter("option") if "selected" in one.attrib]
        assert chosen == words
        (board,) = page.all("ol", aria_label="Bronze: Personal sales")
        assert row in page.words(board)
    alone = ada.get(f"{GOAL}&period=2026-04-01").one("select", name="period")
    assert [one.text for one in alone.iter("option") if "selected" in one.attrib] == ["Q2 2026, over"]
    odd = ada.get(f"{GOAL}&period=2026-04-01..2026-05-01").one("select", name="period")
    assert [one.text for one in odd.iter("option") if "selected" in one.attrib] == ["Q3 2026"]
