"""Who looked at what, as My sharing tells it: one by one, fifty at a time, and by weeks."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.consent import GOALS
from tests.make import NOW
from tests.page import Browser, Page, signed_in
from webapp.actions import grant_invitations, grants
from webapp.domain.grants import Scope, in_groups
from webapp.domain.people import Role, Viewer
from webapp.models import Access, Grant, Person


@pytest.fixture
def thea(session: Session, clock: time_machine.Traveller) -> Person:
    """A therapist in good standing, with a code."""
    made = make.person(session, "Thea")
    make.member(session, made, make.organisation(session, "Practice"), Role.THERAPIST)
    session.commit()
    return made


@pytest.fixture
def code(session: Session, thea: Person) -> str:
    made = grant_invitations.renew_code(session, make.viewer(session, thea))
    session.commit()
    return in_groups(made.code)


@pytest.fixture
def shared(session: Session, her: Viewer, thea: Person, code: str) -> Grant:
    """Ada shares her goals with Thea."""
    grant = grants.accept(session, make.viewer(session, thea), grants.request(session, her, code, GOALS).public_id)
    session.commit()
    return grant


def cells(page: Page, identifier: str) -> list[list[str]]:
    """The words of every row of the tables in there, cell by cell, without headings."""
    outer = page.by_id(identifier)
    assert outer is not None
    return [[page.words(cell) for cell in row] for row in outer.iter("tr") if row.find("td") is not None]


def listed(page: Page) -> list[list[str]]:
    """The looks, as what, and by whom and when."""
    outer = page.by_id("looks")
    assert outer is not None
    return [[page.words(part) for part in row] for row in outer.iter("li")]


def look(session: Session, grant: Grant, minutes: int = 0, **more: object) -> None:
    row = {"what": "goal:read", "object_id": None, "viewer_id": grant.therapist_id, **more}
    session.add(Access(grant_id=grant.id, client_id=grant.client_id, at=NOW - timedelta(minutes=minutes), **row))


def test_who_looked_at_what_is_listed_with_the_titles_of_own_goals(
    visit: Browser, session: Session, her: Viewer, ada: Person, thea: Person, shared: Grant
) -> None:
    goal = make.goal(session, her, "Call my sister")
    bo = make.person(session, "Bo")
    foreign = make.goal(session, make.viewer(session, bo), "A secret of Bo's")
    for what, object_id in (
        ("goal:read", goal.id),
        ("goal:read", foreign.id),
        ("mood:read", goal.id),
        ("report", None),
    ):
        look(session, shared, what=what, object_id=object_id)
    theirs = make.grant(session, bo, thea, Scope.GOALS)
    theirs.decided_at = NOW
    look(session, theirs, what="goal:read", object_id=foreign.id)
    session.commit()
    for address in ("/sharing", f"/sharing/{shared.public_id}"):
        page = visit.get(address)
        whats = ["a report", "moods", "goals", "Call my sister"]
        assert listed(page) == [[what, "Thea, 10 Mar 2026, 13:00"] for what in whats]
        assert "secret of Bo" not in page.text
        assert next(one for one in page.all("a") if page.words(one) == "Call my sister").get("href") == (
            f"/goals/{goal.public_id}"
        )
    session.execute(update(make.Goal).where(make.Goal.id == goal.id).values(deleted_at=NOW))
    session.commit()
    assert "Call my sister" not in visit.get("/sharing").text


def test_a_look_at_a_request_is_told_once_the_therapist_took_it_on(
    app: Flask, visit: Browser, session: Session, her: Viewer, thea: Person, code: str
) -> None:
    grant = grants.request(session, her, code, GOALS)
    session.commit()
    signed_in(app, session, thea).get("/clients/requests")
    assert session.scalar(select(func.count()).select_from(Access)) == 1
    for address in ("/sharing", f"/sharing/{grant.public_id}"):
        assert "Thea" not in visit.get(address).text
        assert "your request" not in visit.get(address).text
    grants.accept(session, make.viewer(session, thea), grant.public_id)
    session.commit()
    assert listed(visit.get("/sharing")) == [["your request", "Thea, 10 Mar 2026, 13:00"]]


@pytest.mark.parametrize("apart", [0, 1])
def test_looks_are_read_fifty_at_a_time_and_each_once(
    visit: Browser, session: Session, shared: Grant, apart: int
) -> None:
    """Even when all are of one instant."""
    for number in range(130):
        look(session, shared, minutes=number * apart, what=f"look {number}")
    session.commit()
    page, found = visit.get("/sharing"), []
    for size in (50, 50, 30):
        rows = listed(page)
        assert len(rows) == size
        found += [what for what, _ in rows]
        older = [one for one in page.all("a") if page.words(one) == "Older looks"]
        page = visit.get(older[0].get("href", "")) if older else page
    assert not older
    assert sorted(found) == sorted(f"look {number}" for number in range(130))


@pytest.mark.parametrize("before", ["x", "2026", "2026-03-10T12:00:00", "0001-01-01T00:00:00+14:00", "9" * 50])
def test_a_place_that_cannot_be_read_is_the_newest(
    visit: Browser, session: Session, shared: Grant, before: str
) -> None:
    look(session, shared, what="report")
    session.commit()
    page = visit.get(f"/sharing?before={before.replace('+', '%2B')}&shown=x")
    assert (page.status, "a report" in page.words()) == (200, True)


def test_looks_of_twelve_weeks_are_bars_and_a_table(visit: Browser, session: Session, shared: Grant) -> None:
    week = 7 * 24 * 60
    for minutes in (0, 1, 3 * week, 11 * week, 12 * week):
        look(session, shared, minutes=minutes)
    session.commit()
    page = visit.get("/sharing")
    assert 'role="img" aria-label="4 looks in twelve weeks"' in page.text
    table = cells(page, "weeks")[1:]
    assert (table[0], table[8], table[-1]) == (["22 Dec", "1"], ["16 Feb", "1"], ["9 Mar", "2"])
    assert [number for _, number in table] == ["1", *["0"] * 7, "1", "0", "0", "2"]


def test_a_therapist_who_is_erased_is_somebody_who_has_left(visit: Browser, session: Session, shared: Grant) -> None:
    look(session, shared)
    session.execute(update(Person).where(Person.id == shared.therapist_id).values(name=""))
    session.commit()
    page = visit.get("/sharing")
    assert page.words().count("Somebody who has left") == 4
