"""A person who has used everything: for tests of taking all of it out and bringing it back."""

import json
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import histories, make
from webapp.actions import (
    closings,
    comments,
    decisions,
    goals,
    grant_invitations,
    grants,
    moods,
    palette,
    pauses,
    reminders,
    reviews,
    tracked_moods,
)
from webapp.actions.tracked_moods import TrackedMoodDraft
from webapp.domain.comments import CommentDraft
from webapp.domain.goals import Outcome
from webapp.domain.grants import GrantDraft, Scope
from webapp.domain.moods import MoodDraft
from webapp.domain.pauses import Pause
from webapp.domain.people import Role, Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.reviews import ClosingDraft, ProposalState, Verdict
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, Direction, Mode
from webapp.models import Goal, GoalProposal, Occurrence, ReviewRound
from webapp.queries import goals as goal_queries
from webapp.queries import moods as mood_queries
from webapp.queries import reviews as review_queries

LAST_YEAR = make.days_ago(300)
REVIEWED = {"Approved": "approved", "In review": "open", "Sent back": "declined", "Closed": "approved"}
"""Goals that `share` sends to the therapist, and what became of it."""


def lead(session: Session, viewer: Viewer) -> None:
    """Goals of every schedule, old and new versions, pauses, tags, skips, amounts, corrections, notes; goals put away,
    deleted and completed; a palette and moods that were changed, deleted, and one without a level. Not committed."""
    _goals(session, viewer)
    _pauses(session, viewer)
    _moods(session, viewer)
    session.flush()


def share(session: Session, viewer: Viewer, name: str = "Thea") -> Viewer:
    """The viewer works with a therapist, who is returned: taken on by their code, a goal approved with a change that
    waits, one in review, one sent back, one closed and one closed and opened again, words between them, a goal that was
    proposed. Not committed."""
    thea = _therapist(session, viewer, name)
    reviewed = {
        title: _sent(session, viewer, thea, title) for title in ("Approved", "In review", "Sent back", "Closed")
    }
    _verdict(session, thea, reviewed["Approved"], Verdict.APPROVE)
    _verdict(session, thea, reviewed["Sent back"], Verdict.DECLINE, "Too much at once")
    _verdict(session, thea, reviewed["Closed"], Verdict.APPROVE)
    waits = held(session, viewer, reviewed["Approved"])
    reviews.save(session, viewer, waits, make.draft("Approved, later"), seen=waits.version, comment="May it be later?")
    _close(session, replace(viewer, now=viewer.now - timedelta(hours=1)), reviewed["Closed"])
    closings.reopen(session, viewer, held(session, viewer, reviewed["Closed"]))
    _close(session, viewer, reviewed["Closed"])
    _words(session, viewer, thea, reviewed["Approved"])
    _proposals(session, viewer, thea, reviewed["Sent back"])
    session.flush()
    return thea


def _therapist(session: Session, viewer: Viewer, name: str) -> Viewer:
    """A therapist with a code that the viewer typed, an invitation that waits, and a look."""
    person = make.person(session, name)
    make.member(session, person, make.organisation(session, "Practice"), Role.THERAPIST)
    thea = make.viewer(session, person)
    code = grant_invitations.renew_code(session, thea).code
    grant_invitations.invite(session, thea, "somebody@example.org")
    scopes = frozenset({Scope.GOALS, Scope.TRACKING})
    asked = grants.request(session, viewer, code, GrantDraft(scopes, "weekly talks"))
    grants.read_requests(session, thea)
    grants.accept(session, thea, asked.public_id)
    return thea


def _sent(session: Session, viewer: Viewer, thea: Viewer, title: str) -> str:
    """The address of a goal that is with the therapist."""
    goal = make.goal(session, viewer, title)
    make.tick(session, viewer, goal, make.TODAY)
    reviews.send(session, viewer, held(session, viewer, goal.public_id), [thea.public_id], seen=goal.version)
    return goal.public_id


def _verdict(session: Session, thea: Viewer, goal_id: str, verdict: Verdict, comment: str = "") -> None:
    asked = select(ReviewRound.public_id).join(Goal, Goal.id == ReviewRound.goal_id).where(Goal.public_id == goal_id)
    round_, goal = review_queries.find_round(session, thea, session.scalars(asked).one(), lock=True)
    decisions.decide(session, thea, round_, goal, verdict, revision=round_.revision, comment=comment)


def _close(session: Session, viewer: Viewer, goal_id: str) -> None:
    draft = ClosingDraft(Outcome.MISSED, Decimal("0.4"), "Not this spring")
    closings.close(session, viewer, held(session, viewer, goal_id), draft)


