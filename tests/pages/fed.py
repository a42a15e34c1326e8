"""A calendar feed and what calendars find in it."""

from datetime import date
from typing import Any

import vobject
from icalendar import Calendar
from sqlalchemy.orm import Session

from tests.page import Page
from webapp.actions import calendar_feeds
from webapp.domain.calendar_feeds import FeedDraft, Option
from webapp.domain.people import Viewer


def feed(session: Session, viewer: Viewer, *options: Option) -> str:
    """The path of a new feed; commits the session."""
    _, secret = calendar_feeds.create(session, viewer, FeedDraft("Phone", frozenset(options)))
    session.commit()
    return f"/calendar/feeds/{secret}.ics"


def events(page: Page) -> list[Any]:
    """The entries as icalendar reads them, and vobject finds the very same."""
    assert page.status == 200, page.text
    found = Calendar.from_ical(page.text).walk("VEVENT")
    other = vobject.readOne(page.text).contents.get("vevent", [])
    assert [told(one) for one in found] == [
        (one.uid.value, one.dtstart.value, one.dtend.value, one.summary.value, one.url.value) for one in other
    ]
    alarms = [[alarm["TRIGGER"].dt for alarm in one.walk("VALARM")] for one in found]
    assert alarms == [[alarm.trigger.value for alarm in one.contents.get("valarm", [])] for one in other]
    return list(found)


def told(event: Any) -> tuple[str, date, date, str, str]:
    return str(event["UID"]), event["DTSTART"].dt, event["DTEND"].dt, str(event["SUMMARY"]), str(event["URL"])


def names(page: Page) -> set[str]:
    return {str(event["SUMMARY"]) for event in events(page)}
