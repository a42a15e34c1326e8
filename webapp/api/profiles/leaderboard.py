"""The boards of a profile and of one of its goals, where the caller is on both, and what helps them."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, g

from webapp.api.body import Wrong
from webapp.api.operation import Answer, operation
from webapp.api.profiles import examples, present
from webapp.api.profiles.blueprint import bp
from webapp.api.profiles.envelope import NO_GOAL, wrapped
from webapp.api.profiles.overview import PROFILE, chosen_rung, ladder_here, one_of_query
from webapp.api.profiles.present import Json
from webapp.api.profiles.schemas import LeaderboardAnswer
from webapp.extensions import db
from webapp.queries import boards, courses, standing_now
from webapp.queries.boards import Ladder
from webapp.queries.ladders import Asked, Rung, asked_of
from webapp.settings import Settings

GOAL = {"type": "string", "description": "The keyword of a goal; the profile's first when nothing is said."}


NO_ADVICE: Json = {"variants": []}
NO_BOARDS: Json = {"profiles_leader_board_data": {}, "goal_leader_board_user_data": {}, "participants": None}


@bp.get("/user/goals-leaderboard", strict_slashes=False)
@operation(
    "profiles:read",
    answers={200: Answer("The boards.", LeaderboardAnswer, examples.LEADERBOARD)},
    query={"profile": PROFILE, "goal": GOAL},
    tag="Profiles",
)
def read_leaderboard() -> Any:
    """Get the boards of a profile and of one of its goals, with the caller's own standing.

    Of each board the first hundred are listed, the caller, and two on each side of them. Equal scores share a rank.
    Under five participants there are no boards.
    """
    ladder = ladder_here()
    rung = chosen_rung(ladder, "profile")
    asked = asked_of(db.session, [rung.number])[rung.number] if rung else []
    goal = chosen_goal(asked)
    data = {**chosen_json(ladder, rung, asked, goal), **NO_BOARDS, **own_json(ladder, goal)}
    if ladder is not None and rung is not None:
        data |= boards_json(ladder, rung, asked, goal)
    return wrapped(data)


def chosen_goal(asked: Sequence[Asked]) -> Asked | None:
    """The goal that the address names, else the profile's first; None for a profile that asks for nothing. Raises Wrong
    for what the profile does not ask."""
    said = one_of_query("goal")
    if not said:
        return next(iter(asked), None)
    found = next((one for one in asked if one.terms.keyword == said), None)
    if found is None:
        raise Wrong({"goal": [NO_GOAL]})
    return found


def chosen_json(ladder: Ladder | None, rung: Rung | None, asked: Sequence[Asked], goal: Asked | None) -> Json:
    """What there is to choose from, what was chosen, and what there is to learn for it."""
    learning = courses.courses_for(db.session, ladder.home.id, goal.keyword_id if goal else None) if ladder else []
    return {
        "courseList": present.courses_json(learning, site()),
        "goals": {one.terms.keyword: present.terms_json(one) for one in asked},
        "selected_goal": goal.terms.keyword if goal else "",
        "selected_profile": rung.number if rung else 0,
        "profiles": [present.profile_json(one) for one in (ladder.rungs if ladder else ())],
    }


def own_json(ladder: Ladder | None, goal: Asked | None) -> Json:
    """Where the caller is on the goal, and what helps them: their own numbers are never hidden."""
    if ladder is None or goal is None:
        return {"current_goal_info": {}, "goal_status": present.status_json(None), "current_goal_details": NO_ADVICE}
    (reached,) = standing_now.on(db.session, ladder.home, ladder.place, [goal], g.viewer.now)
    steps = courses.advice_for(db.session, goal.number)
    return {
        "current_goal_info": {goal.terms.keyword: present.reached_json(reached)},
        "goal_status": present.status_json(reached),
        "current_goal_details": {"variants": [present.step_json(step) for step in steps]},
    }


def boards_json(ladder: Ladder, rung: Rung, asked: Sequence[Asked], goal: Asked | None) -> Json:
    """The boards of the periods that run; nothing where there are too few participants."""
    if goal is None:
        return NO_BOARDS
    today = ladder.home.today(g.viewer.now)
    wholes, goals = boards.heads(db.session, rung, asked, goal.keyword_id, today)
    pair = [wholes[0], goals[0]]
    overall, of_goal = boards.shown(db.session, g.viewer, rung, asked, ladder.place, pair, today)
    hides = ladder.home.hides_amounts
    return {
        "profiles_leader_board_data": present.overall_json(overall, asked, rung.level, site(), hides),
        "goal_leader_board_user_data": present.goal_json(of_goal, goal, site(), hides),
        "participants": overall.participants,
    }


def site() -> str:
    """Where this server is found."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.base_url
