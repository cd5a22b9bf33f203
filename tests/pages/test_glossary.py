"""Every word of the field is explained at a tap where it stands, and all of them on one page."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from ae_core.glossary import TERMS
from tests.pages.app_pages import opened

pytestmark = pytest.mark.usefixtures("fresh_caches")

JARGON = {
    "MSE": "mse", "PSNR": "psnr", "SSIM": "ssim", "KL": "kl-divergence", "PCA": "pca",
    "UMAP": "umap", "t-SNE": "t-sne", "prior": "prior", "nats": "nats", "ELBO": "elbo",
    "cross-entropy": "bce", "beta": "beta", "overfitting": "overfitting",
    "posterior collapse": "posterior-collapse", "Learning rate": "learning-rate",
    "epochs": "epoch", "out of distribution": "out-of-distribution",
}  # fmt: skip
"""What no visitor is expected to know, as it stands on a page, and where that is explained."""

OPENED = [
    *[(page, {}) for page in ("reconstruct", "denoise", "models", "train")],
    ("latent_space", {"model": "digits-vae-conv-2"}),
    *[("codes", {"part": part}) for part in ("used-and-dead", "maps", "factors", "anomalies")],
    *[("train", {"part": part}) for part in ("overfitting", "break-it")],
    *[("compare", {"part": part}) for part in ("bottleneck", "loss", "two-maps")],
]


def said(app: AppTest) -> str:
    """The headings, captions and figures of a page."""
    texts = [each.value for each in (*app.title, *app.header, *app.subheader, *app.caption)]
    return "\n".join([*texts, *(each.label for each in app.metric)])


def explained(app: AppTest) -> set[str]:
    """The names of the terms that are explained on a page."""
    links = "\n".join(each.value for each in app.markdown)
    return set(re.findall(r"\(glossary#([\w-]+)\)", links))


@pytest.mark.parametrize(("page", "values"), OPENED)
def test_jargon_in_headings_and_captions_is_explained_on_the_same_page(
    page: str, values: dict[str, str]
) -> None:
    app = opened(page, **values)
    text, here = said(app), explained(app)
    found = {word for word in JARGON if re.search(rf"(?<![\w-]){word}(?![\w-])", text)}
    assert {word for word in found if JARGON[word] not in here} == set()
    assert here <= set(TERMS)
    assert here


def test_the_glossary_has_every_word_with_a_place_of_its_own() -> None:
    app = opened("glossary")
    assert {each.anchor for each in app.header} == set(TERMS)
    assert set(JARGON.values()) <= set(TERMS)
    for term in TERMS.values():
        assert len(re.findall(r"[.!?](?= [A-Z]|$)", term.meaning)) == 2, term.word
