"""Every page as Streamlit runs it: with and without MNIST, with good and nonsense addresses."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from ae_core import checkpoints, image_sets, latent
from ae_core.checkpoints.cards import Card
from ae_core.evaluation import metrics
from ae_core.jobs import analysis_runner
from ae_core.settings import settings
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from pages.ui.shared import cached, widgets
from pages.ui.shared.labels import NOISES
from tests.pages.app_pages import code, components, model, opened, words
from tests.shipped import of_the_digits

pytestmark = pytest.mark.usefixtures("fresh_caches")

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("home", "reconstruct", "latent_space", "denoise", "models")


def has_picture(app: AppTest) -> bool:
    """Whether the page shows an image, or a part of it that draws in the browser."""
    found = words(app)
    return 'alt="' in found or "aria-label=" in found or bool(components(app))


@pytest.mark.parametrize("script", PAGES)
def test_page_opens_on_the_built_in_digits_where_there_is_no_mnist(script: str) -> None:
    app = opened(script)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert model(app) == "digits-vae-conv-2"
    assert has_picture(app)


@pytest.mark.usefixtures("mnist")
@pytest.mark.parametrize("script", PAGES)
def test_page_opens_on_mnist_where_it_is(script: str) -> None:
    app = opened(script)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert model(app) == "mnist-vae-conv-2-longer"
    assert "MNIST is not on this server" not in words(app)


@of_the_digits
@pytest.mark.parametrize("script", ["reconstruct", "latent_space", "denoise"])
@pytest.mark.one_in(9)
def test_page_works_with_every_shipped_model(script: str, name: str) -> None:
    app = opened(script, model=name)
    assert not app.exception
    assert not app.error
    assert model(app) == name


@pytest.mark.parametrize("script", ["reconstruct", "latent_space", "denoise"])
def test_model_of_mnist_stays_usable_without_it_and_says_how_to_get_it(script: str) -> None:
    app = opened(script, model="mnist-dense-49")
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert "AE_DATA_DIR" in words(app)
    assert any("Fetch MNIST" in button.label for button in app.button)


@pytest.mark.parametrize("script", PAGES)
def test_unknown_model_in_the_address_gives_one_sentence_and_another_model(script: str) -> None:
    app = opened(script, model="../../etc/passwd")
    assert not app.exception
    assert len(app.warning) == 1
    assert "left out of the address" in app.warning[0].value
    assert "model" in app.warning[0].value
    assert model(app) == "digits-vae-conv-2"


@pytest.mark.parametrize("given", ["nan,nan", "1,2,3", "x", "1e99,0", "9" * 100_000])
def test_nonsense_code_in_the_address_is_left_out_with_one_sentence(given: str) -> None:
    app = opened("latent_space", model="digits-vae-conv-2", z=given)
    assert not app.exception
    assert len(app.warning) == 1
    assert app.warning[0].value.endswith(": code.")
    assert code(app) == []


def test_model_in_the_address_cannot_put_a_link_on_the_page() -> None:
    assert "example.org" not in words(opened("home", model="[here](https://example.org)"))


def test_code_in_the_address_is_the_code_that_is_shown() -> None:
    app = opened("latent_space", model="digits-tanh-3", z="0.5,-0.25,0.125")
    assert code(app) == [0.5, -0.25, 0.125]
    assert "(0.50, -0.25, 0.12)" in words(app)


@pytest.mark.usefixtures("server_decodes")
def test_slider_moves_the_code_the_picture_and_the_address() -> None:
    app = opened("latent_space", model="digits-vae-conv-2", z="0,0")
    before = words(app)
    high = app.slider[0].max
    app.slider[0].set_value(high).run()
    assert not app.exception
    assert code(app)[0] == pytest.approx(high, abs=1e-3)
    assert words(app) != before
    assert float(app.query_params["z"].split(",")[0]) == pytest.approx(high, abs=0.01)


@pytest.mark.usefixtures("server_decodes")
def test_far_code_is_called_off_the_map() -> None:
    near = opened("latent_space", model="digits-tanh-3")
    far = opened("latent_space", model="digits-tanh-3", z="500,500,500")
    assert "among the codes of real images" in words(near)
    assert "off the map" in words(far)


def test_typed_code_moves_there_and_a_wrong_one_says_what_a_code_is() -> None:
    app = opened("latent_space", model="digits-tanh-3")
    app.text_input(key="typed").set_value("0.02 -0.543 -0.012").run()
    assert code(app) == [0.02, -0.543, -0.012]
    assert app.text_input(key="typed").value == ""
    app.text_input(key="typed").set_value("one two three").run()
    assert "3 numbers" in app.error[0].value
    assert code(app) == [0.02, -0.543, -0.012]


def test_random_code_is_another_one_each_time() -> None:
    app = opened("latent_space", model="digits-vae-conv-2")
    codes = []
    for _ in range(3):
        next(button for button in app.button if button.label == "Random code").click().run()
        codes.append(tuple(code(app)))
    assert len(set(codes)) == 3


@pytest.mark.parametrize("way", ["one of each", "random", "class", "worst", "best", "number"])
@pytest.mark.one_in(2)
def test_images_can_be_chosen_in_every_way(way: str) -> None:
    app = opened("reconstruct", which=way)
    analysis_runner.answer_all()  # the errors, where the choice needs them
    app.run()
    assert not app.exception
    assert words(app).count("reconstructed") >= 10


def test_worst_and_best_are_those_of_all_images_once_they_are_measured() -> None:
    def shown(app: AppTest) -> list[int]:
        return [int(n) for n in re.findall(r"test image (\d+), reconstructed", words(app))]

    card, found = checkpoints.load("digits-dense-49"), image_sets.load("digits")
    x_hat = latent.reconstruct(card.model, found.test)
    order = metrics.mse(x_hat, found.test.float().div(255)).argsort(descending=True).tolist()
    for way, expected in {"worst": order[:10], "best": order[::-1][:10]}.items():
        app = opened("reconstruct", model="digits-dense-49", which=way)
        analysis_runner.answer_all()
        assert shown(app.run()) == expected


def test_worst_images_say_that_they_are_any_until_all_are_measured() -> None:
    """Also beside the errors of the same model, which are asked for in two places."""
    side_by_side = {"part": "side by side", "compare": "digits-dense-49,digits-tanh-3"}
    for script, more in {"reconstruct": {}, "compare": side_by_side}.items():
        app = opened(script, which="worst", **more)
        assert not app.exception
        assert "Until all are measured, these are any 10." in words(app)
        analysis_runner.answer_all()
        assert not app.run().exception
        assert "Until all are measured" not in words(app)


def test_one_of_each_is_bounded_where_there_are_many_classes() -> None:
    def page() -> None:
        from dataclasses import replace

        import streamlit as st
        import torch

        from ae_core import checkpoints, image_sets
        from pages.ui.shared import choosing

        digits = image_sets.load("digits")
        labels = torch.arange(len(digits.test)) % 300
        many = replace(digits, test_labels=labels, classes=tuple(map(str, range(300))))
        st.text(len(choosing.choose(many, checkpoints.card("digits-dense-49"))))

    assert AppTest.from_function(page).run().text[0].value == "20"


@pytest.mark.parametrize(
    ("script", "key"),
    [
        *(("reconstruct", key) for key in ("source", "which", "number", "class", "draw")),
        *(("latent_space", key) for key in ("view", "from", "to", "way", "pair")),
        *(("denoise", key) for key in ("noise", "noise-strength", "noise-mean", "which")),
    ],
)
@pytest.mark.one_in(6)
def test_address_that_names_a_choice_without_a_value_shows_the_usual(script: str, key: str) -> None:
    way = {"class": "class", "number": "number"}.get(key, "")
    app = opened(script, **{"which": way} if way else {}, **{key: ""})
    assert not app.exception
    assert not app.error
    assert has_picture(app)


def test_redraw_of_a_page_that_was_left_shows_no_error() -> None:
    def page() -> None:
        import streamlit as st

        from pages.ui.browser.debounce import redraw

        st.button("Rested", on_click=redraw, args=("map",))

    app = AppTest.from_function(page).run()
    app.button[0].click().run()
    assert not app.exception


def test_another_ten_shows_other_images_and_puts_the_draw_into_the_address() -> None:
    app = opened("reconstruct", which="random")
    before = words(app)
    next(button for button in app.button if button.label == "Another ten").click().run()
    assert words(app) != before
    assert app.query_params["draw"] == "1"
    again = opened("reconstruct", which="random", draw="1")
    assert words(again) == words(app)


@pytest.mark.usefixtures("server_decodes")
@pytest.mark.parametrize("kind", NOISES.values())
def test_noise_slider_changes_the_noisy_and_the_restored_row(kind: str) -> None:
    app = opened("denoise", noise=kind)
    before = words(app)
    app.slider[0].set_value(app.slider[0].max).run()
    assert not app.exception
    assert "Noisy" in before
    assert "restored by the model trained on noise" in before
    assert words(app) != before


def test_no_checkpoint_at_all_says_how_to_train_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ae_core.settings.APP", tmp_path)
    for script in PAGES:
        app = opened(script)
        assert not app.exception
        assert "python -m ae_core train" in app.error[0].value


def test_broken_checkpoint_folder_is_named_and_the_rest_of_the_page_lives() -> None:
    broken = settings().home / "checkpoints" / "torn"
    shutil.copytree(ROOT / "checkpoints" / "digits-tanh-3", broken)
    (broken / "card.json").write_text("{", encoding="utf-8")
    app = opened("reconstruct")
    assert not app.exception
    assert "torn" in words(app)
    assert "Reconstruction" in words(app)


def test_checkpoint_with_changed_weights_is_refused_in_one_sentence() -> None:
    changed = settings().home / "checkpoints" / "digits-tanh-3"
    shutil.copytree(ROOT / "checkpoints" / "digits-tanh-3", changed)
    with (changed / "weights.safetensors").open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"abcd")
    for script in PAGES:
        app = opened(script, model="digits-tanh-3")
        assert not app.exception
        assert "is not the file that its card names" in app.error[0].value


def test_cut_mnist_file_gives_one_sentence_and_the_page_lives() -> None:
    folder = settings().data / "MNIST" / "raw"
    folder.mkdir(parents=True)
    (folder / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03 cut")
    app = opened("reconstruct", model="mnist-dense-49")
    assert not app.exception
    assert "cut short" in app.error[0].value
    assert "Reconstruction" in words(app)


def test_name_from_outside_is_text_and_no_markup() -> None:
    assert widgets.as_text("![x](http://h/b) *a*") == "\\!\\[x\\]\\(http\u2060\\://h/b\\) \\*a\\*"
    assert widgets.as_text("Ziffer 7") == "Ziffer 7"


@pytest.mark.parametrize("latent_dim", [1, 2, 4])
@pytest.mark.parametrize("view", ["codes", "decoded"])
def test_code_of_any_size_works_on_every_page(latent_dim: int, view: str) -> None:
    spec = RunSpec("tanh-3", "digits", config={"latent_dim": latent_dim}, steps=5, name="any")
    run = runs.start(spec, on="cpu")
    for _ in run.training:
        pass
    runs.finish(run)
    for script in PAGES:
        app = opened(script, model="any", view=view)
        assert not app.exception, script
        assert [error.value for error in app.error] == []


@pytest.mark.usefixtures("fresh_caches", "server_decodes")
def test_a_walk_is_between_classes_that_have_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = cached.codes

    def of_two_classes(card: Card) -> tuple[torch.Tensor, torch.Tensor]:
        z, labels = codes(card)
        return z[labels < 2], labels[labels < 2]

    monkeypatch.setattr(cached, "codes", of_two_classes)
    app = opened("latent_space", model="digits-vae-conv-2")
    assert not app.exception
    assert app.selectbox(key="from").options == ["0", "1"]
