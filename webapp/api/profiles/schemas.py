"""What the profiles contract's operations read and answer, as shapes of JSON."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from webapp.api.dates import Unclear
from webapp.api.profiles.envelope import NO_USER
from webapp.domain.profile_drafts import KEYWORD_LENGTH, MOST_VALUES, ValueDraft

LARGEST_NUMBER = 2**63 - 1
_DIGITS = re.compile(r"[0-9]{1,19}")
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = "(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"


def read_user(value: Any) -> int:
    """The number of a person, also in the digits under which a board lists them."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_NUMBER:
        raise Unclear(NO_USER)
    return value


def read_amount(value: Any) -> Decimal:
    """The amount exactly as it was written, as a number or as a decimal in a text."""
    if isinstance(value, Decimal):
        return value
    if (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and _DECIMAL.fullmatch(value)
    ):
        return Decimal(value)
    raise Unclear("A number, please.")


def read_instant(value: Any) -> datetime:
    """The instant that a text of RFC 3339 names, in UTC."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise Unclear("A date and time of RFC 3339 with its zone, please.")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unclear("There is no such date and time.") from None


class Strict(BaseModel):
    """Exactly these names and types."""

    model_config = ConfigDict(strict=True, extra="forbid")


class ValueNew(Strict):
    """So much of a goal, of one person's; `source_uid` is how the sender knows it: sent again, it adds nothing."""

    user: Annotated[
        int,
        PlainValidator(read_user),
        WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[0-9]{1,19}$"}]}),
    ]
    goal: Annotated[str, Field(min_length=1, max_length=KEYWORD_LENGTH)]
    amount: Annotated[
        Decimal,
        PlainValidator(read_amount),
        WithJsonSchema(
            {
                "anyOf": [{"type": "number"}, {"type": "string", "pattern": "^-?[0-9]{1,20}(\\.[0-9]{1,20})?$"}],
                "description": "A refund is negative; below 10^12, and at most six decimals.",
            }
        ),
    ]
    occurred_at: Annotated[
        datetime, PlainValidator(read_instant), WithJsonSchema({"type": "string", "pattern": f"^{_DATE}{_TIME}$"})
    ]
    source_uid: Annotated[str, Field(pattern="^[!-~]{1,60}$")]

    def draft(self) -> ValueDraft:
        return ValueDraft(self.goal, self.amount, self.occurred_at, self.source_uid)


ValuesNew = Annotated[list[ValueNew], Field(min_length=1, max_length=MOST_VALUES)]


class Terms(Strict):
    """What a profile asks of one goal."""

    period: Literal["daily", "weekly", "monthly", "quarterly", "yearly", "lifetime"]
    maximum: float
    minimum: float
    display_name: str
    currency_code: Annotated[str, Field(description='ISO 4217, or "" for a number.')]


class Reached(Terms):
    """How far the caller is in the period that runs, both days included; a lifetime has neither."""

    current: float
    percentage: Annotated[float, Field(ge=0, le=100)]
    difference: Annotated[float, Field(ge=0)]
    period_start: Annotated[str | None, Field(json_schema_extra={"format": "date"})]
    period_end: Annotated[str | None, Field(json_schema_extra={"format": "date"})]


class ProfileRead(Strict):
    """A rung of the ladder."""

    id: int
    profilename: str


class Overview(Strict):
    """How far the caller is on a profile; `profiles` from the first rung up."""

    user_goals: dict[str, Reached]
    eligibleforupdate: bool
    profiles: list[ProfileRead]


class CourseRead(Strict):
    """Something to learn from; `duration` in minutes, null where nobody said."""

    thumbnail: str
    duration: int | None
    title: str
    short_description: str
    detail_url: str


class OverallRow(Strict):
    """A participant on the board of the whole profile; `rank` is null without an entry in the period."""

    name: str
    level: int
    overall: float
    percentage: Annotated[float, Field(ge=0, le=100)]
    image: str
    rank: int | None
    tied: bool


class GoalRow(Strict):
    """A participant on the board of one goal; `value` is null where the organisation hides amounts."""

    value: float | None
    image: str
    firstname: str
    surname: str
    percentage: Annotated[float, Field(ge=0, le=100)]
    rank: int | None
    tied: bool


class GoalStatus(Strict):
    """The selected goal in words: what it asks, what was achieved, and a sentence."""

    goal: str
    achieved: str
    status_text: str


class Variant(Strict):
    """A step of advice; addresses are "" where there is none."""

    step: str
    active_link: str
    recommended_course: str
    recommended_article: str


class GoalDetails(Strict):
    variants: list[Variant]


class Leaderboard(Strict):
    """The boards of a profile and of one of its goals: the first hundred, the caller, and two on each side of them."""

    courseList: list[CourseRead]  # noqa: N815 - the contract's name
    goals: dict[str, Terms]
    selected_goal: str
    selected_profile: int
    profiles_leader_board_data: dict[str, OverallRow]
    goal_leader_board_user_data: dict[str, GoalRow]
    participants: int | None
    current_goal_info: Annotated[dict[str, Reached], Field(max_length=1)]
    goal_status: GoalStatus
    current_goal_details: GoalDetails
    profiles: list[ProfileRead]


class Recorded(Strict):
    """How many values are new, and how many were sent before and add nothing."""

    accepted: int
    repeated: int


class Answered(Strict):
    """What a good answer is wrapped in."""

    status_code: Literal[200]
    errors: Annotated[dict[str, str], Field(max_length=0)]


class OverviewAnswer(Answered):
    data: Overview


class LeaderboardAnswer(Answered):
    data: Leaderboard


class ValuesAnswer(Answered):
    data: Recorded
