"""A classifier as ONNX, for browsers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ae_core.classifiers import files
from ae_core.classifiers.network import Classifier
from ae_core.errors import UserError
from ae_core.export.onnx_files import traced_bytes
from ae_core.texts import _


class _Probabilities(nn.Module):
    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, x: Tensor) -> Tensor:
        probabilities: Tensor = self.classifier(x).softmax(1)
        return probabilities


def onnx_bytes(name: str, sha256: str) -> bytes:
    """The classifier whose weights have this sha256: x (n, c, h, w) -> probabilities (n, classes).

    Raises:
        UserError: there is no such classifier, or its weights have changed.
    """
    found = files.load(name)
    if found.card.weights_sha256 != sha256:
        raise UserError(_("The weights of {name} have changed. Load the page again.", name=name))
    example = torch.zeros(2, *found.card.image_shape)
    network = _Probabilities(found.classifier).eval()
    return traced_bytes(network, example, takes="x", gives="probabilities")
