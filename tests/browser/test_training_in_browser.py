"""What learns in the browser learns as torch does: the same gradients, the same losses."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import torch
from playwright.sync_api import Page

from ae_core import latent
from ae_core.image_sets import ImageSet
from ae_core.models import FAMILIES, Autoencoder, Batch, preset
from ae_core.models.dense_form import DenseForm
from ae_core.noise import Gaussian, Noise
from ae_core.recipes import Recipe
from ae_core.training import in_browser, received
from ae_core.training.optimisers import initialise, optimiser_for
from ae_core.training.runs import RunSpec
from pages.ui.browser import built
from scripts import frontend

ROWS, STEPS = 18, 200
RECIPE = Recipe(
    learning_rate=2e-3, beta2=0.99, schedule="linear", initialisation="scaled", guard=True
)
BUILDS = ("kernels.wasm", "relaxed.wasm")


def network(name: str, **config: Any) -> Autoencoder:
    family = FAMILIES[name]
    return family.model(family.config.from_dict(config))


SMALL = {"widths": (40, 20)}
MUON = replace(RECIPE, optimizer="muon", learning_rate=1e-2, momentum=0.95)
CASES: dict[str, tuple[Autoencoder, Noise | None]] = {
    "plain": (network("deep", latent_dim=3, activation="silu", loss="mse", **SMALL), None),
    "variational": (network("vae", latent_dim=2, **SMALL), None),
    "beta": (network("beta_vae", latent_dim=10, activation="tanh", **SMALL), None),
    "sparse": (network("sparse", latent_dim=16, code="relu", sparsity=1e-3), None),
    "sparse over a batch": (network("sparse", activation="silu", summed="batch"), None),
    "denoising": (network("dense", latent_dim=49, hidden_width=64), Gaussian(0.5, 0.5)),
}  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a page that has the engine, and nothing else of the app."""
    folder = tmp_path_factory.mktemp("lab")
    words = ("tests/training/against_torch.ts", "--bundle", "--format=esm", "--log-level=error")
    script = f"--outfile={folder / 'script.js'}"
    npm = frontend.find_npm()
    frontend.run(npm, "exec", "--", "esbuild", *words, script, wrong="no script")
    (folder / "index.html").write_text("<script type=module src=script.js></script>")
    for name in BUILDS:
        (folder / name).write_bytes((built.FOLDER / built.files()[name]).read_bytes())
    return folder


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def lab(page: Page, files: Path) -> Iterator[Path]:
    """The folder of files that the page can fetch."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(files))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        yield files
        server.shutdown()
        thread.join()


def torch_run(
    model: Autoencoder, noise: Noise | None, images: ImageSet, steps: int, recipe: Recipe
) -> tuple[list[dict[str, float]], bytes]:
    """Torch's losses; and what the script reads: its first weights and gradients, all batches."""
    generator = torch.Generator().manual_seed(0)
    mean = images.train.float().mean(0) / 255
    initialise(model, recipe, mean, generator)
    optimiser = optimiser_for(model, recipe, steps)
    given = [value.detach().clone() for value in model.parameters()]
    losses: list[dict[str, float]] = []
    for step in range(steps):
        places = torch.randint(len(images.train), (ROWS,), generator=generator)
        clean = images.train[places].float() / 255
        seen = noise(clean, generator) if noise else clean
        given += [seen, clean]
        if model.variational:
            drawn = torch.Generator().manual_seed(step)
            given.append(torch.randn(ROWS, model.latent_dim, generator=drawn))
        optimiser.zero_grad()
        parts = model.loss(Batch(seen, clean, None, torch.Generator().manual_seed(step)))
        sum(parts.values(), torch.tensor(0.0)).backward()
        if not step:
            slopes = [each.grad.clone() for each in model.parameters() if each.grad is not None]
            given[len(slopes) : len(slopes)] = slopes
        optimiser.update()
        losses.append({name: float(value.detach()) for name, value in parts.items()})
    return losses, torch.cat([each.flatten() for each in given]).numpy().tobytes()


