"""What entries come to on the boards, kept beside them in the same transaction (domain rules §3, §10).

The caller holds the organisation. Boards of periods that run follow every entry; those of periods that are over stand,
and what comes late is set down beside them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, delete, insert, update

from webapp.actions import board_counts
from webapp.domain.errors import Invalid, Problem
from webapp.domain.profiles import Span
from webapp.domain.tracking import LARGEST_VALUE
from webapp.models import Board, Profile, Standing, StandingCount
from webapp.models.base import new_public_id, table_of
from webapp.models.engine import AnySession
from webapp.queries import standings as queries
from webapp.queries.ladders import Asked, Home, Place, asked_of, overall_span, places_in
from webapp.queries.standings import Score

_boards, _standings, _counts = table_of(Board), table_of(Standing), table_of(StandingCount)
_SAME = update(_standings).where(_standings.c.id == bindparam("number"))
_SET = _SAME.values(
    score=bindparam("to_score"),
    depth=bindparam("to_depth"),
    reached_at=bindparam("to_reached"),
    entries=bindparam("to_entries"),
    counted=bindparam("to_counted"),
)


_TOUCHED = update(_boards).where(_boards.c.id == bindparam("number"))
_TOUCHED = _TOUCHED.values(version=_boards.c.version + 1, ranked=_boards.c.ranked + bindparam("more"))


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that has come: so much of a goal, on a date by the organisation's calendar, at an instant."""

    person_id: int
    keyword_id: int
    day: date
    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Late:
    """An entry for boards that may be over; `known_only` means that it adjusts those on which its person stands, and
    is not set down where they do not."""

    place: Place
    change: Change
    known_only: bool


@dataclass(frozen=True, slots=True)
class Running:
    """A profile's boards whose periods run: the goal boards by keyword, and the one of them all."""

    asked: Sequence[Asked]
    goals: Mapping[int, int]
    overall: int | None
    """None while nothing is asked."""

    def numbers(self) -> list[int]:
        return [*self.goals.values(), *([self.overall] if self.overall is not None else [])]


def follow(
    session: AnySession, home: Home, now: datetime, places: Mapping[int, Place], changes: Sequence[Change]
) -> None:
    """The boards show the new entries of these people, who stand at these places; those of a period that is over show
    them as adjustments."""
    session.flush()
    today = home.today(now)
    asked = asked_of(session, {place.profile_id for place in places.values() if place.profile_id is not None})
    spans = {(one.profile_id, one.keyword_id): one.span(today) for some in asked.values() for one in some}
    here: dict[int, list[tuple[Place, Change]]] = defaultdict(list)
    late: list[Late] = []
    for change in changes:
        place = places.get(change.person_id)
        if place is None:
            continue
        span = spans.get((place.profile_id or 0, change.keyword_id))
        runs = span is not None and place.profile_id is not None and span.holds(change.day)
        if runs and place.profile_id is not None:
            here[place.profile_id].append((place, change))
        if change.day < today:  # it may lie in a period that is over as well: of another rung, or of other terms
            late.append(Late(place, change, known_only=runs))
    for profile_id, theirs in sorted(here.items()):
        _add(session, running(session, profile_id, asked[profile_id], today), theirs)
    _adjust(session, today, late)


def adjust(session: AnySession, home: Home, now: datetime, changes: Sequence[Change]) -> None:
    """Boards of periods that are over show these changes beside what stands; those that run do not."""
    places, today = places_in(session, home.id, {change.person_id for change in changes}), home.today(now)
    theirs = [change for change in changes if change.person_id in places]
    _adjust(session, today, [Late(places[change.person_id], change, known_only=True) for change in theirs])


def settle(session: AnySession, home: Home, now: datetime, person_ids: Collection[int]) -> None:
    """The running boards show what these people's entries come to, worked out from the entries alone."""
    session.flush()
    today = home.today(now)
    places = places_in(session, home.id, person_ids)
    by_profile: dict[int, list[Place]] = defaultdict(list)
    for place in places.values():
        if place.profile_id is not None:
            by_profile[place.profile_id].append(place)
    asked = asked_of(session, by_profile)
    for profile_id, theirs in sorted(by_profile.items()):
        boards = running(session, profile_id, asked[profile_id], today)
        _settle(session, boards, theirs, today)


def leave(session: AnySession, profile_id: int, place: Place, today: date) -> None:
    """The participant stands on no running board of the profile any more; those of periods that are over stay."""
    session.flush()
    boards = running(session, profile_id, asked_of(session, [profile_id])[profile_id], today)
    _put(session, queries.scores_on(session, boards.numbers(), [place.number]), {})


