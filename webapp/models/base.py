"""The base of every table: one registry, named constraints, an integer key, and where pages show one a public id."""

import secrets
from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from webapp.models.types import TYPES

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
Key = BigInteger().with_variant(Integer, "sqlite")
"""Integer keys are 64 bits wide on both databases; SQLite only numbers rows by itself for the plain INTEGER."""


def new_public_id() -> str:
    """24 random hex digits (96 bits): an address, never a right."""
    return secrets.token_hex(12)


class Base(DeclarativeBase):
    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map=TYPES)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'id', '')}>"


class Numbered:
    id: Mapped[int] = mapped_column(Key, primary_key=True, sort_order=-2)


class Addressed(Numbered):
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=new_public_id, sort_order=-1)


def one_of(enum: Any, column: str) -> str:
    """The SQL text of a check that a column holds one of an enum's values, or of some of them."""
    return f"{column} IN ({', '.join(repr(item.value) for item in enum)})"


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements that need no objects."""
    assert isinstance(model.__table__, Table)
    return model.__table__