def compare(
    page: Page, lab: Path, case: tuple[Autoencoder, Noise | None], images: ImageSet,
    steps: int, build: str, recipe: Recipe = RECIPE, near: float = 1e-4,
) -> None:  # fmt: skip
    model, noise = case
    form = model.browser_form
    assert isinstance(form, DenseForm)
    losses, numbers = torch_run(model, noise, images, steps, recipe)
    shapes = {name: value.numel() for name, value in model.named_parameters()}
    asked = {"network": form.to_dict(), "recipe": recipe.to_dict(), "steps": steps, "rows": ROWS}
    (lab / "case.json").write_text(json.dumps({**asked, "shapes": shapes}))
    (lab / "case.bin").write_bytes(numbers)
    page.wait_for_function("'trained' in window")
    found = page.evaluate(f"trained('/{build}', 'case')")
    assert found["apart"].keys() == shapes.keys()
    assert max(found["apart"].values()) <= 1e-5, found["apart"]
    for ours, theirs in zip(found["losses"], losses, strict=True):
        assert ours == pytest.approx(theirs, rel=0, abs=near * sum(theirs.values()))


@pytest.mark.one_in(2)
@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("case", CASES)
def test_a_browser_learns_as_torch_does(
    page: Page, lab: Path, digits: ImageSet, case: str, build: str
) -> None:
    compare(page, lab, CASES[case], digits, STEPS, build)


def test_a_browser_learns_with_muon_as_torch_does_but_for_its_bfloat16(
    page: Page, lab: Path, digits: ImageSet
) -> None:
    case = network("deep", latent_dim=16, activation="silu", widths=(60, 90)), None
    compare(page, lab, case, digits, 60, "kernels.wasm", MUON, near=5e-3)


def test_what_a_worker_of_the_app_has_learned_becomes_a_model(page: Page, digits: ImageSet) -> None:
    spec = RunSpec("vae-2", "digits", steps=40, config={"widths": (20,)})
    few = digits.train[:300]
    asked = {**in_browser.order(spec, digits), "count": len(few)}
    kernels = {"plain": built.address("kernels.wasm"), "relaxed": built.address("relaxed.wasm")}
    order = {
        "asked": asked, "spec": spec.to_dict(), "kernels": kernels,
        "worker": built.address("training.js"),
        "images": base64.b64encode(few.numpy().tobytes()).decode(),
    }  # fmt: skip
    page.goto("/_stcore/health")  # a page of the app, with its content security policy
    found = page.evaluate(WORKER, order)
    run = received.run_of(spec, base64.b64decode(found["file"]))
    assert run.training.step == 40
    assert found["codes"] == pytest.approx(
        latent.encode(run.training.model.eval(), few[:5]).flatten().tolist(), abs=1e-4
    )


WORKER = """async ({ asked, spec, kernels, worker: address, images: encoded }) => {
  const images = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  const worker = new Worker(address, { type: "module" });
  const shown = { images: images.slice(0, 5 * 784), drawn: 2 };
  return new Promise((done, failed) => {
    let file = "";
    worker.onmessage = ({ data }) => {
      if (data.kind === "failed") failed(data.reason);
      if (data.kind === "started") {
        worker.postMessage({ kind: "images", images: images.slice(0, 100 * 784) });
        worker.postMessage({ kind: "images", images: images.slice(100 * 784) });
      }
      if (data.kind === "over") {
        file = btoa(Array.from(data.file, (byte) => String.fromCharCode(byte)).join(""));
        worker.postMessage({ kind: "frame", places: new Float32Array(4) });
      }
      if (data.kind === "frame") done({ file, codes: Array.from(data.frame.codes) });
    };
    worker.postMessage({ kind: "start", asked, shown, kernels, spec });
  });
}"""


DENSE = sorted(
    name
    for family in FAMILIES.values()
    for name, recipes in family.presets.items()
    if family.model(recipes["fast"].config).browser_form
)


@pytest.mark.one_in(9)
@pytest.mark.parametrize("name", DENSE)
def test_a_browser_computes_the_gradients_of_every_dense_network(
    page: Page, lab: Path, digits: ImageSet, name: str
) -> None:
    family = next(each for each in FAMILIES.values() if name in each.presets)
    model = family.model(preset(name).config)
    compare(page, lab, (model, None), digits, 1, "kernels.wasm")
