"""My sharing as its templates show it: shares in words, looks one by one, and looks by weeks as small bars."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.grants import GrantState
from webapp.domain.people import Viewer
from webapp.models.engine import AnySession
from webapp.pages.charts import bars
from webapp.pages.sharing_words import end_words, heading_words, look_words, name_words, shared_words, step_words
from webapp.queries import grant_invitations, grants
from webapp.queries.grants import Share
from webapp.queries.looks import Looks, looks_at, weeks_of_looks
from webapp.web.formats import day, moment

BAR, STEP = 12, 14
"""A week's bar and the way to the next, as wide as all of ours."""
MOST_SKIPPED = 100_000
OPEN = (GrantState.ACTIVE, GrantState.REQUESTED)
Place = tuple[datetime, int] | None


def overview(session: AnySession, viewer: Viewer, before: Place) -> dict[str, Any]:
    """Everything on the page of all that the viewer shares."""
    shares = grants.shares_of(session, viewer)
    return {
        "offers": grant_invitations.offers_to(session, viewer),
        "now": [line(share) for share in shares if share.state is GrantState.ACTIVE],
        "waiting": [line(share) for share in shares if share.state is GrantState.REQUESTED],
        "over": [line(share) for share in shares if share.state not in OPEN],
        "chart": chart(*weeks_of_looks(session, viewer)),
        **looks_of(session, viewer, before, "/sharing"),
    }


def story(session: AnySession, viewer: Viewer, public_id: str, before: Place) -> dict[str, Any]:
    """Everything on the page of one grant."""
    share = grants.share_of(session, viewer, public_id)
    name = name_words(share)
    steps = [
        (moment(step.at), step_words(step, name), shared_words(step.scopes, step.from_date, step.expires_at))
        for step in grants.steps_of(session, viewer, public_id)
    ]
    looks = looks_of(session, viewer, before, f"/sharing/{public_id}", grant=public_id)
    return {"share": line(share), "steps": steps, **looks}


def line(share: Share) -> dict[str, Any]:
    """One grant, ready for the template."""
    active = share.state is GrantState.ACTIVE
    return {
        "id": share.id,
        "name": name_words(share),
        "heading": heading_words(share),
        "waits": share.state is GrantState.REQUESTED,
        "active": active,
        "shared": shared_words(share.scopes, share.from_date, share.expires_at),
        "since": _("Since %(day)s", day=moment(share.decided_at)) if share.decided_at else "",
        "asked": _("Asked %(day)s", day=moment(share.created_at)),
        "end": end_words(share),
        "purpose": share.purpose,
    }


def looks_of(
    session: AnySession, viewer: Viewer, before: Place, address: str, grant: str | None = None
) -> dict[str, Any]:
    """Fifty looks, and the address of the next fifty."""
    moment_, skip = before or (None, 0)
    found = looks_at(session, viewer, before=moment_, skip=skip, grant=grant)
    rows = [
        {
            "at": moment(look.at),
            "by": look.by or _("Somebody who has left"),
            "what": look_words(look),
            "address": f"/goals/{look.goal_id}" if look.goal_id else None,
        }
        for look in found.rows
    ]
    return {"looks": rows, "older": older(found, address), "later": bool(before)}


def older(found: Looks, address: str) -> str | None:
    """Where the looks before these are shown."""
    if found.more is None:
        return None
    last, shown = found.more
    return f"{address}?{urlencode({'before': last.isoformat(), 'shown': shown})}#looks"


def asked_looks(asked: Mapping[str, str]) -> Place:
    """From where on looks were asked for; what cannot be read means from now on."""
    try:
        before = datetime.fromisoformat(asked.get("before", "")[:40])
        shown = int(asked.get("shown", "0")[:9])
    except ValueError:
        return None
    if before.tzinfo is None or not 1900 < before.year < 9999:
        return None
    return before.astimezone(UTC), min(max(shown, 0), MOST_SKIPPED)


def chart(firsts: Sequence[date], people: Sequence[tuple[str, Sequence[int]]]) -> dict[str, Any] | None:
    """A row of bars for each person who looked within the weeks, all to one scale, and the same as a table."""
    if not people:
        return None
    most = max(max(counts) for _name, counts in people)
    rows = [
        {
            "name": name or _("Somebody who has left"),
            "bars": bars([(STEP * at, BAR, count, most) for at, count in enumerate(counts)]).bars,
            "words": ngettext("%(num)d look in twelve weeks", "%(num)d looks in twelve weeks", sum(counts)),
            "counts": list(counts),
        }
        for name, counts in people
    ]
    return {"weeks": [day(first, "d MMM") for first in firsts], "rows": rows, "width": STEP * len(firsts)}
