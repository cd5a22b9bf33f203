"""The checkpoints that ship: whole, made by their commands, as good as their cards say."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import replace
from typing import Any

import pytest
import torch

from ae_core import checkpoints, image_sets, latent
from ae_core.checkpoints import Checkpoint
from ae_core.checkpoints.cards import Card
from ae_core.cli import main
from ae_core.errors import UserError
from ae_core.evaluation.bounds import has_bounds
from ae_core.evaluation.scores import evaluate
from ae_core.image_sets import ImageSet
from ae_core.models import preset
from ae_core.recipes import Recipe
from ae_core.settings import settings
from ae_core.texts import joined
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from tests.conftest import Mnist
from tests.shipped import MEASURED_IN_FULL, SHIPPED, each_shipped, measured_in_full


def test_at_least_eight_checkpoints_ship() -> None:
    assert len(SHIPPED) >= 8


def command_spec(card: Card, monkeypatch: pytest.MonkeyPatch) -> RunSpec:
    """What the real command line asks `runs.start` for, given a card's command."""
    asked: list[RunSpec] = []

    def refuse(spec: RunSpec, **_: Any) -> None:
        asked.append(spec)
        raise UserError(joined("Enough."))

    monkeypatch.setattr(runs, "start", refuse)
    words = shlex.split(card.command)
    assert words[:3] == ["python", "-m", "ae_core"]
    with pytest.raises(SystemExit):
        main.main([*words[3:], "--into", "elsewhere"])
    return asked[0]


@each_shipped
@pytest.mark.one_in(8)
def test_a_shipped_checkpoint_is_made_by_the_command_on_its_card(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = checkpoints.card(name)
    spec = command_spec(card, monkeypatch)
    start_from = preset(spec.preset, spec.recipe_name)
    assert replace(start_from.config, **spec.config).to_dict() == card.config
    assert replace(start_from.recipe, **spec.recipe) == Recipe.from_dict(card.recipe)
    assert (spec.preset, spec.image_set, spec.recipe_name, spec.seed) == (
        card.preset,
        card.image_set,
        card.recipe_name,
        card.seed,
    )
    noise = spec.noise or start_from.noise
    assert (noise.to_card() if noise else None) == card.noise
    assert spec.name in ("", name)


@each_shipped
def test_a_shipped_checkpoint_holds_the_files_that_its_card_names(name: str) -> None:
    card = checkpoints.card(name)
    folder = settings().library / name
    for kind, digest in (("weights", card.weights_sha256), ("codes", card.codes_sha256)):
        data = (folder / f"{kind}.safetensors").read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
    assert {path.name for path in folder.iterdir()} == {
        "card.json",
        "codes.safetensors",
        "weights.safetensors",
    }
    assert card.steps == card.planned_steps, "it was stopped before its end"


@each_shipped
def test_the_ranges_on_a_shipped_card_hold_nearly_all_of_its_codes(name: str) -> None:
    kept = checkpoints.load(name)
    assert kept.codes is not None
    inside = (kept.codes >= torch.tensor(kept.card.code_low)) & (
        kept.codes <= torch.tensor(kept.card.code_high)
    )
    assert inside.float().mean(0).min().item() >= 0.98


def check_on_its_images(kept: Checkpoint, images: ImageSet) -> None:
    """The figures on the card and the codes in the folder, worked out again."""
    again = evaluate(kept.model, images.test)
    more = {"nelbo", "iwae"} if has_bounds(kept.model) else set()
    assert kept.card.metrics.keys() - again.keys() <= more
    on_card = {name: kept.card.metrics[name] for name in again}
    assert again == pytest.approx(on_card, rel=1e-4, abs=1e-4)
    assert kept.codes is not None and kept.labels is not None
    codes = latent.encode(kept.model, images.test)
    count = min(len(images.test), runs.MAX_CODE_NUMBERS // kept.model.latent_dim)
    torch.testing.assert_close(kept.codes, codes[:count], rtol=2e-3, atol=2e-3)
    assert torch.equal(kept.labels, images.test_labels[:count])
    low, high = latent.slider_ranges(codes)
    assert kept.card.code_low == pytest.approx(low, abs=1e-3)
    assert kept.card.code_high == pytest.approx(high, abs=1e-3)


def images_of(kept: Checkpoint, mnist: Mnist) -> ImageSet:
    """The images that its card names; a stand-in where MNIST is none."""
    images = image_sets.load(kept.card.image_set)
    if kept.card.image_set != "mnist" or mnist.is_real:
        assert kept.card.image_set_sha256 == images.sha256
    return images


@measured_in_full
@pytest.mark.one_in(8)
def test_a_shipped_checkpoint_does_as_well_as_its_card_says(name: str, mnist: Mnist) -> None:
    kept = checkpoints.load(name)
    images = images_of(kept, mnist)
    if kept.card.image_set != "mnist" or mnist.is_real:
        check_on_its_images(kept, images)
    else:
        assert evaluate(kept.model, images.test[:360])["mse"] < 0.08
        assert kept.codes is not None
        assert len(kept.codes) == min(10_000, runs.MAX_CODE_NUMBERS // kept.model.latent_dim)


@pytest.mark.parametrize("name", sorted(set(SHIPPED) - MEASURED_IN_FULL))
@pytest.mark.one_in(6)
def test_a_shipped_checkpoint_does_on_some_images_what_its_card_says(
    name: str, mnist: Mnist
) -> None:
    kept = checkpoints.load(name)
    images = images_of(kept, mnist)
    assert kept.codes is not None and kept.labels is not None
    if kept.card.image_set == "mnist" and not mnist.is_real:
        assert evaluate(kept.model, images.test[:360])["mse"] < 0.08
        return
    some = images.test[:500]
    count = min(len(some), len(kept.codes))
    codes = latent.encode(kept.model, some)[:count]
    torch.testing.assert_close(kept.codes[:count], codes, rtol=2e-3, atol=2e-3)
    assert torch.equal(kept.labels[:count], images.test_labels[:count])
    assert evaluate(kept.model, some)["mse"] == pytest.approx(kept.card.metrics["mse"], rel=0.1)
