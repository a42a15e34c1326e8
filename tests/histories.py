"""Histories in a line: a letter a day up to today (x done, s skipped, n not done, . nothing said)."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from tests.make import TODAY
from webapp.actions import history
from webapp.domain.people import Viewer
from webapp.domain.tracking import DayState, Source
from webapp.models import Goal

ANSWERS = {"x": DayState.DONE, "s": DayState.SKIPPED, "n": DayState.NOT_DONE}


def tell(session: Session, viewer: Viewer, goal: Goal, marks: str, last: date = TODAY) -> None:
    """The days up to the last are answered so, all at once; nothing was said of them before."""
    days = marks.replace(" ", "")
    first = last - timedelta(days=len(days) - 1)
    facts = [
        history.PastFact(first + timedelta(days=number), viewer.now, viewer.now, ANSWERS[mark])
        for number, mark in enumerate(days)
        if mark in ANSWERS
    ]
    history.add(session, viewer, goal, facts, Source.IMPORT)
    session.flush()
