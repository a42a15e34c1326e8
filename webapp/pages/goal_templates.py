"""Goals that many people have, to begin with: each opens the editor filled in."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from webapp.domain.goals import GoalDraft
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, ScheduleDraft
from webapp.domain.tracking import Direction

DAILY = ScheduleDraft(Frequency.DAILY)
WEEKLY = ScheduleDraft(Frequency.WEEKLY)
EVERY_TWO_WEEKS = ScheduleDraft(Frequency.BIWEEKLY)
WORKDAYS = ScheduleDraft(Frequency.CUSTOM, (0, 1, 2, 3, 4))
THREE_TIMES_A_WEEK = ScheduleDraft(Frequency.QUOTA, times=3, period=QuotaPeriod.WEEK)
FIRST_SATURDAY = ScheduleDraft(Frequency.RULE, rule="FREQ=MONTHLY;BYDAY=1SA")


@dataclass(frozen=True)
class GoalTemplate:
    """`name` stands in addresses, `words` on the page."""

    name: str
    words: str
    goal: GoalDraft


def offered() -> list[GoalTemplate]:
    """The templates in the viewer's language."""
    return [
        GoalTemplate("walk", _("Walk daily"), _goal(2, _("Walk"), DAILY, question=_("Did you walk today?"))),
        GoalTemplate("read", _("Read 20 pages a day"), _goal(10, _("Read"), DAILY, at_least=20, unit=_("pages"))),
        GoalTemplate(
            "water", _("Drink 8 glasses of water"), _goal(11, _("Drink water"), DAILY, at_least=8, unit=_("glasses"))
        ),
        GoalTemplate(
            "meditate", _("Meditate 10 minutes"), _goal(9, _("Meditate"), DAILY, at_least=10, unit=_("minutes"))
        ),
        GoalTemplate("exercise", _("Exercise 3 times a week"), _goal(5, _("Exercise"), THREE_TIMES_A_WEEK)),
        GoalTemplate("sugar", _("No sugar"), _goal(6, _("No sugar"), DAILY, question=_("Was it a day without sugar?"))),
        GoalTemplate("coffee", _("At most 2 coffees a day"), _goal(4, _("Coffee"), DAILY, at_most=2, unit=_("cups"))),
        GoalTemplate("journal", _("Write a journal on weekdays"), _goal(8, _("Write my journal"), WORKDAYS)),
        GoalTemplate("call", _("Call somebody every week"), _goal(7, _("Call somebody I like"), WEEKLY)),
        GoalTemplate("study", _("Study every two weeks"), _goal(1, _("Study"), EVERY_TWO_WEEKS)),
        GoalTemplate(
            "clean", _("Clean on the first Saturday of the month"), _goal(12, _("Clean the house"), FIRST_SATURDAY)
        ),
    ]


def named(name: str) -> GoalDraft | None:
    """The goal of this template; None for a name that is none."""
    return next((template.goal for template in offered() if template.name == name), None)


def _goal(
    colour: int,
    title: str,
    schedule: ScheduleDraft,
    *,
    question: str = "",
    at_least: int | None = None,
    at_most: int | None = None,
    unit: str = "",
) -> GoalDraft:
    amount = at_least if at_least is not None else at_most
    direction = Direction.AT_MOST if at_most is not None else Direction.AT_LEAST
    return GoalDraft(
        title=title,
        schedule=schedule,
        question=question,
        colour=colour,
        direction=direction if amount is not None else None,
        target=None if amount is None else Decimal(amount),
        unit=unit,
    )
