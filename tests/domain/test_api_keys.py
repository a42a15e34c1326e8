"""Signed requests: the words that are signed, the contract's vector, and that nothing in them can be altered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.api_keys import ApiKeyDraft, Signed, is_near, is_nonce, sorted_query

VECTOR = Signed("GET", "/api/v1/profiles/overview/", "profile_id=2", b"", "1700000000", "n-1")
SIGNATURE = "41ef88d5f83e423791f422bb5a87f8495b90ebebe1b82e5707f8c7fab89d9184"
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_published_vector() -> None:
    assert VECTOR.text().split("\n") == [
        "v1",
        "GET",
        "/api/v1/profiles/overview/",
        "profile_id=2",
        NOTHING,
        "1700000000",
        "n-1",
    ]
    assert VECTOR.signature("secret") == SIGNATURE
    assert VECTOR.is_signed_by("secret", SIGNATURE)
    assert VECTOR.is_signed_by("secret", SIGNATURE.upper())


@pytest.mark.parametrize(
    "altered",
    [
        replace(VECTOR, method="POST"),
        replace(VECTOR, path="/api/v1/profiles/overview"),
        replace(VECTOR, path="/api/v1/profiles/overvie%77/"),
        replace(VECTOR, query="profile_id=3"),
        replace(VECTOR, query="profile_id=2&x="),
        replace(VECTOR, query=""),
        replace(VECTOR, body=b" "),
        replace(VECTOR, timestamp="1700000001"),
        replace(VECTOR, timestamp="01700000000"),
        replace(VECTOR, nonce="n-2"),
    ],
)
def test_nothing_can_be_altered(altered: Signed) -> None:
    assert not altered.is_signed_by("secret", SIGNATURE)


@pytest.mark.parametrize("signature", ["", SIGNATURE[:-1], f"{SIGNATURE}0", f"0{SIGNATURE[1:]}", "é" * 64, "x" * 64])
def test_only_the_whole_signature_is_one(signature: str) -> None:
    assert not VECTOR.is_signed_by("secret", signature)
    assert not VECTOR.is_signed_by("Secret", SIGNATURE)


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("", ""),
        ("b=2&a=1", "a=1&b=2"),
        ("a=2&a=1", "a=1&a=2"),
        ("a=x+y", "a=x%20y"),
        ("a=x%20y", "a=x%20y"),
        ("a=%7e%2E-_", "a=~.-_"),
        ("a=%c3%a9", "a=%C3%A9"),
        ("a=%ff", "a=%FF"),
        ("a", "a="),
        ("a=1&&b=2", "a=1&b=2"),
        ("a=b=c", "a=b%3Dc"),
        ("a-=1&a=2", "a=2&a-=1"),
    ],
)
def test_a_query_is_written_in_one_way(query: str, written: str) -> None:
    assert sorted_query(query) == written


PAIRS = st.lists(st.tuples(*(st.text(st.characters(codec="utf-8"), max_size=5),) * 2), max_size=5)


@given(PAIRS.flatmap(lambda pairs: st.tuples(st.just(pairs), st.permutations(pairs))))
def test_the_order_of_pairs_does_not_matter(both: tuple[list[tuple[str, str]], list[tuple[str, str]]]) -> None:
    one, other = (sorted_query(urlencode(pairs)) for pairs in both)
    assert one == other
    assert sorted_query(one) == one
    assert parse_qsl(one, keep_blank_values=True) == sorted(both[0], key=lambda pair: parse_order(*pair))


def parse_order(name: str, value: str) -> tuple[str, str]:
    return quote(name, safe=""), quote(value, safe="")


@pytest.mark.parametrize("nonce", ["n", "n-1", "x" * 64, "Az09_.~-"])
def test_a_nonce(nonce: str) -> None:
    assert is_nonce(nonce)


@pytest.mark.parametrize("nonce", ["", "x" * 65, "a b", "a,b", "a\n", "é", "a/b"])
def test_no_nonce(nonce: str) -> None:
    assert not is_nonce(nonce)


@pytest.mark.parametrize(
    ("seconds", "near"), [(0, True), (300, True), (-300, True), (301, False), (-301, False), (10**9, False)]
)
def test_five_minutes_apart_at_most(seconds: int, near: bool) -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert is_near(str(int((now + timedelta(seconds=seconds)).timestamp())), now) is near


@pytest.mark.parametrize(
    "timestamp", ["", "now", "-1", "1.5", "1773144000,1773144000", "١٧٧٣١٤٤٠٠٠", "1" * 12, " 1773144000"]
)
def test_no_timestamp(timestamp: str) -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert is_near("1773144000", now)
    assert not is_near(timestamp, now)


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (ApiKeyDraft("Till", ("profiles:read",)), []),
        (ApiKeyDraft("Till", ("profiles:read", "values:write"), signs=True), []),
        (ApiKeyDraft(" ", ()), ["name", "scopes"]),
        (ApiKeyDraft("x" * 101, ("profiles:read",)), ["name"]),
        (ApiKeyDraft("x" * 100, ("goals:read",)), ["scopes"]),
    ],
)
def test_a_key_has_a_name_and_scopes(draft: ApiKeyDraft, fields: list[str]) -> None:
    assert [problem.field for problem in draft.check()] == fields
