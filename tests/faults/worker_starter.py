"""Starts workers quickly: everything is loaded, and done once while nothing is due. Then each line of JSON read from
standard input forks a worker, or waits for one to be gone and says how it ended; a number is the answer to either."""

import json
import os
import socket
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from webapp import create_app
from webapp.actions import outbox
from webapp.extensions import db
from webapp.worker import channels, loop

PAUSE_SECONDS = 0.1


def main() -> None:
    app = create_app()
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith("mail/")):
        app.jinja_env.get_template(name)
    loop.run(app, once=True)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    print(0, flush=True)  # noqa: T201
    for line in sys.stdin:
        order = json.loads(line)
        print(ended(order["wait"]) if "wait" in order else started(app, order), flush=True)  # noqa: T201


def started(app: Flask, order: dict[str, Any]) -> int:
    """The number of a new worker, which waits for nothing."""
    number = os.fork()
    if number == 0:
        sys.stdin.close()
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        try:
            work(app, **order)
        finally:
            sys.stderr.flush()
            os._exit(1)
    return number


def work(
    app: Flask,
    *,
    once: bool = False,
    lease: float | None = None,
    total: float | None = None,
    clock: float = 0,
) -> None:
    """A worker until it is told to stop, with a lease, a longest time for a mail and a clock of its own, in seconds; to
    mail servers it says which process it is. Never returns."""
    socket.getfqdn = lambda name="": f"worker-{os.getpid()}.example"
    loop.PAUSE_SECONDS = PAUSE_SECONDS
    if lease is not None:
        outbox.LEASE = timedelta(seconds=lease)
    if total is not None:
        channels.TOTAL_SECONDS = loop.TOTAL_SECONDS = total  # type: ignore[attr-defined]
    loop.now = lambda: datetime.now(UTC) + timedelta(seconds=clock)
    loop.run(app, once=once)
    os._exit(0)


def ended(number: int) -> int:
    """How a worker ended: its exit status, or the signal that ended it as a negative number."""
    _, status = os.waitpid(number, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
