"""A model's map as one file: what stands in it, in which language, and how large it may be."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64decode
from pathlib import Path

import pytest
import torch

from ae_core import checkpoints
from ae_core.errors import UserError
from ae_core.export import html_file as module
from ae_core.export.html_file import html_file
from ae_core.image_sets import ImageSet
from ae_core.settings import LANGUAGE
from tests.languages import learn

NAME = "digits-vae-conv-2"


def parts(page: bytes) -> dict[str, bytes]:
    found = re.findall(rb'data-part="([^"]+)">([^<]*)<', page)
    return {name.decode(): gzip.decompress(b64decode(data)) for name, data in found}


def about(page: bytes) -> dict[str, object]:
    found = re.search(rb'id="about">(.*?)</script>', page)
    assert found
    return dict(json.loads(found[1]))


def test_the_file_holds_all_that_its_map_asks_for(digits: ImageSet) -> None:
    kept = checkpoints.load(NAME)
    page = html_file(kept, images=digits.test)
    held, model = parts(page), about(page)["model"]
    assert isinstance(model, dict)
    assert {model[name] for name in ("decoder", "encoder", "codes", "images")} < set(held)
    assert kept.codes is not None
    codes = torch.frombuffer(bytearray(held["embedded:codes"]), dtype=torch.float32)
    assert torch.equal(codes[: kept.codes.numel()].reshape(kept.codes.shape), kept.codes.float())
    assert held["embedded:images-784"] == digits.test.numpy().tobytes()
    assert b"http://" not in page.replace(b"http://www.w3.org", b"")
    assert b"default-src &#x27;none&#x27;" in page


def test_the_file_is_the_same_each_time() -> None:
    kept = checkpoints.load(NAME)
    assert html_file(kept) == html_file(kept)


def test_the_file_opens_where_the_visitor_was() -> None:
    page = html_file(checkpoints.load(NAME), z=[0.5, -1.0], state={"view": "both"})
    assert about(page)["z"] == [0.5, -1]
    assert about(page)["state"] == {"view": "both"}


def test_the_file_speaks_the_language_of_who_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Diese Datei braucht kein Internet."
    learn(monkeypatch, tmp_path, "de", {module.OFFLINE: said, "draw": "zeichnen"})
    (tmp_path / "browser.json").write_text('[["draw"]]')
    monkeypatch.setenv(LANGUAGE.name, "de")
    page = html_file(checkpoints.load(NAME))
    assert said in page.decode()
    assert b'<html lang="de">' in page
    assert about(page)["catalogue"] == {"draw": "zeichnen"}


def test_what_is_too_large_is_refused_and_images_that_are_too_many_stay_behind(
    digits: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = checkpoints.load(NAME)
    without = html_file(kept)
    monkeypatch.setattr(module, "MOST_BYTES", len(without) + 1000)
    assert html_file(kept, images=digits.test) == without
    assert b"The test images themselves are not in it." in without
    monkeypatch.setattr(module, "MOST_BYTES", len(without) - 1)
    with pytest.raises(UserError, match=r"would be a file of 5\.\d+ MB"):
        html_file(kept)


def test_a_title_with_markup_stays_a_title(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = checkpoints.load(NAME)
    object.__setattr__(kept.card, "title", "</script><b>bold</b>")
    page = html_file(kept)
    assert b"<b>" not in page
    assert about(page)["model"]["title"] == "</script><b>bold</b>"  # type: ignore[index]


def test_without_the_browsers_part_it_says_how_to_build_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUILT", tmp_path)
    with pytest.raises(UserError, match="`make run` builds it"):
        html_file(checkpoints.load(NAME))
