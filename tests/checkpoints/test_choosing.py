"""Which models a person is offered first, and in what words."""

from __future__ import annotations

from ae_core import checkpoints
from ae_core.checkpoints import choosing
from ae_core.models import FAMILIES


def test_six_models_whose_images_are_here_come_first_and_the_chosen_one_after_them() -> None:
    cards, _ = checkpoints.available()
    names = {card.name for card in cards}
    assert set(choosing.RECOMMENDED) <= names
    for here in (["digits", "shapes"], ["mnist", "digits", "shapes"]):
        offered = choosing.offered(cards, "mnist-vae-8", sets_here=here)
        assert len(offered) == choosing.MOST_RECOMMENDED + 1
        assert {card.image_set for card in offered[:-1]} <= set(here)
        assert offered[-1].name == "mnist-vae-8"


def test_a_model_is_said_in_plain_words() -> None:
    said = {
        name: choosing.in_words(checkpoints.card(name))
        for name in ("digits-vae-conv-2", "mnist-vae-1", "digits-denoising-49")
    }
    assert said == {
        "digits-vae-conv-2": "2 numbers, a smooth map",
        "mnist-vae-1": "1 number, a smooth map",
        "digits-denoising-49": "49 numbers, a plain code, takes noise away",
    }


def test_every_family_of_ours_says_what_its_codes_are_like() -> None:
    default = type(FAMILIES["dense"]).in_words
    assert [name for name, family in FAMILIES.items() if family.in_words == default] == []
