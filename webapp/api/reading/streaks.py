"""Days in a row on which somebody read."""

from typing import Annotated, Any, Literal

from flask import g
from pydantic import WithJsonSchema

from webapp.api.operation import Answer, operation
from webapp.api.reading import examples
from webapp.api.reading.blueprint import bp
from webapp.api.reading.envelope import wrapped
from webapp.api.reading.paging import Paged, pagination
from webapp.api.reading.params import Query, asked_with, query
from webapp.api.reading.schemas import DaysAnswer, StreaksAnswer
from webapp.domain.reading import Category
from webapp.domain.reading_streaks import StreakStatus
from webapp.extensions import db
from webapp.queries import reading_lists, reading_streaks
from webapp.queries.reading_lists import Place, StreakRow

Status = Annotated[Literal["ACTIVE", "BROKEN"] | None, WithJsonSchema({"type": "string", "enum": ["ACTIVE", "BROKEN"]})]


class StreaksQuery(Paged):
    type: Literal["QURAN"]
    sortOrder: Literal["asc", "desc"] = "desc"  # noqa: N815 - the contract's name
    orderBy: Literal["startDate", "days"] = "startDate"  # noqa: N815
    status: Status = None


class OfQuran(Query):
    type: Literal["QURAN"]


@bp.get("/streaks", strict_slashes=False)
@operation(
    "streak.read",
    answers={200: Answer("A page of streaks.", StreaksAnswer, examples.STREAKS)},
    tag="Streaks",
    **asked_with(StreaksQuery),
)
def list_streaks() -> Any:
    """List streaks that touch the days asked for, in pages of at most 20.

    `first` goes with `after`, `last` with `before`. Streaks of equal length stand in the order of their first days.
    """
    asked = query(StreaksQuery)
    page = reading_lists.streaks(
        db.session,
        g.viewer,
        Category.QURAN,
        asked.asked(ascending=asked.sortOrder == "asc"),
        by_days=asked.orderBy == "days",
        status=StreakStatus(asked.status) if asked.status else None,
    )
    places = [Place(row.first, row.days) for row in page.rows]
    return wrapped([streak_json(row) for row in page.rows], pagination=pagination(page, places))


@bp.get("/streaks/current-streak-days", strict_slashes=False)
@operation(
    "streak.read",
    answers={200: Answer("How long it is.", DaysAnswer, examples.DAYS)},
    tag="Streaks",
    **asked_with(OfQuran),
)
def read_current_streak() -> Any:
    """Get how many days the streak has that today can carry on; 0 where there is none."""
    query(OfQuran)
    streak = reading_streaks.current(db.session, g.viewer, Category.QURAN)
    return wrapped({"days": streak.days if streak else 0})


def streak_json(row: StreakRow) -> dict[str, Any]:
    """The streak as programs read it."""
    return {
        "id": row.id,
        "startDate": str(row.first),
        "endDate": str(row.last),
        "type": "QURAN",
        "status": row.status.value,
        "days": row.days,
    }
