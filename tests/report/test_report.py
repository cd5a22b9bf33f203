"""The report: every checkpoint with its own figures, in one page that fetches nothing."""

from __future__ import annotations

import json
import re
import signal
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from markupsafe import escape
from PIL import Image
from plotly.offline import get_plotlyjs

from ae_core import checkpoints, latent, settings
from ae_core.checkpoints import Broken
from ae_core.checkpoints.cards import Card
from ae_core.cli import main
from ae_core.evaluation.scores import evaluate
from ae_core.image_sets import ImageSet
from ae_core.models import parameter_count
from ae_core.report import entries, figures
from ae_core.report import page as report_page
from ae_core.report.entries import MAX_POINTS, Entry
from tests.conftest import Mnist

HOSTILE = '<script>alert("1")</script><img src="http://host/b">'
CURVE = {"step": [10.0, 20.0, 30.0], "bce": [130.0, 110.0, 105.0], "kl": [0.5, 4.0, 5.0]}
MADE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing ships: the only checkpoints are those that a test makes."""
    monkeypatch.setattr(settings, "APP", tmp_path / "root")


def entry_of(name: str) -> Entry:
    (found,) = entries.entries([checkpoints.card(name)])
    assert isinstance(found, Entry)
    return found


def page_of(*found: Entry, broken: tuple[Broken, ...] = ()) -> str:
    """The report without Plotly's own script."""
    page = report_page.page(found, broken, made=MADE)
    assert page.count(get_plotlyjs()) == 1
    return page.replace(get_plotlyjs(), "")


def save_as(name: str, *, of: str = "tiny", keep_codes: bool = True, **changes: Any) -> Card:
    """The checkpoint `of` under another name, with another card."""
    found = checkpoints.load(of)
    codes, labels = (found.codes, found.labels) if keep_codes else (None, None)
    changed = replace(found.card, name=name, codes_sha256="", **changes)
    return checkpoints.save(changed, found.model, codes=codes, labels=labels)


def numbers(figure: Any) -> int:
    return sum(len(trace.x) for trace in figure.data)


def test_figures_are_those_of_evaluate(tiny: str, digits: ImageSet) -> None:
    entry = entry_of(tiny)
    model = checkpoints.load(tiny).model
    assert entry.metrics == evaluate(model, digits.test)
    assert entry.measured_on == 360
    assert entry.parameters == parameter_count(model)
    page = page_of(entry)
    assert "360 test images" in page
    assert f"<td>{entry.metrics['bce']:.4f}</td><td>{entry.metrics['mse']:.4f}</td>" in page


def test_without_the_images_figures_are_the_cards_and_pictures_come_from_the_codes(
    tiny: str,
) -> None:
    for name, image_set in {"far": "letters", "absent": "mnist"}.items():
        card = save_as(name, image_set=image_set)
        entry = entry_of(name)
        assert (entry.metrics, entry.measured_on) == (card.metrics, 0)
        assert entry.originals is None
        kept = checkpoints.load(name)
        assert kept.codes is not None and entry.reconstructions is not None
        assert torch.equal(entry.reconstructions, latent.decode(kept.model, kept.codes[:10]))
        page = page_of(entry)
        assert "not on this machine" in page
        assert "figures on the card" in page
        assert "the originals missing" in page


def test_without_images_and_codes_there_are_still_figures(tiny: str) -> None:
    save_as("far", image_set="letters", keep_codes=False)
    entry = entry_of("far")
    assert entry.reconstructions is None and entry.code_map is None
    page = page_of(entry)
    assert "no images here and no codes to draw from" in page
    assert "no images to make some from" in page


def test_images_of_another_size_are_not_given_to_a_model(tiny: str) -> None:
    model = checkpoints.build("tanh", {"widths": [8]}, (3, 32, 32))
    card = replace(
        checkpoints.card(tiny), name="colour", image_shape=(3, 32, 32),
        config=model.config.to_dict(), codes_sha256="",
    )  # fmt: skip
    codes, labels = torch.randn(20, 3), torch.arange(20) % 12
    checkpoints.save(card, model, codes=codes, labels=labels)
    entry = entry_of("colour")
    assert entry.measured_on == 0
    assert entry.reconstructions is not None
    assert entry.reconstructions.shape == (10, 3, 32, 32)
    assert entry.code_map is not None
    assert entry.code_map.classes[-1] == "11"
    assert "not of the size" in page_of(entry)


