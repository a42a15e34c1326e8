"""When people are reminded of what, what came of it, and by which channels they want to hear."""

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.reminders import About, Channel
from webapp.models.base import Addressed, Base, Key, Numbered, one_of
from webapp.models.types import Sealed, Word


class Reminder(Addressed, Base):
    """One time on the wall clock of its person, kept while the goal's reminders are switched off too.

    `days` is how long after the due date it comes, negative before it. One that belongs to a single due date names it
    in `once` and comes but one time. `next_day` is the local date to come next, and only ever moves on, so that each
    date comes once; `next_at` is when to look at it again, None when never: whoever changes what that depends on (the
    zone, the start of the day, the wall time) writes the present, and the planner works it out anew.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        CheckConstraint(one_of(About, "about"), name="about"),
        CheckConstraint("(about = 'goal') = (goal_id IS NOT NULL)", name="of_a_goal"),
        Index(
            "uq_reminder_own",
            *("goal_id", "wall", "days"),
            unique=True,
            sqlite_where=text("goal_id IS NOT NULL AND once IS NULL"),
            postgresql_where=text("goal_id IS NOT NULL AND once IS NULL"),
        ),
        Index(
            "uq_reminder_once",
            *("goal_id", "once"),
            unique=True,
            sqlite_where=text("once IS NOT NULL"),
            postgresql_where=text("once IS NOT NULL"),
        ),
        Index(
            "uq_reminder_about",
            *("person_id", "about"),
            unique=True,
            sqlite_where=text("goal_id IS NULL"),
            postgresql_where=text("goal_id IS NULL"),
        ),
        Index(None, "next_at"),
        Index(None, "person_id", "next_at"),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    about: Mapped[About] = mapped_column(Word(About), default=About.GOAL)
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"))
    wall: Mapped[time]
    days: Mapped[int] = mapped_column(default=0)
    once: Mapped[date | None]
    next_day: Mapped[date | None]
    next_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Delivery(Numbered, Base):
    """One reminder on one local date by one channel: it happens once, whatever crashes. `due` is the date that the goal
    is due; `stale` says that it could not come in time and was left out.

    What is to be mailed or pushed leaves with a message; on the page it stands until it is `seen_at`.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("reminder_id", "local_date", "channel"),
        CheckConstraint(one_of(Channel, "channel"), name="channel"),
    )
    reminder_id: Mapped[int] = mapped_column(ForeignKey("reminder.id"))
    local_date: Mapped[date]
    due: Mapped[date]
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    message_id: Mapped[int | None] = mapped_column(Key, ForeignKey("outbox_message.id"), index=True)
    stale: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime | None]


class ReminderSetting(Base):
    """How a person is reminded; who never said anything has no row (`domain.reminder_settings` tells what holds then).

    `channels` names, by what it is about, every channel that is on; what it does not name, nothing was said of.
    `detail` lets messages say the names of goals.
    """

    __tablename__ = "reminder_setting"
    __table_args__ = (CheckConstraint("(quiet_since IS NULL) = (quiet_until IS NULL)", name="whole_quiet"),)
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("person.id"), primary_key=True, autoincrement=False)
    channels: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    detail: Mapped[bool] = mapped_column(default=False, server_default=false())
    quiet_since: Mapped[time | None]
    quiet_until: Mapped[time | None]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))


class PushSubscription(Addressed, Base):
    """One browser that takes push messages (RFC 8030): where to, and the keys to encrypt with (RFC 8291), sealed.

    It goes when the device is signed out, when the person says so, and when the push service no longer knows it.
    """

    __tablename__ = "push_subscription"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sign_in_id: Mapped[int | None] = mapped_column(Key, ForeignKey("sign_in.id"), index=True)
    endpoint_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    address: Mapped[bytes] = mapped_column(Sealed)
    device: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
