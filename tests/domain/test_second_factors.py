"""Codes as people type them and the half minutes in which they count."""

from datetime import UTC, datetime

import pyotp
import pytest

from webapp.domain.second_factors import (
    RECOVERY_BYTES,
    is_recovery_code,
    must_have_factor,
    recovery_code,
    step_of,
    steps_taken,
    typed_code,
)

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # published: "12345678901234567890" in base32
VECTORS = [  # RFC 6238, appendix B, SHA-1; of its eight digits an app of six shows the last
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("seconds", "published"), VECTORS)
def test_codes_are_those_of_the_standard(seconds: int, published: str) -> None:
    step = step_of(datetime.fromtimestamp(seconds, UTC))
    assert pyotp.TOTP(RFC_SECRET).generate_otp(step) == published[-6:]


def test_half_minute_around_now_is_taken_and_no_more() -> None:
    now = datetime(2026, 5, 1, 12, 0, 29, 999_999, tzinfo=UTC)
    here = int(now.timestamp() // 30)
    assert list(steps_taken(now)) == [here - 1, here, here + 1]
    assert step_of(datetime(2026, 5, 1, 12, 0, 30, tzinfo=UTC)) == here + 1


def test_recovery_code_is_read_back_as_it_was_shown() -> None:
    shown = recovery_code(bytes(range(RECOVERY_BYTES)))
    assert shown == "aaaq-eaye-auda-ocaj-bifq-ydio"
    assert typed_code(shown) == typed_code(f"  {shown.upper().replace('-', ' ')}\n") == shown.replace("-", "")
    assert is_recovery_code(typed_code(shown))


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456"])
def test_code_of_an_app_may_be_typed_in_groups(typed: str) -> None:
    assert typed_code(typed) == "123456"
    assert not is_recovery_code("123456")


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "１２３４５６", "12345a", "a" * 23, "a" * 25, "1" * 24, "x" * 10**6]
)
def test_everything_else_is_no_code(typed: str) -> None:
    assert typed_code(typed) == ""


def test_role_asks_for_a_second_factor_where_the_operator_says_so() -> None:
    assert must_have_factor({"member", "admin"}, ("admin",))
    assert not must_have_factor({"member"}, ("admin",))
    assert not must_have_factor({"admin"}, ())
