"""Measures what takes long of the figures that lessons name, and writes `lessons/measured.json`.

    python -m scripts.lesson_figures

Draws of the maps are read by the digit reader that ships, which learned MNIST. Classifiers on few
labels are those of `benchmarks/results/classifier.json` for MNIST, new ones for built-in digits.
"""

from __future__ import annotations

import json

from ae_core import checkpoints, classifiers, image_sets
from ae_core.analyses import few_labels, map_fit
from ae_core.analyses.base import of
from ae_core.export import browser_models
from ae_core.lessons import measures, roles
from ae_core.settings import ROOT

READER = "mnist-classifier"
COUNTS = (10, 100, 0)
MAPS = ("ae-2", "vae-2")
RUNS = "mnist-deep-silu-49, 10 runs"


def main() -> None:
    """Measure all of it, and write it."""
    found = {"read": _read(), "labels": _labels()}
    text = json.dumps(found, indent=1, sort_keys=True)
    measures.MEASURED.write_text(f"{text}\n", "utf-8")
    print(text)


def _read() -> dict[str, object]:
    """Of draws from where one would draw, the share that is read, with its interval."""
    reader = classifiers.load(READER).classifier
    found: dict[str, object] = {}
    for name in (f"{images}-{kind}" for images in ("mnist", "digits") for kind in MAPS):
        checkpoint = checkpoints.load(name)
        codes, _ = browser_models.codes_of(checkpoint)
        read = map_fit.readable(checkpoint.model, reader, codes, lambda *_: None)
        share = read["prior" if checkpoint.model.variational else "fitted"]
        found[name] = {"share": share, "weights_sha256": checkpoint.card.weights_sha256}
    return found


def _labels() -> dict[str, object]:
    runs = json.loads((ROOT / "benchmarks/results/classifier.json").read_text("utf-8"))[RUNS]
    names = {"10": "10", "100": "100", "all": "60000"}
    mnist = {
        start: {name: round(runs[f"{start}_{count}"], 4) for name, count in names.items()}
        for start in ("pretrained", "scratch")
    }
    images = image_sets.load("digits")
    model = roles.OTHERS["digits"]["labels"]
    card = checkpoints.card(model)
    asked = {"model": of(card), "images": images.key.to_dict(), "labels": list(COUNTS)}
    taken = few_labels.compute(asked, lambda *_: None).tensors["taken"].long()
    right = (taken == images.test_labels[: taken.shape[2]]).float().mean(2)
    digits = {
        start: dict(zip(names, (round(each, 4) for each in right[:, column].tolist()), strict=True))
        for column, start in enumerate(("pretrained", "scratch"))
    }
    weights = checkpoints.card(roles.OTHERS["mnist"]["labels"]).weights_sha256
    return {
        roles.OTHERS["mnist"]["labels"]: {**mnist, "weights_sha256": weights},
        model: {**digits, "weights_sha256": card.weights_sha256},
    }


if __name__ == "__main__":
    main()
