"""From a photo, a drawing or 8 x 8 numbers to MNIST's form."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from skimage.transform import resize
from sklearn.datasets import load_digits

from ae_core.errors import UserError
from ae_core.images import reading
from ae_core.images.digit_form import centre_by_mass, digit_steps, to_mnist_form


@pytest.fixture(scope="module")
def small_digits() -> torch.Tensor:
    return torch.from_numpy(load_digits().images[:40]).float().div(16).unsqueeze(1)


@pytest.fixture(scope="module")
def digits(small_digits: torch.Tensor) -> np.ndarray:
    """Digits in MNIST's form, shape (n, 28, 28)."""
    return to_mnist_form(small_digits)[:, 0].numpy()


def photographed(digit: np.ndarray, light: np.ndarray, *, rng: np.random.Generator) -> Image.Image:
    """A JPEG of dark ink on paper under the given light, with a camera's noise."""
    ink = np.zeros(light.shape)
    ink[90:314, 60:284] = resize(digit, (224, 224), order=1)
    seen = light * (1 - 0.8 * ink) + rng.normal(0, 0.015, light.shape)
    written = io.BytesIO()
    Image.fromarray((seen.clip(0, 1) * 255).astype(np.uint8)).save(written, "JPEG", quality=85)
    return reading.read(written.getvalue(), "photo.jpg")


def lights() -> dict[str, np.ndarray]:
    y, x = np.mgrid[-1:1:400j, -1:1:360j]
    return {
        "even": np.full(x.shape, 0.8),
        "dim": np.full(x.shape, 0.35),
        "from the side": 0.6 + 0.3 * x,
        "dark corners": 0.85 * np.exp(-0.6 * (x**2 + y**2)),
        "hard shadow": np.where(x + 0.5 * y > 0.2, 0.85, 0.45),
    }


@pytest.mark.parametrize("light", lights().values(), ids=lights())
@pytest.mark.one_in(3)
def test_a_photo_of_a_digit_becomes_that_digit_in_any_light(
    digits: np.ndarray, light: np.ndarray
) -> None:
    rng = np.random.default_rng(0)
    for number in range(10):
        found = digit_steps(photographed(digits[number], light, rng=rng))[-1].image / 255
        errors = ((digits - found) ** 2).mean(axis=(1, 2))
        assert errors[number] < 0.045
        assert errors.argmin() == number


def test_a_digit_already_in_mnists_form_stays_nearly_as_it_is(digits: np.ndarray) -> None:
    for digit in digits:
        stored = Image.fromarray(np.rint(digit * 255).astype(np.uint8))
        found = digit_steps(stored)[-1].image / 255
        assert ((found - digit) ** 2).mean() < 1e-3


def test_dark_on_light_and_light_on_dark_give_the_same(digits: np.ndarray) -> None:
    stored = np.rint(digits[3] * 255).astype(np.uint8)
    light = digit_steps(Image.fromarray(stored))[-1].image.astype(int)
    dark = digit_steps(Image.fromarray(255 - stored))[-1].image.astype(int)
    assert np.abs(light - dark).max() <= 2


def drawing(width: int = 8) -> Image.Image:
    picture = Image.new("RGB", (400, 500), "white")
    pen = ImageDraw.Draw(picture)
    pen.line([(120, 100), (280, 100), (200, 400)], fill=(20, 20, 120), width=width)
    return picture


def test_the_steps_are_kept_for_showing() -> None:
    steps = digit_steps(drawing())
    assert len(steps) == 5
    assert all(step.image.ndim == 2 and step.image.dtype == np.uint8 for step in steps)
    assert all(step.title and step.explanation.endswith(".") for step in steps)
    assert max(steps[3].image.shape) == 20
    assert steps[4].image.shape == (28, 28)


@pytest.mark.parametrize("width", [3, 8, 40])
def test_a_drawing_gets_full_ink_soft_edges_and_mnists_stroke(width: int) -> None:
    image = digit_steps(drawing(width))[-1].image
    assert image.max() >= 250
    assert ((image > 20) & (image < 235)).sum() > 10
    assert 0.04 < (image > 127).mean() < 0.2


def test_specks_beside_the_digit_are_dropped() -> None:
    picture, clean = drawing(), digit_steps(drawing())[-1].image
    pen = ImageDraw.Draw(picture)
    for x, y in [(30, 30), (370, 40), (350, 470), (40, 450)]:
        pen.ellipse((x, y, x + 5, y + 5), fill="black")
    assert np.array_equal(digit_steps(picture)[-1].image, clean)


