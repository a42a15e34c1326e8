"""When the people of the demo are reminded, and what stands on their pages today."""

from datetime import time

from sqlalchemy import select

from webapp.actions import reminder_settings, reminders
from webapp.domain.days import shifted
from webapp.domain.people import Viewer
from webapp.domain.reminder_settings import CHANNELS_OF, WishesDraft
from webapp.domain.reminders import About, Channel, Clock, ReminderDraft
from webapp.models import Delivery, Goal, Reminder
from webapp.models.engine import AnySession

MORNING, EVENING = time(8), time(20, 30)
OF_CLIENT = {
    "water": (ReminderDraft(MORNING), ReminderDraft(EVENING)),
    "coffee": (ReminderDraft(MORNING),),
    "read": (ReminderDraft(EVENING),),
    "passport": (ReminderDraft(time(18), -1),),
}
WISHES = WishesDraft(
    channels=CHANNELS_OF,
    detail=False,
    quiet_since=time(22),
    quiet_until=time(7),
    walls={About.DIGEST: time(7), About.READING: None, About.MOOD: None, About.REVIEWS: None},
)


def tell(session: AnySession, viewer: Viewer, goals: dict[str, Goal]) -> None:
    """The client is reminded in the morning, in the evening and a day before, never at night; this morning's reminders
    stand on their pages."""
    reminder_settings.change(session, viewer, WISHES)
    for key, drafts in OF_CLIENT.items():
        reminders.set_all(session, viewer, goals[key], drafts)
    this_morning = Clock(viewer.zone, viewer.day_start).moment(viewer.today, MORNING)
    if this_morning > viewer.now:
        return
    theirs = select(Reminder).where(Reminder.person_id == viewer.id, Reminder.goal_id.is_not(None))
    for row in session.scalars(theirs.where(Reminder.wall == MORNING).order_by(Reminder.id)):
        came = {"reminder_id": row.id, "local_date": viewer.today, "due": viewer.today}
        session.add(Delivery(**came, channel=Channel.PAGE, at=this_morning))
        row.next_day = shifted(viewer.today, 1)
    session.flush()
