"""The contract's words for what is read and what a goal asks, and what they are to the rules."""

from typing import Literal

from webapp.api.body import Wrong
from webapp.domain.reading import Asks, Category

GoalType = Literal["QURAN_TIME", "QURAN_PAGES", "QURAN_RANGE", "COURSE", "QURAN_READING_PROGRAM", "RAMADAN_CHALLENGE"]
GoalCategory = Literal["QURAN", "COURSE", "QURAN_READING_PROGRAM", "RAMADAN_CHALLENGE"]
ActivityType = Literal["QURAN", "LESSON", "QURAN_READING_PROGRAM", "RAMADAN_CHALLENGE"]
ActivityName = Literal["QURAN", "LESSON", "COURSE", "QURAN_READING_PROGRAM", "RAMADAN_CHALLENGE"]
"""What programs call activity; COURSE is answered as LESSON, which is the same."""

ASKS: dict[GoalType, Asks] = {
    "QURAN_TIME": Asks.TIME,
    "QURAN_PAGES": Asks.AMOUNT,
    "QURAN_RANGE": Asks.RANGE,
    "COURSE": Asks.AMOUNT,
    "QURAN_READING_PROGRAM": Asks.AMOUNT,
    "RAMADAN_CHALLENGE": Asks.AMOUNT,
}
CATEGORIES: dict[GoalCategory, Category] = {
    "QURAN": Category.QURAN,
    "COURSE": Category.COURSE,
    "QURAN_READING_PROGRAM": Category.PROGRAMME,
    "RAMADAN_CHALLENGE": Category.CHALLENGE,
}
OWN: dict[GoalType, Category] = {
    "COURSE": Category.COURSE,
    "QURAN_READING_PROGRAM": Category.PROGRAMME,
    "RAMADAN_CHALLENGE": Category.CHALLENGE,
}
"""Types that go with one category alone; the others go with any."""
ACTIVITIES: dict[ActivityName, Category] = {
    "QURAN": Category.QURAN,
    "LESSON": Category.COURSE,
    "COURSE": Category.COURSE,
    "QURAN_READING_PROGRAM": Category.PROGRAMME,
    "RAMADAN_CHALLENGE": Category.CHALLENGE,
}
ACTIVITY_OF: dict[Category, ActivityType] = {
    Category.QURAN: "QURAN",
    Category.COURSE: "LESSON",
    Category.PROGRAMME: "QURAN_READING_PROGRAM",
    Category.CHALLENGE: "RAMADAN_CHALLENGE",
}


def go_together(kind: GoalType, category: Category) -> None:
    """Raises Wrong for a type of another category."""
    if OWN.get(kind, category) is not category:
        raise Wrong({"category": [f"A goal of type {kind} has the category {kind}."]})
