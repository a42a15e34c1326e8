"""A person's own moods and palette, opened. A page costs what it shows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select

from webapp.domain.days import wall_clock
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.policy import MoodFacts
from webapp.models import Mood, MoodBecause, MoodLabel, MoodReason
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id, open_or_empty
from webapp.queries.visibility import moods_of

MOST = 200
MINE = moods_of(bindparam("viewer_id"))


class Label(NamedTuple):
    """One word of a palette; without a name it goes by the usual word for its level, which it then has."""

    id: str
    name: str
    level: int | None
    hidden: bool


class Reason(NamedTuple):
    """One reason of a palette."""

    id: str
    name: str
    hidden: bool


class Palette(NamedTuple):
    """Labels from the best level to the worst, then those without one; reasons in the order they were added."""

    labels: tuple[Label, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class LoggedMood:
    """One mood as its person wrote it down."""

    id: str
    local_date: date
    at: datetime
    zone: str
    label: Label
    energy: int | None
    note: str
    reasons: tuple[Reason, ...]
    version: int
    reasons_said: str = ""
    """JSON that a program sent as reasons and that is no list of names."""

    @property
    def wall(self) -> datetime:
        """What the clock on the wall showed, without a zone; before the day start its date is after `local_date`."""
        return wall_clock(self.at, self.zone)


@dataclass(frozen=True, slots=True)
class DayMood:
    """What a day comes to: the mean of its levels (None when none has one), so many moods, so many without a level."""

    mean: Decimal | None
    count: int
    unrated: int


# Statements are built once, here: building one costs more than running it.

LABEL = (
    MoodLabel.public_id.label("label_id"),
    MoodLabel.name.label("label_name"),
    MoodLabel.level.label("label_level"),
    MoodLabel.hidden_at.label("label_hidden_at"),
)
REASON = (
    MoodReason.public_id.label("reason_id"),
    MoodReason.name.label("reason_name"),
    MoodReason.hidden_at.label("reason_hidden_at"),
)
_BARE = select(Mood.id, Mood.public_id, Mood.local_date, Mood.at, Mood.zone, Mood.energy, Mood.version, *LABEL)
_BARE = _BARE.join(MoodLabel, MoodLabel.id == Mood.label_id).where(MINE)
_NEWEST_FIRST = (Mood.local_date.desc(), Mood.at.desc(), Mood.id.desc())
_ONE = _BARE.add_columns(Mood.note, Mood.reasons_said).where(Mood.id == bindparam("mood_id"))
_LOGGED = (
    _BARE.add_columns(Mood.note, Mood.reasons_said)
    .where(Mood.local_date.between(bindparam("first"), bindparam("last")))
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("most"))
)
_BECAUSE = (
    select(MoodBecause.mood_id, *REASON)
    .join(MoodReason, MoodReason.id == MoodBecause.reason_id)
    .where(MoodBecause.mood_id.in_(bindparam("mood_ids", expanding=True)))
    .order_by(MoodReason.position, MoodReason.id)
)
DAYS = (
    select(
        Mood.local_date,
        func.count().label("moods"),
        func.count(Mood.level).label("rated"),
        func.sum(Mood.level).label("sum"),
    )
    .where(MINE, Mood.local_date.between(bindparam("first"), bindparam("last")))
    .group_by(Mood.local_date)
    .order_by(Mood.local_date)
)
_FIRST_DAY = select(func.min(Mood.local_date)).where(MINE)
_ALL_LABELS = (
    select(*LABEL)
    .where(MoodLabel.owner_id == bindparam("viewer_id"))
    .order_by(MoodLabel.level.is_(None), MoodLabel.level.desc(), MoodLabel.position, MoodLabel.id)
)
_LABELS = _ALL_LABELS.where(MoodLabel.hidden_at.is_(None))
_ALL_REASONS = (
    select(*REASON).where(MoodReason.owner_id == bindparam("viewer_id")).order_by(MoodReason.position, MoodReason.id)
)
_REASONS = _ALL_REASONS.where(MoodReason.hidden_at.is_(None))


def find(session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False) -> Mood:
    """The viewer's own mood, else NotFound; `lock` holds its row on PostgreSQL."""
    if not is_public_id(public_id):
        raise NotFound
    statement = select(Mood).where(Mood.public_id == public_id, moods_of(viewer))
    return _found(session, statement, lock)


def find_deleted(session: AnySession, viewer: Viewer, public_id: str) -> Mood:
    """The viewer's own mood they deleted, held so that it can come back, else NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    mine = (Mood.person_id == viewer.id, Mood.deleted_at.is_not(None))
    return _found(session, select(Mood).where(Mood.public_id == public_id, *mine), True)


def facts_of(mood: Mood) -> MoodFacts:
    """What the policy must know of a mood reached as one's own: no grant opens it to anybody here."""
    return MoodFacts(owner_id=mood.person_id, local_date=mood.local_date, deleted=mood.deleted_at is not None)


