"""What somebody's number is made of: the entries behind it, and what stands on the board of a period that is over."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.profiles import Span
from webapp.models import Board, Entry, GoalKeyword, Standing, TargetGoal
from webapp.models.engine import AnySession
from webapp.queries.ladders import Place
from webapp.queries.standings import STANDS, held_by


@dataclass(frozen=True, slots=True)
class Behind:
    """What the viewer's entries come to: their sum, how many count, and how many there are with those replaced."""

    total: Decimal
    counted: int
    written: int


@dataclass(frozen=True, slots=True)
class Frozen:
    """What stands on the board of a period that is over, and what came too late for it."""

    score: Decimal
    adjustment: Decimal


def keyword_of(session: AnySession, organisation_id: int, keyword: str) -> int:
    """The number of the organisation's goal of this keyword; raises NotFound."""
    here = (GoalKeyword.organisation_id == organisation_id, GoalKeyword.keyword == keyword)
    found = session.scalar(select(GoalKeyword.id).where(*here))
    if found is None:
        raise NotFound
    return found


def behind(session: AnySession, viewer: Viewer, keyword_id: int, span: Span | None) -> Behind:
    """What the viewer's own entries of this goal come to, within the span if one is named."""
    sums = (func.sum(Entry.value).filter(STANDS), func.count().filter(STANDS), func.count())
    statement = select(*sums).select_from(Entry).join(TargetGoal, TargetGoal.goal_id == Entry.goal_id)
    mine = (TargetGoal.owner_id == viewer.id, TargetGoal.keyword_id == keyword_id, *([held_by(span)] if span else []))
    total, counted, written = session.execute(statement.where(*mine)).one()
    return Behind(total or Decimal(0), counted, written)


def frozen(session: AnySession, place: Place, keyword_id: int, span: Span) -> Frozen | None:
    """What stands of the participant on the board of this period; None where they stand on none."""
    of = (Board.keyword_id == keyword_id, Board.starts == span.starts, Board.ends == span.ends)
    statement = select(Standing.score, Standing.adjustment).join(Board, Board.id == Standing.board_id)
    row = session.execute(statement.where(Standing.participant_id == place.number, *of).order_by(Board.id)).first()
    return Frozen(row.score, row.adjustment) if row is not None else None


def just_reported(session: AnySession, viewer: Viewer, keyword_id: int) -> str:
    """The public id of the last value of this goal that the viewer wrote of themselves."""
    mine = (TargetGoal.owner_id == viewer.id, TargetGoal.keyword_id == keyword_id, Entry.author_id == viewer.id)
    statement = select(Entry.public_id).join(TargetGoal, TargetGoal.goal_id == Entry.goal_id)
    return session.scalars(statement.where(*mine).order_by(Entry.id.desc()).limit(1)).one()


def goal_of(session: AnySession, entry: Entry) -> str:
    """The keyword of the goal that a value belongs to."""
    statement = select(GoalKeyword.keyword).join(TargetGoal, TargetGoal.keyword_id == GoalKeyword.id)
    return session.scalars(statement.where(TargetGoal.goal_id == entry.goal_id)).one()
