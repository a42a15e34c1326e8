"""Works: books and what somebody has one of, each with its goal, its pictures and its days; and streaks of reading."""

from typing import Any

from flask import Blueprint, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import works as actions
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.reading import Category
from webapp.extensions import db
from webapp.pages import reading_pages
from webapp.pages.forms.reading_goals import BookForm
from webapp.pages.respond import onward, page, say
from webapp.queries import reading as queries
from webapp.queries import reading_history as history
from webapp.web.addresses import read_day
from webapp.web.idempotency import answered, keep
from webapp.web.policies import signed_in

bp = Blueprint("reading_works", __name__, url_prefix="/reading")


@bp.get("/books")
@signed_in
def books() -> Any:
    """The viewer's books, and those put away."""
    found = [reading_pages.book_line(one) for one in history.books(db.session, g.viewer)]
    return page(
        "reading/books.html",
        books=[one for one in found if not one["archived"]],
        away=[one for one in found if one["archived"]],
    )


@bp.get("/books/new")
@signed_in
def new() -> Any:
    """The form of a book."""
    return page("reading/book.html", form=BookForm(), book=None)


@bp.post("/books")
@signed_in
def add() -> Any:
    """There is a book more; what is asked of it comes next."""
    form = BookForm()
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        work = actions.add(db.session, g.viewer, form.draft())
    except Invalid as invalid:
        db.session.rollback()
        return page("reading/book.html", form=form.absorb(invalid), book=None), 422
    there = url_for("reading_goals.new", preset="book", work=history.address_of(db.session, work))
    keep(form.nonce.data, there)
    say(_("The book is on your shelf. What do you aim at?"))
    return onward(there)


@bp.get("/works/<work_id>")
@signed_in
def show(work_id: str) -> Any:
    """A work: its goal, how far its reader is, a year of it, and its days; `?year=` and `?before=` look back."""
    reading = queries.reading_of(db.session, g.viewer, work_id)
    return page("reading/work.html", **reading_pages.work_page(g.viewer, reading, request.args))


@bp.get("/works/<work_id>/edit")
@signed_in
def edit(work_id: str) -> Any:
    """The form, open on a book."""
    reading = queries.reading_of(db.session, g.viewer, work_id)
    if reading.work.category is not Category.BOOK:
        raise NotFound
    return page("reading/book.html", form=BookForm(reading.work), book=reading.work)


@bp.post("/works/<work_id>")
@signed_in
def update(work_id: str) -> Any:
    """The book is as the form says."""
    form = BookForm()
    try:
        actions.change(db.session, g.viewer, work_id, form.draft())
    except Invalid as invalid:
        db.session.rollback()
        book = queries.reading_of(db.session, g.viewer, work_id).work
        return page("reading/book.html", form=form.absorb(invalid), book=book), 422
    say(_("Saved."))
    return onward(url_for(".show", work_id=work_id))


@bp.post("/works/<work_id>/put-away")
@signed_in
def put_away(work_id: str) -> Any:
    """The book is out of the way, with all that was read of it."""
    actions.put_away(db.session, g.viewer, work_id)
    say(_("The book is put away."), {"action": url_for(".bring_back", work_id=work_id), "fields": {}})
    return onward(url_for(".books"))


@bp.post("/works/<work_id>/bring-back")
@signed_in
def bring_back(work_id: str) -> Any:
    """The book is in sight again."""
    actions.bring_back(db.session, g.viewer, work_id)
    say(_("The book is back."))
    return onward(url_for(".show", work_id=work_id))


@bp.get("/works/<work_id>/days/<local_date>")
@signed_in
def day(work_id: str, local_date: str) -> Any:
    """What was said of a work on one day; a day that is still ahead only where a program further east said it."""
    reading, on = queries.reading_of(db.session, g.viewer, work_id), read_day(local_date)
    return page("reading/day.html", **reading_pages.day_page(g.viewer, reading, on))


@bp.get("/streaks")
@signed_in
def streaks() -> Any:
    """Days in a row on which anything was read; `?year=` and `?before=` look back."""
    return page("reading/streaks.html", **reading_pages.streaks_page(g.viewer, request.args))
