"""Tables of reporting lines and teams: brought by preview and yes, and taken out again."""

from typing import Any

from flask import Blueprint, current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from webapp.actions import member_tables as actions
from webapp.actions import reporting, uploads
from webapp.actions.member_tables import Counts, Preview
from webapp.domain import member_tables as tables
from webapp.domain.errors import Invalid
from webapp.domain.member_tables import Column, MemberTable
from webapp.domain.pasted import decoded
from webapp.extensions import db
from webapp.pages.forms.values import TableForm
from webapp.pages.ladder_homes import Homes, address_of, administered, home_of
from webapp.pages.respond import onward, page, say
from webapp.pages.value_tables import (
    AROUND_THE_TABLE,
    SHOWN_TEXT,
    SHOWN_TROUBLES,
    at_the_table,
    too_large,
    trouble_line,
)
from webapp.settings import Limits
from webapp.web.limits import HOUR, MINUTE, take, take_here
from webapp.web.policies import recent
from webapp.web.transaction import unlocked

bp = Blueprint("admin_tables", __name__, url_prefix="/admin/reporting")
bp.register_error_handler(RequestEntityTooLarge, too_large)
SHOWN = 100
EXAMPLE = "Person\tManager\tTeam\tLead\nada@example.org\tmona@example.org\tBakery\tno"
Part = tuple[str, list[tuple[str, str]], int]


@bp.get("/import")
@recent
def start() -> str:
    """Choose a file, or paste a table."""
    return start_page(administered(), TableForm(formdata=None))


@bp.post("/import")
@recent
def upload() -> Any:
    """The table is kept until its admin has seen what it changes."""
    homes = administered()
    take("import_hour", g.viewer.public_id, HOUR)
    form = TableForm()
    try:
        content = form.content()
        if not (table := read(decoded(content))).lines:
            raise Invalid(trouble.problem for trouble in table.troubles)
    except Invalid as invalid:
        form.absorb(at_the_table(invalid))
        return start_page(homes, form), 422
    kept = actions.keep(db.session, g.viewer, homes.here, content)
    return onward(url_for(".preview", upload=kept.public_id))


@bp.get("/import/<upload>")
@recent
def preview(upload: str) -> Any:
    """What would change."""
    take_here("import_hour", g.viewer.public_id)
    file, home, text = actions.kept(db.session, g.viewer, upload)
    if file.kind != actions.WAITING:
        return done(home_of(home.id), actions.counts_of(g.viewer, file))
    return preview_page(upload, home_of(home.id), text, read(text))


@bp.post("/import/<upload>")
@recent
def bring(upload: str) -> Any:
    """Yes, everything in one go; saying it twice does it once."""
    file, home, text = actions.kept(db.session, g.viewer, upload)
    table = read(text) if file.kind == actions.WAITING else MemberTable()
    file, home, _text = actions.kept(db.session, g.viewer, upload, lock=True)
    if file.kind == actions.WAITING:
        try:
            actions.finish(db.session, g.viewer, home, file, actions.bring(db.session, g.viewer, home, table))
        except Invalid:
            return preview_page(upload, home_of(home.id), text, table), 422
    return done(home_of(home.id), actions.counts_of(g.viewer, file))


@bp.post("/import/<upload>/cancel")
@recent
def cancel(upload: str) -> Response:
    """No; the table is gone."""
    file, home, _text = actions.kept(db.session, g.viewer, upload, lock=True)
    uploads.remove(db.session, file)
    say(_("Nothing was changed, and the table is deleted."))
    return onward(address_of(".start", home_of(home.id)))


@bp.post("/export.csv")
@recent
def export() -> Response:
    """Who reports to whom and who is in which team, as a table that can be brought back."""
    homes = administered()
    take("export_minute", g.viewer.public_id, MINUTE)
    content = reporting.take_out(db.session, g.viewer, homes.here.id)
    headers = {"Content-Disposition": f'attachment; filename="people-{g.viewer.today.isoformat()}.csv"'}
    return Response(content, content_type="text/csv; charset=utf-8; header=present", headers=headers)


@bp.url_value_preprocessor
def let_tables_in(endpoint: str | None, _values: object) -> None:
    """Only the table may be longer than other requests; said before anything reads the request."""
    if endpoint == "admin_tables.upload":
        request.max_content_length = _limits().import_bytes + AROUND_THE_TABLE
        request.max_form_memory_size = request.max_content_length


def read(text: str) -> MemberTable:
    """The table, read while nobody waits for a lock."""
    limits = _limits()
    with unlocked():
        return tables.read(text, most_bytes=limits.import_bytes, most_rows=limits.import_rows)


def done(homes: Homes, counts: Counts) -> Response:
    """On to the lines, with what the table came to."""
    lines = ngettext("%(num)d reporting line changed", "%(num)d reporting lines changed", counts.lines)
    places = ngettext("%(num)d place in a team changed", "%(num)d places in teams changed", counts.places)
    teams = ngettext("%(num)d team was made", "%(num)d teams were made", counts.teams)
    say(_("%(lines)s, %(places)s, %(teams)s.", lines=lines, places=places, teams=teams))
    return onward(address_of("admin_reporting.index", homes))


def start_page(homes: Homes, form: TableForm) -> str:
    """Where a table is chosen."""
    columns = ", ".join(Column)
    return page("admin/import.html", homes=homes, form=form, columns=columns, example=EXAMPLE, most=_limits())


def preview_page(upload: str, homes: Homes, text: str, table: MemberTable) -> str:
    """What the table would change by name, or everything that is wrong with it."""
    seen = actions.preview(db.session, g.viewer, homes.here, table)
    wrong = seen.changes.troubles
    troubles = [trouble_line(one) for one in wrong[:SHOWN_TROUBLES]]
    form = TableForm(formdata=None, table=text) if troubles and len(text) <= SHOWN_TEXT else None
    shown: dict[str, Any] = {"parts": parts_of(seen), "troubles": troubles, "more": len(wrong) - len(troubles)}
    shown |= {"form": form, "unknown": table.unknown, "size": len(table.lines)}
    return page("admin/import_preview.html", upload=upload, homes=homes, **shown)


def parts_of(seen: Preview) -> list[Part]:
    """Every kind of change with what it does by name, the first hundred of each, and how many there are more."""
    changes, nobody = seen.changes, _("nobody")
    pairs = {
        _("Teams that are made"): [(name, "") for name in changes.made.values()],
        _("Lines that are added"): [(seen.people[one], seen.people[above]) for one, above in changes.added],
        _("Lines that end"): [(seen.people[one], seen.people[above]) for one, above in changes.ended],
        _("Into teams"): [(seen.people[one], seen.teams[team]) for one, team in changes.joined],
        _("Out of teams"): [(seen.people[one], seen.teams[team]) for one, team in changes.left],
        _("Leads of teams"): [
            (seen.teams[team], seen.people.get(lead or 0, nobody)) for team, lead in changes.leads.items()
        ],
    }
    return [(title, rows[:SHOWN], max(len(rows) - SHOWN, 0)) for title, rows in pairs.items() if rows]


def _limits() -> Limits:
    limits: Limits = current_app.config["SETTINGS"].limits
    return limits