def _words(session: Session, viewer: Viewer, thea: Viewer, goal_id: str) -> None:
    """A note to oneself, words between the two that name each other, one taken back."""
    goal = held(session, viewer, goal_id)
    comments.write(session, viewer, goal, CommentDraft("Only mine"))
    comments.write(session, viewer, goal, CommentDraft(f"What do you say, @{thea.name}?", thea.public_id))
    comments.write(session, thea, goal, CommentDraft(f"Go on, @{viewer.name}"))
    gone = comments.write(session, viewer, goal, CommentDraft("Taken back"))
    comments.delete(session, viewer, gone.public_id)


def _proposals(session: Session, viewer: Viewer, thea: Viewer, goal_id: str) -> None:
    """One that waits, and one that became a goal."""
    accepted = held(session, viewer, goal_id).id
    for state, became in ((ProposalState.WAITING, None), (ProposalState.ACCEPTED, accepted)):
        made = GoalProposal(client_id=viewer.id, therapist_id=thea.id, state=state, created_at=viewer.now)
        made.terms = viewer.words.seal("goal_proposal.terms", json.dumps({"title": "Proposed"}))
        made.message = viewer.words.seal("goal_proposal.message", "How about this?")
        made.goal_id, made.decided_at = became, viewer.now if became else None
        session.add(made)


def held(session: Session, viewer: Viewer, goal_id: str) -> Goal:
    return goal_queries.find(session, viewer, goal_id, lock=True)


def _goals(session: Session, viewer: Viewer) -> None:
    for number, (title, when) in enumerate(_schedules().items()):
        goal = make.goal(session, viewer, title, when, tags=("calm", f"Tag {number % 3}"), colour=number % 12 + 1)
        histories.tell(session, viewer, goal, "xx.sxnx xxxsx.x" * 3, make.days_ago(2))
    walk = named(session, viewer, "Every day 🏃")
    make.tick(session, viewer, walk, make.days_ago(5), DayState.NOT_DONE, note="tired;\n=1+1")
    make.tick(session, viewer, walk, make.days_ago(5), DayState.DONE)
    _change(
        session, viewer, walk, make.schedule(Frequency.WEEKLY, days=(0, 3)), question="Did you walk?", skip_budget=2
    )
    make.tick(session, viewer, walk, make.TODAY, DayState.DONE, note="again")
    _amounts(session, viewer)
    _lives(session, viewer)
    _reminders(session, viewer)


def _reminders(session: Session, viewer: Viewer) -> None:
    """A goal due on dates said one by one, with times to be reminded at, one of them another on one day."""
    dates = tuple(make.TODAY + timedelta(days=ahead) for ahead in (-40, 0, 1, 5, 9))
    said = make.goal(session, viewer, "On these days", make.schedule(dates=dates))
    make.tick(session, viewer, said, dates[0])
    said.reminds, said.reminder_date, said.status_word = False, dates[-1], "in progress"
    reminders.add(session, [reminders.row_of(viewer, said, wall) for wall in (time(7, 30), time(21))])
    row = session.scalars(
        select(Occurrence).where(Occurrence.goal_id == said.id, Occurrence.local_date == dates[2])
    ).one()
    row.reminder_date, row.reminder_time = dates[1], time(6, 15, 30)


def _schedules() -> dict[str, Any]:
    start = {"start": LAST_YEAR}
    return {
        "Every day 🏃": make.schedule(**start),
        "Work days": make.schedule(Frequency.CUSTOM, days=(0, 1, 2, 3, 4), **start),
        "Biweekly": make.schedule(Frequency.BIWEEKLY, **start),
        "Last of the month": make.schedule(Frequency.MONTHLY, start=date(2025, 5, 31)),
        "Leap day": make.schedule(Frequency.YEARLY, start=date(2024, 2, 29)),
        "A rule": make.schedule(Frequency.RULE, rule="FREQ=MONTHLY;BYDAY=2TU", **start),
        "Three a week": make.schedule(Frequency.QUOTA, times=3, period=QuotaPeriod.WEEK, **start),
        "Four a month": make.schedule(Frequency.QUOTA, times=4, period=QuotaPeriod.MONTH),
        "Two in five days": make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.ROLLING, length=5, **start),
        "Until summer": make.schedule(until=make.TODAY + timedelta(days=90)),
    }


