"""What the objectives contract's writing operations read, as shapes of JSON.

Whatever else stands in a body is ignored: clients post whole objects back.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from webapp.api.dates import Day, MaybeDay
from webapp.domain.goals import TEXT_LENGTH, TITLE_LENGTH
from webapp.domain.objective_drafts import CYCLE_LENGTH, MOST_KEY_RESULTS
from webapp.domain.reviews import COMMENT_LENGTH

NULL = {"type": "null"}
MOST_REVIEWERS = 50
MOST_IN_BULK = 100


def read_number(value: Any) -> Decimal:
    """The number as it was written; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "A number, please.")
    return Decimal(str(value))


def read_maybe_number(value: Any) -> Decimal | None:
    """As `read_number`; null is None."""
    return None if value is None else read_number(value)


Number = Annotated[Decimal, PlainValidator(read_number), WithJsonSchema({"type": "number"})]
MaybeNumber = Annotated[
    Decimal | None, PlainValidator(read_maybe_number), WithJsonSchema({"anyOf": [{"type": "number"}, NULL]})
]
Id = Annotated[str, Field(max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH)]
Description = Annotated[str | None, Field(max_length=TEXT_LENGTH)]
Words = Annotated[str, Field(max_length=COMMENT_LENGTH)]
OperatorWord = Literal["at_least", "at_most", "exactly"]
StatusWord = Literal["open", "locked", "closed"]
CadenceWord = Literal["weekly", "biweekly", "monthly"]


class Belief(NamedTuple):
    """How sure somebody is, from 0 to 1, and why."""

    value: Decimal
    reason: str = ""


def read_belief(value: Any) -> Belief:
    """A number, or one with a reason."""
    if not isinstance(value, dict):
        return Belief(read_number(value))
    reason = value.get("reason")
    if reason is not None and not isinstance(reason, str):
        raise PydanticCustomError("reason", "The reason is a text.")
    return Belief(read_number(value.get("value")), reason or "")


def read_maybe_belief(value: Any) -> Belief | None:
    """As `read_belief`; null is None."""
    return None if value is None else read_belief(value)


_BELIEF: dict[str, Any] = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {
            "type": "object",
            "properties": {
                "value": {"type": "number", "minimum": 0, "maximum": 1},
                "reason": {"anyOf": [{"type": "string", "maxLength": COMMENT_LENGTH}, NULL]},
            },
            "required": ["value"],
        },
    ],
    "description": "From 0 to 1, alone or with a reason.",
}
MaybeBelief = Annotated[
    Belief | None, PlainValidator(read_maybe_belief), WithJsonSchema({"anyOf": [*_BELIEF["anyOf"], NULL]})
]


class Strict(BaseModel):
    """Exactly these types."""

    model_config = ConfigDict(strict=True, extra="ignore")

    @property
    def sent(self) -> frozenset[str]:
        """The names that stood in the body."""
        return frozenset(self.model_fields_set)


class TagWrite(Strict):
    """One tag."""

    title: str


class AssigneeWrite(Strict):
    """Whose it is: a person's or a team's."""

    id: Id
    type: Literal["user", "team"] = "user"


class MetricWrite(Strict):
    """A key result as it is written in part: what is left out stays as it is, null is the usual value."""

    id: Id | None = None
    name: Name = ""
    description: Description = None
    ownerId: Id | None = None  # noqa: N815 - the contract's name
    assignee: AssigneeWrite | None = None
    initialValue: MaybeNumber = None  # noqa: N815 - the contract's name
    target: Number = Decimal(0)
    targetOperator: OperatorWord = "at_least"  # noqa: N815 - the contract's name
    weight: MaybeNumber = None
    dueDate: MaybeDay = None  # noqa: N815 - the contract's name


class MetricNew(MetricWrite):
    """A key result to be made: from 0 at least to its target with weight 1, unless it says otherwise."""

    name: Name
    target: Number


