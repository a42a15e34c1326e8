"""The goals of the viewer's own profiles at a glance: one statement, for a page that has none to spare."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import aliased

from webapp.domain.people import Viewer
from webapp.domain.profiles import Period, Terms, eligible, span_of
from webapp.models import Board, GoalKeyword, Organisation, Participant, Profile, Standing, Target
from webapp.models.engine import AnySession
from webapp.queries.ladders import Asked, Home
from webapp.queries.standing_now import Reached

APART = timedelta(hours=14)
"""No clock on earth is further from UTC."""


@dataclass(frozen=True, slots=True)
class Overview:
    """One profile of the viewer's: its rung by name, its goals with what is reached of each in the period that runs,
    and the name of the rung above, "" on the highest."""

    home: Home
    rung: str
    rung_id: str
    above: str
    reached: tuple[Reached, ...]

    @property
    def may_move_up(self) -> bool:
        return eligible(((one.asked.terms, one.value) for one in self.reached), has_next=bool(self.above))


_higher, _asks = aliased(Profile), aliased(Target)
_ABOVE = (
    select(_higher.name)
    .where(
        _higher.organisation_id == Profile.organisation_id,
        _higher.position > Profile.position,
        _higher.deleted_at.is_(None),
        exists().where(_asks.profile_id == _higher.id),
    )
    .order_by(_higher.position)
    .limit(1)
    .correlate(Profile)
    .scalar_subquery()
    .label("above")
)
_HOME = (Organisation.id, Organisation.public_id, Organisation.name, Organisation.zone, Organisation.hides_amounts)
_ASKED: tuple[Any, ...] = (Target.id, Target.public_id, Target.profile_id, Target.keyword_id, Target.self_report)
_TERMS: tuple[Any, ...] = (GoalKeyword.keyword, Target.period, Target.minimum, Target.maximum)
_RUNS = and_(
    Board.profile_id == Target.profile_id,
    Board.keyword_id == Target.keyword_id,
    Board.starts.in_(bindparam("starts", expanding=True)),
)
_STATEMENT = (
    select(*_HOME, Profile.name, Profile.public_id, _ABOVE, *_ASKED, *_TERMS, Target.display_name, Target.currency)
    .add_columns(Board.starts, Board.ends, Standing.score, Standing.entries)
    .select_from(Participant)
    .join(Organisation, Organisation.id == Participant.organisation_id)
    .join(Profile, Profile.id == Participant.profile_id)
    .outerjoin(Target, Target.profile_id == Profile.id)
    .outerjoin(GoalKeyword, GoalKeyword.id == Target.keyword_id)
    .outerjoin(Board, _RUNS)
    .outerjoin(Standing, and_(Standing.board_id == Board.id, Standing.participant_id == Participant.id))
    .where(
        Participant.person_id == bindparam("viewer_id"),
        Participant.organisation_id.in_(bindparam("here", expanding=True)),
        Profile.deleted_at.is_(None),
    )
    .order_by(Organisation.name, Organisation.id, Target.position, Target.id)
)
"""Built once: building a statement costs more than running it. Around midnight it finds boards of two periods; which of
them runs is the organisation's to say."""


def of(session: AnySession, viewer: Viewer) -> list[Overview]:
    """Every profile the viewer stands on, by the organisation's name; for who is in none not a statement."""
    here = viewer.homes
    if not here:
        return []
    asked = {"viewer_id": viewer.id, "here": here, "starts": _starts(viewer.now)}
    found: dict[int, Overview] = {}
    goals: dict[int, dict[int, Reached]] = defaultdict(dict)
    for row in session.connection().execute(_STATEMENT, asked):
        home, theirs = Home(*row[:5]), goals[row[0]]
        found.setdefault(home.id, Overview(home, row[5], row[6], row.above or "", ()))
        if row[8] is not None:
            one = _reached(row[8:], home, viewer.now)
            if one.asked.number not in theirs or one.entries:
                theirs[one.asked.number] = one
    return [replace(one, reached=tuple(goals[number].values())) for number, one in found.items()]


def _starts(now: datetime) -> list[date]:
    """The first days of every period that runs anywhere: whatever zone an organisation is in, its own are among them,
    and few of those that are over."""
    days = {(now + apart).date() for apart in (-APART, timedelta(0), APART)}
    return sorted({span_of(period, day).starts for period in Period for day in days})


def _reached(row: Any, home: Home, now: datetime) -> Reached:
    number, public_id, profile_id, keyword_id, self_report, *terms, starts, ends, score, entries = row
    asked = Asked(number, public_id, profile_id, keyword_id, Terms(*terms), self_report)
    span = asked.span(home.today(now))
    runs = score is not None and (starts, ends) == (span.starts, span.ends)
    return Reached(asked, span, score if runs else Decimal(0), entries if runs else 0)
