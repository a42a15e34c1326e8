"""Opening objectives: goals of an organisation that everybody there may read and that its managers review."""

from webapp.actions import goals, revisions, rounds
from webapp.actions.audit import Tag
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.goals import GoalDraft, Kind
from webapp.domain.people import Viewer
from webapp.domain.revisions import terms_of
from webapp.domain.schedules import schedule_from
from webapp.models import Goal
from webapp.models.engine import AnySession


def open_one(session: AnySession, viewer: Viewer, organisation_id: int, draft: GoalDraft) -> Goal:
    """The viewer has an objective in an organisation of theirs, a draft until somebody approves it.

    Its schedule says until when. Raises NotFound for an organisation they do not belong to, and Invalid.
    """
    if not viewer.is_in(organisation_id):
        raise NotFound
    if problems := draft.check():
        raise Invalid(problems)
    schedule = schedule_from(draft.schedule, today=viewer.today)
    goal = goals.drawn_up(viewer, draft, schedule)
    goal.kind, goal.organisation_id = Kind.OBJECTIVE, organisation_id
    session.add(goal)
    session.flush()
    revisions.keep(session, viewer, goal, terms_of(draft, schedule), goal.revision)
    rounds.log(session, viewer, goal, Tag.GOAL_CREATE)
    return goal
