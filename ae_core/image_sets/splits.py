"""Splits images into training and test images by their content, so always in the same way.

Near duplicates stay on one side. An image does not change sides when others are added or removed,
unless they are like it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ae_core.errors import UserError
from ae_core.texts import _

ONE_IN = 5


def is_test(digests: Sequence[bytes], groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For each image whether it is a test image: one in five, and at least one on either side.

    Args:
        digests: the sha256 of each image's content.
        groups: the number of each image's group; a group is never split.

    Raises:
        UserError: all images are alike, so that they cannot be split.
    """
    lowest: dict[int, bytes] = {}
    for group, digest in zip(groups.tolist(), digests, strict=True):
        lowest[group] = min(digest, lowest.get(group, digest))
    if len(lowest) < 2:
        raise UserError(_("All images look the same: there is nothing left to test on."))
    chosen = {group for group, digest in lowest.items() if _chance(digest) % ONE_IN == 0}
    if not chosen:
        chosen = {min(lowest, key=lambda group: lowest[group])}
    elif len(chosen) == len(lowest):
        chosen.remove(max(lowest, key=lambda group: lowest[group]))
    return np.isin(groups, list(chosen))


def _chance(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big")
