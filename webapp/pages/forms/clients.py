"""What a therapist can say: which clients to show, the days of a report, and a goal with a message."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField

from webapp.domain.days import shifted
from webapp.domain.people import Viewer
from webapp.domain.proposals import ProposalDraft
from webapp.pages.forms.base import Form
from webapp.pages.forms.goals import GoalForm
from webapp.queries.adherence import DAYS
from webapp.queries.caseload import Order
from webapp.queries.client_report import LONGEST_DAYS
from webapp.queries.clients import Client
from webapp.web.addresses import plain_date
from webapp.web.formats import problem_text

LONGEST_SEARCH = 100


class CaseloadForm(Form):
    """The caseload's own little form; it changes nothing, so it needs no nonce of its own."""

    class Meta:
        csrf = False

    q = StringField()
    order = SelectField(_l("Order"), validate_choice=False)

    def __init__(self, *, search: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.searches = search
        self.order.choices = [
            (Order.NAME.value, _l("By name")),
            (Order.ADHERENCE.value, _l("Least done first")),
            (Order.CONTACT.value, _l("Longest silent first")),
            (Order.WAITING.value, _l("Most reviews first")),
        ]

    @property
    def wanted(self) -> tuple[Order, str]:
        """The order and the letters meant; what is not known is left out."""
        orders = {one.value: one for one in Order}
        letters = (self.q.data or "").strip()[:LONGEST_SEARCH] if self.searches else ""
        return orders.get(self.order.data, Order.NAME), letters


class ProposalForm(GoalForm):
    """The goal editor with a few words to the client."""

    message = TextAreaField(_l("Message"))

    def proposal(self) -> ProposalDraft:
        """What was typed, ready for the rules."""
        return ProposalDraft(self.draft(), self.message.data or "")


class DeclineForm(Form):
    comment = TextAreaField(_l("Why not"))


class Interval(NamedTuple):
    """The first and last day of a report, what was typed for them, and what is wrong with it by the field's name."""

    first: date
    last: date
    typed: Mapping[str, str]
    errors: Mapping[str, str] = {}

    def kind(self, name: str) -> str:
        """The type of the field: one of dates shows nothing that is none, and what was typed is to stay."""
        return "date" if not self.typed[name] or plain_date(self.typed[name]) else "text"


def asked_interval(values: Mapping[str, str], today: date) -> Interval:
    """The days a request names by `from` and `to`; the last 28 when it names none, or some that cannot be."""
    usual = (shifted(today, 1 - DAYS), today)
    typed = {name: values.get(name, "") for name in ("from", "to")}
    if not any(typed.values()):
        return Interval(*usual, {"from": str(usual[0]), "to": str(today)})
    days = {name: plain_date(text) for name, text in typed.items()}
    unreadable = _("Please write a date, like %(example)s.", example="2026-03-14")
    if errors := {name: unreadable for name, text in typed.items() if text and days[name] is None}:
        return Interval(*usual, typed, errors)
    last = days["to"] or today
    first = days["from"] or shifted(last, 1 - DAYS)
    if last > today:
        return Interval(*usual, typed, {"to": problem_text("in_future", {})})
    if last < first:
        return Interval(*usual, typed, {"to": problem_text("before_start", {})})
    if (last - first).days >= LONGEST_DAYS:
        return Interval(*usual, typed, {"from": _("At most %(days)s days, please.", days=LONGEST_DAYS)})
    return Interval(first, last, {"from": str(first), "to": str(last)})


def as_client(viewer: Viewer, client: Client) -> Viewer:
    """The viewer as somebody who lives where the client does: on their date, with their weeks."""
    return replace(
        viewer,
        zone=client.zone,
        day_start=client.day_start,
        week_start=client.week_start,
        today=client.today,
    )
