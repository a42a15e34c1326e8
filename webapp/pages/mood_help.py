"""Who listens in a crisis, by country; for everybody, signed in or not."""

from functools import lru_cache
from typing import Any

from babel import Locale
from flask import Blueprint, g, request, url_for

from webapp.actions import countries as actions
from webapp.domain.crisis import COUNTRIES, DIRECTORY, country_codes, country_of_zone
from webapp.domain.errors import Invalid
from webapp.extensions import db
from webapp.pages.respond import onward, page
from webapp.queries import countries as queries
from webapp.web.formats import problem_text, region
from webapp.web.policies import anyone, signed_in

bp = Blueprint("mood_help", __name__, url_prefix="/moods/help")


@bp.get("")
@anyone
def show() -> str:
    """Numbers of the country named in the address, else of the viewer's own."""
    return page("moods/help.html", **help_in(asked_country()))


@bp.post("")
@signed_in
def keep() -> Any:
    """Remember the country the viewer says they are in."""
    code = request.form.get("country", "")
    try:
        actions.keep_country(db.session, g.viewer, code)
    except Invalid as invalid:
        problem = invalid.problems[0]
        return page("moods/help.html", **help_in(None), error=problem_text(problem.code, problem.params)), 422
    return onward(url_for(".show"))


def asked_country() -> str | None:
    """The country in the address; without one what the viewer said, or what their time zone says."""
    if (named := request.args.get("country", "").upper()) in country_codes():
        return named
    if g.viewer is None:
        return None
    return queries.country_of(db.session, g.viewer) or country_of_zone(g.viewer.zone)


def help_in(code: str | None) -> dict[str, Any]:
    """What the page shows for a country, or for none that is known."""
    names = country_names(region())
    return {
        "code": code or "",
        "country": names.get(code or "", ""),
        "found": COUNTRIES.get(code or ""),
        "countries": sorted(names.items(), key=lambda item: item[1].casefold()),
        "directory": DIRECTORY,
    }


@lru_cache(maxsize=50)
def country_names(where: str) -> dict[str, str]:
    """Every country by its code, in the language of this region."""
    known = Locale.parse(where).territories
    return {code: known.get(code, code) for code in country_codes()}
