"""Calendar feeds as any calendar reads them: what is due, and no more than was wanted, told or opened."""

import gzip
import json
import logging
from datetime import date, datetime, time, timedelta

import pytest
import vobject
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.benchmarks.statements import counted
from tests.make import TODAY, days_ago
from tests.page import Browser
from tests.pages.fed import events, feed, names, told
from webapp.actions import calendar_feeds, erasure, goals, pauses, reminders
from webapp.domain.calendar_feeds import Option, Times
from webapp.domain.days import shifted, wall_clock
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.reminders import ReminderDraft
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState
from webapp.extensions import db
from webapp.models import Goal, Person, Token
from webapp.pages.calendar_file import written
from webapp.queries.calendar_feeds import DueDate
from webapp.web.logs import JsonLines

LAST = 60
"""So many days ahead a feed looks; make.goal is daily from TODAY on."""


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    made = make.goal(session, her, "Walk; slowly, \\ far")
    session.commit()
    return made


def reminds(session: Session, viewer: Viewer, goal: Goal, *drafts: tuple[int, int]) -> None:
    """The goal reminds at these hours, so many days after each due date."""
    reminders.set_all(session, viewer, goal, [ReminderDraft(time(hour), days) for hour, days in drafts])
    session.commit()


def test_due_dates_are_whole_days_without_names(app: Flask, session: Session, her: Viewer, walk: Goal) -> None:
    page = Browser(app).get(feed(session, her))
    assert page.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Walk" not in page.text
    found = events(page)
    site = app.config["SETTINGS"].base_url
    days = [shifted(TODAY, ahead) for ahead in range(LAST + 1)]
    assert [told(one) for one in found] == [
        (
            f"{walk.public_id}-{day:%Y%m%d}@aimline",
            day,
            shifted(day, 1),
            "Goal due",
            f"{site}/goals/{walk.public_id}",
        )
        for day in days
    ]
    assert {str(one["TRANSP"]) for one in found} == {"TRANSPARENT"}
    assert {one["DTSTAMP"].dt for one in found} == {make.NOW}
    assert not any(one.walk("VALARM") or "CATEGORIES" in one for one in found)
    whole = Calendar.from_ical(page.text)
    assert (str(whole["X-WR-CALNAME"]), str(whole["X-PUBLISHED-TTL"])) == ("Aimline", "PT1H")
    assert whole["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in page.text


def test_with_names_it_says_them_and_what_is_done(app: Flask, session: Session, her: Viewer, walk: Goal) -> None:
    make.tick(session, her, walk, TODAY)
    found = events(Browser(app).get(feed(session, her, Option.TITLES)))
    assert [str(one["SUMMARY"]) for one in found[:2]] == ["✓ Walk; slowly, \\ far", "Walk; slowly, \\ far"]
    assert names(Browser(app).get(feed(session, her))) == {"Goal due"}


def test_only_what_is_still_due_for_its_owner_is_told(app: Flask, session: Session, her: Viewer, walk: Goal) -> None:
    bo = make.viewer(session, make.person(session, "Bo"))
    make.goal(session, bo, "Bo's own")
    rests, aside, gone = (make.goal(session, her, title) for title in ("Rests", "Put away", "Removed"))
    make.goal(session, her, "Any day", make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.WEEK))
    make.goal(session, her, "Long ago", make.schedule(Frequency.ONE_TIME, start=days_ago(31)))
    make.goal(session, her, "Of late", make.schedule(Frequency.ONE_TIME, start=days_ago(30)))
    make.goal(session, her, "Far", make.schedule(Frequency.ONE_TIME, start=shifted(TODAY, LAST + 1)))
    make.goal(session, her, "Near", make.schedule(Frequency.ONE_TIME, start=shifted(TODAY, LAST)))
    make.mood(session, her, note="Low today")
    everything = names(Browser(app).get(feed(session, her, Option.TITLES)))
    assert {"Rests", "Put away", "Removed"} <= everything
    pauses.plan(session, her, Pause(TODAY, None), rests)
    goals.archive(session, her, aside)
    goals.delete(session, her, gone)
    assert names(Browser(app).get(feed(session, her, Option.TITLES))) == {"Walk; slowly, \\ far", "Of late", "Near"}
    assert names(Browser(app).get(feed(session, bo, Option.TITLES))) == {"Bo's own"}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_timed_it_keeps_the_wall_time_over_the_clock_change_and_in_another_zone(
    app: Flask, session: Session, ada: Person, her: Viewer, walk: Goal, zone: str
) -> None:
    make.goal(session, her, "Without a time")
    reminds(session, her, walk, (9, 0), (18, 0), (20, -1))
    path = feed(session, her, Option.TIMED, Option.TITLES)
    ada.zone = zone
    session.commit()
    found = events(Browser(app).get(path))
    timed = [one["DTSTART"].dt for one in found if str(one["SUMMARY"]).startswith("Walk")]
    assert len(timed) > 40
    assert [wall_clock(one, zone) for one in timed] == [
        datetime.combine(shifted(TODAY, ahead), time(9)) for ahead in range(len(timed))
    ]
    assert {(one - timed[0]) % timedelta(days=1) for one in timed} == {
        timedelta(0),
        {"America/New_York": timedelta(0), "Europe/Berlin": timedelta(hours=23)}.get(zone, timedelta(minutes=30)),
    }
    assert all(
        one["DTEND"].dt - one["DTSTART"].dt == timedelta(minutes=15) for one in found if one["DTSTART"].dt in timed
    )
    assert all(type(one["DTSTART"].dt) is date for one in found if str(one["SUMMARY"]) == "Without a time")


