"""Several who act in the same moment, each in a transaction of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy.orm import Session

from webapp.domain.errors import DomainError
from webapp.extensions import db
from webapp.models.engine import begin_writing

Act = Callable[[Session], object]


def at_once(app: Flask, *acts: Act) -> list[str]:
    """What became of each of them: "done", or the name of the error that kept it from happening."""
    with app.app_context():
        engine = db.engine
    barrier = threading.Barrier(len(acts))

    def one(act: Act) -> str:
        with Session(engine, expire_on_commit=False) as racing:
            barrier.wait(20)
            begin_writing(racing)
            try:
                act(racing)
                racing.commit()
            except DomainError as error:
                return type(error).__name__
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))
