"""The table of reviews, read as people read it, and the properties it must have whatever it says."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.errors import Locked, Refused
from webapp.domain.goals import GoalDraft, Lifecycle, Outcome, ReviewState
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.reviews import (
    RULES,
    TABLE,
    Act,
    ClosingDraft,
    Part,
    RoundState,
    Stage,
    Word,
    allowed,
    comment_problems,
    next_stage,
    refuse_closed,
    require,
    stage_of,
    stands_approved,
)
from webapp.domain.revisions import RevisionTerms, differences, read, terms_of
from webapp.domain.schedules import Frequency, Schedule, ScheduleDraft, schedule_from
from webapp.domain.tracking import Direction

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)

VECTORS = [
    (Stage.FREE, Part.OWNER, {Act.EDIT, Act.SEND, Act.CHECK_IN, Act.CLOSE}),
    (Stage.DRAFT, Part.OWNER, {Act.EDIT, Act.SEND, Act.CLOSE}),
    (Stage.DRAFT, Part.UPDATER, {Act.EDIT}),
    (Stage.IN_REVIEW, Part.OWNER, {Act.CHANGE_REVIEWERS, Act.NUDGE, Act.WITHDRAW}),
    (Stage.IN_REVIEW, Part.REVIEWER, {Act.APPROVE, Act.DECLINE}),
    (Stage.IN_REVIEW, Part.ADMIN, {Act.CHANGE_REVIEWERS, Act.OVERRIDE}),
    (Stage.IN_REVIEW, Part.UPDATER, set()),
    (Stage.APPROVED, Part.OWNER, {Act.PROPOSE, Act.WITHDRAW, Act.CHECK_IN, Act.CLOSE}),
    (Stage.APPROVED, Part.REVIEWER, set()),
    (Stage.CHANGE_IN_REVIEW, Part.OWNER, {Act.CHANGE_REVIEWERS, Act.NUDGE, Act.WITHDRAW, Act.CHECK_IN}),
    (Stage.CHANGE_IN_REVIEW, Part.REVIEWER, {Act.APPROVE, Act.DECLINE}),
    (Stage.CLOSED, Part.OWNER, {Act.REOPEN}),
    (Stage.CLOSED, Part.PAST_REVIEWER, {Act.ACKNOWLEDGE}),
]
"""Domain rules §6, each row of the table in the words of who may do it."""


@pytest.mark.parametrize(("stage", "part", "acts"), VECTORS)
def test_who_may_do_what_where(stage: Stage, part: Part, acts: set[Act]) -> None:
    assert set(allowed(stage, frozenset({part}))) == acts


def test_nobody_may_do_anything_without_a_part_in_it() -> None:
    assert all(allowed(stage, frozenset()) == () for stage in Stage)


@pytest.mark.parametrize(
    ("stage", "act", "to"),
    [
        (Stage.FREE, Act.SEND, Stage.IN_REVIEW),
        (Stage.DRAFT, Act.SEND, Stage.IN_REVIEW),
        (Stage.IN_REVIEW, Act.APPROVE, Stage.APPROVED),
        (Stage.IN_REVIEW, Act.DECLINE, Stage.DRAFT),
        (Stage.IN_REVIEW, Act.WITHDRAW, Stage.DRAFT),
        (Stage.APPROVED, Act.PROPOSE, Stage.CHANGE_IN_REVIEW),
        (Stage.APPROVED, Act.WITHDRAW, Stage.DRAFT),
        (Stage.CHANGE_IN_REVIEW, Act.APPROVE, Stage.APPROVED),
        (Stage.CHANGE_IN_REVIEW, Act.DECLINE, Stage.APPROVED),
        (Stage.CHANGE_IN_REVIEW, Act.WITHDRAW, Stage.APPROVED),
        (Stage.IN_REVIEW, Act.NUDGE, Stage.IN_REVIEW),
    ],
)
def test_where_an_act_leads(stage: Stage, act: Act, to: Stage) -> None:
    assert next_stage(stage, act) is to


def test_only_a_reviewer_or_an_admin_ever_makes_something_approved() -> None:
    for rule in TABLE:
        for stage in rule.stages - {Stage.CHANGE_IN_REVIEW, Stage.CLOSED}:
            if next_stage(stage, rule.act) is Stage.APPROVED and stage is not Stage.APPROVED:
                assert rule.parts <= {Part.REVIEWER, Part.ADMIN}, rule.act


def test_every_part_that_is_wrong_is_refused_and_every_stage_that_is_wrong_is_locked() -> None:
    for act, stage, part in itertools.product(RULES, Stage, Part):
        parts = frozenset({part})
        if act in allowed(stage, parts):
            require(stage, parts, act)
        elif part not in RULES[act].parts:
            with pytest.raises(Refused):
                require(stage, parts, act)
        else:
            with pytest.raises(Locked) as locked:
                require(stage, parts, act, by=["Thea"], since=NOW)
            assert locked.value.reason == stage.value
            assert locked.value.actions == tuple(one.value for one in allowed(stage, parts))
            assert locked.value.held == {"by": ["Thea"], "since": NOW}


@pytest.mark.parametrize(
    ("state", "waiting", "closed", "stage"),
    [
        (None, False, False, Stage.FREE),
        (ReviewState.DRAFT, False, False, Stage.DRAFT),
        (ReviewState.IN_REVIEW, True, False, Stage.IN_REVIEW),
        (ReviewState.APPROVED, False, False, Stage.APPROVED),
        (ReviewState.APPROVED, True, False, Stage.CHANGE_IN_REVIEW),
        (ReviewState.APPROVED, False, True, Stage.CLOSED),
        (None, False, True, Stage.CLOSED),
    ],
)
def test_where_a_goal_stands(state: ReviewState | None, waiting: bool, closed: bool, stage: Stage) -> None:
    assert stage_of(state, waiting=waiting, closed=closed) is stage


ASKED, OTHERS = Word(anybody=True, asked=True), Word(anybody=True)


@pytest.mark.parametrize(
    ("state", "word", "approved"),
    [
        (None, None, True),
        (ReviewState.DRAFT, None, False),
        (ReviewState.IN_REVIEW, None, False),
        (ReviewState.APPROVED, None, True),
        (None, Word(), True),
        (ReviewState.DRAFT, Word(), False),
        (ReviewState.DRAFT, OTHERS, True),
        (ReviewState.IN_REVIEW, OTHERS, True),
        (ReviewState.APPROVED, OTHERS, True),
        (ReviewState.APPROVED, ASKED, False),
        (ReviewState.DRAFT, ASKED, False),
        (ReviewState.IN_REVIEW, replace(ASKED, state=RoundState.OPEN), False),
        (ReviewState.APPROVED, replace(ASKED, state=RoundState.APPROVED), True),
        (ReviewState.DRAFT, replace(ASKED, state=RoundState.APPROVED), False),
        (ReviewState.APPROVED, replace(ASKED, state=RoundState.DECLINED), False),
        (ReviewState.IN_REVIEW, replace(OTHERS, state=RoundState.APPROVED, beside=True), True),
        (ReviewState.APPROVED, replace(OTHERS, state=RoundState.DECLINED, beside=True), False),
    ],
)
def test_a_therapist_knows_what_they_said_and_not_what_others_did(
    state: ReviewState | None, word: Word | None, approved: bool
) -> None:
    assert stands_approved(state, word) is approved


def test_what_is_closed_is_opened_before_it_changes() -> None:
    refuse_closed(Lifecycle.ACTIVE, None)
    refuse_closed(Lifecycle.COMPLETED, NOW)
    with pytest.raises(Locked) as locked:
        refuse_closed(Lifecycle.CLOSED, NOW)
    assert (locked.value.reason, locked.value.actions) == ("closed", ("reopen",))


@pytest.mark.parametrize(
    ("comment", "required", "codes"),
    [("", False, []), (" \n", True, ["required"]), ("x" * 4_000, True, []), ("x" * 4_001, False, ["too_long"])],
)
def test_words_with_a_decision(comment: str, required: bool, codes: list[str]) -> None:
    assert [problem.code for problem in comment_problems(comment, required=required)] == codes


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (ClosingDraft(Outcome.MISSED, Decimal(0)), set()),
        (ClosingDraft(Outcome.ACHIEVED, Decimal(1), "done"), set()),
        (ClosingDraft(None, None), {"outcome", "score"}),
        (ClosingDraft(Outcome.ACHIEVED, Decimal("1.01")), {"score"}),
        (ClosingDraft(Outcome.ACHIEVED, Decimal("-0.01")), {"score"}),
        (ClosingDraft(Outcome.ACHIEVED, Decimal(1), "x" * 4_001), {"words"}),
    ],
)
def test_what_a_close_says(draft: ClosingDraft, fields: set[str]) -> None:
    assert {problem.field for problem in draft.check()} == fields


# What two revisions differ in.


def terms(schedule: ScheduleDraft | None = None, **more: object) -> RevisionTerms:
    drafted = GoalDraft(**{"title": "Walk", "schedule": schedule or ScheduleDraft(Frequency.DAILY), **more})  # type: ignore[arg-type]
    return terms_of(drafted, schedule_from(drafted.schedule, today=TODAY))


@pytest.mark.parametrize(
    ("after", "fields"),
    [
        (terms(), ()),
        (terms(question="Did you?", colour=4, criticality="High", tags=("a",), skip_budget=2), ()),
        (terms(title="Run"), ("title",)),
        (terms(title="  Walk "), ()),
        (terms(description="By the river"), ("description",)),
        (terms(direction=Direction.AT_LEAST, target=Decimal(3), unit="km"), ("direction", "target", "unit")),
        (terms(target=Decimal(3)), ()),
        (terms(ScheduleDraft(Frequency.WEEKLY, days=(1,))), ("schedule",)),
        (terms(ScheduleDraft(Frequency.DAILY, until=date(2026, 5, 1))), ("until",)),
        (terms(ScheduleDraft(Frequency.DAILY, start=date(2026, 3, 11))), ("start",)),
    ],
)
def test_material_changes_are_named_and_cosmetic_ones_are_not(after: RevisionTerms, fields: tuple[str, ...]) -> None:
    assert tuple(one.field for one in differences(terms(), after)) == fields
    assert tuple(one.field for one in differences(after, terms())) == fields


def test_words_are_terms_only_under_review() -> None:
    after = terms(title="Run", description="far")
    assert differences(terms(), after, words=False) == ()
    assert len(differences(terms(), after)) == 2


days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
amounts = st.none() | st.decimals(0, 10**6, places=6)
schedules = st.builds(
    Schedule,
    frequency=st.sampled_from(Frequency),
    start=days,
    until=st.none() | days,
    days=st.lists(st.integers(0, 6), unique=True).map(tuple),
    rule=st.none() | st.just("FREQ=DAILY"),
    quota=st.none() | st.builds(Quota, st.integers(1, 5), st.just(QuotaPeriod.ROLLING), st.integers(5, 31)),
    week_start=st.integers(0, 6),
    valid_from=days,
    dates=st.lists(days, max_size=3).map(tuple),
)
revisions = st.builds(
    RevisionTerms,
    title=st.text(),
    description=st.text(),
    direction=st.none() | st.sampled_from(Direction),
    target=amounts,
    unit=st.text(),
    schedule=schedules,
    baseline=amounts,
)


@given(revisions)
def test_terms_are_read_as_they_were_kept(kept: RevisionTerms) -> None:
    assert differences(kept, read(kept.as_json(), week_start=3)) == ()


@given(revisions, revisions)
def test_two_revisions_differ_alike_from_both_sides(one: RevisionTerms, other: RevisionTerms) -> None:
    there, back = differences(one, other), differences(other, one)
    assert [(d.field, d.before, d.after) for d in there] == [(d.field, d.after, d.before) for d in back]
