"""The audit log of an organisation, as its admins look through it and take it out."""

import json
from dataclasses import replace
from typing import Any

from flask import Blueprint, g, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import audit_log as actions
from webapp.domain import spreadsheets
from webapp.extensions import db
from webapp.pages.audit_details import facts, thing_name
from webapp.pages.audit_words import actor_words, chosen_words, outcome_words, person_words, tag_words
from webapp.pages.forms.audit_log import LogForm, address_values
from webapp.pages.ladder_homes import Homes, address_of, administered
from webapp.pages.respond import page
from webapp.pages.value_lines import moment_there
from webapp.queries import audit_log as queries
from webapp.queries import organisations
from webapp.queries.audit_log import NOBODY, Event, Wanted
from webapp.queries.audit_names import Names, names_in
from webapp.web.limits import MINUTE, take
from webapp.web.policies import recent
from webapp.web.transaction import only_reads

bp = Blueprint("admin_log", __name__, url_prefix="/admin/log")
LONGEST_SEARCH = 100
LONGEST_NUMBER = 18
COLUMNS = (
    "at",
    "actor",
    "actor_id",
    "tag",
    "about",
    "about_id",
    "outcome",
    "object",
    "object_number",
    "request",
    "details",
)


@bp.get("")
@recent
def index() -> str:
    """What was done in an organisation the viewer administers, newest first, as far as the address asks."""
    return listing(administered(), LogForm(formdata=request.args))


@bp.post("/people")
@recent
@only_reads
def people() -> str:
    """Members with some letters in their names, to look at what they did; a name belongs in no address."""
    homes = administered()
    letters = request.form.get("q", "").strip()[:LONGEST_SEARCH].replace("\x00", "")
    found = organisations.members(db.session, g.viewer, homes.here.id, letters=letters)[0] if letters else []
    form = LogForm(formdata=request.form)
    wanted = form.wanted()
    members = [(one, links(homes, wanted, one.id)) for one in found]
    return listing(homes, form, letters=letters, members=members)


@bp.post("/export.csv")
@recent
def export() -> Response:
    """The rows that are asked for, the newest 5,000, as a table of ids, times and names."""
    homes = administered()
    take("export_minute", g.viewer.public_id, MINUTE)
    rows = actions.take_out(db.session, g.viewer, homes.here, LogForm(formdata=request.form).wanted())
    content = spreadsheets.table(COLUMNS, map(cells, rows))
    headers = {"Content-Disposition": f'attachment; filename="log-{g.viewer.today.isoformat()}.csv"'}
    return Response(content, content_type="text/csv; charset=utf-8; header=present", headers=headers)


def listing(homes: Homes, form: LogForm, **more: Any) -> str:
    """The page of rows that the form asks for."""
    wanted, before = form.wanted(), number(request.args.get("before", ""))
    rows, follows = queries.page(db.session, g.viewer, homes.here, wanted, before)
    values = address_values(wanted)
    shown: dict[str, Any] = {"homes": homes, "form": form, "kept": values, "letters": "", "members": None}
    names = names_in(db.session, g.viewer, homes.here, rows)
    shown["lines"] = [line(event, names, homes, wanted) for event in rows]
    shown["chosen"] = chosen(homes, wanted)
    shown["all_address"] = address_of(".index", homes)
    shown["newest"] = address_of(".index", homes, **values) if before is not None else None
    shown["older"] = address_of(".index", homes, **values, before=rows[-1].id) if follows else None
    return page("admin/log.html", **shown | more)


def line(event: Event, names: Names, homes: Homes, wanted: Wanted) -> dict[str, Any]:
    """A row in words."""
    actor, subject = event.actor, event.subject
    other = subject if subject is not None and (actor is None or subject != actor) else None
    by = NOBODY if actor is None else actor.id
    return {
        "what": tag_words(event.tag),
        "who": actor_words(event),
        "who_address": links(homes, wanted, by)[0] if by else None,
        "whom": person_words(other) if other else None,
        "whom_address": links(homes, wanted, other.id)[1] if other and other.id else None,
        "when": moment_there(event.at, homes.here.zone),
        "outcome": outcome_words(event.outcome),
        "thing": thing_name(event, names),
        "facts": facts(event, names),
    }


def cells(event: Event) -> tuple[spreadsheets.Cell, ...]:
    """A row as it is taken out; times are UTC, and tags stay as they are written down."""
    actor = (actor_words(event), event.actor.id if event.actor else "")
    subject = (person_words(event.subject), event.subject.id) if event.subject else ("", "")
    thing = (event.object_kind, event.object_id, event.request_id)
    details = json.dumps(event.details, sort_keys=True) if event.details else ""
    return (event.at, *actor, event.tag, *subject, event.outcome, *thing, details)


def links(homes: Homes, wanted: Wanted, public_id: str) -> tuple[str, str]:
    """Where it stands what the person did, and what was done to them, as far as the rest of the filter asks."""
    did, done = replace(wanted, by=public_id), replace(wanted, about=public_id)
    return tuple(address_of(".index", homes, **address_values(one)) for one in (did, done))  # type: ignore[return-value]


def chosen(homes: Homes, wanted: Wanted) -> list[tuple[str, str]]:
    """The persons the log is asked for, in words, each with the address that does not ask for them."""
    names = queries.people(db.session, g.viewer, homes.here, {wanted.by, wanted.about} - {""})
    said = []
    if wanted.by:
        words = _("Done by %(name)s", name=chosen_words(wanted.by, names))
        said.append((words, address_of(".index", homes, **address_values(replace(wanted, by="")))))
    if wanted.about:
        words = _("About %(name)s", name=chosen_words(wanted.about, names))
        said.append((words, address_of(".index", homes, **address_values(replace(wanted, about="")))))
    return said


def number(text: str) -> int | None:
    """The number of the row that was shown last; None where the address names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None
