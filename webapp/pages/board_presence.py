"""How the viewer stands on the boards of an organisation: listed or not, under which name, with which picture."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import participants, portraits
from webapp.actions.images import Drawn
from webapp.domain.boards import board_name
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.profile_drafts import PresenceDraft
from webapp.extensions import db
from webapp.pages.board_lines import Line
from webapp.pages.board_words import percent_words
from webapp.pages.forms.leaderboard import PresenceForm
from webapp.pages.forms.pictures import ACCEPTED
from webapp.pages.images import let_pictures_in
from webapp.pages.respond import onward, page, say
from webapp.queries import boards
from webapp.queries.boards import Ladder
from webapp.queries.ladders import Home, Place
from webapp.web.policies import signed_in

bp = Blueprint("board_presence", __name__, url_prefix="/leaderboard/me")
SHARE = 62
"""How far the line is that shows how a line reads."""


@bp.get("")
@signed_in
def show() -> str:
    """How the viewer is listed, and how else they could be."""
    ladder, place = whose()
    form = PresenceForm(g.viewer.name, ladder.home.public_id, place)
    return page("leaderboard/me.html", **about(ladder, place, form))


@bp.post("")
@signed_in
def present() -> Any:
    """The viewer stands on the boards under the name, and with the picture, that they chose."""
    ladder, place = whose()
    form = PresenceForm(g.viewer.name, ladder.home.public_id, place)
    try:
        draft = form.draft()
        drawn = form.drawn(portrait=True)
        participants.present(db.session, g.viewer, ladder.home.id, draft)
        change_portrait(ladder.home, drawn, without=bool(form.without.data))
    except Invalid as invalid:
        form.absorb(invalid)
        return page("leaderboard/me.html", **about(ladder, place, form)), 422
    flash(_("Saved."))
    return onward(address_of(ladder.home))


@bp.post("/listed")
@signed_in
def listed() -> Response:
    """The viewer is on the boards, or on none of them; what was can be had back at once."""
    ladder, place = whose()
    wanted = request.form.get("listed") == "1"
    participants.present(db.session, g.viewer, ladder.home.id, PresenceDraft(wanted, place.display, place.alias))
    words = _("You are listed again.") if wanted else _("You are on no board any more.")
    fields = {"organisation": ladder.home.public_id, "listed": "0" if wanted else "1"}
    say(words, {"action": "/leaderboard/me/listed", "fields": fields})
    return onward(address_of(ladder.home))


let_pictures_in(bp, "present")


def whose() -> tuple[Ladder, Place]:
    """The ladder that is named, or the first on which the viewer stands, and their place there; raises NotFound."""
    named = request.values.get("organisation", "")
    for ladder in boards.ladders(db.session, g.viewer):
        if ladder.place is not None and named in ("", ladder.home.public_id):
            return ladder, ladder.place
    raise NotFound


def change_portrait(home: Home, drawn: Drawn | None, *, without: bool) -> None:
    """The boards show the picture that was chosen, none if that is wished, else what they showed."""
    if drawn is not None:
        portraits.show(db.session, g.viewer, home.id, drawn)
    elif without:
        portraits.hide(db.session, g.viewer, home.id)


def about(ladder: Ladder, place: Place, form: PresenceForm) -> dict[str, Any]:
    """What the page needs; its line shows how the others read the viewer's as it is kept."""
    name = str(board_name(g.viewer.name, place.display, place.alias))
    image = boards.portrait_of(db.session, place)
    line = Line("3", False, name, image, True, SHARE, percent_words(Decimal(SHARE)), "", "", "", False)
    return {"ladder": ladder, "place": place, "form": form, "line": line, "image": image, "accepted": ACCEPTED}


def address_of(home: Home) -> str:
    return f"/leaderboard/me?organisation={home.public_id}"
