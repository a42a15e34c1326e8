"""Amounts as each language writes them, with their currency."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from webapp.web.formats import money


@pytest.fixture(scope="module", autouse=True)
def somewhere() -> Iterator[None]:
    app = Flask(__name__, static_folder=None)
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("locale", "amount", "currency", "expected"),
    [
        ("en", "1234.5", "EUR", "€1,234.50"),
        ("en", "1234", "EUR", "€1,234"),
        ("en", "-20", "USD", "-US$20"),
        ("en", "0.005", "EUR", "€0.01"),
        ("de", "12.3456", "KWD", "12,346\u00a0KWD"),
        ("de", "1234.5", "EUR", "1.234,50\u00a0€"),
        ("de", "-1234", "EUR", "-1.234\u00a0€"),
        ("ja", "1234567", "JPY", "￥1,234,567"),
        ("ja", "1234.4", "JPY", "￥1,234"),
        ("he", "1234.5", "ILS", "\u200f1,234.50\u00a0\u200f₪"),
    ],
)
def test_an_amount_is_written_as_its_language_does(locale: str, amount: str, currency: str, expected: str) -> None:
    with force_locale(locale):
        assert money(Decimal(amount), currency) == expected


@pytest.mark.parametrize(("locale", "expected"), [("en", "1,234.567"), ("de", "1.234,567"), ("ja", "1,234.567")])
def test_without_a_currency_it_is_a_number(locale: str, expected: str) -> None:
    with force_locale(locale):
        assert money(Decimal("1234.567"), "") == expected


def test_nothing_is_said_of_no_amount() -> None:
    assert money(None, "EUR") == ""
