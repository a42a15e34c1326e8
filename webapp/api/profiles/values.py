"""Values come in: what people of the organisation came to, as its own programs know it."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import g, request

from webapp.actions import values
from webapp.actions.values import PersonValue
from webapp.api.body import Unreadable, check, parse
from webapp.api.operation import Answer, operation
from webapp.api.profiles import examples
from webapp.api.profiles.blueprint import bp
from webapp.api.profiles.envelope import wrapped
from webapp.api.profiles.schemas import ValueNew, ValuesAnswer, ValuesNew
from webapp.domain.errors import Invalid, Problem
from webapp.extensions import db


@bp.post("/values", strict_slashes=False)
@operation(
    "values:write",
    body=ValueNew | ValuesNew,
    example=[examples.VALUE],
    answers={200: Answer("All of the values stand.", ValuesAnswer, examples.RECORDED)},
    tag="Values",
)
def enter_values() -> Any:
    """Enter one value, or a list of at most 1,000: all of them or none.

    A value that was sent before under its `source_uid` adds nothing. What is wrong with the fourth of a list stands at
    "3.amount".
    """
    sent = parse(request.get_data(), exact)
    alone = not isinstance(sent, list)
    new: list[ValueNew] = [check(ValueNew, sent)] if alone else check(ValuesNew, sent)
    wanted = [PersonValue(one.user, one.draft()) for one in new]
    try:
        recorded = values.take_in(db.session, g.viewer, g.key.organisation_id, wanted, key_id=g.key.id)
    except Invalid as invalid:
        raise Invalid(Problem(_field(one.field, alone), one.code, one.params) for one in invalid.problems) from None
    return wrapped({"accepted": recorded.accepted, "repeated": recorded.repeated})


def exact(text: str) -> Decimal:
    """A fraction of a JSON text, digit for digit."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Unreadable("JSON parse error: a number is too small.") from None


def _field(placed: str, alone: bool) -> str:
    """Where a problem stands: of one value alone, without its place."""
    return placed.partition(".")[2] if alone else placed
