"""What this machine has and what works of the app on it, in six lines.

python -m ae_core check
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import torch

from ae_core import checkpoints, image_sets, wording
from ae_core.accounts import disk, limits
from ae_core.errors import UserError
from ae_core.export import html_file
from ae_core.jobs import worker
from ae_core.settings import settings
from ae_core.texts import N_, _, joined
from ae_core.training.devices import gpu

TIMES = 20
TYPICAL = "vae-conv-2"
GIGABYTE = 1e9


@dataclass(frozen=True)
class Fact:
    """A line of the self-test: what it is about, what there is to say, and whether all is well."""

    name: str
    says: str
    is_well: bool = True


def facts() -> list[Fact]:
    """All six, in the present language; what cannot be found out says why."""
    return [_found(_(name), look) for name, look in PARTS.items()]


def lines() -> list[str]:
    """The same as text, each "name: what there is"."""
    return [_("{name}: {says}", name=fact.name, says=fact.says) for fact in facts()]


def _found(name: str, look: Callable[[], tuple[str, bool]]) -> Fact:
    try:
        return Fact(name, *look())
    except UserError as failure:
        return Fact(name, str(failure), is_well=False)
    except OSError as failure:
        return Fact(name, _("cannot be found out ({reason})", reason=failure.strerror), False)


def _gpu() -> tuple[str, bool]:
    if not torch.cuda.is_available():
        if gpu.has_old_driver():
            return _("its driver is too old for this PyTorch"), False
        return _("none"), True
    found = torch.cuda.get_device_properties(0)
    size = f"{found.total_memory / GIGABYTE:.0f} GB"
    return _("{name} with {size}", name=found.name, size=size), True


def _decoding() -> tuple[str, bool]:
    """How long one image takes on the server, once the first is decoded."""
    cards = checkpoints.available()[0]
    if not cards:
        return _("there is no model here"), False
    first = next((card for card in cards if card.preset == TYPICAL), cards[0])
    model = checkpoints.load(first.name).model
    z = torch.zeros(1, model.latent_dim)
    taken = []
    with torch.inference_mode():
        for _time in range(TIMES):
            began = time.perf_counter()
            model.decode(z)
            taken.append(1000 * (time.perf_counter() - began))
    time_of_one = wording.three_digits(median(taken))
    return _("{time} ms with {model}", time=time_of_one, model=first.name), True


def _images() -> tuple[str, bool]:
    if "mnist" in image_sets.available():
        return _("is here"), True
    digits = image_sets.load("digits")
    count = len(digits.train) + len(digits.test)
    return _("not found, {count:,} built-in digits", count=count), True


def _browser() -> tuple[str, bool]:
    if (html_file.BUILT / "manifest.json").is_file():
        return _("built"), True
    return _("not built, so the server decodes"), False


def _disk() -> tuple[str, bool]:
    folder = settings().home
    while not folder.exists():
        folder = folder.parent
    free = _("{free:.0f} GB free", free=shutil.disk_usage(folder).free / GIGABYTE)
    if disk.free_percent() < limits.limits().disk_free_percent:
        return joined(free, _("(too little: nothing more is kept)")), False
    return free, True


def _worker() -> tuple[str, bool]:
    return (_("alive"), True) if worker.is_working() else (_("not running"), False)


PARTS = {
    N_("GPU"): _gpu,
    N_("Decoding"): _decoding,
    "MNIST": _images,
    N_("Browser's part"): _browser,
    N_("Disk"): _disk,
    N_("Worker"): _worker,
}
