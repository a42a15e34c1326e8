"""Check-ins on the pages: in place and without JavaScript, mistakes, twice, corrections, and numbers from own goals."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from tests.page import Browser, signed_in
from tests.relations import Work
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import Direction
from webapp.models import Entry, Goal, KeyResult, KeyResultFeed
from webapp.queries import objectives as queries


@pytest.fixture
def work(app: Flask, session: Session, clock: machine.Traveller) -> Work:
    return Work(session)


@pytest.fixture
def paul(app: Flask, session: Session, work: Work) -> Browser:
    return signed_in(app, session, work.person)


@pytest.fixture
def goal(work: Work) -> Goal:
    """An objective of Paul's that nobody reviews."""
    year = make.cycle(work.session, work.home, "Year")
    made = make.objective(work.session, work.paul, year, "Be known", key_results=(make.key_result(unit="shops"),))
    work.session.commit()
    return made.goal


def row_of(work: Work, goal: Goal) -> KeyResult:
    work.session.expire_all()
    return queries.key_results_of(work.session, goal.id)[0]


def entries(work: Work) -> list[tuple[Decimal | None, Decimal | None]]:
    work.session.rollback()
    return [(one.value, one.confidence) for one in work.session.scalars(select(Entry).order_by(Entry.id))]


def test_a_check_in_comes_back_to_where_it_was_said(work: Work, paul: Browser, goal: Goal) -> None:
    row = row_of(work, goal)
    page = paul.get(f"/objectives/{goal.public_id}")
    done = page.press("Save check-in", actual="2,500.5".replace(",", ""), confidence="70", comment="Two\nshops.")
    assert done.address.partition("#")[0] == f"/objectives/{goal.public_id}"
    assert "Checked in: Win shops, 2,500.5 shops." in done.words()
    assert entries(work) == [(Decimal("2500.5"), Decimal("0.7"))]
    there = paul.get(f"/objectives/key-results/{row.public_id}")
    assert there.press("Save check-in", actual="3").address == f"/objectives/key-results/{row.public_id}"


def test_in_place_every_figure_answers_at_once(work: Work, paul: Browser, goal: Goal) -> None:
    row = row_of(work, goal)
    answer = paul.get(f"/objectives/{goal.public_id}").press("Save check-in", actual="5", htmx=True)
    assert answer.status == 200
    targets = [one.get("hx-target") for one in answer.all("hx-partial")]
    assert targets == [f"#reached-{row.public_id}", "#objective-figures", "#toast"]
    assert answer.by_id(f"check-in-{row.public_id}") is not None
    assert "5 shops" in answer.words()
    assert "50 % expected by today" in answer.words().replace("%expected", "% expected")
    there = paul.get(f"/objectives/key-results/{row.public_id}").press("Save check-in", actual="6", htmx=True)
    assert [one.get("hx-target") for one in there.all("hx-partial")] == [f"#reached-{row.public_id}", "#toast"]


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"actual": ""}, {"actual": "Please fill this in."}),
        ({"actual": "many"}, {"actual": "Please write a number, like 12.5."}),
        ({"actual": "1", "confidence": "101"}, {"confidence": "From 0 to 100."}),
        ({"actual": "1", "confidence": "x"}, {"confidence": "Please write a number, like 12.5."}),
        ({"actual": "1", "day": "2026-03-11"}, {"day": "That is still ahead."}),
        ({"actual": "1", "day": "soon"}, {"day": "Please write a date, like 2026-03-14."}),
        ({"actual": "1", "comment": "x" * 4001}, {"comment": "At most 4000 characters."}),
        ({"actual": "1e400"}, {"actual": "That number is too large."}),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_every_mistake_stands_at_its_field_and_nothing_typed_is_lost(
    work: Work, paul: Browser, goal: Goal, typed: dict[str, str], errors: dict[str, str], *, htmx: bool
) -> None:
    page = paul.get(f"/objectives/{goal.public_id}").press("Save check-in", htmx=htmx, **typed)
    assert (page.status, page.errors()) == (422, errors)
    assert {name: page.value(name) for name in typed} == typed
    assert page.one("details", class_="say").get("open") is not None
    assert entries(work) == []


def test_a_form_sent_twice_is_one_check_in(work: Work, paul: Browser, goal: Goal) -> None:
    page = paul.get(f"/objectives/{goal.public_id}")
    for _ in range(2):
        assert page.press("Save check-in", actual="5").status == 200
    assert len(entries(work)) == 1


def test_the_history_says_who_when_what_and_how_it_changed(work: Work, paul: Browser, goal: Goal) -> None:
    row = row_of(work, goal)
    address = f"/objectives/key-results/{row.public_id}"
    paul.post(f"{address}/check-ins", actual="2", day="2026-02-01", comment="First.")
    paul.post(f"{address}/check-ins", actual="5", confidence="60", day="2026-03-01")
    page = paul.get(address)
    newest, first = page.by_id("said") or []
    assert "5 shops +3 60 % sure 1 Mar 2026 · You · said 10 Mar 2026, 13:00" in page.words(newest)
    assert "2 shops 1 Feb 2026 · You" in page.words(first)
    assert "First." in page.words(first)


