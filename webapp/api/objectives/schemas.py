"""What the objectives contract's operations answer, as shapes of JSON."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from webapp.domain.projections import ALWAYS

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Assignee(BaseModel):
    """Whose something is: a person's, or a team's."""

    id: str
    accountId: str  # noqa: N815 - the contract's name
    name: str
    email: str
    avatar: str
    type: Literal["user", "team"]


class ConfidenceRead(BaseModel):
    """How sure somebody is, from 0 to 1, why and since when."""

    value: float
    reason: str
    date: Instant | None
    userId: str | None  # noqa: N815 - the contract's name


class Tag(BaseModel):
    title: str


class ClosedStatus(BaseModel):
    """Whether the goal is open, and what came of it."""

    status: Literal["active", "achieved", "abandoned"]


class Reviewer(BaseModel):
    """Somebody who was asked to decide, and what they said."""

    id: str
    name: str
    verdict: Literal["approve", "decline"] | None
    date: Instant | None


class MetricRead(BaseModel):
    """A key result; `actual` is null while it was never measured."""

    id: str
    name: str
    description: str
    goalId: str  # noqa: N815 - the contract's name
    ownerId: str  # noqa: N815 - the contract's name
    assignee: Assignee
    initialValue: float  # noqa: N815 - the contract's name
    target: float
    actual: float | None
    attainment: float
    targetOperator: Literal["at_least", "at_most", "exactly"]  # noqa: N815 - the contract's name
    confidence: ConfidenceRead | None
    dueDate: Instant | None  # noqa: N815 - the contract's name
    lastCheckInDate: Instant | None  # noqa: N815 - the contract's name
    weight: float
    sessionId: str  # noqa: N815 - the contract's name


class GoalAlone(BaseModel):
    """What a goal says of itself."""

    id: str
    accountId: str  # noqa: N815 - the contract's name
    name: str
    description: str
    url: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    ownerId: str  # noqa: N815 - the contract's name
    ownerIds: list[str]  # noqa: N815 - the contract's name
    assignee: Assignee
    sessionId: str  # noqa: N815 - the contract's name
    parentId: str  # noqa: N815 - the contract's name
    dateCreated: Instant  # noqa: N815 - the contract's name
    dateFrom: Instant  # noqa: N815 - the contract's name
    dateTo: Instant  # noqa: N815 - the contract's name
    attainment: float
    closedStatus: ClosedStatus  # noqa: N815 - the contract's name
    status: Literal["draft", "in_review", "approved"]
    revision: int
    confidence: ConfidenceRead | None
    tags: list[Tag]
    reviewers: list[Reviewer]


class Links(BaseModel):
    """The goal above ("" for none) and those below."""

    parent: str
    children: list[str]


class GoalRead(GoalAlone):
    """A goal with its metrics and links."""

    metrics: list[MetricRead]
    links: Links


def part_of(whole: type[BaseModel], **others: Any) -> Any:
    """The shape with those of its members that were asked for; some are of other shapes than in the whole."""
    members = {
        name: (others.get(name, info.annotation), ... if name in ALWAYS else Field(default_factory=object))
        for name, info in whole.model_fields.items()
    }
    more = {name: (shape, Field(default_factory=object)) for name, shape in others.items() if name not in members}
    make: Any = create_model
    return make(f"{whole.__name__}Part", __doc__="What was asked for of it.", **members, **more)


_NESTED = {
    "assignee": part_of(Assignee),
    "confidence": part_of(ConfidenceRead) | None,
    "reviewers": list[part_of(Reviewer)],  # type: ignore[misc]
}
_OF_GOALS = {**_NESTED, "closedStatus": part_of(ClosedStatus), "tags": list[part_of(Tag)]}  # type: ignore[misc]
MetricPart = part_of(MetricRead, assignee=_NESTED["assignee"], confidence=_NESTED["confidence"])
LinkedPart = part_of(GoalAlone, **_OF_GOALS)


class Expanded(BaseModel):
    """The goals below in full; there are no tasks here."""

    goals: list[LinkedPart]  # type: ignore[valid-type]
    tasks: list[None]


LinksPart = part_of(Links, expanded=part_of(Expanded))
GoalPart = part_of(GoalRead, **_OF_GOALS, metrics=list[MetricPart], links=LinksPart)  # type: ignore[valid-type]


class GoalsRead(BaseModel):
    """A page of goals, and how many there are in all."""

    items: list[GoalPart]  # type: ignore[valid-type]
    totalCount: int  # noqa: N815 - the contract's name


class GroupRead(BaseModel):
    """Somebody with at most 100 of their goals, and how many those are in all."""

    id: str
    name: str
    type: Literal["user", "team"]
    email: str
    avatar: str
    goals: list[GoalPart]  # type: ignore[valid-type]
    goalsCount: int  # noqa: N815 - the contract's name


class GroupsRead(BaseModel):
    """A page of groups, and how many there are in all."""

    items: list[GroupRead]
    totalCount: int  # noqa: N815 - the contract's name


class StepRead(BaseModel):
    """One step of a review."""

    action: str
    fromStatus: str  # noqa: N815 - the contract's name
    toStatus: str  # noqa: N815 - the contract's name
    userId: str | None  # noqa: N815 - the contract's name
    comment: str
    date: Instant
    revision: int


class StepsRead(BaseModel):
    """What was done in the reviews of a goal, the first step first, and what the caller may do now."""

    items: list[StepRead]
    totalCount: int  # noqa: N815 - the contract's name
    availableActions: list[str]  # noqa: N815 - the contract's name


class Workflow(BaseModel):
    """How many approvals each goal needs."""

    reviewers: Literal[1, 2]


class SessionRead(BaseModel):
    """A period of goals; without reviews its workflow is null."""

    id: str
    accountId: str  # noqa: N815 - the contract's name
    title: str
    parentId: str  # noqa: N815 - the contract's name
    start: Instant
    end: Instant
    status: Literal["open", "locked", "closed"]
    cadenceType: Literal["weekly", "biweekly", "monthly"]  # noqa: N815 - the contract's name
    cadenceTimeZone: str  # noqa: N815 - the contract's name
    workflow: Workflow | None


class SessionsRead(BaseModel):
    """A page of sessions, the latest first, and how many there are in all."""

    items: list[SessionRead]
    totalCount: int  # noqa: N815 - the contract's name
