"""Lists in pages: `first` many after a cursor, or `last` many before one."""

import base64
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import Field

from webapp.api.body import Wrong
from webapp.api.reading.params import Query
from webapp.api.reading.values import MOST_LISTED, Count, DayWritten
from webapp.queries.reading_lists import Asked, Page, Place

_CURSOR = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
_PLACE = re.compile(r"([0-9]{1,6})@([0-9]{4}-[0-9]{2}-[0-9]{2})", re.ASCII)
NOT_TOGETHER = "first goes with after, and last with before: nothing else goes together."
NOT_A_CURSOR = "This is no cursor of a list."


class Paged(Query):
    """A page of a list, of the days from one to the other, both included and both optional.

    Twenty are listed when nobody says how many.
    """

    since: DayWritten = Field(default=None, alias="from")
    until: DayWritten = Field(default=None, alias="to")
    first: Count = None
    last: Count = None
    after: str = Field(default="", description="The cursor behind which the page begins.")
    before: str = Field(default="", description="The cursor before which the page ends.")

    def asked(self, *, ascending: bool) -> Asked:
        """The page; raises Wrong for what does not go together, and for what is no cursor."""
        backwards = bool({"last", "before"} & self.model_fields_set)
        for name in ("first", "after") if backwards else ():
            if name in self.model_fields_set:
                raise Wrong({name: [NOT_TOGETHER]})
        if self.since and self.until and self.since > self.until:
            raise Wrong({"to": ["The last day is before the first."]})
        name = "before" if backwards else "after"
        place = opened(name, self.before if backwards else self.after) if name in self.model_fields_set else None
        most = (self.last if backwards else self.first) or MOST_LISTED
        return Asked(most, ascending, backwards, place, self.since, self.until)


def pagination(page: Page[Any], places: Sequence[Place]) -> dict[str, Any]:
    """Where the page stands in its list."""
    return {
        "startCursor": cursor(places[0]) if places else None,
        "endCursor": cursor(places[-1]) if places else None,
        "hasNextPage": page.has_next,
        "hasPreviousPage": page.has_previous,
    }


def cursor(place: Place) -> str:
    """A place as programs pass it on."""
    return base64.urlsafe_b64encode(f"{place.days}@{place.day}".encode()).decode().rstrip("=")


def opened(name: str, text: str) -> Place:
    """The place that a cursor means; raises Wrong for what is none."""
    try:
        if _CURSOR.fullmatch(text):
            said = _PLACE.fullmatch(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii"))
            if said is not None:
                return Place(date.fromisoformat(said[2]), int(said[1]))
    except ValueError:
        pass
    raise Wrong({name: [NOT_A_CURSOR]})
