"""The calendar: what was and will be due on which day, in the viewer's own days and weeks, ticked in place."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.make import TODAY, days_ago
from tests.page import Browser, Page, signed_in
from webapp.actions import goals
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, Direction
from webapp.models import Goal, Person

VIEWS = ("month", "week", "agenda")


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    made = make.goal(session, her, "Walk")
    session.commit()
    return made


def marks(page: Page) -> dict[str, set[str]]:
    """Per day the titles that have a button on it."""
    found: dict[str, set[str]] = {}
    for button in page.all("button", name="mark"):
        _, day, _ = button.get("value", "").split(":")
        spoken = button.get("aria-label", "")
        found.setdefault(day, set()).add(spoken.removeprefix("Mark ").removeprefix("Undo ").partition(",")[0])
    return found


def days_with(page: Page, title: str) -> list[date]:
    return sorted(date.fromisoformat(day) for day, spoken in marks(page).items() if any(title in one for one in spoken))


def due(visit: Browser, title: str, month: str) -> list[date]:
    """The dates of that month on which the calendar shows the goal."""
    page = visit.get(f"/calendar?day={month}-15")
    return [day for day in days_with(page, title) if day.isoformat().startswith(month)]


def test_the_month_shows_what_is_due_from_the_start_on(visit: Browser, walk: Goal) -> None:
    assert due(visit, "Walk", "2026-03") == [TODAY + timedelta(ahead) for ahead in range(22)]
    assert due(visit, "Walk", "2026-02") == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("htmx", [False, True])
def test_every_view_is_one_judged_page(visit: Browser, walk: Goal, view: str, htmx: bool) -> None:
    page = visit.get(f"/calendar?view={view}", htmx=htmx)
    assert page.status == 200
    assert "Walk" in page.text


def test_days_before_the_goal_had_rows_follow_its_start(session: Session, visit: Browser, her: Viewer) -> None:
    make.goal(session, her, "Swim", make.schedule(Frequency.WEEKLY, start=days_ago(28)))
    session.commit()
    assert due(visit, "Swim", "2026-02") == [date(2026, 2, 10), date(2026, 2, 17), date(2026, 2, 24)]


def test_the_past_is_judged_by_the_schedule_that_ruled_then(
    session: Session, visit: Browser, her: Viewer, ada: Person, clock: Traveller
) -> None:
    goal = make.goal(session, her, "Swim", make.schedule(Frequency.CUSTOM, start=days_ago(20), days=(1,)))
    later = make.viewer(session, ada, make.NOW + timedelta(days=7))
    goals.change(session, later, goal, make.draft("Swim", make.schedule(Frequency.CUSTOM, days=(4,))), seen=1)
    session.commit()
    clock.move_to(make.NOW + timedelta(days=7))

    assert due(visit, "Swim", "2026-02") == [date(2026, 2, 24)]
    assert due(visit, "Swim", "2026-03") == [date(2026, 3, day) for day in (3, 10, 17, 20, 27)]


def test_dates_beyond_the_rows_are_computed(session: Session, visit: Browser, her: Viewer) -> None:
    make.goal(session, her, "Pay rent", make.schedule(Frequency.MONTHLY, start=date(2026, 1, 31)))
    session.commit()
    assert due(visit, "Pay rent", "2032-02") == [date(2032, 2, 29)]
    assert due(visit, "Pay rent", "2199-09") == [date(2199, 9, 30)]


def test_looking_makes_no_rows(session: Session, visit: Browser, walk: Goal) -> None:
    before = make.everything(session)
    for view in VIEWS:
        visit.get(f"/calendar?view={view}&day=2027-01-01")
    assert make.everything(session) == before


def test_a_quota_appears_where_it_was_ticked(session: Session, visit: Browser, her: Viewer) -> None:
    run = make.goal(session, her, "Run", make.schedule(Frequency.QUOTA, times=3, period=QuotaPeriod.WEEK))
    make.tick(session, her, run, days_ago(2))
    session.commit()
    assert due(visit, "Run", "2026-03") == [days_ago(2)]


@pytest.mark.parametrize(("first", "heading"), [(0, "Monday"), (5, "Saturday"), (6, "Sunday")])
def test_weeks_begin_on_the_viewers_day(
    session: Session, visit: Browser, ada: Person, first: int, heading: str
) -> None:
    ada.week_start = first
    session.commit()
    month, week = visit.get("/calendar"), visit.get("/calendar?view=week")

    assert month.all("abbr")[0].get("title") == heading
    assert week.words(week.all("h2")[0]).startswith(heading[:3])


@pytest.mark.parametrize(
    ("zone", "day_start", "now", "today"),
    [
        ("Pacific/Kiritimati", 0, datetime(2026, 3, 10, 10, 0, tzinfo=UTC), date(2026, 3, 11)),
        ("Pacific/Kiritimati", 0, datetime(2026, 3, 10, 9, 59, tzinfo=UTC), date(2026, 3, 10)),
        ("Pacific/Pago_Pago", 0, datetime(2026, 3, 10, 10, 59, tzinfo=UTC), date(2026, 3, 9)),
        ("Europe/Berlin", 4, datetime(2026, 3, 10, 2, 59, tzinfo=UTC), date(2026, 3, 9)),
        ("Europe/Berlin", 4, datetime(2026, 3, 10, 3, 0, tzinfo=UTC), date(2026, 3, 10)),
        ("Asia/Beirut", 0, datetime(2024, 3, 30, 22, 0, tzinfo=UTC), date(2024, 3, 31)),
    ],
)
def test_today_is_the_day_the_viewer_lives(
    app: Flask, session: Session, clock: Traveller, zone: str, day_start: int, now: datetime, today: date
) -> None:
    clock.move_to(now)
    someone = make.person(session, zone=zone, day_start=day_start, at=now)
    make.goal(session, make.viewer(session, someone, now), "Walk")
    visit = signed_in(app, session, someone, now)
    page = visit.get("/calendar")

    (cell,) = [one for one in page.all("td") if one.get("aria-current") == "date"]
    assert next(cell.iter("a")).get("id") == f"date-{today}"
    assert days_with(page, "Walk")[0] == today


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("view", ["month", "week"])
def test_a_day_is_ticked_and_taken_back_by_its_button(
    session: Session, visit: Browser, walk: Goal, view: str, htmx: bool
) -> None:
    page = visit.get(f"/calendar?view={view}")
    (button,) = [one for one in page.all("button", name="mark") if f":{TODAY}:" in one.get("value", "")]
    page = page.press(button.get("aria-label", ""), htmx=htmx)

    session.rollback()
    assert (page.status, page.whole) == (200, not htmx)
    assert make.rows(session, walk)[TODAY].state is DayState.DONE

    (button,) = [one for one in page.all("button", name="mark") if f":{TODAY}:" in one.get("value", "")]
    page.press(button.get("aria-label", ""), htmx=htmx)
    session.rollback()
    assert make.rows(session, walk)[TODAY].state is DayState.OPEN


def test_marking_leads_back_to_the_view_and_day_one_was_at(visit: Browser, walk: Goal) -> None:
    fields = {"mark": f"{walk.public_id}:{TODAY}:done", "view": "week", "day": "2026-03-12"}
    answer = visit.post("/calendar/mark", **fields)
    assert answer.headers["Location"] == "/calendar?view=week&day=2026-03-12#calendar"


def test_marking_a_computed_day_makes_its_row(session: Session, visit: Browser, walk: Goal) -> None:
    day = TODAY + timedelta(days=200)
    visit.post("/calendar/mark", mark=f"{walk.public_id}:{day}:done")

    session.rollback()
    assert make.rows(session, walk)[day].state is DayState.DONE


def test_a_line_of_the_list_is_ticked_without_losing_the_place(visit: Browser, walk: Goal) -> None:
    page = visit.get(f"/calendar?view=agenda&day={TODAY}")
    day = TODAY + timedelta(days=5)
    page = page.press("Mark Walk done", within=f"due-{walk.public_id}-{day}", htmx=True)

    assert page.by_id(f"due-{walk.public_id}-{TODAY}") is not None
    assert page.button("Undo Walk", within=f"due-{walk.public_id}-{day}") is not None


@pytest.mark.parametrize("mark", ["", "x", "{id}:2026-03-10", "{id}:2026-02-30:done", "{id}:2026-03-10:maybe"])
def test_a_mark_that_cannot_be_read_is_refused(session: Session, visit: Browser, walk: Goal, mark: str) -> None:
    before = make.everything(session)
    assert visit.post("/calendar/mark", mark=mark.format(id=walk.public_id)).status == 400
    assert make.everything(session) == before


@pytest.mark.parametrize("htmx", [False, True])
def test_a_mark_on_a_day_ahead_that_is_not_due_is_refused(
    session: Session, visit: Browser, her: Viewer, htmx: bool
) -> None:
    swim = make.goal(session, her, "Swim", make.schedule(Frequency.WEEKLY))
    session.commit()
    before = make.everything(session)
    page = visit.post("/calendar/mark", htmx=htmx, mark=f"{swim.public_id}:{TODAY + timedelta(1)}:done")

    assert page.status == 422
    assert make.everything(session) == before


def test_an_at_most_day_is_judged_when_it_is_over(
    session: Session, visit: Browser, her: Viewer, clock: Traveller
) -> None:
    coffee = make.goal(session, her, "Coffee", direction=Direction.AT_MOST, target=Decimal(2), unit="cups")
    make.tick(session, her, coffee, TODAY, None, value=Decimal(1))
    session.commit()
    assert "0/1" in visit.get("/calendar").words()

    clock.move_to(make.NOW + timedelta(days=1))
    assert "1/1" in visit.get("/calendar").words()
    assert "1 of 1 in 30 days" in visit.get("/goals").words()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31", "0001-01-01", "9999-12-31", "2024-02-29"])
def test_the_ends_of_the_calendar_are_pages_like_any_other(visit: Browser, walk: Goal, view: str, day: str) -> None:
    page = visit.get(f"/calendar?view={view}&day={day}")
    assert page.status == 200
    for link in page.all("a", rel="prev") + page.all("a", rel="next"):
        assert visit.get(link.get("href", "")).status == 200


@pytest.mark.parametrize(
    "day", ["2026-02-30", "yesterday", "20260310", "2026-W11-2", "-1", "10000-01-01", "%00", "9" * 10_000]
)
def test_a_day_that_does_not_exist_is_not_found(visit: Browser, day: str) -> None:
    assert visit.get(f"/calendar?day={day}").status == 404


def test_an_unknown_view_is_the_month(visit: Browser) -> None:
    assert visit.get("/calendar?view=decade").by_id("month") is not None


def test_archived_goals_are_not_in_the_calendar(session: Session, visit: Browser, walk: Goal) -> None:
    session.execute(update(Goal).values(archived_at=make.NOW))
    session.commit()
    assert due(visit, "Walk", "2026-03") == []
