"""What an entry may say (domain rules §3)."""

from datetime import date
from decimal import Decimal

import pytest

from webapp.domain.tracking import DayState, EntryDraft, Mode, amount_problems

TODAY = date(2025, 5, 14)
DONE = DayState.DONE


def problems_of(**said):
    return [(problem.field, problem.code) for problem in EntryDraft(**{"local_date": TODAY, **said}).check()]


@pytest.mark.parametrize(
    ("said", "problems"),
    [
        ({"state": DONE}, []),
        ({"value": Decimal(0)}, []),
        ({"state": DONE, "value": Decimal("-2.5"), "mode": Mode.ADD, "note": "x" * 2000}, []),
        ({"value": Decimal("-2.5")}, [("value", "negative")]),
        ({"local_date": None, "state": DONE}, [("local_date", "date_required")]),
        ({"local_date": date(1, 1, 1), "state": DONE}, [("local_date", "out_of_range")]),
        ({"local_date": date.max, "state": DONE}, [("local_date", "out_of_range")]),
        ({}, [("value", "required")]),
        ({"state": DONE, "mode": Mode.ADD}, [("value", "required")]),
        ({"state": DONE, "note": "x" * 2001}, [("note", "too_long")]),
        ({"state": DONE, "note": "a\0b"}, [("note", "unusable_characters")]),
        ({"state": DONE, "note": "\ud83d"}, [("note", "unusable_characters")]),
        ({"state": DONE, "note": "\U0001f642 ok"}, []),
        (
            {"local_date": None, "note": "\0"},
            [("local_date", "date_required"), ("value", "required"), ("note", "unusable_characters")],
        ),
    ],
)
def test_every_problem_of_an_entry_is_told(said, problems):
    assert problems_of(**said) == problems


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("NaN", "not_a_number"),
        ("sNaN", "not_a_number"),
        ("-Infinity", "not_a_number"),
        ("1e12", "too_large"),
        ("-1000000000000", "too_large"),
        ("1E+999999999999", "too_large"),
        ("0.0000001", "too_precise"),
        ("1E-999999999999", "too_precise"),
        ("1." + "0" * 40 + "1", "too_precise"),
        ("999999999999.999999", None),
        ("1.50000000000", None),
        ("0E+30", None),
        ("0E-30", None),
        ("-0.000001", None),
    ],
)
def test_an_amount_fits_the_ledger_exactly_or_is_refused(amount, code):
    assert [problem.code for problem in amount_problems("value", Decimal(amount))] == ([code] if code else [])
