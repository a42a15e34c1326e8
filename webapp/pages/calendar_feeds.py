"""Calendar feeds: which there are, making one, a new address, ending one; and the calendar itself."""

from hashlib import sha256

from flask import Blueprint, current_app, flash, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from webapp.actions import api_tokens, calendar_feeds
from webapp.domain.calendar_feeds import FeedFacts, Option
from webapp.domain.errors import Invalid, TooMany
from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.pages.calendar_file import written
from webapp.pages.forms.calendar_feeds import FeedForm
from webapp.pages.respond import onward, page
from webapp.queries import people
from webapp.queries.calendar_feeds import FeedRow, due_dates, listed, shown
from webapp.web import idempotency, limits, transaction
from webapp.web.formats import moment
from webapp.web.policies import anyone, fresh, signed_in
from webapp.web.viewer import SEEN_EVERY, now

bp = Blueprint("calendar_feeds", __name__, url_prefix="/calendar/feeds")
Answer = str | Response | tuple[str, int]


@bp.get("")
@signed_in
def index() -> str:
    """The viewer's feeds, and what each tells."""
    return page("calendar/feeds.html", rows=[(row, words_of(row)) for row in listed(db.session, g.viewer)])


@bp.route("/new", methods=["GET", "POST"])
@fresh
def new() -> Answer:
    """A new feed, whose address is on this one answer only: sent again, the form makes no other."""
    form = FeedForm()
    if request.method != "POST":
        return page("calendar/feed_new.html", form=form)
    if idempotency.answered(form.nonce.data) is not None:
        return told_already()
    try:
        feed, secret = calendar_feeds.create(db.session, g.viewer, form.draft())
    except Invalid as invalid:
        return page("calendar/feed_new.html", form=form.absorb(invalid)), 422
    return made(feed.name, secret, form.nonce.data)


@bp.route("/<public_id>/renew", methods=["GET", "POST"])
@fresh
def renew(public_id: str) -> Answer:
    """What a new address means; on yes it is shown this once, and the old one opens nothing."""
    if request.method != "POST":
        row = shown(db.session, g.viewer, public_id)
        return page("calendar/feed_renew.html", row=row, words=words_of(row), nonce=idempotency.new_nonce())
    nonce = request.form.get("nonce")
    if idempotency.answered(nonce) is not None:
        return told_already()
    feed, secret = calendar_feeds.renew(db.session, g.viewer, public_id)
    return made(feed.name, secret, nonce)


@bp.route("/<public_id>/revoke", methods=["GET", "POST"])
@signed_in
def revoke(public_id: str) -> Answer:
    """What ending a feed means; on yes its address opens nothing any more."""
    if request.method != "POST":
        row = shown(db.session, g.viewer, public_id)
        return page("calendar/feed_revoke.html", row=row, words=words_of(row))
    calendar_feeds.revoke(db.session, g.viewer, public_id)
    flash(_("The feed has ended. Its address opens nothing any more."))
    return onward(url_for(".index"))


@bp.get("/<secret>.ics")
@anyone
def read(secret: str) -> Response:
    """What is due for whoever made this address, as a calendar file; never with a cookie."""
    found = people.viewer_by_feed(db.session, secret, now())
    if found is None:
        return unknown()
    owner, feed = found
    keep_read(owner, feed)
    site = current_app.config["SETTINGS"].base_url
    body = written(owner, due_dates(db.session, owner), feed.options, site)
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.set_etag(sha256(body).hexdigest())
    return answer.make_conditional(request)


def unknown() -> Response:
    """The same for every address that opens nothing, whatever it once was. No page of ours: those set cookies."""
    try:
        limits.take_here("sign_in_address_hour", f"feed|{limits.caller()}")
    except TooMany as error:
        words, wait = _("Too many tries. Please come back later."), {"Retry-After": str(error.retry_after)}
        return Response(words, 429, wait, content_type="text/plain; charset=utf-8")
    return Response(_("There is no calendar at this address."), 404, content_type="text/plain; charset=utf-8")


def keep_read(owner: Viewer, feed: FeedFacts) -> None:
    """The feed was read now: kept once in a few minutes, on its own, and not at the price of the answer."""
    if feed.used_at is not None and feed.used_at > owner.now - SEEN_EVERY:
        return
    try:
        with transaction.apart():
            api_tokens.keep_used(db.session, feed.id, owner.now)
    except OperationalError:
        db.session.rollback()
        current_app.logger.warning("last use not kept", exc_info=True)


def made(name: str | None, secret: str, nonce: str | None) -> str:
    """The one page that shows the address."""
    idempotency.keep(nonce, url_for(".index"))
    site: str = current_app.config["SETTINGS"].base_url
    address = site + url_for(".read", secret=secret)
    opens = f"webcal://{address.partition('://')[2]}"
    return page("calendar/feed_made.html", name=name, address=address, opens=opens)


def told_already() -> Response:
    """The address was shown to the first sending of the form, and to nobody again."""
    flash(_("That address is made already. If you missed it, ask for a new one."))
    return onward(url_for(".index"))


def words_of(row: FeedRow) -> str:
    """What the feed tells, since when there is one, and when it was last read."""
    told = [_("names of goals") if Option.TITLES in row.options else _("no names")]
    told += [_("times of reminders")] if Option.TIMED in row.options else []
    told += [_("alarms")] if Option.ALARMS in row.options else []
    since = _("since %(day)s", day=moment(row.created_at, "medium"))
    used = _("last read %(moment)s", moment=moment(row.used_at)) if row.used_at else _("never read")
    return " · ".join((", ".join(told), since, used))
