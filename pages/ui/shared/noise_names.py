"""What the kinds of noise are called on the pages."""

KINDS = {
    "gaussian": "Gaussian",
    "salt_and_pepper": "Salt and pepper",
    "masking": "Masking",
    "blur": "Blur",
    "low_resolution": "Low resolution",
    "contrast": "Contrast",
}

DRAWN = ("gaussian", "salt_and_pepper", "masking")
"""Those that chance has a part in: a new draw is another image."""


def step(low: float, high: float) -> float:
    """How far one step of a strength's slider goes."""
    return 0.01 if high - low <= 1 else 0.05
