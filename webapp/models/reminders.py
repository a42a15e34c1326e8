"""At what time of day a goal asks to be remembered."""

from datetime import datetime, time

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Addressed, Base


class Reminder(Addressed, Base):
    """One time on the wall clock of the goal's owner, kept while the goal's reminders are switched off too."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("goal_id", "wall"),)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    wall: Mapped[time]
    created_at: Mapped[datetime]
