"""What makes sense of an objective, a key result, a cycle and a check-in; and how revisions of an objective differ."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from webapp.domain import objective_terms
from webapp.domain.objective_drafts import (
    CheckInDraft,
    CycleDraft,
    FeedDraft,
    KeyResultDraft,
    ObjectiveDraft,
    confidence_problems,
)
from webapp.domain.objective_terms import KeyResultTerms, ObjectiveTerms, differences
from webapp.domain.objectives import Curve, CycleState, FeedKind, Milestone, Operator
from webapp.domain.reviews import CYCLES, RULES, Act, Part, Stage, allowed

KEY_RESULT = KeyResultDraft("Win shops", Decimal(10))
OBJECTIVE = ObjectiveDraft("Be the city's baker", "c" * 24, "a" * 24, key_results=(KEY_RESULT,))
CYCLE = CycleDraft("Spring", date(2026, 1, 1), date(2026, 3, 31), "Europe/Berlin")
MARCH = date(2026, 3, 1)


def codes(draft: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in draft.check()]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"name": " "}, [("name", "required")]),
        ({"name": "a" * 256}, [("name", "too_long")]),
        ({"cycle": ""}, [("cycle", "required")]),
        ({"owner": ""}, [("owner", "required")]),
        ({"starts": MARCH, "ends": date(2026, 2, 28)}, [("ends", "before_start")]),
        ({"starts": MARCH, "ends": MARCH}, []),
        ({"weight": Decimal(0)}, [("weight", "weight")]),
        ({"weight": Decimal(1001)}, [("weight", "weight")]),
        ({"weight": None}, [("weight", "required")]),
        ({"weight": Decimal("NaN")}, [("weight", "weight")]),
        ({"curve": Curve.STEPPED}, [("milestones", "required")]),
        ({"curve": Curve.STEPPED, "milestones": (Milestone(MARCH, Decimal(2)),)}, [("milestones", "out_of_range")]),
        ({"curve": Curve.STEPPED, "milestones": (Milestone(MARCH, Decimal(1)),) * 2}, [("milestones", "said_twice")]),
        ({"key_results": ()}, []),
        ({"key_results": (KEY_RESULT,) * 51}, [("key_results", "too_many")]),
        ({"key_results": (KEY_RESULT, replace(KEY_RESULT, target=None))}, [("key_results.1.target", "required")]),
        (
            {"key_results": (replace(KEY_RESULT, baseline=Decimal("Infinity")),)},
            [("key_results.0.baseline", "not_a_number")],
        ),
        ({"key_results": (replace(KEY_RESULT, operator=None),)}, [("key_results.0.operator", "required")]),
    ],
)
def test_objectives(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert codes(replace(OBJECTIVE, **changes)) == found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"title": ""}, [("title", "required")]),
        ({"starts": None, "ends": None}, [("starts", "required"), ("ends", "required")]),
        ({"ends": date(2025, 12, 31)}, [("ends", "before_start")]),
        ({"ends": date(2036, 2, 1)}, [("ends", "too_far")]),
        ({"zone": "Mars/Base"}, [("zone", "unknown_choice")]),
        ({"reviewers": 3}, [("reviewers", "out_of_range")]),
    ],
)
def test_cycles(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert codes(replace(CYCLE, **changes)) == found


def test_check_ins_and_feeds() -> None:
    assert codes(CheckInDraft(None)) == [("actual", "required")]
    assert codes(CheckInDraft(Decimal(1), "a" * 4_001, Decimal(2))) == [
        ("confidence", "out_of_range"),
        ("comment", "too_long"),
    ]
    assert codes(FeedDraft("", None)) == [("goal", "required"), ("kind", "required")]
    assert codes(FeedDraft("g" * 24, FeedKind.SUM)) == []
    assert [problem.code for problem in confidence_problems(Decimal("0.1234567"))] == ["too_precise"]


TERMS = ObjectiveTerms(
    title="Be the city's baker",
    description="",
    owner=1,
    cycle=2,
    starts=date(2026, 1, 1),
    ends=date(2026, 3, 31),
    key_results=(
        KeyResultTerms("a" * 24, "Shops", Operator.AT_LEAST, Decimal(0), Decimal(10), "shops", Decimal(1)),
        KeyResultTerms("b" * 24, "Rate", Operator.AT_MOST, Decimal(9), Decimal(3), "%", Decimal(2), due=MARCH, owner=7),
    ),
)


class TestTerms:
    def test_are_read_as_they_were_kept(self) -> None:
        assert objective_terms.read(TERMS.as_json()) == TERMS

    def test_words_are_no_terms(self) -> None:
        renamed = replace(TERMS.key_results[0], name="Bakeries", description="All of them", owner=3)
        after = replace(TERMS, title="Other", description="Other", key_results=(renamed, TERMS.key_results[1]))
        assert not differences(TERMS, after)

    @pytest.mark.parametrize(
        ("changes", "fields"),
        [
            ({"owner": 9}, ["owner"]),
            ({"team": 4}, ["team"]),
            ({"cycle": 9}, ["cycle"]),
            ({"starts": MARCH}, ["starts"]),
            ({"ends": MARCH}, ["ends"]),
        ],
    )
    def test_whose_and_when_are(self, changes: dict[str, Any], fields: list[str]) -> None:
        found = differences(TERMS, replace(TERMS, **changes))
        assert [one.field for one in found.terms] == fields

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("operator", Operator.EXACTLY),
            ("baseline", Decimal(1)),
            ("target", Decimal(11)),
            ("unit", "towns"),
            ("weight", Decimal(3)),
            ("due", MARCH),
        ],
    )
    def test_what_a_key_result_asks_is(self, field: str, value: Any) -> None:
        changed = replace(TERMS.key_results[0], **{field: value})
        (found,) = differences(TERMS, replace(TERMS, key_results=(changed, TERMS.key_results[1]))).key_results
        assert (found.name, found.fields) == ("Shops", (field,))

    def test_key_results_that_come_and_go(self) -> None:
        new = replace(TERMS.key_results[0], id="c" * 24, name="New")
        found = differences(TERMS, replace(TERMS, key_results=(new, TERMS.key_results[1]))).key_results
        assert [(one.name, one.before is None, one.after is None) for one in found] == [
            ("New", True, False),
            ("Shops", False, True),
        ]

    def test_their_order_is_none(self) -> None:
        assert not differences(TERMS, replace(TERMS, key_results=TERMS.key_results[::-1]))


class TestCycleLocks:
    def test_open_leaves_everything_closed_only_taking_note(self) -> None:
        assert CYCLES[CycleState.OPEN] == frozenset(Act)
        assert CYCLES[CycleState.CLOSED] == {Act.ACKNOWLEDGE}

    @pytest.mark.parametrize("act", [Act.EDIT, Act.SEND, Act.PROPOSE, Act.WITHDRAW])
    def test_locked_takes_no_change_of_terms(self, act: Act) -> None:
        assert act not in CYCLES[CycleState.LOCKED]

    @pytest.mark.parametrize("act", [Act.CHECK_IN, Act.APPROVE, Act.DECLINE, Act.CLOSE, Act.REOPEN, Act.NUDGE])
    def test_locked_takes_progress_and_decisions(self, act: Act) -> None:
        assert act in CYCLES[CycleState.LOCKED]

    def test_what_may_be_done_is_what_both_leave(self) -> None:
        owner = frozenset({Part.OWNER})
        assert allowed(Stage.DRAFT, owner, CycleState.LOCKED) == (Act.CLOSE,)
        assert allowed(Stage.DRAFT, owner) == (Act.EDIT, Act.SEND, Act.CLOSE)
        assert allowed(Stage.APPROVED, owner, CycleState.CLOSED) == ()

    def test_who_owns_a_key_result_checks_in_and_nothing_else(self) -> None:
        theirs = {act for act, rule in RULES.items() if Part.KEY_RESULT_OWNER in rule.parts}
        assert theirs == {Act.CHECK_IN}
