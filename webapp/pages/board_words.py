"""Boards in words: periods, why a rank is that rank, and what moves somebody up."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.days import shifted
from webapp.domain.profiles import HUNDREDTH, WHOLE, Span, overall
from webapp.queries.boards import Shown
from webapp.queries.standing_now import Reached
from webapp.web.formats import amount, day, money

ONE = Decimal(1)


def span_words(span: Span) -> str:
    """A period as people call it: a month, a quarter, a year, or its days."""
    starts, ends = span.starts, span.ends
    if ends is None:
        return _("All time")
    if starts == ends:
        return day(starts)
    after, long = shifted(ends, 1), (ends - starts).days
    if starts.day == 1 and after.day == 1 and long > 26:
        if long < 31:
            return day(starts, "LLLL y")
        if starts.month == 1 and after.month == 1:
            return day(starts, "y")
        if starts.month % 3 == 1 and after.month % 3 == 1 and long < 92:
            return day(starts, "QQQ y")
    return _("%(first)s to %(last)s", first=day(starts), last=day(ends))


def percent_words(value: Decimal, *, whole: bool = False) -> str:
    """A percentage with up to two decimals, or whole."""
    return percent_pattern().format(percent_number(value, whole=whole))


def percent_pattern() -> str:
    """Where a number becomes a percentage: translated once for many."""
    return _("%(number)s %%", number="{}")


def percent_number(value: Decimal, *, whole: bool) -> str:
    return amount(value.quantize(ONE if whole else HUNDREDTH, ROUND_HALF_UP).normalize() + 0)


def rest_patterns() -> tuple[str, str]:
    """What is said of an amount that is missing to the maximum, and of none."""
    return _("%(amount)s to go", amount="{}"), _("reached")


def rank_words(shown: Shown) -> str:
    """Why the viewer has the rank they have; nothing for who has none."""
    mine = shown.mine
    if mine is None or mine.rank is None:
        return ""
    ahead = ahead_words(mine.rank - 1, over=shown.head.over)
    if not mine.tied:
        return _("%(ahead)s.", ahead=ahead)
    return _("%(ahead)s, %(sharing)s.", ahead=ahead, sharing=sharing_words(shown))


def ahead_words(number: int, *, over: bool) -> str:
    if number == 0:
        return _("Nobody was ahead of you") if over else _("Nobody is ahead of you")
    if over:
        return ngettext("%(num)d was ahead of you", "%(num)d were ahead of you", number)
    return ngettext("%(num)d is ahead of you", "%(num)d are ahead of you", number)


def sharing_words(shown: Shown) -> str:
    """How many share the viewer's rank; they are counted only where all of them are listed."""
    assert shown.mine is not None
    rank = shown.mine.rank or 0
    sharing = sum(1 for row in shown.rows if row.rank == rank) - 1
    ranked = sum(1 for row in shown.rows if row.rank is not None)
    follows = any(row.rank == rank + sharing + 1 for row in shown.rows)
    if not (follows or ranked == shown.head.ranked):
        return _("others shared your rank") if shown.head.over else _("others share your rank")
    if shown.head.over:
        return ngettext("%(num)d shared your rank", "%(num)d shared your rank", sharing)
    return ngettext("%(num)d shares your rank", "%(num)d share your rank", sharing)


def next_words(shown: Shown, *, whole: bool) -> str:
    """How much more it takes to share the next better rank; nothing for who is first or has none."""
    above, mine = shown.above(), shown.mine
    if above is None or mine is None:
        return ""
    terms = shown.head.terms
    if terms is not None and not whole:
        more = money(above.score - mine.score, terms.currency)
    else:
        gap = (
            above.score - mine.score if terms is None else terms.percentage(above.score) - terms.percentage(mine.score)
        )
        more = points_words(gap, whole=whole)
    return _("%(more)s more and you share rank %(rank)s; any more than that, and you pass.", more=more, rank=above.rank)


def points_words(gap: Decimal, *, whole: bool) -> str:
    """A distance in percent; of whole ones never fewer than it takes, and less than one is said as that."""
    if not whole:
        return percent_words(max(gap, HUNDREDTH))
    if gap < ONE:
        return _("Less than 1 %")
    return percent_words(gap.to_integral_value(ROUND_CEILING), whole=True)


def best_goal(reached: Sequence[Reached]) -> Reached | None:
    """The goal whose maximum, once reached, adds most to the mean; None when every maximum is met."""
    short = [one for one in reached if one.difference > 0]
    return min(short, key=lambda one: one.percentage) if short else None


def best_words(reached: Sequence[Reached], best: Reached, *, whole: bool) -> str:
    """What that goal would bring."""
    after = overall([WHOLE if one is best else one.percentage for one in reached])
    terms, missing = best.asked.terms, WHOLE - best.percentage
    more = points_words(missing, whole=True) if whole else money(best.difference, terms.currency)
    together = percent_words(after, whole=whole)
    return _(
        "%(more)s more reach its maximum, and then all goals together come to %(together)s.",
        more=more,
        together=together,
    )


def left_words(span: Span, today: date) -> str:
    """How long a period goes on, this day included; nothing for what has no end."""
    if span.ends is None:
        return ""
    days = (span.ends - today).days + 1
    if days <= 1:
        return _("ends today")
    return ngettext("%(num)d day left", "%(num)d days left", days)
