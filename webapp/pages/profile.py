"""The viewer's own rung: how far each of its goals is, what is missing for the next, and moving up to it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import participants, values
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.people import Role
from webapp.extensions import db
from webapp.models import Profile
from webapp.pages.forms.profile import ReportForm
from webapp.pages.profile_lines import Typed, gauges_of, next_step, picture_of, rung_of, since, step_of
from webapp.pages.profile_words import asked_line, exactly
from webapp.pages.respond import onward, page, say
from webapp.queries import boards, own_values, standing_now
from webapp.queries.boards import Ladder
from webapp.queries.ladders import Asked, asked_of, find_profile, home
from webapp.queries.standing_now import Reached
from webapp.web.idempotency import answered, keep
from webapp.web.policies import signed_in

bp = Blueprint("profile", __name__, url_prefix="/profile")


@bp.get("")
@signed_in
def index() -> str:
    """Where the viewer stands; `?organisation=` names whose ladder, `?rung=` another rung to look at."""
    ladders = boards.ladders(db.session, g.viewer)
    if not ladders:
        return page("profile/none.html", admin=g.viewer.has(Role.ADMIN))
    return shown(ladders, chosen(ladders))


@bp.post("/promote")
@signed_in
def promote() -> Any:
    """The viewer moves up from the rung that the form names; sent twice it is one step."""
    profile = find_profile(db.session, g.viewer, request.form.get("rung", ""))
    try:
        above = participants.promote(db.session, g.viewer, profile, g.viewer.id)
    except Refused:
        return meanwhile(
            profile, _("Not yet: by now something is missing. A value was corrected, or a period is over.")
        ), 403
    except Conflict:
        return meanwhile(profile, _("You stand on another rung by now. This is how it is.")), 409
    say(_("You stand on %(rung)s now.", rung=above.name))
    return onward(url_for(".index", organisation=home(db.session, profile.organisation_id).public_id))


@bp.post("/values/<keyword>")
@signed_in
def report(keyword: str) -> Any:
    """A value of the viewer's own stands, as they say; undone by the message that says so."""
    ladders = boards.ladders(db.session, g.viewer)
    ladder = named(ladders, request.form.get("organisation", ""))
    asked, today = asked_in(ladder, keyword), ladder.home.today(g.viewer.now)
    form = ReportForm(asked, today)
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        values.report(db.session, g.viewer, ladder.home.id, form.draft(keyword, ladder.home, g.viewer.now))
    except Invalid as invalid:
        form.absorb(invalid)
        return shown(ladders, ladder, typed=Typed(keyword, form)), 422
    keep(form.nonce.data, there := f"{url_for('.index', organisation=ladder.home.public_id)}#goal-{keyword}")
    say_reported(asked, form)
    return onward(there)


@bp.post("/reported/<entry>/undo")
@signed_in
def take_back(entry: str) -> Any:
    """What the viewer reported a moment ago counts no more."""
    try:
        values.take_back(db.session, g.viewer, entry)
    except Refused as refused:
        if refused.code != "too_late":
            raise
        say(_("It is too late to undo this here. Say at the value that it is wrong, and an admin looks at it."))
        return onward(url_for(".index"))
    say(_("Taken back: it counts no more."))
    return onward(url_for(".index"))


def chosen(ladders: Sequence[Ladder]) -> Ladder:
    """The ladder the address names by its organisation or by a rung, else the first the viewer stands on, else the
    first; raises NotFound for a name that is none of theirs."""
    organisation, rung = request.args.get("organisation", ""), request.args.get("rung", "")
    if organisation or rung:
        return named(ladders, organisation, rung)
    return next((one for one in ladders if rung_of(one) is not None), ladders[0])


def named(ladders: Sequence[Ladder], organisation: str = "", rung: str = "") -> Ladder:
    """The ladder of this organisation that has this rung, as far as either is said; raises NotFound."""
    for one in ladders:
        if organisation in ("", one.home.public_id) and (not rung or any(step.id == rung for step in one.rungs)):
            return one
    raise NotFound


def meanwhile(profile: Profile, said: str) -> str:
    """The ladder of the profile as it is now, and what went otherwise than the viewer meant."""
    ladders = boards.ladders(db.session, g.viewer)
    return shown(ladders, next(one for one in ladders if one.home.id == profile.organisation_id), said=said)


def shown(ladders: Sequence[Ladder], ladder: Ladder, *, typed: Typed | None = None, said: str = "") -> str:
    """The page of one of the viewer's ladders: their own rung, or the one the address names."""
    today, mine = ladder.home.today(g.viewer.now), rung_of(ladder)
    looked = next((one for one in ladder.rungs if one.id == request.args.get("rung")), mine)
    asked = asked_of(db.session, {one.number for one in (mine, looked) if one is not None})
    reached: list[Reached] = []
    if mine is not None:
        reached = standing_now.on(db.session, ladder.home, ladder.place, asked[mine.number], g.viewer.now)
    context: dict[str, Any] = {"ladder": ladder, "mine": mine, "looked": looked, "said": said}
    context["homes"] = [one.home for one in ladders] if len(ladders) > 1 else []
    context["steps"] = [step_of(rung, mine, looked) for rung in ladder.rungs]
    context["picture"] = picture_of(ladder.rungs, mine)
    if looked is not None and looked != mine:
        context["asked"] = [asked_line(one, reached) for one in asked[looked.number]]
        return page("profile/rung.html", **context)
    context["gauges"] = gauges_of(reached, today, typed)
    context["next"] = next_step(ladder, mine, reached, today)
    context["since"] = since(ladder)
    return page("profile/show.html", **context)


def asked_in(ladder: Ladder, keyword: str) -> Asked:
    """What the viewer's own rung asks of this goal; raises NotFound where it asks nothing."""
    mine = rung_of(ladder)
    asked = asked_of(db.session, [mine.number])[mine.number] if mine is not None else []
    found = next((one for one in asked if one.terms.keyword == keyword), None)
    if found is None:
        raise NotFound
    return found


def say_reported(asked: Asked, form: ReportForm) -> None:
    """The next page says what was reported and offers to take it back."""
    entry = own_values.just_reported(db.session, g.viewer, asked.keyword_id)
    words = {"amount": exactly(form.amount.data, asked.terms.currency), "goal": asked.terms.display_name}
    undo = {"action": url_for(".take_back", entry=entry), "fields": {}}
    say(_("%(goal)s: %(amount)s reported.", **words), undo)
