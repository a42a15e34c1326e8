"""What somebody has reached on their profile, goal by goal, in the periods that run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam, or_, select

from webapp.domain.profiles import Span
from webapp.models import Board, Standing
from webapp.models.engine import AnySession
from webapp.queries.ladders import Asked, Home, Place, asked_of
from webapp.queries.standings import sums_of


@dataclass(frozen=True, slots=True)
class Reached:
    """One goal of a profile: what it asks, in which period, and what came together; `entries` is how many there are."""

    asked: Asked
    span: Span
    value: Decimal
    entries: int

    @property
    def percentage(self) -> Decimal:
        """How far that is, not clamped."""
        return self.asked.terms.percentage(self.value)

    @property
    def difference(self) -> Decimal:
        """What is missing to the maximum."""
        return self.asked.terms.difference(self.value)


def of(session: AnySession, home: Home, place: Place, now: datetime) -> list[Reached]:
    """What the participant has reached on their current profile; on none, nothing."""
    if place.profile_id is None:
        return []
    return on(session, home, place, asked_of(session, [place.profile_id])[place.profile_id], now)


def on(session: AnySession, home: Home, place: Place | None, asked: Sequence[Asked], now: datetime) -> list[Reached]:
    """What the participant, if there is one, has reached of what this profile asks: on their own as its boards keep it,
    on another as their entries come to in the periods of that one."""
    spans = {one.keyword_id: one.span(home.today(now)) for one in asked}
    found: dict[int, tuple[Decimal, int]] = {}
    if place is not None and asked and asked[0].profile_id == place.profile_id:
        found = _kept(session, place, spans, home.today(now))
    elif place is not None:
        sums = sums_of(session, [place], spans)
        found = {keyword: (theirs.score, theirs.entries) for _, keyword, theirs in sums}
    nothing = (Decimal(0), 0)
    return [Reached(one, spans[one.keyword_id], *found.get(one.keyword_id, nothing)) for one in asked]


def _kept(session: AnySession, place: Place, spans: Mapping[int, Span], today: date) -> dict[int, tuple[Decimal, int]]:
    mine = {"participant": place.number, "profile": place.profile_id, "today": today}
    return {
        key: (score, entries)
        for key, starts, ends, score, entries in session.connection().execute(_KEPT, mine)
        if key is not None and spans.get(key) == Span(starts, ends)
    }


_KEPT = (
    select(Board.keyword_id, Board.starts, Board.ends, Standing.score, Standing.entries)
    .join(Standing, Standing.board_id == Board.id)
    .where(
        Standing.participant_id == bindparam("participant"),
        Board.profile_id == bindparam("profile"),
        or_(Board.ends.is_(None), Board.ends >= bindparam("today")),
    )
)
