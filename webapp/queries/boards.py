"""Leaderboards as a member of the organisation sees them: a goal's board or the one of a whole profile, in the period
that runs or in one that is over (domain rules §10)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, bindparam, or_, select

from webapp.domain.boards import FEWEST, Scored, ranked
from webapp.domain.people import Viewer
from webapp.domain.profiles import Period, Span, Terms
from webapp.models import Board, GoalKeyword, Image, Organisation, Participant, Profile
from webapp.models.engine import AnySession
from webapp.queries import board_rows, standings
from webapp.queries.board_rows import AROUND, FIRST, BoardRow, Mine, Wanted
from webapp.queries.ladders import ASKS, PLACE, Asked, Home, Place, Rung, overall_span

MOST_PERIODS = 60
"""So many periods, the latest first, can be chosen of each board."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """An organisation's profiles from the first rung up, and where the viewer stands, if they do."""

    home: Home
    rungs: tuple[Rung, ...]
    place: Place | None

    def rung(self, number: int | None) -> Rung | None:
        return next((rung for rung in self.rungs if rung.number == number), None)


@dataclass(frozen=True, slots=True)
class Head:
    """A board and the terms it is read by; without a number nobody stands on it yet. `terms` is None on the board of a
    whole profile. `over` says that it is frozen."""

    number: int | None
    keyword_id: int | None
    span: Span
    terms: Terms | None
    ranked: int
    version: int
    over: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A board as somebody sees it: the first hundred, then whoever is beside them; `mine` is their own row.

    `participants` counts whom the profile lists (of a frozen board, who has a rank); None, and no rows, where they are
    so few that the board would tell what each of them did.
    """

    head: Head
    participants: int | None
    rows: tuple[BoardRow, ...]
    mine: BoardRow | None

    def above(self) -> BoardRow | None:
        """The nearest participant with a better score than the viewer's."""
        if self.mine is None or self.mine.rank is None:
            return None
        better = [row for row in self.rows if row.rank is not None and row.score > self.mine.score]
        return better[-1] if better else None


_LADDERS = (
    select(Organisation.id, Organisation.public_id, Organisation.name, Organisation.zone, Organisation.hides_amounts)
    .add_columns(Profile.id, Profile.public_id, Profile.organisation_id, Profile.name, Profile.position)
    .add_columns(Profile.participants, Profile.version, ASKS, *PLACE)
    .join(Profile, Profile.organisation_id == Organisation.id)
    .outerjoin(
        Participant,
        and_(Participant.organisation_id == Organisation.id, Participant.person_id == bindparam("person")),
    )
    .where(Organisation.id.in_(bindparam("here", expanding=True)), Profile.deleted_at.is_(None))
    .order_by(Organisation.name, Organisation.id, Profile.position)
)
_HEADS = (
    select(Board.id, Board.keyword_id, Board.starts, Board.ends, Board.period, Board.minimum, Board.maximum)
    .add_columns(Board.display_name, Board.currency, Board.ranked, Board.version, GoalKeyword.keyword)
    .outerjoin(GoalKeyword, GoalKeyword.id == Board.keyword_id)
    .where(
        Board.profile_id == bindparam("profile"),
        or_(Board.keyword_id.is_(None), Board.keyword_id == bindparam("keyword")),
    )
    .order_by(Board.starts.desc(), Board.id.desc())
    .limit(2 * MOST_PERIODS)
)


def ladders(session: AnySession, viewer: Viewer) -> list[Ladder]:
    """The ladders of the viewer's organisations that have any rung, by the organisation's name, in one statement."""
    here = viewer.homes
    if not here:
        return []
    found: dict[int, tuple[Home, list[Rung], Place | None]] = {}
    for row in session.connection().execute(_LADDERS, {"here": here, "person": viewer.id}):
        place = Place(*row[13:]) if row[13] is not None else None
        _, rungs, _ = found.setdefault(row[0], (Home(*row[:5]), [], place))
        rungs.append(Rung(*row[5:13]))
    return [Ladder(home, tuple(rungs), place) for home, rungs, place in found.values()]


