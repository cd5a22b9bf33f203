"""Downloads of a finished run: a notebook that trains it again, and its TensorBoard files."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from ae_core.accounts import ownership
from ae_core.accounts.person import Person
from ae_core.checkpoints.cards import Card
from ae_core.classifiers.cards import ClassifierCard
from ae_core.export import notebook_file
from ae_core.export.notebook_file import code, text
from ae_core.settings import settings
from ae_core.storage import sync
from ae_core.texts import _


def of(person: Person, card: Card | ClassifierCard) -> bytes:
    """A notebook that trains the same with the same functions.

    Raises:
        UserError: it is not theirs to see.
    """
    ownership.check_sees(person, card.name)
    room, kind = "training", "RunSpec"
    if isinstance(card, ClassifierCard):
        room, kind = "classifiers", "ClassifierSpec"
    cells = [
        text(
            f"# {card.title}\n\n"
            + (
                _(
                    "Trains it again: same network, images, order and noise. On a CPU of the same"
                    " kind it comes out the same to the bit. Run it inside a checkout of the app,"
                    " where its packages are installed."
                )
                if isinstance(card, ClassifierCard) or card.repeats
                else _(
                    "Trains one like it: same network, images and recipe, with the draws of torch"
                    " in place of those of the browser that trained it. Run it inside a checkout"
                    " of the app, where its packages are installed."
                )
            )
        ),
        code(
            f"import torch\n\nfrom ae_core.{room} import runs\n"
            f"from ae_core.{room}.runs import {kind}\n\n"
            "torch.set_num_threads(1)\n"
            f"spec = {kind}.from_dict({spec_of(card)!r})"
        ),
        code(
            "run = runs.start(spec)\nfor event in runs.watch(run):\n"
            "    if event.epoch_ended:\n        print(event.epoch, event.losses)\n"
            "card = runs.finish(run)\ncard.metrics"
        ),
        text(_("The command line does the same:")),
        code(f"!{card.command}"),
    ]
    return notebook_file.written(cells)


def spec_of(card: Card | ClassifierCard) -> dict[str, Any]:
    """What `from_dict` of its spec takes to ask for the same run, under another name."""
    steps = {"plan": card.plan} if card.plan else {"steps": card.planned_steps}
    if isinstance(card, ClassifierCard):
        return {
            **card.recipe, "checkpoint": card.started_from, "image_set": card.image_set,
            "labels": card.labels, "scratch": card.scratch, "frozen": card.frozen,
            "hold_out": card.hold_out, "seed": card.seed, "changes": card.changes,
            "name": "classifier-again", "title": card.title, **steps,
        }  # fmt: skip
    return {
        "preset": card.preset, "image_set": card.image_set, "recipe_name": card.recipe_name,
        "config": card.config, "recipe": card.recipe, "noise": card.noise,
        "start_from": card.start_from, "part": card.part, "hold_out": card.hold_out,
        "only_classes": card.only_classes,
        "seed": card.seed, "changes": card.changes, **steps,
        "name": f"{card.preset}-again", "title": card.title, "keep_codes": True,
    }  # fmt: skip


def events_zip(person: Person, name: str) -> bytes:
    """The TensorBoard files of a run of theirs, packed; empty where none were written.

    Raises:
        UserError: it is somebody else's.
    """
    ownership.check_owns(person, name, or_teaches=True)
    root = settings().home / "runs" / name
    sync.pull(root)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("events.out.*")):
            archive.write(path, path.relative_to(root.parent))
    return packed.getvalue()
