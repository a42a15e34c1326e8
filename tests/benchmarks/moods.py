"""Years of a mood journal, in bulk and the same at every run."""

import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.benchmarks.data import BATCH, Made
from webapp.actions import palette
from webapp.domain.days import days_between, shifted
from webapp.domain.tracking import Source
from webapp.models import Mood, MoodBecause, MoodLabel, Person
from webapp.models.base import table_of
from webapp.queries.people import viewer_of

REASONS = ("work", "family", "sleep", "walk", "music", "weather", "friends", "reading", "garden", "travel")


def journal(session: Session, made: Made, *, days: int, seed: int = 1) -> None:
    """The person logged two moods a day for so many days up to today, with reasons and notes; committed."""
    viewer = viewer_of(session, session.get_one(Person, made.id), datetime.now(UTC))
    chance = random.Random(seed)
    labels = [
        (label.id, label.level) for label in session.scalars(select(MoodLabel).where(MoodLabel.owner_id == made.id))
    ]
    reasons = sorted(palette.reason_ids(session, viewer, REASONS).values())
    rows = []
    for day in days_between(shifted(made.today, -days), made.today):
        for hours in (2, 1):
            label_id, level = chance.choice(labels)
            at = viewer.now - timedelta(days=(made.today - day).days, hours=hours)
            note = viewer.words.seal("mood.note", "a few words about the day") if chance.random() < 0.3 else None
            rows.append(
                {
                    "person_id": made.id,
                    "local_date": day,
                    "at": at,
                    "recorded_at": at,
                    "zone": viewer.zone,
                    "label_id": label_id,
                    "level": level,
                    "energy": chance.randint(1, 5),
                    "note": note,
                    "source": Source.PAGE,
                }
            )
    for begin in range(0, len(rows), BATCH):
        ids = session.scalars(
            insert(Mood).returning(Mood.id), rows[begin : begin + BATCH], execution_options={"render_nulls": True}
        ).all()
        because = [{"mood_id": id, "reason_id": reason} for id in ids for reason in chance.sample(reasons, 2)]
        session.connection().execute(insert(table_of(MoodBecause)), because)
    session.commit()
