"""So many requests that may write are worked on at once in a process, however many wait in it.

More would only get in each other's way: a database of one file has one writer. While somebody waits for a slow
computation, their turn is another's, so that fifty who sign in together keep nobody else waiting (security RL-6).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Semaphore
from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TURNS = "aimline.turns"
"""Where the environment of a request keeps what it has a turn of."""


class Turns:
    """The application, which works on `at_once` requests that may write; those that come meanwhile wait."""

    def __init__(self, application: "WSGIApplication", at_once: int) -> None:
        self._application = application
        self._turns = Semaphore(at_once)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in SAFE:
            return self._application(environ, start_response)
        environ[TURNS] = self._turns
        with self._turns:
            return self._application(environ, start_response)


@contextmanager
def aside() -> Iterator[None]:
    """Another request has the turn of this one during the block, which holds nothing others wait for."""
    turns: Semaphore | None = request.environ.get(TURNS)
    if turns is None:
        yield
        return
    turns.release()
    try:
        yield
    finally:
        turns.acquire()
