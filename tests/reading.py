"""Somebody who reads, on whatever day and wherever they are."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import reading_goals, reading_log, works
from webapp.actions.reading_log import Logged
from webapp.domain.days import local_day
from webapp.domain.people import Viewer
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanDraft, ReadingDraft, WorkDraft
from webapp.models import ActivityDay, Goal, ReadingGoal, ReadingStreak, Work
from webapp.queries import reading as queries
from webapp.queries.reading import Reading

DAY = timedelta(days=1)


class Reader:
    """A person, whom `on` takes to another day; what they do next they do there."""

    def __init__(self, session: Session, name: str = "Ada", **columns: Any) -> None:
        self.session = session
        self.person = make.person(session, name, **columns)
        self.viewer: Viewer = make.viewer(session, self.person)

    def on(self, days: int, zone: str = "") -> Viewer:
        """So many days after the day of the tests, perhaps in another zone."""
        zone, now = zone or self.viewer.zone, make.NOW + days * DAY
        today = local_day(now, zone, self.viewer.day_start)
        self.viewer = replace(self.viewer, zone=zone, now=now, today=today)
        return self.viewer

    def log(self, category: Category = Category.QURAN, *, book: str = "", **said: Any) -> Logged:
        return reading_log.log(self.session, self.viewer, ReadingDraft(**said), category, work_id=book)

    def take_back(self, logged: Logged) -> date:
        return reading_log.take_back(self.session, self.viewer, logged.entry_id)

    def start(self, asks: Asks, category: Category = Category.QURAN, *, book: str = "", **said: Any) -> ReadingGoal:
        return reading_goals.start(self.session, self.viewer, PlanDraft(category, asks, **said), book)

    def book(self, title: str = "Middlemarch", **said: Any) -> str:
        """The public id of a book of theirs."""
        made = works.add(self.session, self.viewer, WorkDraft(title, **said))
        return self.session.get_one(Goal, made.goal_id).public_id

    def reading(self, category: Category = Category.QURAN, *, book: str = "") -> Reading:
        """Their work as pages and programs get it, read from the database."""
        self.session.flush()
        self.session.expire_all()
        which = Goal.public_id == book if book else Work.category == category
        (found,) = queries.readings(self.session, self.viewer, which, archived=True)
        return found

    def days(self) -> list[ActivityDay]:
        mine = select(ActivityDay).where(ActivityDay.owner_id == self.viewer.id)
        return list(self.session.scalars(mine.order_by(ActivityDay.local_date, ActivityDay.goal_id)))

    def streaks(self, category: str) -> list[tuple[date, date, int]]:
        mine = (ReadingStreak.owner_id == self.viewer.id, ReadingStreak.category == category)
        rows = self.session.scalars(select(ReadingStreak).where(*mine).order_by(ReadingStreak.first))
        return [(row.first, row.last, row.days) for row in rows]
