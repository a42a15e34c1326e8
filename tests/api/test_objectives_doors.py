"""Who reads goals by the objectives contract, and what everybody else is told: nothing."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api import programs
from tests.api.quarter import NOBODY, UNKNOWN, Asker, Quarter, addresses
from webapp.domain.people import MembershipStatus
from webapp.models import Membership


@pytest.fixture
def quarter(app: Flask, session: Session, clock: Any) -> Quarter:
    return Quarter(app, session)


def test_without_the_right_account_nothing_is_told(quarter: Quarter, app: Flask, session: Session) -> None:
    person = quarter.people["nora"]
    silent = Asker(app, session, person, None)
    foreign = Asker(app, session, person, quarter.elsewhere.public_id)
    unknown = Asker(app, session, person, UNKNOWN)
    odd = Asker(app, session, person, "é" * 24)
    for address in addresses(quarter):
        assert quarter.nora.get(address).status_code == 200
        missing = silent.get(address)
        assert (missing.status_code, list(missing.json["details"])) == (400, ["gtmhub-accountId"])
        refused = {foreign.get(address).data, unknown.get(address).data, odd.get(address).data}
        assert len(refused) == 1, address
        assert foreign.get(address).status_code == 403


def test_a_stranger_learns_nothing(quarter: Quarter) -> None:
    assert quarter.zoe.get(f"/goals/{quarter.theirs}").status_code == 200
    for goal in (quarter.goal, UNKNOWN, "x", "%C3%A9" * 24):
        for path in ("", "/workflow-actions"):
            answer = quarter.zoe.get(f"/goals/{goal}{path}")
            assert (answer.status_code, answer.json) == (404, NOBODY)
    assert [goal["id"] for goal in quarter.zoe.get("/goals").json["items"]] == [quarter.theirs]
    assert quarter.zoe.get(f"/goals?metricOwnerIds={quarter.paul.id}").json["totalCount"] == 0
    assert quarter.zoe.get(f"/goals?sessionId={quarter.cycle.public_id}").json["totalCount"] == 0


def test_who_is_in_two_organisations_sees_one_at_a_time(quarter: Quarter, app: Flask, session: Session) -> None:
    make.member(session, quarter.people["nora"], quarter.elsewhere)
    session.commit()
    there = Asker(app, session, quarter.people["nora"], quarter.elsewhere.public_id)
    assert [goal["id"] for goal in there.get("/goals").json["items"]] == [quarter.theirs]
    assert [group["id"] for group in there.get("/goals/groupBy/owners").json["items"]] == [quarter.zoe.id]
    assert [one["id"] for one in there.get("/sessions").json["items"]] == [quarter.foreign.public_id]
    assert there.get(f"/goals/metric/{quarter.paul.id}").json["totalCount"] == 0
    for path in ("", "/workflow-actions"):
        assert there.get(f"/goals/{quarter.theirs}{path}").status_code == 200
        answer = there.get(f"/goals/{quarter.goal}{path}")
        assert (answer.status_code, answer.json) == (404, NOBODY)


def test_who_left_is_a_stranger(quarter: Quarter) -> None:
    assert quarter.nora.get("/goals").status_code == 200
    session = quarter.session
    for one in session.query(Membership).filter_by(person_id=quarter.people["nora"].id):
        one.status = MembershipStatus.LEFT
    session.commit()
    assert {quarter.nora.get(address).status_code for address in addresses(quarter)} == {403}


def test_without_a_token_of_this_contract_nobody_is_known(quarter: Quarter, app: Flask, session: Session) -> None:
    other = programs.program(app, session, quarter.people["nora"])
    reader = quarter.asker(quarter.people["nora"], "objectives:read")
    writer = quarter.asker(quarter.people["nora"], "objectives:write")
    for address in addresses(quarter):
        headers = {"gtmhub-accountId": quarter.account}
        without = app.test_client().get(f"/api/v1{address}", headers=headers)
        wrong = app.test_client().get(
            f"/api/v1{address}", headers={**headers, "Authorization": f"Bearer {other.token}"}
        )
        assert (without.status_code, without.data) == (401, wrong.data)
        assert without.headers["WWW-Authenticate"] == "Bearer"
        assert reader.get(address).status_code == 200
        refused = writer.get(address)
        assert (refused.status_code, refused.json["code"]) == (403, 403)
        assert "objectives:read" in refused.json["message"]
