"""Values come in by the profiles contract: all or none, each once, to the cent."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import Till, till
from tests.ladders import SALES, TRAINING, Ladder
from webapp.domain.tracking import Mode, Source
from webapp.models import AuditEvent, Entry

VALUES = "/values/"
BESIDE = frozenset({"token", "api_key", "idempotent_answer"})


@pytest.fixture
def ladder(session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session)


@pytest.fixture
def office(app: Flask, session: Session, ladder: Ladder) -> Till:
    """A program that asks for Ada, who is no admin: the key is what lets it enter values."""
    return till(app, session, ladder.home, ladder.people["Ada"])


def value(ladder: Ladder, **changes: Any) -> dict[str, Any]:
    usual = {
        "user": ladder.people["Ben"].id,
        "goal": SALES,
        "amount": 120.5,
        "occurred_at": "2026-03-10T08:00:00Z",
        "source_uid": "invoice-1",
    }
    return {name: one for name, one in (usual | changes).items() if one is not None}


def amounts(session: Session) -> list[Decimal | None]:
    session.rollback()
    return list(session.scalars(select(Entry.value).order_by(Entry.id)))


def recorded(answer: Any) -> tuple[int, int]:
    assert answer.status_code == 200, answer.text
    assert answer.json.keys() == {"status_code", "errors", "data"}
    assert (answer.json["status_code"], answer.json["errors"]) == (200, {})
    assert answer.json["data"].keys() == {"accepted", "repeated"}
    return answer.json["data"]["accepted"], answer.json["data"]["repeated"]


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400, answer.text
    assert (answer.json["status_code"], answer.json["data"]) == (400, {})
    found: dict[str, str] = answer.json["errors"]
    assert found
    assert all(isinstance(words, str) for words in found.values())
    return found


def test_one_value_stands(ladder: Ladder, office: Till, session: Session) -> None:
    assert recorded(office.post(VALUES, value(ladder))) == (1, 0)
    session.rollback()
    entry = session.scalars(select(Entry)).one()
    assert (entry.subject_id, entry.author_id) == (ladder.people["Ben"].id, ladder.people["Ada"].id)
    assert (entry.value, entry.mode, entry.source) == (Decimal("120.5"), Mode.ADD, Source.API)
    assert entry.at.isoformat() == "2026-03-10T08:00:00+00:00"
    assert "value:record" in session.scalars(select(AuditEvent.tag)).all()
    session.rollback()
    bens = till(office.client.application, session, ladder.home, ladder.people["Ben"])
    assert bens.get("/overview/").json["data"]["user_goals"][SALES]["current"] == 120.5


def test_a_value_that_was_sent_before_adds_nothing(ladder: Ladder, office: Till, session: Session) -> None:
    batch = [value(ladder), value(ladder, source_uid="invoice-2", amount=-20)]
    assert recorded(office.post(VALUES, batch)) == (2, 0)
    assert recorded(office.post(VALUES, batch)) == (0, 2)
    assert recorded(office.post(VALUES, [*batch, value(ladder, source_uid="invoice-3")])) == (1, 2)
    twice = [value(ladder, source_uid="invoice-4")] * 2
    assert recorded(office.post("/values", twice)) == (1, 1)
    assert amounts(session) == [Decimal("120.5"), Decimal(-20), Decimal("120.5"), Decimal("120.5")]
    other = office.post(VALUES, value(ladder, amount=1))
    assert errors(other).keys() == {"source_uid"}


def test_the_same_words_for_another_person_are_another_value(ladder: Ladder, office: Till, session: Session) -> None:
    assert recorded(office.post(VALUES, [value(ladder), value(ladder, user=ladder.people["Cem"].id)])) == (2, 0)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0.1", "0.1"),
        ('"0.10"', "0.1"),
        ("1234567890.123456", "1234567890.123456"),
        ('"-1234567890.123456"', "-1234567890.123456"),
        ("1e3", "1000"),
        ("1E-6", "0.000001"),
        ("-7", "-7"),
        ("9999999999", "9999999999"),
    ],
)
def test_amounts_are_exact(ladder: Ladder, office: Till, session: Session, written: str, kept: str) -> None:
    body = office_json(ladder, written)
    assert recorded(office.post(VALUES, body)) == (1, 0)
    assert amounts(session) == [Decimal(kept)]


def office_json(ladder: Ladder, amount: str) -> bytes:
    """A body with the amount as it is written here."""
    person = ladder.people["Ben"].id
    return (
        f'{{"user": {person}, "goal": "{SALES}", "amount": {amount}, "occurred_at": "2026-03-10T08:00:00Z", '
        '"source_uid": "one"}'
    ).encode()


@pytest.mark.parametrize(
    "written",
    [
        "true",
        "null",
        '""',
        '"1e3"',
        '"1,5"',
        '" 1"',
        '"NaN"',
        '"x"',
        "[]",
        "{}",
        "0",
        "0.0000001",
        "1e12",
        "-1e12",
        "1e300",
        "1e-300",
        "1e-9999999999",
        "-0.0",
        '"٣"',
    ],
)
def test_what_is_no_amount_is_refused(ladder: Ladder, office: Till, session: Session, written: str) -> None:
    assert errors(office.post(VALUES, office_json(ladder, written))).keys() == {"amount"}
    assert amounts(session) == []


@pytest.mark.parametrize("written", ["1e400", "NaN", "-Infinity", "9" * 5000, "1e-99999999999999999999", "01"])
def test_what_is_no_number_of_json_is_refused(ladder: Ladder, office: Till, session: Session, written: str) -> None:
    assert errors(office.post(VALUES, office_json(ladder, written))).keys() == {"detail"}
    assert amounts(session) == []


def test_a_person_also_by_the_key_of_a_board(ladder: Ladder, office: Till, session: Session) -> None:
    assert recorded(office.post(VALUES, value(ladder, user=str(ladder.people["Ben"].id)))) == (1, 0)


def test_who_is_nobody_here_is_refused_alike(ladder: Ladder, office: Till, session: Session) -> None:
    stranger, gone = make.person(session, "Zoe"), ladder.join("Gone")
    gone.disabled_at = make.NOW
    session.commit()
    before = make.everything(session, but=BESIDE)
    number = ladder.people["Ben"].id
    for user in (
        stranger.id,
        gone.id,
        0,
        -1,
        2**63,
        10**30,
        10**18,
        True,
        1.5,
        float(number),
        "x",
        "",
        f"{number}.0",
        f" {number}",
        "9" * 19,
        [],
        {},
        [number],
    ):
        answer = office.post(VALUES, value(ladder, user=user))
        assert errors(answer) == {"user": "Invalid user."}, user
    assert make.everything(session, but=BESIDE) == before
    assert recorded(office.post(VALUES, value(ladder))) == (1, 0)


def test_what_is_no_goal_here_is_refused_alike(ladder: Ladder, office: Till, session: Session) -> None:
    foreign = Ladder(session, ())
    ladder.keyword("spare")
    foreign.keyword("theirs")
    session.commit()
    for goal in ("theirs", "unknown", "Personal_Sales", f" {SALES}", "é"):
        answer = office.post(VALUES, value(ladder, goal=goal))
        assert errors(answer) == {"goal": "Invalid goal keyword."}, goal
    for goal in ("", "x" * 61, 7, True, []):
        assert errors(office.post(VALUES, value(ladder, goal=goal))).keys() == {"goal"}
    assert amounts(session) == []
    assert recorded(office.post(VALUES, value(ladder, goal="spare"))) == (1, 0)


@pytest.mark.parametrize(
    "moment",
    [
        "2026-03-10",
        "2026-03-10T08:00:00",
        "2026-03-10 08:00:00Z",
        "2026-03-10T08:00Z",
        "2026-02-30T08:00:00Z",
        "2026-03-10T08:00:60Z",
        "2026-03-10T24:00:00Z",
        "2026-03-10T12:06:00Z",
        "2200-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "1899-12-31T23:59:59Z",
        "1900-01-01T00:00:00+14:00",
        "٢٠٢٦-03-10T08:00:00Z",
        1773129600,
        True,
        [],
        "",
    ],
)
def test_a_moment_has_its_zone_and_lies_behind(ladder: Ladder, office: Till, session: Session, moment: object) -> None:
    assert errors(office.post(VALUES, value(ladder, occurred_at=moment))).keys() == {"occurred_at"}
    assert amounts(session) == []


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        ("2026-03-10T09:00:00+01:00", "2026-03-10T08:00:00+00:00"),
        ("2026-03-10t08:00:00.25z", "2026-03-10T08:00:00.250000+00:00"),
        ("2026-03-10T12:05:00Z", "2026-03-10T12:05:00+00:00"),
        ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00+00:00"),
    ],
)
def test_a_moment_is_kept_in_utc(ladder: Ladder, office: Till, session: Session, moment: str, kept: str) -> None:
    for expected in ((1, 0), (0, 1)):
        assert recorded(office.post(VALUES, value(ladder, occurred_at=moment))) == expected
    session.rollback()
    assert session.scalars(select(Entry.at)).one().isoformat() == kept


@pytest.mark.parametrize("uid", ["", "x" * 61, "two words", "é", "a\n", 7, True, []])
def test_an_id_is_visible_ascii(ladder: Ladder, office: Till, session: Session, uid: object) -> None:
    assert errors(office.post(VALUES, value(ladder, source_uid=uid))).keys() == {"source_uid"}
    assert recorded(office.post(VALUES, value(ladder, source_uid="x" * 60))) == (1, 0)


@pytest.mark.parametrize("name", ["user", "goal", "amount", "occurred_at", "source_uid"])
def test_every_field_has_to_be_there(ladder: Ladder, office: Till, session: Session, name: str) -> None:
    sent = value(ladder)
    del sent[name]
    assert errors(office.post(VALUES, sent)).keys() == {name}
    assert errors(office.post(VALUES, [value(ladder), sent])).keys() == {f"1.{name}"}
    assert errors(office.post(VALUES, value(ladder) | {name: None})).keys() == {name}
    assert amounts(session) == []


def test_what_the_contract_does_not_know_is_refused(ladder: Ladder, office: Till, session: Session) -> None:
    for name in ("organisation_id", "author", "note", "mode", "User"):
        assert errors(office.post(VALUES, value(ladder) | {name: 1})).keys() == {name}
    assert amounts(session) == []


@pytest.mark.parametrize("body", [b"[]", b"7", b'"x"', b"null", b"[[]]", b"[null]", b"{}", b"", b"{", b"[{}]"])
def test_a_body_is_a_value_or_values(office: Till, session: Session, body: bytes) -> None:
    errors(office.post(VALUES, body))
    assert amounts(session) == []


def test_all_or_none(ladder: Ladder, office: Till, session: Session) -> None:
    batch = [value(ladder, source_uid=f"invoice-{number}") for number in range(5)]
    before = make.everything(session, but=BESIDE)
    wrong = [*batch[:3], value(ladder, user=10**9, goal="unknown", amount=0), batch[4]]
    assert errors(office.post(VALUES, wrong)) == {
        "3.user": "Invalid user.",
        "3.goal": "Invalid goal keyword.",
        "3.amount": "Nothing is no value; write how much it is.",
    }
    assert make.everything(session, but=BESIDE) == before
    assert recorded(office.post(VALUES, batch)) == (5, 0)


def test_a_thousand_at_a_time(ladder: Ladder, office: Till, session: Session) -> None:
    batch = [value(ladder, source_uid=f"i{number}", goal=TRAINING, amount=1) for number in range(1_001)]
    assert errors(office.post(VALUES, batch)).keys() == {"detail"}
    assert amounts(session) == []
    assert recorded(office.post(VALUES, batch[:1_000])) == (1_000, 0)


def test_under_an_idempotency_key_it_is_one_request(ladder: Ladder, office: Till, session: Session) -> None:
    first = office.post(VALUES, value(ladder), Idempotency_Key="one")
    again = office.post("/values", value(ladder), Idempotency_Key="one")
    assert (again.status_code, again.data) == (200, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = office.post(VALUES, value(ladder, source_uid="two"), Idempotency_Key="one")
    assert errors(other).keys() == {"Idempotency-Key"}
    assert len(amounts(session)) == 1
    assert errors(office.post(VALUES, value(ladder), Idempotency_Key="two words")).keys() == {"Idempotency-Key"}


def test_a_repeat_under_another_organisations_key_is_no_repeat(
    ladder: Ladder, office: Till, session: Session, app: Flask
) -> None:
    elsewhere = make.organisation(session, "Elsewhere")
    make.member(session, ladder.people["Ada"], elsewhere)
    there = till(app, session, elsewhere, ladder.people["Ada"])
    assert recorded(office.post(VALUES, value(ladder), Idempotency_Key="one")) == (1, 0)
    answer = there.post(VALUES, value(ladder), Idempotency_Key="one")
    assert errors(answer) == {"user": "Invalid user.", "goal": "Invalid goal keyword."}
