"""The names of the kinds of noise."""

from ae_core.texts import N_

KINDS = {
    "gaussian": N_("Gaussian"),
    "salt_and_pepper": N_("Salt and pepper"),
    "masking": N_("Masking"),
    "blur": N_("Blur"),
    "low_resolution": N_("Low resolution"),
    "contrast": N_("Contrast"),
}

DRAWN = ("gaussian", "salt_and_pepper", "masking")
"""The random kinds: a new draw gives another image."""


def step(low: float, high: float) -> float:
    """How far one step of a strength's slider goes."""
    return 0.01 if high - low <= 1 else 0.05
