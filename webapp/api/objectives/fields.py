"""What the address asks of goals: which, and in what order."""

from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy import ColumnElement

from webapp.domain import filters, projections
from webapp.domain.filters import Operator
from webapp.models import Goal
from webapp.models.engine import AnySession
from webapp.queries.filtering import compiled
from webapp.queries.objective_fields import FILTERABLE, SORTABLE, Condition, searched
from webapp.queries.objective_lists import joined
from webapp.queries.patterns import Reader


def filtered(session: AnySession, scope: Condition) -> list[Condition]:
    """What `filter` of the address asks of goals in the scope: one group of its own, or nothing; raises Invalid."""
    said = request.args.get("filter")
    if said is None or not said.strip():
        return []
    fields = searched(scope) if Operator.REGEX in said else FILTERABLE
    return [compiled(filters.parse(said), fields, Reader(session, joined(Goal.id).where(scope)))]


def order() -> Sequence[ColumnElement[Any]]:
    """How `sort` of the address orders goals; raises Invalid."""
    said = request.args.get("sort")
    if said is None or not said.strip():
        return ()
    keys = projections.sort(said, SORTABLE)
    return [SORTABLE[name]().desc() if descends else SORTABLE[name]().asc() for name, descends in keys]
