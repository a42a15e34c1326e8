"""How much mail an organisation may send to people who have not asked for it."""

from flask import g

from webapp.domain.identity import email_problems
from webapp.queries.ladders import Home
from webapp.queries.people import email_key
from webapp.web import limits


def count_mail(home: Home, address: str) -> None:
    """One more mail: by this admin today, by the organisation today, and to this mailbox within the hour, whichever
    organisation writes to it. What people ask for themselves is counted apart, so that nobody can use that up for
    them. Raises TooMany; what is no address counts nowhere."""
    if email_problems(address):
        return
    limits.take("invitation_day", g.viewer.public_id, limits.DAY)
    limits.take("organisation_mail_day", home.public_id, limits.DAY)
    limits.take("mail_target_hour", f"organisation|{limits.account(email_key(address))}", limits.HOUR)
