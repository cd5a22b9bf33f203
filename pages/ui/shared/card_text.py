"""The card of a checkpoint in words: pairs of a name and a text, which is not trusted."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from html import escape

from ae_core import image_sets, numerals, wording
from ae_core.accounts import ownership
from ae_core.checkpoints.cards import Card
from ae_core.classifiers.cards import ClassifierCard
from ae_core.evaluation.architecture import Layer
from ae_core.models import FAMILIES
from ae_core.recipes import Recipe
from ae_core.texts import N_, _, ngettext
from ae_core.training.on_the_way.changes import in_words

Row = tuple[str, str]

LONGEST_TITLE = 60
MOST_FIGURES = 12
MOST_CLASSES = 20

FIGURES = {
    "mse": (N_("MSE"), "", N_("lower is better")),
    "psnr": (N_("PSNR"), N_("dB"), N_("higher is better")),
    "ssim": (N_("SSIM"), "", N_("higher is better")),
    "bce": (N_("Cross-entropy"), N_("nats a pixel"), N_("lower is better")),
    "nelbo": (N_("Negative ELBO"), N_("nats an image"), N_("lower is better")),
    "iwae": (
        N_("Importance-weighted bound"), N_("nats an image, 100 draws"), N_("lower is better"),
    ),
    "loss_bce": (N_("Loss: reconstruction"), N_("nats an image"), N_("lower is better")),
    "loss_mse": (N_("Loss: reconstruction"), N_("an image"), N_("lower is better")),
    "loss_kl": (
        N_("Loss: pull to the prior"), N_("nats an image"), N_("how much the code tells"),
    ),
}  # fmt: skip
"""Name, unit, and which way is better."""

OPTIMISERS = {
    "adam": N_("Adam"),
    "sgd": N_("Gradient descent with momentum"),
    "rmsprop": N_("RMSprop"),
    "tensorflow-rmsprop": N_("RMSprop as TensorFlow 1 takes it"),
    "muon": N_("Muon for the inner matrices, Adam for the rest"),
}

SPOILED = {
    "gaussian": N_("Gaussian noise"),
    "salt_and_pepper": N_("salt and pepper"),
    "masking": N_("black pixels"),
    "blur": N_("blur"),
    "low_resolution": N_("low resolution"),
    "contrast": N_("lost contrast"),
    "varied": N_("noise of every kind, mild to strong"),
}


def short_title(card: Card) -> str:
    """The title in one short line, without the image set that MNIST's models name at its end."""
    title = " ".join(card.title.split()).removesuffix(" · MNIST") or card.name
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def set_title(card: Card | ClassifierCard) -> str:
    """The name of the images that it was trained on."""
    titles = image_sets.titles([card.image_set])
    if ownership.is_private(card.image_set):
        return titles.get(card.image_set, _("pictures of somebody's own"))[:LONGEST_TITLE]
    return titles.get(card.image_set, card.image_set[:LONGEST_TITLE])


def figures(card: Card) -> list[tuple[str, str, str, str]]:
    """What was measured: name, value, unit, and which way is better."""
    names = sorted(card.metrics, key=lambda name: (name not in FIGURES, _place(name), name))
    found = []
    for name in names[:MOST_FIGURES]:
        title, unit, better = name[:LONGEST_TITLE], "", ""
        if name in FIGURES:
            title, unit, better = (text and _(text) for text in FIGURES[name])
        value = card.metrics[name]
        # Bounds are measured until their second decimal stands still.
        shown = (
            numerals.written(value, ".2f")
            if name in ("nelbo", "iwae")
            else wording.three_digits(value)
        )
        found.append((title, shown, unit, better))
    return found


