"""Grants as their rules say them: what a draft may be, when one is over, and codes that tell a mistake."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.grants import (
    CODE_BITS,
    LETTERS,
    PURPOSE_LENGTH,
    REQUEST_DAYS,
    GrantDraft,
    GrantState,
    Scope,
    Term,
    code_of,
    in_groups,
    read_code,
    state_at,
)

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
TODAY = date(2026, 3, 31)
CODES = st.integers(0, 2**CODE_BITS - 1).map(code_of)


def said(**words: object) -> list[tuple[str, str]]:
    draft = GrantDraft(**{"scopes": frozenset({Scope.GOALS}), **words})  # type: ignore[arg-type]
    return [(problem.field, problem.code) for problem in draft.check(NOW, TODAY)]


def test_nothing_is_shared_unless_it_is_chosen() -> None:
    assert GrantDraft().scopes == frozenset()
    assert said(scopes=frozenset()) == [("scopes", "required")]
    assert said() == []


@pytest.mark.parametrize(
    ("scopes", "problems"),
    [
        ({Scope.GOALS, Scope.TRACKING}, []),
        ({Scope.MOOD_LEVELS}, []),
        (set(Scope), []),
        ({Scope.TRACKING}, ["tracking_needs_goals"]),
        ({Scope.MOOD_NOTES}, ["notes_need_levels"]),
        ({Scope.TRACKING, Scope.MOOD_NOTES}, ["tracking_needs_goals", "notes_need_levels"]),
    ],
)
def test_a_scope_is_not_shared_without_what_it_belongs_to(scopes: set[Scope], problems: list[str]) -> None:
    assert said(scopes=frozenset(scopes)) == [("scopes", code) for code in problems]


@pytest.mark.parametrize(
    ("words", "problems"),
    [
        ({"purpose": "x" * PURPOSE_LENGTH}, []),
        ({"purpose": "x" * (PURPOSE_LENGTH + 1)}, [("purpose", "too_long")]),
        ({"purpose": "\x00"}, [("purpose", "unusable_characters")]),
        ({"from_date": date(1899, 12, 31)}, [("from_date", "too_early")]),
        ({"from_date": date(1900, 1, 1)}, []),
        ({"from_date": TODAY + timedelta(days=3660), "term": Term.OPEN}, []),
        ({"from_date": TODAY + timedelta(days=3661), "term": Term.OPEN}, [("from_date", "too_far")]),
        ({"from_date": date(2026, 4, 30), "term": Term.MONTH}, []),
        ({"from_date": date(2026, 5, 1), "term": Term.MONTH}, [("term", "before_start")]),
    ],
)
def test_purpose_and_days_make_sense(words: dict[str, object], problems: list[tuple[str, str]]) -> None:
    assert said(**words) == problems


def test_a_grant_that_keeps_its_end_must_begin_before_it() -> None:
    draft = GrantDraft(frozenset({Scope.GOALS}), from_date=date(2026, 4, 2), term=Term.KEEP)
    assert [problem.field for problem in draft.check(NOW, TODAY, NOW + timedelta(days=1))] == ["term"]
    assert draft.check(NOW, TODAY, NOW + timedelta(days=2)) == []


@pytest.mark.parametrize(
    ("term", "end"),
    [
        (Term.MONTH, datetime(2026, 4, 30, 12, tzinfo=UTC)),
        (Term.QUARTER, datetime(2026, 6, 30, 12, tzinfo=UTC)),
        (Term.HALF_YEAR, datetime(2026, 9, 30, 12, tzinfo=UTC)),
        (Term.YEAR, datetime(2027, 3, 31, 12, tzinfo=UTC)),
        (Term.OPEN, None),
        (Term.KEEP, NOW + timedelta(days=9)),
    ],
)
def test_a_term_ends_so_many_months_from_now(term: Term, end: datetime | None) -> None:
    assert term.ends_at(NOW, NOW + timedelta(days=9)) == end


@pytest.mark.parametrize("state", [GrantState.REVOKED, GrantState.EXPIRED])
def test_what_is_over_stays_over(state: GrantState) -> None:
    assert state_at(state, NOW, NOW + timedelta(days=1), NOW) is state


def test_time_ends_requests_and_grants_to_the_instant() -> None:
    just, asked = timedelta(microseconds=1), NOW - timedelta(days=REQUEST_DAYS)
    assert state_at(GrantState.REQUESTED, asked, None, NOW) is GrantState.EXPIRED
    assert state_at(GrantState.REQUESTED, asked + just, None, NOW) is GrantState.REQUESTED
    assert state_at(GrantState.ACTIVE, asked, NOW, NOW) is GrantState.EXPIRED
    assert state_at(GrantState.ACTIVE, asked, NOW + just, NOW) is GrantState.ACTIVE
    assert state_at(GrantState.ACTIVE, asked, None, NOW) is GrantState.ACTIVE


@given(CODES, CODES)
def test_a_code_reads_as_itself_and_as_no_other(one: str, other: str) -> None:
    assert read_code(one) == one
    assert read_code(in_groups(one)) == one
    assert (read_code(one) == read_code(other)) == (one == other)


@given(CODES)
def test_how_a_code_is_written_does_not_matter(code: str) -> None:
    misread = code.replace("0", "o").replace("1", "l").lower()
    assert read_code(f"  {misread[:4]} – {misread[4:8]}—{misread[8:]}\u00a0") == code
    assert read_code(code.replace("1", "I").replace("0", "O")) == code


@given(CODES, st.integers(0, 11), st.sampled_from(LETTERS))
def test_one_wrong_letter_is_told(code: str, place: int, letter: str) -> None:
    typed = code[:place] + letter + code[place + 1 :]
    assert read_code(typed) == (code if typed == code else None)


@given(CODES, st.integers(0, 11), st.integers(0, 11))
def test_two_swapped_letters_are_told(code: str, one: int, other: int) -> None:
    letters = list(code)
    letters[one], letters[other] = letters[other], letters[one]
    typed = "".join(letters)
    assert read_code(typed) == (code if typed == code else None)


@pytest.mark.parametrize("text", ["", "0", "U" * 12, "0" * 11, "0" * 13, "0000-0000-000!", "ß" * 6, "0" * 10_000])
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) is None


@given(st.text())
def test_any_text_is_read_without_a_fault(text: str) -> None:
    code = read_code(text)
    assert code is None or read_code(code) == code
