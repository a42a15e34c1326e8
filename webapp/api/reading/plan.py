"""What today asks of somebody, and what of it they read."""

from datetime import date
from typing import Any

from flask import g
from pydantic import Field

from webapp.api.operation import Answer, operation
from webapp.api.reading import examples
from webapp.api.reading.blueprint import bp
from webapp.api.reading.envelope import wrapped
from webapp.api.reading.kinds import ACTIVITY_OF, ASKS, OWN, GoalType
from webapp.api.reading.params import Query, asked_with, query
from webapp.api.reading.present import Shown, day_json
from webapp.api.reading.schemas import PlanAnswer
from webapp.api.reading.values import MushafDigits
from webapp.domain.reading import NOTHING, Asks, Category
from webapp.extensions import db
from webapp.models import Work
from webapp.queries import reading as queries
from webapp.queries.reading import Reading


class PlanQuery(Query):
    type: GoalType
    mushaf: MushafDigits = Field(alias="mushafId")


@bp.get("/goals/get-todays-plan", strict_slashes=False)
@operation(
    "goal.read",
    answers={200: Answer("Today.", PlanAnswer, examples.PLAN)},
    tag="Goals",
    **asked_with(PlanQuery),
)
def read_plan() -> Any:
    """Get what the live goal of this type asks of today, and what was read.

    Pages read are those of the mushaf asked for, pages to read those of the goal's. Without a goal, what was read.
    """
    asked = query(PlanQuery)
    readings = queries.readings(db.session, g.viewer, Work.category != Category.BOOK)
    found = reading_for(asked.type, readings)
    plan = found.plan if found else None
    shown = today_of(found, asked, g.viewer.today)
    return wrapped({"hasGoal": plan is not None, "goalId": plan.id if plan else None, **day_json(shown)})


def today_of(found: Reading | None, asked: PlanQuery, today: date) -> Shown:
    """What today asks and what was read, of what somebody reads; nothing where they read nothing of the kind."""
    if found is None:
        category, read = ACTIVITY_OF[OWN.get(asked.type, Category.QURAN)], NOTHING
        return Shown(category, today, None, read, read.amount, 0, asked.mushaf, None, None, None)
    day = found.day
    return Shown(
        category=ACTIVITY_OF[found.work.category],
        day=today,
        id=day.id if day else None,
        read=found.read,
        pages=found.read.filled(asked.mushaf),
        by_hand=day.by_hand if day else 0,
        mushaf=asked.mushaf,
        asks=found.plan.terms.asks if found.plan else None,
        asked=found.today.portion if found.today else None,
        progress=found.today.progress if found.today else None,
    )


def reading_for(kind: GoalType, readings: list[Reading]) -> Reading | None:
    """What somebody reads with a live goal of this type, of the Quran first; without one what the type is about.

    An amount of anything but the Quran is one of parts, and asked for by the type of its own category.
    """
    category = OWN.get(kind, Category.QURAN)
    own = next((one for one in readings if one.work.category is category), None)
    if kind in OWN or (own is not None and is_of(own, kind)):
        return own
    others = [one for one in readings if is_of(one, kind)] if ASKS[kind] is not Asks.AMOUNT else []
    return others[0] if others else own and without_goal(own)


def is_of(one: Reading, kind: GoalType) -> bool:
    """Whether there is a live goal that asks for what the type does."""
    return one.plan is not None and one.plan.terms.asks is ASKS[kind]


def without_goal(one: Reading) -> Reading:
    """What was read, beside the goal of another type."""
    return Reading(one.work, None, one.day, one.before, None, None)
