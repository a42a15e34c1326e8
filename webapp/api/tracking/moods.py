"""Operations 11 to 14 of the tracking contract: logging moods, saying them anew, reading and counting them."""

from typing import Any

from flask import Response, g, jsonify

from webapp.actions import access
from webapp.actions import moods as mood_actions
from webapp.actions import tracked_moods as actions
from webapp.api.answers import nothing
from webapp.api.body import Wrong, read
from webapp.api.errors import Forbidden
from webapp.api.guard import match, not_kept
from webapp.api.operation import Answer, operation
from webapp.api.tracking import mood_schemas as shapes
from webapp.api.tracking.blueprint import bp
from webapp.api.tracking.mood_schemas import MoodBody, MoodRead, StatisticsBody, day_of_moods, mood_read
from webapp.domain.errors import NotFound
from webapp.extensions import db
from webapp.queries import tracked_moods as queries
from webapp.queries.tracked import is_number
from webapp.queries.tracked_moods import TrackedMood
from webapp.web.transaction import will_write

MOST_DAYS = 3_660
"""Statistics are of ten years at most."""
WRITTEN = {"userid": 1, "logdate": "2019-08-24T14:15:22Z", "mood": "happy", "reasons": None}
READ = {
    "moodid": 7,
    "userid": 1,
    "logdate": "2019-08-24T14:15:22Z",
    "mood": "happy",
    "reasons": ["friends"],
    "create_timestamp": "2019-08-24T14:16:01Z",
    "update_timestamp": "2019-08-24T14:16:01Z",
}
COUNTED = {
    "logdate": "2024-01-02",
    "moods": [{"mood": "happy", "count": 2, "reasons": [{"reason": "friends", "count": 1}]}],
}
MOOD = Answer("The mood.", MoodRead, READ)
MOODS = Answer("The moods, the newest first.", list[MoodRead], [READ])
UNKNOWN = Answer("There is no such mood.")


@bp.post("/moods")
@operation(
    "moods:write",
    body=MoodBody,
    example=WRITTEN,
    answers={201: Answer("The mood is logged.", MoodRead, READ)},
    tag="Moods",
)
def log_mood() -> Any:
    """Log a mood of the caller's.

    A word that is none of the person's own nor a usual one (rad, good, meh, bad, awful) is kept without a level.
    """
    body = own(read(MoodBody))
    mood = actions.log(db.session, g.viewer, body.draft())
    return shown(queries.one(db.session, g.viewer, g.viewer.id, mood.id), 201)


@bp.post("/moods/stats")
@operation(
    "moods:read",
    body=StatisticsBody,
    example={"userid": 1, "fromdate": "2024-01-01", "todate": "2024-01-31"},
    answers={
        200: Answer("Each date with moods, in order.", list[shapes.DayOfMoods], [COUNTED]),
        204: Answer("Nothing was logged on these dates, or nothing the caller may see."),
    },
    reads=True,
    tag="Moods",
)
def count_moods() -> Any:
    """Count moods by date and word, with the reasons of each."""
    body = read(StatisticsBody)
    first, last = body.days(g.viewer.zone)
    if first > last or (last - first).days >= MOST_DAYS:
        raise Wrong({"todate": [f"At least fromdate, and at most {MOST_DAYS - 1} days later, please."]})
    owner = looked_at(g.viewer.id if body.userid is None else body.userid)
    found = queries.statistics(db.session, g.viewer, owner, first, last) if owner else {}
    return jsonify([day_of_moods(day, words) for day, words in found.items()]) if found else nothing()


@bp.route("/moods/<int(signed=True):moodid>", methods=["PUT", "PATCH"])
@operation(
    "moods:write",
    body=MoodBody,
    example={"mood": "happy", "reasons": ["friends"]},
    answers={200: Answer("The mood as it is now.", MoodRead, READ), 204: UNKNOWN},
    tag="Moods",
)
def say_mood(moodid: int) -> Any:
    """Say a mood of the caller's anew.

    What is left out stays as it is, and so does the moment when `logdate` is null.
    """
    body = own(read(MoodBody))
    try:
        mood = actions.held(db.session, g.viewer, moodid)
    except NotFound:
        return nothing()
    match(str(mood.version))
    actions.say(db.session, g.viewer, mood, body.draft())
    return shown(queries.one(db.session, g.viewer, g.viewer.id, mood.id))


@bp.delete("/moods/<int(signed=True):moodid>")
@operation(
    "moods:write",
    answers={
        200: Answer("The mood is deleted.", shapes.DeletedMood, {"moodid": 7, "is_deleted": True}),
        204: UNKNOWN,
    },
    tag="Moods",
)
def delete_mood(moodid: int) -> Any:
    """Delete a mood of the caller's; its history stays theirs to have back on the pages."""
    try:
        mood = actions.held(db.session, g.viewer, moodid)
    except NotFound:
        return nothing()
    match(str(mood.version))
    mood_actions.delete(db.session, g.viewer, mood)
    return {"moodid": mood.id, "is_deleted": True}


@bp.get("/moods")
@operation("moods:read", answers={200: MOODS}, tag="Moods")
def own_moods() -> Any:
    """List the caller's own moods."""
    return jsonify([mood_read(mood) for mood in queries.listed(db.session, g.viewer, g.viewer.id)])


@bp.get("/moods/<int(signed=True):moodid>")
@operation("moods:read", answers={200: MOOD}, tag="Moods")
def own_mood(moodid: int) -> Any:
    """Read one of the caller's own moods."""
    return shown(queries.one(db.session, g.viewer, g.viewer.id, moodid))


@bp.get("/moods/by-user/<int(signed=True):userid>")
@operation("moods:read", answers={200: MOODS}, tag="Moods")
def moods_by_user(userid: int) -> Any:
    """List the moods of the caller, or of a client who lets the caller see them."""
    owner = looked_at(userid)
    found = queries.listed(db.session, g.viewer, owner) if owner else []
    return jsonify([mood_read(mood) for mood in found])


@bp.get("/moods/by-user/<int(signed=True):userid>/<int(signed=True):moodid>")
@operation("moods:read", answers={200: MOOD}, tag="Moods")
def mood_by_user(userid: int, moodid: int) -> Any:
    """Read one mood of the caller, or of a client who lets the caller see it."""
    owner = looked_at(userid, moodid)
    if owner is None:
        raise NotFound
    return shown(queries.one(db.session, g.viewer, owner, moodid))


def own(body: MoodBody) -> MoodBody:
    """The body, if it is about the caller: moods cannot be written for anybody else, known or not."""
    if body.userid not in (None, g.viewer.id):
        raise Forbidden("Moods can only be written for oneself.")
    return body


def looked_at(userid: int, moodid: int | None = None) -> int | None:
    """The person, if the caller may see moods of theirs; a look at a client's is written down first. Else None."""
    if userid == g.viewer.id:
        return userid
    if not queries.is_client(db.session, g.viewer, userid):
        return None
    will_write()
    not_kept()
    try:
        access.record_mood_look(db.session, g.viewer, userid, moodid if is_number(moodid) else None)
    except NotFound:  # the grant has ended since
        return None
    return userid


def shown(mood: TrackedMood, status: int = 200) -> Response:
    """The mood, with its version."""
    response = jsonify(mood_read(mood))
    response.status_code = status
    response.set_etag(str(mood.version))
    return response
