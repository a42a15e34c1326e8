"""Whose ladder an admin is at: of who administers several organisations, the one they named."""

from typing import Any, NamedTuple

from flask import g, request, url_for

from webapp.domain.errors import NotFound, Refused
from webapp.extensions import db
from webapp.queries import ladder_admin as queries
from webapp.queries.ladders import Home


class Homes(NamedTuple):
    """The organisation meant, and all that there are to choose from."""

    here: Home
    all: list[Home]


def administered() -> Homes:
    """The organisation that `organisation` names, or the first; raises Refused for who administers none, NotFound for
    another's."""
    homes = queries.administered(db.session, g.viewer)
    if not homes:
        raise Refused("not_yours")
    named = request.values.get("organisation", "")
    here = next((home for home in homes if named in ("", home.public_id)), None)
    if here is None:
        raise NotFound
    return Homes(here, homes)


def home_of(organisation_id: int) -> Homes:
    """The organisation a thing of the viewer's belongs to."""
    homes = queries.administered(db.session, g.viewer)
    return Homes(next(home for home in homes if home.id == organisation_id), homes)


def address_of(endpoint: str, homes: Homes, **values: Any) -> str:
    """The address of a page of this organisation's; it names the organisation only where there are several."""
    if len(homes.all) > 1:
        values["organisation"] = homes.here.public_id
    return url_for(endpoint, **values)