def test_a_checkpoint_that_does_not_load_is_named_and_the_others_are_shown(
    tiny: str, home: Path
) -> None:
    save_as("torn")
    (home / "checkpoints" / "torn" / "weights.safetensors").write_bytes(b"torn")
    cards = checkpoints.available()[0]
    shown, torn = sorted(entries.entries(cards), key=lambda found: isinstance(found, Broken))
    assert isinstance(torn, Broken) and isinstance(shown, Entry)
    page = page_of(shown, broken=(torn,))
    assert 'id="r-tiny"' in page
    assert 'id="r-torn"' not in page
    assert f"Left out: {escape(torn.reason)}" in page


def test_the_page_holds_every_checkpoint_in_every_section(tiny: str) -> None:
    for number in range(3):
        save_as(f"more-{number}", curve=CURVE)
    found = [entry_of(f"more-{number}") for number in range(3)]
    page = page_of(*found)
    for entry in found:
        assert f'href="#r-{entry.name}"' in page
        assert f'id="r-{entry.name}"' in page
        # In the captions of reconstructions, map and training curve.
        assert page.count(f"<b>{entry.name}</b>") == 3
    assert page.count('class="strip"') == 3
    assert page.count('class="plot space"') == 3


def test_what_a_card_says_is_never_html(tiny: str) -> None:
    card = save_as(
        "odd", title=HOSTILE, image_set=HOSTILE,
        curve={"step": [1.0, 2.0], HOSTILE: [3.0, 2.0], "</script>": [1.0, 2.0]},
    )  # fmt: skip
    assert card.title == HOSTILE
    page = page_of(entry_of("odd"), broken=(Broken("b", HOSTILE),))
    assert escape(HOSTILE) in page
    for harm in ("<script>alert", '<img src="http', '</script>"', "<\\/script>"):
        assert harm not in page
    scripts = re.findall(r"<script[^>]*>", page)
    assert page.count("</script>") == len(scripts)
    assert set(scripts) == {"<script>", '<script type="application/json">'}


def test_the_page_fetches_nothing(tiny: str) -> None:
    page = page_of(entry_of(tiny))
    for reference in re.findall(r'(?:src|href)="([^"]{0,30})', page):
        assert reference.startswith(("#", "data:"))
    assert not re.search(r"url\(|@import|https?://", page)
    policy = page.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_a_strip_shows_ten_originals_over_their_reconstructions(
    tiny: str, digits: ImageSet
) -> None:
    entry = entry_of(tiny)
    data = page_of(entry).split('src="data:image/png;base64,')[1].split('"')[0]
    picture = np.asarray(Image.open(BytesIO(b64decode(data))))
    assert picture.shape == (56, 280)
    assert (picture[:28] == np.concatenate(list(digits.test[:10, 0].numpy()), axis=1)).all()
    drawn = latent.reconstruct(checkpoints.load(tiny).model, digits.test[:10])[:, 0].numpy()
    assert np.abs(picture[28:] / 255 - np.concatenate(list(drawn), axis=1)).max() < 0.003


def with_codes(entry: Entry, size: int, count: int = 4000) -> Entry:
    """The entry with other codes on its map, as if its model had that code size."""
    torch.manual_seed(size)
    model = checkpoints.load("tiny").model
    card = replace(entry.card, code_low=[-1.0] * size, code_high=[1.0] * size)
    found = checkpoints.Checkpoint(card, model, torch.randn(count, size), torch.arange(count) % 10)
    return replace(entry, card=card, code_map=entries.map_of(found, None))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 49])
def test_a_map_has_a_point_for_each_of_at_most_1500_codes(size: int, tiny: str) -> None:
    found = with_codes(entry_of(tiny), size).code_map
    assert found is not None
    assert MAX_POINTS / 2 < len(found.points) <= MAX_POINTS == 1500
    assert len(found.axes) == found.points.shape[1] == (size if size <= 3 else 2)
    figure = figures.code_map(found)
    assert numbers(figure) == len(found.points)
    assert {trace.type for trace in figure.data} == {"scatter3d" if size == 3 else "scatter"}
    assert len({trace.marker.color for trace in figure.data}) == 10