def rebuild(session: AnySession, home: Home, profile_id: int, now: datetime) -> None:
    """The running boards of the profile are made anew from the entries of everybody on it: what it asks has changed."""
    session.flush()
    today = home.today(now)
    asked = asked_of(session, [profile_id])[profile_id]
    boards = running(session, profile_id, asked, today)
    _end_others(session, profile_id, boards, today)
    _settle(session, boards, queries.everybody_on(session, profile_id), today)


def running(session: AnySession, profile_id: int, asked: Sequence[Asked], today: date) -> Running:
    """The profile's boards of the periods that run, opened where they were not, each with the terms of its target."""
    whole = overall_span(asked, today)
    wanted: dict[int | None, tuple[Span, Asked | None]] = {one.keyword_id: (one.span(today), one) for one in asked}
    if asked:
        wanted[None] = (whole, None)
    known = queries.boards_not_over(session, profile_id, today)
    there = {(board.keyword_id, Span(board.starts, board.ends)): board for board in known}
    found: dict[int | None, int] = {}
    opened = False
    for keyword_id, (span, one) in wanted.items():
        board = there.get((keyword_id, span))
        if board is None:
            found[keyword_id] = _open(session, profile_id, keyword_id, span, one)
            opened = opened or keyword_id is None
        else:
            found[keyword_id] = board.number
    boards = Running(asked, {key: number for key, number in found.items() if key is not None}, found.get(None))
    if opened and any(span.starts < whole.starts for span, _ in wanted.values()):
        _carry_over(session, boards)
    return boards


def _open(session: AnySession, profile_id: int, keyword_id: int | None, span: Span, one: Asked | None) -> int:
    row: dict[str, Any] = {"public_id": new_public_id(), "profile_id": profile_id, "keyword_id": keyword_id}
    row |= {"starts": span.starts, "ends": span.ends, "display_name": "", "currency": "", "ranked": 0, "version": 1}
    row |= terms_of(one) if one is not None else {"period": None, "minimum": None, "maximum": None}
    number: int = session.execute(insert(_boards).values(**row).returning(_boards.c.id)).scalar_one()
    return number


def terms_of(one: Asked) -> dict[str, Any]:
    """The terms of a target as its board keeps them."""
    terms = one.terms
    return {
        "period": terms.period,
        "minimum": terms.minimum,
        "maximum": terms.maximum,
        "display_name": terms.display_name,
        "currency": terms.currency,
    }


def _carry_over(session: AnySession, boards: Running) -> None:
    """Where goals of one profile begin anew at different times, what the longer periods brought goes on counting on the
    new board of them all."""
    scores = queries.scores_on(session, boards.goals.values())
    listed = queries.listed_among(session, {participant for _, participant in scores})
    _put(session, {}, _overall(boards, scores, listed))


def _add(session: AnySession, boards: Running, theirs: Sequence[tuple[Place, Change]]) -> None:
    listed = {place.number: place.listed for place, _ in theirs}
    before = queries.scores_on(session, boards.numbers(), listed)
    goals = {key: score for key, score in before.items() if key[0] != boards.overall}
    for place, change in theirs:
        key = (boards.goals[change.keyword_id], place.number)
        old = goals.get(key)
        goals[key] = Score(
            number=old.number if old else None,
            score=(old.score if old else Decimal(0)) + change.amount,
            reached_at=max(old.reached_at, change.at) if old and old.entries else change.at,
            entries=(old.entries if old else 0) + 1,
            counted=place.listed,
        )
    _put(session, before, goals | _overall(boards, goals, listed, before))


def _settle(session: AnySession, boards: Running, places: Sequence[Place], today: date) -> None:
    listed = {place.number: place.listed for place in places}
    before = queries.scores_on(session, boards.numbers(), listed)
    goals = {}
    spans = {one.keyword_id: one.span(today) for one in boards.asked}
    for place, keyword_id, sums in queries.sums_of(session, places, spans):
        key = (boards.goals[keyword_id], place.number)
        old = before.get(key)
        goals[key] = Score(old.number if old else None, sums.score, sums.reached_at, sums.entries, place.listed)
    _put(session, before, goals | _overall(boards, goals, listed, before))


def _overall(
    boards: Running,
    goals: Mapping[tuple[int, int], Score],
    listed: Mapping[int, bool],
    before: Mapping[tuple[int, int], Score] | None = None,
) -> dict[tuple[int, int], Score]:
    """What the goals of each participant come to together; who has none has no place there."""
    if boards.overall is None:
        return {}
    found = {}
    for participant, whole in queries.together(boards.asked, boards.goals, goals).items():
        old = (before or {}).get((boards.overall, participant))
        number, counted = old.number if old else None, listed.get(participant, False)
        found[boards.overall, participant] = whole._replace(number=number, counted=counted)
    return found


