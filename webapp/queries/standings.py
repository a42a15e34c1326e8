"""Standings as they are kept, and as the entries say they should be."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.profiles import Span, overall
from webapp.models import Board, Entry, Participant, Standing, TargetGoal
from webapp.models.engine import AnySession
from webapp.queries.ladders import Asked, Place, places_where

AT_ONCE = 500
"""So many people are named in one statement."""
_again = aliased(Entry)


class Score(NamedTuple):
    """What one participant came to on one board; `number` is the row's, None while there is none."""

    number: int | None
    score: Decimal
    reached_at: datetime
    entries: int
    counted: bool

    @property
    def depth(self) -> Decimal:
        """How far down the board that is."""
        return -self.score


@dataclass(frozen=True, slots=True)
class Sums:
    """What entries come to: their sum, the instant of the last, and how many there are."""

    score: Decimal
    reached_at: datetime
    entries: int


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A board as writes need it."""

    number: int
    profile_id: int
    keyword_id: int | None
    starts: date
    ends: date | None
    ranked: int


_BOARD = (Board.id, Board.profile_id, Board.keyword_id, Board.starts, Board.ends, Board.ranked)
_NOT_OVER = select(*_BOARD).where(
    Board.profile_id == bindparam("profile"), or_(Board.ends.is_(None), Board.ends >= bindparam("today"))
)
_ON = select(Standing.board_id, Standing.participant_id, Standing.id, Standing.score, Standing.reached_at).add_columns(
    Standing.entries, Standing.counted
)
_ON = _ON.where(Standing.board_id.in_(bindparam("boards", expanding=True)))
_ON_OF = _ON.where(Standing.participant_id.in_(bindparam("participants", expanding=True)))
STANDS = and_(Entry.value != Decimal(0), ~select(_again.id).where(_again.supersedes_id == Entry.id).exists())
"""Whether an entry counts: nothing took its place, and it was not taken back."""


def boards_of(session: AnySession, profile_id: int) -> list[BoardRow]:
    """Every board the profile has or had."""
    statement = select(*_BOARD).where(Board.profile_id == profile_id).order_by(Board.id)
    return [BoardRow(*row) for row in session.execute(statement)]


def boards_not_over(session: AnySession, profile_id: int, today: date) -> list[BoardRow]:
    """The profile's boards that are not frozen."""
    wanted = {"profile": profile_id, "today": today}
    return [BoardRow(*row) for row in session.connection().execute(_NOT_OVER, wanted)]


def boards_over(
    session: AnySession, today: date, keyword_ids: Collection[int], days: tuple[date, date]
) -> list[BoardRow]:
    """The frozen boards of these goals that hold any of the days from the first to the last."""
    held = (Board.ends < today, Board.ends >= days[0], Board.starts <= days[1])
    statement = select(*_BOARD).where(Board.keyword_id.in_(sorted(keyword_ids)), *held)
    return [BoardRow(*row) for row in session.execute(statement.order_by(Board.id))]


def late_places(
    session: AnySession, board_ids: Collection[int], participants: Collection[int]
) -> dict[tuple[int, int], int]:
    """The standings of these participants on these boards, by board and participant."""
    columns = (Standing.board_id, Standing.participant_id, Standing.id)
    found: dict[tuple[int, int], int] = {}
    for some in _in_parts(participants):
        statement = select(*columns).where(Standing.participant_id.in_(some), Standing.board_id.in_(sorted(board_ids)))
        found |= {(row.board_id, row.participant_id): row.id for row in session.execute(statement)}
    return found


def scores_on(
    session: AnySession, board_ids: Collection[int], participants: Collection[int] | None = None
) -> dict[tuple[int, int], Score]:
    """Who stands how on these boards, by board and participant; of these participants, or of everybody."""
    found: dict[tuple[int, int], Score] = {}
    boards = sorted(board_ids)
    for some in [None] if participants is None else _in_parts(participants):
        asked = _ON if some is None else _ON_OF
        for board_id, participant, *row in session.connection().execute(
            asked, {"boards": boards, "participants": some}
        ):
            found[board_id, participant] = Score(*row)
    return found


def sums_of(
    session: AnySession, places: Sequence[Place], spans: Mapping[int, Span]
) -> Iterator[tuple[Place, int, Sums]]:
    """What the standing entries of these people come to, by keyword, each within its span."""
    if not spans:
        return
    within = or_(*(and_(TargetGoal.keyword_id == keyword, held_by(span)) for keyword, span in sorted(spans.items())))
    sums = (func.sum(Entry.value), func.max(Entry.at), func.count())
    statement = select(TargetGoal.owner_id, TargetGoal.keyword_id, *sums)
    statement = statement.join(Entry, Entry.goal_id == TargetGoal.goal_id).where(within, STANDS)
    statement = statement.group_by(TargetGoal.owner_id, TargetGoal.keyword_id)
    by_person = {place.person_id: place for place in places}
    for some in _in_parts(by_person):
        for person, keyword, score, at, entries in session.execute(statement.where(TargetGoal.owner_id.in_(some))):
            yield by_person[person], keyword, Sums(score or Decimal(0), at, entries)


def together(
    asked: Sequence[Asked], boards: Mapping[int, int], goals: Mapping[tuple[int, int], Score]
) -> dict[int, Score]:
    """What the goals of each participant come to together, by number: the mean of what they reached of everything that
    is asked, nothing where they have no entry. `boards` are the numbers of the goals' boards by keyword."""
    of_each: dict[int, dict[int, Score]] = defaultdict(dict)
    for (board_id, participant), score in goals.items():
        of_each[participant][board_id] = score
    nothing, found = Decimal(0), {}
    for participant, scores in of_each.items():
        values = (
            (one.terms, scores.get(boards[one.keyword_id]) if one.keyword_id in boards else None) for one in asked
        )
        mean = overall([terms.percentage(score.score if score else nothing) for terms, score in values])
        last = max(score.reached_at for score in scores.values())
        found[participant] = Score(None, mean, last, sum(score.entries for score in scores.values()), counted=True)
    return found


def held_by(span: Span) -> ColumnElement[bool]:
    """Whether an entry lies in the span."""
    after = Entry.local_date >= span.starts
    return after if span.ends is None else and_(after, Entry.local_date <= span.ends)


def everybody_on(session: AnySession, profile_id: int) -> list[Place]:
    """Everybody whose current profile this is."""
    return places_where(session, Participant.profile_id == profile_id)


def listed_among(session: AnySession, participants: Collection[int]) -> dict[int, bool]:
    """Whether these participants are listed, by number."""
    found: dict[int, bool] = {}
    for some in _in_parts(participants):
        statement = select(Participant.id, Participant.listed).where(Participant.id.in_(some))
        found |= {row.id: row.listed for row in session.execute(statement)}
    return found


def _in_parts(numbers: Iterable[int]) -> Iterator[list[int]]:
    """The numbers in lists that a statement can name."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
