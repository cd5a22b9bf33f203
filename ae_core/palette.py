"""The colours of charts and pictures: one palette for classes, one for models, one for differences.

The browser's copies are tested against these.
"""

from __future__ import annotations

CLASSES = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip
"""Ten colours that colour-blind eyes tell apart (Petroff 2021, arXiv:2107.02270)."""

BLUE, ORANGE, RED, GREY, PURPLE, BROWN, DARK_ORANGE, TAN, DARK_GREY, CYAN = CLASSES


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of a colour, 0 to 255."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def seen(colour: str) -> str:
    """The colour, darker or lighter as far as it must be to be seen on the pages of both themes.

    Graphics need 3:1 (WCAG 2.2, 1.4.11), on white and on nearly black.
    """
    light = [_linear(value / 255) for value in rgb(colour)]
    now = luminance(colour)
    if now > MOST_LIGHT:
        light = [each * MOST_LIGHT / now for each in light]
    elif now < LEAST_LIGHT:
        share = (LEAST_LIGHT - now) / (1 - now)
        light = [each + share * (1 - each) for each in light]
    return "#" + "".join(f"{round(255 * _byte(each)):02x}" for each in light)


def luminance(colour: str) -> float:
    """How much light a colour sends, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_linear(value / 255) for value in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _byte(light: float) -> float:
    return 12.92 * light if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)


LEAST_LIGHT, MOST_LIGHT = 0.14, 0.285
"""Between them a colour stands out from both themes: #ffffff and #10181a."""

MODELS = tuple(map(seen, (BLUE, ORANGE, RED, PURPLE, BROWN, DARK_ORANGE, TAN, CYAN)))
"""In the order in which models stand in a chart; grey is for what they are compared with."""

REFERENCE, LIMIT = seen(GREY), DARK_ORANGE
"""What models are compared with, and the lines that they cannot pass."""

HERE = "#ff2d78"
"""What is chosen at present."""

POSITIVE, NEGATIVE = "#ff9e1a", "#4099ff"
"""Of differences: too much and too little."""

DIVERGING = ((0.0, "#0b3d75"), (0.3, NEGATIVE), (0.5, "#ffffff"), (0.7, POSITIVE), (1.0, "#7a3d00"))
"""A scale of differences: white is none."""

SEQUENTIAL = "Cividis"
"""A scale of amounts; colour-blind eyes and grey printers keep its order (Nuñez et al. 2018)."""


AMOUNTS = ((0.0, BLUE), (1.0, ORANGE))
"""A scale of amounts for points: both of its ends stand out on white and on black."""
