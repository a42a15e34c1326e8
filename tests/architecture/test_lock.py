"""The lock is whole: it pins what pyproject asks for, hashes every package and names no host."""

import re
import tomllib
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)


def test_lock_pins_what_the_product_asks_for() -> None:
    _fits(_project()["dependencies"], _pins("requirements.txt"))


def test_development_lock_holds_the_same_versions_and_the_tools() -> None:
    product, everything = _pins("requirements.txt"), _pins("requirements-dev.txt")
    assert product.items() <= everything.items()
    _fits(_project()["optional-dependencies"]["dev"], everything)


def test_every_pin_is_hashed_and_no_host_is_named() -> None:
    for file in ("requirements.txt", "requirements-dev.txt", "requirements-scan.txt"):
        text = (ROOT / file).read_text(encoding="utf-8")
        blocks = re.split(r"\n(?=\S)", text.strip())
        bare = [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block]
        assert not bare, f"{file}: without a hash: {bare}"
        assert "://" not in text, f"{file} names a host"


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def _pins(file: str) -> dict[str, frozenset[str]]:
    """The versions of each package; one for some Pythons may be another than for others."""
    text = (ROOT / file).read_text(encoding="utf-8")
    pins: dict[str, frozenset[str]] = {}
    for pin in PIN.finditer(text):
        name = canonicalize_name(pin["name"])
        pins[name] = pins.get(name, frozenset()) | {pin["version"]}
    return pins


def _fits(asked: list[str], pins: dict[str, frozenset[str]]) -> None:
    for requirement in map(Requirement, asked):
        versions = pins.get(canonicalize_name(requirement.name), frozenset())
        fits = any(requirement.specifier.contains(version, prereleases=True) for version in versions)
        assert fits, f"{requirement} is locked at {sorted(versions)}: make lock"


def test_every_package_we_ask_for_has_its_reason() -> None:
    reasons = (ROOT / "docs/decisions/0002-dependencies.md").read_text(encoding="utf-8")
    project = _project()
    asked = map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["dev"]])
    missing = [requirement.name for requirement in asked if not re.search(rf"[|,] {requirement.name}[ ,]", reasons)]
    assert not missing, f"say in docs/decisions/0002-dependencies.md why: {missing}"
