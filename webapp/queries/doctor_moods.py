"""Do moods say what their labels, reasons, revisions and instants say?"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import exists, func, or_, select

from webapp.domain.days import wall_clock
from webapp.domain.tracking import Source
from webapp.models import Mood, MoodBecause, MoodLabel, MoodReason, MoodRevision, Person
from webapp.models.engine import AnySession
from webapp.queries.doctor_finding import Finding

AT_ONCE = 1_000


def mood_findings(session: AnySession) -> Iterator[Finding]:
    """Every finding about moods and palettes; nothing is opened."""
    yield from _labels(session)
    yield from _reasons(session)
    yield from _revisions(session)
    yield from _days(session)


def _labels(session: AnySession) -> Iterator[Finding]:
    joined = select(Mood.id, Mood.person_id, MoodLabel.owner_id).join(MoodLabel, MoodLabel.id == Mood.label_id)
    wrong = or_(Mood.person_id != MoodLabel.owner_id, Mood.level.is_distinct_from(MoodLabel.level))
    for row in session.execute(joined.where(wrong).order_by(Mood.id)):
        if row.person_id != row.owner_id:
            yield Finding(f"mood {row.id}", "has somebody else's label")
        else:
            yield Finding(f"mood {row.id}", "has another level than its label")
    half = MoodLabel.name.is_(None) != MoodLabel.fingerprint.is_(None)
    for number in session.scalars(select(MoodLabel.id).where(half)):
        yield Finding(f"mood_label {number}", "cannot be found by its name")
    shown = exists().where(MoodLabel.owner_id == Person.id, MoodLabel.hidden_at.is_(None))
    for number in session.scalars(select(Person.id).where(Person.deleted_at.is_(None), ~shown)):
        yield Finding(f"person {number}", "has no mood label to choose")


def _reasons(session: AnySession) -> Iterator[Finding]:
    joined = select(MoodBecause.mood_id).join(Mood, Mood.id == MoodBecause.mood_id)
    joined = joined.join(MoodReason, MoodReason.id == MoodBecause.reason_id)
    for number in session.scalars(joined.where(MoodReason.owner_id != Mood.person_id).order_by(Mood.id)):
        yield Finding(f"mood {number}", "has somebody else's reason")


def _revisions(session: AnySession) -> Iterator[Finding]:
    """Every version before the current one is kept, and no other."""
    kept = func.count(MoodRevision.id)
    counts = select(Mood.id, Mood.version, kept.label("kept"), func.max(MoodRevision.number).label("last"))
    counts = counts.outerjoin(MoodRevision, MoodRevision.mood_id == Mood.id).group_by(Mood.id, Mood.version)
    wrong = or_(kept != Mood.version - 1, func.max(MoodRevision.number) >= Mood.version)
    for row in session.execute(counts.having(wrong).order_by(Mood.id)):
        yield Finding(f"mood {row.id}", f"is at version {row.version}, {row.kept} revisions before it are kept")


def _days(session: AnySession) -> Iterator[Finding]:
    """The date of a mood logged here is that of the wall clock then, or the one before it when the day began later."""
    last = 0
    statement = select(Mood.id, Mood.local_date, Mood.at, Mood.zone).where(Mood.source == Source.PAGE)
    statement = statement.order_by(Mood.id).limit(AT_ONCE)
    while rows := session.execute(statement.where(Mood.id > last)).all():
        last = rows[-1].id
        for row in rows:
            wall = wall_clock(row.at, row.zone).date()
            if row.local_date not in (wall, wall - timedelta(days=1)):
                yield Finding(f"mood {row.id}", f"is on {row.local_date}, the clock on the wall showed {wall}")
