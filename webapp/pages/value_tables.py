"""Tables of values: brought by preview and yes, and taken out again."""

from typing import Any

from flask import Blueprint, current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from webapp.actions import uploads
from webapp.actions import value_tables as actions
from webapp.actions.value_tables import Counts, Preview
from webapp.domain import value_tables as tables
from webapp.domain.errors import Invalid, Problem
from webapp.domain.pasted import Trouble, decoded
from webapp.domain.value_tables import Column, ValueLine, ValueTable
from webapp.extensions import db
from webapp.pages import errors
from webapp.pages.forms.values import TableForm
from webapp.pages.imports import discard
from webapp.pages.ladder_homes import Homes, address_of, administered, home_of
from webapp.pages.profile_words import exactly
from webapp.pages.respond import onward, page, say
from webapp.pages.value_lines import currency_of, moment_there, name_of
from webapp.queries import value_people
from webapp.queries.ladders import Home
from webapp.settings import Limits
from webapp.web.formats import problem_text
from webapp.web.limits import HOUR, take
from webapp.web.policies import recent
from webapp.web.transaction import unlocked
from webapp.web.viewer import recognise

bp = Blueprint("value_tables", __name__, url_prefix="/admin/values")
AROUND_THE_TABLE = 64 * 1024
SHOWN_ROWS = 20
SHOWN_TROUBLES = 100
SHOWN_TEXT = 100_000
EXAMPLE = "Person\tGoal\tAmount\tWhen\nada@example.org\tpersonal_sales\t250\t2026-03-10"


@bp.get("/import")
@recent
def start() -> str:
    """Choose a file, or paste a table."""
    return start_page(administered(), TableForm(formdata=None))


@bp.post("/import")
@recent
def upload() -> Any:
    """The table is kept until its admin has seen what it brings."""
    homes = administered()
    take("import_hour", g.viewer.public_id, HOUR)
    form = TableForm()
    try:
        content = form.content()
        read(decoded(content), homes.here, must_have_rows=True)
    except Invalid as invalid:
        form.absorb(at_the_table(invalid))
        return start_page(homes, form), 422
    kept = actions.keep(db.session, g.viewer, homes.here, content)
    return onward(url_for(".preview", upload=kept.public_id))


@bp.get("/import/<upload>")
@recent
def preview(upload: str) -> Any:
    """What would happen."""
    file, home, text = actions.kept(db.session, g.viewer, upload)
    if file.kind != actions.WAITING:
        return done(home_of(home.id), actions.counts_of(g.viewer, file))
    return preview_page(upload, home_of(home.id), text, read(text, home))


@bp.post("/import/<upload>")
@recent
def bring(upload: str) -> Any:
    """Yes, everything in one go; saying it twice does it once."""
    file, home, text = actions.kept(db.session, g.viewer, upload)
    table = read(text, home) if file.kind == actions.WAITING else ValueTable()
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
    say(_("Nothing was imported, and the table is deleted."))
    return onward(address_of(".start", home_of(home.id)))


@bp.get("/export.csv")
@recent
def export() -> Response:
    """Every value of the members that stands, as a table that can be brought back."""
    content = value_people.table(db.session, g.viewer, administered().here)
    headers = {"Content-Disposition": f'attachment; filename="values-{g.viewer.today.isoformat()}.csv"'}
    return Response(content, content_type="text/csv; charset=utf-8; header=present", headers=headers)


@bp.url_value_preprocessor
def let_tables_in(endpoint: str | None, _values: object) -> None:
    """Only the table may be longer than other requests; said before anything reads the request."""
    if endpoint == "value_tables.upload":
        request.max_content_length = _limits().import_bytes + AROUND_THE_TABLE
        request.max_form_memory_size = request.max_content_length


@bp.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> errors.Answer:
    """The table was longer than is read at all."""
    discard()
    recognise()
    return errors.on_http(error)


def read(text: str, home: Home, *, must_have_rows: bool = False) -> ValueTable:
    """The table, read while nobody waits for a lock; raises Invalid, where it must have rows, when it has none."""
    limits = _limits()
    with unlocked():
        given = {"most_bytes": limits.import_bytes, "most_rows": limits.import_rows}
        table = tables.read(text, home.zone, g.viewer.now, **given)
    if must_have_rows and not table.lines:
        raise Invalid(trouble.problem for trouble in table.troubles)
    return table


def done(homes: Homes, counts: Counts) -> Response:
    """On to the values, with what the table came to."""
    new = ngettext("%(num)d value is new", "%(num)d values are new", counts.new)
    there = ngettext("%(num)d was here already", "%(num)d were here already", counts.there)
    say(_("%(new)s, %(there)s.", new=new, there=there))
    return onward(address_of("values.index", homes))


def start_page(homes: Homes, form: TableForm) -> str:
    """Where a table is chosen."""
    columns, most = ", ".join(Column), _limits()
    return page("values/import.html", homes=homes, form=form, columns=columns, example=EXAMPLE, most=most)


def preview_page(upload: str, homes: Homes, text: str, table: ValueTable) -> str:
    """What the table would bring, or everything that is wrong with it."""
    seen = actions.preview(db.session, g.viewer, homes.here, table)
    goals = {goal.keyword: goal for goal in value_people.goals_offered(db.session, homes.here.id)}
    sums = [
        (name_of(one.keyword, goals), one.new, exactly(one.amount, currency_of(one.keyword, goals)), one.there)
        for one in seen.sums
    ]
    shown = [row_of(line, seen, homes.here) for line in table.lines[:SHOWN_ROWS]]
    troubles = [trouble_line(one) for one in seen.troubles[:SHOWN_TROUBLES]]
    form = TableForm(formdata=None, table=text) if troubles and len(text) <= SHOWN_TEXT else None
    context: dict[str, Any] = {"seen": seen, "sums": sums, "rows": shown, "troubles": troubles, "form": form}
    context |= {"unknown": table.unknown, "more": len(seen.troubles) - len(troubles), "people": len(seen.names)}
    return page("values/preview.html", upload=upload, homes=homes, size=len(table.lines), **context)


def row_of(line: ValueLine, seen: Preview, home: Home) -> tuple[str, ...]:
    """One row of the table as it is understood."""
    draft = line.draft
    when = moment_there(draft.occurred_at, home.zone) if draft.occurred_at else ""
    amount = exactly(draft.amount, "") if draft.amount is not None else ""
    return str(line.row), seen.names.get(line.person, line.person), draft.keyword, amount, when, draft.note


def trouble_line(trouble: Trouble) -> tuple[int, str, str]:
    """Row, column, and what is wrong, in words."""
    return trouble.row, trouble.column, problem_text(trouble.problem.code, trouble.problem.params)


def at_the_table(invalid: Invalid) -> Invalid:
    """What is wrong with a table as a whole stands at the field it was pasted into."""
    return Invalid(Problem("table", problem.code, problem.params) for problem in invalid.problems)


def _limits() -> Limits:
    limits: Limits = current_app.config["SETTINGS"].limits
    return limits
