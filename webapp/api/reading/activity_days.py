"""What was read on which day: said, and listed."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from flask import g
from pydantic import WithJsonSchema

from webapp.actions import reading_log
from webapp.api.body import Unreadable, Wrong
from webapp.api.operation import Answer, operation
from webapp.api.reading import examples
from webapp.api.reading.blueprint import bp
from webapp.api.reading.envelope import wrapped
from webapp.api.reading.kinds import ACTIVITIES, ACTIVITY_OF, ActivityName, ActivityType
from webapp.api.reading.paging import Paged, pagination
from webapp.api.reading.params import Query, asked_with, body, query
from webapp.api.reading.present import Shown, day_json
from webapp.api.reading.schemas import ActivityDaysAnswer, ActivityNew, NothingAnswer, ReadingTimeAnswer
from webapp.api.reading.values import RangesText
from webapp.domain import quran
from webapp.domain.errors import Invalid, Problem
from webapp.domain.reading_drafts import ReadingDraft
from webapp.domain.tracking import Source
from webapp.extensions import db
from webapp.queries import reading_lists
from webapp.queries.reading import DayRow
from webapp.queries.reading_lists import Place

Order = Annotated[Literal["asc", "desc"] | None, WithJsonSchema({"type": "string", "enum": ["asc", "desc"]})]


class DaysQuery(Paged):
    type: ActivityName
    sortOrder: Order = None  # noqa: N815 - the contract's names
    dateOrderBy: Order = None  # noqa: N815

    def ascending(self) -> bool:
        """Whether the earliest day comes first, by either of the two names; raises Wrong where they disagree."""
        if self.sortOrder and self.dateOrderBy and self.sortOrder != self.dateOrderBy:
            raise Wrong({"dateOrderBy": ["sortOrder says something else."]})
        return "asc" in (self.sortOrder, self.dateOrderBy)


class TimeQuery(Query):
    ranges: RangesText


@bp.post("/activity-days", strict_slashes=False)
@operation(
    "activity_day.create",
    body=ActivityNew,
    example=examples.ACTIVITY,
    answers={200: Answer("It is counted.", NothingAnswer, examples.DONE)},
    tag="Activity days",
)
def add_activity() -> Any:
    """Say what was read, today or on a day before.

    It is added to what was said of that day before: seconds and pages add up, a verse counts once a day. LESSON and
    COURSE are the same.
    """
    new = body(ActivityNew, exact)
    draft = ReadingDraft(new.seconds, new.pages, new.ranges, new.day, new.mushaf)
    try:
        reading_log.log(db.session, g.viewer, draft, ACTIVITIES[new.type], source=Source.API)
    except Invalid as invalid:
        raise Invalid(
            Problem("pages" if one.field == "amount" else one.field, one.code, one.params) for one in invalid.problems
        ) from None
    return wrapped({})


@bp.get("/activity-days", strict_slashes=False)
@operation(
    "activity_day.read",
    answers={200: Answer("A page of days.", ActivityDaysAnswer, examples.ACTIVITY_DAYS)},
    tag="Activity days",
    **asked_with(DaysQuery),
)
def list_activity_days() -> Any:
    """List the days on which something of a type was read, in pages of at most 20.

    `first` goes with `after`, `last` with `before`. `dateOrderBy` is another name of `sortOrder`; the latest day comes
    first. Pages are those of the mushaf that was read from last on the day.
    """
    asked = query(DaysQuery)
    category = ACTIVITIES[asked.type]
    page = reading_lists.activity_days(db.session, g.viewer, category, asked.asked(ascending=asked.ascending()))
    days = [day_json(shown(row, ACTIVITY_OF[category])) for row in page.rows]
    return wrapped(days, pagination=pagination(page, [Place(row.local_date) for row in page.rows]))


@bp.get("/activity-days/estimate-reading-time", strict_slashes=False)
@operation(
    "activity_day.read",
    answers={200: Answer("How long it takes.", ReadingTimeAnswer, examples.READING_TIME)},
    tag="Activity days",
    **asked_with(TimeQuery),
)
def estimate_reading_time() -> Any:
    """Get how long verses take to read, at two minutes a page; a verse of two ranges counts once."""
    return wrapped({"seconds": quran.seconds_for(query(TimeQuery).ranges)})


def shown(day: DayRow, kind: ActivityType) -> Shown:
    """A day of the list, ready to be written."""
    return Shown(
        kind, day.local_date, day.id, day.read, day.filled, day.by_hand, day.mushaf, day.asks, day.asked, day.progress
    )


def exact(text: str) -> Decimal:
    """A fraction of a JSON text, digit for digit."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Unreadable("JSON parse error: a number is too small.") from None
