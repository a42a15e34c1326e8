"""Will every reminder come, does each date come once, and did what came leave with a message of its own?"""

from collections.abc import Iterator

from sqlalchemy import and_, func, or_, select

from webapp.domain.reminders import Channel
from webapp.models import Delivery, Goal, Occurrence, OutboxMessage, Person, Reminder
from webapp.models.engine import AnySession
from webapp.queries.doctor_finding import Finding


def reminder_findings(session: AnySession) -> Iterator[Finding]:
    """Every finding about reminders and what came of them."""
    yield from _owners(session)
    yield from _forgotten(session)
    yield from _dates(session)
    yield from _single_days(session)
    yield from _messages(session)


def _owners(session: AnySession) -> Iterator[Finding]:
    strange = select(Reminder.id).join(Goal, Goal.id == Reminder.goal_id).where(Goal.owner_id != Reminder.person_id)
    for number in session.scalars(strange.order_by(Reminder.id)):
        yield Finding(f"reminder {number}", "is of somebody else's goal")


def _forgotten(session: AnySession) -> Iterator[Finding]:
    """What comes again and again is looked at again; only what comes once is over some day."""
    never = select(Reminder.id).join(Person, Person.id == Reminder.person_id)
    never = never.where(Reminder.once.is_(None), Reminder.next_at.is_(None), Person.deleted_at.is_(None))
    for number in session.scalars(never.order_by(Reminder.id)):
        yield Finding(f"reminder {number}", "is never looked at again")
    nowhen = select(Reminder.id).where(Reminder.once.is_not(None), Reminder.next_day.is_(None))
    for number in session.scalars(nowhen.order_by(Reminder.id)):
        yield Finding(f"reminder {number}", "comes once and has no date to come on")


def _dates(session: AnySession) -> Iterator[Finding]:
    """The date to come next is after every one that came."""
    last = func.max(Delivery.local_date)
    counts = select(Reminder.id, Reminder.next_day, last.label("last"))
    counts = counts.join(Delivery, Delivery.reminder_id == Reminder.id).where(Reminder.next_at.is_not(None))
    counts = counts.group_by(Reminder.id, Reminder.next_day).having(last >= Reminder.next_day)
    for row in session.execute(counts.order_by(Reminder.id)):
        yield Finding(f"reminder {row.id}", f"is to come on {row.next_day}, it came on {row.last} already")


def _single_days(session: AnySession) -> Iterator[Finding]:
    """A reminder of a single due date that is still to come is at the time which that date says."""
    own = and_(Occurrence.goal_id == Reminder.goal_id, Occurrence.local_date == Reminder.once)
    joined = select(Reminder.id, Reminder.once).outerjoin(Occurrence, own)
    wrong = or_(
        Occurrence.id.is_(None),
        and_(Occurrence.reminder_date.is_(None), Occurrence.reminder_time.is_(None)),
        Reminder.next_day != func.coalesce(Occurrence.reminder_date, Occurrence.local_date),
        Reminder.wall != Occurrence.reminder_time,
    )
    for row in session.execute(
        joined.where(Reminder.once.is_not(None), Reminder.next_at.is_not(None), wrong).order_by(Reminder.id)
    ):
        yield Finding(f"reminder {row.id}", f"does not come when the date {row.once} says")


def _messages(session: AnySession) -> Iterator[Finding]:
    """What came by mail or push in time has its message, to the same person by the same channel; nothing else has."""
    joined = (
        select(Delivery.id, Delivery.message_id)
        .join(Reminder, Reminder.id == Delivery.reminder_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .order_by(Delivery.id)
    )
    leaves = and_(Delivery.channel != Channel.PAGE, Delivery.stale.is_(False))
    for row in session.execute(joined.where(leaves, Delivery.message_id.is_(None))):
        yield Finding(f"delivery {row.id}", "has no message to leave with")
    for row in session.execute(joined.where(~leaves, Delivery.message_id.is_not(None))):
        yield Finding(f"delivery {row.id}", f"left with message {row.message_id}, though it stays here")
    other = or_(OutboxMessage.person_id != Reminder.person_id, OutboxMessage.channel != Delivery.channel)
    for row in session.execute(joined.where(other)):
        yield Finding(f"delivery {row.id}", f"left with message {row.message_id}, which goes elsewhere")
