"""A board as its page shows it: lines, the viewer's own place with what moves them up, and what helps on their step."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.boards import FEWEST
from webapp.domain.people import Role
from webapp.domain.profiles import WHOLE
from webapp.extensions import db
from webapp.pages import board_choice
from webapp.pages import board_words as words
from webapp.pages.board_choice import Choice
from webapp.queries import boards, courses, standing_now
from webapp.queries.board_rows import AROUND, FIRST, BoardRow
from webapp.queries.boards import Head, Shown
from webapp.queries.courses import StepRow
from webapp.queries.standing_now import Reached
from webapp.web.formats import money

PODIUM = 3
LONG = 8
"""Of a list that is longer, the first and whoever is near stand apart above it on a phone."""


class Line(NamedTuple):
    """One participant: `share` is how long the bar is, of a hundred; `gap` says that others stand before this line who
    are not listed. Empty words are not said."""

    rank: str
    tied: bool
    name: str
    image: str
    mine: bool
    share: int
    percent: str
    amount: str
    rest: str
    late: str
    gap: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One goal of the viewer's rung, and how far they are."""

    name: str
    percent: str
    address: str


@dataclass(frozen=True, slots=True)
class Own:
    """The viewer's own place, explained; `source` is the address of the values behind the number, "" where no page
    shows them. `best` is the goal that adds most, with what it brings."""

    facts: list[tuple[str, str]]
    share: int
    why: str
    up: str
    best: Part | None
    parts: list[Part]
    source: str


class Reading:
    """How the numbers of one board are said; the words are translated once."""

    def __init__(self, head: Head, *, whole: bool) -> None:
        self.terms, self.whole = head.terms, whole
        self.former = _("Former member")
        self.later = _("%(amount)s came later", amount="{}")
        self.hundredths, self.rests = words.percent_pattern(), words.rest_patterns()

    def percentage(self, score: Decimal) -> Decimal:
        return self.terms.percentage(score) if self.terms else score

    def percent(self, score: Decimal) -> str:
        return self.hundredths.format(words.percent_number(self.percentage(score), whole=self.whole))

    def share(self, score: Decimal) -> int:
        return min(max(round(self.percentage(score)), 0), 100)

    def amount(self, score: Decimal) -> str:
        """A sum; nothing where amounts are not told, and of all goals together, which have none."""
        return money(score, self.terms.currency) if self.terms and not self.whole else ""

    def rest(self, score: Decimal) -> str:
        if self.terms is None or self.whole:
            return ""
        going, done = self.rests
        rest = self.terms.difference(score)
        return going.format(money(rest, self.terms.currency)) if rest else done

    def late(self, adjustment: Decimal) -> str:
        if not adjustment or self.terms is None:
            return ""
        if not self.whole:
            return self.later.format(money(adjustment, self.terms.currency))
        share = WHOLE * adjustment / (self.terms.maximum - self.terms.minimum)
        return self.later.format(words.percent_words(share, whole=True))

    def name(self, row: BoardRow) -> str:
        return str(row.name) or self.former


def page_of(choice: Choice, was: int | None = None) -> dict[str, Any]:
    """What the page of a board needs; `was` is the rank somebody was shown before, where only what changed is said."""
    given = {"choice": choice, "selects": choice.selects(), "admin": g.viewer.has(Role.ADMIN, choice.ladder.home.id)}
    if choice.head is None:
        return {**given, "title": choice.rung.name, "announced": "", "period": "", "shown": None}
    place, head = choice.ladder.place, choice.head
    shown = boards.shown(db.session, g.viewer, choice.rung, choice.asked, place, [head], choice.today)[0]
    reading = Reading(head, whole=choice.ladder.home.hides_amounts)
    lines = lines_of(shown, reading)
    title = head.terms.display_name if head.terms else _("All goals together")
    return {
        **given,
        "title": _("%(rung)s: %(goal)s", rung=choice.rung.name, goal=title),
        "period": words.span_words(head.span),
        "left": "" if head.over else words.left_words(head.span, choice.today),
        "shown": shown,
        "fewest": FEWEST,
        "lines": lines,
        "glance": glance_of(lines),
        "more": max(0, (shown.participants or 0) - len(lines)),
        "late": any(line.late for line in lines),
        "own": own_of(choice, shown, reading),
        "announced": announced(choice, shown, was),
        "refresh": choice.refresh(shown.mine.rank if shown.mine else None),
        **help_of(choice, shown, reading),
    }


def lines_of(shown: Shown, reading: Reading) -> list[Line]:
    """The rows of a board, ready for the template."""
    lines: list[Line] = []
    before: BoardRow | None = None
    for at, row in enumerate(shown.rows):
        known = row.rank is not None
        lines.append(
            Line(
                rank=str(row.rank) if known else "",
                tied=row.tied,
                name=reading.name(row),
                image=row.image,
                mine=shown.mine is not None and row.participant == shown.mine.participant,
                share=reading.share(row.score) if known else 0,
                percent=reading.percent(row.score) if known else "",
                amount=reading.amount(row.score) if known else "",
                rest=reading.rest(row.score) if known else "",
                late=reading.late(row.adjustment),
                gap=_skips(at, row, before),
            )
        )
        before = row
    return lines


