"""A person who has used everything: for tests of taking all of it out and bringing it back."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import histories, make
from webapp.actions import goals, moods, palette, pauses, tracked_moods
from webapp.actions.tracked_moods import TrackedMoodDraft
from webapp.domain.moods import MoodDraft
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, Direction, Mode
from webapp.models import Goal, Occurrence, Reminder
from webapp.queries import goals as goal_queries
from webapp.queries import moods as mood_queries

LAST_YEAR = make.days_ago(300)


def lead(session: Session, viewer: Viewer) -> None:
    """Goals of every schedule, old and new versions, pauses, tags, skips, amounts, corrections, notes; goals put away,
    deleted and completed; a palette and moods that were changed, deleted, and one without a level. Not committed."""
    _goals(session, viewer)
    _pauses(session, viewer)
    _moods(session, viewer)
    session.flush()


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
    session.add_all(Reminder(goal_id=said.id, wall=wall, created_at=viewer.now) for wall in (time(7, 30), time(21)))
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
