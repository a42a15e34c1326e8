"""How fast mails leave: held back after failures, and slowly again when a domain takes them (reliability R6).

What fails is held for 30 seconds, then ever longer up to an hour; once a mail is taken again, a hundred a minute leave
for the next hour, whoever sends them. A domain without trouble has no row, and costs nothing.
"""

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from webapp.actions import limits, outbox
from webapp.actions.outbox import Claim
from webapp.domain.errors import TooMany
from webapp.models import MailPace
from webapp.models.base import table_of
from webapp.models.engine import AnySession, upserting
from webapp.queries.outbox import Gate
from webapp.queries.pacing import MOST_IN_WINDOW, RELAY, WINDOW, key_of

FIRST_HOLD = timedelta(seconds=30)
LONGEST_HOLD = timedelta(hours=1)
SLOW = timedelta(hours=1)
_MOST_DOUBLINGS = 10


def admit(session: AnySession, claims: Sequence[Claim], gate: Gate, now: datetime) -> list[Claim]:
    """Those of the claimed messages that may leave now, each counted where its domain or the relay is slow; the others
    wait again, as if nobody had claimed them: those that come last. What came too late leaves no more, and takes
    nobody's place."""
    if not gate.slow:
        return list(claims)
    late = {claim.id for claim in claims if claim.expires_at is not None and claim.expires_at <= now}
    asking = {claim.id: _counters(claim, gate) for claim in claims if claim.id not in late}
    places = _take(session, Counter(key for keys in asking.values() for key in keys), now)
    left = [claim for claim in claims if claim.id in late or _has_place(asking[claim.id], places)]
    for key in places.elements():
        limits.give_back(session, key, WINDOW, now)
    kept = {claim.id for claim in left}
    if over := [claim for claim in claims if claim.id not in kept]:
        outbox.release(session, over)
    return left


def went_well(session: AnySession, claim: Claim, gate: Gate, now: datetime) -> None:
    """A domain, or the relay, that takes mails again after failures is slow for an hour."""
    if troubled := _troubled(claim, gate):
        again = update(MailPace).where(MailPace.domain.in_(troubled), MailPace.failures > 0)
        session.execute(again.values(failures=0, hold_until=None, slow_until=now + SLOW))


def went_wrong(session: AnySession, claim: Claim, now: datetime, *, relay: bool) -> None:
    """The domain of a mail, or with `relay` all mail, is held, the longer the more often it failed without a success;
    workers that fail together count once."""
    domain = RELAY if relay else claim.domain
    if claim.channel != "mail" or domain is None:
        return
    session.execute(upserting(session, table_of(MailPace)).values(domain=domain, failures=0).on_conflict_do_nothing())
    mine = select(MailPace).where(MailPace.domain == domain).with_for_update()
    row = session.execute(mine.execution_options(populate_existing=True)).scalar_one()
    if row.hold_until is None or row.hold_until <= now:
        hold = min(LONGEST_HOLD, FIRST_HOLD * 2 ** min(row.failures, _MOST_DOUBLINGS))
        row.failures += 1
        row.hold_until = now + hold * (1 - random.random() / 4)  # noqa: S311 - spreads retries, guards nothing
    session.flush()


def forget_before(session: AnySession, moment: datetime) -> None:
    """Domains that gave no trouble since then are not known any more."""
    last = func.coalesce(MailPace.slow_until, MailPace.hold_until)
    session.execute(delete(MailPace).where(last < moment, func.coalesce(MailPace.hold_until, last) < moment))


def _take(session: AnySession, wanted: Counter[str], now: datetime) -> Counter[str]:
    """As many of the wanted places of each counter as there are. The counters are held in one order, the relay's first,
    whatever the messages are: else two workers would wait for each other."""
    places: Counter[str] = Counter()
    for key in sorted(wanted, key=lambda key: (key != key_of(RELAY), key)):
        with suppress(TooMany):
            for _ in range(wanted[key]):
                limits.take(session, "mail_pace", key, MOST_IN_WINDOW, WINDOW, now)
                places[key] += 1
    return places


def _has_place(keys: Sequence[str], places: Counter[str]) -> bool:
    """Whether there is room for a message everywhere, which is its own then; where there is not, it takes none."""
    if not all(places[key] > 0 for key in keys):
        return False
    places.subtract(keys)
    return True


def _counters(claim: Claim, gate: Gate) -> list[str]:
    return [key_of(domain) for domain in _troubled(claim, gate)]


def _troubled(claim: Claim, gate: Gate) -> list[str]:
    if claim.channel != "mail":
        return []
    return [domain for domain in (RELAY, claim.domain) if domain is not None and domain in gate.slow]
