"""What can be taken of all codes of a model: a table, a notebook."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import Tensor

from ae_core.checkpoints.cards import Card
from ae_core.export import view_notebooks
from ae_core.texts import _
from ae_core.types import Latents
from pages.ui.drawing import figures
from pages.ui.shared import cached


def notebook(card: Card, image_set: str, way: str, link: str) -> Callable[[], bytes]:
    """Makes the notebook of the codes of a set's images."""
    return partial(view_notebooks.of_codes, card, image_set, way=way, link=link)


def table(card: Card) -> Callable[[], str]:
    """Makes the table of the codes of the test images: number, class, code."""
    codes, labels = cached.codes(card)
    return partial(_table, codes, labels, cached.class_names(card))


def _table(codes: Latents, labels: Tensor, names: tuple[str, ...]) -> str:
    return figures.csv_of(
        {
            _("test image"): list(range(len(codes))),
            _("class"): [names[label] for label in labels.tolist()],
            **{f"z[{i}]": codes[:, i].tolist() for i in range(codes.shape[1])},
        }
    )
