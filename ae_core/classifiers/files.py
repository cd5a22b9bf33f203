"""Classifiers on encoders: keeping them, and what they recognise.

A folder each, beside the checkpoints, written whole and validated as untrusted when it is read:

    <name>/weights.safetensors     encoder and head
    <name>/confusion.safetensors   how many test images of each class were taken for each class
    <name>/classifier.json         what it is, how it was trained, how well it does
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from jaxtyping import Float, Int64
from safetensors.torch import save as write_tensors
from torch import Tensor

from ae_core.checkpoints import Broken, finding, networks, tensor_files, writing
from ae_core.classifiers.cards import ClassifierCard, read_classifier_card
from ae_core.classifiers.network import Classifier
from ae_core.errors import UserError
from ae_core.models import Autoencoder, batches
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.storage.json_cards import broken, check_name
from ae_core.texts import _
from ae_core.types import Labels, Pixels

Confusion = Int64[Tensor, "classes classes"]
"""How many images of each class, a row, were taken for each class, a column."""

CONFUSION = "confusion.safetensors"


@dataclass(frozen=True, eq=False)
class Kept:
    """A loaded classifier with its card."""

    card: ClassifierCard
    classifier: Classifier


def accuracy(classifier: Classifier, images: Pixels, labels: Labels) -> float:
    """The share of the images whose class is recognised."""
    return float((classifier.predict(images)[0].cpu() == labels.cpu()).float().mean())


def confusion(classifier: Classifier, images: Pixels, labels: Labels) -> Confusion:
    """What the images of each class are taken for."""
    size = classifier.classes
    pairs = labels.cpu() * size + classifier.predict(images)[0].cpu()
    return torch.bincount(pairs, minlength=size * size).view(size, size)


@torch.no_grad()
def recognised(
    model: Autoencoder, classifier: Classifier, *, n: int = 100, seed: int = 0
) -> Float[Tensor, " classes"]:
    """The share of what `model` draws of each class that the classifier takes for that class.

    For every class that the code can name, `n` styles are drawn from N(0, I), and decoded.

    Raises:
        UserError: the two are not of the same images or classes.
    """
    classes = model.code_classes
    if (classes, model.image_shape) != (classifier.classes, classifier.model.image_shape):
        raise UserError(
            _(
                "The model and the classifier are of different images or classes. Choose two that"
                " were trained on the same set."
            )
        )
    generator = torch.Generator().manual_seed(seed)
    shares = []
    for number, of_class in enumerate(torch.eye(classes)):
        style = torch.randn(n, model.free_numbers, generator=generator)
        x = batches.decode(model, torch.cat([style, of_class.expand(n, -1)], dim=1))
        shares.append((classifier.predict(x)[0] == number).float().mean())
    return torch.stack(shares)


def available() -> tuple[list[ClassifierCard], list[Broken]]:
    """Every classifier that can be chosen, by its card, and every folder of one that cannot."""
    sync.refresh(settings().checkpoint_roots[0])
    return finding.listed(read_classifier_card, finding.holds_classifier)


def card(name: str) -> ClassifierCard:
    """The card of the classifier of that name.

    Raises:
        UserError: there is none, or its folder is broken.
    """
    return read_classifier_card(find(name))


def load(name: str) -> Kept:
    """The classifier of that name, checked, on the CPU and ready to use.

    Raises:
        UserError: there is none, or a file of it is missing, changed or does not fit.
    """
    folder = find(name)
    found = read_classifier_card(folder)
    weights = tensor_files.read_checked(folder / "weights.safetensors", found.weights_sha256)
    with torch.device("meta"):  # no memory, whatever size the card claims
        model = networks.build(found.family, found.config, found.image_shape)
        classifier = Classifier(model, len(found.classes), head_width=found.head_width)
    networks.check_weights(folder.name, weights, classifier)
    if not bool((weights["code_std"] > 0).all()):
        raise UserError(
            _("The checkpoint {name} is damaged: code_std holds impossible numbers.", name=name)
        )
    kinds = {key: value.dtype for key, value in classifier.state_dict().items()}
    exact = {key: value.to(kinds[key]) for key, value in weights.items()}
    classifier.load_state_dict(exact, assign=True)
    classifier.eval().requires_grad_(False)
    return Kept(found, classifier)


def kept_confusion(card: ClassifierCard) -> Confusion:
    """What the test images of each class were taken for.

    Raises:
        UserError: the file that holds it is missing, changed or does not fit.
    """
    if card.confusion:
        return torch.tensor(card.confusion)
    folder, size = find(card.name), len(card.classes)
    counts = tensor_files.read_checked(folder / CONFUSION, card.confusion_sha256).get("confusion")
    fits = counts is not None and (counts.shape, counts.dtype) == ((size, size), torch.int32)
    if counts is None or not fits or bool((counts < 0).any()):
        raise broken(folder, _("its confusion is not {size} x {size} counts", size=size))
    return counts.long()


def save(
    card: ClassifierCard,
    classifier: Classifier,
    confusion: Confusion,
    *,
    half: bool = False,
    root: Path | None = None,
) -> ClassifierCard:
    """Write a classifier under `root`, by default beside the checkpoints in `AE_HOME`.

    `confusion` is that of its test images. Weights are kept as float16 if `half`. Written as
    checkpoints are: whole, or not at all.

    Raises:
        UserError: the name is taken by a checkpoint or is none, a figure is NaN, or the disk does
            not take it.
    """
    check_free(card.name, root)
    weights = tensor_files.tensor_bytes(classifier, half=half)
    counts = write_tensors({"confusion": confusion.int()})
    written = replace(
        card,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        confusion=[],
        confusion_sha256=hashlib.sha256(counts).hexdigest(),
    )
    files = {
        "weights.safetensors": weights,
        CONFUSION: counts,
        finding.CLASSIFIER_CARD: writing.json_bytes(card.name, written.to_dict()),
    }
    writing.write_folder(card.name, files, root)
    return written


def retitle(name: str, title: str) -> None:
    """Change the title on the card of a classifier that people made.

    Raises:
        UserError: there is none, or the disk or the store does not take it.
    """
    changed = replace(card(name), title=title)
    writing.write_title(find(name) / finding.CLASSIFIER_CARD, changed.to_dict())


def check_free(name: str, root: Path | None = None) -> None:
    """Refuse a name under which a classifier cannot be kept.

    Raises:
        UserError: it is no name, or a checkpoint has it.
    """
    check_name(name)
    folder = (root or settings().checkpoint_roots[0]) / name
    if (folder / "card.json").exists():
        raise UserError(
            _(
                "{name} is a checkpoint, which a classifier would replace. Choose another name.",
                name=name,
            )
        )


def find(name: str) -> Path:
    """The folder of the classifier of that name, whole.

    Raises:
        UserError: there is none, or the store does not give it.
    """
    folder = finding.found(name, finding.holds_classifier)
    if folder is None:
        raise UserError(
            _("There is no classifier {name!r}. Make one with `classify`.", name=name[:64])
        )
    return folder
