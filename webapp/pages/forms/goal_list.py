"""What the goals list can be told."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField

from webapp.domain.schedules import Frequency
from webapp.pages.forms.base import Form
from webapp.queries.goals import Filter, Order
from webapp.web.words import frequency_name


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
        self.searches = search
        self.frequency.choices = [("", _l("All schedules")), *((one.value, frequency_name(one)) for one in Frequency)]
        self.tag.choices = [("", _l("All tags")), *tags]
        self.order.choices = [
            (Order.OWN.value, _l("Your order")),
            (Order.TITLE.value, _l("By name")),
            (Order.NEWEST.value, _l("Newest first")),
            (Order.TARGET.value, _l("By target date")),
        ]

    def wanted(self) -> Filter:
        """The filter meant; what is not known is left out."""
        orders = {one.value: one for one in Order}
        known, tags = {one.value for one in Frequency}, {address for address, _ in self.tag.choices or ()}
        return Filter(
            search=(self.q.data or "")[:100] if self.searches else "",
            frequency=self.frequency.data if self.frequency.data in known else "",
            tag=self.tag.data if self.tag.data in tags else "",
            archived=bool(self.archived.data),
            order=orders.get(self.order.data, Order.OWN),
        )
