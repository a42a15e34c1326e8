"""What `make static` checks, so that the tests alone are enough to trust a change."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

PROGRAMS = Path(sysconfig.get_path("scripts"))


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "format", "--check", "."], id="format"),
        pytest.param(["ruff", "check", "."], id="lint"),
        pytest.param(["mypy"], id="types"),
        pytest.param(["lint-imports"], id="layers"),
    ],
)
def test_static_check_passes(command: list[str]) -> None:
    program, *arguments = command
    done = subprocess.run(
        [PROGRAMS / program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_every_message_can_be_extracted(tmp_path: Path) -> None:
    catalogue = tmp_path / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "extract", "-F", "pyproject.toml"]
    done = subprocess.run(
        [*command, "-o", str(catalogue), "."], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert catalogue.read_text(encoding="utf-8").count("\nmsgid ") > 1, "no message was found"