def test_a_map_of_a_longer_code_shows_its_principal_axes(tiny: str) -> None:
    torch.manual_seed(0)
    codes = torch.randn(500, 5) * torch.tensor([0.1, 9.0, 0.1, 3.0, 0.1])
    found = checkpoints.Checkpoint(
        checkpoints.card(tiny), checkpoints.load(tiny).model, codes, torch.zeros(500).long()
    )
    code_map = entries.map_of(found, None)
    assert code_map is not None
    centred = codes - codes.mean(0)
    for axis, dimension in enumerate((1, 3)):
        seen = code_map.points[:, axis]
        assert torch.corrcoef(torch.stack([seen, centred[:, dimension]]))[0, 1] > 0.99
    assert code_map.axes[0] == "first principal axis, 88% of the spread"


def test_models_that_keep_no_codes_are_mapped_by_the_test_images(
    tiny: str, digits: ImageSet
) -> None:
    save_as("bare", keep_codes=False)
    found = entry_of("bare").code_map
    assert found is not None
    assert torch.equal(found.points, latent.encode(checkpoints.load("bare").model, digits.test))
    assert torch.equal(found.labels, digits.test_labels)


def as_step(entry: Entry, kind: str, size: int, mse: float) -> Entry:
    """The entry as one step of a ladder of models."""
    card = replace(
        entry.card, name=f"digits-{kind}-{size}", preset=f"{kind}-2", code_low=[0.0] * size
    )
    return replace(entry, card=card, metrics={**entry.metrics, "mse": mse})


def test_the_bottleneck_curve_joins_each_ladder_and_leaves_the_others_as_points(tiny: str) -> None:
    entry = entry_of(tiny)
    steps = [
        as_step(entry, kind, size, 1 / (size + offset))
        for offset, kind in enumerate(("ae", "vae", "pca"))
        for size in (32, 2, 8)
    ]
    stranger = as_step(entry, "ae", 4, 0.3)
    stranger = replace(stranger, card=replace(stranger.card, name="my-own-one"))
    figure = figures.bottleneck([entry, *steps, stranger])
    lines = [trace for trace in figure.data if "lines" in trace.mode]
    points = [trace for trace in figure.data if "lines" not in trace.mode]
    assert [trace.name for trace in lines] == [
        "Plain, by code size", "Variational, by code size", "PCA, by code size",
    ]  # fmt: skip
    assert [list(trace.x) for trace in lines] == [[2, 8, 32]] * 3
    assert list(lines[1].y) == pytest.approx([1 / 3, 1 / 9, 1 / 33])
    assert [text for trace in points for text in trace.text] == ["tiny", "my-own-one"]
    assert figure.layout.xaxis.type == "log"


def test_sets_are_not_compared_with_one_another(tiny: str) -> None:
    save_as("far", image_set="letters")
    page = page_of(entry_of(tiny), entry_of("far"))
    assert page.count("what is lost with a code of so many numbers") == 2


def test_the_curve_holds_the_losses_of_the_card() -> None:
    figure = figures.training_curve(CURVE)
    assert figure is not None
    assert [trace.name for trace in figure.data] == ["bce", "kl"]
    for trace in figure.data:
        assert list(trace.x) == CURVE["step"]
        assert list(trace.y) == CURVE[trace.name]


@pytest.mark.parametrize(
    "curve",
    [{}, {"step": [1.0]}, {"bce": [1.0, 2.0]}, {"step": [1.0], "bce": [0.5]},
     {"step": [1.0, 2.0], "bce": [0.5]}],
)  # fmt: skip
def test_no_curve_is_drawn_where_there_is_none(curve: dict[str, list[float]], tiny: str) -> None:
    assert figures.training_curve(curve) is None
    entry = entry_of(tiny)
    page = page_of(replace(entry, card=replace(entry.card, curve=curve)))
    assert "No card holds the curve of its training" in page