def heads(
    session: AnySession, rung: Rung, asked: Sequence[Asked], keyword_id: int | None, today: date
) -> tuple[list[Head], list[Head]]:
    """The boards of the whole profile and those of one of its goals, the running one first, then frozen ones, the
    latest first; a goal that the profile does not ask has none."""
    known = []
    for row in session.connection().execute(_HEADS, {"profile": rung.number, "keyword": keyword_id}):
        terms, span = None, Span(row.starts, row.ends)
        if row.minimum is not None and row.maximum is not None:
            period = row.period or Period.LIFETIME
            terms = Terms(row.keyword, period, row.minimum, row.maximum, row.display_name, row.currency)
        known.append(Head(row.id, row.keyword_id, span, terms, row.ranked, row.version, span.is_over(today)))
    wholes = _with_running(known, None, overall_span(asked, today) if asked else None, None)
    one = next((one for one in asked if one.keyword_id == keyword_id), None)
    goals = _with_running(known, keyword_id, one.span(today), one.terms) if one is not None else []
    return wholes, goals


def shown(
    session: AnySession,
    viewer: Viewer,
    rung: Rung,
    asked: Sequence[Asked],
    place: Place | None,
    boards: Sequence[Head],
    today: date,
) -> list[Shown]:
    """These boards of one profile as the viewer sees them, in this order."""
    kept = [head for head in boards if head.number is not None and _is_board(rung, head)]
    mine: dict[int, Mine] = {}
    # A board that is listed whole needs nobody to be looked for on it.
    long = [head.number for head in kept if head.number is not None and head.ranked > board_rows.FIRST]
    if place is not None and long:
        mine = board_rows.mine(session, long, place.number)
    wanted = [_wanted(rung, head, mine) for head in boards if head in kept or _is_board(rung, head)]
    rows = board_rows.rows(session, wanted)
    found = []
    for head in boards:
        participants = head.ranked if head.over else rung.participants
        if not _is_board(rung, head):
            found.append(Shown(head, None, (), None))
            continue
        listed = rows[head.number or 0]
        if head.number is None and head.terms is None:
            listed = _together(session, rung, asked, place, listed, today)
        found.append(_shown(head, participants, listed, viewer))
    return found


def _shown(head: Head, participants: int, listed: list[BoardRow], viewer: Viewer) -> Shown:
    """The board without those who opted out since it was frozen: the others keep their ranks."""
    seen = [row for row in listed if not row.hidden]
    if participants - (len(listed) - len(seen)) < FEWEST:
        return Shown(head, None, (), None)
    return Shown(head, participants, tuple(seen), next((row for row in seen if row.person_id == viewer.id), None))


def portrait_of(session: AnySession, place: Place) -> str:
    """The public id of the picture beside the participant's name, "" without one."""
    return session.scalar(select(Image.public_id).where(Image.id == place.image_id)) or ""


def _is_board(rung: Rung, head: Head) -> bool:
    return (head.ranked if head.over else rung.participants) >= FEWEST


def _wanted(rung: Rung, head: Head, mine: dict[int, Mine]) -> Wanted:
    unranked = 0 if head.over else max(FIRST - head.ranked, 0)
    return Wanted(head.number or 0, mine.get(head.number or 0), rung.number, unranked, head.over)


def _with_running(known: Sequence[Head], keyword_id: int | None, span: Span | None, terms: Terms | None) -> list[Head]:
    """The boards of one kind, that of the running period first, though nobody stand on it."""
    theirs = [head for head in known if head.keyword_id == keyword_id]
    frozen = [head for head in theirs if head.over][:MOST_PERIODS]
    if span is None:
        return frozen
    runs = next((head for head in theirs if head.span == span), None)
    return [runs or Head(None, keyword_id, span, terms, 0, 0, over=False), *frozen]


def _together(
    session: AnySession,
    rung: Rung,
    asked: Sequence[Asked],
    place: Place | None,
    without: list[BoardRow],
    today: date,
) -> list[BoardRow]:
    """Until somebody's value opens the board of a new period, what longer periods brought is added up here: who has
    entries in any of the goals has a rank at once."""
    spans = {one.keyword_id: one.span(today) for one in asked}
    boards, scores, people = board_rows.running(session, rung.number, spans)
    if not scores:
        return without
    whole = standings.together(asked, boards, scores)
    order = ranked(
        Scored(number, score.score, score.reached_at, str(people[number].name)) for number, score in whole.items()
    )
    at = next((at for at, one in enumerate(order) if place is not None and one.participant == place.number), None)
    near = order[max(at - AROUND, FIRST) : at + AROUND + 1] if at is not None else []
    rows = [
        replace(
            people[one.participant],
            rank=one.rank,
            tied=one.tied,
            score=one.score,
            reached_at=whole[one.participant].reached_at,
        )
        for one in (*order[:FIRST], *near)
    ]
    return rows + [row for row in without if row.participant not in whole][: max(FIRST - len(order), 0)]
