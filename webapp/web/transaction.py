"""One transaction per request: committed after the view when the answer is good, before it leaves; else rolled back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.domain.errors import NotFound
from webapp.extensions import db
from webapp.models.engine import begin_writing
from webapp.queries.people import is_still_here
from webapp.web import turns

View = TypeVar("View", bound=Callable[..., object])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask, *, writing_at_once: int) -> None:
    turns.init_app(app, writing_at_once)
    app.before_request(begin)
    app.after_request(finish)


def only_reads(view: View) -> View:
    """The view is asked by POST only to keep words out of addresses; it changes nothing and holds no lock."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def begin() -> None:
    """An unsafe request, once all of it is there, may write from its first statement on."""
    view = current_app.view_functions.get(request.endpoint or "")
    g.writes = request.method not in SAFE and not getattr(view, "only_reads", False)
    if g.writes and request.endpoint not in (None, "static"):
        with suppress(RequestEntityTooLarge):  # whoever reads it says so
            request.get_data()
        turns.take()
        begin_writing(db.session)


def finish(response: Response) -> Response:
    """What the view did is durable before anybody hears of it, or has not happened."""
    if getattr(g, "writes", False) and response.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    turns.give_back()
    return response


def will_write() -> None:
    """A reading request has something to keep after all: an access row, or when a person was last seen.

    Its transaction begins anew as a writing one; what it read before must be read again.
    """
    db.session.rollback()
    begin_writing(db.session)
    g.writes = True


@contextmanager
def apart() -> Iterator[None]:
    """What the block writes is kept whatever the answer will be; what the request wrote before it is dropped."""
    db.session.rollback()
    begin_writing(db.session)
    try:
        yield
        db.session.commit()
    finally:
        db.session.rollback()
        begin_again()


@contextmanager
def unlocked() -> Iterator[None]:
    """The block holds no lock and no turn, so that nobody waits for a slow computation; what was written before it is
    dropped."""
    db.session.rollback()
    try:
        with turns.aside():
            yield
    finally:
        begin_again()


def begin_again() -> None:
    """A request that writes goes on in a new transaction; one that reads takes its own when it needs one.

    Between the two its person may have been erased; whatever they were about to write is then nobody's.
    """
    if g.get("writes"):
        begin_writing(db.session)
        if g.get("viewer") is not None and not is_still_here(db.session, g.viewer.id):
            raise NotFound
