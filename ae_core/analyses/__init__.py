"""Every analysis in this folder, found by file name: a new file is a new one."""

from __future__ import annotations

import hashlib
import json
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from ae_core.analyses.base import Answer, Asked, Told, from_bytes, model_of, of

NAMES = sorted(module.name for module in iter_modules(__path__) if module.name != "base")


def analysis(kind: str) -> ModuleType:
    """The module of an analysis; imported when it is first asked for, as some take seconds.

    Raises:
        KeyError: there is none of that name.
    """
    if kind not in NAMES:
        raise KeyError(kind)
    return import_module(f"{__name__}.{kind}")


def compute(kind: str, asked: Asked, told: Told = lambda *_: None) -> Answer:
    """The answer to a question.

    Raises:
        KeyError: there is no such analysis.
        UserError: the question has no answer; why.
    """
    found: Answer = analysis(kind).compute(asked, told)
    return found


def key_of(kind: str, asked: Asked) -> str:
    """A question by what is in it: the same one, whoever asks, has the same answer."""
    whole = [kind, analysis(kind).VERSION, asked]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


__all__ = ["NAMES", "Answer", "Asked", "Told", "analysis", "compute", "from_bytes", "key_of",
           "model_of", "of"]  # fmt: skip
