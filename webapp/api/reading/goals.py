"""Reading goals: begun, changed and ended, and what one would ask of the next days."""

from typing import Any

from flask import g
from pydantic import Field

from webapp.actions import reading_goals, works
from webapp.api import guard
from webapp.api.operation import Answer, operation
from webapp.api.reading import examples
from webapp.api.reading.blueprint import bp
from webapp.api.reading.envelope import wrapped
from webapp.api.reading.kinds import ASKS, CATEGORIES, OWN, GoalCategory, GoalType, go_together
from webapp.api.reading.params import Query, asked_with, body, query
from webapp.api.reading.schemas import GoalChange, GoalIdAnswer, GoalNew, MessageAnswer, NothingAnswer, WeekAnswer
from webapp.api.reading.values import AmountText, DurationDigits, MushafDigits, one_text
from webapp.domain import quran, reading
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.ranges import Range
from webapp.domain.reading import Category, Done
from webapp.domain.reading_drafts import PlanChanges, PlanDraft
from webapp.extensions import db
from webapp.queries import reading as queries


class OfMushaf(Query):
    mushaf: MushafDigits = Field(alias="mushafId")


class OfCategory(Query):
    category: GoalCategory


class Estimate(OfMushaf):
    type: GoalType
    amount: AmountText
    duration: DurationDigits = None


@bp.post("/goals", strict_slashes=False)
@operation(
    "goal.create",
    body=GoalNew,
    example=examples.GOAL,
    answers={200: Answer("The goal stands.", GoalIdAnswer, examples.CREATED)},
    tag="Goals",
    **asked_with(OfMushaf),
)
def create_goal() -> Any:
    """Begin a goal, from today on.

    Of each category one goal is live: a second one is refused, and names the first. A goal that is reached makes room.
    """
    asked, new = query(OfMushaf), body(GoalNew)
    category = CATEGORIES[new.category]
    go_together(new.type, category)
    amount, span = parted(new.amount)
    size = most(new.type, asked.mushaf)
    draft = PlanDraft(category, ASKS[new.type], amount, span, new.duration, asked.mushaf, size)
    goal = reading_goals.start(db.session, g.viewer, draft)
    return wrapped({"id": goal.public_id}, tag=str(goal.version))


@bp.put("/goals/<goal_id>", strict_slashes=False)
@operation(
    "goal.update",
    body=GoalChange,
    example=examples.CHANGE,
    answers={200: Answer("The goal asks what was said.", NothingAnswer, examples.DONE)},
    tag="Goals",
    **asked_with(OfMushaf),
)
def change_goal(goal_id: str) -> Any:
    """Change a live goal: any of what it was begun with, over the days since it was begun.

    What is not said stays as it is; a duration of null makes the goal daily.
    """
    asked, new = query(OfMushaf), body(GoalChange)
    works.hold(db.session, g.viewer)
    goal, work = queries.find_goal(db.session, g.viewer, goal_id)
    if work.category is Category.BOOK:  # the contract knows no books
        raise NotFound
    guard.match(str(goal.version))
    goal = reading_goals.change(db.session, g.viewer, goal_id, changes(new, asked.mushaf, work.category))
    return wrapped({}, tag=str(goal.version))


@bp.delete("/goals/<goal_id>", strict_slashes=False)
@operation(
    "goal.delete",
    answers={200: Answer("The goal is over; what was read stays.", MessageAnswer, examples.DELETED)},
    tag="Goals",
    **asked_with(OfCategory),
)
def delete_goal(goal_id: str) -> Any:
    """End a live goal of this category."""
    category = CATEGORIES[query(OfCategory).category]
    works.hold(db.session, g.viewer)
    goal, work = queries.find_goal(db.session, g.viewer, goal_id)
    if work.category is category:
        guard.match(str(goal.version))
    reading_goals.end(db.session, g.viewer, goal_id, category)
    return wrapped({"message": "goal deleted"})


@bp.get("/goals/estimate", strict_slashes=False)
@operation(
    "goal.estimate",
    answers={200: Answer("The next days.", WeekAnswer, examples.WEEK)},
    tag="Goals",
    **asked_with(Estimate),
)
def estimate_goal() -> Any:
    """Get what a goal would ask of today and the days after it, at most seven, if each day is read."""
    asked = query(Estimate)
    amount, span = parted(asked.amount)
    category = OWN.get(asked.type, Category.QURAN)
    draft = PlanDraft(
        category, ASKS[asked.type], amount, span, asked.duration, asked.mushaf, most(asked.type, asked.mushaf)
    )
    if problems := draft.check():
        raise Invalid(problems)
    week = reading.week(draft.terms(g.viewer.today), Done(), g.viewer.today)
    days = [{"date": str(day), "amount": one_text(each.verses) or each.amount} for day, each in week]
    return wrapped({"week": days})


def parted(amount: int | Range) -> tuple[int | None, Range | None]:
    """What is a number and what are verses."""
    return (amount, None) if isinstance(amount, int) else (None, amount)


def most(kind: GoalType, mushaf: int) -> int | None:
    """The most pages that a goal of this type can ask for; None of other types."""
    return quran.pages_in(mushaf) if kind == "QURAN_PAGES" else None


def changes(new: GoalChange, mushaf: int, category: Category) -> PlanChanges:
    """What is said, of a goal of this category; raises Wrong for a type that does not go with what it will have."""
    said = new.model_fields_set
    made: dict[str, Any] = {"mushaf": mushaf}
    if "category" in said:
        made["category"] = category = CATEGORIES[new.category]
    if "type" in said:
        go_together(new.type, category)
        made["asks"] = ASKS[new.type]
    if "amount" in said:
        made["amount"], made["span"] = parted(new.amount)
    if "duration" in said:
        made["duration"] = new.duration
    return PlanChanges(**made)
