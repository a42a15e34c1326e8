"""How a person is reminded: by which channels, when, never in which hours; and a message to try it with."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from webapp.actions import outbox, reminders
from webapp.actions.audit import Tag, record
from webapp.domain.days import shifted
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.people import Viewer
from webapp.domain.reminder_settings import OF_THE_PERSON, Wishes, WishesDraft
from webapp.domain.reminders import About, Channel, Clock
from webapp.models import Delivery, Person, Reminder, ReminderSetting
from webapp.models.base import new_public_id, table_of
from webapp.models.engine import AnySession, upserting
from webapp.queries.push import devices_of
from webapp.queries.reminder_history import TEST_KEY
from webapp.queries.reminders import wishes_of

TEST_LASTS = timedelta(hours=2)


def change(session: AnySession, viewer: Viewer, draft: WishesDraft, seen: int | None = None) -> None:
    """The viewer is reminded as the draft says; what stays as it was goes on where it was.

    `seen` is the version the form was opened on, 0 while nothing was ever said: raises Conflict when it is another by
    now, Invalid with every problem. A form says all at once: of reviews that it leaves as they are nothing is said, so
    that who is asked to review one day is reminded of it.
    """
    if problems := draft.check():
        raise Invalid(problems)
    _hold(session, viewer.id)
    row = _row(session, viewer.id)
    if seen is not None and seen != (row.version if row else 0):
        raise Conflict("changed_meanwhile")
    said = {
        "channels": _channels(session, viewer, row, draft, whole=seen is not None),
        "detail": draft.detail,
        "quiet_since": draft.quiet_since,
        "quiet_until": draft.quiet_until,
    }
    changed = _put(session, viewer, row, said)
    if {"quiet_since", "quiet_until"} & set(changed):
        reminders.look_again(session, viewer.id, viewer.now)
    changed += _follow(session, viewer, draft)
    if changed:
        record(session, Tag.PERSON_REMINDERS_CHANGE, at=viewer.now, viewer=viewer, changed=sorted(changed))
    session.flush()


def try_out(session: AnySession, viewer: Viewer) -> list[Channel]:
    """A test message waits for the viewer by mail, and by push when a browser of theirs takes it; returns the ways."""
    ways = [Channel.MAIL, *([Channel.PUSH] if devices_of(session, viewer) else [])]
    for way in ways:
        outbox.enqueue(
            session,
            viewer.id,
            viewer.email if way is Channel.MAIL else "",
            "reminder-test",
            f"{TEST_KEY}{new_public_id()}",
            viewer.now,
            viewer.now + TEST_LASTS,
            channel=way.value,
            locale=viewer.locale,
            zone=viewer.zone,
            path="/account/reminders",
        )
    record(session, Tag.PERSON_REMINDERS_TEST, at=viewer.now, viewer=viewer, ways=len(ways))
    return ways


def stop_mail(session: AnySession, person_public_id: str, abouts: Iterable[About], now: datetime) -> bool:
    """No mail about these leaves to the person any more, whoever is signed in; False when nobody is there who can come
    in."""
    may_come = (Person.disabled_at.is_(None), Person.deleted_at.is_(None))
    here = select(Person.id).where(Person.public_id == person_public_id, *may_come)
    person_id = session.execute(here.with_for_update(key_share=True)).scalar()
    if person_id is None:
        return False
    row = _row(session, person_id)
    wishes, stopped = wishes_of(row) if row else Wishes(), set(abouts)
    mailed = [about for about in stopped if Channel.MAIL in wishes.on(about)]
    said = {about.value: sorted(way.value for way in wishes.on(about) - {Channel.MAIL}) for about in mailed}
    if not said:
        return True
    if row is None:
        session.add(ReminderSetting(person_id=person_id, channels=said))
    else:
        row.channels, row.version = row.channels | said, row.version + 1
    record(session, Tag.PERSON_MAIL_STOP, at=now, subject_id=person_id, abouts=sorted(stopped))
    session.flush()
    return True


def _hold(session: AnySession, person_id: int) -> None:
    """Nobody else changes how this person is reminded before this transaction ends."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def _row(session: AnySession, person_id: int) -> ReminderSetting | None:
    return session.get(ReminderSetting, person_id, populate_existing=True)


def _channels(
    session: AnySession, viewer: Viewer, row: ReminderSetting | None, draft: WishesDraft, *, whole: bool
) -> dict[str, list[str]]:
    """What the draft says of channels; reviews are left out of a `whole` form that only shows what holds anyway."""
    wishes, named = draft.wishes(), set(draft.channels)
    untold = row is None or About.REVIEWS.value not in row.channels
    usual = wishes.on(About.REVIEWS) == Wishes().on(About.REVIEWS) and draft.walls.get(About.REVIEWS) is None
    if whole and untold and usual and About.REVIEWS not in _own(session, viewer):
        named.discard(About.REVIEWS)
    return {about.value: sorted(wishes.on(about)) for about in About if about in named}


def _own(session: AnySession, viewer: Viewer) -> dict[About, Reminder]:
    """What has one time for the whole person, and stands."""
    mine = select(Reminder).where(Reminder.person_id == viewer.id, Reminder.goal_id.is_(None))
    return {row.about: row for row in session.scalars(mine)}


def _put(session: AnySession, viewer: Viewer, row: ReminderSetting | None, said: dict[str, Any]) -> list[str]:
    """The settings say this; returns what of them is other than before."""
    if row is None:
        session.add(ReminderSetting(person_id=viewer.id, **said))
        return sorted(said)
    changed = [name for name, value in said.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, said[name])
    if changed:
        row.version += 1
    return changed


def _follow(session: AnySession, viewer: Viewer, draft: WishesDraft) -> list[str]:
    """What has one time for the whole person comes at the time that is said, and never without one; returns what was
    changed."""
    stands, changed = _own(session, viewer), []
    for about in OF_THE_PERSON:
        row, wall = stands.get(about), draft.walls.get(about)
        if (row.wall if row else None) == wall:
            continue
        changed.append(about.value)
        if wall is None:
            reminders.forget(session, Reminder.person_id == viewer.id, Reminder.about == about)
        elif row is None:
            _begin(session, reminders.row_about(viewer, about, wall))
        else:
            row.wall, row.next_at = wall, viewer.now
            row.next_day = _first_day(session, viewer, row, wall)
    return changed


def _begin(session: AnySession, new: dict[str, Any]) -> None:
    """The reminder stands, also where the same began by itself a moment ago."""
    again = {name: new[name] for name in ("wall", "next_day", "next_at")}
    statement = upserting(session, table_of(Reminder)).values(**new)
    one_each = {"index_elements": ["person_id", "about"], "index_where": Reminder.goal_id.is_(None)}
    session.execute(statement.on_conflict_do_update(**one_each, set_=again))


def _first_day(session: AnySession, viewer: Viewer, row: Reminder, wall: time) -> date:
    """The first date at whose new time it may come: still ahead, and none that it came on before."""
    first = Clock(viewer.zone, viewer.day_start).first_day(wall, viewer.now)
    came = session.scalar(select(func.max(Delivery.local_date)).where(Delivery.reminder_id == row.id))
    return max(first, shifted(came, 1)) if came else first