class GoalPatch(Strict):
    """A goal as it is written in part: what is left out stays as it is. Key results in `metrics` with an id are
    changed, those without are added; they are removed at their own address."""

    name: Name = ""
    description: Description = None
    sessionId: Id = ""  # noqa: N815 - the contract's name
    ownerId: Id = ""  # noqa: N815 - the contract's name
    assignee: AssigneeWrite | None = None
    parentId: Id | None = None  # noqa: N815 - the contract's name
    dateFrom: MaybeDay = None  # noqa: N815 - the contract's name
    dateTo: MaybeDay = None  # noqa: N815 - the contract's name
    tags: list[TagWrite] | None = None
    metrics: Annotated[list[MetricWrite] | None, Field(max_length=MOST_KEY_RESULTS)] = None


class GoalPut(GoalPatch):
    """A goal as it is written whole; what is left out stays as it is all the same."""

    name: Name


class GoalNew(GoalPatch):
    """A goal to be made; without dates it runs as long as its session."""

    name: Name
    sessionId: Id  # noqa: N815 - the contract's name
    ownerId: Id  # noqa: N815 - the contract's name
    metrics: Annotated[list[MetricNew] | None, Field(max_length=MOST_KEY_RESULTS)] = None  # type: ignore[assignment]


class WrappedNew(Strict):
    goal: GoalNew


class WrappedPatch(Strict):
    goal: GoalPatch


class WrappedPut(Strict):
    goal: GoalPut


GoalsNew = Annotated[list[GoalNew], Field(min_length=1, max_length=MOST_IN_BULK)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=MOST_IN_BULK)]
Reviewers = Annotated[list[Id], Field(min_length=1, max_length=MOST_REVIEWERS)]
Comment = Words
NeededComment = Annotated[str, Field(min_length=1, max_length=COMMENT_LENGTH)]


class WrappedIds(Strict):
    goalsIds: Ids  # noqa: N815 - the contract's name


class WrappedReviewers(Strict):
    reviewers: Reviewers


class CommentWrite(Strict):
    comment: Comment


class WrappedComment(Strict):
    comment: CommentWrite


class ReasonWrite(Strict):
    comment: NeededComment


class WrappedReason(Strict):
    comment: ReasonWrite


class Confidence(Strict):
    """A belief in an object of its own."""

    confidence: Annotated[Belief, PlainValidator(read_belief), WithJsonSchema(_BELIEF)]


class ReasonedConfidence(Strict):
    """A belief, as it stands alone in a body."""

    value: Annotated[float, Field(ge=0, le=1)]
    reason: Words | None = None


ConfidenceBody = Annotated[float, Field(ge=0, le=1)] | ReasonedConfidence | Confidence
"""The ways to say a belief, as they are described."""


class CheckInWrite(Strict):
    """What a key result came to; without a date today."""

    actual: Number
    comment: Words | None = None
    confidence: MaybeBelief = None
    checkInDate: MaybeDay = None  # noqa: N815 - the contract's name


class WorkflowWrite(Strict):
    """How many reviewers each goal needs; 0 or null is none."""

    reviewers: Annotated[int, Field(ge=0, le=2)] | None = None


class SessionPatch(Strict):
    """A session as it is written in part: what is left out stays as it is."""

    title: Annotated[str, Field(min_length=1, max_length=CYCLE_LENGTH)] = ""
    start: MaybeDay = None
    end: MaybeDay = None
    status: StatusWord = "open"
    cadenceType: CadenceWord | None = None  # noqa: N815 - the contract's name
    cadenceTimeZone: Annotated[str, Field(max_length=64)] | None = None  # noqa: N815 - the contract's name
    workflow: WorkflowWrite | None = None
    parentId: Id | None = None  # noqa: N815 - the contract's name


class SessionNew(SessionPatch):
    """A session to be made."""

    title: Annotated[str, Field(min_length=1, max_length=CYCLE_LENGTH)]
    start: Day
    end: Day


class Deleted(BaseModel):
    """What is gone."""

    id: str


class DeletedMany(BaseModel):
    """Everything that is gone."""

    items: list[Deleted]
    totalCount: int  # noqa: N815 - the contract's name