def training(card: Card) -> list[Row]:
    """The training recipe in words."""
    took = wording.duration(card.seconds)
    if FAMILIES[card.family].model.solved_at_once:
        return [(_("Training"), _("None: the weights are worked out at once")), (_("Took"), took)]
    recipe = Recipe.from_dict(card.recipe)
    changes = in_words(card.changes, card.steps)
    is_published = card.recipe_name == "published"
    return [
        (_("Recipe"), _("as published") if is_published else _("ours, made for speed")),
        (_("Optimiser"), _(OPTIMISERS[recipe.optimizer])),
        (_("Learning rate"), _learning_rate(recipe)),
        (_("Batch"), ngettext("{count:,} image a step", "{count:,} images a step",
                              recipe.batch_size)),
        (_("Steps"), _steps(card)),
        *([(_("Changed on the way"), changes)] if changes else []),
        (_("Options"), options(card)),
        (_("Took"), _("{time} on {device}", time=took, device=card.device)),
        (_("Seed"), str(card.seed)),
    ]  # fmt: skip


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
    learned, tested = _("its training images"), _("its test images")
    if counts := _counts(card, found):
        learned = ngettext("{count:,} training image", "{count:,} training images", counts[0])
        tested = ngettext("{count:,} test image", "{count:,} test images", counts[1])
    if card.hold_out:
        tested = ngettext(
            "{count:,} training image that was held out",
            "{count:,} training images that were held out",
            card.hold_out,
        )
    trained_on = _("{images}, {part}", images=set_title(card), part=learned)
    measured_on = _("{images}, new to it", images=tested)
    if card.part == "all":
        trained_on = _(
            "{images}, {part}, the test images among them", images=set_title(card), part=learned
        )
        if not card.hold_out:
            measured_on = _(
                "{images}, which it has learned from: its figures say nothing of new ones",
                images=tested,
            )
    rows: list[Row] = [(_("Trained on"), trained_on), (_("Measured on"), measured_on)]
    if len(card.classes) > 1:
        more = ["…"] * (len(card.classes) > MOST_CLASSES)
        rows.append((_("Classes"), ", ".join([*card.classes[:MOST_CLASSES], *more])))
    if found is not None and has_changed(card, found):
        now = _(
            "The set has changed since: it has {pictures} now. The model is of the former ones.",
            pictures=wording.counted(len(found.train) + len(found.test), found.noun),
        )
        rows.append((_("Since then"), now))
    if card.noise:
        rows.append((_("Learned to remove"), _noise(card)))
    if card.start_from:
        rows.append((_("Started from"), card.start_from))
    return rows


def has_changed(card: Card, found: image_sets.ImageSet) -> bool:
    """Whether somebody has changed the images since the model learned from them."""
    return ownership.is_private(found.name) and found.sha256 != card.image_set_sha256


def _counts(card: Card, found: image_sets.ImageSet | None) -> tuple[int, int] | None:
    """How many images it learned from and was measured on, where the card or the set says."""
    if card.train_images:
        return card.train_images, card.test_images
    if found is None:
        return None
    found = image_sets.cut(found, card.part)
    return len(found.train) - card.hold_out, len(found.test)


def file(card: Card, size: int) -> list[Row]:
    """The files, and what made them."""
    return [
        (_("Size on disk"), wording.file_size(size)),
        (_("sha256 of the weights"), f"{card.weights_sha256[:16]}…"),
        (_("Made"), card.made.replace("T", " ")[:16]),
        (_("With"), ", ".join(f"{name} {version}" for name, version in card.versions.items())),
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
    return _(
        "{numbers:,} numbers → **{code}** → {numbers:,}, by {weights:,} weights. The taller a box,"
        " the more numbers leave it.",
        numbers=numbers, code=code.shape[0], weights=total,
    )  # fmt: skip


def table(rows: Iterable[Row]) -> str:
    """Names and texts as HTML."""
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows)
    return f'<dl class="ae-card-text">{cells}</dl>'


def _learning_rate(recipe: Recipe) -> str:
    rate = numerals.written(recipe.learning_rate, "g")
    if recipe.optimizer == "muon":
        rate = _(
            "{muon:g} (Muon) and {adam:g} (Adam)",
            muon=recipe.muon_learning_rate, adam=recipe.learning_rate,
        )  # fmt: skip
    if recipe.schedule == "linear":
        return _("{rate}, up for a moment, then down to zero", rate=rate)
    return _("{rate}, the same all the way", rate=rate)


def _steps(card: Card) -> str:
    steps = numerals.written(card.steps, ",")
    if card.steps < card.planned_steps:
        steps = _("{steps:,}, of {planned:,} planned", steps=card.steps, planned=card.planned_steps)
    if card.epochs <= 1:
        return _("{steps}: one pass, or a part of it, through the images", steps=steps)
    return ngettext(
        "{steps}: {count:,} pass through the images",
        "{steps}: {count:,} passes through the images",
        card.epochs,
        steps=steps,
    )


def _noise(card: Card) -> str:
    noise = card.training_noise()
    assert noise is not None
    options = ", ".join(f"{name} {value:g}" for name, value in noise.to_dict().items())
    return f"{_(SPOILED[noise.kind])} ({options})"


def _place(name: str) -> int:
    return list(FIGURES).index(name) if name in FIGURES else 0
