"""Codes of many numbers laid flat, by PCA, UMAP or t-SNE, and how far such a map can be trusted."""

# umap, openTSNE and scikit-learn declare no types.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from ae_core import latent
from ae_core.errors import UserError
from ae_core.settings import settings
from ae_core.texts import _, ngettext
from ae_core.types import Latents

WAYS = ("pca", "umap", "t-sne")

LEAST = {"pca": 3, "umap": 50, "t-sne": 50}
"""Codes that each way needs: those that look for neighbours need many of them."""

NEIGHBOURS = 15
PERPLEXITY = 30.0
TSNE_STEPS = (250, 500)
"""Steps with clusters pulled tight, and then without (van der Maaten and Hinton 2008)."""

JUDGED = 2000
"""Codes over which trustworthiness is measured: it compares all of them with all."""

JUDGED_NEIGHBOURS = 10

Done = Callable[[float], None]
Array = NDArray[np.float32]


def flat(codes: Latents, way: str, done: Done = lambda share: None) -> Float[Tensor, "n 2"]:
    """A place in the plane for each code, the same each time.

    Raises:
        UserError: there are too few codes, or they are all the same.
    """
    if len(codes) < LEAST[way]:
        raise UserError(
            ngettext(
                "This map needs {least} codes, and here is {count}: {missing} more. Choose a model"
                " of more images.",
                "This map needs {least} codes, and here are {count}: {missing} more. Choose a model"
                " of more images.",
                len(codes), least=LEAST[way], missing=LEAST[way] - len(codes),
            )
        )  # fmt: skip
    if float(codes.std(0).max()) < 1e-6:
        raise UserError(_("All codes are the same, so that there is nothing to lay out."))
    if way == "pca":
        centre, axes, __ = latent.principal_axes(codes)
        return (codes - centre) @ axes.T
    z = np.ascontiguousarray(codes.numpy(), np.float32)
    placed = (_umap if way == "umap" else _tsne)(z, done)
    return torch.from_numpy(np.ascontiguousarray(placed, np.float32))


def trustworthiness(codes: Latents, places: Float[Tensor, "n 2"]) -> float:
    """The share of trust that neighbours on the map deserve, 0.5 by chance and 1 at best.

    Venna and Kaski 2001; lowered by each code that is near on the map and far in truth.
    """
    from sklearn.manifold import trustworthiness as measured

    order = torch.randperm(len(codes), generator=torch.Generator().manual_seed(0))[:JUDGED]
    near = min(JUDGED_NEIGHBOURS, (len(order) - 1) // 2)
    return float(measured(codes[order].numpy(), places[order].numpy(), n_neighbors=near))


def _nearest(z: Array, count: int) -> tuple[NDArray[np.int64], Array]:
    """Numbers and distances of the nearest codes, each code's own first.

    By brute force: for 10,000 codes it takes 0.2 s, and a search tree must first be compiled.
    """
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=min(count, len(z) - 1), algorithm="brute").fit(z)
    distances, numbers = found.kneighbors(z)
    return numbers, distances.astype(np.float32)


def _umap(z: Array, done: Done) -> Array:
    umap = compiled_umap()
    numbers, distances = _nearest(z, NEIGHBOURS)
    done(0.1)
    watched = {"file": _Watched(done), "disable": False, "bar_format": "{n}/{total}"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it brings no search tree: nobody searches
        placed: Array = umap.UMAP(
            n_neighbors=numbers.shape[1], precomputed_knn=(numbers, distances), init="pca",
            random_state=0, n_jobs=1, tqdm_kwds=watched,
        ).fit_transform(z)  # fmt: skip
    return placed


def compiled_umap() -> Any:
    """The library, with what it compiles kept in `AE_HOME`.

    The first import on a machine compiles for some twenty seconds, later ones read that.
    """
    os.environ.setdefault("NUMBA_CACHE_DIR", str(settings().home / "compiled"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no TensorFlow: nobody wants it
        import umap
        from umap import layouts, umap_

    for function in (
        umap_.smooth_knn_dist,
        umap_.compute_membership_strengths,
        layouts._nb_optimize_layout_euclidean_single_epoch,  # noqa: SLF001 - not public
    ):
        function.enable_caching()
    return umap


class _Watched:
    """A file into which umap's progress bar writes `12/500`."""

    def __init__(self, done: Done) -> None:
        self.done = done

    def write(self, text: str) -> None:
        at, slash, total = text.strip().partition("/")
        if slash and at.isdecimal() and total.isdecimal():
            self.done(0.1 + 0.9 * int(at) / max(1, int(total)))

    def flush(self) -> None:
        """Nothing is held back."""


def _tsne(z: Array, done: Done) -> Array:
    from openTSNE import TSNE
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.initialization import pca
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    perplexity = min(PERPLEXITY, (len(z) - 1) / 4)
    numbers, distances = _nearest(z, round(3 * perplexity) + 1)
    near = PrecomputedNeighbors(numbers[:, 1:], distances[:, 1:])
    done(0.1)
    steps = sum(TSNE_STEPS)
    taken = 0

    def count(*_: object) -> None:
        nonlocal taken
        taken += 10
        done(0.1 + 0.9 * min(1.0, taken / steps))

    placed = TSNE(
        n_jobs=1, random_state=0, early_exaggeration_iter=TSNE_STEPS[0], n_iter=TSNE_STEPS[1],
        callbacks=count, callbacks_every_iters=10,
    ).fit(
        affinities=PerplexityBasedNN(perplexity=perplexity, knn_index=near, n_jobs=1),
        initialization=pca(z, random_state=0),
    )  # fmt: skip
    return np.asarray(placed, np.float32)