def test_a_digit_of_two_strokes_keeps_both() -> None:
    picture = drawing(20)
    ImageDraw.Draw(picture).line([(270, 250), (340, 250)], fill="black", width=20)
    assert digit_steps(picture)[2].image.shape[1] > digit_steps(drawing(20))[2].image.shape[1] + 20


def blank(kind: str) -> np.ndarray:
    rng, y = np.random.default_rng(0), np.linspace(-1, 1, 300)[:, None]
    return {
        "white": np.full((300, 200), 255.0),
        "black": np.zeros((300, 200)),
        "grainy": rng.normal(200, 6, (300, 200)),
        "shaded": np.tile(170 + 60 * y, (1, 200)),
        "shaded and grainy": 170 + 60 * y + rng.normal(0, 4, (300, 200)),
        "static": rng.integers(0, 256, (300, 200)).astype(float),
        "one pixel": np.zeros((1, 1)),
        "28 x 28": np.zeros((28, 28)),
    }[kind]


@pytest.mark.parametrize(
    "kind",
    ["white", "black", "grainy", "shaded", "shaded and grainy", "static", "one pixel", "28 x 28"],
)
def test_a_blank_page_is_refused(kind: str) -> None:
    with pytest.raises(UserError, match=r"^Found no ink in the picture\. Choose one with"):
        digit_steps(Image.fromarray(blank(kind).clip(0, 255).astype(np.uint8)))


@pytest.mark.parametrize("size", [(1, 2), (2, 1), (3, 3), (5, 100), (8, 8)])
def test_a_tiny_picture_gives_28_x_28_or_a_refusal(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        noise = rng.integers(0, 2, size).astype(np.uint8) * 255
        with contextlib.suppress(UserError):
            assert digit_steps(Image.fromarray(noise))[-1].image.shape == (28, 28)


def centres(x: torch.Tensor) -> torch.Tensor:
    places = torch.arange(x.shape[-1], dtype=x.dtype)
    mass = x.sum(dim=(1, 2, 3))
    return torch.stack([x.sum(dim=(1, 3)) @ places / mass, x.sum(dim=(1, 2)) @ places / mass])


def test_the_centre_of_mass_lands_in_the_middle_to_half_a_pixel() -> None:
    x = torch.zeros(3, 1, 20, 20)
    x[0, 0, 5:9, 6:14], x[1, 0, 8:19, 7:12], x[2, 0, 4:19, 9] = 1.0, 0.4, 0.7
    moved = centre_by_mass(x)
    assert (centres(moved) - 14).abs().max() <= 0.5
    torch.testing.assert_close(moved.sum(dim=(1, 2, 3)), x.sum(dim=(1, 2, 3)))


def test_centring_keeps_all_ink_in_the_frame_even_when_it_is_lopsided() -> None:
    x = torch.zeros(1, 1, 20, 20)
    x[..., 0, :], x[..., 19, 0] = 1.0, 0.1
    assert centre_by_mass(x).sum().item() == pytest.approx(x.sum().item())


def test_centring_moves_images_of_the_frames_own_size_and_in_colour() -> None:
    x = torch.zeros(2, 3, 28, 28)
    x[:, :, 3:8, 4:9] = torch.tensor([0.2, 0.5, 0.9])[:, None, None]
    moved = centre_by_mass(x)
    torch.testing.assert_close(centres(moved), torch.full((2, 2), 14.0))
    assert torch.equal(moved, centre_by_mass(moved))


def test_centring_a_blank_image_leaves_it_blank() -> None:
    assert torch.equal(centre_by_mass(torch.zeros(2, 1, 20, 20)), torch.zeros(2, 1, 28, 28))


def test_the_built_in_digits_look_like_mnists(small_digits: torch.Tensor) -> None:
    x = to_mnist_form(small_digits)
    assert x.shape == (40, 1, 28, 28)
    assert x.min() >= 0 and x.max() <= 1
    assert (centres(x) - 14).abs().max() <= 0.5
    assert x.amax(dim=(1, 2, 3)).min() == 1
    assert x.mean().item() == pytest.approx(0.131, abs=0.03), "MNIST's mean is 0.131"
    saturated = ((x > 0.95).sum() / (x > 0.05).sum()).item()
    assert saturated == pytest.approx(0.44, abs=0.12), "44 % of MNIST's ink is at full strength"
