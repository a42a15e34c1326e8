"""Putting away what the pages say about reminders."""

from sqlalchemy import ColumnElement, select, update

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.reminders import Channel
from webapp.models import Delivery, Reminder
from webapp.models.engine import AnySession


def put_away(session: AnySession, viewer: Viewer, delivery_id: int) -> None:
    """The pages say it no more, however often it was brought to mind; a second time changes nothing. Raises NotFound
    for what is not on the viewer's own pages."""
    shown = (Delivery.id == delivery_id, Delivery.channel == Channel.PAGE, Reminder.person_id == viewer.id)
    statement = select(Reminder.about, Reminder.goal_id, Delivery.due).join_from(Delivery, Reminder)
    found = session.execute(statement.where(*shown)).one_or_none()
    if found is None:
        raise NotFound
    of_goal = Reminder.goal_id.is_not_distinct_from(found.goal_id)
    _see(session, viewer, Reminder.about == found.about, of_goal, Delivery.due == found.due)


def put_all_away(session: AnySession, viewer: Viewer, up_to: int) -> None:
    """The pages say nothing more of what the viewer was shown, up to this delivery; what came since stays."""
    _see(session, viewer, Delivery.id <= up_to)


def _see(session: AnySession, viewer: Viewer, *which: ColumnElement[bool]) -> None:
    """No event: only what is shown changes, and only for the one who looks."""
    shown = (Reminder.person_id == viewer.id, Delivery.channel == Channel.PAGE, Delivery.seen_at.is_(None))
    numbers = session.scalars(select(Delivery.id).join_from(Delivery, Reminder).where(*shown, *which)).all()
    seen = update(Delivery).where(Delivery.id.in_(numbers)).values(seen_at=viewer.now)
    session.execute(seen, execution_options={"synchronize_session": False})