def glance_of(lines: Sequence[Line]) -> list[Line]:
    """The first three and whoever is near the viewer; nothing where the list itself is short."""
    at = next((at for at, line in enumerate(lines) if line.mine and line.rank), None)
    if at is None or len(lines) <= LONG:
        return []
    near = sorted({*range(PODIUM), *range(max(at - AROUND, 0), min(at + AROUND + 1, len(lines)))})
    return [lines[one]._replace(gap=before is not None and one > before + 1) for before, one in _pairs(near)]


def own_of(choice: Choice, shown: Shown, reading: Reading) -> Own | None:
    """The viewer's own place; None for who has none on this board."""
    mine, head = shown.mine, shown.head
    if mine is None or mine.rank is None:
        return None
    rank = _("%(rank)s, shared", rank=mine.rank) if mine.tied else str(mine.rank)
    facts = [(_("Rank of %(number)s", number=shown.participants), rank), (_("Reached"), reading.percent(mine.score))]
    if head.terms:
        facts.append((head.terms.display_name, money(mine.score, head.terms.currency)))
        facts.append((_("To the maximum"), money(head.terms.difference(mine.score), head.terms.currency)))
    reached = _reached(choice)
    up = "" if head.over else words.next_words(shown, whole=reading.whole)
    best = words.best_goal(reached) if up else None
    return Own(
        facts,
        reading.share(mine.score),
        words.rank_words(shown),
        up,
        _part(choice, best, words.best_words(reached, best, whole=reading.whole)) if best else None,
        [_part(choice, one, words.percent_words(one.percentage, whole=reading.whole)) for one in reached],
        _source(choice),
    )


def help_of(choice: Choice, shown: Shown, reading: Reading) -> dict[str, Any]:
    """What helps on the step the viewer is on, while the period runs: the advice for it, and what there is to learn."""
    if shown.head.over:
        return {"step": None, "courses": []}
    step = None
    if choice.one is not None:
        percentage = reading.percentage(shown.mine.score if shown.mine and shown.mine.rank else Decimal(0))
        step = _step(courses.advice_for(db.session, choice.one.number), percentage)
    named = {one.id for one in (step.course, step.article) if one} if step else set()
    home, keyword = choice.ladder.home.id, choice.one.keyword_id if choice.one else None
    return {
        "step": step,
        "courses": [one for one in courses.courses_for(db.session, home, keyword) if one.id not in named],
    }


def announced(choice: Choice, shown: Shown, was: int | None) -> str:
    """What a screen reader says when the board came."""
    mine = shown.mine.rank if shown.mine else None
    if was is not None and mine is not None:
        if mine != was:
            return _("The board changed: your rank is %(rank)s now, it was %(was)s.", rank=mine, was=was)
        return _("The board changed; your rank is still %(rank)s.", rank=mine)
    if mine is not None:
        return _("Your rank is %(rank)s of %(number)s.", rank=mine, number=shown.participants)
    return ngettext("%(num)d person on this board.", "%(num)d people on this board.", shown.participants or 0)


def _reached(choice: Choice) -> list[Reached]:
    """What the viewer has reached of each goal, where all of them together are shown in the period that runs."""
    if choice.head is None or choice.head.over or choice.one is not None or not choice.stands_here:
        return []
    home, place = choice.ladder.home, choice.ladder.place
    return standing_now.on(db.session, home, place, choice.asked, g.viewer.now)


def _part(choice: Choice, one: Reached, percent: str) -> Part:
    return Part(one.asked.terms.display_name, percent, choice.address(one.asked.terms.keyword))


def _source(choice: Choice) -> str:
    """Where the values behind the viewer's number stand, on whichever of their ladders; those of all goals together
    only while the period runs."""
    frozen = choice.head if choice.head is not None and choice.head.over else None
    named = {"organisation": choice.ladder.home.public_id} if len(choice.ladders) > 1 else {}
    if choice.one is None:
        return "" if frozen else board_choice.address("/profile", **named)
    if frozen is not None:
        named["period"] = frozen.span.starts.isoformat()
    return board_choice.address(f"/profile/values/{choice.keyword}", **named)


def _step(steps: Sequence[StepRow], percentage: Decimal) -> StepRow | None:
    """The step somebody is on who has reached so much."""
    passed = [step for step in steps if step.from_percentage <= max(percentage, Decimal(0))]
    return passed[-1] if passed else None


def _skips(at: int, row: BoardRow, before: BoardRow | None) -> bool:
    """Whether others stand between this row and the one before it; only after the first hundred they do."""
    if at < FIRST or before is None or row.rank is None or before.rank is None:
        return False
    if at == FIRST:
        return row.rank != FIRST + 1
    return not before.tied and row.rank > before.rank + 1


def _pairs(numbers: Sequence[int]) -> list[tuple[int | None, int]]:
    return list(zip([None, *numbers], numbers, strict=False))
