"""A key result that shows what a goal of its owner's comes to: choosing it, and stopping it."""

from typing import Any

from flask import Blueprint, g, request
from flask_babel import gettext as _

from webapp.actions import feeds as actions
from webapp.actions import works
from webapp.domain.errors import Invalid, Refused
from webapp.domain.objectives import FeedKind
from webapp.extensions import db
from webapp.models import KeyResult
from webapp.pages.forms.feeds import FeedForm
from webapp.pages.respond import onward, page, say
from webapp.queries import feeds as queries
from webapp.queries import objectives
from webapp.queries.feeds import Feed
from webapp.queries.objectives import Found
from webapp.web.policies import signed_in
from webapp.web.reading_words import work_title

bp = Blueprint("feeds", __name__, url_prefix="/objectives")


@bp.route("/key-results/<public_id>/feed", methods=["GET", "POST"])
@signed_in
def feed(public_id: str) -> Any:
    """Which of the viewer's own goals the key result shows, and what others will see of it."""
    if writes := request.method == "POST":
        works.hold(db.session, g.viewer)
    row, found = objectives.find_key_result(db.session, g.viewer, public_id, lock=writes)
    require_owner(row, found)
    form = FeedForm(queries.choices(db.session, g.viewer))
    if not writes:
        return page("objectives/feed.html", key_result=row, form=form)
    try:
        actions.connect(db.session, g.viewer, row, found, form.draft())
    except Invalid as invalid:
        form.absorb(invalid)
        return page("objectives/feed.html", key_result=row, form=form), 422
    say(_("The key result follows your goal now. Others see the number, and nothing of the goal."))
    return onward(f"/objectives/key-results/{public_id}")


@bp.post("/key-results/<public_id>/feed/stop")
@signed_in
def stop(public_id: str) -> Any:
    """The key result is checked in by hand again."""
    row, found = objectives.find_key_result(db.session, g.viewer, public_id, lock=True)
    if actions.disconnect(db.session, g.viewer, row, found):
        say(_("The key result follows no goal any more. What it showed stays."))
    return onward(f"/objectives/key-results/{public_id}")


def require_owner(row: KeyResult, found: Found) -> None:
    """Raises Refused for whom the key result is not."""
    if g.viewer.id != (row.owner_id or found.goal.owner_id):
        raise Refused("not_yours")


def feed_panel(row: KeyResult, found: Found, *, may: bool) -> dict[str, Any] | None:
    """What the key result's page says of its feed: to everybody that there is one, to its owner which; `may` is whether
    it could be connected now. None when there is nothing to say."""
    known = queries.feed_of(db.session, g.viewer, row)
    own = g.viewer.id == (row.owner_id or found.goal.owner_id)
    if known is None:
        return {"words": "", "connect": True, "stop": False} if own and may else None
    return {"words": feed_words(known), "connect": False, "stop": known.mine or own}


def feed_words(feed: Feed) -> str:
    """What the key result follows, as far as the viewer may know."""
    if feed.goal is None:
        return _("This number follows a personal goal of its owner's. Only the number is shown.")
    title, read = work_title(feed.goal.category, feed.goal.title), feed.goal.category is not None
    if feed.kind is FeedKind.COMPLETION and read:
        return _("It follows your reading of “%(title)s”: on how many percent of the days you read.", title=title)
    if feed.kind is FeedKind.COMPLETION:
        return _("It follows your goal “%(title)s”: how many percent of its due dates are done.", title=title)
    if read:
        return _("It follows your reading of “%(title)s”: how much of it you read.", title=title)
    return _("It follows your goal “%(title)s”: the sum of its amounts.", title=title)
