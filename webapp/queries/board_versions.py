"""Whether a board still reads as it did when somebody was shown it, asked in two statements."""

from datetime import date

from sqlalchemy import and_, or_, select, true

from webapp.domain.days import local_day
from webapp.domain.people import Viewer
from webapp.domain.profiles import Span, span_of, span_of_all
from webapp.models import Board, GoalKeyword, Organisation, Profile, Target
from webapp.models.engine import AnySession
from webapp.queries.boards import Head
from webapp.queries.goals import is_public_id
from webapp.queries.ladders import Rung, profiles_visible_to


def version_of(rung: Rung, head: Head, today: date) -> str:
    """What stands for the board as it reads now: it differs as soon as anything on it does, and on another day."""
    return _version(today, rung.version, head.number, head.version)


def version_now(
    session: AnySession,
    viewer: Viewer,
    public_id: str,
    keyword: str,
    starts: date | None,
    ends: date | None = None,
) -> str:
    """The same for the board of this profile, of the goal of this keyword or without one of all of them, in the period
    that runs or the one that is over, began on this day and ended on that, if it is named; "" for a profile the viewer
    does not know."""
    columns = (Profile.id, Profile.version, Organisation.zone, Target.period, Target.keyword_id, GoalKeyword.keyword)
    statement = select(*columns).join(Organisation, Organisation.id == Profile.organisation_id)
    statement = statement.outerjoin(Target, Target.profile_id == Profile.id)
    statement = statement.outerjoin(GoalKeyword, GoalKeyword.id == Target.keyword_id)
    mine = (Profile.public_id == public_id, profiles_visible_to(viewer))
    rows = session.execute(statement.where(*mine)).all() if is_public_id(public_id) else []
    if not rows:
        return ""
    number, version, zone = rows[0][:3]
    today = local_day(viewer.now, zone)
    asked = {row.keyword: row for row in rows if row.keyword is not None}
    one = asked.get(keyword)
    running = span_of(one.period, today) if one else span_of_all((row.period for row in asked.values()), today)
    board = _board(session, number, one.keyword_id if one else None, running, (starts, ends), today)
    return _version(today, version, *board)


def _board(
    session: AnySession,
    profile_id: int,
    keyword_id: int | None,
    running: Span,
    named: tuple[date | None, date | None],
    today: date,
) -> tuple[int | None, int]:
    """The number and the version of the board that is over and of the named days, else of the one that runs."""
    starts, ends = named
    frozen = and_(Board.starts == starts, Board.ends < today, Board.ends == ends if ends else true())
    runs = and_(Board.starts == running.starts, Board.ends == running.ends)
    statement = select(Board.id, Board.version, Board.ends).where(Board.profile_id == profile_id)
    statement = statement.where(Board.keyword_id == keyword_id, or_(frozen, runs)).order_by(Board.id.desc())
    found = session.execute(statement).all()
    over = next((row for row in found if row.ends is not None and row.ends < today), None)
    board = over or next(iter(found), None)
    return (board.id, board.version) if board else (None, 0)


def _version(today: date, profile: int, board: int | None, version: int) -> str:
    return f"{today.isoformat()}.{profile}.{board or 0}.{version}"