def test_alarms_ring_at_its_own_reminders_until_it_is_done(
    app: Flask, session: Session, her: Viewer, walk: Goal
) -> None:
    reminds(session, her, walk, (9, 0), (20, -1), (7, 2))
    make.tick(session, her, walk, TODAY)
    found = events(Browser(app).get(feed(session, her, Option.ALARMS)))
    rings = [[alarm["TRIGGER"].dt for alarm in one.walk("VALARM")] for one in found]
    hours = [timedelta(hours=-4), timedelta(hours=9), timedelta(hours=55)]
    assert rings == [[], *[hours] * LAST]
    assert {str(alarm["DESCRIPTION"]) for one in found for alarm in one.walk("VALARM")} == {"Goal due"}
    timed = events(Browser(app).get(feed(session, her, Option.ALARMS, Option.TIMED)))
    rings = [[alarm["TRIGGER"].dt for alarm in one.walk("VALARM")] for one in timed]
    assert rings[1] == [timedelta(hours=-13), timedelta(0), timedelta(hours=46)]


def test_switched_off_reminders_set_neither_time_nor_alarm(
    app: Flask, session: Session, her: Viewer, walk: Goal
) -> None:
    reminds(session, her, walk, (9, 0))
    walk.reminds = False
    found = events(Browser(app).get(feed(session, her, Option.ALARMS, Option.TIMED)))
    assert {type(one["DTSTART"].dt) for one in found} == {date}
    assert not any(one.walk("VALARM") for one in found)


def test_unchanged_it_need_not_be_sent_again(app: Flask, session: Session, her: Viewer, walk: Goal) -> None:
    path, calendar = feed(session, her, Option.TITLES), Browser(app)
    first = calendar.get(path)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    again = calendar.client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == "no-store"
    make.tick(session, her, walk, TODAY)
    session.commit()
    changed = calendar.get(path, headers={"If-None-Match": tag})
    assert changed.status == 200
    assert changed.headers["ETag"] != tag


def test_it_is_compressed_kept_by_nobody_and_carries_no_cookie(
    app: Flask, session: Session, her: Viewer, visit: Browser, walk: Goal
) -> None:
    path = feed(session, her)
    for browser in (Browser(app), visit):
        answer = browser.client.get(path, headers={"Accept-Encoding": "gzip"})
        assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert gzip.decompress(answer.data).startswith(b"BEGIN:VCALENDAR\r\n")
        head = browser.client.head(path)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", answer.headers["ETag"])
        assert "Set-Cookie" not in browser.client.get("/calendar/feeds/nobodys.ics").headers


def test_reading_writes_no_more_than_that_it_was_read(
    app: Flask, session: Session, her: Viewer, walk: Goal, visit: Browser, clock: Traveller
) -> None:
    path = feed(session, her)
    assert "never read" in visit.get("/calendar/feeds").words()
    before, unread = make.everything(session, but=frozenset({"token"})), make.everything(session)["token"]
    Browser(app).get(path)
    assert make.everything(session, but=frozenset({"token"})) == before
    read = make.everything(session)["token"]
    assert read == [one | {"used_at": make.NOW} for one in unread]
    clock.shift(timedelta(minutes=4))
    Browser(app).get(path)
    assert make.everything(session)["token"] == read
    assert "never read" not in visit.get("/calendar/feeds").words()


