"""How far somebody is on a profile, by the profiles contract."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import Till, till
from tests.ladders import SALES, TRAINING, Ladder
from webapp.actions import participants
from webapp.domain.profiles import Period

OVERVIEW = "/overview/"
GIVEN = {"period", "maximum", "minimum", "display_name", "currency_code", "current", "percentage", "difference"}


@pytest.fixture
def ladder(session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session)


@pytest.fixture
def adas(app: Flask, session: Session, ladder: Ladder) -> Till:
    return till(app, session, ladder.home, ladder.people["Ada"])


def data(till: Till, query: str = "") -> dict[str, Any]:
    answer = till.get(f"{OVERVIEW}{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json.keys() == {"status_code", "errors", "data"}
    assert (answer.json["status_code"], answer.json["errors"]) == (200, {})
    found: dict[str, Any] = answer.json["data"]
    return found


def test_every_field_of_ones_own_profile(ladder: Ladder, adas: Till) -> None:
    ladder.value("Ada", "750.50")
    ladder.session.commit()
    said = data(adas)
    assert said == {
        "user_goals": {
            SALES: {
                "period": "monthly",
                "maximum": 1000,
                "minimum": 0,
                "display_name": "Personal sales",
                "currency_code": "EUR",
                "current": 750.5,
                "percentage": 75.05,
                "difference": 249.5,
                "period_start": "2026-03-01",
                "period_end": "2026-03-31",
            },
            TRAINING: {
                "period": "monthly",
                "maximum": 10,
                "minimum": 0,
                "display_name": "Hours of training",
                "currency_code": "",
                "current": 0,
                "percentage": 0,
                "difference": 10,
                "period_start": "2026-03-01",
                "period_end": "2026-03-31",
            },
        },
        "eligibleforupdate": False,
        "profiles": [
            {"id": ladder.bronze.id, "profilename": "Bronze"},
            {"id": ladder.silver.id, "profilename": "Silver"},
            {"id": ladder.gold.id, "profilename": "Gold"},
        ],
    }
    assert list(said["user_goals"]) == [SALES, TRAINING]
    for number in (said["user_goals"][TRAINING]["current"], said["user_goals"][SALES]["maximum"]):
        assert type(number) is int


def test_without_its_slash_it_is_the_same(adas: Till) -> None:
    assert adas.get("/overview").data == adas.get(OVERVIEW).data


@pytest.mark.parametrize(
    ("amount", "percentage", "difference"),
    [("-50", 0, 1050), ("0.01", 0, 999.99), ("333.335", 33.33, 666.665), ("1000", 100, 0), ("2500", 100, 0)],
)
def test_percentages_stay_between_none_and_all(
    ladder: Ladder, adas: Till, amount: str, percentage: float, difference: float
) -> None:
    ladder.value("Ada", amount)
    ladder.session.commit()
    sales = data(adas)["user_goals"][SALES]
    assert (sales["current"], sales["percentage"], sales["difference"]) == (float(amount), percentage, difference)


def test_the_next_rung_opens_when_every_maximum_is_met(ladder: Ladder, adas: Till) -> None:
    ladder.value("Ada", 1000)
    ladder.session.commit()
    assert data(adas)["eligibleforupdate"] is False
    ladder.value("Ada", 10, TRAINING)
    ladder.session.commit()
    assert data(adas)["eligibleforupdate"] is True
    above = data(adas, f"?profile_id={ladder.silver.id}")
    assert above["eligibleforupdate"] is True, "it is about where they stand, not about what they look at"
    assert above["user_goals"][SALES]["maximum"] == 2000
    participants.promote(ladder.session, ladder.viewer("Ada"), ladder.bronze, ladder.people["Ada"].id)
    ladder.session.commit()
    said = data(adas)
    assert (said["user_goals"][SALES]["maximum"], said["eligibleforupdate"]) == (2000, False)


def test_on_the_last_rung_nothing_opens(ladder: Ladder, app: Flask) -> None:
    ladder.join("Zoe", ladder.gold)
    ladder.value("Zoe", 4000)
    ladder.value("Zoe", 40, TRAINING)
    said = data(till(app, ladder.session, ladder.home, ladder.people["Zoe"]))
    assert [one["percentage"] for one in said["user_goals"].values()] == [100, 100]
    assert said["eligibleforupdate"] is False


def test_who_stands_nowhere_sees_the_first_rung(ladder: Ladder, app: Flask) -> None:
    said = data(till(app, ladder.session, ladder.home, ladder.admin))
    assert said["user_goals"][SALES]["maximum"] == 1000
    assert said["user_goals"][SALES]["current"] == 0
    assert said["eligibleforupdate"] is False


def test_without_a_ladder_there_is_nothing(app: Flask, session: Session, clock: machine.Traveller) -> None:
    home, zoe = make.organisation(session), make.person(session, "Zoe")
    make.member(session, zoe, home)
    asking = till(app, session, home, zoe)
    assert data(asking) == {"user_goals": {}, "eligibleforupdate": False, "profiles": []}
    assert asking.get(f"{OVERVIEW}?profile_id=1").json["errors"] == {"profile_id": "Invalid profile id."}


def test_what_names_no_profile_of_the_ladder_is_refused_alike(ladder: Ladder, adas: Till) -> None:
    foreign = Ladder(ladder.session, ())
    gone = ladder.rung("Lead")
    gone.deleted_at = make.NOW
    ladder.session.commit()
    words = {"status_code": 400, "errors": {"profile_id": "Invalid profile id."}, "data": {}}
    own = ladder.bronze.id
    for said in (foreign.bronze.id, gone.id, 0, -1, 10**30, f"0{own}", f"{own}.0", f"+{own}", "x", "%00", "٣", "[]"):
        answer = adas.get(f"{OVERVIEW}?profile_id={said}")
        assert (answer.status_code, answer.json) == (400, words), said
    assert adas.get(f"{OVERVIEW}?profile_id={own}").status_code == 200
    twice = adas.get(f"{OVERVIEW}?profile_id={own}&profile_id={ladder.silver.id}")
    assert (twice.status_code, set(twice.json["errors"])) == (400, {"profile_id"})


def test_periods_go_by_the_organisation(ladder: Ladder, adas: Till, clock: machine.Traveller) -> None:
    midnight = datetime.fromisoformat("2026-03-31T22:00:00+00:00")  # in Berlin
    clock.move_to(midnight - timedelta(seconds=1))
    assert data(adas)["user_goals"][SALES]["period_end"] == "2026-03-31"
    clock.move_to(midnight)
    assert data(adas)["user_goals"][SALES]["period_start"] == "2026-04-01"


def test_a_lifetime_has_no_first_and_no_last_day(ladder: Ladder, adas: Till) -> None:
    for target in ladder.targets(ladder.bronze):
        target.period, target.minimum = Period.LIFETIME, Decimal("-0.5")
    ladder.renew(ladder.bronze)
    ladder.session.commit()
    for goal in data(adas)["user_goals"].values():
        assert goal.keys() == GIVEN | {"period_start", "period_end"}
        assert (goal["period"], goal["minimum"]) == ("lifetime", -0.5)
        assert (goal["period_start"], goal["period_end"]) == (None, None)
