"""The twelve colours of goals, and which of them a colour from elsewhere comes closest to."""

from math import atan2, degrees, hypot

SWATCHES = (
    (0.09, 190),
    (0.115, 152),
    (0.11, 125),
    (0.112, 78),
    (0.13, 50),
    (0.15, 20),
    (0.15, 350),
    (0.15, 322),
    (0.15, 296),
    (0.14, 264),
    (0.105, 235),
    (0.03, 250),
)
"""Chroma and hue of colours 1 to 12 in OKLCH, as the style sheet draws them by day."""


SLATE = 12
GREYISH = 0.045
"""Below this chroma a colour reads as grey."""


def nearest(colour: str) -> int:
    """The number of the colour that looks most like this "#RRGGBB"; 1 for "".

    By hue in OKLCH (Ottosson 2020), greys being slate: lightness is the theme's to decide, and a colour that is more
    vivid than ours still is the same colour.
    """
    if not colour:
        return 1
    a, b = _oklab(colour)
    if hypot(a, b) < GREYISH:
        return SLATE
    hue = degrees(atan2(b, a))
    return min(range(1, SLATE), key=lambda number: abs((SWATCHES[number - 1][1] - hue + 180) % 360 - 180))


def _oklab(colour: str) -> tuple[float, float]:
    """The axes green–red and blue–yellow of an sRGB colour, by the published matrices."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return a, b


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
