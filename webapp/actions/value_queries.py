"""Saying that a value behind one's number is wrong, and the admin's answer: it is kept for a reason, or corrected."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from webapp.actions import roll_ups, values
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Conflict, Invalid, Problem, Refused
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.text import text_problems
from webapp.models import ValueQuery
from webapp.models.engine import AnySession
from webapp.queries import value_queries as queries
from webapp.queries import values as value_rows
from webapp.queries.ladders import facts_of
from webapp.queries.people import hold_all

LONGEST_TEXT = 1_000


def ask(session: AnySession, viewer: Viewer, entry_id: str, text: str) -> ValueQuery:
    """The admins hear that the viewer's value with this public id is wrong, and why.

    Raises NotFound, Refused where it is somebody else's, Invalid at "text", and Conflict ("asked_already") while they
    have not answered, or ("changed_meanwhile") where the value was corrected since.
    """
    entry, organisation_id = value_rows.find(session, viewer, entry_id)
    if entry.subject_id != viewer.id:
        raise Refused("not_yours")
    words = text.strip()
    _check(text_problems("text", words, LONGEST_TEXT) if words else [Problem("text", "required")])
    roll_ups.hold(session, organisation_id)
    if queries.is_open(session, entry.id):
        raise Conflict("asked_already")
    if queries.standing(session, entry.id).id != entry.id:
        raise Conflict("changed_meanwhile")
    given: dict[str, Any] = {"organisation_id": organisation_id, "entry_id": entry.id, "person_id": viewer.id}
    made = ValueQuery(**given, text=words, created_at=viewer.now)
    session.add(made)
    session.flush()
    _record(session, Tag.VALUE_QUERY, viewer, made, viewer.now)
    return made


def answer(
    session: AnySession, viewer: Viewer, query_id: str, *, amount: Decimal | None = None, text: str = ""
) -> ValueQuery:
    """What was said under this public id is answered: with an amount the value is so much instead (0 takes it back),
    without one it is kept, and the text says why.

    Raises NotFound, Refused for who is no admin, Invalid at "amount" or "text", and Conflict ("answered_already").
    """
    found = queries.find(session, viewer, query_id)
    require(viewer, Permission.LADDER_CHANGE, facts_of(found.organisation_id))
    words = text.strip()
    needed = [Problem("text", "required")] if amount is None and not words else []
    _check(needed + text_problems("text", words, LONGEST_TEXT))
    hold_all(session, [found.person_id])
    roll_ups.hold(session, found.organisation_id)
    found = queries.find(session, viewer, query_id, lock=True)
    if found.answered_at is not None:
        raise Conflict("answered_already")
    if amount is not None:
        values.correct(session, viewer, queries.standing(session, found.entry_id).public_id, amount, words)
    found.answered_at, found.answered_by_id = viewer.now, viewer.id
    found.corrected, found.answer = amount is not None, words
    session.flush()
    _record(session, Tag.VALUE_ANSWER, viewer, found, viewer.now)
    return found


def _check(problems: list[Problem]) -> None:
    if problems:
        raise Invalid(problems)


def _record(session: AnySession, tag: Tag, viewer: Viewer, query: ValueQuery, at: datetime) -> None:
    about: dict[str, Any] = {"subject_id": query.person_id, "organisation_id": query.organisation_id}
    record(session, tag, at=at, viewer=viewer, thing=query, **about)
