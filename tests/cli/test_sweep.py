"""`sweep`: what it keeps, and under which names."""

from __future__ import annotations

import json
from pathlib import Path

from ae_core import checkpoints


def test_a_sweep_of_the_command_line_keeps_ordinary_checkpoints(ae, home: Path) -> None:
    words = ("sweep", "vae-2", "--set", "digits", "--steps", "4", "--batch-size", "16")
    ran = ae(*words, "--code-sizes", "1,3", "--betas", "0.5,2", "--widths", "8", "--json")
    assert ran.code == 0
    names = [card["name"] for card in json.loads(ran.out)["checkpoints"]]
    assert names == [
        f"digits-vae-2-code-{size}-beta-{beta}" for size in (1, 3) for beta in ("0-5", "2")
    ]
    for name in names:
        card, model = checkpoints.card(name), checkpoints.load(name).model
        assert model.latent_dim == card.latent_dim == int(name[18])
        assert card.steps == 4
        assert card.curve["step"][-1] == 4
        assert f"--latent-dim {card.latent_dim}" in card.command
    assert ae(*words, "--code-sizes", "1,3", "--betas", "0.5,2").code == 2
