"""Noise: what each kind does to the pixels, and how it is named, kept and moved by a slider."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch import Generator

from ae_core.errors import UserError
from ae_core.noise import (
    NOISES,
    PLAIN,
    Blur,
    Contrast,
    Gaussian,
    LowResolution,
    Masking,
    Noise,
    SaltAndPepper,
    from_card,
    make,
)
from ae_core.types import Images

each_kind = pytest.mark.parametrize("kind", NOISES)


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def grey(n: int = 64, c: int = 1) -> torch.Tensor:
    return torch.full((n, c, 28, 28), 0.5)


@each_kind
@pytest.mark.parametrize("shape", [(4, 1, 28, 28), (3, 3, 8, 12), (1, 1, 1, 1), (0, 1, 28, 28)])
def test_the_result_has_the_shape_of_the_images_and_lies_between_0_and_1(
    kind: str, shape: tuple[int, ...]
) -> None:
    x = torch.rand(shape, generator=seeded())
    spoilt = make(kind)(x, seeded())
    assert spoilt.shape == x.shape and spoilt.dtype == x.dtype
    assert ((spoilt >= 0) & (spoilt <= 1)).all()


@each_kind
def test_the_images_themselves_stay_as_they_are(kind: str) -> None:
    x = torch.rand(4, 1, 28, 28, generator=seeded())
    before = x.clone()
    spoilt = make(kind)(x, seeded())
    spoilt.zero_()
    assert torch.equal(x, before)


@each_kind
def test_the_same_seed_gives_the_same_noise(kind: str) -> None:
    x = torch.rand(8, 1, 28, 28, generator=seeded())
    noise = make(kind)
    assert torch.equal(noise(x, seeded(3)), noise(x, seeded(3)))
    if kind not in ("blur", "low_resolution", "contrast"):
        assert not torch.equal(noise(x, seeded(3)), noise(x, seeded(4)))


@each_kind
def test_it_works_without_a_generator(kind: str) -> None:
    assert make(kind)(grey(2)).shape == (2, 1, 28, 28)


@each_kind
def test_the_slider_has_bounds_and_moves_only_its_own_option(kind: str) -> None:
    noise = make(kind)
    slider = noise.strength_option()
    assert slider.low is not None and slider.high is not None and slider.low < slider.high
    moved = noise.at(slider.high)
    assert getattr(moved, noise.strength) == slider.high
    assert moved.at(getattr(noise, noise.strength)) == noise
    with pytest.raises(UserError, match=f"{noise.strength} is .*; it can be"):
        noise.at(slider.high + 1)


@pytest.mark.parametrize(
    "noise",
    [
        Gaussian(0.0, 0.0),
        SaltAndPepper(0.0),
        Masking(0.0),
        Blur(0.0),
        LowResolution(1.0),
        Contrast(0.0),
        make("varied", reach=0),
    ],
)
def test_no_strength_is_no_noise(noise: Callable[..., torch.Tensor]) -> None:
    x = torch.rand(8, 1, 28, 28, generator=seeded())
    for seed in range(8):
        torch.testing.assert_close(noise(x, seeded(seed)), x)


def test_gaussian_noise_has_its_mean_and_deviation() -> None:
    added = Gaussian(mean=0.2, std=0.05)(grey(), seeded()) - 0.5
    assert added.mean().item() == pytest.approx(0.2, abs=0.002)
    assert added.std().item() == pytest.approx(0.05, abs=0.002)


def test_gaussian_noise_is_that_of_the_papers_unless_told_otherwise() -> None:
    assert make("gaussian").to_card() == {"kind": "gaussian", "mean": 0.5, "std": 0.5}


def test_salt_and_pepper_come_in_equal_shares_and_leave_the_rest() -> None:
    spoilt = SaltAndPepper(0.4)(grey(), seeded())
    shares = [(spoilt == value).float().mean().item() for value in (0, 0.5, 1)]
    assert shares == pytest.approx([0.2, 0.6, 0.2], abs=0.01)


def test_masking_blackens_its_share_of_every_image() -> None:
    black = (Masking(0.3)(grey(), seeded()) == 0).float().mean(dim=(1, 2, 3))
    assert black.mean().item() == pytest.approx(0.3, abs=0.01)
    assert black.std().item() < 0.03


@pytest.mark.parametrize("noise", [Masking(0.5), SaltAndPepper(0.5)])
def test_a_spoilt_pixel_is_spoilt_in_all_its_colours(noise: Masking | SaltAndPepper) -> None:
    spoilt = noise(grey(c=3), seeded())
    assert torch.equal(spoilt[:, 0], spoilt[:, 1]) and torch.equal(spoilt[:, 0], spoilt[:, 2])


@pytest.mark.parametrize("noise", [Masking(1.0), SaltAndPepper(1.0)])
def test_full_strength_leaves_no_pixel(noise: Masking | SaltAndPepper) -> None:
    assert not (noise(grey(), seeded()) == 0.5).any()


@pytest.mark.parametrize("sigma", [0.4, 1.0, 4.0])
def test_the_blur_is_scipys_where_only_the_inside_of_the_image_counts(sigma: float) -> None:
    x = torch.rand(3, 1, 28, 20, generator=seeded())
    blurred = Blur(sigma)(x).double().numpy()
    inside = gaussian_filter(np.ones((28, 20)), sigma, mode="constant", truncate=8)
    for image, found in zip(x.double().numpy(), blurred, strict=True):
        expected = gaussian_filter(image[0], sigma, mode="constant", truncate=8) / inside
        np.testing.assert_allclose(found[0], expected, atol=1e-5)


@pytest.mark.parametrize("factor", [2.0, 4.0, 7.0])
def test_low_resolution_gives_each_block_its_mean(factor: float) -> None:
    x = torch.rand(3, 2, 28, 56, generator=seeded())
    size = int(factor)
    coarse = torch.nn.functional.avg_pool2d(x, size)
    expected = coarse.repeat_interleave(size, 2).repeat_interleave(size, 3)
    torch.testing.assert_close(LowResolution(factor)(x), expected)


@pytest.mark.parametrize("factor", [1.7, 3.0, 10.0])
def test_low_resolution_keeps_the_mean_and_a_second_time_changes_nothing(factor: float) -> None:
    x = torch.rand(3, 1, 28, 20, generator=seeded())
    once = LowResolution(factor)(x)
    assert len(once[0, 0, 0].unique()) == round(20 / factor)
    torch.testing.assert_close(LowResolution(factor)(once), once)


def test_lost_contrast_moves_every_value_towards_grey() -> None:
    x = torch.tensor([0.0, 0.25, 0.5, 1.0]).view(1, 1, 2, 2)
    assert Contrast(0.8)(x).flatten().tolist() == pytest.approx([0.4, 0.45, 0.5, 0.6])
    assert Contrast(1.0)(x).flatten().tolist() == [0.5] * 4


def test_varied_noise_draws_every_plain_kind_at_every_strength_within_its_reach(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[Noise] = []

    def record(self: Noise, x: Images, generator: Generator) -> Images:
        drawn.append(self)
        return x

    for kind in PLAIN:
        monkeypatch.setattr(kind, "__call__", record)
    noise, generator, x = make("varied", reach=0.6), seeded(), torch.rand(1, 1, 4, 4)
    for _ in range(600):
        noise(x, generator)
    assert {type(each) for each in drawn} == set(PLAIN)
    for kind in PLAIN:
        option = kind.strength_option()
        assert option.low is not None and option.high is not None
        width = option.high - option.low
        shares = [
            (each.to_dict()[kind.strength] - option.low) / width
            for each in drawn if type(each) is kind
        ]  # fmt: skip
        assert 0 <= min(shares) < 0.05
        assert 0.55 < max(shares) <= 0.6


@each_kind
def test_a_card_holds_the_noise_as_json(kind: str) -> None:
    option = NOISES[kind].strength_option()
    assert option.low is not None and option.high is not None
    noise = make(kind).at(option.low + 0.25 * (option.high - option.low))
    card = json.loads(json.dumps(noise.to_card()))
    assert card["kind"] == kind
    assert from_card(card) == noise


def test_a_published_card_is_read() -> None:
    assert from_card({"kind": "gaussian", "mean": 0.5, "std": 0.5}) == Gaussian(0.5, 0.5)


def test_in_words_it_is_what_a_command_line_takes() -> None:
    assert Gaussian(0.5, 0.25).text() == "gaussian:mean=0.5,std=0.25"


@pytest.mark.parametrize("kind", ["snow", "", None, 3, [], {"a": 1}, "x" * 10**6])
def test_an_unknown_kind_is_refused_and_the_known_ones_are_listed(kind: object) -> None:
    with pytest.raises(UserError) as caught:
        from_card({"kind": kind})
    message = str(caught.value)
    assert "There are: gaussian, salt_and_pepper, masking, blur, low_resolution," in message
    assert len(message) < 180


def test_a_card_without_a_kind_is_refused() -> None:
    with pytest.raises(UserError, match="There is no noise ''"):
        from_card({"std": 0.5})


@pytest.mark.parametrize("option", ["sigma", "name", "self", "kind"])
def test_an_option_of_another_kind_is_refused(option: str) -> None:
    with pytest.raises(UserError, match=r"There is no option .*\. There are: mean, std\."):
        make("gaussian", **{option: 1})
