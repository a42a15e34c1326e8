"""What reminders say on the pages: a list, a part of Today that looks for new ones, and putting them away."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.page import Browser, signed_in
from webapp.actions import reminders
from webapp.domain.people import Viewer
from webapp.domain.reminders import About, Channel, ReminderDraft
from webapp.domain.tracking import DayState
from webapp.extensions import db
from webapp.models import Delivery, Goal, Reminder, SignIn

FEW = 8


def noticed(session: Session, goal: Goal, wall: time = time(8), day: date = make.TODAY, **more: object) -> Delivery:
    """The goal's reminder of this time has come on the pages."""
    reminder = session.scalars(select(Reminder).where(Reminder.goal_id == goal.id, Reminder.wall == wall)).one()
    given = {"local_date": day, "due": day, "channel": Channel.PAGE, "at": make.NOW, **more}
    made = Delivery(reminder_id=reminder.id, **given)
    session.add(made)
    session.flush()
    return made


def reminding(session: Session, viewer: Viewer, title: str, *walls: time) -> Goal:
    goal = make.goal(session, viewer, title)
    return reminders.set_all(session, viewer, goal, [ReminderDraft(wall) for wall in walls or (time(8),)])


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    return reminding(session, her, "Walk")


def unseen(session: Session) -> list[int]:
    session.rollback()
    return list(session.scalars(select(Delivery.id).where(Delivery.seen_at.is_(None)).order_by(Delivery.id)))


def test_what_came_stands_there_and_nothing_else(session: Session, visit: Browser, her: Viewer, walk: Goal) -> None:
    session.commit()
    assert "Nothing calls for you now." in visit.get("/notices").words()
    noticed(session, walk)
    silent = reminding(session, her, "Swim")
    noticed(session, silent)
    make.tick(session, her, silent, make.TODAY)
    noticed(session, reminding(session, her, "Run"), stale=True)
    noticed(session, reminding(session, her, "Row"), channel=Channel.MAIL)
    noticed(session, reminding(session, her, "Ride"), seen_at=make.NOW)
    other = make.viewer(session, make.person(session, "Bea"))
    noticed(session, reminding(session, other, "Climb"))
    session.commit()
    page = visit.get("/notices")
    assert [page.words(one) for one in page.all("h3")] == ["Walk"]
    assert "08:00" in page.words()


def test_a_notice_is_answered_where_it_stands(session: Session, visit: Browser, her: Viewer, walk: Goal) -> None:
    noticed(session, walk)
    swim = reminding(session, her, "Swim")
    noticed(session, swim)
    session.commit()
    page = visit.get("/notices").press("Mark Walk done")
    assert (page.address, [page.words(one) for one in page.all("h3")]) == ("/notices", ["Swim"])
    assert "Nothing calls for you now." in page.press("Skip Swim").words()
    session.expire_all()
    assert make.rows(session, walk)[make.TODAY].state is DayState.DONE
    assert make.rows(session, swim)[make.TODAY].state is DayState.SKIPPED


def test_a_day_ahead_can_only_be_put_away(session: Session, visit: Browser, walk: Goal) -> None:
    made = noticed(session, walk)
    made.due = date(2026, 3, 12)
    session.commit()
    page = visit.get("/notices")
    assert [page.words(one) for one in page.all("button") if page.words(one) in ("Done", "Skip")] == []
    assert "due Thursday, 12 March" in page.words()
    assert "Nothing calls for you now." in page.press("Put away: Walk").words()


def test_what_is_answered_already_says_so_and_can_only_be_put_away(
    session: Session, visit: Browser, her: Viewer
) -> None:
    walk = make.goal(session, her, "Walk")
    reminders.set_all(session, her, walk, [ReminderDraft(time(8))], anyway=True)
    noticed(session, walk)
    session.commit()
    assert "Mark Walk done" in {one.get("aria-label") for one in visit.get("/notices").all("button")}
    make.tick(session, her, walk, make.TODAY)
    session.commit()
    page = visit.get("/notices")
    assert "08:00 · Done" in page.words()
    assert "Mark Walk done" not in {one.get("aria-label") for one in page.all("button")}
    assert "Nothing calls for you now." in page.press("Put away: Walk").words()


def test_put_away_is_put_away_with_every_time_of_the_day(session: Session, visit: Browser, her: Viewer) -> None:
    often = reminding(session, her, "Drink", time(8), time(12))
    noticed(session, often, time(8))
    noticed(session, often, time(12))
    yesterday = noticed(session, often, time(8), make.days_ago(1))
    session.commit()
    visit.get("/notices")
    latest = max(unseen(session)[:2])
    assert visit.post(f"/notices/{latest}/away").status == 303
    assert unseen(session) == [yesterday.id]
    assert visit.post(f"/notices/{latest}/away").status == 303


def test_put_all_away_leaves_what_came_meanwhile(session: Session, visit: Browser, her: Viewer, walk: Goal) -> None:
    noticed(session, walk)
    noticed(session, reminding(session, her, "Swim"))
    session.commit()
    page = visit.get("/notices")
    late = noticed(session, reminding(session, her, "Run"))
    session.commit()
    page = page.press("Put all away")
    assert [page.words(one) for one in page.all("h3")] == ["Run"]
    assert unseen(session) == [late.id]
    assert visit.post("/notices/away", last="all").status == 303
    assert unseen(session) == [late.id]


