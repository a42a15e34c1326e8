"""The reminders of one goal: in its editor, and in words on its page."""

from flask import g

from webapp.actions import reminders as actions
from webapp.domain.reminders import Quiet
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages.forms.reminders import ReminderRows
from webapp.pages.reminder_words import times_words
from webapp.queries.reminder_history import quiet_of
from webapp.queries.reminders import of_goal


def opened_with(goal: Goal) -> ReminderRows:
    """The reminders as the editor opens on the goal."""
    stands = of_goal(db.session, goal.id)
    return ReminderRows.of(stands, anyway=goal.remind_anyway, is_off=bool(stands) and not goal.reminds)


def remind(goal: Goal, rows: ReminderRows) -> None:
    """The goal reminds as its editor says. What says nothing of it, or nothing new, changes nothing: reminders that are
    switched off stay off. The caller holds the goal and has seen to rights; raises Invalid."""
    if not rows.is_sent:
        return
    drafts = rows.drafts()
    said = sorted((draft.wall, draft.days) for draft in drafts if draft.wall is not None)
    if (said, rows.anyway) != (sorted(of_goal(db.session, goal.id)), goal.remind_anyway):
        actions.set_all(db.session, g.viewer, goal, drafts, anyway=rows.anyway)


def lines_of(goal: Goal) -> list[str]:
    """When the goal reminds, or would if it were switched on, one line for each time."""
    return times_words(of_goal(db.session, goal.id))


def quiet_hours(rows: ReminderRows) -> Quiet | None:
    """The viewer's quiet hours, asked for only where a row has a time."""
    return quiet_of(db.session, g.viewer) if any(row.wall for row in rows.rows) else None
