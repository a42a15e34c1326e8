"""The contracts described: for programs as OpenAPI 3.1, for people as a page that needs no script to be read."""

import json

from flask import Blueprint, Response, abort, current_app, g, render_template

from webapp.api.documents import document, routes
from webapp.domain.tokens import Contract
from webapp.web.policies import anyone

bp = Blueprint("docs", __name__)


@bp.get("/api/docs", strict_slashes=False)
@anyone
def index() -> str:
    """Every contract's operations in a list, and a viewer in its place where scripts run."""
    contracts = [(contract, routes(current_app, contract)) for contract in Contract]
    return render_template("docs/index.html", viewer=g.viewer, contracts=contracts)


@bp.get("/api/docs/<name>.json")
@anyone
def contract(name: str) -> Response:
    """The OpenAPI document of one contract."""
    if name not in list(Contract):
        abort(404)
    text = json.dumps(document(current_app, Contract(name)), ensure_ascii=False, indent=1)
    return Response(text, mimetype="application/json")
