"""Moods on the wire: what programs of the tracking contract send and read."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from webapp.actions.tracked_moods import FIELDS, TrackedMoodDraft
from webapp.api.dates import Day, day_of
from webapp.api.tracking.moments import InstantRead, LogDate, instant_text
from webapp.domain.moods import WORD_LENGTH
from webapp.queries.tracked_moods import TrackedMood, WordCount


class Body(BaseModel):
    """What a program sends; fields that are not known are ignored, since clients post whole objects back."""

    model_config = ConfigDict(strict=True, extra="ignore")


class MoodBody(Body):
    """A mood as it is written; `userid` is the caller's own or null."""

    userid: int | None = None
    logdate: LogDate = None
    mood: Annotated[str, Field(max_length=WORD_LENGTH)] | None = None
    reasons: Any = None

    def draft(self) -> TrackedMoodDraft:
        """How somebody says they felt, ready for the rules."""
        said = frozenset(FIELDS & self.model_fields_set)
        return TrackedMoodDraft(mood=self.mood, reasons=self.reasons, logdate=self.logdate, said=said)


class StatisticsBody(Body):
    """Whose moods to count, from the first to the last date; null `userid` is the caller."""

    userid: int | None = None
    fromdate: Day
    todate: Day

    def days(self, zone: str) -> tuple[date, date]:
        """The first and the last date, as they are meant in the zone."""
        first, last = day_of(self.fromdate, zone), day_of(self.todate, zone)
        assert first is not None
        assert last is not None
        return first, last


class MoodRead(BaseModel):
    """A mood as it is read."""

    moodid: int
    userid: int
    logdate: InstantRead
    mood: str | None
    reasons: Any
    create_timestamp: InstantRead
    update_timestamp: InstantRead


class DeletedMood(BaseModel):
    """What a deleted mood leaves."""

    moodid: int
    is_deleted: bool


class ReasonTally(BaseModel):
    """How often a reason was given."""

    reason: Any
    count: int


class MoodTally(BaseModel):
    """How often a mood was logged on one date, and why."""

    mood: str | None
    count: int
    reasons: list[ReasonTally]


class DayOfMoods(BaseModel):
    """What one date comes to."""

    logdate: Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
    moods: list[MoodTally]


def mood_read(mood: TrackedMood) -> dict[str, Any]:
    """The mood as programs read it."""
    return {
        "moodid": mood.id,
        "userid": mood.person_id,
        "logdate": instant_text(mood.at),
        "mood": mood.word,
        "reasons": mood.reasons,
        "create_timestamp": instant_text(mood.recorded_at),
        "update_timestamp": instant_text(mood.changed_at),
    }


def day_of_moods(day: date, words: list[WordCount]) -> dict[str, Any]:
    """One date of the statistics as programs read it."""
    moods = [
        {
            "mood": one.word,
            "count": one.count,
            "reasons": [{"reason": because.reason, "count": because.count} for because in one.reasons],
        }
        for one in words
    ]
    return {"logdate": day.isoformat(), "moods": moods}
