"""Addresses, names and profiles as people type them."""

import pytest

from webapp.domain.identity import Profile, SignUp, email_problems, plain_name
from webapp.domain.people import Theme

PROFILE = Profile("Ada", "Europe/Paris", 4, 6, "en", Theme.DARK)
SIGN_UP = SignUp("Ada", "ada@example.org", "x", "Europe/Paris", "en", agrees=True, agrees_health=True)


@pytest.mark.parametrize(
    "email",
    ["ada@example.org", "A.d-a+x_y@mail.example.co", "o'neil@example.org", "1@2.xn--p1ai", "x" * 64 + "@example.org"],
)
def test_address_that_is_one(email: str) -> None:
    assert email_problems(email) == []


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("", "required"),
        ("ada", "not_an_email"),
        ("ada@localhost", "not_an_email"),
        ("@example.org", "not_an_email"),
        ("ada@@example.org", "not_an_email"),
        ("a@b@example.org", "not_an_email"),
        (".ada@example.org", "not_an_email"),
        ("a..da@example.org", "not_an_email"),
        ("ada@-example.org", "not_an_email"),
        ("ada@example.org.", "not_an_email"),
        ("ada@example.org\n", "not_an_email"),
        ("ada@example.org,bo@example.org", "not_an_email"),
        ('"ada"@example.org', "not_an_email"),
        ("Ada <ada@example.org>", "not_an_email"),
        ("\uff41da@example.org", "not_an_email"),
        ("\u017ftranger@example.org", "not_an_email"),
        ("ada@\u212aiosk.example.org", "not_an_email"),
        ("x" * 65 + "@example.org", "not_an_email"),
        ("a@" + "b." * 126 + "org", "too_long"),
    ],
)
def test_address_that_is_none(email: str, code: str) -> None:
    assert [problem.code for problem in email_problems(email)] == [code]


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Ada", "Ada"),
        ("  Ada \t Lovelace\r\n", "Ada Lovelace"),
        ("Ada\x00\u202egnp.exe", "Ada gnp.exe"),
        ("عائشة", "عائشة"),
        ("नेहा\u200dशर्मा", "नेहा\u200dशर्मा"),
        ("\u2066\u200f\u061c", ""),
    ],
)
def test_name_stands_on_one_line_and_turns_nothing(typed: str, plain: str) -> None:
    assert plain_name(typed) == plain


def test_drafts_that_make_sense_have_no_problems() -> None:
    assert SIGN_UP.check() == []
    assert PROFILE.check() == []


def test_every_problem_is_found_at_once() -> None:
    draft = SignUp("\u202e", "ada", "x", "Mars", "en", agrees=False, agrees_health=False)
    found = [(problem.field, problem.code) for problem in draft.check()]
    assert found == [
        ("name", "required"),
        ("email", "not_an_email"),
        ("zone", "unknown_zone"),
        ("agrees", "consent_missing"),
        ("agrees_health", "consent_missing"),
    ]
    profile = Profile("x" * 101, "Factory", 24, -1, "en", Theme.AUTO)
    assert [problem.field for problem in profile.check()] == ["name", "zone", "day_start", "week_start"]


def test_password_is_not_shown_with_the_draft() -> None:
    draft = SignUp("Ada", "ada@example.org", "canary", "Etc/UTC", "en", agrees=True, agrees_health=True)
    assert "canary" not in repr(draft)
