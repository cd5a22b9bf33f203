"""The kinds of runs that a job can be: of an autoencoder, and of a classifier on one's encoder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ae_core.checkpoints.cards import Card
from ae_core.classifiers import runs as classifier_runs
from ae_core.classifiers.cards import ClassifierCard
from ae_core.classifiers.runs import ClassifierRun, ClassifierSpec
from ae_core.training import changes, runs
from ae_core.training.changes import Adjustable
from ae_core.training.runs import Run, RunSpec

AnySpec = RunSpec | ClassifierSpec
AnyRun = Run | ClassifierRun


def spec_from(values: Mapping[str, Any]) -> AnySpec:
    """What a spec of either kind wrote by `to_dict`: only a classifier's names a checkpoint.

    Raises:
        UserError: an unknown option, a value of the wrong kind, or one out of bounds.
    """
    return (ClassifierSpec if "checkpoint" in values else RunSpec).from_dict(values)


def start(spec: AnySpec, *, on: str) -> AnyRun:
    """The run that a spec asks for, at its start.

    Raises:
        UserError: something in the spec is not to be had, or not allowed.
    """
    if isinstance(spec, ClassifierSpec):
        return classifier_runs.start(spec, on=on)
    return runs.start(spec, on=on)


def adjustable(spec: AnySpec) -> dict[str, Adjustable]:
    """What of such a run can be changed on its way.

    Raises:
        UserError: an option is not allowed, or what it starts from is gone.
    """
    return changes.adjustable(spec) if isinstance(spec, ClassifierSpec) else runs.adjustable(spec)


def finish(run: AnyRun) -> Card | ClassifierCard:
    """Measure what was trained, and keep it; stopped runs too.

    Raises:
        UserError: the disk does not take it.
        NotSentError: it is kept, and the store does not take it now.
    """
    return classifier_runs.finish(run) if isinstance(run, ClassifierRun) else runs.finish(run)
