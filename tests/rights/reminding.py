"""What reminds Ada: a goal, a notice on her pages, a browser that takes messages, and feeds of her calendar."""

from datetime import time, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy import select

from tests import make
from tests.make import NOW, TODAY
from tests.pushing import Receiver
from tests.rights.cast import World
from tests.rights.marks import MARKS
from webapp.actions import calendar_feeds, push, reminder_settings, reminders
from webapp.domain.calendar_feeds import FeedDraft, Option
from webapp.domain.reminder_settings import CHANNELS_OF, WishesDraft
from webapp.domain.reminders import About, Channel, ReminderDraft
from webapp.models import Delivery, Reminder
from webapp.web.mail_links import Stop, signed

AT = time.fromisoformat(MARKS["reminded at"])
QUIET_SINCE = time.fromisoformat(MARKS["quiet since"])
PUSH_HOST = "fcm.googleapis.com"


def remind(world: World) -> None:
    """Ada is reminded of a goal, and by everything else there is; a peer and a stranger of a goal of theirs."""
    session, ada = world.session, world.viewer("ada")
    wishes = WishesDraft(
        channels={about: frozenset(ways) for about, ways in CHANNELS_OF.items()},
        detail=True,
        quiet_since=QUIET_SINCE,
        quiet_until=time(4),
        walls={about: AT for about in About if about is not About.GOAL},
    )
    reminder_settings.change(session, ada, wishes)
    world.named["notice"] = _notice(world, "ada", f"{MARKS['title']} again", "reminding")
    for who in ("peer", "stranger"):
        last = world.named[f"notice of {who}"] = _notice(world, who, "Theirs", f"reminding {who}")
    world.facts["last notice"] = last
    _browsers(world)
    _feeds(world)


def _notice(world: World, who: str, title: str, name: str) -> int:
    """The number of what stands on somebody's pages since this morning."""
    session, viewer = world.session, world.viewer(who)
    goal = world.name_goal(name, make.goal(session, viewer, title))
    reminders.set_all(session, viewer, goal, [ReminderDraft(AT if who == "ada" else time(8))])
    (reminder,) = session.scalars(select(Reminder).where(Reminder.goal_id == goal.id))
    came = {"reminder_id": reminder.id, "local_date": TODAY, "due": TODAY, "channel": Channel.PAGE}
    told = Delivery(**came, at=NOW - timedelta(hours=1))
    session.add(told)
    session.flush()
    return told.id


def _browsers(world: World) -> None:
    """One of Ada's and one of a stranger's, and what a browser says that is let in now."""
    session = world.session
    for name, who, mark in (("browser", "ada", "browser"), ("far browser", "stranger", "far browser")):
        taker = Receiver(f"https://{PUSH_HOST}/fcm/send/{who}", ec.derive_private_key(7, ec.SECP256R1()))
        row = push.subscribe(session, world.viewer(who), taker.draft, MARKS[mark], (PUSH_HOST,), ())
        world.named[name] = row.public_id
        world.facts[f"endpoint of {name}"] = taker.endpoint
    world.facts |= {**taker.fields, "endpoint": f"https://{PUSH_HOST}/fcm/send/new"}


def _feeds(world: World) -> None:
    """One of Ada's that tells names, one that does not, one that is over; everybody else has one that tells names."""
    session = world.session
    named = frozenset({Option.TITLES})
    for who in world.people:
        draft = FeedDraft(MARKS["feed"] if who == "ada" else "Mine", named)
        feed, secret = calendar_feeds.create(session, world.viewer(who), draft)
        world.facts[f"feed of {who}"] = secret
        if who == "ada":
            world.named["feed"] = feed.public_id
    _, world.facts["plain feed"] = calendar_feeds.create(session, world.viewer("ada"), FeedDraft("Plain"))
    over, world.facts["feed that is over"] = calendar_feeds.create(session, world.viewer("ada"), FeedDraft("Over"))
    calendar_feeds.revoke(session, world.viewer("ada"), over.public_id)
    world.named["feed over"] = over.public_id


def address_to_stop(app: Flask, world: World) -> str:
    """What stands in Ada's reminder mails to stop them."""
    return signed(app, Stop(world.people["ada"].public_id, (About.GOAL, About.MOOD)))
