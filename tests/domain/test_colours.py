"""A colour from elsewhere becomes the one of ours that looks most like it."""

import re

import pytest

from tests.architecture.source import ROOT
from webapp.domain.colours import SWATCHES, nearest
from webapp.domain.goals import COLOURS


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#009688", 1), ("#388E3C", 2), ("#AFB42B", 3), ("#FFA000", 4), ("#F57C00", 5),
        ("#D32F2F", 6), ("#C2185B", 6), ("#C2187B", 7), ("#7B1FA2", 8), ("#5E35B1", 9), ("#303F9F", 10),
        ("#0288D1", 11), ("#757575", 12),
        ("#000000", 12), ("#FFFFFF", 12), ("", 1),
    ],
)  # fmt: skip
def test_known_colours(colour: str, name: int) -> None:
    assert nearest(colour) == name


def test_the_swatches_are_those_of_the_style_sheet() -> None:
    css = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    pattern = r'\[data-colour="(\d+)"\] \{ --goal: light-dark\(oklch\([\d.]+% ([\d.]+) ([\d.]+)\)'
    drawn = {int(number): (float(chroma), int(hue)) for number, chroma, hue in re.findall(pattern, css)}
    assert drawn == dict(enumerate(SWATCHES, start=1))
    assert len(drawn) == COLOURS
