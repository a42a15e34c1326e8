"""What reminders say on the pages: a list of its own, and a part of Today that looks for new ones."""

from typing import Any, NamedTuple

from flask import Blueprint, Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.actions import notices as actions
from webapp.domain.tracking import DayState
from webapp.extensions import db
from webapp.pages.reminder_words import about_address, about_words
from webapp.pages.respond import onward, page, reply, wants_fragment
from webapp.queries.reminders import Item, notices
from webapp.web.formats import clock, day
from webapp.web.policies import by_itself, signed_in
from webapp.web.words import state_words

bp = Blueprint("notices", __name__)
LARGEST = 2**63 - 1


class Line(NamedTuple):
    """One notice, ready for its list; `tick` is where its day is answered, nothing for what has none yet or is answered
    already."""

    id: int
    title: str
    address: str
    words: str
    tick: str


@bp.get("/notices")
@signed_in
@by_itself
def index() -> Any:
    """What the viewer is reminded of; nothing (204) for a page that shows just that already."""
    lines = lines_of(notices(db.session, g.viewer))
    shown = request.args.get("shown", "")
    if wants_fragment() and key_of(lines) == shown:
        return Response(status=204)
    new = [line for line in lines if str(line.id) not in shown.split("-")]
    return listing(lines, announce=said_of(new))


@bp.post(f"/notices/<int(max={LARGEST}):delivery_id>/away")
@signed_in
def away(delivery_id: int) -> Any:
    """One notice is put away."""
    actions.put_away(db.session, g.viewer, delivery_id)
    return again()


@bp.post("/notices/away")
@signed_in
def all_away() -> Any:
    """Every notice that was shown is put away; what came meanwhile stays."""
    last = request.form.get("last", "")
    if last.isascii() and last.isdecimal() and len(last) < 19:
        actions.put_all_away(db.session, g.viewer, int(last))
    return again()


def again() -> Any:
    """What is left of the list: in place, or on its page."""
    if not wants_fragment():
        return onward(url_for(".index"))
    return listing(lines_of(notices(db.session, g.viewer)), announce=_("Put away."))


def listing(lines: list[Line], announce: str) -> Any:
    """The list in place or on its own page, with what is to be spoken of it."""
    last = max((line.id for line in lines), default=0)
    context: dict[str, Any] = {"lines": lines, "last": last, "shown": key_of(lines), "announce": announce}
    if wants_fragment():
        return reply("reminders/_notices.html", **context)
    return page("reminders/notices.html", **context)


def lines_of(items: list[Item]) -> list[Line]:
    """The notices as their list shows them."""
    lines = []
    for item in items:
        title = g.viewer.words.open("goal.title", item.title) if item.title else None
        state = None if item.state is DayState.OPEN else item.state
        is_open = item.goal_id and item.due <= g.viewer.today and state is None
        tick = f"/goals/{item.goal_id}/days/{item.due}" if is_open else ""
        address = about_address(item.about, item.goal_id)
        words = (_when(item), state_words(state, item.due, g.viewer.today)) if state else (_when(item),)
        lines.append(Line(item.delivery_id, about_words(item.about, title), address, " · ".join(words), tick))
    return lines


def key_of(lines: list[Line]) -> str:
    """Which notices are shown, to know whether there is anything new."""
    return "-".join(str(line.id) for line in lines)


def said_of(lines: list[Line]) -> str:
    """What is spoken of new ones, without their names."""
    return ngettext("%(num)d reminder", "%(num)d reminders", len(lines)) if lines else ""


def _when(item: Item) -> str:
    """For when it is due, and at what time it was to be brought to mind."""
    if item.goal_id is None or item.due == g.viewer.today:
        return clock(item.wall)
    return _("due %(day)s", day=day(item.due, "EEEE, d MMMM"))
