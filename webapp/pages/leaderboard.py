"""Leaderboards of a ladder, and how somebody stands on them themselves."""

from typing import Any

from flask import Blueprint, g, request
from werkzeug.wrappers import Response

from webapp.domain.people import Role
from webapp.pages import board_choice
from webapp.pages.board_lines import page_of
from webapp.pages.respond import page, reply, wants_fragment
from webapp.web.policies import signed_in

bp = Blueprint("leaderboard", __name__, url_prefix="/leaderboard")


@bp.get("")
@signed_in
def index() -> Any:
    """The board the address asks for; with `since`, nothing where nothing changed since then."""
    if wants_fragment() and "since" in request.args and board_choice.is_unchanged(request.args):
        return Response(status=204)
    choice = board_choice.chosen(request.args)
    if choice is None:
        return page("leaderboard/none.html", admin=g.viewer.has(Role.ADMIN), member=bool(g.viewer.roles))
    was = request.args.get("was", type=int) if "since" in request.args else None
    return reply("leaderboard/_leaderboard.html", page="leaderboard/index.html", **page_of(choice, was))
