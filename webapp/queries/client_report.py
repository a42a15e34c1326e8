"""What an interval of a client's came to, for the next meeting: goal by goal and week by week, and what was decided.

Nothing before the day from which the client shares it has a part in any figure.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, case, func, or_, select

from webapp.domain.checkpoints import streak_of
from webapp.domain.days import instant_of, local_day, shifted, week_containing
from webapp.domain.goals import Kind
from webapp.domain.grants import Scope
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.reviews import Act
from webapp.domain.schedules import Frequency, Schedule
from webapp.domain.streaks import streaks
from webapp.domain.tracking import Day, DayState, Direction
from webapp.domain.verdicts import Aim, JudgedDay, Terms, Verdict, counts, first_day, judge
from webapp.models import (
    Goal,
    GoalMonth,
    Occurrence,
    PlannedPause,
    ReviewEvent,
    ReviewRound,
    ScheduleVersion,
)
from webapp.models.engine import AnySession
from webapp.models.goals import SCHEDULE_COLUMNS, schedule_of
from webapp.queries.clients import Client, Shown
from webapp.queries.goals import open_or_empty
from webapp.queries.habits import answered
from webapp.queries.reviews import known_to_therapist

LONGEST_DAYS = 366
DECISIONS = 100
"""So many steps of reviews a report names."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a goal, or as much of it as the interval has; a quota misses no day. `other` days were done without
    being asked for, `amount` is the sum of what was logged."""

    first: date
    last: date
    done: int
    missed: int
    skipped: int
    other: int
    amount: Decimal | None

    @property
    def due(self) -> int:
        return self.done + self.missed


@dataclass(frozen=True, slots=True)
class GoalReport:
    """One goal over the interval. Without `weeks` its days are not shared; `streak` is how many were kept in a row at
    the end of the interval, None when that cannot be known from what is shared."""

    id: str
    title: str
    unit: str
    colour: int
    schedule: Schedule
    direction: Direction | None
    target: Decimal | None
    weeks: tuple[Week, ...]
    streak: int | None

    @property
    def total(self) -> Week:
        """All weeks as one."""
        amounts = [week.amount for week in self.weeks if week.amount is not None]
        return Week(
            first=self.weeks[0].first,
            last=self.weeks[-1].last,
            done=sum(week.done for week in self.weeks),
            missed=sum(week.missed for week in self.weeks),
            skipped=sum(week.skipped for week in self.weeks),
            other=sum(week.other for week in self.weeks),
            amount=sum(amounts, Decimal(0)) if amounts else None,
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of a review between the two; `mine` is whether the viewer took it."""

    at: datetime
    act: Act
    mine: bool
    title: str
    comment: str


# Statements are built once, here: building one costs more than running it.

