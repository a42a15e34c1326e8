"""Who may use a route. Every route declares it, or the app does not start; what a person may do there is decided by
`domain.policy` on the thing itself."""

from collections.abc import Callable
from datetime import timedelta
from enum import Enum, auto
from typing import TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.people import Viewer
from webapp.domain.second_factors import must_have_factor
from webapp.settings import Settings
from webapp.web.addresses import local_path

View = TypeVar("View", bound=Callable[..., object])
FRESH = timedelta(minutes=15)
RECENT = timedelta(minutes=30)
TO_FILL_IN = timedelta(minutes=5)


class Policy(Enum):
    ANYONE = auto()
    SIGNED_OUT = auto()
    SIGNED_IN = auto()
    RECENT = auto()
    FRESH = auto()
    TOKEN = auto()


class UndeclaredRoute(Exception):
    """A route says nothing about who may use it."""


def _declares(policy: Policy) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return declare


anyone = _declares(Policy.ANYONE)
signed_out = _declares(Policy.SIGNED_OUT)
signed_in = _declares(Policy.SIGNED_IN)
recent = _declares(Policy.RECENT)
fresh = _declares(Policy.FRESH)
"""`recent` asks that the viewer proved themselves within the last 30 minutes, `fresh` within the last 15."""
PROVEN_WITHIN = {Policy.RECENT: RECENT, Policy.FRESH: FRESH}


def by_itself(view: View) -> View:
    """An open page asks for this again and again: that is no use of the sign-in, and when it has ended nothing happens
    to the page."""
    view.by_itself = True  # type: ignore[attr-defined]
    return view


def while_enrolling(view: View) -> View:
    """Whoever must set up a second factor first may come here before it."""
    view.while_enrolling = True  # type: ignore[attr-defined]
    return view


def secret_address(view: View) -> View:
    """The address of this page opens something: no other address leads back to it."""
    view.secret_address = True  # type: ignore[attr-defined]
    return view


def is_by_itself() -> bool:
    """Whether an open page asks, not its person."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(request.headers.get("HX-Request")) and getattr(view, "by_itself", False)


def init_app(app: Flask) -> None:
    """Each request meets its route's policy before its view."""
    app.before_request(enforce)


def check(app: Flask) -> None:
    """Raises UndeclaredRoute when any route of the app has no policy."""
    for rule in app.url_map.iter_rules():
        if not isinstance(getattr(app.view_functions[rule.endpoint], "policy", None), Policy):
            raise UndeclaredRoute(f"{rule.endpoint} ({rule.rule}) declares no policy")


def enforce() -> Response | None:
    """The view runs only for whom the route is meant; unknown addresses stay 404 for everybody."""
    if request.endpoint is None or request.routing_exception is not None:
        return None
    view = current_app.view_functions[request.endpoint]
    policy = getattr(view, "policy", None)
    if policy in (Policy.ANYONE, Policy.TOKEN):  # a program proves itself to the guard of its own face
        return None
    if policy is Policy.SIGNED_OUT:
        return _go(url_for("dashboard.index")) if g.viewer else None
    if policy is not Policy.SIGNED_IN and policy not in PROVEN_WITHIN:
        abort(404)
    if g.viewer is None and is_by_itself():
        return Response(status=204)
    if g.viewer is None:
        return _go(url_for("identity.sign_in", next=_way_back()))
    if policy is not Policy.SIGNED_IN and not _is_proven(policy):
        return _go(url_for("identity.password_again", next=_way_back()))
    if lacks_factor(g.viewer) and not getattr(view, "while_enrolling", False):
        return Response(status=204) if is_by_itself() else _go(url_for("second_factors.index"))
    return None


def lacks_factor(viewer: Viewer) -> bool:
    """Whether a role of the viewer's asks for a second factor, and they have none yet."""
    return not viewer.has_factor and needs_factor(viewer)


def needs_factor(viewer: Viewer) -> bool:
    """Whether a role of the viewer's asks for a second factor, as the operator says."""
    settings: Settings = current_app.config["SETTINGS"]
    return must_have_factor({role.value for _, role in viewer.roles}, settings.totp_required_for)


def _is_proven(policy: Policy) -> bool:
    """Whether the password is young enough. So that nothing typed is lost, what was begun on a recent page may be sent
    for as long again, and a form that needs a fresh one is opened while there is time to fill it in."""
    within = PROVEN_WITHIN[policy]
    if policy is Policy.RECENT and request.method == "POST":
        within *= 2
    if policy is Policy.FRESH and request.method == "GET":
        within = TO_FILL_IN
    return bool(g.viewer.fresh_at and g.viewer.now - g.viewer.fresh_at <= within)


def _way_back() -> str | None:
    """Where to return after signing in: the page asked for, or for a form the page it stood on."""
    if getattr(current_app.view_functions[request.endpoint or ""], "secret_address", False):
        return None
    if request.method == "GET":
        here = request.full_path.rstrip("?")
    else:
        here = local_path(request.headers.get("HX-Current-URL") or request.referrer or "", request.host_url)
    return None if here in ("/", "") else here


def _go(address: str) -> Response:
    """A redirect a browser follows, and one htmx follows as a whole page."""
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, code=303)