def opened(session: AnySession, viewer: Viewer, mood: Mood) -> LoggedMood:
    """The viewer's own mood with its words; raises NotFound for any other."""
    values = {"viewer_id": viewer.id, "mood_id": mood.id}
    rows = session.connection().execute(_ONE, values).all()
    if not rows:
        raise NotFound
    return _opened(session, viewer, rows)[0]


def logged(session: AnySession, viewer: Viewer, first: date, last: date, *, limit: int = MOST) -> list[LoggedMood]:
    """The viewer's newest moods from the first to the last date, the newest first, with all their words."""
    values = {"viewer_id": viewer.id, "first": first, "last": last, "most": limit}
    return _opened(session, viewer, session.connection().execute(_LOGGED, values).all())


def days_of(session: AnySession, viewer: Viewer, first: date, last: date) -> dict[date, DayMood]:
    """What each date comes to on which the viewer logged a mood, in order."""
    values = {"viewer_id": viewer.id, "first": first, "last": last}
    return {row.local_date: day_mood(row) for row in session.connection().execute(DAYS, values)}


def first_day(session: AnySession, viewer: Viewer) -> date | None:
    """The date of the viewer's earliest mood."""
    day: date | None = session.connection().execute(_FIRST_DAY, {"viewer_id": viewer.id}).scalar()
    return day


def palette_of(session: AnySession, viewer: Viewer, *, hidden: bool = False) -> Palette:
    """The viewer's labels and reasons; hidden ones if asked for."""
    return Palette(labels_of(session, viewer, hidden=hidden), reasons_of(session, viewer, hidden=hidden))


def labels_of(session: AnySession, viewer: Viewer, *, hidden: bool = False) -> tuple[Label, ...]:
    """The viewer's labels from the best level to the worst, those without one last; hidden ones if asked for."""
    rows = session.connection().execute(_ALL_LABELS if hidden else _LABELS, {"viewer_id": viewer.id})
    names = Names(viewer)
    return tuple(names.label(row) for row in rows)


def reasons_of(session: AnySession, viewer: Viewer, *, hidden: bool = False) -> tuple[Reason, ...]:
    """The viewer's reasons in the order they were added; hidden ones if asked for."""
    rows = session.connection().execute(_ALL_REASONS if hidden else _REASONS, {"viewer_id": viewer.id})
    names = Names(viewer)
    return tuple(names.reason(row) for row in rows)


def day_mood(row: Any) -> DayMood:
    """A row of `DAYS` as what its day comes to."""
    return DayMood(Decimal(row.sum) / row.rated if row.rated else None, row.moods, row.moods - row.rated)


class Names:
    """Labels and reasons of one person's rows, each opened once."""

    def __init__(self, viewer: Viewer) -> None:
        self._words = viewer.words
        self._labels: dict[str, Label] = {}
        self._reasons: dict[str, Reason] = {}

    def label(self, row: Any) -> Label:
        known = self._labels.get(row.label_id)
        if known is None:
            name = open_or_empty(self._words, "mood_label.name", row.label_name)
            known = Label(row.label_id, name, row.label_level, row.label_hidden_at is not None)
            self._labels[row.label_id] = known
        return known

    def reason(self, row: Any) -> Reason:
        known = self._reasons.get(row.reason_id)
        if known is None:
            name = self._words.open("mood_reason.name", row.reason_name)
            known = Reason(row.reason_id, name, row.reason_hidden_at is not None)
            self._reasons[row.reason_id] = known
        return known


def _found(session: AnySession, statement: Select[Mood], lock: bool) -> Mood:
    statement = statement.execution_options(populate_existing=lock)
    mood = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if mood is None:
        raise NotFound
    return mood


def _opened(session: AnySession, viewer: Viewer, rows: Sequence[Any]) -> list[LoggedMood]:
    """The moods of these rows; one more statement for the reasons of all of them."""
    names = Names(viewer)
    because: dict[int, list[Reason]] = defaultdict(list)
    if rows:
        for row in session.connection().execute(_BECAUSE, {"mood_ids": [row.id for row in rows]}):
            because[row.mood_id].append(names.reason(row))
    return [
        as_logged(
            row,
            names.label(row),
            open_or_empty(viewer.words, "mood.note", row.note),
            tuple(because[row.id]),
            open_or_empty(viewer.words, "mood.reasons_said", row.reasons_said),
        )
        for row in rows
    ]


def as_logged(row: Any, label: Label, note: str, reasons: tuple[Reason, ...], said: str = "") -> LoggedMood:
    """A row of the mood's own columns, with what was opened beside it."""
    return LoggedMood(
        id=row.public_id,
        local_date=row.local_date,
        at=row.at,
        zone=row.zone,
        label=label,
        energy=row.energy,
        note=note,
        reasons=reasons,
        version=row.version,
        reasons_said=said,
    )