_client: BindParameter[int] = bindparam("client_id")
_month: BindParameter[date] = bindparam("month")
_shown = (
    Goal.owner_id == _client,
    Goal.kind == Kind.PERSONAL,
    Goal.deleted_at.is_(None),
    or_(Goal.archived_at.is_(None), Goal.archived_at >= bindparam("begins")),
)
_closed = and_(GoalMonth.goal_id == Goal.id, GoalMonth.first < _month)
_latest_closed = select(func.max(GoalMonth.first)).where(_closed).correlate(Goal).scalar_subquery()
_GOALS = (
    select(
        *(Goal.id, Goal.public_id, Goal.title, Goal.unit, Goal.colour, Goal.created_at, Goal.direction, Goal.target),
        *(Goal.archived_at, ScheduleVersion.is_current, ScheduleVersion.skip_budget),
        *(ScheduleVersion.direction.label("asked_direction"), ScheduleVersion.target.label("asked_target")),
        *SCHEDULE_COLUMNS,
        *(GoalMonth.first.label("closed"), case((ScheduleVersion.is_current, GoalMonth.streak)).label("streak")),
    )
    .join(ScheduleVersion, ScheduleVersion.goal_id == Goal.id)
    .outerjoin(GoalMonth, and_(GoalMonth.goal_id == Goal.id, GoalMonth.first == _latest_closed))
    .where(*_shown)
    .order_by(Goal.position, Goal.id, ScheduleVersion.valid_from)
)
_FACTS = (
    select(Occurrence.goal_id, Occurrence.local_date, Occurrence.state, Occurrence.value)
    .join(Goal, Goal.id == Occurrence.goal_id)
    .where(*_shown, answered, Occurrence.local_date <= bindparam("last"))
    .where(
        Occurrence.local_date >= func.coalesce(_latest_closed, date.min), Occurrence.local_date >= bindparam("since")
    )
)
_PAUSES = select(PlannedPause.goal_id, PlannedPause.first, PlannedPause.last).where(PlannedPause.owner_id == _client)
_DECISIONS = (
    select(ReviewEvent.at, ReviewEvent.act, ReviewEvent.actor_id, ReviewEvent.comment, Goal.title)
    .join(ReviewRound, ReviewRound.id == ReviewEvent.round_id)
    .join(Goal, Goal.id == ReviewRound.goal_id)
    .where(Goal.owner_id == _client, Goal.kind == Kind.PERSONAL, Goal.deleted_at.is_(None))
    .where(*known_to_therapist(bindparam("viewer_id")), ReviewEvent.actor_id.in_(bindparam("actors", expanding=True)))
    .where(ReviewEvent.act != Act.NUDGE)
    .where(ReviewEvent.at >= bindparam("begins"), ReviewEvent.at < bindparam("ends"))
    .order_by(ReviewEvent.at, ReviewEvent.id)
    .limit(DECISIONS)
)


def goals_between(session: AnySession, shown: Shown, first: date, last: date) -> list[GoalReport]:
    """Every goal of the client's that lived in the interval, in their own order; three statements, none when goals are
    not shared. `last` is not after the client's today."""
    client = shown.client
    if Scope.GOALS not in client.since:
        return []
    since = client.since.get(Scope.TRACKING, date.max)
    begins, _ = _instants(client, first, last)
    asked = {"client_id": client.number, "month": first.replace(day=1), "begins": begins}
    connection = session.connection()
    versions: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(_GOALS, asked):
        versions[row.id].append(row)
    facts: dict[int, dict[date, Day]] = defaultdict(dict)
    pauses: dict[int | None, list[Pause]] = defaultdict(list)
    if client.tracks:
        for fact in connection.execute(_FACTS, asked | {"last": last, "since": since}):
            facts[fact.goal_id][fact.local_date] = Day(fact.state, fact.value)
        for pause in connection.execute(_PAUSES, asked):
            pauses[pause.goal_id].append(Pause(pause.first, pause.last))
    return [
        _report(shown, rows, facts[number], (*pauses[None], *pauses[number]), max(first, since), last, since)
        for number, rows in versions.items()
    ]


def decisions(session: AnySession, viewer: Viewer, shown: Shown, first: date, last: date) -> list[Decision]:
    """What the viewer and the client did with reviews between the two in the interval, in order."""
    client = shown.client
    if Scope.GOALS not in client.since:
        return []
    begins, ends = _instants(client, first, last)
    asked = {"client_id": client.number, "viewer_id": viewer.id, "actors": [viewer.id, client.number]}
    return [
        Decision(
            at=row.at,
            act=row.act,
            mine=row.actor_id == viewer.id,
            title=shown.words.open("goal.title", row.title),
            comment=open_or_empty(shown.words, "review_event.comment", row.comment),
        )
        for row in session.connection().execute(_DECISIONS, asked | {"begins": begins, "ends": ends})
    ]


