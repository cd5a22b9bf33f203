"""What a run does without importing it."""

from __future__ import annotations

import subprocess
import sys

from ae_core.settings import ROOT

RUN = """
import sys
import torch
from ae_core import image_sets
from ae_core.training.optimisers import optimiser_for
image_sets.load("digits")
for kind in (torch.optim.SGD, torch.optim.RMSprop, torch.optim.Adam, torch.optim.AdamW,
             torch.optim.Muon):
    weight = torch.ones(2, 3, requires_grad=True)
    optimiser = kind([weight], lr=0.1)
    weight.square().sum().backward()
    optimiser.step()
    optimiser.zero_grad()
    optimiser.load_state_dict(optimiser.state_dict())
    assert weight.requires_grad and bool((weight < 1).all()), kind
print(sorted({"torch._dynamo", "sklearn", "pandas"} & sys.modules.keys()))
"""


def test_a_run_imports_neither_a_compiler_nor_scikit_learn() -> None:
    said = subprocess.run([sys.executable, "-c", RUN], cwd=ROOT, capture_output=True, text=True)
    assert said.stdout.strip() == "[]", said.stderr[-2000:]
