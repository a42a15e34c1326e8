"""Column types: what Python holds and what both databases store."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, LargeBinary, Numeric, String, Time, TypeDecorator
from sqlalchemy.types import TypeEngine


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite keeps it without its zone, PostgreSQL as timestamptz."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant carries its zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Amount(TypeDecorator[Decimal]):
    """An exact decimal with six places; SQLite, which has no decimals, keeps whole millionths."""

    impl = Numeric(20, 6)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(20, 6))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | int | None:
        if value is None or dialect.name != "sqlite":
            return value
        return int((value * 1_000_000).to_integral_value())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else _exact(value, dialect.name == "sqlite")


@lru_cache(maxsize=10_000)
def _exact(value: Any, millionths: bool) -> Decimal:
    """Lists hold the same few amounts again and again."""
    exact = Decimal(value).scaleb(-6) if millionths else Decimal(value)
    return exact.normalize() + 0


class Word(TypeDecorator[StrEnum]):
    """A value of a domain enum, stored as its word; a check constraint beside the column keeps others out."""

    impl = String
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__(length=20)
        self.enum = enum
        self._members = {member.value: member for member in enum}

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self._members[value]


Sealed = LargeBinary
"""Text sealed with its owner's key (domain rules §9): key id, nonce and ciphertext."""

TYPES: dict[Any, Any] = {datetime: Instant(), date: Date(), time: Time(), Decimal: Amount(), dict[str, Any]: JSON()}
