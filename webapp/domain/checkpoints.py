"""The states of streak and strength as plain values that JSON can hold exactly, and back again."""

from datetime import date
from decimal import Decimal
from typing import Any

from webapp.domain.streaks import Streak, StreakState, Tally
from webapp.domain.strength import Strength

Plain = dict[str, Any]


def plain_streak(state: StreakState | None) -> Plain | None:
    """Return what `streak_of` reads back."""
    if state is None:
        return None
    return {
        "as_of": _iso(state.as_of),
        "running": _plain_run(state.running),
        "longest": [_plain_run(streak) for streak in state.longest],
        "missed": _iso(state.missed),
        "tally": _plain_tally(state.tally),
        "skips": state.skips,
        "total": state.total,
    }


def streak_of(plain: Plain | None) -> StreakState | None:
    """Return the state that `plain_streak` wrote."""
    if plain is None:
        return None
    return StreakState(
        as_of=date.fromisoformat(plain["as_of"]),
        running=_run(plain["running"]),
        longest=tuple(streak for run in plain["longest"] if (streak := _run(run))),
        missed=_day(plain["missed"]),
        tally=_tally(plain["tally"]),
        skips=plain["skips"],
        total=plain["total"],
    )


def plain_strength(state: Strength | None) -> Plain | None:
    """Return what `strength_of` reads back."""
    if state is None:
        return None
    return {
        "as_of": _iso(state.as_of),
        "score": state.score,
        "recent": [str(brought) for brought in state.recent],
        "is_whole": state.is_whole,
        "skips": state.skips,
        "has_begun": state.has_begun,
    }


def strength_of(plain: Plain | None) -> Strength | None:
    """Return the state that `plain_strength` wrote."""
    if plain is None:
        return None
    return Strength(
        as_of=date.fromisoformat(plain["as_of"]),
        score=plain["score"],
        recent=tuple(Decimal(brought) for brought in plain["recent"]),
        is_whole=plain["is_whole"],
        skips=plain["skips"],
        has_begun=plain["has_begun"],
    )


def _plain_run(streak: Streak | None) -> list[Any] | None:
    return streak and [streak.length, _iso(streak.first), _iso(streak.last), _iso(streak.after)]


def _run(plain: list[Any] | None) -> Streak | None:
    if plain is None:
        return None
    length, first, last, after = plain
    return Streak(length, date.fromisoformat(first), date.fromisoformat(last), _day(after))


def _plain_tally(tally: Tally | None) -> Plain | None:
    if tally is None:
        return None
    days = {"bounds": [_iso(day) for day in tally.bounds], "first": _iso(tally.first), "last": _iso(tally.last)}
    return {**tally._asdict(), **days, "first_done": _iso(tally.first_done), "last_done": _iso(tally.last_done)}


def _tally(plain: Plain | None) -> Tally | None:
    if plain is None:
        return None
    starts, ends = map(date.fromisoformat, plain["bounds"])
    days = {name: _day(plain[name]) for name in ("first", "last", "first_done", "last_done")}
    return Tally(**{**plain, **days, "bounds": (starts, ends)})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(plain: str | None) -> date | None:
    return date.fromisoformat(plain) if plain else None
