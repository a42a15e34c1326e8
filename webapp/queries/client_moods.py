"""Moods of a therapist's clients, as far as each lets see them: levels by day, and words where notes are shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import String, bindparam, cast, func, or_, select

from webapp.domain import moods as rules
from webapp.domain.days import days_between, shifted, week_containing
from webapp.domain.people import Words
from webapp.models import Grant, Mood, MoodBecause, MoodLabel, MoodReason
from webapp.models.engine import AnySession
from webapp.queries.goals import open_or_empty

FEW = 5
"""Of fewer moods than these a median says little."""
MOST_WORDS = 200

ISO = len("2026-03-10")


@dataclass(frozen=True, slots=True)
class Levels:
    """Moods with a level from the first day to the last: by ISO date the levels of its moods, a digit for each; a day
    without any is absent. `latest` is the last day with a mood, however long ago."""

    first: date
    last: date
    days: Mapping[str, str]
    latest: date | None = None

    @property
    def total(self) -> int:
        """So many moods."""
        return sum(map(len, self.days.values()))

    @property
    def counts(self) -> dict[int, int]:
        """How often each of the five levels was logged, the best first."""
        every = "".join(self.days.values())
        return {level: every.count(str(level)) for level in rules.LEVELS}

    @property
    def median(self) -> int | None:
        return rules.median(self.counts)

    @property
    def means(self) -> list[Decimal | None]:
        """The value of each day in order; None where nothing was logged."""
        return [mean_of(self.days.get(day, "")) for day in _span(self.first, self.last)]

    def last_days(self, last: date, days: int) -> "Levels":
        """So many days up to a date, which lie in the span."""
        first = shifted(last, 1 - days)
        there = {day: self.days[day] for day in _span(first, last) if day in self.days}
        return Levels(first, last, there, self.latest)

    def by_week(self, week_start: int) -> "list[Levels]":
        """The weeks of the span, the outermost ones cut to it."""
        weeks, first = [], self.first
        while first <= self.last:
            last = min(week_containing(first, week_start)[1], self.last)
            weeks.append(Levels(first, last, {day: self.days[day] for day in _span(first, last) if day in self.days}))
            first = shifted(last, 1) if last < self.last else date.max
        return weeks


@dataclass(frozen=True, slots=True)
class SaidMood:
    """One mood in its person's own words; `label` is "" where they use the usual word for its level."""

    local_date: date
    level: int | None
    label: str
    reasons: tuple[str, ...]
    note: str


# Statements are built once, here: building one costs more than running it.

_since = func.coalesce(Grant.from_date, date.min)
_mine = (Mood.person_id == Grant.client_id, Mood.deleted_at.is_(None))
_levels = (
    select(func.aggregate_strings(cast(Mood.local_date, String) + cast(Mood.level, String), " "))
    .where(*_mine, Mood.local_date.between(bindparam("first"), bindparam("last")), Mood.local_date >= _since)
    .where(Mood.level.is_not(None))
    .correlate(Grant)
    .scalar_subquery()
)
_latest = (
    select(func.max(Mood.local_date))
    .where(*_mine, Mood.local_date.between(_since, bindparam("today")))
    .correlate(Grant)
    .scalar_subquery()
)
_shown = (Grant.id.in_(bindparam("grants", expanding=True)), Grant.sees_mood_levels)
_LEVELS = select(Grant.client_id, _levels.label("levels"), _latest.label("latest")).where(*_shown)
_WORDS = (
    select(
        *(Mood.id, Mood.local_date, Mood.at, Mood.level, Mood.note, Mood.reasons_said),
        *(MoodLabel.name.label("label"), MoodReason.name.label("reason")),
    )
    .join(Grant, Grant.client_id == Mood.person_id)
    .join(MoodLabel, MoodLabel.id == Mood.label_id)
    .outerjoin(MoodBecause, MoodBecause.mood_id == Mood.id)
    .outerjoin(MoodReason, MoodReason.id == MoodBecause.reason_id)
    .where(*_shown, Grant.sees_mood_notes, Mood.deleted_at.is_(None))
    .where(Mood.local_date.between(bindparam("first"), bindparam("last")))
    .where(or_(Grant.from_date.is_(None), Grant.from_date <= Mood.local_date))
    .order_by(Mood.local_date.desc(), Mood.at.desc(), Mood.id.desc(), MoodReason.position, MoodReason.id)
)


def levels(
    session: AnySession, grants: Collection[int], first: date, last: date, today: date | None = None
) -> dict[int, Levels]:
    """Levels between two dates by the number of each client whose grant shows them, as far as it does; one statement,
    none without a grant. `latest` looks up to `today`, or else to the last date."""
    if not grants:
        return {}
    asked = {"grants": list(grants), "first": first, "last": last, "today": today or last}
    found: dict[int, Levels] = {}
    for row in session.connection().execute(_LEVELS, asked):
        days: dict[str, str] = {}
        for token in (row.levels or "").split():
            day = token[:ISO]
            days[day] = days.get(day, "") + token[ISO:]
        seen = found.get(row.client_id)
        if seen is None or len(days) >= len(seen.days):  # of two grants the one that reaches back further
            found[row.client_id] = Levels(first, last, days, row.latest)
    return found


def said(session: AnySession, words: Words, grants: Collection[int], first: date, last: date) -> list[SaidMood]:
    """The newest 200 moods between two dates of which one of these grants shows the words, opened with their person's
    key."""
    asked = {"grants": list(grants), "first": first, "last": last}
    moods: dict[int, SaidMood] = {}
    reasons: dict[int, dict[str, None]] = {}
    for row in session.connection().execute(_WORDS, asked):
        if row.id not in moods and len(moods) == MOST_WORDS:
            break
        because = reasons.setdefault(row.id, {})
        if row.reason is not None:
            because[words.open("mood_reason.name", row.reason)] = None
        kept = open_or_empty(words, "mood.reasons_said", row.reasons_said)
        named = tuple(filter(None, (*because, rules.reasons_in_short(kept))))
        label = open_or_empty(words, "mood_label.name", row.label)
        note = open_or_empty(words, "mood.note", row.note)
        moods[row.id] = SaidMood(row.local_date, row.level, label, named, note)
    return list(moods.values())


@lru_cache(maxsize=2_000)
def mean_of(levels: str) -> Decimal | None:
    """The value of a day with these levels, None without any."""
    return rules.day_value(map(int, levels))


@lru_cache(maxsize=50)
def _span(first: date, last: date) -> tuple[str, ...]:
    """Every date from the first to the last as ISO 8601."""
    return tuple(map(str, days_between(first, last)))
