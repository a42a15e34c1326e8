"""Rows of boards as the database keeps them: the first hundred, those around one participant with the next better one,
and each one's rank by the counts beside the board, so that it costs the same on a board of a million."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from webapp.domain.boards import BoardName, Display, board_name
from webapp.domain.profiles import Span
from webapp.models import Board, Image, Participant, Person, Standing, StandingCount
from webapp.models.engine import AnySession
from webapp.queries.standings import Score

FIRST = 100
AROUND = 2
"""So many are listed from the top, and on each side of whoever looks."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One participant on a board. `rank` is None without an entry in the period; `score` is a sum, or on the board of
    all goals the mean of percentages. `name` is empty for a former member, and where `hidden` for who opted out since.
    `image` is a public id or ""."""

    participant: int
    person_id: int
    rank: int | None
    tied: bool
    score: Decimal
    reached_at: datetime | None
    adjustment: Decimal
    name: BoardName
    image: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Mine:
    """Where one participant stands on a board: how many are ahead, and the place in the order it lists."""

    board_id: int
    score: Decimal
    depth: Decimal
    reached_at: datetime
    number: int
    counted: bool
    ahead: int
    adjustment: Decimal


_other, _near = aliased(Standing), aliased(Standing)
_step = aliased(StandingCount)
_here = Standing


def _steps_above() -> ColumnElement[Any]:
    """The depth at which the step begins that a standing lies in."""
    return (
        select(func.max(StandingCount.depth))
        .where(StandingCount.board_id == _here.board_id, StandingCount.depth <= _here.depth)
        .correlate(_here)
        .scalar_subquery()
    )


_BEGINS = _steps_above()
_IN_STEPS = select(func.coalesce(func.sum(_step.count), 0)).where(
    _step.board_id == _here.board_id, _step.depth < _BEGINS
)
_IN_STEP = select(func.count()).where(
    _other.board_id == _here.board_id, _other.counted, _other.depth >= _BEGINS, _other.depth < _here.depth
)
AHEAD = (_IN_STEPS.correlate(_here).scalar_subquery() + _IN_STEP.correlate(_here).scalar_subquery()).label("ahead")
"""How many ranked participants of a standing's board have a better score."""
TIED = (
    select(_other.id)
    .where(_other.board_id == _here.board_id, _other.counted, _other.depth == _here.depth, _other.id != _here.id)
    .correlate(_here)
    .exists()
    .label("tied")
)
_ORDER = (Standing.depth, Standing.reached_at, Standing.id)
_STANDING = (
    Standing.board_id,
    Standing.participant_id,
    Standing.score,
    Standing.depth,
    Standing.reached_at,
    Standing.id,
)


_MINE = select(
    Standing.board_id, Standing.score, Standing.depth, Standing.reached_at, Standing.id, Standing.counted, AHEAD
).add_columns(Standing.adjustment)
_MINE = _MINE.where(
    Standing.participant_id == bindparam("participant"), Standing.board_id.in_(bindparam("boards", expanding=True))
)


