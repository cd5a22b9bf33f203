"""The browser draws the same pictures as the server: of drawings, and from decoders."""

from __future__ import annotations

import base64
from itertools import chain, pairwise, product
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page

from ae_core import checkpoints
from ae_core.images import digit_form, strokes
from pages.ui.browser import built
from tests.browser.live_maps import VAE, opened
from tests.shipped import ONE_A_FAMILY, SHIPPED

STROKES = [
    [(60, 50), (200, 50), (110, 230)],
    [(140, 40), (140, 240)],
    [(60, 70), (140, 40), (210, 90), (140, 150), (200, 200), (120, 240), (60, 200)],
]


def on_pad(stroke: list[tuple[int, int]], width: int) -> list[int]:
    """The numbers of a stroke."""
    steps = [stroke[0], *((x - a, y - b) for (a, b), (x, y) in pairwise(stroke))]
    return [width, len(stroke), *chain.from_iterable(steps)]


def test_browser_and_server_see_the_same_in_a_drawing(page: Page) -> None:
    page.goto("/_stcore/health")  # a page of the same server, in no time
    for stroke, width in product(STROKES, (20, 26, 36)):
        paper = strokes.picture(on_pad(stroke, width))
        theirs = digit_form.digit_steps(paper)[-1].image / 255
        ours = page.evaluate(
            """async ({ script, ink }) => {
              const { formOf } = await import(new URL(script, document.baseURI).href);
              return Array.from(formOf(ink.map((value) => value / 255), 280, 280));
            }""",
            {"script": built.address("live.js"), "ink": np.asarray(paper).flatten().tolist()},
        )
        # A centre of mass between two pixels may go either way.
        moves = product((-1, 0, 1), repeat=2)
        shifted = [np.roll(np.reshape(ours, (28, 28)), move, (0, 1)) for move in moves]
        assert min(np.abs(form - theirs).mean() for form in shifted) < 0.006, (stroke, width)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(sorted(ONE_A_FAMILY), id="one a family"),
        pytest.param(SHIPPED, marks=pytest.mark.long, id="all"),
    ],
)
def test_browser_and_torch_draw_the_same_from_shipped_decoders(
    page: Page, names: list[str]
) -> None:
    opened(page, VAE)
    assert len(names) >= 13
    for name in names:
        kept = checkpoints.load(name)
        # Over all that the sliders reach: far outside, torch itself is wrong in the fifth digit.
        low, high = torch.tensor(kept.card.code_low), torch.tensor(kept.card.code_high)
        share = torch.rand(100, len(low), generator=torch.Generator().manual_seed(0))
        codes = low + (high - low) * share
        url = f"/live-models/{name}/{kept.card.weights_sha256}/decoder"
        asked: dict[str, Any] = {
            "script": built.address("live.js"), "runtime": built.address("runtime.wasm"),
            "url": url,
            "codes": codes.flatten().tolist(), "dim": kept.card.latent_dim,
        }  # fmt: skip
        drawn = page.evaluate(
            """async ({ script, runtime, url, codes, dim }) => {
              const { network } = await import(script);
              const half = await network(url, runtime);
              const rows = Float32Array.from(codes);
              const bytes = new Uint8Array((await half.run(rows, [rows.length / dim, dim]))
                .slice().buffer);
              let text = "";
              for (const byte of bytes) text += String.fromCharCode(byte);
              return btoa(text);
            }""",
            asked,
        )
        found = np.frombuffer(base64.b64decode(drawn), np.float32)
        expected = kept.model.decode(codes).numpy().ravel()
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5, err_msg=name)
