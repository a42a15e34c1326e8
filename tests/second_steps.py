"""People with an app: what it shows at an instant, and their recovery codes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pyotp
from sqlalchemy.orm import Session

from webapp.actions import second_factors
from webapp.domain.people import Viewer
from webapp.domain.second_factors import PERIOD
from webapp.models.engine import begin_writing
from webapp.queries.second_factors import waiting_secret


@dataclass
class App:
    """What a person holds: the app's secret, and their recovery codes."""

    secret: str
    recovery_codes: list[str]

    def code(self, now: datetime, steps: int = 0) -> str:
        """What the app shows at this instant, or so many half minutes later."""
        return pyotp.TOTP(self.secret).at(now + timedelta(seconds=PERIOD * steps))

    def wrong(self, now: datetime) -> str:
        """Six digits that the app shows neither now nor in the minutes around it."""
        shown = {self.code(now, steps) for steps in range(-5, 6)}
        return next(code for code in map("{:06}".format, range(20)) if code not in shown)


def set_up(session: Session, viewer: Viewer) -> App:
    """The viewer's app counts since ten minutes ago; committed."""
    write(session)
    earlier = replace(viewer, now=viewer.now - timedelta(minutes=10))
    second_factors.begin_app(session, earlier)
    app = App(waiting_secret(session, earlier) or "", [])
    app.recovery_codes = second_factors.confirm_app(session, earlier, app.code(earlier.now))
    session.commit()
    return app


def write(session: Session) -> None:
    """What was read so far is over, and the session may write from here on."""
    session.rollback()
    begin_writing(session)
