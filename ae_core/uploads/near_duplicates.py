"""Finds copies and near duplicates: by perceptual hashes, confirmed by the pixels themselves.

The hash finds what looks alike whatever the file format and size. Plain shapes can share a hash by
chance, so two pictures only count as alike when their 8 x 8 thumbnails agree, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MOST_BITS = 4
"""Bits of 64 that may differ. Saving as a JPEG of poor quality changes up to 4."""

MOST_DIFFERENCE = 6.0
"""Root mean square over 8 x 8 colours, of 255. The same JPEG changes 4."""

GLANCE = (8, 8)
BLOCK = 2048


def perceptual_hash(picture: Image.Image) -> int:
    """64 bits that stay nearly the same when a picture is saved or resized."""
    bits = np.packbits(_phash()(picture).hash)
    return int.from_bytes(bits.tobytes(), "big")


def glance(picture: Image.Image) -> NDArray[np.uint8]:
    """The picture as a thumbnail of 8 x 8 colours, flat."""
    return np.asarray(picture.convert("RGB").resize(GLANCE, Image.Resampling.BOX)).reshape(-1)


def near_groups(
    hashes: NDArray[np.uint64],
    glances: NDArray[np.uint8],
    tell: Callable[[float], None] = lambda share: None,
) -> NDArray[np.int64]:
    """The number of each picture's group: near duplicates, and what is near to those, share one."""
    from scipy.sparse import coo_array  # a tenth of a second to import
    from scipy.sparse.csgraph import connected_components

    count = len(hashes)
    left, right = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for one, other, share in _alike(hashes, glances):
        left.append(one)
        right.append(other)
        tell(share)
    one, other = np.concatenate(left), np.concatenate(right)
    edges = coo_array((np.ones(len(one), np.int8), (one, other)), (count, count))
    return connected_components(edges, directed=False)[1].astype(np.int64)


def joined(*keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of each picture's group: those that share any of the keys share it."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(keys[0])
    own = np.tile(np.arange(count), len(keys))
    theirs = np.concatenate([count * (1 + n) + key for n, key in enumerate(keys)])
    size = count * (1 + len(keys))
    edges = coo_array((np.ones(len(own), np.int8), (own, theirs)), (size, size))
    return connected_components(edges, directed=False)[1][:count].astype(np.int64)


def numbered(digests: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each digest first appears, and for each picture which of these digests it has."""
    _, first, same = np.unique(digests, return_index=True, return_inverse=True)
    return first, same


def _alike(
    hashes: NDArray[np.uint64], glances: NDArray[np.uint8]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], float]]:
    """Pairs of near duplicates, and how much has been compared.

    Where at most 4 of 64 bits differ, one of five parts is the same in both: only what shares a
    part is compared.
    """
    parts = MOST_BITS + 1
    edges = [64 * part // parts for part in range(parts + 1)]
    for part in range(parts):
        low, width = np.uint64(edges[part]), edges[part + 1] - edges[part]
        keys = (hashes >> low) & np.uint64(2**width - 1)
        order = np.argsort(keys, kind="stable")
        starts = np.flatnonzero(np.diff(keys[order], prepend=~keys[order[:1]])).tolist()
        for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
            together = order[start:end]
            for first in range(0, len(together) - 1, BLOCK):
                one, other = _pairs(hashes, together[first : first + BLOCK], together[first:])
                difference = glances[one].astype(np.float32) - glances[other]
                near = np.sqrt((difference**2).mean(-1)) <= MOST_DIFFERENCE
                yield one[near], other[near], (part + end / len(order)) / parts


def _pairs(
    hashes: NDArray[np.uint64], some: NDArray[np.int64], all_: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs out of `some` and `all_`, which begins with `some`, whose hashes are near."""
    bits = np.bitwise_count(hashes[some][:, None] ^ hashes[all_][None, :])
    one, other = np.nonzero(np.triu(bits <= MOST_BITS, 1))
    return some[one], all_[other]


@cache
def _phash() -> Callable[[Image.Image], Any]:
    from imagehash import phash  # scipy comes with it and takes a moment

    return phash
