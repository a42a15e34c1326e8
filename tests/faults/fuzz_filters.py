"""A target for atheris: whatever stands in an address, the filter language reads it or says what is wrong.

`python -m tests.faults.fuzz_filters -runs=100000` from the project's folder; the rest of the words are libFuzzer's.
"""

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import atheris
from sqlalchemy.dialects import postgresql, sqlite

ROOT = Path(__file__).parents[2]
DOMAIN = {f"webapp.domain.{name}" for name in ("filters", "filter_text", "projections")}
GUIDING = DOMAIN | {f"webapp.queries.{name}" for name in ("filtering", "comparisons", "patterns")}
"""Only what these reach guides the fuzzer. It knows whole packages, so the others are named one by one."""
OTHERS = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "webapp").rglob("*.py")} - GUIDING

EXCLUDED = ["webapp", *(name.removesuffix(".__init__") for name in OTHERS)]
PATCHES = sys.version_info >= (3, 12)
"""Atheris 2, the one for Python 3.11, mixes up local variables of what it patches: there it has to go without."""

with atheris.instrument_imports(["webapp"], EXCLUDED) if PATCHES else contextlib.nullcontext():
    from tests.filtered import FIELDS
    from webapp.domain import filters, projections
    from webapp.domain.errors import Invalid
    from webapp.queries.filtering import Kind, compiled

DIALECTS = (sqlite.dialect(), postgresql.psycopg.dialect())
NAMES: projections.Names = {"id": None, "accountId": None, "name": None, "metrics": {"id": None, "name": None}}


def one_input(data: bytes) -> None:
    """Anything but Invalid gets out, and the fuzzer keeps the input."""
    said = data.decode("utf-8", "surrogateescape")
    readings: tuple[Callable[[str], object], ...] = (
        filtered,
        lambda text: projections.fields(text, NAMES),
        lambda text: projections.sort(text, NAMES),
        lambda text: projections.comparison(text, "attainment"),
    )
    for reading in readings:
        with contextlib.suppress(Invalid):
            reading(said)


def filtered(said: str) -> None:
    """The filter as SQL of both databases, without asking them."""
    clause = compiled(filters.parse(said), FIELDS)
    for dialect in DIALECTS:
        assert str(clause.compile(dialect=dialect)).startswith("(")


if __name__ == "__main__":
    assert {field.kind for field in FIELDS.values()} == set(Kind), "every kind of field is tried"
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
