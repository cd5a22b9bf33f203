"""Whether each number of a code follows one factor of the images: MIG and DCI.

Both need images whose factors are known. Neither knows names or signs: codes in another order, or
turned the other way, are as good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32
from numpy.typing import NDArray
from torch import Tensor

from ae_core.image_sets.base import Factor
from ae_core.types import Latents

BINS = 20
"""Of equal width, into which numbers are sorted (Locatello et al. 2019, arXiv:1811.12359)."""

TREES, LEAST_IN_LEAF = 50, 5
FITTED = 0.75
"""The share of the codes that the forests learn from; they are tested on the others."""

Values = Float32[Tensor, "n factors"]
Table = Float32[Tensor, "factors d"]
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dci:
    """Three shares from 0 to 1, and what they are made of.

    `importance` has rows that add up to 1, and `read` says of each factor how well it is read.
    """

    disentanglement: float
    completeness: float
    informativeness: float
    importance: Table
    read: list[float]


def information(codes: Latents, values: Values, factors: Sequence[Factor]) -> Table:
    """The share of each factor that each number of the code tells, from 0 to 1.

    It is their mutual information over the entropy of the factor, both over histograms. Independent
    ones come out at a few hundredths: so much is chance with a few thousand images.
    """
    sorted_codes = [_binned(column) for column in codes.double().numpy().T]
    rows = []
    for factor, column in zip(factors, values.double().numpy().T, strict=True):
        own = column.astype(np.int64) if factor.is_discrete else _binned(column)
        entropy = _entropy(np.bincount(own))
        told = [entropy + _entropy(np.bincount(each)) - _joint(own, each) for each in sorted_codes]
        rows.append([share / entropy if entropy else 0.0 for share in told])
    return torch.tensor(rows).clamp(0, 1)


def mig(information: Table) -> float:
    """The mutual information gap, from 0 to 1 (Chen et al. 2018, arXiv:1802.04942, equation 6).

    For each factor: by how much the number that tells most of it tells more than the next. A factor
    that two numbers share counts for nothing, even if both tell all of it.
    """
    nothing = torch.zeros(len(information), 1)
    best = torch.cat([information, nothing], dim=1).topk(2, dim=1).values
    return float((best[:, 0] - best[:, 1]).mean())


def dci(
    codes: Latents,
    values: Values,
    factors: Sequence[Factor],
    tell: Callable[[int], None] = lambda factor: None,
) -> Dci:
    """Disentanglement, completeness and informativeness (Eastwood and Williams 2018, ICLR).

    A random forest, which is the second of their readers, learns to tell each factor from the code;
    `importance` is by how much each number lowers its error. Disentanglement is 1 where a number
    matters for a single factor, completeness where a single number matters for a factor: one minus
    the entropy of the importances, and a mean, of numbers by how much they matter. Where they give
    the error, informativeness is what is right of new codes: R² of an amount, and of one of some
    values the share that is recognised beyond guessing the most frequent.

    Args:
        codes: of one image a row.
        values: the factors of the same images.
        factors: what these are.
        tell: is told each factor's place before it is learned.
    """
    fitted = round(len(codes) * FITTED)
    columns, rows, read = codes.numpy(), [], []
    for place, factor in enumerate(factors):
        tell(place)
        truth = values[:, place].numpy()
        forest = _forest(factor).fit(columns[:fitted], truth[:fitted])
        rows.append(forest.feature_importances_)
        score = float(forest.score(columns[fitted:], truth[fitted:]))
        if factor.is_discrete:
            guess = np.bincount(truth[fitted:].astype(np.int64)).max() / len(truth[fitted:])
            score = (score - guess) / (1 - guess) if guess < 1 else 0.0
        read.append(max(0.0, float(score)))
    importance = np.array(rows)
    weights = importance.sum(0) / max(importance.sum(), 1e-12)
    return Dci(
        disentanglement=float((weights * _concentration(importance.T)).sum()),
        completeness=float(_concentration(importance).mean()),
        informativeness=float(np.mean(read)),
        importance=torch.from_numpy(importance).float(),
        read=read,
    )


def _forest(factor: Factor) -> Any:
    """All numbers are tried at every split: a number that tells nothing is then never needed."""
    from sklearn import ensemble  # scikit-learn takes a second to import

    kind = ensemble.RandomForestRegressor
    if factor.is_discrete:
        kind = ensemble.RandomForestClassifier
    return kind(TREES, min_samples_leaf=LEAST_IN_LEAF, max_features=None, random_state=0, n_jobs=1)


def _concentration(amounts: Array) -> Array:
    """One minus the entropy of each row: 0 where all are equal or nothing, 1 where one has all."""
    most = np.log(max(amounts.shape[1], 2))
    found: Array = np.array([1 - _entropy(row) / most if row.any() else 0.0 for row in amounts])
    return found


def _binned(numbers: Array) -> NDArray[np.int64]:
    low, high = numbers.min(), numbers.max()
    share = (numbers - low) / (high - low) if high > low else np.zeros_like(numbers)
    return np.minimum((share * BINS).astype(np.int64), BINS - 1)


def _joint(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    return _entropy(np.bincount(a * BINS + b))


def _entropy(counts: NDArray[Any]) -> float:
    """In nats, of amounts that are made to add up to 1."""
    total = counts.sum()
    if not total:
        return 0.0
    shares = counts[counts > 0] / total
    return float(-(shares * np.log(shares)).sum())
