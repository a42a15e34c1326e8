"""What a claimed message says: the letter that was written with it, or the reminders it stands for, as they are now."""

from datetime import datetime

from flask import Flask

from webapp.actions.outbox import Claim, Letter, letter_of
from webapp.domain.days import wall_clock
from webapp.extensions import db
from webapp.queries.people import may_receive
from webapp.queries.reminders import to_say
from webapp.worker.channels import Undelivered
from webapp.worker.reminders import reminding

SECURITY_NOTICES = frozenset(
    {"account-changed", "password-changed", "email-changed", "new-device", "erasure-asked", "recovery-closed"}
)
"""These reach people who may no longer come in: they may be the ones who should know."""


def letter_for(app: Flask, claim: Claim, now: datetime) -> Letter | None:
    """The letter, by what is true now and not when it was planned; None when nothing is left to say.

    Raises Undelivered when nobody is there to read it, or they want quiet, and what `letter_of` raises for one that
    cannot be read.
    """
    if claim.payload is None:
        said = to_say(db.session, claim.id)
        quiet = said.clock.quiet if said else None
        if said and quiet and quiet.covers(wall_clock(now, said.clock.zone).time()):
            raise Undelivered("quiet hours", until=quiet.end(now, said.clock.zone), told=False)
        return reminding(said, now) if said else None
    letter = letter_of(claim)
    if claim.person_id is None or letter.template in SECURITY_NOTICES or may_receive(db.session, claim.person_id):
        return letter
    raise Undelivered("person gone", for_good=True)
