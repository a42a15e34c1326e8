"""The organisation a request is about: its id stands in a header of every request."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, request

from webapp.api.body import Wrong
from webapp.api.errors import Forbidden
from webapp.domain.errors import NotFound
from webapp.extensions import db
from webapp.queries import objective_json
from webapp.queries.objective_json import Account

HEADER = "gtmhub-accountId"
View = TypeVar("View", bound=Callable[..., Any])


def enter() -> None:
    """The organisation of this request is known, or it is refused; raises Wrong without the header, and Forbidden for
    an organisation the caller is no active member of, whether there is such a one or not."""
    g.account = None
    given = request.headers.get(HEADER)
    if given:
        g.account = objective_json.account(db.session, g.viewer, given)
        if g.account is None:
            raise Forbidden("This account is not yours, or there is none.")
    elif not getattr(current_app.view_functions[request.endpoint or ""], "account_optional", False):
        raise Wrong({HEADER: ["The id of the account is required in this header."]})


def optional(view: View) -> View:
    """The operation names its goal alone; the header is still looked at when it is there."""
    view.account_optional = True  # type: ignore[attr-defined]
    return view


def here() -> Account:
    """The organisation of this request, whose header is required."""
    account: Account = g.account
    return account


def of(organisation_id: int | None) -> Account:
    """The organisation of a thing the caller reached; raises NotFound when the header names another."""
    if g.account is not None and g.account.number != organisation_id:
        raise NotFound
    found: Account | None = g.account or objective_json.account_numbered(db.session, g.viewer, organisation_id)
    if found is None:
        raise NotFound
    return found
