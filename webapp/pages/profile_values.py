"""The values behind the viewer's own number: which there are, how they add up, and saying that one of them is wrong."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, g, request
from flask_babel import gettext as _

from webapp.actions import value_queries as actions
from webapp.domain.days import EARLIEST_DAY, shifted
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.profiles import Span, span_of
from webapp.extensions import db
from webapp.models import Entry
from webapp.pages.forms.base import Form
from webapp.pages.forms.profile import WrongForm
from webapp.pages.profile import named
from webapp.pages.profile_lines import rung_of
from webapp.pages.profile_value_lines import Shown, frozen_words, lines_of, sum_words
from webapp.pages.profile_words import exactly, formula, gauge_of, span_words
from webapp.pages.respond import onward, page, say
from webapp.queries import boards, own_values, standing_now
from webapp.queries import values as queries
from webapp.queries.boards import Ladder
from webapp.queries.ladders import Asked, asked_of
from webapp.queries.values import PAGE
from webapp.web.addresses import read_day
from webapp.web.formats import day
from webapp.web.policies import signed_in

bp = Blueprint("profile_values", __name__, url_prefix="/profile")
MOST_PAGES = 10_000


@bp.get("/values/<keyword>")
@signed_in
def index(keyword: str) -> str:
    """The values behind the number; `?period=` names another by its first day, `?all=1` all of them, `?page=` more."""
    shown = asked_for(keyword)
    behind = own_values.behind(db.session, g.viewer, shown.keyword_id, shown.span)
    lines = lines_of(shown)
    context: dict[str, Any] = {"shown": shown, "lines": lines, "behind": behind}
    context["sum"] = sum_words(lines, behind, shown.currency)
    context["total"] = exactly(behind.total, shown.currency)
    context["when"] = span_words(shown.span) if shown.span else _("Everything there is")
    context |= pages_of(shown, behind.written) | periods_of(shown) | explained(shown)
    return page("profile/values.html", **context)


@bp.route("/wrong/<entry>", methods=["GET", "POST"])
@signed_in
def wrong(entry: str) -> Any:
    """One value of the viewer's, and a form that tells the admins what is wrong with it."""
    value, shown = own(entry)
    form = WrongForm()
    if request.method != "POST":
        return wrong_page(value, shown, form)
    try:
        actions.ask(db.session, g.viewer, entry, form.words())
    except Invalid as invalid:
        return wrong_page(value, shown, form.absorb(invalid)), 422
    except Conflict as conflict:
        return wrong_page(value, shown, form, conflict_words(conflict)), 409
    say(_("Said. An admin looks at it, and the answer will stand at the value."))
    return onward(shown.address())


def asked_for(keyword: str) -> Shown:
    """What the address asks for: on the ladder it names, or the viewer's first, the period that runs unless another is
    named."""
    ladders = boards.ladders(db.session, g.viewer)
    organisation = request.args.get("organisation", "")
    first = next((one for one in ladders if rung_of(one) is not None), None)
    ladder = first if first is not None and not organisation else named(ladders, organisation)
    shown = listed(ladder, keyword)
    return replace(shown, span=span_asked(shown.asked, shown.today), number=page_asked())


def listed(ladder: Ladder, keyword: str) -> Shown:
    """All values of one goal; raises NotFound for a keyword that the organisation does not have."""
    mine = rung_of(ladder)
    asked = asked_of(db.session, [mine.number])[mine.number] if mine is not None else []
    found = next((one for one in asked if one.terms.keyword == keyword), None)
    keyword_id = found.keyword_id if found else own_values.keyword_of(db.session, ladder.home.id, keyword)
    return Shown(ladder, keyword, keyword_id, found)


def span_asked(asked: Asked | None, today: date) -> Span | None:
    """The period the address names by its first day, else the one that runs; none for everything, and for a goal that
    the viewer's rung does not ask. Raises NotFound for what is no first day of a period, and one that lies ahead."""
    if asked is None or request.args.get("all"):
        return None
    if not (named_day := request.args.get("period")):
        return asked.span(today)
    span = span_of(asked.terms.period, read_day(named_day))
    if span.starts.isoformat() != named_day or span.starts > today:
        raise NotFound
    return span


def page_asked() -> int:
    """The number of the page the address asks for; raises NotFound for what is none."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal() and 1 <= len(text) <= 5 and 1 <= int(text) <= MOST_PAGES):
        raise NotFound
    return int(text)


def pages_of(shown: Shown, written: int) -> dict[str, str]:
    """Addresses of the pages before and after this one; "" where there is none."""
    here: dict[str, Any] = {}
    if request.args.get("all"):
        here["all"] = 1
    elif "period" in request.args:
        here["period"] = request.args["period"]
    newer, older = shown.number - 1, shown.number + 1
    return {
        "newer": shown.address(**here, page=newer) if newer else "",
        "older": shown.address(**here, page=older) if written > PAGE * shown.number else "",
    }


def periods_of(shown: Shown) -> dict[str, str]:
    """Addresses of the period before, the one after, and of everything; "" where there is none."""
    before = after = ""
    if shown.asked is not None and shown.span is not None and shown.span.ends is not None:
        period = shown.asked.terms.period
        if shown.span.starts > EARLIEST_DAY:
            before = shown.of_period(span_of(period, shifted(shown.span.starts, -1)))
        following = span_of(period, shifted(shown.span.ends, 1))
        after = shown.of_period(following) if following.starts <= shown.today else ""
    everything = shown.of_period(None) if shown.span is not None else ""
    running = shown.address() if shown.asked is not None and not shown.runs else ""
    return {"before": before, "after": after, "everything": everything, "running": running}


def explained(shown: Shown) -> dict[str, Any]:
    """Of the period that runs, the gauge and its formula; of one that is over, what stands on its board."""
    ladder, place, asked = shown.ladder, shown.ladder.place, shown.asked
    if asked is not None and shown.runs:
        (reached,) = standing_now.on(db.session, ladder.home, place, [asked], g.viewer.now)
        return {"gauge": gauge_of(reached, shown.today), "steps": formula(reached), "frozen": None}
    frozen = None
    if place is not None and shown.span is not None:
        frozen = own_values.frozen(db.session, place, shown.keyword_id, shown.span)
    return {"gauge": None, "steps": [], "frozen": frozen and frozen_words(shown, frozen.score, frozen.adjustment)}


def own(entry: str) -> tuple[Entry, Shown]:
    """The value, if it is the viewer's own, and its list; raises NotFound, and Refused for an admin who sees it."""
    found, organisation_id = queries.find(db.session, g.viewer, entry)
    if found.subject_id != g.viewer.id:
        raise Refused("not_yours")
    ladders = boards.ladders(db.session, g.viewer)
    ladder = next((one for one in ladders if one.home.id == organisation_id), None)
    if ladder is None:
        raise NotFound
    return found, listed(ladder, own_values.goal_of(db.session, found))


def wrong_page(value: Entry, shown: Shown, form: Form, said: str = "") -> str:
    """The form; `said` is why it is not taken."""
    words = _(
        "%(goal)s on %(day)s: %(amount)s",
        goal=shown.name,
        day=day(value.local_date),
        amount=exactly(value.value or Decimal(0), shown.currency),
    )
    return page("profile/wrong.html", shown=shown, form=form, words=words, said=said, value=value.public_id)


def conflict_words(conflict: Conflict) -> str:
    if conflict.code == "asked_already":
        return _("You said so already, and an admin has not answered yet. The answer will stand at the value.")
    return _("This value was corrected meanwhile: go back and look at what stands now.")