def _amounts(session: Session, viewer: Viewer) -> None:
    pages = make.goal(session, viewer, "Pages", direction=Direction.AT_LEAST, target=Decimal("20.5"), unit="pages")
    make.tick(session, viewer, pages, make.days_ago(3), None, value=Decimal("12.25"), note="half")
    make.tick(session, viewer, pages, make.days_ago(3), None, value=Decimal("9.5"), mode=Mode.ADD)
    make.tick(session, viewer, pages, make.days_ago(1), None, value=Decimal(21))
    make.tick(session, viewer, pages, make.days_ago(1), None, value=Decimal("0.123456"))
    _change(session, viewer, pages, make.schedule(), direction=Direction.AT_LEAST, target=Decimal(30), unit="pages")
    coffee = make.goal(session, viewer, "Coffee", direction=Direction.AT_MOST, target=Decimal(2), unit="cups")
    for ago, cups in ((0, 1), (1, 3), (2, 2), (40, 1)):
        make.tick(session, viewer, coffee, make.days_ago(ago), None, value=Decimal(cups))


def _lives(session: Session, viewer: Viewer) -> None:
    """Done, put away, deleted."""
    once = make.goal(session, viewer, "Once", make.schedule(Frequency.ONE_TIME, until=make.TODAY))
    make.tick(session, viewer, once, make.TODAY)
    away = make.goal(session, viewer, "Put away", make.schedule(start=LAST_YEAR), criticality="High")
    histories.tell(session, viewer, away, "xxx.xx", make.days_ago(30))
    goals.archive(session, viewer, away)
    gone = make.goal(session, viewer, "Gone")
    make.tick(session, viewer, gone, make.TODAY)
    pauses.plan(session, viewer, Pause(make.days_ago(3)), gone)
    goals.delete(session, viewer, gone)
    goals.move(session, viewer, named(session, viewer, "Pages"), up=True)


def _pauses(session: Session, viewer: Viewer) -> None:
    pauses.plan(session, viewer, Pause(make.days_ago(12), make.days_ago(9)))
    pauses.plan(session, viewer, Pause(make.days_ago(20), make.days_ago(15)), named(session, viewer, "Work days"))
    pauses.plan(session, viewer, Pause(make.TODAY + timedelta(days=5), make.TODAY + timedelta(days=9)))


def _moods(session: Session, viewer: Viewer) -> None:
    words = mood_queries.palette_of(session, viewer)
    good, awful = words.labels[1], words.labels[-1]
    palette.change_label(session, viewer, good.id, "serene", 4)
    odd = palette.add_label(session, viewer, "=odd", None)
    palette.hide_label(session, viewer, awful.id)
    reason = palette.add_reason(session, viewer, "Sleep")
    palette.hide_reason(session, viewer, palette.add_reason(session, viewer, "Rain").public_id)
    for ago in range(8):
        draft = MoodDraft(good.id, make.days_ago(ago), reasons=(reason.public_id,), note=f"day {ago}\n+1", energy=3)
        moods.log(session, viewer, draft)
    changed = moods.log(session, viewer, MoodDraft(awful.id, make.days_ago(2), new_reasons=("Ärger", "Work")))
    moods.change(session, viewer, changed, MoodDraft(odd.public_id, make.days_ago(2), note="better"), 1)
    moods.change(session, viewer, changed, MoodDraft(good.id, make.days_ago(3), energy=5), 2)
    moods.delete(session, viewer, moods.log(session, viewer, MoodDraft(odd.public_id)))
    moods.log(session, viewer, MoodDraft(odd.public_id, make.days_ago(1)))
    said = tracked_moods.log(session, viewer, TrackedMoodDraft(mood=None, reasons={"weather": ["rain"], "°C": 4.5}))
    tracked_moods.say(session, viewer, said, TrackedMoodDraft(mood="Serene", reasons=["Sleep"]))
    tracked_moods.log(session, viewer, TrackedMoodDraft(mood="as " * 40, reasons=[["rain"], 1], logdate=viewer.now))
    tracked_moods.log(session, viewer, TrackedMoodDraft(mood="grand", reasons="Rain"))


def _change(session: Session, viewer: Viewer, goal: Goal, when: Any, **more: Any) -> None:
    held = goal_queries.find(session, viewer, goal.public_id, lock=True)
    title = viewer.words.open("goal.title", goal.title)
    goals.change(session, viewer, held, make.draft(title, when, **more), seen=held.version)


def named(session: Session, viewer: Viewer, title: str) -> Goal:
    rows = goal_queries.listed(session, viewer, goal_queries.Filter())
    return goal_queries.find(session, viewer, next(row.id for row in rows if row.title == title), lock=True)
