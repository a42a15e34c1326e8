"""Who stands where on a ladder: the members by name, placed one by one or many at once."""

from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp.actions import participants
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.extensions import db
from webapp.pages.forms.ladder import LONGEST_SEARCH, OFF, PlaceForm
from webapp.pages.ladder_homes import Homes, address_of, administered
from webapp.pages.ladder_words import former_words
from webapp.pages.respond import onward, page
from webapp.queries import ladder_admin as queries
from webapp.queries import ladders
from webapp.queries.people import hold_all
from webapp.web.policies import recent

bp = Blueprint("ladder_people", __name__, url_prefix="/admin/ladder/people")
Answer = str | Response | tuple[str, int]
MOST_AT_ONCE = 100
LAST_PAGE = 1_000


@bp.get("")
@recent
def index() -> str:
    """The members of an organisation the viewer administers, and their rungs."""
    return page("ladder/people.html", **about(administered()))


@bp.post("")
@recent
def place() -> Answer:
    """The chosen members stand on the chosen rung, or on none."""
    homes = administered()
    shown = about(homes)
    form: PlaceForm = shown["form"]
    try:
        flash(_place_all(homes, form))
    except Invalid as invalid:
        form.absorb(invalid)
        return page("ladder/people.html", **shown), 422
    return onward(_back(homes))


@bp.post("/<public_id>")
@recent
def place_one(public_id: str) -> Response:
    """The member stands on the chosen rung, or on none; who is no active member any more can be taken off alone."""
    homes = administered()
    form = PlaceForm(homes.here, ladders.rungs_of(db.session, [homes.here.id]))
    numbers = queries.person_numbers(db.session, homes.here.id, [public_id])
    if not numbers and not form.rung.data:
        numbers = queries.standing_numbers(db.session, homes.here.id, public_id)
    if not numbers:
        raise NotFound
    _place(homes, form.wanted(), numbers)
    flash(_("Placed.") if form.rung.data else _("Taken off the ladder."))
    return onward(_back(homes))


def about(homes: Homes) -> dict[str, Any]:
    """What the page of people needs: the asked page of the members with the asked letters."""
    letters, number = _asked()
    rungs = ladders.rungs_of(db.session, [homes.here.id])
    rows, more = queries.people(db.session, homes.here.id, letters, number)
    form = PlaceForm(homes.here, rungs, q=letters, page=str(number))
    ids = {one.number: one.id for one in rungs}
    levels = {one.number: one.name for one in rungs}
    lines = [(row, ids.get(row.profile_id or 0, "")) for row in rows]
    shown = {"homes": homes, "lines": lines, "rungs": rungs, "form": form, "letters": letters, "page": number}
    former = queries.former(db.session, homes.here.id, letters)
    shown["former"] = [(row, levels.get(row.profile_id or 0, ""), former_words(row.status)) for row in former]
    before = _page_address(homes, letters, number - 1) if number > 1 else None
    after = _page_address(homes, letters, number + 1) if more else None
    ladder = address_of("ladder.index", homes)
    return shown | {"before": before, "after": after, "ladder": ladder, "chosen": set(form.chosen.data or ())}


def _place_all(homes: Homes, form: PlaceForm) -> str:
    """Everybody who was chosen stands where it was said; returns that in words."""
    numbers, rung = _chosen(homes, form), form.wanted()
    if not rung:
        raise Invalid([Problem("rung", "required")])
    _place(homes, "" if rung == OFF else rung, numbers)
    if rung == OFF:
        return ngettext("%(num)d person taken off the ladder.", "%(num)d people taken off the ladder.", len(numbers))
    return ngettext("%(num)d person placed.", "%(num)d people placed.", len(numbers))


def _chosen(homes: Homes, form: PlaceForm) -> list[int]:
    chosen = set(form.chosen.data or ())
    if not chosen:
        raise Invalid([Problem("chosen", "nobody_chosen")])
    if len(chosen) > MOST_AT_ONCE:
        raise Invalid([Problem("chosen", "too_many", {"most": MOST_AT_ONCE})])
    numbers = queries.person_numbers(db.session, homes.here.id, chosen)
    if len(numbers) < len(chosen):
        raise Invalid([Problem("chosen", "not_all_members")])
    return numbers


def _place(homes: Homes, rung: str, numbers: list[int]) -> None:
    hold_all(db.session, numbers)  # all of them before the organisation, in one order: nobody waits for each other
    if not rung:
        for number in numbers:
            participants.take_off(db.session, g.viewer, homes.here.id, number)
        return
    profile = queries.find_rung(db.session, g.viewer, rung)
    for number in numbers:
        participants.place(db.session, g.viewer, profile, number)


def _asked() -> tuple[str, int]:
    """The letters and the page meant; what cannot be is the first page."""
    letters = request.values.get("q", "").strip()[:LONGEST_SEARCH].replace("\x00", "")
    text = request.values.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
    return letters, min(max(number, 1), LAST_PAGE)


def _page_address(homes: Homes, letters: str, number: int) -> str:
    values = ({"q": letters} if letters else {}) | ({"page": str(number)} if number > 1 else {})
    return address_of("ladder_people.index", homes, **values)


def _back(homes: Homes) -> str:
    return _page_address(homes, *_asked())
