"""Do standings, their counts and the lists of participants agree with the entries and with who is a member?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Select, and_, exists, func, or_, select

from webapp.domain.goals import Kind
from webapp.domain.profiles import Span
from webapp.models import Goal, GoalKeyword, Participant, Person, Profile, Standing, StandingCount, TargetGoal
from webapp.models.engine import AnySession
from webapp.queries import standings
from webapp.queries.doctor_finding import Finding
from webapp.queries.ladders import Asked, Home, Place, asked_of, home, overall_span, places_where
from webapp.queries.members import is_active_member
from webapp.queries.standings import AT_ONCE, BoardRow, Score


def ladder_findings(session: AnySession, now: datetime) -> Iterator[Finding]:
    """Every finding; what stands in rows is compared with what the entries come to at this instant."""
    for where, statement, what in _checks():
        for number in session.scalars(statement.order_by(statement.selected_columns[0])):
            yield Finding(f"{where} {number}", what)
    for profile in session.scalars(select(Profile).order_by(Profile.id)).all():
        yield from _profile(session, profile, now)
        session.expunge_all()


def _checks() -> Iterator[tuple[str, Select[int], str]]:
    described = exists().where(TargetGoal.goal_id == Goal.id)
    goals = select(Goal.id)
    yield "goal", goals.where(Goal.kind == Kind.TARGET, ~described), "is a target's without its row"
    yield "goal", goals.where(Goal.kind != Kind.TARGET, described), "has a target's row and is none"
    named = select(TargetGoal.goal_id).join(Goal, Goal.id == TargetGoal.goal_id)
    another = named.join(GoalKeyword, GoalKeyword.id == TargetGoal.keyword_id)
    stranger = or_(TargetGoal.owner_id != Goal.owner_id, GoalKeyword.organisation_id != Goal.organisation_id)
    yield "goal", another.where(stranger), "is of another person's or organisation's keyword"
    on_one = and_(Participant.profile_id.is_not(None), ~Participant.opted_out)
    may_be = and_(on_one, is_active_member(Participant.person_id, Participant.organisation_id))
    people = select(Participant.id)
    yield "participant", people.where(Participant.listed, ~may_be), "is listed and should not be"
    yield "participant", people.where(~Participant.listed, may_be), "is not listed and should be"
    left = select(Person.id).where(Person.deleted_at.is_not(None))
    theirs = exists().where(TargetGoal.owner_id == Person.id)
    yield "person", left.where(theirs), "was erased and has values"


def _profile(session: AnySession, profile: Profile, now: datetime) -> Iterator[Finding]:
    listed = select(func.count()).where(Participant.profile_id == profile.id, Participant.listed)
    if session.scalar(listed) != profile.participants:
        yield Finding(f"profile {profile.id}", "counts other participants than are listed")
    whole = home(session, profile.organisation_id)
    boards = standings.boards_of(session, profile.id)
    for board in boards:
        yield from _counts(session, board)
    asked = asked_of(session, [profile.id])[profile.id]
    yield from _running(session, whole, profile.id, asked, boards, now)
    today = whole.today(now)
    for board in boards:
        if board.keyword_id is not None and Span(board.starts, board.ends).is_over(today):
            yield from _over(session, board)


def _counts(session: AnySession, board: BoardRow) -> Iterator[Finding]:
    ranked = (Standing.board_id == board.number, Standing.counted)
    if session.scalar(select(func.count()).select_from(Standing).where(*ranked)) != board.ranked:
        yield Finding(f"board {board.number}", "counts others than are ranked on it")
    steps = session.execute(
        select(StandingCount.depth, StandingCount.count)
        .where(StandingCount.board_id == board.number)
        .order_by(StandingCount.depth)
    ).all()
    if sum(count for _, count in steps) != board.ranked:
        yield Finding(f"board {board.number}", "has steps that count others than are ranked on it")
    for (depth, count), (below, _) in pairwise(steps):
        within = select(func.count()).select_from(Standing).where(*ranked, Standing.depth >= depth)
        if session.scalar(within.where(Standing.depth < below)) != count:
            yield Finding(f"board {board.number}", "has a step that counts others than stand on it")


def _running(
    session: AnySession, whole: Home, profile_id: int, asked: Sequence[Asked], boards: Sequence[BoardRow], now: datetime
) -> Iterator[Finding]:
    """What stands on the boards that run is what the entries of everybody on the profile come to."""
    today = whole.today(now)
    spans = {one.keyword_id: one.span(today) for one in asked}
    there = {(board.keyword_id, Span(board.starts, board.ends)): board.number for board in boards}
    goals = {key: there[key, span] for key, span in spans.items() if (key, span) in there}
    overall = there.get((None, overall_span(asked, today))) if asked else None
    numbers = [*goals.values(), *([overall] if overall is not None else [])]
    found: Counter[int] = Counter()
    for some in _parts(places_where(session, Participant.profile_id == profile_id)):
        kept = standings.scores_on(session, numbers, [place.number for place in some])
        listed = {place.number: place.listed for place in some}
        due = {
            (goals[keyword], place.number): Score(None, sums.score, sums.reached_at, sums.entries, place.listed)
            for place, keyword, sums in standings.sums_of(session, some, {key: spans[key] for key in goals})
        }
        if overall is not None:
            for participant, score in standings.together(asked, goals, due).items():
                due[overall, participant] = _counted(score, listed[participant])
        for key in kept.keys() | due.keys():
            if (said := kept.get(key)) is None or (right := due.get(key)) is None or _says(said) != _says(right):
                found[key[1]] += 1
    for participant in sorted(found):
        yield Finding(f"participant {participant}", "stands elsewhere than their entries say")


def _over(session: AnySession, board: BoardRow) -> Iterator[Finding]:
    """What was counted when a period ended, with what came late, is what the entries of the period come to."""
    statement = select(Standing.participant_id, Standing.score + Standing.adjustment)
    statement = statement.join(Participant, Participant.id == Standing.participant_id)
    statement = statement.join(Person, Person.id == Participant.person_id)
    here = (Standing.board_id == board.number, Standing.counted, Person.deleted_at.is_(None))
    said = {row[0]: row[1] for row in session.execute(statement.where(*here))}
    assert board.keyword_id is not None
    span = {board.keyword_id: Span(board.starts, board.ends)}
    for some in _parts(places_where(session, Participant.id.in_(sorted(said)))):
        came = {place.number: sums.score for place, _, sums in standings.sums_of(session, some, span)}
        for place in some:
            if said[place.number] != came.get(place.number, 0):
                yield Finding(f"participant {place.number}", f"does not stand on board {board.number} as entries say")


def _counted(score: Score, listed: bool) -> Score:
    return Score(score.number, score.score, score.reached_at, score.entries, listed)


def _says(score: Score) -> tuple[object, ...]:
    return score.score, score.reached_at, score.entries, score.counted


def _parts(places: Sequence[Place]) -> Iterator[Sequence[Place]]:
    for start in range(0, len(places), AT_ONCE):
        yield places[start : start + AT_ONCE]