def test_the_latest_can_be_corrected_and_what_was_said_stays_readable(
    work: Work, paul: Browser, goal: Goal, clock: machine.Traveller
) -> None:
    row = row_of(work, goal)
    address = f"/objectives/key-results/{row.public_id}"
    paul.post(f"{address}/check-ins", actual="5", confidence="60", comment="Typo.")
    link = next(one.get("href", "") for one in paul.get(address).all("a") if "/check-ins/" in one.get("href", ""))
    form = paul.get(link)
    assert [form.value(name) for name in ("actual", "confidence", "comment", "day")] == ["5", "60", "Typo.", str(TODAY)]
    amiss = form.press("Save the correction", actual="")
    assert (amiss.status, amiss.errors()) == (422, {"actual": "Please fill this in."})
    done = form.press("Save the correction", actual="4")
    assert done.address == address
    assert row_of(work, goal).actual == 4
    now, struck = done.by_id("said") or []
    assert "4 shops" in done.words(now)
    assert "a correction" in done.words(now)
    assert ("5 shops" in done.words(struck), "corrected" in done.words(struck)) == (True, True)
    assert paul.get(link).status == 404, "what was replaced cannot be corrected again"
    clock.move_to(NOW + timedelta(days=3, minutes=1))
    again = paul.get(address)
    assert not [one for one in again.all("a") if "/check-ins/" in one.get("href", "")]


def test_an_older_one_and_another_ones_cannot_be_corrected(
    work: Work, paul: Browser, goal: Goal, app: Flask, session: Session
) -> None:
    row = row_of(work, goal)
    address = f"/objectives/key-results/{row.public_id}/check-ins"
    for value in ("1", "2"):
        paul.post(address, actual=value)
    session.rollback()
    first, last = session.scalars(select(Entry.public_id).order_by(Entry.id)).all()
    refused = paul.post(f"{address}/{first}", actual="3")
    assert (refused.status, "Only the latest check-in" in refused.words()) == (403, True)
    mona = signed_in(app, session, work.manager)
    assert mona.post(f"{address}/{last}", actual="3").status == 403
    assert row_of(work, goal).actual == 2


def test_who_owns_neither_may_not_check_in(work: Work, goal: Goal, app: Flask, session: Session) -> None:
    mona = signed_in(app, session, work.manager)
    before = make.everything(session)
    assert mona.post(f"/objectives/key-results/{row_of(work, goal).public_id}/check-ins", actual="3").status == 403
    assert make.everything(session) == before


def test_in_review_the_page_says_why_it_holds(work: Work, paul: Browser) -> None:
    row = row_of(work, work.goal)
    work.send(work.manager)
    work.session.commit()
    refused = paul.post(f"/objectives/key-results/{row.public_id}/check-ins", actual="3")
    assert refused.status == 423
    assert "This objective is in review" in refused.words()
    assert "It waits for Mona since 10 Mar 2026" in refused.words()
    assert "withdraw it" in refused.words()


def test_a_key_result_follows_a_goal_of_ones_own_and_shows_only_the_number(
    work: Work, paul: Browser, goal: Goal, app: Flask, session: Session
) -> None:
    secret = make.goal(session, work.paul, "Morning prayer", make.schedule(Frequency.DAILY), target=Decimal(1),
                       direction=Direction.AT_LEAST, unit="times")  # fmt: skip
    make.tick(session, work.paul, secret, TODAY, value=Decimal(4))
    session.commit()
    row = row_of(work, goal)
    address = f"/objectives/key-results/{row.public_id}"
    form = paul.get(f"{address}/feed")
    assert "Not its name" in form.words()
    amiss = form.press("Follow this goal", goal="")
    assert (amiss.status, amiss.errors()) == (422, {"goal": "Please fill this in."})
    page = form.press("Follow this goal", goal=secret.public_id, kind="sum")
    assert page.address == address
    assert "4 shops" in page.words()
    assert "“Morning prayer”" in page.words()
    mona = signed_in(app, session, work.manager)
    for there in (address, f"/objectives/{goal.public_id}", f"{address}/why", f"/objectives/{goal.public_id}/why"):
        seen = mona.get(there)
        assert "Morning prayer" not in seen.text
        assert secret.public_id not in seen.text
    assert "Only the number is shown." in mona.get(address).words()
    assert mona.get(f"{address}/feed").status == 403
    assert mona.post(f"{address}/feed", goal=secret.public_id, kind="sum").status == 403
    assert mona.post(f"{address}/feed/stop").status == 403
    stopped = page.press("Stop following it")
    assert "follows no goal any more" in stopped.words()
    assert session.scalars(select(KeyResultFeed).where(KeyResultFeed.ended_at.is_(None))).all() == []
    assert row_of(work, goal).actual == 4


def test_how_sure_its_owner_is_of_the_whole(app: Flask, work: Work, paul: Browser, goal: Goal) -> None:
    address = f"/objectives/{goal.public_id}/confidence"
    assert signed_in(app, work.session, work.manager).get(address).status == 403
    assert paul.get(f"/objectives/{goal.public_id}").one("a", href=address) is not None
    wrong = paul.get(address).press("Save", confidence="120", reason="Two bakers are ill.")
    assert (wrong.status, wrong.errors().keys()) == (422, {"confidence"})
    assert wrong.value("reason").strip() == "Two bakers are ill."
    done = wrong.press("Save", confidence="70")
    assert done.address == f"/objectives/{goal.public_id}"
    assert "70 %" in done.words()
    assert "Two bakers are ill." in done.words()
    work.session.expire_all()
    shown = queries.of_goal(work.session, goal).objective
    assert (shown.confidence, shown.attainment) == (Decimal("0.7"), Decimal(0))
    assert paul.get(address).value("confidence") == "70"
