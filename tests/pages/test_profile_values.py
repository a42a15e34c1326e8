"""The values behind my number: how they add up, which do not count, and saying that one of them is wrong."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.ladders import SALES, TRAINING, Ladder
from tests.make import NOW
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import UNKNOWN, told
from webapp.actions import participants, value_queries, values
from webapp.actions.values import PersonValue
from webapp.domain.profile_drafts import ValueDraft
from webapp.domain.tracking import Source
from webapp.models import Entry, ValueQuery

Visit = Callable[[str], Browser]
FEBRUARY = datetime(2026, 2, 20, 12, tzinfo=UTC)
LIST = f"/profile/values/{SALES}"


@pytest.fixture
def they(session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session)


@pytest.fixture
def visit(app: Flask, session: Session, they: Ladder) -> Visit:
    def browser(name: str) -> Browser:
        return signed_in(app, session, they.admin if name == "Ines" else they.people[name])

    return browser


def lines(page: Page) -> list[str]:
    """What stands of each value."""
    return [page.words(one) for one in page.root.iter("li") if one.get("id", "").startswith("value-")]


def entries(they: Ladder) -> list[Entry]:
    return list(they.session.scalars(select(Entry).order_by(Entry.id)))


def corrected(they: Ladder, entry: Entry, amount: int, now: datetime = NOW) -> None:
    values.correct(they.session, they.viewer("Ines", now), entry.public_id, Decimal(amount), "By the invoice")


def test_the_values_add_up_to_the_number_and_the_formula_shows_its_inputs(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 700, note="The kitchen")
    they.value("Ada", -100, at=NOW + timedelta(minutes=1))
    they.value("Ben", 55)
    page = visit("Ada").get(LIST)
    assert len(lines(page)) == 2
    assert "€700 10 Mar 2026 · Ines · typed in" in lines(page)[1]
    assert "The kitchen" in lines(page)[1]
    words = page.words()
    assert "2 values count, together €600" in words
    assert "value = 700 − 100 = €600" in words
    assert "= 100 · (600 − 0) / (1,000 − 0)" in words
    assert "= 60 %" in words
    assert "to go = maximum − value = €400" in words


def test_what_was_corrected_is_struck_and_counts_no_more(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 700)
    they.value("Ada", 50)
    first, second = entries(they)
    corrected(they, first, 650)
    corrected(they, second, 0)
    page = visit("Ada").get(LIST)
    said = {line.partition(" ")[0]: line for line in lines(page)}
    assert "replaced, counts no more" in said["€700"]
    assert "a correction" in said["€650"]
    assert "By the invoice" in said["€650"]
    assert "taken back" in said["€0"]
    assert "One value counts: €650" in page.words()
    assert "€650" in visit("Ada").get("/profile").words()


def test_beyond_the_gauge_the_formula_says_what_is_shown(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 1_500)
    words = visit("Ada").get(LIST).words()
    assert "= 150 %" in words
    assert "The gauge shows it between 0 and 100 %: 100 %." in words


def test_the_formula_rounds_as_the_gauge_does(they: Ladder, visit: Visit) -> None:
    they.value("Ada", "249.05")
    page = visit("Ada").get(LIST)
    assert "= 24.91 %" in page.words()
    assert page.one("div", dir="ltr").get("class") == "formula"
    they.value("Ada", "750.94")
    assert "= 99.99 %" in visit("Ada").get(LIST).words(), "a little is missing"


def test_nothing_yet_is_said(they: Ladder, visit: Visit) -> None:
    words = visit("Ada").get(LIST).words()
    assert "value = 0, for nothing is there yet" in words
    assert "Nothing is there in this period." in words


def test_an_earlier_period_shows_its_own_and_what_came_too_late(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 700, at=FEBRUARY, now=FEBRUARY)
    they.value("Ada", 45, at=FEBRUARY, now=NOW)
    they.value("Ada", 9)
    ada = visit("Ada")
    february = ada.get(ada.get(LIST).one("a", rel="prev").get("href", ""))
    words = february.words()
    assert "1 Feb 2026 to 28 Feb 2026" in words
    assert "€700 stands on its board. What came later, €45, stands beside it." in words
    assert ["came after the period was over" in line for line in lines(february)] == [True, False]
    assert "Explain this number" not in words
    assert february.one("a", rel="next") is not None
    everything = ada.get(f"{LIST}?all=1")
    assert len(lines(everything)) == 3
    assert "3 values count, together €754" in everything.words()


@pytest.mark.parametrize("query", ["period=2026-04-01", "period=2026-03-02", "period=x", "page=0", "page=x", "page=-1"])
def test_what_is_no_period_and_no_page_is_nothing(they: Ladder, visit: Visit, query: str) -> None:
    assert visit("Ada").get(f"{LIST}?{query}").status == 404


def test_a_hundred_values_stand_on_a_page_and_the_sum_is_of_all(they: Ladder, visit: Visit) -> None:
    many = [ValueDraft(SALES, Decimal(1), NOW - timedelta(minutes=place)) for place in range(130)]
    person = they.people["Ada"].id
    values.enter(they.session, they.ines, they.home.id, [PersonValue(person, one) for one in many], Source.IMPORT)
    ada = visit("Ada")
    page = ada.get(LIST)
    assert len(lines(page)) == 100
    assert "130 values count, together €130" in page.words()
    assert "value = the sum of 130 values = €130" in page.words()
    assert "from a table" in lines(page)[0]
    older = ada.get(next(one for one in page.all("a", rel="next") if "page=2" in one.get("href", "")).get("href", ""))
    assert len(lines(older)) == 30
    assert [one.get("id") for one in page.root.iter("li")] != [one.get("id") for one in older.root.iter("li")]
    assert "page=3" not in older.text


def test_a_goal_the_rung_does_not_ask_shows_all_of_it(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 4, TRAINING)
    participants.take_off(they.session, they.ines, they.home.id, they.people["Ada"].id)
    they.session.commit()
    page = visit("Ada").get(f"/profile/values/{TRAINING}?organisation={they.home.public_id}")
    assert len(lines(page)) == 1
    assert "Explain this number" not in page.words()


def test_finer_than_coins_an_amount_is_written_out(they: Ladder, visit: Visit) -> None:
    they.value("Ada", "0.125")
    page = visit("Ada").get(LIST)
    assert lines(page)[0].startswith("EUR 0.125")
    assert "One value counts: EUR 0.125" in page.words()


def test_a_value_is_said_to_be_wrong_and_its_answer_stands_there(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 700)
    they.session.commit()
    form = visit("Ada").get(LIST).all("a", aria_label="This is wrong: €700, 10 Mar 2026")[0].get("href", "")
    page = visit("Ada").get(form)
    assert "Personal sales on 10 Mar 2026: €700" in page.words()
    empty = page.press("Tell the admins", text=" ")
    assert empty.status == 422
    assert empty.errors().keys() == {"text"}
    done = page.press("Tell the admins", text="It was 650.")
    assert "You said on 10 Mar 2026, 13:00: “It was 650.” Nobody has answered yet." in lines(done)[0]
    assert "This is wrong" not in lines(done)[0]
    twice = page.press("Tell the admins", text="It was 650!")
    assert twice.status == 409
    assert "You said so already" in twice.words()
    assert twice.value("text") == "It was 650!"
    query = they.session.scalars(select(ValueQuery)).one()
    value_queries.answer(they.session, they.ines, query.public_id, amount=Decimal(650), text="Right.")
    they.session.commit()
    answered = visit("Ada").get(LIST)
    assert "It was corrected. Right." in " ".join(lines(answered))
    assert "One value counts: €650" in answered.words()


def test_a_value_that_is_kept_says_why_and_can_be_asked_about_again(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 700)
    query = value_queries.ask(they.session, they.viewer("Ada"), entries(they)[0].public_id, "Not mine.")
    value_queries.answer(they.session, they.ines, query.public_id, text="It is in your name.")
    they.session.commit()
    line = lines(visit("Ada").get(LIST))[0]
    assert "It stays as it is. It is in your name." in line
    assert "This is wrong" in line


def test_what_was_corrected_meanwhile_cannot_be_asked_about(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 700)
    they.session.commit()
    entry = entries(they)[0]
    page = visit("Ada").get(f"/profile/wrong/{entry.public_id}")
    corrected(they, entry, 650)
    they.session.commit()
    conflict = page.press("Tell the admins", text="Wrong.")
    assert conflict.status == 409
    assert "This value was corrected meanwhile" in conflict.words()


def test_what_was_corrected_meanwhile_is_not_taken_back(they: Ladder, visit: Visit) -> None:
    ada = visit("Ada")
    done = ada.get("/profile").press("Report it", amount="2")
    they.session.rollback()
    corrected(they, entries(they)[0], 1)
    they.session.commit()
    assert done.press("Undo").status == 409
    assert [int(one.value or 0) for one in entries(they)] == [2, 1]


def test_somebody_elses_value_is_nothing_and_an_admin_is_refused(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 700)
    they.session.commit()
    entry = entries(they)[0].public_id
    ben = visit("Ben")
    for method in ("GET", "POST"):
        ask = ben.get if method == "GET" else ben.post
        seen, never = ask(f"/profile/wrong/{entry}"), ask(f"/profile/wrong/{UNKNOWN}")
        assert seen.status == 404
        assert told(seen) == told(never)
    assert visit("Ines").get(f"/profile/wrong/{entry}").status == 403
    assert visit("Ines").post(f"/profile/wrong/{entry}", text="Mine?").status == 403
    assert they.session.scalars(select(ValueQuery)).all() == []
    assert lines(ben.get(LIST)) == []
