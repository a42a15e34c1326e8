"""Ladders in words: periods, and what a profile asks."""

from decimal import Decimal

from flask_babel import gettext as _

from webapp.domain.people import MembershipStatus
from webapp.domain.profile_drafts import CourseKind
from webapp.domain.profiles import Period, Terms
from webapp.web.formats import money


def period_words(period: Period) -> str:
    """What values are added up over."""
    return {
        Period.DAILY: _("Daily"),
        Period.WEEKLY: _("Weekly"),
        Period.MONTHLY: _("Monthly"),
        Period.QUARTERLY: _("Quarterly"),
        Period.YEARLY: _("Yearly"),
        Period.LIFETIME: _("Lifetime"),
    }[period]


def range_words(minimum: Decimal, maximum: Decimal, currency: str) -> str:
    """From where a target is counted, and where it is met."""
    return _("%(minimum)s to %(maximum)s", minimum=money(minimum, currency), maximum=money(maximum, currency))


def terms_words(terms: Terms) -> str:
    """What is asked of one goal: "Personal sales €0 to €1,000, monthly"."""
    span = range_words(terms.minimum, terms.maximum, terms.currency)
    return _("%(name)s %(range)s (%(period)s)", name=terms.display_name, range=span, period=period_words(terms.period))


def former_words(status: MembershipStatus | None) -> str:
    """Why somebody who stands on a rung is no active member."""
    if status is MembershipStatus.SUSPENDED:
        return _("Membership suspended")
    return _("Account not in use") if status is MembershipStatus.ACTIVE else _("Left the organisation")


def kind_words(kind: CourseKind) -> str:
    return {CourseKind.COURSE: _("Course"), CourseKind.ARTICLE: _("Article")}[kind]
