"""How the people of the demo felt: decided by person and date alone, so that the past never changes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import sin
from random import Random
from typing import Any

from sqlalchemy import insert, select

from webapp.actions import palette
from webapp.demo.people import public_id
from webapp.domain.days import days_between, instant_of, shifted
from webapp.domain.people import Viewer
from webapp.domain.tracking import Source
from webapp.models import Mood, MoodBecause, MoodLabel, MoodReason
from webapp.models.base import table_of
from webapp.models.engine import AnySession


@dataclass(frozen=True)
class Temper:
    """Somebody's way of feeling and of keeping the journal: own words, what lifts them and what weighs on them."""

    days: int
    often: float
    usual: float
    words: tuple[tuple[str, int], ...] = ()
    lifting: tuple[str, ...] = ()
    weighing: tuple[str, ...] = ()
    notes: dict[int, tuple[str, ...]] = field(default_factory=dict)


TEMPERS = {
    "client": Temper(
        days=400,
        often=0.86,
        usual=3.25,
        words=(("hopeful", 4), ("worn out", 2)),
        lifting=("a walk by the water", "my sister", "slept well", "music", "cooking"),
        weighing=("work", "slept badly", "the flat", "a headache"),
        notes={
            5: ("The whole evening on the pier. I laughed a lot.", "First day in weeks that felt light."),
            4: ("Went for the walk although it rained.", "Cooked for two and it was good."),
            2: ("Could not switch off after the meeting.", "Woke at four again."),
            1: ("Stayed in bed until noon. Wrote it down, as agreed.",),
        },
    ),
    "peer": Temper(days=90, often=0.5, usual=3.7, lifting=("a run", "friends"), weighing=("deadlines", "the commute")),
}
SEASON = 58
"""Days in which a lighter time turns into a heavier one and back."""


def feel(session: AnySession, viewer: Viewer, role: str, temper: Temper) -> None:
    """The journal of this person of the demo is kept up to now."""
    labels = _labels(session, viewer, role, temper)
    reasons = _reasons(session, viewer, role, temper)
    moods = list(_moods(viewer, role, temper))
    rows = [_row(viewer, role, mood, labels) for mood in moods]
    alike = {"render_nulls": True}
    written = session.execute(insert(Mood).returning(Mood.public_id, Mood.id), rows, execution_options=alike)
    ids = {row.public_id: row.id for row in written}
    because = [
        {"mood_id": ids[row["public_id"]], "reason_id": reasons[reason]}
        for row, mood in zip(rows, moods, strict=True)
        for reason in mood.reasons
    ]
    session.connection().execute(insert(table_of(MoodBecause)), because)


@dataclass(frozen=True)
class Felt:
    """One mood of the story."""

    day: date
    at: datetime
    level: int
    word: str
    reasons: tuple[str, ...]
    note: str
    energy: int | None


def _moods(viewer: Viewer, role: str, temper: Temper) -> Iterator[Felt]:
    for day in days_between(shifted(viewer.today, -temper.days), viewer.today):
        dice = Random(f"{role}|mood|{day.isoformat()}")  # noqa: S311 - a story, not a secret
        for wall in (time(8), time(20)) if dice.random() < 0.3 else (time(19),):
            if dice.random() < temper.often and (felt := _felt(viewer, temper, day, wall, dice)).at <= viewer.now:
                yield felt


def _felt(viewer: Viewer, temper: Temper, day: date, wall: time, dice: Random) -> Felt:
    drift = 0.7 * sin(day.toordinal() / SEASON * 2) + (0.3 if day.weekday() > 4 else 0)
    level = min(5, max(1, round(dice.gauss(temper.usual + drift, 0.8))))
    words = [word for word, of in temper.words if of == level and dice.random() < 0.4]
    pool = temper.lifting if level > 3 or (level == 3 and dice.random() < 0.5) else temper.weighing
    reasons = tuple(sorted(dice.sample(pool, k=min(len(pool), dice.choice((0, 1, 1, 2))))))
    note = dice.choice(temper.notes[level]) if level in temper.notes and dice.random() < 0.12 else ""
    energy = min(5, max(1, level + dice.choice((-1, 0, 0, 1)))) if dice.random() < 0.6 else None
    at = instant_of(day, wall, viewer.zone) + timedelta(minutes=dice.randrange(100))
    return Felt(day, at, level, words[0] if words else "", reasons, note, energy)


def _row(viewer: Viewer, role: str, mood: Felt, labels: dict[tuple[str, int], int]) -> dict[str, Any]:
    return {
        "public_id": public_id("mood", role, mood.at.isoformat()),
        "person_id": viewer.id,
        "local_date": mood.day,
        "at": mood.at,
        "recorded_at": mood.at,
        "zone": viewer.zone,
        "label_id": labels[mood.word, mood.level],
        "level": mood.level,
        "energy": mood.energy,
        "note": viewer.words.seal("mood.note", mood.note) if mood.note else None,
        "source": Source.PAGE,
        "source_uid": None,
        "deleted_at": None,
    }


def _labels(session: AnySession, viewer: Viewer, role: str, temper: Temper) -> dict[tuple[str, int], int]:
    """The usual labels under "", and the person's own, with addresses that stay the same in every demo."""
    usual = session.scalars(select(MoodLabel).where(MoodLabel.owner_id == viewer.id)).all()
    found = {("", label.level or 0): label.id for label in usual}
    for word, level in temper.words:
        made = palette.add_label(session, viewer, word, level)
        made.public_id = public_id("label", role, word)
        found[word, level] = made.id
    session.flush()
    return found


def _reasons(session: AnySession, viewer: Viewer, role: str, temper: Temper) -> dict[str, int]:
    ids = palette.reason_ids(session, viewer, (*temper.lifting, *temper.weighing))
    for name, reason_id in ids.items():
        session.get_one(MoodReason, reason_id).public_id = public_id("reason", role, name)
    session.flush()
    return ids
