"""`reconstruct` and `decode`: pictures in, codes in, pictures out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ae_core import checkpoints, latent


def draw_digit(path: Path) -> Path:
    """A picture of a one, in ink on paper."""
    picture = Image.new("L", (120, 160), 240)
    ImageDraw.Draw(picture).line([(70, 25), (55, 135)], fill=20, width=14)
    picture.save(path)
    return path


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


def save_colour_model() -> None:
    """Keep an untrained model of 32 x 32 colour images under the name `colour`."""
    card = checkpoints.card("tiny")
    model = checkpoints.build("tanh", {"widths": [8]}, (3, 32, 32))
    colour = replace(
        card, name="colour", image_shape=(3, 32, 32), config=model.config.to_dict(), codes_sha256=""
    )
    checkpoints.save(colour, model)


def test_reconstruct_draws_the_originals_over_the_results(ae, tiny: str, here: Path) -> None:
    files = [draw_digit(here / "one.png"), draw_digit(here / "[two].png")]
    ran = ae("reconstruct", tiny, *files, "--json")
    assert ran.code == 0
    assert ran.json["out"] == "reconstructions.png"
    assert list(ran.json["mse"]) == [str(file) for file in files]
    assert all(0 < error < 0.3 for error in ran.json["mse"].values())
    picture = pixels(here / "reconstructions.png")
    assert picture.shape == (56, 56)
    original, result = picture[:28, :28] / 255, picture[28:, :28] / 255
    assert original.max() == 1
    assert original[:, :3].max() == 0
    error = ((original - result) ** 2).mean()
    assert error == pytest.approx(ran.json["mse"][str(files[0])], abs=1e-3)
    assert (picture[:, :28] == picture[:, 28:]).all()


def test_reconstruct_says_how_far_off_each_picture_is(ae, tiny: str, here: Path) -> None:
    file = draw_digit(here / "[one].png")
    ran = ae("reconstruct", tiny, file, "--out", "to.png")
    assert ran.code == 0
    assert f"{file}: MSE 0." in ran.out
    assert ran.out.endswith("Wrote to.png.\n")
    assert (here / "to.png").is_file()


def test_reconstruct_refuses_what_is_no_picture_of_a_digit(ae, tiny: str, here: Path) -> None:
    Image.new("L", (60, 60), 200).save(here / "blank.png")
    (here / "text.png").write_text("no picture")
    ae("reconstruct", tiny, "none.png").check_refused("none.png", "No such file")
    ae("reconstruct", tiny, "text.png").check_refused("text.png")
    ae("reconstruct", tiny, "blank.png").check_refused()
    ae("reconstruct", tiny, here).check_refused(str(here), "Is a directory")
    ae("reconstruct", tiny).check_refused("Missing argument")
    assert not (here / "reconstructions.png").exists()


def test_reconstruct_refuses_a_model_of_other_images(ae, tiny: str, here: Path) -> None:
    save_colour_model()
    ae("reconstruct", "colour", draw_digit(here / "one.png")).check_refused(
        "colour does not take digits of 28 x 28 pixels"
    )


@pytest.mark.parametrize(
    "code",
    [
        ["--code", "0.02", "-0.543", "-0.012"],
        ["--code", "0.02,-0.543,-0.012"],
        ["--code", "0.02 -0.543 -0.012"],
        ["--code=0.02,-0.543,-0.012"],
        ["--code", "+0.02", "-.543", "-12e-3"],
        ["--code", "[0.02,-0.543,-0.012]"],
    ],
    ids=" ".join,
)
def test_decode_takes_a_code_typed_by_hand(ae, code: list[str], tiny: str, here: Path) -> None:
    ran = ae("decode", tiny, *code, "--out", "x.png", "--json")
    assert ran.code == 0
    assert ran.json["out"] == "x.png"
    assert ran.json["code"] == pytest.approx([0.02, -0.543, -0.012])
    z = latent.parse_code("0.02 -0.543 -0.012", 3).unsqueeze(0)
    image = checkpoints.load(tiny).model.decode(z)[0, 0].numpy()
    assert np.abs(pixels(here / "x.png") / 255 - image).max() < 0.003


def test_decode_takes_the_code_after_the_other_options(ae, tiny: str, here: Path) -> None:
    ran = ae("decode", tiny, "--out", "[x].png", "--code", "-1", "-2", "-3")
    assert (ran.code, ran.out, ran.err) == (0, "Wrote [x].png.\n", "")
    assert pixels(here / "[x].png").shape == (28, 28)


def test_decode_draws_colour_where_the_model_has_it(ae, tiny: str, here: Path) -> None:
    save_colour_model()
    ran = ae("decode", "colour", "--code", "0", "0", "0")
    assert ran.code == 0
    assert pixels(here / "decoded.png").shape == (32, 32, 3)


@pytest.mark.parametrize(
    "code",
    [
        ["--code", "1", "2"],
        ["--code", "1", "2", "3", "4"],
        ["--code", "1", "2", "1e9"],
        ["--code", "nan,1,2"],
        ["--code", "inf,1,2"],
        ["--code", ""],
        ["--code", "one two three"],
    ],
    ids=" ".join,
)
def test_decode_refuses_what_is_no_code(ae, code: list[str], tiny: str, here: Path) -> None:
    ae("decode", tiny, *code).check_refused("A code of this model is 3 numbers between")
    assert list(here.iterdir()) == []


def test_decode_refuses_half_a_command(ae, tiny: str, here: Path) -> None:
    ae("decode", tiny).check_refused("Missing option '--code'", "decode --help")
    ae("decode", tiny, "--code").check_refused("A code of this model is 3 numbers")
    ae("decode", tiny, "--code", "--out", "x.png").check_refused("A code of this model")
    for words in (("1", "2", "nan"), ("a", "b", "c"), ("1", "b")):
        ae("decode", tiny, "--code", *words).check_refused("A code of this model is 3 numbers")
    ae("decode").check_refused("Missing")


def test_a_picture_that_cannot_be_written_is_refused(ae, tiny: str, here: Path) -> None:
    refused = ae("decode", tiny, "--code", "1", "2", "3", "--out", "nowhere/x.png")
    refused.check_refused("nowhere/x.png cannot be written", "No such file or directory")
