"""Which board an address asks for: of which profile, of which of its goals, in which period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import g
from flask_babel import gettext as _

from webapp.domain.errors import NotFound
from webapp.extensions import db
from webapp.pages.board_words import span_words
from webapp.queries import board_versions, boards
from webapp.queries.boards import Head, Ladder
from webapp.queries.ladders import Asked, Rung, asked_of

Select = tuple[str, str, list[tuple[str, str]], str]
"""One of the filters: name, label, choices of (value, words), and what is chosen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The board that is meant and what can be meant instead. `one` is the goal, None for all of them together; without
    `head` the profile asks for nothing and never did."""

    ladders: Sequence[Ladder]
    ladder: Ladder
    rung: Rung
    asked: Sequence[Asked]
    one: Asked | None
    heads: Sequence[Head]
    head: Head | None
    today: date

    @property
    def keyword(self) -> str:
        return self.one.terms.keyword if self.one else ""

    @property
    def stands_here(self) -> bool:
        """Whether the viewer's own rung is this one."""
        return self.ladder.place is not None and self.ladder.place.profile_id == self.rung.number

    def address(self, keyword: str) -> str:
        """The running board of another goal of the profile."""
        return address(profile=self.rung.id, goal=keyword)

    def refresh(self, rank: int | None) -> str:
        """Where to ask whether anything changed; `rank` is what the viewer was shown as theirs."""
        assert self.head is not None
        since = board_versions.version_of(self.rung, self.head, self.today)
        named = {"profile": self.rung.id, "goal": self.keyword, "period": _value(self.head)}
        return address(**named, since=since, was=str(rank or ""))

    def selects(self) -> list[Select]:
        """The filters to choose from; one without a choice is left out."""
        rungs = [(rung.id, self._named(ladder, rung)) for ladder in self.ladders for rung in ladder.rungs]
        goals = [("", _("All goals together")), *((one.terms.keyword, one.terms.display_name) for one in self.asked)]
        periods = [(_value(head), _period_words(head)) for head in self.heads]
        chosen = _value(self.head) if self.head else ""
        offered = [
            ("profile", _("Rung"), rungs, self.rung.id),
            ("goal", _("Goal"), goals, self.keyword),
            ("period", _("Period"), periods, chosen),
        ]
        return [one for one in offered if len(one[2]) > 1]

    def _named(self, ladder: Ladder, rung: Rung) -> str:
        return f"{ladder.home.name}: {rung.name}" if len(self.ladders) > 1 else rung.name


def chosen(values: Mapping[str, str]) -> Choice | None:
    """The board the address asks for, else that of the viewer's own rung; a goal or a period that this profile does not
    have is left out. None where there is no ladder; raises NotFound for a profile the viewer does not know."""
    ladders = boards.ladders(db.session, g.viewer)
    if not ladders:
        return None
    ladder, rung = _rung(ladders, values.get("profile", ""))
    today = ladder.home.today(g.viewer.now)
    asked = asked_of(db.session, [rung.number])[rung.number]
    one = next((one for one in asked if one.terms.keyword == values.get("goal")), None)
    wholes, goals = boards.heads(db.session, rung, asked, one.keyword_id if one else None, today)
    heads, (starts, ends) = goals if one else wholes, days_of(values.get("period", ""))
    named = (head for head in heads if head.over and head.span.starts == starts and ends in (None, head.span.ends))
    over = next(named, None)
    return Choice(ladders, ladder, rung, asked, one, heads, over or next(iter(heads), None), today)


def is_unchanged(values: Mapping[str, str]) -> bool:
    """Whether the board reads as it did when `since` was said."""
    keyword, (starts, ends) = values.get("goal", ""), days_of(values.get("period", ""))
    now = board_versions.version_now(db.session, g.viewer, values.get("profile", ""), keyword, starts, ends)
    return bool(now) and now == values.get("since")


def address(path: str = "/leaderboard", **named: str) -> str:
    """The address of a board, or of another page; what is usual is left out."""
    query = urlencode({name: value for name, value in named.items() if value})
    return f"{path}?{query}" if query else path


def days_of(text: str) -> tuple[date | None, date | None]:
    """The first and the last day of the period an address names, or its first day alone: `2026-01-01..2026-01-31`.
    Several may begin on one day; the first day alone means the one that was begun last."""
    starts, _, ends = text.partition("..")
    return _day_of(starts), _day_of(ends)


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _rung(ladders: Sequence[Ladder], public_id: str) -> tuple[Ladder, Rung]:
    if public_id:
        for ladder in ladders:
            for rung in ladder.rungs:
                if rung.id == public_id:
                    return ladder, rung
        raise NotFound
    for ladder in ladders:
        if ladder.place is not None and (own := ladder.rung(ladder.place.profile_id)) is not None:
            return ladder, own
    return ladders[0], ladders[0].rungs[0]


def _value(head: Head) -> str:
    return f"{head.span.starts}..{head.span.ends}" if head.over else ""


def _period_words(head: Head) -> str:
    return _("%(period)s, over", period=span_words(head.span)) if head.over else span_words(head.span)