def test_few_statements_however_long_the_history(app: Flask, session: Session, her: Viewer) -> None:
    for start in (TODAY, days_ago(20), days_ago(400)):
        make.goal(session, her, f"Since {start}", make.schedule(start=start))
    path = feed(session, her, *Option)
    Browser(app).get(path)
    with app.app_context():
        engine = db.engine
    with counted(engine) as statements:
        Browser(app).get(path)
    assert 0 < len(statements) <= 6, statements


def test_what_opens_nothing_looks_like_what_never_was(
    app: Flask, session: Session, her: Viewer, walk: Goal, visit: Browser
) -> None:
    people = [make.person(session, name) for name in ("Disabled", "Going", "Erased")]
    disabled, going, erased = (make.viewer(session, one) for one in people)
    paths = [feed(session, one) for one in (her, her, disabled, going, erased)]
    for path in paths:
        assert Browser(app).get(path).status == 200
    revoked, renewed = session.query(Token).filter_by(person_id=her.id).order_by(Token.id)
    calendar_feeds.revoke(session, her, revoked.public_id)
    calendar_feeds.renew(session, her, renewed.public_id)
    people[0].disabled_at = make.NOW
    erasure.ask(session, going)
    session.commit()
    erasure.erase(session, erased.id, make.NOW)
    session.commit()
    known = Browser(app).get("/calendar/feeds/unknown.ics")
    assert known.status == 404
    for path in paths:
        answer = Browser(app).get(path)
        assert (answer.status, answer.answer.data) == (404, known.answer.data), path
        assert sorted(answer.headers.keys()) == sorted(known.headers.keys())


def test_guessing_is_slowed_down_and_reading_is_not(
    app: Flask, session: Session, her: Viewer, walk: Goal, clock: Traveller
) -> None:
    path = feed(session, her)
    before = make.everything(session)
    guesses = [Browser(app).get(f"/calendar/feeds/{number}.ics") for number in range(21)]
    assert [one.status for one in guesses] == [404] * 20 + [429]
    assert int(guesses[-1].headers["Retry-After"]) > 0
    assert "Set-Cookie" not in guesses[-1].headers
    assert make.everything(session) == before
    assert Browser(app).get(path).status == 200
    assert Browser(app).get("/calendar/feeds/other.ics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status == 404
    clock.shift(timedelta(hours=1, seconds=1))
    assert Browser(app).get("/calendar/feeds/other.ics").status == 404


def test_no_log_line_holds_the_secret(app: Flask, session: Session, her: Viewer, walk: Goal) -> None:
    path = feed(session, her)
    lines: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keeping = Keeping()
    keeping.setFormatter(JsonLines())
    app.logger.addHandler(keeping)
    try:
        Browser(app).get(path)
        Browser(app).get(path.replace(".ics", "x.ics"))
    finally:
        app.logger.removeHandler(keeping)
    assert [json.loads(line).get("route") for line in lines] == ["/calendar/feeds/<secret>.ics"] * 2
    secret = path.removeprefix("/calendar/feeds/").removesuffix(".ics")
    assert secret[20:] not in "".join(lines)
    assert secret[20:] not in repr(make.everything(session))


def test_the_secret_opens_nothing_else(app: Flask, session: Session, her: Viewer, walk: Goal) -> None:
    secret = feed(session, her).removeprefix("/calendar/feeds/").removesuffix(".ics")
    asking = {"headers": {"Authorization": f"Bearer {secret}"}}
    assert Browser(app).client.get("/api/v1/goals/", **asking).status_code in (401, 403, 404)
    assert Browser(app, secret).get("/goals", follow=False).headers["Location"].startswith("/login")
    for path in (f"/recover/{secret}", f"/calendar/feeds/{secret}"):
        assert Browser(app).get(path).status != 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from('\r\n,;\\:"\t\u2028\u0085')), max_size=120))
def test_no_title_breaks_out_of_its_line(app: Flask, her: Viewer, title: str) -> None:
    due = DueDate("abc", TODAY, f"BEGIN{title}END:VEVENT", DayState.OPEN, make.NOW, Times())
    with app.test_request_context():
        text = written(her, [due], {Option.TITLES, Option.ALARMS}, "https://example.org").decode()
    lines = text.replace("\r\n ", "").split("\r\n")
    assert [line for line in lines if line.startswith(("BEGIN:", "END:"))] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    assert "\r" not in "".join(lines)
    assert "\n" not in "".join(lines)
    (one,) = Calendar.from_ical(text).walk("VEVENT")
    (other,) = vobject.readOne(text).contents["vevent"]
    assert str(one["SUMMARY"]) == other.summary.value
    assert str(one["SUMMARY"]).startswith("BEGIN")
    assert str(one["SUMMARY"]).endswith("END:VEVENT")
