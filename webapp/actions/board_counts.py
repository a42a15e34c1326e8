"""How many stand where on a board, in steps of some thousand people, so that a rank is never counted one by one.

The caller holds the organisation: nobody else moves anything on its boards.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, delete, func, insert, select, union_all, update

from webapp.models import Standing, StandingCount
from webapp.models.base import table_of
from webapp.models.engine import AnySession

TOP = Decimal(-9_000_000_000_000)
"""Above every place of every board: where its first step begins."""
MOST_IN_A_STEP = 2_000
_steps = table_of(StandingCount)
_other = _steps.alias()
_COUNTED = update(_steps).where(_steps.c.id == bindparam("number")).values(count=bindparam("to_count"))

Moves = Mapping[int, Counter[Decimal]]
"""By the number of the board: how many more, or fewer, stand at each depth."""


def moved(leaving: Iterable[tuple[int, Decimal]], coming: Iterable[tuple[int, Decimal]]) -> Moves:
    """What it comes to that people leave these places, and come to those: (board, depth)."""
    moves: dict[int, Counter[Decimal]] = defaultdict(Counter)
    for board_id, depth in leaving:
        moves[board_id][depth] -= 1
    for board_id, depth in coming:
        moves[board_id][depth] += 1
    return moves


def follow(session: AnySession, moves: Moves) -> None:
    """The steps of the boards count what was moved; the standings themselves are written already."""
    if not moves:
        return
    steps: dict[int, list[tuple[Decimal, int, int]]] = defaultdict(list)
    given: dict[str, Any] = {}
    for place, (board_id, net) in enumerate(moves.items()):
        given |= {f"board_{place}": board_id, f"first_{place}": min(net), f"last_{place}": max(net)}
    for board_id, depth, count, number in session.connection().execute(_steps_of(len(moves)), given):
        steps[board_id].append((depth, count, number))
    for board_id, net in moves.items():
        _follow(session, board_id, sorted(steps[board_id]) or [_first_step(session, board_id)], net)


def rebuild(session: AnySession, board_id: int) -> None:
    """The board's steps are counted anew from who is ranked on it."""
    session.execute(delete(StandingCount).where(StandingCount.board_id == board_id))
    ranked = (Standing.board_id == board_id, Standing.counted)
    count = session.scalar(select(func.count()).select_from(Standing).where(*ranked)) or 0
    number = session.execute(insert(_steps).values(board_id=board_id, depth=TOP, count=count).returning(_steps.c.id))
    _split(session, board_id, number.scalar_one(), TOP, None, count)


@lru_cache(maxsize=32)
def _steps_of(boards: int) -> CompoundSelect[Any]:
    """What asks, of so many boards, for the steps that hold the places from the first to the last, and for the one
    after them: of a million people's thousand steps a value moves two or three."""
    parts = []
    for place in range(boards):
        board, first, last = (
            bindparam(f"{name}_{place}", type_=column.type)
            for name, column in (("board", _steps.c.board_id), ("first", _steps.c.depth), ("last", _steps.c.depth))
        )
        begins = select(func.max(_other.c.depth)).where(_other.c.board_id == board, _other.c.depth <= first)
        after = select(func.min(_other.c.depth)).where(_other.c.board_id == board, _other.c.depth > last)
        within = (
            _steps.c.depth >= begins.scalar_subquery(),
            _steps.c.depth <= func.coalesce(after.scalar_subquery(), last),
        )
        columns = (_steps.c.board_id, _steps.c.depth, _steps.c.count, _steps.c.id)
        parts.append(select(*columns).where(_steps.c.board_id == board, *within))
    return union_all(*parts)


def _first_step(session: AnySession, board_id: int) -> tuple[Decimal, int, int]:
    made = insert(_steps).values(board_id=board_id, depth=TOP, count=0).returning(_steps.c.id)
    return TOP, 0, session.execute(made).scalar_one()


def _follow(session: AnySession, board_id: int, steps: list[tuple[Decimal, int, int]], net: Counter[Decimal]) -> None:
    bounds = [depth for depth, _, _ in steps]
    changed: Counter[int] = Counter()
    for depth, more in net.items():
        changed[bisect_right(bounds, depth) - 1] += more
    after = [count + changed[place] for place, (_, count, _) in enumerate(steps)]
    places = sorted(place for place, more in changed.items() if more)
    gone = [place for place in places if after[place] == 0 and bounds[place] != TOP]
    kept = [place for place in places if place not in gone]
    if gone:
        session.execute(delete(_steps).where(_steps.c.id.in_([steps[place][2] for place in gone])))
    if kept:
        counts = [{"number": steps[place][2], "to_count": after[place]} for place in kept]
        session.connection().execute(_COUNTED, counts)
    for place in kept:
        depth, before, number = steps[place]
        if after[place] // MOST_IN_A_STEP > before // MOST_IN_A_STEP:
            below = bounds[place + 1] if place + 1 < len(bounds) else None
            _split(session, board_id, number, depth, below, after[place])


def _split(session: AnySession, board_id: int, number: int, depth: Decimal, below: Decimal | None, count: int) -> None:
    """A step that holds too many becomes several; where all of them share one place, nothing has to be counted."""
    if count <= MOST_IN_A_STEP:
        return
    within = [Standing.board_id == board_id, Standing.counted, Standing.depth >= depth]
    if below is not None:
        within.append(Standing.depth < below)
    wanted = select(Standing.depth).where(*within).order_by(Standing.depth)
    first = session.scalars(wanted.limit(1)).one()
    middle = session.scalars(wanted.offset(count // 2).limit(1)).one()
    if middle == first:  # more than half share one place: the next step begins after them
        middle = session.scalars(wanted.where(Standing.depth > first).limit(1)).one_or_none() or first
    if middle == first:
        return
    above = session.scalar(select(func.count()).select_from(Standing).where(*within, Standing.depth < middle)) or 0
    session.execute(update(_steps).where(_steps.c.id == number).values(count=above))
    made = insert(_steps).values(board_id=board_id, depth=middle, count=count - above).returning(_steps.c.id)
    _split(session, board_id, session.execute(made).scalar_one(), middle, below, count - above)
    _split(session, board_id, number, depth, middle, above)