@pytest.mark.parametrize(
    ("family", "metrics", "beta", "expected"),
    [
        ("vae", {"loss_bce": 90.0, "loss_kl": 6.0}, 1.0, "96.0"),
        ("vae", {"loss_bce": 90.0, "loss_kl": 6.0, "nelbo": 95.9}, 1.0, "95.9"),
        ("beta_vae", {"loss_bce": 90.0, "loss_kl": 8.0}, 4.0, "92.0"),
        ("vae", {"loss_bce": 90.0, "loss_kl": 0.0}, 0.0, ""),
        ("vae", {"loss_mse": 9.0, "loss_kl": 6.0}, 1.0, ""),
        ("conditional_vae", {"loss_bce": 90.0, "loss_kl": 6.0}, 1.0, "96.0 given the class"),
        ("dense", {}, None, ""),
    ],
)
def test_the_negative_elbo_undoes_the_weight_beta_and_says_what_it_is_given(
    tiny: str, family: str, metrics: dict[str, float], beta: float | None, expected: str
) -> None:
    config = {} if beta is None else {"beta": beta}
    card = replace(checkpoints.card(tiny), family=family, config=config, metrics=metrics)
    assert report_page.elbo_in_words(card) == expected


def test_fifty_checkpoints_make_a_page_of_less_than_15_megabytes(tiny: str) -> None:
    entry = with_codes(entry_of(tiny), 3, 10_000)
    many = [replace(entry, card=replace(entry.card, name=f"m-{number}")) for number in range(50)]
    assert len(report_page.page(many, (), made=MADE).encode()) < 15e6


@pytest.fixture
def ran(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command in a folder of its own, and give its exit code, output and errors."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run(*words: str) -> tuple[Any, str, str]:
        with pytest.raises(SystemExit) as ended:
            main.main(list(words))
        return ended.value.code or 0, *capsys.readouterr()

    return run


def test_the_command_writes_the_page(ran: Any, tiny: str) -> None:
    code, out, _ = ran("report")
    assert (code, out) == (0, "Wrote report.html: 1 checkpoint. Open it in a browser.\n")
    assert Path("report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_as_json_the_command_prints_the_table(ran: Any, tiny: str, home: Path) -> None:
    (home / "checkpoints" / "torn").mkdir()
    code, out, err = ran("report", "--json", "--out", "other.html")
    printed = json.loads(out)
    assert (code, err) == (0, "")
    assert (printed["out"], Path("other.html").is_file()) == ("other.html", True)
    assert [folder["name"] for folder in printed["broken"]] == ["torn"]
    entry = entry_of(tiny)
    assert printed["checkpoints"] == [entry.row()]
    row = printed["checkpoints"][0]
    assert {k: row[k] for k in ("bce", "mse", "psnr", "ssim")} == entry.metrics
    folder = home / "checkpoints" / tiny
    size = sum(file.stat().st_size for file in folder.iterdir())
    assert row["kilobytes"] == pytest.approx(size / 1000, abs=0.05)


def test_without_a_checkpoint_the_report_says_so(ran: Any) -> None:
    assert ran("report")[0] == 0
    assert "There is no checkpoint to report on" in Path("report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("out", [".", "nowhere/report.html"])
def test_a_page_that_cannot_be_written_is_refused_before_anything_is_measured(
    out: str, ran: Any, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "entries", None)
    code, printed, err = ran("report", "--out", out)
    assert (code, printed) == (2, "")
    assert f"{out} cannot be written" in err


def test_ctrl_c_leaves_the_former_report_as_it_was(
    ran: Any, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = entry_of(tiny)

    def interrupted(cards: Any) -> Iterator[Entry]:
        yield entry
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(entries, "entries", interrupted)
    Path("report.html").write_text("former")
    code, out, err = ran("report")
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == "Error: Stopped before the end: report.html was not written."
    assert Path("report.html").read_text() == "former"


def test_a_report_without_mnist_and_one_with_it(
    ran: Any, tiny: str, mnist: Mnist, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    save_as("of-mnist", image_set="mnist")
    rows = json.loads(ran("report", "--json")[1])["checkpoints"]
    assert {row["checkpoint"]: row["measured_on"] for row in rows} == {
        "of-mnist": 10_000, "tiny": 360,
    }  # fmt: skip
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path / "data"))
    rows = json.loads(ran("report", "--json")[1])["checkpoints"]
    assert {row["checkpoint"]: row["measured_on"] for row in rows} == {"of-mnist": 0, "tiny": 360}
