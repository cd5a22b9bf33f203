"""What the kinds of noise are called on the pages."""

KINDS = {
    "gaussian": "Gaussian",
    "salt_and_pepper": "Salt and pepper",
    "masking": "Masking",
    "blur": "Blur",
    "low_resolution": "Low resolution",
    "contrast": "Contrast",
}
