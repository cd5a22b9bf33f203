"""The card of a checkpoint in words: pairs of a name and a text, which is not trusted."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from html import escape

from ae_core import image_sets, wording
from ae_core.accounts import ownership
from ae_core.checkpoints.cards import Card
from ae_core.classifiers.cards import ClassifierCard
from ae_core.evaluation.architecture import Layer
from ae_core.models import FAMILIES
from ae_core.recipes import Recipe

Row = tuple[str, str]

LONGEST_TITLE = 60
MOST_FIGURES = 12

FIGURES = {
    "mse": ("MSE", "", "lower is better"),
    "psnr": ("PSNR", "dB", "higher is better"),
    "ssim": ("SSIM", "", "higher is better"),
    "bce": ("Cross-entropy", "nats a pixel", "lower is better"),
    "nelbo": ("Negative ELBO", "nats an image", "lower is better"),
    "iwae": ("Importance-weighted bound", "nats an image, 100 draws", "lower is better"),
    "loss_bce": ("Loss: reconstruction", "nats an image", "lower is better"),
    "loss_mse": ("Loss: reconstruction", "an image", "lower is better"),
    "loss_kl": ("Loss: pull to the prior", "nats an image", "how much the code tells"),
}
"""Name, unit, and which way is better."""

OPTIMISERS = {
    "adam": "Adam",
    "sgd": "Gradient descent with momentum",
    "rmsprop": "RMSprop",
    "tensorflow-rmsprop": "RMSprop as TensorFlow 1 takes it",
    "muon": "Muon for the inner matrices, Adam for the rest",
}

SPOILED = {
    "gaussian": "Gaussian noise",
    "salt_and_pepper": "salt and pepper",
    "masking": "black pixels",
    "blur": "blur",
    "low_resolution": "low resolution",
    "contrast": "lost contrast",
    "varied": "noise of every kind, mild to strong",
}


def short_title(card: Card) -> str:
    """The title in one short line, without the image set that MNIST's models name at its end."""
    title = " ".join(card.title.split()).removesuffix(" · MNIST") or card.name
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def set_title(card: Card | ClassifierCard) -> str:
    """The name of the images that it was trained on."""
    titles = image_sets.titles([card.image_set])
    if ownership.is_private(card.image_set):
        return titles.get(card.image_set, "pictures of somebody's own")[:LONGEST_TITLE]
    return titles.get(card.image_set, card.image_set[:LONGEST_TITLE])


def figures(card: Card) -> list[tuple[str, str, str, str]]:
    """What was measured: name, value, unit, and which way is better."""
    names = sorted(card.metrics, key=lambda name: (name not in FIGURES, _place(name), name))
    found = []
    for name in names[:MOST_FIGURES]:
        title, unit, better = FIGURES.get(name, (name[:LONGEST_TITLE], "", ""))
        value = card.metrics[name]
        # Bounds are measured until their second decimal stands still.
        shown = f"{value:.2f}" if name in ("nelbo", "iwae") else wording.three_digits(value)
        found.append((title, shown, unit, better))
    return found


def training(card: Card) -> list[Row]:
    """The training recipe in words."""
    if FAMILIES[card.family].model.solved_at_once:
        return [("Training", "None: the weights are worked out at once"),
                ("Took", wording.duration(card.seconds))]  # fmt: skip
    recipe = Recipe.from_dict(card.recipe)
    passes = "one pass, or a part of it," if card.epochs <= 1 else f"{card.epochs:,} passes"
    stopped = f", of {card.planned_steps:,} planned" if card.steps < card.planned_steps else ""
    rate = f"{recipe.learning_rate:g}"
    if recipe.optimizer == "muon":
        rate = f"{recipe.muon_learning_rate:g} (Muon) and {rate} (Adam)"
    falling = "up for a moment, then down to zero" if recipe.schedule == "linear" else "the same"
    return [
        ("Recipe", "as published" if card.recipe_name == "published" else "ours, made for speed"),
        ("Optimiser", OPTIMISERS[recipe.optimizer]),
        ("Learning rate", f"{rate}, {falling}" + (" all the way" if falling == "the same" else "")),
        ("Batch", f"{recipe.batch_size:,} images a step"),
        ("Steps", f"{card.steps:,}{stopped}: {passes} through the images"),
        ("Options", options(card)),
        ("Took", f"{wording.duration(card.seconds)} on {card.device}"),
        ("Seed", str(card.seed)),
    ]


def options(card: Card) -> str:
    """The options of the network."""
    values = FAMILIES[card.family].config.from_dict(card.config).to_dict()
    return ", ".join(
        f"{name.replace('_', ' ')} "
        + ("-".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in values.items()
        if name != "latent_dim" and value != []
    )


def data(card: Card, found: image_sets.ImageSet | None) -> list[Row]:
    """What it was trained on and measured on; `found` is the image set, where it is here."""
    title = set_title(card)
    learned, tested = "its training images", "its test images"
    if found is not None:
        found = image_sets.cut(found, card.part)
        learned = f"{len(found.train) - card.hold_out:,} training images"
        tested = f"{len(found.test):,} test images"
    if card.hold_out:
        tested = f"{card.hold_out:,} training images that were held out"
    new = "new to it"
    if card.part == "all":
        learned += ", the test images among them"
        new = (
            new
            if card.hold_out
            else "which it has learned from: its figures say nothing of new ones"
        )
    rows = [("Trained on", f"{title}, {learned}"), ("Measured on", f"{tested}, {new}")]
    if card.noise:
        rows.append(("Learned to remove", _noise(card)))
    if card.start_from:
        rows.append(("Started from", card.start_from))
    return rows


def file(card: Card, size: int) -> list[Row]:
    """The files, and what made them."""
    return [
        ("Size on disk", wording.file_size(size)),
        ("sha256 of the weights", f"{card.weights_sha256[:16]}…"),
        ("Made", card.made.replace("T", " ")[:16]),
        ("With", ", ".join(f"{name} {version}" for name, version in card.versions.items())),
    ]


def command(card: Card | ClassifierCard) -> str | None:
    """The command line that trains the same; None where the card holds none that is safe to copy.

    Without a name: what it makes takes the next free one, and not that of this very card. Quoted
    again: an untrusted card cannot smuggle a second command into somebody's terminal.
    """
    try:
        words = shlex.split(card.command)
    except ValueError:
        return None
    verb = "train" if isinstance(card, Card) else "classify"
    if "--name" in words:
        at = words.index("--name")
        del words[at : at + 2]
    ours = words[:4] == ["python", "-m", "ae_core", verb] and card.command.isprintable()
    return shlex.join(words) if ours else None


def size_line(layers: list[Layer]) -> str:
    """The sizes of image and code, and the number of weights."""
    first, code = layers[0], next(layer for layer in layers if layer.part == "code")
    numbers = 1
    for side in first.shape:
        numbers *= side
    total = sum(layer.parameters for layer in layers)
    return (
        f"{numbers:,} numbers → **{code.shape[0]}** → {numbers:,}, by {total:,} weights."
        " The taller a box, the more numbers leave it."
    )


def table(rows: Iterable[Row]) -> str:
    """Names and texts as HTML."""
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows)
    return f'<dl class="ae-card-text">{cells}</dl>'


def _noise(card: Card) -> str:
    noise = card.training_noise()
    assert noise is not None
    options = ", ".join(f"{name} {value:g}" for name, value in noise.to_dict().items())
    return f"{SPOILED.get(noise.kind, noise.kind)} ({options})"


def _place(name: str) -> int:
    return list(FIGURES).index(name) if name in FIGURES else 0
