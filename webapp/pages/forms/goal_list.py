"""What the goals list can be told: which goals to show, and what to do with those that are chosen."""

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField

from webapp.domain.errors import Invalid, Problem
from webapp.domain.goals import COLOURS
from webapp.domain.schedules import Frequency
from webapp.pages.forms.base import Form, one_line
from webapp.pages.forms.pauses import PauseForm
from webapp.queries.goals import Filter, Order
from webapp.web.words import colour_names, frequency_name

NUMBERS = {str(number): number for number in range(1, COLOURS + 1)}


class FilterForm(Form):
    """The goals list's own little form; it changes nothing, so it needs no nonce of its own."""

    class Meta:
        csrf = False

    q = StringField()
    frequency = SelectField(_l("Schedule"), validate_choice=False)
    tag = SelectField(_l("Tag"), validate_choice=False)
    order = SelectField(_l("Order"), validate_choice=False)
    archived = BooleanField()

    def __init__(self, tags: Iterable[tuple[str, str]] = (), *, search: bool = True, **kwargs: Any) -> None:
        """`tags` are the viewer's own, by address and name."""
        super().__init__(**kwargs)
        self.searches, self.tags = search, dict(tags)
        self.frequency.choices = [("", _l("All schedules")), *((one.value, frequency_name(one)) for one in Frequency)]
        self.tag.choices = [("", _l("All tags")), *self.tags.items()]
        self.order.choices = [
            (Order.OWN.value, _l("Your order")),
            (Order.TITLE.value, _l("By name")),
            (Order.NEWEST.value, _l("Newest first")),
            (Order.TARGET.value, _l("By target date")),
        ]

    def wanted(self) -> Filter:
        """The filter meant; what is not known is left out."""
        orders = {one.value: one for one in Order}
        known = {one.value for one in Frequency}
        return Filter(
            search=(self.q.data or "")[:100] if self.searches else "",
            frequency=self.frequency.data if self.frequency.data in known else "",
            tag=self.tag.data if self.tag.data in self.tags else "",
            archived=bool(self.archived.data),
            order=orders.get(self.order.data, Order.OWN),
        )


class BulkForm(PauseForm):
    """What is to be done with the chosen goals; the pressed button says which of it."""

    do = StringField("")
    tags = StringField(_l("Tag"), [one_line])
    colour = RadioField(_l("Colour"), coerce=int, default=1, validate_choice=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.colour.choices = colour_names()

    def chosen(self) -> list[str]:
        """The addresses that were ticked, or that an undo names."""
        return [address for sent in request.form.getlist("goal") for address in sent.split()]

    def word(self) -> str:
        """The tag typed, as it would be kept; raises Invalid when it cannot be read."""
        if problems := [problem for problem in self.read() if problem.field == "tags"]:
            raise Invalid(problems)
        return " ".join((self.tags.data or "").split())

    def colours(self, chosen: Iterable[str]) -> dict[str, int]:
        """Each goal's colour: the chosen one, or its own where an undo names it as "address:number"; raises Invalid."""
        if self.colour.process_errors:
            raise Invalid([Problem("colour", "unknown_choice")])
        parts = [one.partition(":") for one in chosen]
        return {address: NUMBERS.get(own, 0) if colon else self.colour.data or 0 for address, colon, own in parts}
