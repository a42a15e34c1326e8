"""A rung and its goals in words: how far each is, what is missing, and until when."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal

from babel.numbers import get_currency_precision
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.profiles import HUNDREDTH, WHOLE, Span, shown
from webapp.pages.board_words import left_words, percent_words
from webapp.pages.forms.profile import ReportForm
from webapp.pages.goal_picture import dates
from webapp.pages.ladder_words import period_words
from webapp.queries.ladders import Asked
from webapp.queries.standing_now import Reached
from webapp.web.formats import amount, day, money


@dataclass(frozen=True, slots=True)
class Gauge:
    """One goal of a profile in words; `share` is a whole number from 0 to 100, never 100 while a little is missing.

    `to_go` is empty once the maximum is met, `over` until it is exceeded. `form` is there where the target allows the
    member to report values, and stands `open` when something in it is wrong.
    """

    name: str
    keyword: str
    value: str
    minimum: str
    maximum: str
    share: int
    percent: str
    to_go: str
    over: str
    period: str
    dates: str
    left: str
    made_of: str
    met: bool
    form: ReportForm | None = None
    open: bool = False

    @property
    def difference(self) -> str:
        """How far it is from its maximum, on either side."""
        if self.over:
            return _("over by %(amount)s", amount=self.over)
        return _("reached") if self.met else _("%(amount)s to go", amount=self.to_go)

    def with_form(self, form: ReportForm, *, amiss: bool) -> "Gauge":
        return replace(self, form=form, open=amiss)


@dataclass(frozen=True, slots=True)
class AskedLine:
    """What a rung asks of one goal, in words; `minimum` is "" where it is counted from nothing, `now`, what its reader
    has of it, where that is not known."""

    name: str
    period: str
    minimum: str
    maximum: str
    now: str


def gauge_of(reached: Reached, today: date) -> Gauge:
    """One goal of the profile somebody stands on, as of today."""
    terms, value = reached.asked.terms, reached.value
    beyond = value - terms.maximum
    far = shown(_short_of_whole(reached.percentage))
    return Gauge(
        name=terms.display_name,
        keyword=terms.keyword,
        value=exactly(value, terms.currency),
        minimum=exactly(terms.minimum, terms.currency) if terms.minimum else "",
        maximum=exactly(terms.maximum, terms.currency),
        share=int(far.to_integral_value(ROUND_DOWN)),
        percent=percent_words(far),
        to_go=exactly(reached.difference, terms.currency) if reached.difference else "",
        over=exactly(beyond, terms.currency) if beyond > 0 else "",
        period=period_words(terms.period),
        dates=span_words(reached.span),
        left=left_words(reached.span, today) or _("without an end"),
        made_of=ngettext("from one value", "from %(num)d values", reached.entries) if reached.entries else "",
        met=beyond >= 0,
    )


def asked_line(asked: Asked, mine: list[Reached]) -> AskedLine:
    """What a rung asks of one goal; what counts for the reader's own rung over the same time counts for it too."""
    terms = asked.terms
    same = (one for one in mine if (one.asked.keyword_id, one.asked.terms.period) == (asked.keyword_id, terms.period))
    reached = next(same, None)
    return AskedLine(
        name=terms.display_name,
        period=period_words(terms.period),
        minimum=exactly(terms.minimum, terms.currency) if terms.minimum else "",
        maximum=exactly(terms.maximum, terms.currency),
        now=exactly(reached.value, terms.currency) if reached is not None else "",
    )


def missing_line(reached: Reached, today: date) -> str:
    """What one goal lacks to its maximum, or that it lacks nothing."""
    terms = reached.asked.terms
    if not reached.difference:
        return _("%(goal)s: reached", goal=terms.display_name)
    missing = {"goal": terms.display_name, "amount": exactly(reached.difference, terms.currency)}
    if reached.span.ends is None:
        return _("%(goal)s: %(amount)s to go", **missing)
    if reached.span.ends == today:
        return _("%(goal)s: %(amount)s to go today", **missing)
    return _("%(goal)s: %(amount)s to go until %(day)s", day=day(reached.span.ends), **missing)


def formula(reached: Reached) -> list[str]:
    """How the percentage comes about, step by step, with the numbers that went into it."""
    terms, value = reached.asked.terms, reached.value
    numbers = {
        "value": amount(value),
        "minimum": amount(terms.minimum),
        "maximum": amount(terms.maximum),
    }
    exact = reached.percentage
    steps = [
        _("percentage = 100 · (value − minimum) / (maximum − minimum)"),
        _("= 100 · (%(value)s − %(minimum)s) / (%(maximum)s − %(minimum)s)", **numbers),
        _("= %(percent)s", percent=percent_words(_short_of_whole(exact))),
    ]
    if not 0 <= exact <= WHOLE:
        steps.append(_("The gauge shows it between 0 and 100 %%: %(percent)s.", percent=percent_words(shown(exact))))
    steps.append(_("to go = maximum − value = %(amount)s", amount=exactly(reached.difference, terms.currency)))
    return steps


def exactly(value: Decimal, currency: str) -> str:
    """An amount with its currency; one that is finer than the currency's coins is written out in full."""
    if currency and value != value.quantize(Decimal(1).scaleb(-get_currency_precision(currency))):
        return f"{currency} {amount(value)}"
    return money(value, currency)


def span_words(span: Span) -> str:
    """From when to when a period runs."""
    return _("since the beginning") if span.ends is None else dates(span.starts, span.ends)


def _short_of_whole(percentage: Decimal) -> Decimal:
    """What would be rounded up to a hundred though a little is missing stays below it."""
    return percentage if percentage >= WHOLE else min(percentage, WHOLE - HUNDREDTH)
