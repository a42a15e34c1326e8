"""So many requests that write are worked on at once in a process, however many wait in it.

More would only get in each other's way: a database of one file has one writer. A request takes its turn when it has
been read, so that nobody waits for who sends slowly; and while it computes something slow, its turn is another's, so
that fifty who sign in together keep nobody else waiting (security RL-6).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore

from flask import Flask, current_app, g

TURNS = "turns"
PATIENCE = 8
"""So many seconds a request waits for its turn: before whoever sent it gives up."""


class Busy(Exception):
    """Nobody's turn ended in time; nothing was done, and trying again makes sense."""


def init_app(app: Flask, at_once: int) -> None:
    app.extensions[TURNS] = Semaphore(at_once)

    @app.teardown_request
    def _end(_: BaseException | None) -> None:
        give_back()


def take() -> None:
    """This request has a turn; raises Busy."""
    turns: Semaphore = current_app.extensions[TURNS]
    if not turns.acquire(timeout=PATIENCE):
        raise Busy
    g.turn = turns


def give_back() -> None:
    """Another request has the turn of this one, if it has one."""
    turns: Semaphore | None = g.pop("turn", None)
    if turns is not None:
        turns.release()


@contextmanager
def aside() -> Iterator[None]:
    """Another request has the turn of this one during the block, which holds nothing others wait for; raises Busy."""
    held = "turn" in g
    give_back()
    try:
        yield
    finally:
        if held:
            take()