def test_what_has_no_goal_is_named_and_put_away(session: Session, visit: Browser, her: Viewer) -> None:
    row = reminders.row_of(her, make.goal(session, her), time(9)) | {"goal_id": None, "about": About.MOOD}
    reminders.add(session, [row])
    reminder = session.scalars(select(Reminder)).one()
    came = {"reminder_id": reminder.id, "local_date": make.TODAY, "due": make.TODAY, "at": make.NOW}
    session.add(Delivery(**came, channel=Channel.PAGE))
    session.commit()
    page = visit.get("/notices")
    assert [(page.words(one), one.get("href")) for one in page.all("a") if page.words(one) == "Moods"][-1:] == [
        ("Moods", "/moods")
    ]
    assert "Nothing calls for you now." in page.press("Put away: Moods").words()


def test_nobody_puts_away_what_is_anothers_or_not_on_the_pages(
    app: Flask, session: Session, visit: Browser, walk: Goal
) -> None:
    shown = noticed(session, walk)
    mailed = noticed(session, walk, channel=Channel.MAIL)
    bea = make.person(session, "Bea")
    session.commit()
    other = signed_in(app, session, bea)
    assert other.post(f"/notices/{shown.id}/away").status == 404
    assert other.post("/notices/away", last="999999").status == 303
    assert visit.post(f"/notices/{mailed.id}/away").status == 404
    assert visit.post(f"/notices/{2**63}/away").status == 404
    assert visit.post("/notices/0/away").status == 404
    assert unseen(session) == [shown.id, mailed.id]
    assert visit.post(f"/notices/{shown.id}/away").status == 303
    assert unseen(session) == [mailed.id]


def test_today_asks_for_them_once_it_stands_and_is_answered_only_with_news(
    session: Session, visit: Browser, her: Viewer, walk: Goal
) -> None:
    session.commit()
    today = visit.get("/")
    part = today.by_id("notices")
    assert part is not None
    assert (part.get("hx-get"), part.get("hx-trigger")) == ("/notices", "load, every 60s, answered")
    assert "/notices" in {link.get("href") for link in part.iter("a")}
    assert visit.get("/notices", htmx=True).status == 204
    first = noticed(session, walk)
    session.commit()
    news = visit.get("/notices", htmx=True)
    said = news.one("div", id="notices")
    assert (news.status, said.get("data-announce")) == (200, "1 reminder")
    assert said.get("hx-trigger") == "every 60s, answered"
    assert said.get("hx-get") == f"/notices?shown={first.id}"
    assert visit.get(said.get("hx-get", ""), htmx=True).status == 204
    noticed(session, reminding(session, her, "Swim"))
    session.commit()
    more = visit.get(said.get("hx-get", ""), htmx=True).one("div", id="notices")
    assert more.get("data-announce") == "1 reminder"
    make.tick(session, her, walk, make.TODAY)
    session.commit()
    less = visit.get(more.get("hx-get", ""), htmx=True).one("div", id="notices")
    assert less.get("data-announce") == ""


def test_looking_for_news_is_no_use_of_the_sign_in_and_does_nothing_once_it_has_ended(
    session: Session, visit: Browser, clock: machine.Traveller
) -> None:
    def seen() -> datetime:
        session.rollback()
        return session.scalars(select(SignIn.seen_at)).one()

    visit.get("/")
    before = seen()
    clock.shift(timedelta(minutes=20))
    assert visit.get("/notices", htmx=True).status == 204
    assert seen() == before
    assert visit.get("/notices").status == 200
    assert seen() == before + timedelta(minutes=20)
    visit.post("/logout")
    ended = visit.get("/notices", htmx=True)
    assert (ended.status, ended.headers.get("HX-Redirect")) == (204, None)
    elsewhere = visit.get("/goals", htmx=True)
    assert (elsewhere.status, bool(elsewhere.headers.get("HX-Redirect"))) == (204, True)
    assert visit.ask("GET", "/notices").status == 303


def test_put_away_in_place_answers_with_what_is_left(session: Session, visit: Browser, her: Viewer, walk: Goal) -> None:
    noticed(session, walk)
    noticed(session, reminding(session, her, "Swim"))
    session.commit()
    part = visit.get("/notices", htmx=True).press("Put away: Walk", htmx=True)
    assert [part.words(one) for one in part.all("h3")] == ["Swim"]
    part = part.press("Put away: Swim", htmx=True)
    assert part.all("h3") == []
    assert part.by_id("notices") is not None


def test_the_list_costs_few_statements_and_writes_nothing(
    app: Flask, session: Session, visit: Browser, her: Viewer, walk: Goal
) -> None:
    for number in range(12):
        noticed(session, reminding(session, her, f"Goal {number}"))
    session.commit()
    visit.get("/notices")
    before = make.everything(session)
    with app.app_context():
        engine = db.engine
    for address, fragment in (("/notices", False), ("/notices", True), ("/account/reminders", False)):
        with counted(engine) as statements:
            assert visit.get(address, htmx=fragment).status == 200
        assert len(statements) <= FEW, statements
    assert make.everything(session) == before
