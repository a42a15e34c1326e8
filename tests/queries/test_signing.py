"""Signed texts of the reading contract: read as they were written, unaltered, by our keys and for one client, or not
at all."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from webapp.queries.signing import LONGEST, Claims, Signer

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OURS, OLD, FOREIGN = ("our key of forty letters, for this test ..", "an older one of ours ..", "a key of others ..")
CLIENT, ANOTHER = "reading-0123456789abcdef01234567", "reading-76543210fedcba9876543210"
CLAIMS = Claims("aimline_reading_x", "p" * 24, CLIENT, ("goal.read", "streak.read"), NOW, NOW + timedelta(days=30))
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def signing(*keys: str) -> Signer:
    made = Signer()
    made.configure(keys or (OURS,))
    return made


SIGNER = signing()
TEXT = SIGNER.sign(CLAIMS)


def part(number: int) -> dict[str, Any]:
    """The header (0) or what is said (1), as anybody can read it who has the text."""
    text = TEXT.split(".")[number]
    read: dict[str, Any] = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return read


def packed(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def signed(said: object, key: bytes | None = None, hash_name: str = "sha256", **header: Any) -> str:
    """A text that says this, signed as RFC 7515 asks; by our very key where no other is named."""
    key = next(iter(SIGNER._keys.values())) if key is None else key
    body = f"{packed(part(0) | header)}.{packed(said)}"
    signature = hmac.new(key, body.encode(), hash_name).digest()
    return f"{body}.{urlsafe_b64encode(signature).decode().rstrip('=')}"


def test_a_text_is_read_as_it_was_written() -> None:
    assert SIGNER.read(TEXT, CLIENT, NOW) == CLAIMS
    assert part(0) == {"alg": "HS256", "typ": "JWT", "kid": part(0)["kid"]}
    assert set(part(1)) == {"iss", "sub", "aud", "iat", "exp", "jti", "scope", "org"}
    assert signed(part(1)) == TEXT, "what the tests below change is otherwise good"


def test_scopes_stand_in_it_once_and_in_order() -> None:
    text = SIGNER.sign(replace(CLAIMS, scopes=("streak.read", "goal.read", "streak.read")))
    assert text == TEXT
    assert part(1)["scope"] == "goal.read streak.read"


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (NOW - SECOND, False),
        (NOW, True),
        (CLAIMS.expires_at - SECOND, True),
        (CLAIMS.expires_at, False),
        (CLAIMS.expires_at + timedelta(days=4_000), False),
    ],
)
def test_it_is_of_use_from_its_making_until_its_end(at: datetime, opens: bool) -> None:
    assert (SIGNER.read(TEXT, CLIENT, at) is not None) is opens


def test_parts_of_a_second_never_lengthen_it() -> None:
    half = timedelta(milliseconds=500)
    text = SIGNER.sign(replace(CLAIMS, issued_at=NOW + half, expires_at=NOW + SECOND + half))
    assert SIGNER.read(text, CLIENT, NOW + half) is not None
    assert SIGNER.read(text, CLIENT, NOW + SECOND) is None


@pytest.mark.parametrize("client", [ANOTHER, "", " ", CLIENT[:-1], f"{CLIENT} ", CLIENT.upper(), "*"])
def test_another_client_has_no_use_of_it(client: str) -> None:
    assert SIGNER.read(TEXT, client, NOW) is None


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS384", "HS512", "RS256", "", None, 256])
def test_no_other_algorithm_is_taken(algorithm: Any) -> None:
    signature = TEXT.split(".")[2]
    unsigned = f"{packed(part(0) | {'alg': algorithm})}.{packed(part(1))}"
    for end in ("", signature, "A" * 43):
        assert SIGNER.read(f"{unsigned}.{end}", CLIENT, NOW) is None
    for hash_name in ("sha256", "sha384", "sha512"):
        assert SIGNER.read(signed(part(1), hash_name=hash_name, alg=algorithm), CLIENT, NOW) is None


@pytest.mark.parametrize("hash_name", ["sha384", "sha512", "md5"])
def test_another_hash_under_the_name_of_ours_is_not_taken(hash_name: str) -> None:
    assert SIGNER.read(signed(part(1), hash_name=hash_name), CLIENT, NOW) is None


@pytest.mark.parametrize("kid", [None, "", "none", 7, [], {}, "0" * 16, "../../dev/null", "ours"])
def test_a_key_that_is_not_ours_signs_nothing(kid: Any) -> None:
    assert SIGNER.read(signing(FOREIGN).sign(CLAIMS), CLIENT, NOW) is None
    named = part(0)["kid"] if kid == "ours" else kid
    for key in (FOREIGN.encode(), b"", OURS.encode(), str(named).encode()):
        assert SIGNER.read(signed(part(1), key, kid=named), CLIENT, NOW) is None


def test_headers_that_ask_for_more_are_refused() -> None:
    for header in ({"crit": ["b64"], "b64": False}, {"crit": ["exp"]}, {"b64": False}):
        assert SIGNER.read(signed(part(1), **header), CLIENT, NOW) is None


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "iat", "exp", "jti", "scope"])
def test_everything_has_to_be_said(name: str) -> None:
    kept = {other: value for other, value in part(1).items() if other != name}
    for said in (kept, kept | {name: None}):
        assert SIGNER.read(signed(said), CLIENT, NOW) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "others"},
        {"aud": ANOTHER},
        {"exp": int(NOW.timestamp())},
        {"exp": "soon"},
        {"exp": 10**30},
        {"iat": int((NOW + SECOND).timestamp())},
        {"iat": [1]},
        {"sub": 7},
        {"jti": 7},
    ],
)
def test_what_is_said_has_to_make_sense(changes: dict[str, Any]) -> None:
    assert SIGNER.read(signed(part(1) | changes), CLIENT, NOW) is None


def test_saying_more_without_our_key_says_nothing() -> None:
    head, _, tail = TEXT.split(".")
    for changes in ({"scope": "goal.delete"}, {"aud": ANOTHER}, {"sub": "q" * 24}, {"exp": part(1)["exp"] + 1}):
        assert SIGNER.read(f"{head}.{packed(part(1) | changes)}.{tail}", changes.get("aud", CLIENT), NOW) is None


def test_texts_of_a_rotated_key_are_read_until_it_is_dropped() -> None:
    before = signing(OLD).sign(CLAIMS)
    rotated = signing(OURS, OLD)
    assert rotated.read(before, CLIENT, NOW) == CLAIMS
    after = rotated.sign(CLAIMS)
    assert after == TEXT, "the first key signs"
    assert rotated.read(after, CLIENT, NOW) == CLAIMS
    assert SIGNER.read(before, CLIENT, NOW) is None
    assert signing(OLD).read(after, CLIENT, NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "x.y.z",
        TEXT.rpartition(".")[0],
        f"{TEXT}.",
        f"{TEXT}=",
        f" {TEXT}",
        f"{TEXT}\n",
        f"Bearer {TEXT}",
        f"{TEXT},{TEXT}",
        TEXT.replace(".", "..", 1),
        f"{packed([[]])}.{packed({})}.{'A' * 43}",
        f"{urlsafe_b64encode(b'[' * 1200).decode()}.e30.{'A' * 43}",
        "\x00",
        "\udc80",
        "é" * 100,
        "A" * LONGEST,
        "A" * (LONGEST + 1),
        "A" * 10_000_000,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_what_is_no_such_text_is_none(text: str) -> None:
    assert SIGNER.read(text, CLIENT, NOW) is None


def test_a_text_that_is_too_long_is_not_read_however_well_it_is_signed() -> None:
    room = LONGEST - len(SIGNER.sign(replace(CLAIMS, id="")))
    long, longer = (SIGNER.sign(replace(CLAIMS, id="x" * (room * 3 // 4 + more))) for more in (-2, 3))
    assert len(long) <= LONGEST < len(longer)
    assert SIGNER.read(long, CLIENT, NOW) is not None
    assert SIGNER.read(longer, CLIENT, NOW) is None


@given(place=st.integers(0, len(TEXT) - 1), other=st.sampled_from(f"{ALPHABET}.=+/ \n\x00é"))
def test_any_changed_character_is_refused(place: int, other: str) -> None:
    assume(TEXT[place] != other)
    assert SIGNER.read(TEXT[:place] + other + TEXT[place + 1 :], CLIENT, NOW) is None


def test_every_other_last_character_is_refused() -> None:
    """The last one of a signature carries four of its six bits."""
    others = [other for other in ALPHABET if other != TEXT[-1]]
    assert [other for other in others if SIGNER.read(TEXT[:-1] + other, CLIENT, NOW) is not None] == []


@given(place=st.integers(0, len(TEXT)), more=st.text(f"{ALPHABET}.= \n", min_size=1, max_size=4))
def test_anything_put_in_or_left_out_is_refused(place: int, more: str) -> None:
    put_in = TEXT[:place] + more + TEXT[place:]
    left_out = TEXT[:place] + TEXT[place + len(more) :]
    for text in {put_in, left_out} - {TEXT}:
        assert SIGNER.read(text, CLIENT, NOW) is None


@given(st.text(max_size=300))
def test_any_text_at_all_is_read_without_an_error(text: str) -> None:
    assert SIGNER.read(text, CLIENT, NOW) is None
    assert SIGNER.read(TEXT, text, NOW) is None or text == CLIENT
