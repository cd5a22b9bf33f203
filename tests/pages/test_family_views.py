"""Every family on every page, and what each has of its own to show, as Streamlit runs it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ae_core import checkpoints
from ae_core.latent import sparsity
from ae_core.models import FAMILIES, FAMILY_OF
from ae_core.settings import settings
from ae_core.training import runs
from ae_core.training.runs import RunSpec
from pages.ui.family_views import family_view, numbers
from tests.pages.app_pages import code, components, model, opened, press, words

pytestmark = pytest.mark.usefixtures("fresh_caches")

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
WITHOUT_A_MODEL = {"classroom", "glossary", "image_sets", "join", "lessons", "train"}
SIZES = (1, 3, 16, 128)
MORE_SIZES = (2, 4, 8, 32, 49, 64)
SMALL: dict[str, dict[str, Any]] = {
    "residual": {"width": 8},
    "conv": {"outer_channels": 2, "inner_channels": 2},
    "rectified": {"encoder_widths": [16], "decoder_widths": [16]},
}

TITLES = {
    "sparse": "numbers of this code",
    "k_sparse": "numbers of this code",
    "fsq": "37.2 bits instead of 6,272",
    "contractive": "How far the code moves",
    "pca": "The 32 pictures",
    "conv": "a picture of 7 x 7",
    "vae": "a cloud of codes",
    "beta_vae": "a cloud of codes",
    "vae_conv": "a cloud of codes",
    "conditional_vae": "One handwriting",
    "tanh": "drawn as the images they are of",
}


def train(root: Path, preset: str, name: str, **config: object) -> None:
    """A checkpoint of the built-in digits after two steps."""
    family = FAMILIES[FAMILY_OF[preset]]
    widths = {"widths": [16]} if hasattr(family.config, "widths") else {}
    small: dict[str, Any] = {**widths, **SMALL.get(FAMILY_OF[preset], {}), **config}
    spec = RunSpec(preset, "digits", config=small, steps=2, name=name, keep_codes=True)
    run = runs.start(spec, on="cpu", root=root)
    for _ in run.training:
        pass
    runs.finish(run)


@pytest.fixture(scope="session")
def families(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One tiny checkpoint of each family, under the family's name."""
    root = tmp_path_factory.mktemp("families")
    for family, declared in FAMILIES.items():
        train(root, next(iter(declared.presets)), family.replace("_", "-"))
    return root


@pytest.fixture
def everyone(families: Path, home: Path) -> None:
    shutil.copytree(families, home / "checkpoints")


@pytest.mark.usefixtures("everyone")
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.one_in(5)
def test_every_family_opens_on_every_page(family: str) -> None:
    name = family.replace("_", "-")
    for script in set(PAGES) - WITHOUT_A_MODEL:
        app = opened(script, model=name)
        assert not app.exception, script
        assert [error.value for error in app.error] == [], script
        assert model(app) == name
        if script == "latent_space":
            assert TITLES.get(family, "") in words(app)


@pytest.mark.parametrize("script", sorted(WITHOUT_A_MODEL))
def test_page_without_a_model_opens_whatever_model_is_in_the_address(
    script: str, tiny: str
) -> None:
    app = opened(script, model=tiny)
    assert not app.exception
    assert [error.value for error in app.error] == []


@pytest.mark.usefixtures("everyone")
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.one_in(5)
def test_every_family_has_a_decoded_map_and_moves_by_dice(family: str) -> None:
    app = opened("latent_space", model=family.replace("_", "-"), view="decoded")
    press(app, "Random code")
    assert not app.exception
    assert [error.value for error in app.error] == []


@pytest.mark.parametrize("preset", ["sparse-16", "fsq-16", "pca-32", "contractive-64", "vae-2"])
@pytest.mark.parametrize(
    "latent_dim", [*SIZES, *(pytest.param(size, marks=pytest.mark.long) for size in MORE_SIZES)]
)
@pytest.mark.one_in(5)
def test_own_view_takes_codes_of_every_size(home: Path, preset: str, latent_dim: int) -> None:
    def page() -> None:
        from ae_core import checkpoints
        from pages.ui.family_views import family_view
        from pages.ui.live_map import code_control

        card = checkpoints.card("sized")
        code_control.current(card)
        code_control.sliders(card)
        family_view.show(card)

    train(home / "checkpoints", preset, "sized", latent_dim=latent_dim)
    app = AppTest.from_function(page, default_timeout=120).run()
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert len(app.slider) == latent_dim
    assert len(app.header) == 1 + (latent_dim == 3)


@pytest.mark.usefixtures("server_decodes")
@pytest.mark.parametrize("style_dim", [1, 2, 3, 5])
@pytest.mark.parametrize("view", ["codes", "decoded"])
@pytest.mark.one_in(5)
def test_class_and_style_of_every_size_make_a_page(home: Path, style_dim: int, view: str) -> None:
    train(home / "checkpoints", "conditional-vae-12", "told", style_dim=style_dim)
    app = opened("latent_space", model="told", view=view)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert len(app.slider) == style_dim


