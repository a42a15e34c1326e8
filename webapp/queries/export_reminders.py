"""How a person wants to be reminded, what came of their reminders, and their devices, for the export."""

from sqlalchemy import select

from webapp.domain.people import Viewer
from webapp.models import Delivery, Goal, OutboxMessage, PushSubscription, Reminder, ReminderSetting
from webapp.models.engine import AnySession
from webapp.queries.export_rows import Row, rows_of


def settings(session: AnySession, viewer: Viewer) -> list[Row]:
    """One row, or none where nothing was ever said; `walls` are the times of what is not about a goal."""
    names = ("channels", "detail", "quiet_since", "quiet_until")
    columns = [getattr(ReminderSetting, name) for name in names]
    said = rows_of(session, select(*columns).where(ReminderSetting.person_id == viewer.id))
    statement = select(Reminder.about, Reminder.wall).where(Reminder.person_id == viewer.id, Reminder.goal_id.is_(None))
    walls = {row["about"].value: row["wall"] for row in rows_of(session, statement.order_by(Reminder.about))}
    if not said and not walls:
        return []
    return [{**(said[0] if said else dict.fromkeys(names)), "walls": walls}]


def deliveries(session: AnySession, viewer: Viewer) -> list[Row]:
    """What the viewer was reminded of lately, by which channel, and whether it left or came too late."""
    names = ("local_date", "due", "channel", "stale", "at", "seen_at")
    statement = (
        select(Reminder.about, Goal.public_id.label("goal"), *(getattr(Delivery, name) for name in names))
        .add_columns(OutboxMessage.sent_at)
        .join(Reminder, Reminder.id == Delivery.reminder_id)
        .outerjoin(Goal, Goal.id == Reminder.goal_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(Reminder.person_id == viewer.id)
        .order_by(Delivery.id)
    )
    return rows_of(session, statement)


def devices(session: AnySession, viewer: Viewer) -> list[Row]:
    """The browsers that take push messages, without where they are reached and their keys."""
    columns = (PushSubscription.public_id.label("id"), PushSubscription.device)
    statement = select(*columns, PushSubscription.created_at, PushSubscription.used_at)
    return rows_of(session, statement.where(PushSubscription.person_id == viewer.id).order_by(PushSubscription.id))
