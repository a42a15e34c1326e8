"""Whose ladder an admin is at: of who administers several organisations, the one they named."""

from typing import Any, NamedTuple

from flask import g, request, url_for

from webapp.domain.errors import NotFound, Refused
from webapp.extensions import db
from webapp.queries import ladder_admin as queries
from webapp.queries.ladders import Home, homes_of
from webapp.web import refusals


class Homes(NamedTuple):
    """The organisation meant, and all that there are to choose from."""

    here: Home
    all: list[Home]


def administered() -> Homes:
    """The organisation that `organisation` names, or the first; raises Refused for who administers none, NotFound for
    another's."""
    homes = queries.administered(db.session, g.viewer)
    named = request.values.get("organisation", "")
    if not homes:
        theirs = _meant(homes_of(db.session, g.viewer), named)
        raise Refused("not_yours", organisation_id=theirs.id if theirs else None)
    here = _meant(homes, named)
    if here is None:
        raise NotFound
    refusals.about(here.id)
    return Homes(here, homes)


def home_of(organisation_id: int) -> Homes:
    """The organisation a thing of the viewer's belongs to."""
    homes = queries.administered(db.session, g.viewer)
    refusals.about(organisation_id)
    return Homes(next(home for home in homes if home.id == organisation_id), homes)


def _meant(homes: list[Home], named: str) -> Home | None:
    """The one that is named, or without a name the first."""
    return next((home for home in homes if named in ("", home.public_id)), None)


def address_of(endpoint: str, homes: Homes, **values: Any) -> str:
    """The address of a page of this organisation's; it names the organisation only where there are several."""
    if len(homes.all) > 1:
        values["organisation"] = homes.here.public_id
    return url_for(endpoint, **values)
