"""What the tracking contract's operations on goals read and answer, as shapes of JSON."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from webapp.api.dates import Day, MaybeDay, day_of
from webapp.api.tracking.fields import MaybeWall, Weekdays
from webapp.domain.schedules import MAXIMUM_DAYS_AHEAD
from webapp.domain.tracked import STATUS_LENGTH, Item, Said

MOST_IN_BULK = 200
Text255 = Annotated[str, Field(max_length=255)]
FREQUENCY_SCHEMA = {
    "anyOf": [
        {"enum": ["One Time", "Daily", "Weekly", "Biweekly", "Monthly", "Yearly", "Custom"]},
        {"type": "string", "maxLength": 255, "pattern": "^RRULE:FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;INTERVAL=[1-9])?"},
        {"type": "null"},
    ],
    "description": "Names in any case, or a rule of RFC 5545.",
}
DATES = ("startdate", "targetdate", "reminderdate")
PLAIN = ("title", "description", "status", "criticality", "is_onetime", "frequency", "days", "reminder", "remindertime")


class Strict(BaseModel):
    """Exactly these types; what the contract does not know is ignored, since clients post whole objects back."""

    model_config = ConfigDict(strict=True, extra="ignore")


class TrackingItem(Strict):
    """One due date as it is written."""

    duedate: Day
    iscompleted: bool | None = None
    reminderdate: MaybeDay = None
    remindertime: MaybeWall = None
    is_deleted: bool | None = None

    def item(self, zone: str) -> Item:
        day = day_of(self.duedate, zone)
        assert day is not None
        own = (day_of(self.reminderdate, zone), self.remindertime)
        return Item(day, bool(self.iscompleted), bool(self.is_deleted), *own)


class GoalPatch(Strict):
    """A goal as it is written in part: what is left out stays as it is."""

    userid: int | None = None
    title: Text255 | None = None
    status: Annotated[str, Field(max_length=STATUS_LENGTH)] | None = None
    is_onetime: bool = False
    criticality: Text255 | None = None
    reminder: bool | None = None
    frequency: Annotated[Text255 | None, WithJsonSchema(FREQUENCY_SCHEMA)] = None
    targetdate: MaybeDay = None
    startdate: MaybeDay = None
    days: Weekdays = None
    goaltracking: Annotated[list[TrackingItem], Field(max_length=MAXIMUM_DAYS_AHEAD)] = []
    reminderdate: MaybeDay = None
    remindertime: MaybeWall = None
    description: str | None = None
    is_therapist_approved: bool = False

    def said(self, zone: str) -> Said:
        """What was said, in the terms of the rules; dates as they are in the zone."""
        there = self.model_fields_set
        said: dict[str, Any] = {name: getattr(self, name) for name in PLAIN if name in there}
        said |= {name: day_of(getattr(self, name), zone) for name in DATES if name in there}
        if "goaltracking" in there:
            said["items"] = tuple(one.item(zone) for one in self.goaltracking)
        return Said(**said)  # type: ignore[typeddict-item]


class GoalPut(GoalPatch):
    """A goal as it is written whole."""

    is_onetime: bool
    goaltracking: Annotated[list[TrackingItem], Field(max_length=MAXIMUM_DAYS_AHEAD)]
    reminderdate: MaybeDay
    remindertime: MaybeWall


class GoalPost(GoalPut):
    """A goal to be made; with `goalid`, one to be changed."""

    goalid: int | None = None


class GoalInBulk(GoalPut):
    """One goal among several: made unless `id` is one of the caller's."""

    id: int | None = None


class ReminderPut(Strict):
    """Whether and when a goal reminds; without a time, at the times there are."""

    goalid: int
    reminder: bool | None = None
    remindertime: MaybeWall = None

    def said(self) -> Said:
        said = Said(reminder=self.reminder) if "reminder" in self.model_fields_set else Said()
        return Said(**said, remindertime=self.remindertime) if self.remindertime is not None else said


class Tick(Strict):
    """Whether one due date is done."""

    goalTrackId: int  # noqa: N815 - the contract's name
    iscompleted: bool


class TrackerAsk(Strict):
    """Whose due dates, from when to when."""

    userid: int | None = None
    fromdate: Day
    todate: Day
    time_zone: Annotated[str, Field(max_length=64)] | None = None


DateTime = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
DateOnly = Annotated[str, Field(json_schema_extra={"format": "date"})]
Clock = Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$")]


class TrackingRead(BaseModel):
    """One due date; `status` is the goal's."""

    goalTrackId: int  # noqa: N815 - the contract's name
    goalid: int
    iscompleted: bool
    duedate: DateTime
    reminderdate: DateOnly | None
    remindertime: Clock | None
    is_deleted: bool
    status: str | None


class GoalRead(BaseModel):
    """A goal and its due dates."""

    userid: int
    goalid: int
    status: str | None
    title: str
    is_onetime: bool
    criticality: str | None
    reminder: bool | None
    frequency: str
    targetdate: DateTime | None
    days: list[str] | None
    goaltracking: list[TrackingRead]
    description: str | None
    is_therapist_approved: bool


class GoalEcho(GoalRead):
    """A goal as it stands after a write."""

    reminderdate: DateOnly | None
    remindertime: Clock | None
    startdate: DateTime


class GoalByUser(BaseModel):
    """A goal without its due dates."""

    goalid: int
    userid: int
    title: str
    is_onetime: bool
    frequency: str
    criticality: str | None
    reminder: bool | None
    status: str | None
    days: list[str] | None
    targetdate: DateTime | None
    remindertime: Clock | None
    description: str | None
    is_therapist_approved: bool


class PendingGoal(BaseModel):
    """A goal that waits to be finished; `startdate` is its earliest due date."""

    goalid: int
    userid: int
    title: str
    description: str | None
    startdate: DateTime | None
    targetdate: DateTime | None
    is_onetime: bool
    frequency: str
    days: list[str] | None


class GoalDeleted(BaseModel):
    """The goal is gone, so are its due dates."""

    goalid: int
    is_deleted: bool


class Held(BaseModel):
    """The goal is held as it is: why, whom it waits for, since when, and what its owner may do next."""

    detail: str
    reason: str
    by: list[str]
    since: str | None
    actions: list[str]


class TrackedOnDay(BaseModel):
    """One goal on one due date."""

    goalTrackId: int  # noqa: N815 - the contract's name
    goalid: int
    title: str
    iscompleted: bool
    status: str | None
    reminder: bool | None
    remindertime: Clock | None
    criticality: str | None
    frequency: str


class TrackerDay(BaseModel):
    """What is due on one date."""

    duedate: DateOnly
    goals: list[TrackedOnDay]


class TrackerRead(BaseModel):
    """What is due, date by date."""

    time_zone: str
    goaltracker: list[TrackerDay]
