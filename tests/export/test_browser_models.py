"""What the server gives the live map: networks, codes, images, each by the hash of its content."""

from __future__ import annotations

import gzip
import re
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from ae_core import checkpoints, classifiers, image_sets, palette
from ae_core.accounts import ownership
from ae_core.accounts.cookies import cookie_of, owner_in
from ae_core.classifiers import onnx_files
from ae_core.errors import UserError
from ae_core.export import browser_models
from ae_core.image_sets import ImageSet
from pages.ui.browser import built
from pages.ui.state.declared import Map
from server import live_files
from tests.people import ME
from tests.routes import asked


def run(network: bytes, rows: torch.Tensor) -> np.ndarray:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: rows.numpy()})[0])


@pytest.mark.parametrize("name", ["digits-tanh-3", "digits-vae-conv-2"])
def test_browser_gets_both_halves_and_the_codes(name: str, digits: ImageSet) -> None:
    kept = checkpoints.load(name)
    sha256 = kept.card.weights_sha256
    z = torch.randn(3, kept.card.latent_dim)
    drawn = run(browser_models.part(name, sha256, "decoder"), z)
    np.testing.assert_allclose(drawn, kept.model.decode(z), atol=1e-5)
    x = digits.test[:2].float().div(255)
    code = run(browser_models.part(name, sha256, "encoder"), x)
    np.testing.assert_allclose(code[:, : kept.card.latent_dim], kept.model.encode(x), atol=1e-4)
    assert code.shape[1] == kept.card.latent_dim * (2 if kept.model.has_posterior else 1)
    data = browser_models.part(name, sha256, browser_models.labelled_codes(kept.card))
    assert kept.codes is not None and kept.labels is not None
    count = len(kept.codes)
    codes = np.frombuffer(data, np.float32, count * kept.card.latent_dim)
    np.testing.assert_array_equal(codes.reshape(count, -1), kept.codes)
    labels = np.frombuffer(data, np.int16, offset=codes.nbytes)
    np.testing.assert_array_equal(labels, kept.labels)


def test_browser_reads_what_torch_reads(digits: ImageSet) -> None:
    kept = classifiers.load("mnist-classifier")
    file = onnx_files.onnx_bytes("mnist-classifier", kept.card.weights_sha256)
    read = run(file, digits.test[:30].float().div(255))
    np.testing.assert_allclose(read, kept.classifier.predict(digits.test[:30])[1], atol=1e-4)
    with pytest.raises(UserError, match="have changed"):
        onnx_files.onnx_bytes("mnist-classifier", "0" * 64)


def test_model_that_names_a_class_has_no_posterior_over_whole_codes() -> None:
    assert not checkpoints.load("mnist-conditional-vae-12").model.has_posterior
    assert checkpoints.load("mnist-vae-2").model.has_posterior


def test_codes_are_made_where_none_ship(tiny: str, digits: ImageSet) -> None:
    kept = checkpoints.load(tiny)
    made, labels = browser_models.codes_of(
        checkpoints.Checkpoint(kept.card, kept.model, None, None)
    )
    assert kept.codes is not None
    torch.testing.assert_close(made, kept.codes, atol=2e-3, rtol=2e-3)
    assert torch.equal(labels, digits.test_labels)


@pytest.mark.parametrize(
    ("name", "sha256", "part", "said"),
    [
        ("nobody", "", "decoder", "There is no checkpoint"),
        ("../digits-tanh-3", "", "decoder", "There is no checkpoint"),
        ("digits-tanh-3", "0" * 64, "decoder", "have changed"),
        ("digits-tanh-3", "", "card.json", "has no part 'card.json'"),
    ],
)
def test_what_is_not_there_is_refused(name: str, sha256: str, part: str, said: str) -> None:
    known = checkpoints.card("digits-tanh-3").weights_sha256
    with pytest.raises(UserError, match=said):
        browser_models.part(name, sha256 or known, part)


def test_images_come_with_the_right_hash_and_in_bounds(digits: ImageSet) -> None:
    sha256, last = digits.sha256, len(digits.test) - 1
    given = browser_models.images_of("digits", sha256, f"5,0,{last}")
    assert given == digits.test[[5, 0, last]].numpy().tobytes()
    too_many = ",".join(["1"] * (browser_models.MOST_AT_ONCE + 1))
    wrong = ["", "-1", f"{last + 1}", "1,,2", "1.5", "\N{SUPERSCRIPT TWO}", "9" * 5000, too_many]
    for rows in wrong:
        with pytest.raises(UserError, match="no such images"):
            browser_models.images_of("digits", sha256, rows)
    with pytest.raises(UserError, match="have changed"):
        browser_models.images_of("digits", "0" * 64, "5")


def test_factors_come_with_the_right_hash_of_sets_that_have_them(digits: ImageSet) -> None:
    images = image_sets.load("shapes")
    assert images.factors is not None
    known = images.factors.test[:5].numpy().tobytes()
    assert browser_models.factors_of("shapes", images.sha256, 5) == known
    status, _, body = asked(f"/live-factors/shapes/{images.sha256}/5")
    assert (status, gzip.decompress(body)) == (200, known)
    for name, sha256 in (("shapes", "0" * 64), ("digits", digits.sha256)):
        with pytest.raises(UserError, match="have changed"):
            browser_models.factors_of(name, sha256, 5)


# The routes.

DIGITS_SHA256 = image_sets.load("digits").sha256


