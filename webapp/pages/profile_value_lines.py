"""Values behind somebody's number, in words: how much, when, by whom, and what was said of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from webapp.domain.days import local_day
from webapp.domain.profiles import Span
from webapp.domain.tracking import Source
from webapp.extensions import db
from webapp.pages.profile_words import exactly
from webapp.queries import value_queries, values
from webapp.queries.boards import Ladder
from webapp.queries.ladders import Asked
from webapp.queries.own_values import Behind
from webapp.queries.value_queries import QueryState, Said
from webapp.queries.values import PAGE, ValueRow
from webapp.web.formats import amount, day, moment

MOST_PARTS = 12
"""A sum of so many parts still reads well."""


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One value in words. `mark` says that it took another's place, or another its place, and then it is `replaced`;
    `counts` is what it adds to the sum, None for nothing; `late`, that it came when its period was over. `said` is what
    its person said is wrong with it and what became of that, `wrong` the address to say so."""

    id: str
    amount: str
    day: str
    who: str
    note: str
    mark: str
    counts: Decimal | None
    replaced: bool
    late: bool
    said: list[str]
    wrong: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Whose values are listed: of which goal, in which period, on which page."""

    ladder: Ladder
    keyword: str
    keyword_id: int
    asked: Asked | None
    span: Span | None = None
    number: int = 1

    @property
    def currency(self) -> str:
        return self.asked.terms.currency if self.asked is not None else ""

    @property
    def name(self) -> str:
        return self.asked.terms.display_name if self.asked is not None else self.keyword

    @property
    def today(self) -> date:
        return self.ladder.home.today(g.viewer.now)

    @property
    def runs(self) -> bool:
        """Whether the period is the one that runs."""
        return self.span is not None and self.span.holds(self.today)

    def address(self, **more: Any) -> str:
        """The address of this list; it names the organisation, for there may be several."""
        home = self.ladder.home.public_id
        return url_for("profile_values.index", keyword=self.keyword, organisation=home, **more)

    def of_period(self, span: Span | None) -> str:
        """The address of the list of another period; without one that of everything."""
        if span is None:
            return self.address(all=1)
        return self.address() if span.holds(self.today) else self.address(period=span.starts.isoformat())


def lines_of(shown: Shown) -> list[ValueLine]:
    """The values of this page, the latest first."""
    home, skip = shown.ladder.home, PAGE * (shown.number - 1)
    rows = values.listed(db.session, home.id, g.viewer.id, shown.keyword_id, shown.span, skip)
    said = value_queries.mine(db.session, g.viewer, [row.number for row in rows])
    return [line_of(row, shown, said) for row in rows]


def line_of(row: ValueRow, shown: Shown, said: Mapping[int, Said]) -> ValueLine:
    """One value in words."""
    about = said.get(row.number)
    open_yet = about is not None and about.state is QueryState.OPEN
    known = local_day(row.recorded_at, shown.ladder.home.zone)
    return ValueLine(
        id=row.id,
        amount=exactly(row.amount, shown.currency),
        day=day(row.day),
        who=f"{row.author or _('Somebody who is no longer here')} · {source_words(row.source)}",
        note=row.note,
        mark=mark_of(row),
        counts=None if row.corrected or not row.amount else row.amount,
        replaced=row.corrected,
        late=shown.span is not None and shown.span.ends is not None and shown.span.ends < known,
        said=said_words(about) if about is not None else [],
        wrong="" if row.corrected or open_yet else url_for("profile_values.wrong", entry=row.id),
    )


def mark_of(row: ValueRow) -> str:
    """What a value is to the others: replaced by one, or in the place of one."""
    if row.corrected:
        return _("replaced, counts no more")
    if row.corrects:
        return _("taken back") if not row.amount else _("a correction")
    return ""


def said_words(said: Said) -> list[str]:
    """What the person said, and the admin's answer."""
    asked = _("You said on %(day)s: “%(text)s”", day=moment(said.asked_at), text=said.text)
    if said.state is QueryState.OPEN:
        return [asked, _("Nobody has answered yet.")]
    verdict = _("It was corrected.") if said.state is QueryState.CORRECTED else _("It stays as it is.")
    return [asked, f"{verdict} {said.answer}".strip()]


def source_words(source: Source) -> str:
    return {
        Source.API: _("sent by a program"),
        Source.IMPORT: _("from a table"),
    }.get(source, _("typed in"))


def sum_words(lines: Sequence[ValueLine], behind: Behind, currency: str) -> str:
    """How the value comes about: of a few parts each of them, the first first; else how many there are."""
    parts = [line.counts for line in reversed(lines) if line.counts is not None]
    total = exactly(behind.total, currency)
    if not behind.counted:
        return _("value = 0, for nothing is there yet")
    if len(parts) != behind.counted or len(parts) > MOST_PARTS:
        return _("value = the sum of %(number)s values = %(total)s", number=behind.counted, total=total)
    signed = [f"{'+' if part > 0 else '−'} {amount(abs(part))}" for part in parts]
    return _("value = %(sum)s = %(total)s", sum=" ".join(signed).removeprefix("+ "), total=total)


def frozen_words(shown: Shown, score: Decimal, adjustment: Decimal) -> str:
    """What stands on the board of a period that is over."""
    stands = exactly(score, shown.currency)
    if not adjustment:
        return _("This period is over: %(amount)s stands on its board.", amount=stands)
    return _(
        "This period is over: %(amount)s stands on its board. What came later, %(later)s, stands beside it.",
        amount=stands,
        later=exactly(adjustment, shown.currency),
    )
