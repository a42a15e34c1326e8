"""Objectives in words: what a key result asks, where it stands, how its way bends, and how sure somebody is."""

from decimal import Decimal

from flask_babel import gettext as _

from webapp.domain.objectives import Cadence, Curve, Operator, Pace, RollUp
from webapp.web.formats import amount

PACE_ICONS = {
    Pace.NOT_STARTED: "minus",
    Pace.ON_TRACK: "check",
    Pace.AT_RISK: "triangle-alert",
    Pace.OFF_TRACK: "x",
    Pace.OUTDATED: "clock",
}
"""So that no pace is told by colour alone."""


def pace_words(pace: Pace) -> str:
    return {
        Pace.NOT_STARTED: _("not started"),
        Pace.ON_TRACK: _("on track"),
        Pace.AT_RISK: _("at risk"),
        Pace.OFF_TRACK: _("off track"),
        Pace.OUTDATED: _("outdated"),
    }[pace]


def operator_words(operator: Operator) -> str:
    return {
        Operator.AT_LEAST: _("at least"),
        Operator.AT_MOST: _("at most"),
        Operator.EXACTLY: _("exactly"),
    }[operator]


def target_words(operator: Operator, baseline: Decimal, target: Decimal, unit: str) -> str:
    """What is to be reached: "at least 10 shops", and for a value that should fall "down to 3 days"."""
    number = measure(target, unit)
    if operator is Operator.AT_LEAST and target < baseline:
        return _("down to %(amount)s", amount=number)
    return {
        Operator.AT_LEAST: _("at least %(amount)s", amount=number),
        Operator.AT_MOST: _("at most %(amount)s", amount=number),
        Operator.EXACTLY: _("exactly %(amount)s", amount=number),
    }[operator]


def curve_words(curve: Curve) -> str:
    return {
        Curve.LINEAR: _("evenly"),
        Curve.BACK_LOADED: _("mostly late"),
        Curve.STEPPED: _("in steps"),
    }[curve]


def roll_up_words(roll_up: RollUp) -> str:
    return {
        RollUp.BOTH: _("key results and the objectives below"),
        RollUp.KEY_RESULTS: _("key results only"),
        RollUp.CHILDREN: _("the objectives below only"),
    }[roll_up]


def cadence_words(cadence: Cadence) -> str:
    return {
        Cadence.WEEKLY: _("every week"),
        Cadence.BIWEEKLY: _("every two weeks"),
        Cadence.MONTHLY: _("every month"),
    }[cadence]


def measure(value: Decimal | None, unit: str) -> str:
    """A value with its unit, with two decimals at most; nothing for none."""
    number = amount(value if value is None else round(value, 2).normalize() + 0)
    if not number or not unit:
        return number
    return f"{number} %" if unit == "%" else f"{number} {unit}"


def percent(fraction: Decimal) -> str:
    """A fraction as whole percent between 0 and 100, as progress is shown."""
    return _("%(number)s %%", number=share(fraction))


def share(fraction: Decimal) -> int:
    """A fraction as a whole number between 0 and 100; never 100 while a little is missing."""
    shown = min(max(round(100 * fraction), 0), 100)
    return 99 if shown == 100 and fraction < 1 else shown


def over_words(fraction: Decimal | None) -> str:
    """By how much a progress is beyond all of it, in words; nothing when it is not."""
    if fraction is None or round(100 * (fraction - 1)) < 1:
        return ""
    return _("over by %(number)s %%", number=amount(round(100 * (fraction - 1))))


def exact(fraction: Decimal) -> str:
    """A fraction in percent with up to two decimals, as sums show it."""
    return _("%(number)s %%", number=amount(round(100 * fraction, 2).normalize() + 0))
