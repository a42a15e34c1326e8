"""Saying that a value is wrong, and the admin's answer: one at a time, once, and by whom it may be."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import Ladder
from tests.make import NOW
from webapp.actions import value_queries as actions
from webapp.actions import values
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.people import Role
from webapp.models import AuditEvent, Entry, ValueQuery
from webapp.queries import value_queries as queries
from webapp.queries.value_queries import QueryState

UNKNOWN = "0" * 24


@pytest.fixture
def ladder(session: Session) -> Ladder:
    made = Ladder(session, ("Ada", "Ben"))
    made.value("Ada", 100)
    session.commit()
    return made


@pytest.fixture
def value(ladder: Ladder, session: Session) -> Entry:
    return session.scalars(select(Entry)).one()


def ask(ladder: Ladder, value: Entry, text: str = "It was 120.") -> ValueQuery:
    return actions.ask(ladder.session, ladder.viewer("Ada"), value.public_id, text)


def test_what_somebody_says_waits_for_the_admins(ladder: Ladder, session: Session, value: Entry) -> None:
    made = ask(ladder, value, "  It was 120. ")
    (row,) = queries.waiting(session, ladder.ines, ladder.home.id)
    assert (row.person, row.keyword, row.amount, row.now, row.value_id) == (
        "Ada",
        "personal_sales",
        100,
        None,
        value.public_id,
    )
    assert (row.said.id, row.said.text, row.said.state, row.said.asked_at) == (
        made.public_id,
        "It was 120.",
        QueryState.OPEN,
        NOW,
    )
    assert queries.decided(session, ladder.ines, ladder.home.id) == []
    assert queries.count_waiting(session, ladder.home.id) == 1
    mine = queries.mine(session, ladder.viewer("Ada"), [value.id])
    assert mine == {value.id: row.said}
    assert queries.mine(session, ladder.viewer("Ben"), [value.id]) == {}
    assert queries.mine(session, ladder.viewer("Ada"), []) == {}
    tags = session.execute(
        select(AuditEvent.subject_id, AuditEvent.organisation_id).where(AuditEvent.tag == "value:query")
    )
    assert [tuple(row) for row in tags] == [(ladder.people["Ada"].id, ladder.home.id)]


def test_it_is_asked_about_once_until_it_is_answered(ladder: Ladder, session: Session, value: Entry) -> None:
    first = ask(ladder, value)
    with pytest.raises(Conflict, match="asked_already"):
        ask(ladder, value)
    actions.answer(session, ladder.ines, first.public_id, text="The bill says 100.")
    second = ask(ladder, value, "Look at bill 7.")
    mine = queries.mine(session, ladder.viewer("Ada"), [value.id])
    assert mine[value.id].id == second.public_id, "the latest stands beside the value"


def test_a_value_that_was_corrected_is_asked_about_by_the_one_that_stands(
    ladder: Ladder, session: Session, value: Entry
) -> None:
    made = values.correct(session, ladder.ines, value.public_id, Decimal(110))
    with pytest.raises(Conflict, match="changed_meanwhile"):
        ask(ladder, value)
    assert ask(ladder, made).entry_id == made.id


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001, "a\x00"])
def test_words_are_needed_and_have_an_end(ladder: Ladder, value: Entry, text: str) -> None:
    with pytest.raises(Invalid, match="text:"):
        ask(ladder, value, text)


def test_kept_needs_a_reason_and_changes_no_number(ladder: Ladder, session: Session, value: Entry) -> None:
    made = ask(ladder, value)
    with pytest.raises(Invalid, match="text:required"):
        actions.answer(session, ladder.ines, made.public_id, text=" ")
    actions.answer(session, ladder.ines, made.public_id, text="The bill says 100.")
    assert len(session.scalars(select(Entry)).all()) == 1
    said = queries.mine(session, ladder.viewer("Ada"), [value.id])[value.id]
    assert (said.state, said.answer, said.answered_at) == (QueryState.KEPT, "The bill says 100.", NOW)
    (row,) = queries.decided(session, ladder.ines, ladder.home.id)
    assert (row.answered_by, row.said) == ("Ines", said)
    assert queries.waiting(session, ladder.ines, ladder.home.id) == []


def test_an_amount_corrects_what_stands_by_then(ladder: Ladder, session: Session, value: Entry) -> None:
    made = ask(ladder, value)
    values.correct(session, ladder.ines, value.public_id, Decimal(110))
    assert queries.waiting(session, ladder.ines, ladder.home.id)[0].now == 110
    actions.answer(session, ladder.ines, made.public_id, amount=Decimal(120))
    chain = session.scalars(select(Entry).order_by(Entry.id)).all()
    assert [one.value for one in chain] == [100, 110, 120]
    assert chain[2].supersedes_id == chain[1].id
    (row,) = queries.decided(session, ladder.ines, ladder.home.id)
    assert (row.said.state, row.amount, row.now) == (QueryState.CORRECTED, 100, 120)
    tags = set(session.scalars(select(AuditEvent.tag).where(AuditEvent.object_kind == "value_query")))
    assert tags == {"value:query", "value:answer"}


def test_what_makes_no_amount_leaves_it_open(ladder: Ladder, session: Session, value: Entry) -> None:
    made = ask(ladder, value)
    with pytest.raises(Invalid, match="amount:too_large"):
        actions.answer(session, ladder.ines, made.public_id, amount=Decimal(10) ** 13)
    session.rollback()
    assert made.answered_at is None
    assert len(session.scalars(select(Entry)).all()) == 1


def test_it_is_answered_once(ladder: Ladder, session: Session, value: Entry) -> None:
    made = ask(ladder, value)
    actions.answer(session, ladder.ines, made.public_id, amount=Decimal(0))
    with pytest.raises(Conflict, match="answered_already"):
        actions.answer(session, ladder.ines, made.public_id, amount=Decimal(5))
    assert [one.value for one in session.scalars(select(Entry).order_by(Entry.id))] == [100, 0]


def test_each_meets_only_what_is_theirs(ladder: Ladder, session: Session, value: Entry) -> None:
    made = ask(ladder, value)
    elsewhere = Ladder(session, ("Zoe",))
    admin = make.person(session, "Ira")
    make.member(session, admin, elsewhere.home, Role.ADMIN)
    with pytest.raises(Refused):
        actions.ask(session, ladder.ines, value.public_id, "I think so too.")
    with pytest.raises(Refused):
        actions.answer(session, ladder.viewer("Ada"), made.public_id, text="I say so.")
    with pytest.raises(Refused):
        queries.waiting(session, ladder.viewer("Ada"), ladder.home.id)
    for viewer in (ladder.viewer("Ben"), elsewhere.ines, make.viewer(session, admin)):
        with pytest.raises(NotFound):
            actions.ask(session, viewer, value.public_id, "Mine.")
        with pytest.raises(NotFound):
            actions.answer(session, viewer, made.public_id, text="No.")
    with pytest.raises(NotFound):
        queries.waiting(session, elsewhere.ines, ladder.home.id)
    with pytest.raises(NotFound):
        queries.decided(session, elsewhere.ines, ladder.home.id)
    for unknown in (UNKNOWN, "no-id"):
        with pytest.raises(NotFound):
            actions.answer(session, ladder.ines, unknown, text="No.")
    assert made.answered_at is None