def _put(session: AnySession, before: Mapping[tuple[int, int], Score], after: Mapping[tuple[int, int], Score]) -> None:
    """The standings are `after`; their boards count whom they rank and say that they changed."""
    if any(abs(score.score) >= LARGEST_VALUE for score in after.values()):
        raise Invalid([Problem("amount", "too_large", {"below": LARGEST_VALUE})])
    new = {key: score for key, score in after.items() if score.number is None}
    changed = {key: score for key, score in after.items() if score.number is not None and score != before.get(key)}
    gone = {key: score for key, score in before.items() if key not in after}
    if gone:
        session.execute(delete(_standings).where(_standings.c.id.in_([score.number for score in gone.values()])))
    if new:
        session.connection().execute(insert(_standings), [_row(*key, score) for key, score in new.items()])
    if changed:
        session.connection().execute(_SET, [_changes(score) for score in changed.values()])
    leaving = [(key[0], before[key].depth) for key in (*gone, *changed) if before[key].counted]
    coming = [(key[0], score.depth) for key, score in (*new.items(), *changed.items()) if score.counted]
    board_counts.follow(session, board_counts.moved(leaving, coming))
    touched = sorted({board_id for board_id, _ in (*new, *changed, *gone)})
    more = dict.fromkeys(touched, 0)
    for board_id, _ in leaving:
        more[board_id] -= 1
    for board_id, _ in coming:
        more[board_id] += 1
    if touched:
        changes = [{"number": board_id, "more": more[board_id]} for board_id in touched]
        session.connection().execute(_TOUCHED, changes)


def _row(board_id: int, participant: int, score: Score) -> dict[str, Any]:
    row = {"board_id": board_id, "participant_id": participant, "score": score.score, "depth": score.depth}
    more = {"reached_at": score.reached_at, "entries": score.entries, "counted": score.counted}
    return row | more | {"adjustment": Decimal(0)}


def _changes(score: Score) -> dict[str, Any]:
    said = {"number": score.number, "to_score": score.score, "to_depth": score.depth, "to_reached": score.reached_at}
    return said | {"to_entries": score.entries, "to_counted": score.counted}


def _adjust(session: AnySession, today: date, late: Sequence[Late]) -> None:
    """What came after a period was over stands beside the place its person had then, on every board that holds its day;
    where they had none, on that of the profile they stand on."""
    if not late:
        return
    changes = [one.change for one in late]
    boards = queries.boards_over(session, today, {change.keyword_id for change in changes}, _days_of(changes))
    known = queries.late_places(session, [board.number for board in boards], {one.place.number for one in late})
    more: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for one in late:
        place, change = one.place, one.change
        held = [b for b in boards if b.keyword_id == change.keyword_id and Span(b.starts, b.ends).holds(change.day)]
        theirs = [board for board in held if (board.number, place.number) in known]
        if not theirs and not one.known_only:
            theirs = [board for board in held if board.profile_id == place.profile_id]
        for board in theirs:
            more[board.number, place.number] += change.amount
    first_said = {one.place.number: one.change.at for one in late}
    for (board_id, participant), amount in more.items():
        number = known.get((board_id, participant))
        if number is None:
            row = _row(board_id, participant, Score(None, Decimal(0), first_said[participant], 0, counted=False))
            session.execute(insert(_standings).values(**row | {"adjustment": amount}))
        else:
            set_down = {"adjustment": _standings.c.adjustment + amount}
            session.execute(update(_standings).where(_standings.c.id == number).values(**set_down))
    for board_id in sorted({board_id for board_id, _ in more}):
        session.execute(update(_boards).where(_boards.c.id == board_id).values(version=_boards.c.version + 1))


def _days_of(changes: Iterable[Change]) -> tuple[date, date]:
    days = [change.day for change in changes]
    return min(days), max(days)


def _end_others(session: AnySession, profile_id: int, boards: Running, today: date) -> None:
    """Boards that run by terms the profile asks no more are gone; those that go on read by the terms of today."""
    for board in queries.boards_not_over(session, profile_id, today):
        if board.number not in boards.numbers():
            for table in (_counts, _standings):
                session.execute(delete(table).where(table.c.board_id == board.number))
            session.execute(delete(_boards).where(_boards.c.id == board.number))
    for one in boards.asked:
        number = boards.goals[one.keyword_id]
        values = {**terms_of(one), "version": _boards.c.version + 1}
        session.execute(update(_boards).where(_boards.c.id == number).values(**values))
    session.execute(update(Profile).where(Profile.id == profile_id).values(version=Profile.version + 1))
