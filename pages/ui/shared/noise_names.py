"""The names of the kinds of noise."""

KINDS = {
    "gaussian": "Gaussian",
    "salt_and_pepper": "Salt and pepper",
    "masking": "Masking",
    "blur": "Blur",
    "low_resolution": "Low resolution",
    "contrast": "Contrast",
}

DRAWN = ("gaussian", "salt_and_pepper", "masking")
"""The random kinds: a new draw gives another image."""


def step(low: float, high: float) -> float:
    """How far one step of a strength's slider goes."""
    return 0.01 if high - low <= 1 else 0.05