@pytest.mark.usefixtures("everyone", "server_decodes")
def test_picked_class_changes_the_class_of_the_code_and_keeps_its_style() -> None:
    app = opened("latent_space", model="conditional-vae", z="0.5,-0.25" + ",0" * 9 + ",1")
    before = code(app)
    app.button_group(key="class:conditional-vae").set_value(7).run()
    after = code(app)
    assert after[:2] == pytest.approx(before[:2], abs=1e-3)
    assert after[2:] == [float(index == 7) for index in range(10)]
    assert "class 7" in words(app)


@pytest.mark.usefixtures("everyone")
def test_dice_and_addresses_give_codes_of_one_class_and_in_whole_steps() -> None:
    mixed = opened("latent_space", model="conditional-vae", z="0,0" + ",0.1" * 9 + ",0.2")
    (data,) = (json.loads(part.proto.json) for part in components(mixed)
               if '"moved"' in part.proto.json)  # fmt: skip
    assert data["z"] == [0.0] * 11 + [1.0]
    stepped = opened("latent_space", model="fsq")
    press(stepped, "Random code")
    assert set(code(stepped)) <= {-1.0, -0.5, 0.0, 0.5, 1.0}


@pytest.mark.usefixtures("everyone", "server_decodes")
def test_sliders_of_steps_reach_from_the_lowest_level_to_the_highest() -> None:
    app = opened("latent_space", model="fsq")
    assert {(slider.min, slider.max, slider.step) for slider in app.slider} == {(-1.0, 1.0, 0.5)}
    app.slider[0].set_value(1.0).run()
    assert code(app)[0] == 1.0


@pytest.mark.usefixtures("everyone")
def test_draw_again_draws_other_codes_and_the_address_repeats_them() -> None:
    app = opened("latent_space", model="vae")
    before = words(app)
    press(app, "Draw again")
    assert app.query_params["clouds"] == "1"
    assert words(app) != before
    assert "Its cloud, draw 8" in words(app)
    assert "The prior, draw 10" in words(app)
    assert words(opened("latent_space", model="vae", clouds="1")) == words(app)


@pytest.mark.usefixtures("everyone")
def test_dead_numbers_of_a_variational_code_are_named() -> None:
    text = words(opened("latent_space", model="beta-vae"))
    assert "nats in all" in text
    assert "Dead, below 0.05 nats" in text  # after two steps some say nothing yet


@pytest.mark.usefixtures("server_decodes")
def test_question_mark_leads_off_the_map() -> None:
    app = opened("latent_space", model="digits-tanh-3")
    assert "off the map" not in words(app)
    press(app, "The question mark")
    assert not app.exception
    assert words(app).count("off the map") == 2


@pytest.mark.usefixtures("everyone")
def test_canvas_shows_other_digits_when_asked() -> None:
    app = opened("reconstruct", model="rectified")
    before = words(app)
    assert "4 by 4 test images: originals" in before
    press(app, "Another sixteen")
    assert words(app) != before


@pytest.mark.usefixtures("everyone")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pca", "784 numbers become 32: 24.5 times fewer."),
        ("fsq", "6,272 bits become 37.2: 169 times fewer."),
        ("conditional-vae", "784 numbers become 2 for the style and the name of a class."),
    ],
)
def test_reconstruct_says_how_many_times_fewer_numbers_are_left(name: str, text: str) -> None:
    assert text in words(opened("reconstruct", model=name))


def test_model_of_mnist_shows_its_own_view_where_there_is_no_mnist() -> None:
    app = opened("latent_space", model="mnist-vae-conv-2-longer")
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert r"test images of Built\-in digits" in words(app)


def test_changed_weights_are_named_in_one_sentence_on_the_pages_with_own_views() -> None:
    changed = settings().home / "checkpoints" / "digits-tanh-3"
    shutil.copytree(ROOT / "checkpoints" / "digits-tanh-3", changed)
    with (changed / "weights.safetensors").open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"abcd")
    for script in ("latent_space", "reconstruct"):
        app = opened(script, model="digits-tanh-3")
        assert not app.exception
        assert "is not the file that its card names" in app.error[0].value


@pytest.mark.usefixtures("everyone")
@pytest.mark.parametrize(
    ("name", "fragments"),
    [("sparse", ("own",)), ("tanh", ("own",)), ("vae", ()), ("deep", ())],
)
def test_only_views_that_show_the_moved_code_are_drawn_again(
    name: str, fragments: tuple[str, ...]
) -> None:
    assert family_view.followers(checkpoints.card(name)) == fragments


def test_published_sparse_code_is_said_not_to_be_sparse_and_the_k_sparse_ones_are() -> None:
    said = {}
    for name in ("mnist-sparse-16", "mnist-k-sparse-16", "mnist-k-sparse-64"):
        kept = checkpoints.load(name)
        assert kept.codes is not None
        found = sparsity.sparsity(kept.codes)
        said[name] = numbers.how_sparse(found, None, "", of="some images")
        if name == "mnist-k-sparse-64":
            assert found.near_zero >= 0.7 and found.alive >= 0.5
            assert kept.card.metrics["bce"] <= 0.095
    assert [name for name, words in said.items() if "is not sparse" in words] == ["mnist-sparse-16"]
