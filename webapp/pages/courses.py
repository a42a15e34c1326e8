"""Courses and articles of an organisation, kept by who administers it."""

from typing import Any

from flask import Blueprint, flash, g, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import courses as actions
from webapp.domain.errors import Invalid
from webapp.domain.policy import Permission, require
from webapp.extensions import db
from webapp.models import Course
from webapp.pages.forms.courses import CourseForm
from webapp.pages.forms.pictures import ACCEPTED
from webapp.pages.images import let_pictures_in
from webapp.pages.ladder_homes import Homes, address_of, administered, home_of
from webapp.pages.respond import onward, page, say
from webapp.queries import courses as queries
from webapp.queries.ladder_admin import keywords_of
from webapp.queries.ladders import facts_of
from webapp.web.idempotency import answered, keep
from webapp.web.policies import recent

bp = Blueprint("courses", __name__, url_prefix="/admin/courses")
let_pictures_in(bp, "create", "change")
Answer = str | Response | tuple[str, int]


@bp.get("")
@recent
def index() -> str:
    """What there is to learn from."""
    homes = administered()
    kept = queries.kept(db.session, homes.here.id)
    return page("courses/index.html", homes=homes, kept=kept, new=address_of(".new", homes))


@bp.get("/new")
@recent
def new() -> str:
    """The form of a new course."""
    return page("courses/new.html", **editing(administered()))


@bp.post("")
@recent
def create() -> Answer:
    """The course is there."""
    homes = administered()
    shown = editing(homes)
    form: CourseForm = shown["form"]
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        draft, picture = form.draft(), form.drawn()
        actions.create(db.session, g.viewer, homes.here.id, draft, picture)
    except Invalid as invalid:
        form.absorb(invalid)
        return page("courses/new.html", **shown), 422
    keep(form.nonce.data, there := address_of(".index", homes))
    flash(_("Saved."))
    return onward(there)


@bp.get("/<public_id>")
@recent
def show(public_id: str) -> str:
    """One course."""
    return page("courses/show.html", **about(find(public_id)))


@bp.post("/<public_id>")
@recent
def change(public_id: str) -> Answer:
    """The course is as the form says."""
    course = find(public_id)
    shown = about(course)
    form: CourseForm = shown["form"]
    try:
        draft, picture = form.draft(), form.drawn()
        actions.change(db.session, g.viewer, course, draft, picture, without_picture=form.without.data)
    except Invalid as invalid:
        form.absorb(invalid)
        return page("courses/show.html", **shown), 422
    flash(_("Saved."))
    return onward(address_of(".index", shown["homes"]))


@bp.post("/<public_id>/delete")
@recent
def delete(public_id: str) -> Response:
    """Nobody is shown the course any more, unless it is brought back."""
    course = find(public_id)
    actions.delete(db.session, g.viewer, course)
    undo = {"action": url_for(".restore", public_id=public_id), "fields": {}}
    say(_("“%(title)s” is deleted.", title=course.title), undo)
    return onward(address_of(".index", home_of(course.organisation_id)))


@bp.post("/<public_id>/restore")
@recent
def restore(public_id: str) -> Response:
    """The deleted course is there again."""
    course = find(public_id, deleted=True)
    actions.restore(db.session, g.viewer, course)
    flash(_("It is back."))
    return onward(address_of(".index", home_of(course.organisation_id)))


def find(public_id: str, *, deleted: bool = False) -> Course:
    """The course, if the viewer may change it; raises NotFound, and Refused for a member who is no admin."""
    course = queries.find(db.session, g.viewer, public_id, deleted=deleted)
    require(g.viewer, Permission.LADDER_CHANGE, facts_of(course.organisation_id))
    return course


def editing(homes: Homes) -> dict[str, Any]:
    """What the form of a course needs."""
    form = CourseForm(homes.here, keywords_of(db.session, homes.here.id))
    return {"homes": homes, "form": form, "back": address_of(".index", homes), "accepted": ACCEPTED}


def about(course: Course) -> dict[str, Any]:
    """What the page of a course needs."""
    homes = home_of(course.organisation_id)
    keyword, picture = queries.details_of(db.session, course)
    form = CourseForm(homes.here, keywords_of(db.session, course.organisation_id), course, keyword)
    shown = {"homes": homes, "form": form, "back": address_of(".index", homes), "accepted": ACCEPTED}
    return shown | {"course": course, "picture": picture}