def test_parts_travel_compressed_and_are_kept_by_the_browser(digits: ImageSet) -> None:
    card = checkpoints.card("digits-tanh-3")
    part = browser_models.labelled_codes(card)
    address = f"/live-models/{card.name}/{card.weights_sha256}/{part}"
    status, headers, body = asked(address)
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert headers["content-encoding"] == "gzip"
    plain = asked(address, "identity")
    assert "content-encoding" not in plain[1]
    made = browser_models.part(card.name, card.weights_sha256, part)
    assert gzip.decompress(body) == plain[2] == made
    status, _, body = asked(f"/live-images/digits/{digits.sha256}/2,9")
    assert (status, gzip.decompress(body)) == (200, digits.test[[2, 9]].numpy().tobytes())


def test_what_belongs_to_somebody_is_given_to_those_alone_who_may_see_it(home: Path) -> None:
    kept = checkpoints.load("digits-tanh-3")
    checkpoints.save(
        replace(kept.card, name="my-own"), kept.model, codes=kept.codes, labels=kept.labels
    )
    ownership.add(ME, "my-own", ownership.CHECKPOINT, "Mine")
    path = f"/live-models/my-own/{checkpoints.card('my-own').weights_sha256}/decoder"

    def status(owner: str) -> int:
        return asked(path, owner=owner)[0]

    assert [status(owner) for owner in ("", "you", "me")] == [404, 404, 200]
    _, headers, body = asked(path, owner="me")
    assert headers["cache-control"] == "private, no-cache"
    assert asked(path, owner="me", etag=headers["etag"])[::2] == (304, b"")
    assert asked(path, owner="you", etag=headers["etag"])[0] == 404
    assert gzip.decompress(body) == browser_models.part("my-own", path.split("/")[3], "decoder")
    ownership.share(ME, "my-own", True)
    assert [status(owner) for owner in ("", "you", "me")] == [200, 200, 200]
    ownership.share(ME, "my-own", False)
    assert [status(owner) for owner in ("", "you", "me")] == [404, 404, 200]
    ownership.remove("my-own")
    assert [status(owner) for owner in ("", "you", "me")] == [404, 404, 404]
    forged = cookie_of("me")[:-2]
    assert owner_in(forged) == ""


@pytest.mark.parametrize(
    "path",
    [
        "/live/manifest.json",
        "/live/../app.py",
        "/live/nothing.js",
        "/live-models/nobody/00/decoder",
        "/live-classifiers/nobody/00",
        "/live-images/mnist/00/5",
        "/live-images/digits/00/many",
        f"/live-images/digits/{'0' * 64}/5",
        f"/live-images/digits/{DIGITS_SHA256}/many",
        f"/live-images/digits/{DIGITS_SHA256}/{'1,' * 300}1",
        f"/live-images/digits/{DIGITS_SHA256}/99999",
        "/live-factors/shapes/00/5",
        f"/live-factors/shapes/{'0' * 64}/0",
        f"/live-factors/shapes/{'0' * 64}/99999999999999999999",
    ],
)
def test_nothing_else_is_given_out(path: str) -> None:
    status, headers, _ = asked(path)
    assert status == 404
    assert "immutable" not in headers.get("cache-control", "")


def test_built_files_come_compressed() -> None:
    name = built.files()["live.js"]
    sizes = {}
    for encoding, coding in (("gzip, br", "br"), ("gzip", "gzip"), ("identity", None)):
        status, headers, body = asked(f"/live/{name}", encoding)
        assert status == 200
        assert headers.get("content-encoding") == coding
        sizes[coding] = len(body)
    assert sizes["br"] < sizes["gzip"] < sizes[None]


def test_without_a_build_there_are_no_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(built, "FOLDER", tmp_path_factory.mktemp("empty"))
    assert built.files() == {}


def test_class_that_comes_at_once_has_a_part_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = checkpoints.card("digits-tanh-3").weights_sha256
    made = []

    def slowly(*of: str) -> bytes:
        made.append(of)
        time.sleep(0.2)
        return b"part"

    monkeypatch.setattr("ae_core.export.browser_models.part", slowly)
    monkeypatch.setattr(live_files.MODEL_PARTS.kept, "made", OrderedDict())
    path = f"/live-models/digits-tanh-3/{sha256}/decoder"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(asked, [path] * 8))
    assert {status for status, _, _ in answers} == {200}
    assert len(made) == 1


def test_unknown_image_set_is_named() -> None:
    assert "zebras" not in image_sets.available()
    with pytest.raises(UserError, match="zebras"):
        browser_models.images_of("zebras", "0", "1")


def test_browser_and_server_name_what_a_map_shows_alike() -> None:
    source = (Path(built.FOLDER).parent / "src/map/map_state.ts").read_text("utf-8")
    names = source.split("BACKDROPS = [")[1].split("]")[0]
    assert tuple(re.findall(r'"(\w+)"', names)) == Map.declaration("view").choices


def test_browser_and_server_use_the_same_colours() -> None:
    folder = Path(built.FOLDER).parent / "src/images"
    source = (folder / "colours.ts").read_text("utf-8")
    table = source.split("PALETTE: Colour[] = [")[1].split("];")[0]
    colours = [tuple(map(int, colour)) for colour in re.findall(r"\[(\d+), (\d+), (\d+)\]", table)]
    assert [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in colours] == list(palette.CLASSES)
    assert f'HERE = "{palette.HERE}"' in source
    assert "ENDS: [Colour, Colour] = [PALETTE[0], PALETTE[1]]" in source
    assert [colour for _, colour in palette.AMOUNTS] == list(palette.CLASSES[:2])
    over, under = (list(palette.rgb(each)) for each in (palette.POSITIVE, palette.NEGATIVE))
    assert f"error > 0 ? {over} : {under}" in (folder / "pixels.ts").read_text("utf-8")