def _report(
    shown: Shown,
    rows: Sequence[Any],
    facts: Mapping[date, Day],
    pauses: tuple[Pause, ...],
    first: date,
    last: date,
    since: date,
) -> GoalReport:
    current, client = next(row for row in rows if row.is_current), shown.client
    weeks: tuple[Week, ...] = ()
    streak = None
    if client.tracks:
        terms = _terms(rows, pauses)
        until = _last_asked(current, client, last)
        began = date.min if current.closed else _began(current, rows, facts)
        weeks = tuple(_weeks(facts, terms, client, max(began, since), first, until, last))
        streak = None if since > date.min else _streak(current, facts, terms, until)
    return GoalReport(
        id=current.public_id,
        title=shown.words.open("goal.title", current.title),
        unit=open_or_empty(shown.words, "goal.unit", current.unit),
        colour=current.colour,
        schedule=schedule_of(current),
        direction=current.direction,
        target=current.target,
        weeks=weeks,
        streak=streak,
    )


def _terms(rows: Sequence[Any], pauses: tuple[Pause, ...]) -> Terms:
    """As `habits.terms_from`, of rows in order of their versions."""
    aims = {row.valid_from: Aim(row.asked_direction, row.asked_target, row.skip_budget) for row in rows}
    now = aims[rows[-1].valid_from]
    earlier = {valid_from: aim for valid_from, aim in aims.items() if aim != now}
    return Terms(tuple(map(schedule_of, rows)), pauses, now.skip_budget, now.direction, now.target, earlier)


def _last_asked(current: Any, client: Client, last: date) -> date:
    """The last day of the interval, or the day on which the goal was put away."""
    if current.archived_at is None:
        return last
    return min(last, local_day(current.archived_at, client.zone, client.day_start))


def _began(current: Any, rows: Iterable[Any], facts: Mapping[date, Day]) -> date:
    """The day from which the goal's days count, as `habits.began` says, as far as the facts may be known."""
    made: date = current.created_at.date()
    start = min(row.valid_from for row in rows)
    made = start if start >= shifted(made, -1) else made
    return min(made, first_day(facts) or made)


def _weeks(
    facts: Mapping[date, Day], terms: Terms, client: Client, began: date, first: date, until: date, last: date
) -> Iterator[Week]:
    """The weeks of the client's calendar in the interval; days before the goal, and after it was put away, ask for
    nothing."""
    begin = max(first.replace(day=1), client.since[Scope.TRACKING])
    judged = judge(facts, terms, begin, until, client.today) if begin <= until else ()
    known = [each for each in judged if each.local_date >= max(first, began)]
    while first <= last:
        end = min(week_containing(first, client.week_start)[1], last)
        yield _week(first, end, [each for each in known if first <= each.local_date <= end], client.today)
        if end == last:
            break
        first = shifted(end, 1)


def _week(first: date, last: date, days: Sequence[JudgedDay], today: date) -> Week:
    amounts = [each.fact.value for each in days if each.fact.value is not None]
    done = sum(each.verdict is Verdict.DONE for each in days)
    return Week(
        first=first,
        last=last,
        done=done,
        missed=sum(counts(each, today) and each.verdict is not Verdict.DONE for each in days),
        skipped=sum(each.verdict is Verdict.SKIPPED for each in days),
        other=sum(each.state is DayState.DONE for each in days) - done,
        amount=sum(amounts, Decimal(0)) if amounts else None,
    )


def _streak(current: Any, facts: Mapping[date, Day], terms: Terms, until: date) -> int | None:
    """So many kept in a row as of the last day; None for what has no streak."""
    if current.frequency is Frequency.ONE_TIME:
        return None
    if current.quota_period is QuotaPeriod.ROLLING:
        return None
    running = streaks(facts, terms, until, streak_of(current.streak)).current
    return running.length if running else 0


def _instants(client: Client, first: date, last: date) -> tuple[datetime, datetime]:
    """When the first day of the client's begins, and when the last is over."""
    starts = time(client.day_start)
    return instant_of(first, starts, client.zone), instant_of(shifted(last, 1), starts, client.zone)