def mine(session: AnySession, board_ids: Collection[int], participant: int) -> dict[int, Mine]:
    """Where the participant stands on these boards, by board."""
    given = {"participant": participant, "boards": sorted(board_ids)}
    return {row[0]: Mine(*row) for row in session.connection().execute(_MINE, given)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read of one board: its first rows, those around `mine`, whoever is next above them, and so many who
    have no rank; where it is `over`, those without one to whom something came later."""

    board_id: int
    mine: Mine | None
    profile_id: int
    unranked: int
    over: bool = False

    @property
    def is_ranked(self) -> bool:
        """Whether there is somebody to stand around."""
        return self.mine is not None and self.mine.counted

    def given(self) -> dict[str, Any]:
        """What the statement is told."""
        told: dict[str, Any] = {"board": self.board_id}
        if self.unranked:
            told |= {"profile": self.profile_id, "unranked": self.unranked}
        if self.mine is not None and self.mine.counted:
            told |= {"depth": self.mine.depth, "reached_at": self.mine.reached_at, "id": self.mine.number}
        return told


def rows(session: AnySession, wanted: Collection[Wanted]) -> dict[int, list[BoardRow]]:
    """The rows of these boards, ranked ones by rank and as the board lists them, then those without one by name."""
    if not wanted:
        return {}
    given: dict[str, Any] = {}
    for place, one in enumerate(wanted):
        given |= {f"{name}_{place}": value for name, value in one.given().items()}
    statement = _statement(tuple((one.is_ranked, bool(one.unranked), one.over) for one in wanted))
    found: dict[int, dict[int, Any]] = {one.board_id: {} for one in wanted}
    for row in session.connection().execute(statement, given):
        theirs = found[row.board_id]
        if row.participant_id not in theirs or row.ahead is not None:
            theirs[row.participant_id] = row
    return {board_id: _listed(list(theirs.values())) for board_id, theirs in found.items()}


def running(
    session: AnySession, profile_id: int, spans: Mapping[int, Span]
) -> tuple[dict[int, int], dict[tuple[int, int], Score], dict[int, BoardRow]]:
    """Whoever has a rank on the profile's boards of these goals in these periods: the boards by keyword, the scores by
    board and participant, and the participants by number, without a rank."""
    score = (Standing.id, Standing.score, Standing.reached_at, Standing.entries, Standing.counted)
    columns = (Board.id, Board.keyword_id, Board.ends, *score, Participant.id, Participant.person_id)
    named = (Participant.display, Participant.alias, Person.name, Image.public_id)
    statement = select(*columns, *named).join(Standing, Standing.board_id == Board.id)
    statement = statement.join(Participant, Participant.id == Standing.participant_id)
    statement = statement.join(Person, Person.id == Participant.person_id)
    statement = statement.outerjoin(Image, Image.id == Participant.image_id).where(Standing.counted)
    within = or_(*(and_(Board.keyword_id == key, Board.starts == span.starts) for key, span in spans.items()))
    boards: dict[int, int] = {}
    scores: dict[tuple[int, int], Score] = {}
    people: dict[int, BoardRow] = {}
    nothing = Decimal(0)
    for row in session.execute(statement.where(Board.profile_id == profile_id, within)):
        board_id, keyword_id, ends, number, person_id, display, alias, name, image = *row[:3], *row[8:]
        if keyword_id is None or spans[keyword_id].ends != ends:
            continue
        boards[keyword_id] = board_id
        scores[board_id, number] = Score(*row[3:8])
        called = board_name(name, Display(display), alias)
        people[number] = BoardRow(number, person_id, None, False, nothing, None, nothing, called, image or "")
    return boards, scores, people


@lru_cache(maxsize=32)
def _statement(shapes: tuple[tuple[bool, bool, bool], ...]) -> Select[Any]:
    """What lists so many boards; of each, whether there is somebody to stand around, whether some have no rank, and
    whether it is over. To put it together takes longer than to ask it."""
    parts = [part for place, shape in enumerate(shapes) for part in _parts(place, *shape)]
    some = union_all(*parts).subquery()
    columns = (Participant.person_id, Participant.display, Participant.alias, Participant.opted_out)
    # Who asked to be erased is nobody here from then on.
    gone = func.coalesce(Person.deleted_at, Person.erase_at).label("gone")
    more = (Person.name, gone, Image.public_id.label("image"))
    statement = select(some, *columns, *more).join(Participant, Participant.id == some.c.participant_id)
    statement = statement.join(Person, Person.id == Participant.person_id)
    return statement.outerjoin(Image, Image.id == Participant.image_id)


def _parts(place: int, around: bool, unranked: bool, over: bool) -> list[Select[Any]]:
    def named(name: str, column: Any) -> Any:
        return bindparam(f"{name}_{place}", type_=column.type)

    ranked = select(*_STANDING, Standing.adjustment)
    ranked = ranked.where(Standing.board_id == named("board", Standing.board_id), Standing.counted)
    nobody = (null().label("ahead"), false().label("tied"))
    top = ranked.order_by(*_ORDER).limit(FIRST + 1).subquery()
    parts = [select(top, *nobody, literal(1).label("part"))]
    if around:
        # Places are chosen first and only theirs are counted: else every place of the board would be.
        order = (_near.depth, _near.reached_at, _near.id)
        here = tuple_(*(named(column.key, column) for column in _ORDER))
        near = select(_near.id).where(_near.board_id == named("board", Standing.board_id), _near.counted)
        upwards = [column.desc() for column in order]
        above = near.where(tuple_(*order) < here).order_by(*upwards).limit(AROUND)
        below = near.where(tuple_(*order) >= here).order_by(*order).limit(AROUND + 1)
        better = near.where(_near.depth < named("depth", Standing.depth)).order_by(*upwards).limit(1)
        placed = select(*_STANDING, Standing.adjustment, AHEAD, TIED, literal(2).label("part"))
        parts += [placed.where(Standing.id.in_(some)) for some in (above, below, better)]
    if unranked:
        parts.append(_without_rank(named))
    if over:
        came = select(*_STANDING, Standing.adjustment, *nobody, literal(3).label("part"))
        later = (~Standing.counted, Standing.adjustment != Decimal(0))
        here = Standing.board_id == named("board", Standing.board_id)
        parts.append(select(came.where(here, *later).order_by(Standing.id).limit(FIRST).subquery()))
    return parts


def _without_rank(named: Callable[[str, Any], Any]) -> Select[Any]:
    """Listed participants of the profile who have no rank on the board."""
    board = named("board", Standing.board_id)
    has_one = select(_other.id).where(_other.board_id == board, _other.participant_id == Participant.id, _other.counted)
    listed = (Participant.profile_id == named("profile", Participant.profile_id), Participant.listed == true())
    some = (
        select(Participant.id.label("participant_id"))
        .where(*listed, ~has_one.exists())
        .order_by(Participant.person_id)
        .limit(named("unranked", Participant.id))
        .subquery()
    )
    nothing = literal(Decimal(0), Standing.score.type)
    return select(
        board.label("board_id"),
        some.c.participant_id,
        nothing.label("score"),
        nothing.label("depth"),
        literal(None, Standing.reached_at.type).label("reached_at"),
        literal(0).label("id"),
        nothing.label("adjustment"),
        null().label("ahead"),
        false().label("tied"),
        literal(3).label("part"),
    )


def _listed(found: list[Any]) -> list[BoardRow]:
    """Rows with their ranks: those from the top are counted off, those around somebody bring theirs."""
    ranked = sorted((row for row in found if row.part != 3), key=lambda row: (row.depth, row.reached_at, row.id))
    depths = [row.depth for row in ranked]
    sharing = Counter(depths)
    first: dict[Decimal, int] = {}
    shown = []
    for place, (depth, row) in enumerate(zip(depths, ranked, strict=True)):
        first.setdefault(depth, place + 1)
        if row.ahead is not None:
            shown.append(_row(row, row.ahead + 1, tied=bool(row.tied)))
        elif place < FIRST:
            shown.append(_row(row, first[depth], tied=sharing[depth] > 1))
    shown.sort(key=lambda row: (row.rank, row.reached_at, str(row.name).casefold(), row.participant))
    rest = [_row(row, None, tied=False) for row in found if row.part == 3]
    return shown + sorted(rest, key=lambda row: (str(row.name).casefold(), row.participant))


def _row(row: Any, rank: int | None, tied: bool) -> BoardRow:
    _, participant, score, _, at, _, adjustment, *_, person, display, alias, hidden, called, deleted_at, image = row
    seen = deleted_at is None and not hidden
    name = board_name(called, display, alias) if seen else BoardName("")
    return BoardRow(
        participant,
        person,
        rank,
        tied,
        score,
        at if rank is not None else None,
        adjustment,
        name,
        (image or "") if seen else "",
        hidden and deleted_at is None,
    )
