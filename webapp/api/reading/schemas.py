"""What operations of the reading contract read and answer, as shapes of JSON."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from webapp.api.reading.kinds import ActivityName, ActivityType, GoalCategory, GoalType
from webapp.api.reading.params import Strict
from webapp.api.reading.values import Amount, DayWritten, Duration, Mushaf, Pages, RangesListed, Seconds

Date = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
Share = Annotated[float, Field(ge=0, le=1)]


class GoalNew(Strict):
    """What a goal should ask; without a duration every day, with one in all, within so many days."""

    type: GoalType
    amount: Amount
    category: GoalCategory
    duration: Duration = None


class GoalChange(Strict):
    """What of a goal should be otherwise; a duration of null makes it daily."""

    # What is not said is not read: these stand in its place, and in no document.
    type: GoalType = Field(default_factory=lambda: "QURAN_TIME")
    amount: Amount = Field(default_factory=int)
    category: GoalCategory = Field(default_factory=lambda: "QURAN")
    duration: Duration = Field(default_factory=lambda: None)


class ActivityNew(Strict):
    """What was read on a day, which is today when nothing is said: at least one of seconds, ranges and pages."""

    type: ActivityName
    mushaf: Mushaf = Field(alias="mushafId")
    day: DayWritten = Field(default=None, alias="date")
    seconds: Seconds = None
    ranges: RangesListed = ()
    pages: Pages = None


class Nothing(Strict):
    """There is nothing to say of it."""


class GoalId(Strict):
    id: str


class Message(Strict):
    message: Literal["goal deleted"]


class ActivityRead(Strict):
    """What was read on one day, and what a goal asked of it.

    A course's activity has the type LESSON. Targets are of the kind that the goal asks for, 0 or empty of the others;
    without a goal they are null or empty, and the progress is 0.
    """

    id: Annotated[str | None, Field(description="Null while nothing was read.")]
    date: Date
    progress: Share
    type: ActivityType
    ranges: list[str]
    pagesRead: Annotated[float, Field(ge=0)]  # noqa: N815 - the contract's name
    secondsRead: Annotated[int, Field(ge=0)]  # noqa: N815
    versesRead: Annotated[int, Field(ge=0)]  # noqa: N815
    manuallyAddedSeconds: Annotated[int, Field(ge=0)]  # noqa: N815
    dailyTargetPages: int | None  # noqa: N815
    dailyTargetSeconds: int | None  # noqa: N815
    dailyTargetRanges: list[str]  # noqa: N815
    remainingDailyTargetRanges: list[str]  # noqa: N815
    mushafId: int | None  # noqa: N815


class Plan(ActivityRead):
    """What today asks, and what of it was read."""

    hasGoal: bool  # noqa: N815
    goalId: str | None  # noqa: N815


class Portion(Strict):
    """What a day would ask: a number, or verses."""

    date: Date
    amount: int | str


class Week(Strict):
    week: Annotated[list[Portion], Field(max_length=7)]


class StreakRead(Strict):
    """Days in a row on which something was read; active while today can still carry it on."""

    id: str
    startDate: Date  # noqa: N815
    endDate: Date  # noqa: N815
    type: Literal["QURAN"]
    status: Literal["ACTIVE", "BROKEN"]
    days: Annotated[int, Field(ge=1)]


class Days(Strict):
    days: Annotated[int, Field(ge=0)]


class ReadingTime(Strict):
    seconds: Annotated[int, Field(ge=0)]


class Pagination(Strict):
    """Cursors are null where the page is empty."""

    startCursor: str | None  # noqa: N815
    endCursor: str | None  # noqa: N815
    hasNextPage: bool  # noqa: N815
    hasPreviousPage: bool  # noqa: N815


class Answered(Strict):
    """What a good answer is wrapped in."""

    success: Literal[True]


class GoalIdAnswer(Answered):
    data: GoalId


class NothingAnswer(Answered):
    data: Nothing


class MessageAnswer(Answered):
    data: Message


class PlanAnswer(Answered):
    data: Plan


class WeekAnswer(Answered):
    data: Week


class DaysAnswer(Answered):
    data: Days


class ReadingTimeAnswer(Answered):
    data: ReadingTime


class StreaksAnswer(Answered):
    data: list[StreakRead]
    pagination: Pagination


class ActivityDaysAnswer(Answered):
    data: list[ActivityRead]
    pagination: Pagination
