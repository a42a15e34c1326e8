"""Where the caller is on a profile, goal by goal, and whether the next rung is theirs."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, request

from webapp.api.body import Wrong
from webapp.api.operation import Answer, operation
from webapp.api.profiles import examples
from webapp.api.profiles.blueprint import bp
from webapp.api.profiles.envelope import NO_PROFILE, wrapped
from webapp.api.profiles.present import profile_json, reached_json
from webapp.api.profiles.schemas import OverviewAnswer
from webapp.domain.profiles import eligible
from webapp.extensions import db
from webapp.queries import boards, standing_now
from webapp.queries.boards import Ladder
from webapp.queries.ladders import Asked, Rung, asked_of, next_rung
from webapp.queries.standing_now import Reached

PROFILE = {"type": "string", "description": "The id of a profile; the caller's own when nothing is said."}


@bp.get("/overview", strict_slashes=False)
@operation(
    "profiles:read",
    answers={200: Answer("How far the caller is.", OverviewAnswer, examples.OVERVIEW)},
    query={"profile_id": PROFILE},
    tag="Profiles",
)
def read_overview() -> Any:
    """Get how far the caller is on a profile, and whether the rung above their own is open to them."""
    ladder = ladder_here()
    rung = chosen_rung(ladder, "profile_id")
    if ladder is None or rung is None:
        return wrapped({"user_goals": {}, "eligibleforupdate": False, "profiles": []})
    asked = asked_of(db.session, {rung.number, own_rung(ladder) or rung.number})
    reached = standing_now.on(db.session, ladder.home, ladder.place, asked[rung.number], g.viewer.now)
    return wrapped(
        {
            "user_goals": {one.asked.terms.keyword: reached_json(one) for one in reached},
            "eligibleforupdate": is_eligible(ladder, rung, reached, asked),
            "profiles": [profile_json(one) for one in ladder.rungs],
        }
    )


def ladder_here() -> Ladder | None:
    """The ladder of the key's organisation; None while it has no rung."""
    return next(iter(boards.ladders(db.session, g.viewer)), None)


def chosen_rung(ladder: Ladder | None, name: str) -> Rung | None:
    """The profile that the address names, else the caller's own, else the first; None without a ladder. Raises Wrong
    for what is none of this ladder's."""
    said = one_of_query(name)
    rungs = ladder.rungs if ladder else ()
    if said:
        found = next((rung for rung in rungs if str(rung.number) == said), None)
        if found is None:
            raise Wrong({name: [NO_PROFILE]})
        return found
    own = ladder.rung(own_rung(ladder)) if ladder else None
    return own or next(iter(rungs), None)


def one_of_query(name: str) -> str:
    """What the address says under this name; raises Wrong when it says it twice."""
    said = request.args.getlist(name)
    if len(said) > 1:
        raise Wrong({name: ["This is said more than once."]})
    return said[0] if said else ""


def own_rung(ladder: Ladder) -> int | None:
    """The number of the profile the caller stands on."""
    return ladder.place.profile_id if ladder.place else None


def is_eligible(ladder: Ladder, rung: Rung, reached: Sequence[Reached], asked: Mapping[int, Sequence[Asked]]) -> bool:
    """Whether the rung above the caller's own is open to them, whichever profile they look at."""
    own = own_rung(ladder)
    if own is None:
        return False
    if own != rung.number:
        reached = standing_now.on(db.session, ladder.home, ladder.place, asked[own], g.viewer.now)
    above = next_rung(ladder.rungs, own)
    return eligible(((one.asked.terms, one.value) for one in reached), has_next=above is not None)
