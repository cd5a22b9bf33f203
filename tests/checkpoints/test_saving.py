"""A checkpoint is written whole or not at all, and comes back to the bit."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ae_core import checkpoints, latent
from ae_core.errors import UserError
from ae_core.image_sets import ImageSet
from tests.checkpoints.folders import folder_of, is_a_plain_sentence, listing


@pytest.mark.parametrize("half", [False, True])
def test_a_checkpoint_comes_back_to_the_bit(tiny: str, half: bool) -> None:
    kept = checkpoints.load(tiny)
    kept.model.half().float()
    renamed = replace(kept.card, name="again")
    saved = checkpoints.save(renamed, kept.model, codes=kept.codes, labels=kept.labels, half=half)
    again = checkpoints.load("again")
    assert again.card == saved == replace(renamed, weights_sha256=saved.weights_sha256)
    weights = kept.model.state_dict()
    for key, value in again.model.state_dict().items():
        assert torch.equal(value, weights[key])
    assert kept.codes is not None and again.codes is not None
    assert kept.labels is not None and again.labels is not None
    assert torch.equal(again.codes, kept.codes)
    assert torch.equal(again.labels, kept.labels)
    assert again.codes.dtype == torch.float32
    assert again.labels.dtype == torch.int64
    assert checkpoints.card("again") == saved


def test_kept_codes_are_those_of_the_test_images(tiny: str, digits: ImageSet) -> None:
    kept = checkpoints.load(tiny)
    assert kept.codes is not None and kept.labels is not None
    torch.testing.assert_close(
        kept.codes, latent.encode(kept.model, digits.test), rtol=1e-3, atol=1e-3
    )
    assert torch.equal(kept.labels, digits.test_labels)


def test_codes_need_not_be_kept(tiny: str) -> None:
    kept = checkpoints.load(tiny)
    checkpoints.save(replace(kept.card, name="bare"), kept.model)
    bare = checkpoints.load("bare")
    assert bare.codes is bare.labels is None
    assert sorted(path.name for path in folder_of("bare").iterdir()) == [
        "card.json",
        "weights.safetensors",
    ]


def test_a_loaded_model_is_ready_to_use_and_cannot_be_trained_by_accident(tiny: str) -> None:
    model = checkpoints.load(tiny).model
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_loading_draws_nothing_from_torchs_own_randomness(tiny: str) -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    checkpoints.load(tiny)
    assert torch.equal(torch.rand(3), expected)


def test_saving_again_replaces_the_whole_folder(tiny: str) -> None:
    kept = checkpoints.load(tiny)
    checkpoints.save(replace(kept.card, title="New"), kept.model)
    assert checkpoints.card(tiny).title == "New"
    assert sorted(path.name for path in folder_of(tiny).parent.rglob("*")) == [
        "card.json",
        "tiny",
        "weights.safetensors",
    ]


@pytest.mark.parametrize("files_before_it_is_full", [0, 1, 2])
def test_when_the_disk_fills_up_the_former_checkpoint_stays_whole(
    files_before_it_is_full: int, tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = checkpoints.load(tiny)
    before = listing(tmp_path)
    forced = iter(range(files_before_it_is_full))
    to_disk = os.fsync

    def full(descriptor: int) -> None:
        if next(forced, None) is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        to_disk(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="could not be saved") as refused:
        checkpoints.save(
            replace(kept.card, title="New"), kept.model, codes=kept.codes, labels=kept.labels
        )
    assert is_a_plain_sentence(str(refused.value))
    assert "No space left on device" in str(refused.value)
    assert listing(tmp_path) == before
    assert checkpoints.load(tiny).card.title == "Tiny"


def test_when_the_new_folder_cannot_be_put_in_place_the_former_one_is_put_back(
    tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = checkpoints.load(tiny)
    before = listing(tmp_path)
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name == target.name == "tiny":
            raise OSError(errno.EIO, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(UserError, match="Input/output error"):
        checkpoints.save(replace(kept.card, title="New"), kept.model)
    assert listing(tmp_path) == before


def test_a_root_that_is_a_file_is_refused(tiny: str, tmp_path: Path) -> None:
    kept = checkpoints.load(tiny)
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="could not be saved"):
        checkpoints.save(kept.card, kept.model, root=tmp_path / "file")


def test_a_model_whose_figures_are_no_numbers_is_not_kept(tiny: str, tmp_path: Path) -> None:
    kept = checkpoints.load(tiny)
    before = listing(tmp_path)
    with pytest.raises(UserError, match="figures are not numbers"):
        checkpoints.save(replace(kept.card, name="bad", metrics={"bce": float("nan")}), kept.model)
    assert listing(tmp_path) == before


def test_a_saved_checkpoint_can_be_read_by_others(tiny: str) -> None:
    kept = checkpoints.load(tiny)
    checkpoints.save(replace(kept.card, name="shared"), kept.model)
    assert folder_of("shared").stat().st_mode & 0o777 == 0o755
